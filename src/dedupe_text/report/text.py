"""Findings for people at a terminal: one line each, ``path:line: what``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dedupe_text.model import Cut, Spared
from dedupe_text.report.places import Lines, kept_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dedupe_text.model import Difference
    from dedupe_text.result import Result

# Control and bidirectional characters can hide or reorder a line, and surrogates cannot be printed.
UNSAFE_RE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""A character that could deceive a reader."""
_COLOURS = {"place": "1", "cut": "31", "left": "33"}
REASONS = {
    "structure": "it is part of a structure, where saying it again is meant",
    "encoding": "text in this encoding cannot be cut byte by byte; convert it to UTF-8",
    "budget": "with its cuts the text did not come to rest, so all of it is left",
    "facts": "the repeat that it is part of has other facts all over",
    "accepted": "a pragma in the text says that it is meant",
}
"""Why a repeat was left, where no facts can be named."""
_SHOWN = 60
_SHOWN_DIFFERENCES = 3


def plain(_: str, text: str) -> str:
    """The text as it is, whatever part of a line it is."""
    return text


def coloured(part: str, text: str) -> str:
    r"""The text as a terminal shows this part of a line in its colour.

    >>> coloured("cut", "1 cut")
    '\x1b[31m1 cut\x1b[0m'
    """
    return f"\x1b[{_COLOURS[part]}m{text}\x1b[0m"


def as_text(
    results: Sequence[Result], *, spared: bool = False, paint: Callable[[str, str], str] = plain
) -> str:
    """A line for every cut and, when asked for, for every repeat that was left, with the reason.

    `paint` gives the parts of a line their look: it takes the name of a part and its text.
    """
    out: list[str] = []
    for result in results:
        findings = findings_of(result, spared=spared)
        lines = Lines(result.original.text if findings else "")
        out += [_line(result, finding, lines, paint) + "\n" for finding in findings]
    return "".join(out)


def summarize(result: Result, paint: Callable[[str, str], str] = plain) -> str:
    """How much was cut, in one line without an end."""
    characters = len(result.original.text)
    kept = characters - sum(cut.removed.length for cut in result.cuts)
    return (
        f"{paint('place', visible(result.id))}: {paint('cut', f'{len(result.cuts)} cut')}, "
        f"{paint('left', f'{len(result.spared)} left')}; {kept} of {characters} characters stay"
    )


def visible(text: str) -> str:
    r"""The text with characters that could deceive a reader written as code points.

    >>> print(visible("one\n\u202etwo"))
    one\u000a\u202etwo
    """
    return UNSAFE_RE.sub(lambda match: code_point(match[0]), text)


def code_point(char: str) -> str:
    """How a character that could deceive a reader is written."""
    return f"\\u{ord(char):04x}"


def message(result: Result, finding: Cut | Spared, lines: Lines) -> str:
    """What is told of a finding in every format: where it stands too, how alike, how it begins."""
    kept = finding.kept
    later = kept.document == result.id and kept.start > finding.removed.start
    known = kept_lines(result, kept, lines)
    there = visible(kept.document) + (f":{known[0]}" if known else "")
    return (
        f"said {'again' if later else 'before'} at {there} "
        f"({finding.words} words, {finding.similarity:.2f} alike): "
        f'"{excerpt(finding.removed.of(result.original.text))}"'
    )


def findings_of(result: Result, *, spared: bool = True) -> list[Cut | Spared]:
    """The cuts and, unless they are left out, the spared ones, in the order of the text."""
    findings: list[Cut | Spared] = [*result.cuts]
    if spared:
        findings += result.spared
    return sorted(findings, key=lambda finding: finding.removed)


def _line(
    result: Result, finding: Cut | Spared, lines: Lines, paint: Callable[[str, str], str]
) -> str:
    line, _ = lines.of(finding.removed)
    place = paint("place", f"{visible(result.id)}:{line}:")
    if isinstance(finding, Spared):
        left = paint("left", f"left ({_why(finding)}),")
        return f"{place} {left} {message(result, finding, lines)}"
    said, begins, words = message(result, finding, lines).partition(': "')
    return f"{place} {said}{begins[:2]}{paint('cut', begins[2:] + words)}"


def _why(spared: Spared) -> str:
    if spared.reason != "facts":
        return spared.reason
    shown = [opposed(difference) for difference in spared.differs[:_SHOWN_DIFFERENCES]]
    more = ["…"] if len(spared.differs) > _SHOWN_DIFFERENCES else []
    return "facts: " + "; ".join(shown + more)


def named_facts(spared: Spared) -> list[Difference]:
    """What would be lost: what of its own the copy that would go says, facts if there are any."""
    if spared.reason != "facts":
        return []
    return with_facts(spared.differs)


def with_facts(differs: Iterable[Difference], side: int = 0) -> list[Difference]:
    """Those with a number or a name on that side; if there are none, those that say anything."""
    own = [each for each in differs if each[side]]
    facts = [each for each in own if any(mark.isdigit() or mark.isupper() for mark in each[side])]
    return facts or own


def opposed(difference: Difference) -> str:
    """What stands on either side of a difference."""
    here, there = visible(difference.removed), visible(difference.kept)
    if here and there:
        return f'"{here}" here, "{there}" there'
    return f'"{here}" only here' if here else f'"{there}" only there'


def excerpt(text: str) -> str:
    """The first words, on one line."""
    words = " ".join(text.lstrip()[: 4 * _SHOWN].split())
    if len(words) <= _SHOWN:
        return visible(words)
    head, space, _ = words[:_SHOWN].rpartition(" ")
    return visible(head + " …" if space else words[:_SHOWN] + "…")
