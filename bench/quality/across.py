"""Passages planted across the articles of many sites: what goes, and how it is said to spread."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple, get_args

from bench.quality.characters import CLEANING, Bounds, Mask, cover, excerpt, stretches, visible
from bench.quality.pages import drop_alike
from bench.quality.prose import vocabulary
from bench.quality.run import CaseError, Failure, Report, Run, failures_of, share
from bench.quality.sites import KINDS, Collection, collect, find_notices
from dedupe_text import Document, Settings, clean_many
from dedupe_text.model import Spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EVERYTHING = Settings(cut=get_args(Spread))
"""The defaults, but all that is found goes, however it spread."""
_MISSED = "missed"


class Gone(NamedTuple):
    """A span that goes from a document because an earlier one says it, and how it spread."""

    start: int
    end: int
    spread: str


class Cleaned(NamedTuple):
    """What goes from a document, and all the others that say some of it, cut or spared."""

    gone: tuple[Gone, ...]
    others: tuple[str, ...]


class Tally(NamedTuple):
    """Pages and visible characters of one row, or of one page."""

    repeats: int = 0
    others: int = 0
    hurt: int = 0
    """Other pages that lose anything."""
    planted: int = 0
    right: int = 0
    """Characters removed that are said again."""
    wrong: int = 0
    fate: int = 0
    """Characters said again of which the defaults are right: they go, or stay."""

    def figures(self, labels: Counter[str], kind: str) -> dict[str, float]:
        """Shares of characters (over all pages together) and of pages."""
        return {
            "repeats": self.repeats,
            "precision": share(self.right, self.right + self.wrong),
            "recall": share(self.right, self.planted),
            "fate": share(self.fate, self.planted),
            "labelled": share(labels[kind], self.repeats),
            "missed": labels[_MISSED] / max(self.repeats, 1),
            **{spread: labels[spread] for spread in KINDS},
        }


class Scored(NamedTuple):
    """A page: its row, its tally, the label of what it says again, and what is wrong with it."""

    row: str
    tally: Tally
    label: str
    failure: Failure | None


def measure(run: Run) -> Report:
    """Micro precision and recall of visible characters, when all that is found is cut.

    `fate`: the share of what is said again of which the defaults are right: the same article and
    boilerplate go, what other sites say stays. `labelled`: repeats with the right spread; beside it
    how many have which. `hurt`: pages that say nothing again and lose something.
    `untouched`: the articles as they are, of a site each. Those that say something of each other
    take no further part. `baseline`: pages go whole whose MinHash, by datasketch, is alike to that
    of an earlier one.
    """
    articles = run.read("articles")
    documents = [Document(one["id"], one["text"], one["id"]) for one in articles]
    natural = _clean((documents, EVERYTHING))
    hurt = sum(bool(one.gone) for one in natural) / max(len(articles), 1)
    rows: dict[str, dict[str, float]] = {"untouched": {"repeats": 0, "hurt": hurt}}
    apart = {other for one in natural for other in one.others}
    apart |= {one["id"] for one, cleaned in zip(articles, natural, strict=True) if cleaned.others}
    articles = [one for one in articles if one["id"] not in apart]
    notices, known = find_notices(run.read("pages"), run.seed), vocabulary(run.data)
    collections = [
        collect(kind, articles, notices, run.seed, known) for kind in KINDS if run.only in kind
    ]
    work = [
        ([page.document for page in collection.pages], settings)
        for collection in collections
        for settings in (EVERYTHING, CLEANING)
    ]
    cleaned = [*run.map(_clean, work)]
    failures: list[Failure] = []
    for collection, every, default in zip(collections, cleaned[::2], cleaned[1::2], strict=True):
        scored = score(collection, every, default)
        rows |= _figures(collection.kind, scored)
        rows |= _baseline(collection)
        failures += failures_of(one.failure for one in scored)
    return Report("Planted across documents (micro, visible characters)", rows, failures)


def _clean(work: tuple[list[Document], Settings]) -> list[Cleaned]:
    documents, settings = work
    cleaned: list[Cleaned] = []
    results = clean_many(documents, settings, across=True)
    for document in documents:
        try:
            result = next(results)
        except Exception as error:
            raise CaseError.of(document.id, error) from None
        cuts = [cut for cut in result.cuts if cut.kept.document != document.id]
        found = [*cuts, *result.spared]
        others = {one.kept.document for one in found} - {document.id}
        gone = (Gone(*cut.removed, str(cut.spread)) for cut in cuts)
        cleaned.append(Cleaned((*gone,), (*others,)))
    return cleaned


def score(
    collection: Collection, every: Sequence[Cleaned], default: Sequence[Cleaned]
) -> list[Scored]:
    """What goes from each page when all that is found is cut, and by default."""
    kind, repeats = collection.kind, _repeats(collection)
    scored: list[Scored] = []
    for number, page in enumerate(collection.pages):
        row, spans = repeats.get(number, (kind, ()))
        text = str(page.document.text)
        counts = visible(text)
        planted = cover(len(text), spans) & counts
        removed = _removed(every[number], counts)
        goes = _removed(default[number], counts)
        tally = Tally(
            repeats=bool(spans),
            others=not spans,
            hurt=not spans and bool(removed.any()),
            planted=int(planted.sum()),
            right=int((removed & planted).sum()),
            wrong=int((removed & ~planted).sum()),
            fate=int((planted & (goes if kind in CLEANING.cut else ~goes)).sum()),
        )
        label = _label(planted, every[number].gone) if spans else ""
        lines = [f"missed {excerpt(text, at)}" for at in stretches(planted & ~removed, text)]
        lines += [f"wrong  {excerpt(text, at)}" for at in stretches(removed & ~planted, text)]
        lines += [f"called {label}"] if label not in (kind, _MISSED, "") else []
        failure = Failure(f"{page.document.id} {row}", (*lines,)) if lines else None
        scored.append(Scored(row, tally, label, failure))
    return scored


def _repeats(collection: Collection) -> dict[int, tuple[str, tuple[Bounds, ...]]]:
    """By the number of the page: the row and the spans of what it says again."""
    return {
        place.page: (group.row, place.spans)
        for group in collection.groups
        for place in group.places[1:]
    }


def _removed(cleaned: Cleaned, counts: Mask) -> Mask:
    return cover(len(counts), [(one.start, one.end) for one in cleaned.gone]) & counts


def _label(planted: Mask, gone: Iterable[Gone]) -> str:
    """The spread of most of what goes from a passage."""
    sizes = Counter({_MISSED: 0})
    for one in gone:
        sizes[one.spread] += int(planted[one.start : one.end].sum())
    label, size = sizes.most_common(1)[0]
    return label if size else _MISSED


def _figures(kind: str, scored: Sequence[Scored]) -> dict[str, dict[str, float]]:
    tallies: defaultdict[str, list[Tally]] = defaultdict(list)
    labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in scored:
        for row in {kind, one.row}:
            tallies[row].append(one.tally)
            labels[row][one.label] += 1
    sums = {row: Tally._make(map(sum, zip(*some, strict=True))) for row, some in tallies.items()}
    names = [kind, *(f"{kind}/{name}" for name in KINDS[kind])]
    rows = {row: sums[row].figures(labels[row], kind) for row in names if row in sums}
    rows[kind]["hurt"] = sums[kind].hurt / max(sums[kind].others, 1)
    return rows


def _baseline(collection: Collection) -> dict[str, dict[str, float]]:
    kind = collection.kind
    drops = drop_alike(str(page.document.text) for page in collection.pages)
    dropped = [
        Cleaned((Gone(0, len(page.document.text), _MISSED),) if drop else (), ())
        for page, drop in zip(collection.pages, drops, strict=True)
    ]
    figures = _figures(kind, score(collection, dropped, dropped))[kind]
    columns = ("repeats", "precision", "recall", "hurt")
    return {f"baseline-{kind}": {column: figures[column] for column in columns}}
