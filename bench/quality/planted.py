"""Planted copies: whether what was planted goes, all of it, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import astuple, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.quality.characters import (
    Bounds,
    Mask,
    cover,
    cut_bounds,
    describe_cuts,
    describe_missed,
    excerpt,
    visible,
)
from bench.quality.planting import PLACEMENTS, Planted, plant
from bench.quality.prose import vocabulary
from bench.quality.run import Failure, Report, Run, share
from bench.quality.variants import POSITIVE, TEMPLATE

if TYPE_CHECKING:
    from dedupe_text.model import Cut, Spared

_SEAM = 2
"""Characters of white space that a cut may take with it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Copies, and visible characters, of one row or of one copy."""

    copies: int = 0
    right: int = 0
    """Characters removed that are the copy's."""
    wrong: int = 0
    """Characters removed that are not."""
    planted: int = 0
    hurt: int = 0
    """Copies with which other text was lost."""
    missed: int = 0
    """Copies of which nothing was removed."""
    exact: int = 0
    """Copies cut to the character."""

    def __add__(self, other: Tally) -> Tally:
        sums = map(sum, zip(astuple(self), astuple(other), strict=True))
        return Tally(*sums)

    def figures(self) -> dict[str, float]:
        """Shares of characters (over all copies together) and of copies."""
        return {
            "copies": self.copies,
            "precision": share(self.right, self.right + self.wrong),
            "recall": share(self.right, self.planted),
            "hurt": self.hurt / self.copies,
            "missed": self.missed / self.copies,
            "exact": self.exact / self.copies,
        }


@dataclass(frozen=True, slots=True)
class Scored:
    """One planted copy: its row, its tally, and what is wrong with it if anything is."""

    row: str
    tally: Tally
    failure: Failure | None


def measure(run: Run) -> Report:
    """Precision and recall of the removed characters, for each variant and placement.

    Characters are visible ones, over all copies of a row together (micro). Either copy may be
    the one that goes. What the tool cuts from the untouched article counts on neither side.
    """
    numbered = [*enumerate(run.read("articles"))]
    totals: defaultdict[str, Tally] = defaultdict(Tally)
    failures: list[Failure] = []
    for scored in (one for some in run.map(partial(_measure, run), numbered) for one in some):
        totals[scored.row] += scored.tally
        totals[scored.row.partition("/")[0]] += scored.tally
        if scored.failure:
            failures.append(scored.failure)
    rows = {
        row: totals[row].figures()
        for name in (*POSITIVE, TEMPLATE)
        for row in (name, *(f"{name}/{placement}" for placement in PLACEMENTS))
        if row in totals
    }
    for row in rows:
        if row.startswith(TEMPLATE):
            rows[row] = {column: rows[row][column] for column in ("copies", "hurt")}
    return Report("Planted copies (micro, visible characters)", rows, failures)


def _measure(run: Run, numbered: tuple[int, dict[str, Any]]) -> list[Scored]:
    """The article with each variant, at one placement (they take turns) or at all of them."""
    number, article = numbered
    id_, text = article["id"], article["text"]
    natural: list[Bounds] | None = None
    scored: list[Scored] = []
    for turn, name in enumerate((*POSITIVE, TEMPLATE), number):
        at = turn % len(PLACEMENTS)
        for placement in PLACEMENTS if run.full else PLACEMENTS[at : at + 1]:
            row = f"{name}/{placement}"
            if run.only not in f"{id_} {row}":
                continue
            planted = plant(id_, text, (name, placement), run.seed, vocabulary(run.data))
            if planted:
                natural = _natural(text, id_) if natural is None else natural
                scored.append(score(planted, natural, row))
    return scored


def _natural(text: str, name: str) -> list[Bounds]:
    """What the untouched article says twice, both copies."""
    spans, cuts, _ = cut_bounds(text, name)
    return [*spans, *((cut.kept.start, cut.kept.end) for cut in cuts)]


def score(planted: Planted, natural: list[Bounds], row: str) -> Scored:
    """What was removed against what was planted. `natural` are spans of the untouched article."""
    spans, cuts, spared = cut_bounds(planted.text, planted.name)
    template = row.startswith(TEMPLATE)
    if template:
        spans = [(c.removed.start, c.removed.end) for c in cuts if not _inside(planted.copy, c)]
    right, wrong, missed = marks(planted, natural, spans, template)
    tally = Tally(
        copies=1,
        right=int(right.sum()),
        wrong=int(wrong.sum()),
        planted=int(right.sum() + missed.sum()),
        hurt=int(wrong.any()),
        missed=int(not right.any()),
        exact=int(not wrong.any() and not missed.any()),
    )
    return Scored(row, tally, _failure(planted, wrong, missed, cuts, spared))


def marks(
    planted: Planted, natural: list[Bounds], removed_spans: list[Bounds], template: bool
) -> tuple[Mask, Mask, Mask]:
    """The visible characters that were rightly removed, wrongly removed, and wrongly left.

    The copy is the planted one or the original, whichever lost more; of a template neither may.
    """
    text = planted.text
    aside = cover(len(text), [part for span in natural for part in planted.moved(span)])
    counts = visible(text) & ~aside
    removed = cover(len(text), removed_spans) & counts
    sides = [cover(len(text), side) & counts for side in (planted.copy, planted.original)]
    copy = max(sides, key=lambda side: int((side & removed).sum()))
    if template:
        copy = cover(len(text), [])
    return removed & copy, removed & ~copy, copy & ~removed


def _inside(copy: tuple[Bounds, ...], cut: Cut) -> bool:
    """Whether both sides of a cut are in the copy: a repeat that the section itself holds."""
    start, end = copy[0][0] - _SEAM, copy[-1][1] + _SEAM
    return all(start <= side.start and side.end <= end for side in (cut.removed, cut.kept))


def _failure(
    planted: Planted,
    wrong: Mask,
    missed: Mask,
    cuts: tuple[Cut, ...],
    spared: tuple[Spared, ...],
) -> Failure | None:
    if not (wrong.any() or missed.any()):
        return None
    text = planted.text
    ends = [(side[0][0], side[-1][1]) for side in (planted.original, planted.copy)]
    lines = (
        f"first  {excerpt(text, ends[0])}",
        f"copy   {excerpt(text, ends[1])} ({planted.words} words)",
        *describe_missed(text, missed, spared),
        *describe_cuts(text, wrong, cuts),
    )
    return Failure(planted.name, lines)
