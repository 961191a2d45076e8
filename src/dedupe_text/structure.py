r"""What a text marks as code, table, heading or link, as flags of its words.

Markdown, reStructuredText and HTML or XML are known by their own marks, each for itself: a text
need not be of one kind, and one without such marks is prose throughout. A mark that does not
stand in the text is not looked for.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import places
from dedupe_text.words import Flag, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_END = r"[ \t\r]*$"
_BLANK = r"(?:[ \t\r]*\n)+"
_DEEPER = r"(?P<deep>(?P=at)[ \t]+)\S.*(?:\n(?:(?P=deep).*|[ \t\r]*$))*"
"""Lines that begin as the first of them does, and the blank ones in between."""

_Marks = tuple[tuple[list[bytes], str], ...]


def _marks(*marks: tuple[str, str]) -> _Marks:
    """Strings of which one stands in every text that has some, and the expression for them.

    It is compiled when it is first needed: all of them take longer than a text without marks.
    """
    return tuple((signs.encode().split(b" "), mark) for signs, mark in marks)


_UNSEEN = _marks(
    ("](", r"\]\([^\s()]*(?:\([^\s()]*\)[^\s()]*)*"),
    ("]:", r"^[ \t]*\[[^\]\n]+\]:[ \t]+\S+"),
    ("://", r"<[a-z]+://[^\s<>]*>"),
    ("\n..", r"^[ \t]*\.\. _[^:\n]+:[ \t]+\S+" + _END),
    ("</", r"</?[A-Za-z][\w:.-]*(?:\s[^<>@]*)?/?>"),
)
"""What the reader does not see: link targets, tags. A bare address is seen, and so is a <name>
in a text that closes no tag, such as a log of a chat."""
_CODE = _marks(
    ("---\n", r"\A---[ \t\r]*\n(?=[\w-]+:)(?:(?!---|\.\.\.).*\n)*(?:---|\.\.\.)" + _END),
    ("|\n |\r", r"^(?:[ \t]*\|.*\|[ \t\r]*(?:\n|\Z)){2,}"),
    ("-+\n -+\r", r"^(?P<at>[ \t]*)\+-[+-]+[ \t\r]*\n(?:(?P=at)[|+].*(?:\n|\Z))+"),
    (
        "::",
        r"^(?P<at>[ \t]*)(?=\S)(?:\.\. [a-z-]*(?:code|parsed|table)[a-z-]*::.*|(?!\.\. ).*::)"
        r"[ \t\r]*\n(?:[ \t]+:\w.*\n)*" + _BLANK + _DEEPER,
    ),
    ("<<<<<<<", r"^(?:<<<<<<<|=======|>>>>>>>)(?: .*)?" + _END),
)
"""Front matter, tables, literal blocks; and what git leaves of a conflict."""
_HEADING = _marks(
    ("\n#", r"^#{1,6}[ \t]+\S.*$"),
    (
        "\n== \n-- \n~~ \n^^ \n\"\" \n'' \n`` \n** \n++ \n##",
        r"^\S.*\n(?P<line>[=~^\"'`*+#-])(?P=line){2,}" + _END,
    ),
)
_FENCE = r"^[ \t>]*(```+|~~~+)([^`\n]*)$"


class Structure(NamedTuple):
    """Spans of a text, as they are found: they may meet."""

    code: list[tuple[int, int]]
    unseen: list[tuple[int, int]]
    headings: list[tuple[int, int]]


def find_structure(text: str) -> Structure:
    """What the text marks."""
    lines = text.encode("utf-8", "surrogatepass")
    code = _spans(text, lines, _CODE)
    if _stands(b"```", lines) or _stands(b"~~~", lines):
        code += _fenced(text)
    return Structure(code, _spans(text, lines, _UNSEEN), _spans(text, lines, _HEADING))


def mark_structure(
    words: Words,
    texts: Sequence[str],
    starts: Sequence[int] = (0,),
    documents: Sequence[int] = (0,),
) -> Words:
    r"""The words, flagged where a reader sees none, or code, a table, front matter, a heading.

    They are of texts that begin with these characters and these words, each on a line of its own.

    >>> from dedupe_text.words import split_words
    >>> text = "# One\n\nSee [two](three).\n\n```\nfour\n```\n"
    >>> words = mark_structure(split_words(text), [text])
    >>> [(words.flags & flag > 0).tolist() for flag in (Flag.UNSEEN, Flag.CODE, Flag.HEADING)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [[False, False, False, True, False],
     [False, False, False, False, True],
     [True, False, False, False, False]]
    """
    if not len(words):
        return words
    flags = words.flags.copy()
    found = [find_structure(text) for text in texts]
    for number, flag in enumerate((Flag.CODE, Flag.UNSEEN, Flag.HEADING)):
        spans = [one[number] for one in found]
        if any(spans):
            shift = np.repeat(starts, [len(some) for some in spans])
            first, last = places(words.start, np.array([*itertools.chain(*spans)]).T + shift)
            inside = _are_inside(first, last, len(words))
            np.bitwise_or(flags, np.uint16(flag), out=flags, where=inside)
    heading = np.uint16(Flag.HEADING)
    np.bitwise_and(flags, ~heading, out=flags, where=flags & Flag.CODE > 0)
    before = np.searchsorted(words.start, words.line_start)
    flags[before[1:][before[1:] == before[:-1]] - 1] |= Flag.LAST  # a line without words
    flags[np.array(documents) - 1] |= Flag.LAST
    return replace(words, flags=flags)


def _are_inside(first: NDArray[np.intp], last: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    """Whether each of so many numbers is in one of the ranges ``first:last``, which may meet."""
    edges = np.concatenate([[0], first, last])
    order = np.argsort(edges, kind="stable")
    deep = np.cumsum(np.repeat([0, 1, -1], [1, len(first), len(last)])[order])
    return np.repeat(deep > 0, np.diff(edges[order], append=count))


def _spans(text: str, lines: bytes, marks: _Marks) -> list[tuple[int, int]]:
    return [
        found.span()
        for signs, mark in marks
        if any(_stands(sign, lines) for sign in signs)
        for found in re.finditer(mark, text, re.MULTILINE)
    ]


def _stands(sign: bytes, lines: bytes) -> bool:
    """Whether a string stands in the text, which begins a line.

    In bytes, and byte by byte, it is missed sooner.
    """
    if lines.startswith(sign.removeprefix(b"\n")):
        return True
    return all(byte in lines for byte in sign) and sign in lines


def _fenced(text: str) -> list[tuple[int, int]]:
    """Code between fences; one that is never closed is none."""
    spans: list[tuple[int, int]] = []
    opened = None
    for fence in re.finditer(_FENCE, text, re.MULTILINE):
        if opened is None:
            before = text[max(fence.start() - 3, 0) : fence.start()]
            underlines = fence[1][0] == "~" and not before.endswith(("\n\n", "\n\r\n"))
            opened = None if underlines and before else fence
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            spans.append((opened.start(), fence.end()))
            opened = None
    return spans
