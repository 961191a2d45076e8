"""Texts that should lose nothing: articles as they are, and texts whose repetition is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.quality.characters import cover, cut_bounds, describe_cuts, visible
from bench.quality.run import Failure, Report, Run, failures_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def untouched(run: Run) -> Report:
    """The share of articles from which anything is cut. Some do say things twice: look at them."""
    articles = [one for one in run.read("articles") if run.only in one["id"]]
    failures = failures_of(run.map(_cut, articles))
    return Report("Untouched articles", {"all": _figures(articles, failures)}, failures)


def refrains(run: Run) -> Report:
    """The share of psalms, suras and songs from which anything is cut."""
    texts = [one for one in run.read("refrains") if run.only in one["id"]]
    failures = failures_of(run.map(_cut, texts))
    rows: dict[str, dict[str, float]] = {}
    for kind in sorted({text["kind"] for text in texts}):
        some = [text for text in texts if text["kind"] == kind]
        rows[kind] = _figures(some, failures)
    rows["all"] = _figures(texts, failures)
    return Report("Texts whose repetition is meant", rows, failures)


def _figures(texts: Sequence[dict[str, Any]], failures: list[Failure]) -> dict[str, float]:
    ids = {text["id"] for text in texts}
    hurt = sum(failure.case in ids for failure in failures)
    return {"texts": len(texts), "hurt": hurt / max(len(texts), 1)}


def _cut(document: dict[str, Any]) -> Failure | None:
    text = document["text"]
    spans, cuts, _ = cut_bounds(text, document["id"])
    wrong = cover(len(text), spans) & visible(text)
    return Failure(document["id"], tuple(describe_cuts(text, wrong, cuts))) if cuts else None
