r"""What a text marks as code, table, heading or link, as flags of its words.

Markdown, reStructuredText and HTML or XML are known by their own marks, each for itself: a text
need not be of one kind, and one without such marks is prose throughout. A mark that does not
stand in the text is not looked for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.words import Flag, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = r"[ \t\r]*$"
_BLANK = r"(?:[ \t\r]*\n)+"
_DEEP = r"(?P<deep>{})\S.*(?:\n(?:(?P=deep).*|[ \t\r]*$))*"
"""Lines that begin as the first of them does, and the blank ones in between."""

_Marks = tuple[tuple[str, re.Pattern[str]], ...]


def _marks(*marks: tuple[str, str]) -> _Marks:
    return tuple((sign, re.compile(expression, re.MULTILINE)) for sign, expression in marks)


_UNSEEN = _marks(
    ("](", r"\]\([^\s()]*(?:\([^\s()]*\)[^\s()]*)*"),
    ("]: ", r"^[ \t]*\[[^\]\n]+\]:[ \t]+\S+"),
    ("://", r"<[a-z]+://[^\s<>]*>"),
    (".. _", r"^[ \t]*\.\. _[^:\n]+:[ \t]+\S+" + _END),
    ("/", r"</?[A-Za-z][\w:.-]*(?:\s[^<>@]*)?/?>"),
)
"""What stands in a text that has any, and the expression for what its reader does not see."""
_CODE = _marks(
    ("---", r"\A---[ \t\r]*\n(?:(?!---|\.\.\.).*\n)*(?:---|\.\.\.)" + _END),
    ("|\n", r"^(?:[ \t]*\|.*\|[ \t\r]*(?:\n|\Z)){2,}"),
    ("|\r\n", r"^(?:[ \t]*\|.*\|[ \t\r]*(?:\n|\Z)){2,}"),
    ("<<<<<<< ", r"^(?:<<<<<<<|=======|>>>>>>>)(?: .*)?" + _END),  # what git leaves in a conflict
    ("-+\n", r"^(?P<at>[ \t]*)\+-[+-]+\n(?:(?P=at)[|+].*(?:\n|\Z))+"),
    (
        "::",
        r"^(?P<at>[ \t]*)(?=\S)(?:\.\. [a-z-]*(?:code|parsed|table)[a-z-]*::.*|(?!\.\. ).*::[ \t\r]*)\n"
        r"(?:[ \t]+:\w.*\n)*" + _BLANK + _DEEP.format(r"(?P=at)[ \t]+"),
    ),
)
_FENCE_RE = re.compile(r"^[ \t>]*(```+|~~~+)([^`\n]*)$", re.MULTILINE)
_HEADING_RE = re.compile(
    r"^#{1,6}[ \t]+\S.*$|^\S.*\n(?P<line>[=~^\"'`*+#-])(?P=line){2,}" + _END, re.MULTILINE
)


def mark_structure(text: str, words: Words) -> Words:
    r"""The words, flagged where a reader sees none, or code, a table, front matter, a heading.

    >>> from dedupe_text.words import split_words
    >>> text = "# One\n\nSee [two](three).\n\n```\nfour\n```\n"
    >>> words = mark_structure(text, split_words(text))
    >>> [(words.flags & flag > 0).tolist() for flag in (Flag.UNSEEN, Flag.CODE, Flag.HEADING)]
    ... # doctest: +NORMALIZE_WHITESPACE
    [[False, False, False, True, False],
     [False, False, False, False, True],
     [True, False, False, False, False]]
    """
    code = _spans(text, _CODE) + _fenced(text)
    unseen = _spans(text, _UNSEEN)
    headings = [found.span() for found in _HEADING_RE.finditer(text)]
    flags = words.flags.copy()
    for spans, flag in ((code, Flag.CODE), (unseen, Flag.UNSEEN), (headings, Flag.HEADING)):
        if spans:
            first, last = np.searchsorted(words.start, np.array(spans)).T
            change = np.zeros(len(words) + 1, np.int32)
            np.add.at(change, first, 1)
            np.add.at(change, last, -1)
            flags[np.cumsum(change[:-1]) > 0] |= flag
    flags[flags & Flag.CODE > 0] &= ~np.uint16(Flag.HEADING)
    line = np.searchsorted(words.line_start, words.start, "right")
    flags[:-1][np.diff(line) > 1] |= Flag.LAST
    flags[-1:] |= Flag.LAST
    return replace(words, flags=flags)


def _spans(text: str, marks: _Marks) -> list[tuple[int, int]]:
    return [found.span() for sign, mark in marks if sign in text for found in mark.finditer(text)]


def _fenced(text: str) -> list[tuple[int, int]]:
    """Code between fences; one that is never closed is none."""
    spans: list[tuple[int, int]] = []
    opened = None
    for fence in _FENCE_RE.finditer(text) if "```" in text or "~~~" in text else ():
        if opened is None:
            before = text[max(fence.start() - 3, 0) : fence.start()]
            underlines = fence[1][0] == "~" and not before.endswith(("\n\n", "\n\r\n"))
            opened = None if underlines and before else fence
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            spans.append((opened.start(), fence.end()))
            opened = None
    return spans
