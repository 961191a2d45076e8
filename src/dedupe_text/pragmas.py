"""Comments in a text that say which of its repeats are meant.

    <!-- dedupe-text: off -->            what follows, as far as `on` or the end, is never cut
    <!-- dedupe-text: on -->
    <!-- dedupe-text: ignore-next -->    the paragraph that follows is never cut

A pragma is a comment alone on its line with nothing else in it; `#`, `..`, `//`, `%`, `;`, `--`,
`/* … */` and `{# … #}` will do as well. So prose that mentions one is none, nor is an example in
code that the text marks as such. A repeat that is covered in part is left whole. To the search a
pragma is a blank line: it never goes, and that it stands there changes no finding.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import places
from dedupe_text.model import Span, Unused
from dedupe_text.words import Flag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from dedupe_text.pieces import Piece
    from dedupe_text.words import Words

_SIGN = "dedupe-text:"
_PRAGMA = (
    r"(?:^|(?<=\r))[ \t]*"
    r"(?P<comment>(?:(?P<sgml><!--)|(?P<c>/\*)|(?P<brace>\{#)|#+|\.\.|//+|%+|;+|--+)"
    r"[ \t]*dedupe-text:[ \t]*(?P<name>[\w-]+)[ \t]*"
    r"(?(sgml)-->|(?(c)\*/|(?(brace)#\}))))[ \t]*(?=\r|$)"
)


class Pragma(NamedTuple):
    """A pragma, where it stands, and the words ``first:last`` that it covers.

    `fault` says why it can cover none, whatever the text.
    """

    name: str
    line: int
    span: Span
    first: int
    last: int
    fault: str = ""


def find_pragmas(text: str, words: Words) -> list[Pragma]:
    r"""The pragmas of a text of which `words` are the words, in its order.

    >>> from dedupe_text.words import split_words
    >>> text = "One.\n# dedupe-text: off\nTwo.\n"
    >>> find_pragmas(text, split_words(text))
    [Pragma(name='off', line=2, span=Span(start=5, end=23), first=4, last=5, fault='')]
    """
    if _SIGN not in text:
        return []
    pragmas: list[Pragma] = []
    opened: int | None = None
    for found in re.finditer(_PRAGMA, text, re.MULTILINE):
        name, span = found["name"], Span(*found.span("comment"))
        own, after = places(words.start, span).tolist()
        if words.flags[own] & Flag.CODE:
            continue
        line = int(places(words.line_start, span.start, "right"))
        pragma = Pragma(name, line, span, after, after, _fault(name, opened is not None))
        if name == "ignore-next":
            pragma = pragma._replace(last=_end_of_paragraph(words, after))
        elif name == "on" and opened is not None:
            pragmas[opened] = pragmas[opened]._replace(last=own)
            opened = None
        elif name == "off" and opened is None:
            opened = len(pragmas)
            pragma = pragma._replace(last=len(words))
        pragmas.append(pragma)
    return pragmas


def _fault(name: str, off: bool) -> str:
    if name not in ("off", "on", "ignore-next"):
        return "there are off, on and ignore-next"
    if name == "ignore-next" or off == (name == "on"):
        return ""
    return "it is off already" if off else "nothing is off"


def _end_of_paragraph(words: Words, first: int) -> int:
    """Behind the last word of the paragraph that begins with the word `first`."""
    ends = np.flatnonzero(words.flags[first:] & Flag.LAST)
    return first + int(ends[0]) + 1 if len(ends) else first


def cover(stretches: Iterable[Pragma | Piece], words: int) -> NDArray[np.bool_]:
    """Whether each of so many words is in one of the stretches."""
    covered = np.zeros(words, np.bool_)
    for stretch in stretches:
        covered[stretch.first : stretch.last] = True
    return covered


def accept_covered(pieces: Iterable[Piece], covered: NDArray[np.bool_]) -> list[Piece]:
    """The pieces, of which those that would go are accepted where a word of theirs is covered."""
    return [
        piece._replace(reason="accepted")
        if piece.reason is None and covered[piece.first : piece.last].any()
        else piece
        for piece in pieces
    ]


def find_unused(
    pragmas: Sequence[Pragma], pieces: Iterable[Piece], words: int
) -> tuple[Unused, ...]:
    """The pragmas that change nothing; `pieces` are those of the text, which has so many words."""
    if not pragmas:
        return ()
    accepted = cover((piece for piece in pieces if piece.reason == "accepted"), words)
    unused: list[Unused] = []
    for pragma in pragmas:
        fault = pragma.fault
        if not fault and pragma.name != "on" and not accepted[pragma.first : pragma.last].any():
            fault = "it covers nothing that would be cut"
        if fault:
            unused.append(Unused(pragma.line, f"unused pragma {pragma.name}: {fault}"))
    return tuple(unused)
