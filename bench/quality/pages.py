"""Pages of sites in turn: what a site says on both of its pages goes from the second."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bench.quality.characters import CLEANING, Mask, cover, describe_cuts, visible
from bench.quality.run import CaseError, Failure, Report, Run
from dedupe_text import Document, clean_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ALIKE = 0.5
"""Jaccard similarity from which on the baseline takes two pages for the same."""


class _Gone(NamedTuple):
    """What goes from a page, and lines for what should not."""

    page: dict[str, Any]
    mask: Mask
    lines: tuple[str, ...] = ()


def measure(run: Run) -> Report:
    """Micro precision and recall of visible characters, over the pages that are not their site's
    first; `hurt`: the share of them whose article loses anything.

    `baseline` drops whole pages whose MinHash, by datasketch, is alike to that of an earlier one.
    """
    pages = [one for one in run.read("pages") if run.only in one["id"]]
    rows, failures = {}, []
    ways: dict[str, Callable[[list[dict[str, Any]]], Iterator[_Gone]]] = {
        "boilerplate": _across, "baseline": _drop_pages
    }  # fmt: skip
    for name, way in ways.items():
        seen: dict[str, int] = defaultdict(int)
        counts = np.zeros(3, np.int64)
        hurt = total = 0
        for gone in way(pages):
            seen[gone.page["site"]] += 1
            if seen[gone.page["site"]] == 1:
                continue
            shown = visible(gone.page["text"])
            said = cover(len(shown), gone.page.get("boilerplate", ())) & shown
            article = cover(len(shown), gone.page.get("article", ())) & shown
            counts += [(gone.mask & said).sum(), (gone.mask & shown).sum(), said.sum()]
            total += 1
            if (gone.mask & article).any():
                hurt += 1
                if gone.lines:
                    failures.append(Failure(gone.page["id"], gone.lines))
        right, cut, wanted = counts.tolist()
        rows[name] = {
            "pages": total,
            "precision": right / max(cut, 1),
            "recall": right / max(wanted, 1),
            "hurt": hurt / max(total, 1),
        }
    return Report("What sites say on every page (micro, visible characters)", rows, failures)


def _across(pages: list[dict[str, Any]]) -> Iterator[_Gone]:
    documents = [Document(page["id"], page["text"], page["site"]) for page in pages]
    results = clean_many(documents, CLEANING, across=True)
    for page in pages:
        try:
            result = next(results)
        except Exception as error:
            raise CaseError.of(page["id"], error) from None
        text = page["text"]
        cuts = [cut for cut in result.cuts if cut.kept.document != page["id"]]
        mask = cover(len(text), [cut.removed for cut in cuts])
        wrong = mask & cover(len(text), page.get("article", ())) & visible(text)
        yield _Gone(page, mask, tuple(describe_cuts(text, wrong, ())))


def _drop_pages(pages: list[dict[str, Any]]) -> Iterator[_Gone]:
    for page, goes in zip(pages, drop_alike([page["text"] for page in pages]), strict=True):
        yield _Gone(page, np.full(len(page["text"]), goes))


def drop_alike(texts: Iterable[str]) -> Iterator[bool]:
    """The baseline: whether a text goes, for its MinHash is alike to that of one that stays."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=_ALIKE, num_perm=128)
    for number, text in enumerate(texts):
        words = text.lower().split()
        signature = MinHash(128)
        signature.update_batch(
            " ".join(words[place : place + 4]).encode("utf-8", "surrogatepass")
            for place in range(max(len(words) - 3, 1))
        )
        goes = bool(index.query(signature))
        if not goes:
            index.insert(number, signature)
        yield goes
