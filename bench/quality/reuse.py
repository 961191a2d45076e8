"""Text reuse between two documents: PAN 2013's text alignment task, with `find_repeats`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.quality.characters import excerpt
from bench.quality.pan import Passage, Scores, covered, score
from bench.quality.run import CaseError, Failure, Report, Run, failures_of
from dedupe_text import Document, Settings, find_repeats

if TYPE_CHECKING:
    from collections.abc import Sequence

REUSE = Settings(order="free")
"""How text reuse is looked for; all sets alike."""

_WELL = 0.9
"""A case covered less, or a detection, is shown as failed."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One pair of documents: its set, what is in it and what was found."""

    group: str
    cases: list[Passage]
    found: list[Passage]
    failure: Failure | None


def measure(run: Run) -> Report:
    """PAN's measures for each set and for all pairs together (which are one set, not a mean).

    ``alarmed``, for the set without reuse, is the share of pairs in which something was found.
    """
    pairs = [pair for pair in run.read("pan13-train") if run.only in _name(pair)]
    scored = [*run.map(partial(_measure, bool(run.only)), pairs)]
    rows: dict[str, dict[str, float]] = {}
    for group in sorted({one.group for one in scored}):
        some = [one for one in scored if one.group == group]
        if any(one.cases for one in some):
            rows[group] = _figures(some)
        else:
            alarmed = sum(bool(one.found) for one in some) / len(some)
            rows[group] = {
                "pairs": len(some),
                "cases": 0,
                "found": _count(some),
                "alarmed": alarmed,
            }
    rows["overall"] = _figures(scored)
    failures = failures_of(one.failure for one in scored)
    return Report("Text reuse (PAN 2013, macro, both sides)", rows, failures)


def detections(pair: dict[str, Any], settings: Settings) -> list[Passage]:
    """What `find_repeats` finds of the source in the suspicious document.

    Raises `CaseError` if it fails.
    """
    documents = [Document("source", pair["source"]), Document("this", pair["suspicious"])]
    found: list[Passage] = []
    try:
        repeats = find_repeats(documents, settings)
    except Exception as error:
        raise CaseError.of(_name(pair), error) from None
    for repeat in repeats:
        for again in repeat.again:
            kept, location = again.kept, again.location
            if (kept.document, location.document) == ("source", "this"):
                this, source = (location.start, location.end), (kept.start, kept.end)
                found.append(Passage(pair["pair"], this, source))
    return found


def _measure(every: bool, pair: dict[str, Any]) -> Scored:
    cases = [Passage(pair["pair"], (*case["this"],), (*case["source"],)) for case in pair["cases"]]
    found = detections(pair, REUSE)
    return Scored(pair["set"], cases, found, _failure(pair, cases, found, every))


def _figures(scored: Sequence[Scored]) -> dict[str, float]:
    cases = [case for one in scored for case in one.cases]
    scores: Scores = score(cases, [found for one in scored for found in one.found])
    return {
        "pairs": len(scored),
        "cases": len(cases),
        "found": _count(scored),
        "precision": scores.precision,
        "recall": scores.recall,
        "granularity": scores.granularity,
        "plagdet": scores.plagdet,
    }


def _count(scored: Sequence[Scored]) -> int:
    return sum(len(one.found) for one in scored)


def _name(pair: dict[str, Any]) -> str:
    return f"{pair['pair']} {pair['set']}"


def _failure(
    pair: dict[str, Any], cases: list[Passage], found: list[Passage], every: bool
) -> Failure | None:
    lines: list[str] = []
    for what, ours, theirs in (("case ", cases, found), ("found", found, cases)):
        for one in ours:
            part = covered(one, theirs)
            pieces = sum(map(one.overlaps, theirs))
            if every or part < _WELL or (what == "case " and pieces > 1):
                lines += [
                    f"{what}  covered {part:.3f} by {pieces}",
                    f"  this   {excerpt(pair['suspicious'], one.this)}",
                    f"  source {excerpt(pair['source'], one.source)}",
                ]
    return Failure(_name(pair), tuple(lines)) if lines else None
