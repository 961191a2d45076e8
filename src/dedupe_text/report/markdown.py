"""Findings as Markdown, for a comment on a pull request.

All that a document says stands in code spans and fences, where Markdown and its hosts take nothing
for a mark, a link, a mention or HTML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dedupe_text.model import Cut, Spared
from dedupe_text.report.diff import diff_text
from dedupe_text.report.places import Lines, kept_lines
from dedupe_text.report.text import REASONS, code_point, excerpt, findings_of, named_facts, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dedupe_text.model import Difference
    from dedupe_text.result import Result

_MOST = 60_000
"""Characters; GitHub takes 65,536 in a comment."""
_MOST_PATCH = 20_000
_MOST_NAME = 200
_SHOWN_FACTS = 3
_BACKTICKS_RE = re.compile("`+")
_BAR_RE = re.compile(r"(?<!\\)(\\*)\|")


def as_markdown(results: Sequence[Result]) -> str:
    """A table for every document with findings, and its cuts as a patch, folded."""
    cuts = sum(len(result.cuts) for result in results)
    spared = sum(len(result.spared) for result in results)
    told = [result for result in results if result.cuts or result.spared]
    total = f"{_count(cuts, 'cut')} in {_count(len(results), 'document')}, {spared:,} spared"
    parts = [f"### dedupe-text: {total}\n"]
    room = _MOST - len(parts[0])
    for place, result in enumerate(told):
        part = _document(result, room)
        if not part:
            left = _count(len(told) - place, "document")
            parts.append(f"\nand {left} more in the JSON\n")
            break
        parts.append(part)
        room -= len(part)
    return "".join(parts)


def code(text: str) -> str:
    """The text in a code span: it is shown, and means nothing.

    >>> print(code("a `b` c"))
    `` a `b` c ``
    """
    shown = visible(text)
    marks = "`" * (_longest_run(shown) + 1)
    # A blank at both ends is taken off again, and keeps a backtick from the marks.
    return f"{marks} {shown} {marks}"


def cell(text: str) -> str:
    r"""A code span in a table, of which no bar ends a cell, whatever stands before it.

    >>> print(cell("a|b"))
    ` a\|b `
    """
    return _BAR_RE.sub(lambda bar: f"{code_point(chr(92)) * len(bar[1])}\\|", code(text))


def fence(text: str, language: str) -> str:
    """The text, whole lines, as a block that none of its lines can end."""
    marks = "`" * max(3, _longest_run(text) + 1)
    shown = "".join(_visible_line(line) + "\n" for line in text.rstrip("\n").split("\n"))
    return f"{marks}{language}\n{shown}{marks}\n"


def _document(result: Result, room: int) -> str:
    """What is told of a document, in so many characters; nothing if it has no room at all."""
    size = max(len(result.original.text), 1)
    removed = sum(cut.removed.length for cut in result.cuts)
    name = code(result.id[-_MOST_NAME:])
    head = (
        f"\n**{name}**: {_count(removed, 'character')} of {size:,} go ({removed / size:.0%})\n\n"
        "| | lines | said in | words | alike | |\n|---|---|---|--:|--:|---|\n"
    )
    lines = Lines(result.original.text)
    findings = findings_of(result)
    rows: list[str] = []
    left = room - len(head)
    for row in (_row(result, finding, lines) for finding in findings):
        left -= len(row)
        if left < 0:
            break
        rows.append(row)
    if not rows:
        return ""
    more = len(findings) - len(rows)
    told = head + "".join(rows) + (f"\nand {more:,} more in the JSON\n" if more else "")
    return told + _patch(result, room - len(told))


def _row(result: Result, finding: Cut | Spared, lines: Lines) -> str:
    known = kept_lines(result, finding.kept, lines)
    elsewhere = finding.kept.document != result.id
    there = [cell(finding.kept.document[-_MOST_NAME:])] * elsewhere
    there += [_span(known)] if known else []
    kind = "spared" if isinstance(finding, Spared) else f"cut, {finding.kind}"
    told = " ".join(_why(finding)) if isinstance(finding, Spared) else ""
    begins = cell(excerpt(finding.removed.of(result.original.text)))
    return (
        f"| {kind} | {_span(lines.of(finding.removed))} | {', '.join(there)} | {finding.words:,} "
        f"| {finding.similarity:.2f} | {told or begins} |\n"
    )


def _why(spared: Spared) -> Iterator[str]:
    named = named_facts(spared)
    if not named:
        yield REASONS[spared.reason]
        return
    yield "facts: " + "; ".join(map(_opposed, named[:_SHOWN_FACTS]))
    if len(named) > _SHOWN_FACTS:
        yield f"and {len(named) - _SHOWN_FACTS:,} more"


def _opposed(difference: Difference) -> str:
    here, there = (cell(excerpt(side)) if side else "" for side in difference)
    return f"{here} here, {there} there" if there else f"{here} only here"


def _patch(result: Result, room: int) -> str:
    removed = [cut.removed for cut in result.cuts]
    if sum(span.length for span in removed) > _MOST_PATCH:
        return ""
    patch = diff_text(result.id, result.original.text, removed)
    block = (
        f"\n<details><summary>The cuts as a patch</summary>\n\n{fence(patch, 'diff')}\n</details>\n"
    )
    return block if patch and len(block) <= min(room, _MOST_PATCH) else ""


def _visible_line(line: str) -> str:
    return visible(line.rstrip("\r")).replace("\\u0009", "\t")


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS_RE.findall(text)), default=0)


def _span(lines: tuple[int, int]) -> str:
    first, last = lines
    return f"{first}" if first == last else f"{first}–{last}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
