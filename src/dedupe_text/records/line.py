"""A JSON object in one line: where its values stand, and the line without parts of one of them.

All is done in the line's own characters. Strict UTF-8 comes back from them to the byte, so what is
not cut stays as it was spelled: numbers, escapes, white space, the order of keys, keys given twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, NamedTuple

from dedupe_text.cleaning import without
from dedupe_text.errors import SelfCheckError
from dedupe_text.model import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

# Numbers are never calculated: Python refuses those of more than 4,300 digits.
_DECODER = JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_BLANKS_RE = re.compile(r"[ \t\n\r]*")
# Two escapes for the halves of one character are one escape; each else stands for one character.
_ESCAPE_RE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)"
)


class Value(NamedTuple):
    """A value of an object, decoded but for numbers, and where in the line it is spelled."""

    value: object
    span: Span

    def is_string(self, line: str) -> bool:
        """Whether it is a string: a number is decoded to one as well."""
        return line[self.span.start] == '"'


def find_values(line: str, names: Collection[str]) -> dict[str, Value] | None:
    """The values of the fields of these names; None if the line is JSON, but no object.

    Of a name that is given twice the last one counts. Raises `JSONDecodeError`, and
    `RecursionError` if it is nested too deeply.

    >>> find_values('{"id": 1.50, "text": "So."}', {"id"})
    {'id': Value(value='1.50', span=Span(start=7, end=11))}
    """
    at = _skip_blanks(line, 0)
    if not line.startswith("{", at):
        _DECODER.decode(line)
        return None
    found: dict[str, Value] = {}
    at = _skip_blanks(line, at + 1)
    more = not line.startswith("}", at)
    while more:
        if not line.startswith('"', at):
            raise JSONDecodeError("Expecting property name enclosed in double quotes", line, at)
        name, at = _DECODER.raw_decode(line, at)
        at = _skip_blanks(line, _expect(line, _skip_blanks(line, at), ":"))
        value, end = _DECODER.raw_decode(line, at)
        if name in names:
            found[name] = Value(value, Span(at, end))
        at = _skip_blanks(line, end)
        more = not line.startswith("}", at)
        if more:
            at = _skip_blanks(line, _expect(line, at, ","))
    at = _skip_blanks(line, at + 1)
    if at < len(line):
        raise JSONDecodeError("Extra data", line, at)
    return found


def cut_string(line: str, value: Value, spans: Sequence[Span]) -> str:
    r"""The line without these spans of the value, which is a string.

    The spans ascend; they count the characters of the decoded value, not of its spelling. Raises
    `SelfCheckError` if the value that is left is not the one that should be.

    >>> line = '{"text": "caf\\u00e9 \\ud83c\\udf75 tea"}'
    >>> cut_string(line, find_values(line, {"text"})["text"], [Span(5, 7)])
    '{"text": "caf\\u00e9 tea"}'
    """
    start, end = value.span.start + 1, value.span.end - 1
    edges = find_edges(line[start:end], [edge for span in spans for edge in span])
    left = without(line[start:end], [Span(*pair) for pair in zip(edges[::2], edges[1::2])])
    is_left, should = _DECODER.decode(f'"{left}"'), without(str(value.value), spans)
    # Two lone halves of a character that come to stand side by side are one in JSON.
    if is_left != should and _units(is_left) != _units(should):
        raise SelfCheckError("a JSON string and its spelling have come apart; nothing was changed")
    return f"{line[:start]}{left}{line[end:]}"


def find_edges(spelled: str, edges: Sequence[int]) -> list[int]:
    r"""Where in the spelling of a string its characters of these numbers begin.

    >>> find_edges(r"a\tb\u00e9c", [1, 2, 3, 4, 5])
    [1, 3, 4, 10, 11]
    """
    escapes = [match.span() for match in _ESCAPE_RE.finditer(spelled)] if "\\" in spelled else []
    longer = [0, *accumulate(end - start - 1 for start, end in escapes)]
    places = [start - before for (start, _), before in zip(escapes, longer)]
    return [edge + longer[bisect_left(places, edge)] for edge in edges]


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _skip_blanks(line: str, at: int) -> int:
    match = _BLANKS_RE.match(line, at)
    return match.end() if match else at


def _expect(line: str, at: int, mark: str) -> int:
    if not line.startswith(mark, at):
        raise JSONDecodeError(f"Expecting {mark!r} delimiter", line, at)
    return at + 1
