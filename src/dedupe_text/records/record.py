"""What all formats of records have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from dedupe_text.model import Document, Span

_HOST_RE = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)", re.IGNORECASE)


class Fields(NamedTuple):
    """The names of the fields that are looked at; of these only the text has to be there."""

    text: str = "text"
    id: str = "id"
    site: str = "url"
    """Where a document was found; of a URL the host counts."""


class Record(NamedTuple):
    """A record and the document in it."""

    number: int
    """Of its line or row, from 1."""
    document: Document | None
    """None where there is no text to clean: a blank line, a null, or what was skipped."""
    origin: Any
    """What its writer needs to write it."""
    problem: str = ""
    """Why it was skipped."""


class Writer(Protocol):
    """Writes records in the order in which they were read: each of them, cut or not."""

    changed: bool
    """Whether anything was cut, so that the output differs from the input."""

    def write(self, record: Record, cut: Sequence[Span] = ()) -> None:
        """Write a record without these spans of its text, which ascend."""


class Records(Protocol):
    """The records of a file, once, in their order."""

    skipped: int
    """How many were none, so far."""
    status: os.stat_result | None
    """Of the file, when it was opened; None if it is no file."""

    @property
    def position(self) -> int:
        """How many bytes of the file are read, about."""

    def __iter__(self) -> Iterator[Record]: ...

    def writing(self, file: BinaryIO, name: str = "") -> AbstractContextManager[Writer]:
        """A writer to this file, which is whole when the context is left without an exception.

        If it has a `name` that tells how it is compressed, it is; else as what was read.
        """


def find_site(value: str) -> str:
    """The host of a URL, in lower case; anything else is the site itself.

    >>> find_site("https://News.example:8080/2024?q=1"), find_site("news")
    ('news.example', 'news')
    """
    match = _HOST_RE.match(value)
    return match[1].lower() if match else value
