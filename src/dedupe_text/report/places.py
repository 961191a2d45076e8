r"""Where characters are: in which lines, from 1, and in which bytes.

A line ends with ``\n``, ``\r\n`` or ``\r``, and nothing else.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from dedupe_text.model import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.model import Location
    from dedupe_text.result import Result
    from dedupe_text.textio import Decoded

_NEWLINE_RE = re.compile(r"\r\n?|\n")


class Lines:
    """Where the lines of one text start; a look-up costs a binary search."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(newline.end() for newline in _NEWLINE_RE.finditer(text))]

    @property
    def count(self) -> int:
        r"""How many lines there are; none begins behind the last newline, and one is always.

        >>> [Lines(text).count for text in ("", "one", "one\n", "one\n\n")]
        [1, 1, 1, 2]
        """
        behind = self._starts[-1] == len(self._text) and len(self._starts) > 1
        return len(self._starts) - behind

    def span(self, line: int) -> Span:
        r"""The characters of a line, its newline with them.

        >>> Lines("one\r\ntwo").span(1)
        Span(start=0, end=5)
        """
        return Span(*[*self._starts, len(self._text)][line - 1 : line + 1])

    def of(self, span: Span) -> tuple[int, int]:
        r"""The lines of the first and the last character of `span` that is not white space.

        A span often begins with the newline before its passage; the passage is what a reader
        looks for. A span of white space alone has the lines of its own ends.

        >>> Lines("one\r\ntwo\rthree\n").of(Span(3, 15))
        (2, 3)
        """
        passage = self.passage(span)
        last = max(passage.start, passage.end - 1)
        return self.place(passage.start)[0], self.place(last)[0]

    def passage(self, span: Span) -> Span:
        """The span without the white space at its ends, if there is anything else."""
        covered = span.of(self._text)
        passage = covered.strip()
        start = span.start + len(covered) - len(covered.lstrip())
        return Span(start, start + len(passage)) if passage else span

    def place(self, offset: int) -> tuple[int, int]:
        r"""The line and the column of a character, both from 1.

        >>> Lines("one\r\ntwo").place(6)
        (2, 2)
        """
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def kept_lines(result: Result, kept: Location, own: Lines) -> tuple[int, int] | None:
    """The lines, first and last, of what stays for a finding; None if they are not known."""
    if kept.document == result.id:
        return own.of(kept.span)
    return result.elsewhere.get(kept)


def find_bytes(original: Decoded, spans: Sequence[Span]) -> list[Span]:
    """The spans of `original.data` that hold the characters of `spans`, which ascend."""
    if not spans:
        return []
    edges = original.find_bytes([edge for span in spans for edge in (span.start, span.end)])
    return list(map(Span, edges[::2], edges[1::2]))
