"""What people remove: commits whose authors took out a passage that stood there twice."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
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
from bench.quality.run import Failure, Report, Run, failures_of, share

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUPS = ("prose", "list", "markup", "edited")
_OVERLAP = 0.85
"""A diff may slide by a line: so much of a copy must go for it to be found."""
_GONE = 0.5
_SHINGLE = 4
_WORD_RE = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Case:
    """One removed passage: its group, whether the tool removes a copy, and whether both went."""

    group: str
    found: bool
    gone: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """One document: its cases, how many characters were cut, and how many of them rightly."""

    cases: tuple[Case, ...]
    cut: int
    right: int
    failure: Failure | None


def measure(run: Run) -> Report:
    """Recall of the removed passages, and precision of all that is cut from their documents.

    A passage is found when 85 % of either copy go. A cut character is right when it is in a span
    that the author removed or in its counterpart; others may be right too (the author left other
    repeats in place), so precision is a lower bound. That of a group is over the documents that
    hold a case of it. ``gone`` is the share of cases whose text is no longer said at all.
    """
    documents = [one for one in run.read("removals") if run.only in _name(one)]
    scored = [*run.map(_measure, documents)]
    by_group: defaultdict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        for group in {case.group for case in one.cases}:
            by_group[group].append(one)
    rows = {group: _figures(by_group[group], group) for group in GROUPS if by_group[group]}
    rows["all"] = _figures(scored, "")
    failures = failures_of(one.failure for one in scored)
    return Report("What people remove (cases; micro, visible characters)", rows, failures)


def _figures(scored: Sequence[Scored], group: str) -> dict[str, float]:
    cases = [case for one in scored for case in one.cases if group in ("", case.group)]
    return {
        "cases": len(cases),
        "documents": len(scored),
        "precision": share(sum(one.right for one in scored), sum(one.cut for one in scored)),
        "recall": share(sum(case.found for case in cases), len(cases)),
        "gone": sum(case.gone for case in cases) / max(len(cases), 1),
    }


def _measure(document: dict[str, Any]) -> Scored:
    text, size = document["text"], len(document["text"])
    spans, cuts, spared = cut_bounds(text, document["id"])
    shown = visible(text)
    cut = cover(size, spans) & shown
    cases: list[Case] = []
    lines: list[str] = []
    missed = cover(size, [])
    for case in document["cases"]:
        sides: list[Bounds] = [(*case["removed"],), (*case["kept"],)]
        parts = [_share_of(cut, shown, side) for side in sides]
        gone = min(parts) >= _GONE and not still_said(text, sides[0], cut)
        group = group_of(case["group"])
        cases.append(Case(group, max(parts) >= _OVERLAP, gone))
        if max(parts) < _OVERLAP or gone:
            missed |= cover(size, sides[:1]) & shown & ~cut
            lines += [
                f"{'both copies gone' if gone else 'not found'}: {group}, “{case['subject']}”",
                f"  author removed {excerpt(text, sides[0])} ({parts[0]:.2f} cut)",
                f"  author kept    {excerpt(text, sides[1])} ({parts[1]:.2f} cut)",
            ]
    right = cover(size, [(*c[side],) for c in document["cases"] for side in ("removed", "kept")])
    lines += describe_missed(text, missed, spared)
    lines += describe_cuts(text, cut & ~right, cuts)
    failure = Failure(_name(document), tuple(lines)) if lines else None
    return Scored(tuple(cases), int(cut.sum()), int((cut & right).sum()), failure)


def group_of(name: str) -> str:
    """The group of the data's longer names.

    >>> [group_of(name) for name in ("gold/list/short", "edited/prose")]
    ['list', 'edited']
    """
    first, second = name.split("/")[:2]
    return second if first == "gold" else first


def _name(document: dict[str, Any]) -> str:
    groups = sorted({group_of(case["group"]) for case in document["cases"]})
    return f"{document['id']} {'+'.join(groups)}"


def _share_of(cut: Mask, shown: Mask, side: Bounds) -> float:
    here = slice(*side)
    return share(int(cut[here].sum()), int(shown[here].sum()))


def still_said(text: str, side: Bounds, cut: Mask) -> bool:
    """Whether most of a span's runs of words stand somewhere in what is left."""
    left = "".join(char for char, gone in zip(text, cut.tolist(), strict=True) if not gone)
    runs = _runs(text[slice(*side)])
    return len(runs & _runs(left)) >= _GONE * len(runs)


def _runs(text: str) -> set[tuple[str, ...]]:
    """Runs of word characters, so that a text without spaces has them too."""
    chars = _WORD_RE.findall(text.casefold())
    size = 5 * _SHINGLE
    return {tuple(chars[at : at + size]) for at in range(max(len(chars) - size, 0) + 1)}
