"""Findings as workflow commands, which GitHub shows beside the lines that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedupe_text.report.places import Lines
from dedupe_text.report.text import message, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.result import Result

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = {**_DATA, ord(":"): "%3A", ord(","): "%2C"}


def as_github(results: Sequence[Result]) -> str:
    """A warning for every cut, each a line."""
    commands: list[str] = []
    for result in results:
        lines = Lines(result.original.text)
        for cut in result.cuts:
            first, last = lines.of(cut.removed)
            commands.append(
                f"::warning file={escape_property(result.id)},line={first},endLine={last},"
                f"title=Repeated passage::{escape_data(message(result, cut, lines))}\n"
            )
    return "".join(commands)


def escape_data(text: str) -> str:
    r"""The text as the message of a command: it begins no other, and deceives no reader.

    >>> print(escape_data("50 %\n::error::"))
    50 %25\u000a::error::
    """
    return visible(text).translate(_DATA)


def escape_property(text: str) -> str:
    """The text as a value of a command's property, which colons and commas end.

    >>> escape_property("a,b:c.txt")
    'a%2Cb%3Ac.txt'
    """
    return visible(text).translate(_PROPERTY)
