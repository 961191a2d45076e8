"""Where a memory keeps its documents: what it asks of SQLite and of Redis."""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from dedupe_text.cleaning import without
from dedupe_text.errors import InputError
from dedupe_text.model import Span
from dedupe_text.split import Split, split_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from dedupe_text.memory.signed import Signed

WAIT = 60
"""Seconds to wait while other processes write."""


class Entry(NamedTuple):
    """A document as it is stored: its text as it came, and the spans that were cut from it.

    `number`: its place among all; none is used twice. `revision`: another one whenever the entry
    changed.
    """

    number: int
    revision: int
    id: str
    site: str
    text: str
    cuts: Sequence[Span]

    @property
    def left(self) -> str:
        """What was left of the text."""
        return without(self.text, self.cuts)


def split_entry(entry: Entry) -> Split:
    """What was left of a stored document, in words and passages."""
    return split_text(entry.left, entry.id, entry.cuts, entry.site)


class Change(NamedTuple):
    """What becomes of the store when a document is added.

    `text`: the document as it came; `left`: what stays of it. `number`: its own, None for a new one
    behind all others. `old`: an earlier state of it, with its number, whose keys go; with another
    `number` the entry goes too. `same`: the entry stays as it is, but for the time.
    """

    text: str
    left: Signed
    number: int | None = None
    old: tuple[int, Signed] | None = None
    same: bool = False


class Store(Protocol):
    """Documents by their numbers, and for each key the number of the first that has it."""

    def explained(self) -> AbstractContextManager[None]:
        """What goes wrong inside is told in a line that names the store.

        Raises `InputError` for what is no memory, and `OutputError` if it cannot be written.
        """

    def stamp(self) -> object:
        """Another one whenever anybody wrote."""

    def look_up(self, signed: Signed) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Pairs of a passage and the number of a document that a key of it leads to."""

    def entry(self, id_: str) -> Entry | None:
        """The document of that id, if there is one."""

    def read(self, number: int) -> Entry | None:
        """The document of that number, if it is still there."""

    def revisions(self, numbers: Sequence[int]) -> dict[int, int]:
        """The revisions of those of the documents that are still there."""

    def write(self, decide: Callable[[], Change | None]) -> bool:
        """Carry out, all or nothing, what `decide` says; nobody else writes between the two.

        It may be asked more than once. False if it says None: then nothing is written.
        """

    def batch(self) -> AbstractContextManager[None]:
        """What is written inside may be written together, all or nothing; others wait for it."""

    def forget(self, seconds: int) -> int:
        """Forget the documents that were not seen for so long; how many these are."""

    def close(self) -> None:
        """Nothing more is asked of it."""


# --- what both write and read ----------------------------------------------------------------


@contextmanager
def doubting(name: str) -> Iterator[None]:
    """What is read inside may not be what was written: no store has checksums of its own.

    Raises `InputError`.
    """
    try:
        yield
    except (AttributeError, OverflowError, TypeError, ValueError, zlib.error) as error:
        raise InputError(
            f"{name}: damaged, or not a memory of dedupe-text; name another"
        ) from error


def read_row(number: int, row: Sequence[Any]) -> Entry:
    """The document in a row: revision, id, site, packed text, its length, packed spans."""
    revision, id_, site, packed, characters, cuts = row
    text = unpack(packed, int(characters))
    spans = unpack_spans(cuts, len(text))
    return Entry(number, int(revision), decode(id_), decode(site), text, spans)


def pack(text: str) -> bytes:
    """A text, in few bytes."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def unpack(packed: bytes, characters: int) -> str:
    """The text; of a memory that somebody else made no more is unpacked than it says there is."""
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(packed, 4 * characters + 1)
    if not unpacker.eof:  # where zlib compares its checksum
        raise ValueError("a text that is cut off, or longer than it should be")
    return data.decode("utf-8", "surrogatepass")


def pack_spans(spans: Sequence[Span]) -> bytes:
    """Spans, in 16 bytes each."""
    return np.array(spans, np.int64).tobytes()


def unpack_spans(packed: bytes, characters: int) -> list[Span]:
    """The spans, in their order, of a text of so many characters."""
    edges = np.frombuffer(packed, np.int64)
    if (np.diff(edges, prepend=0, append=characters) < 0).any():
        raise ValueError("spans that overlap or leave the text")
    return [Span(*span) for span in edges.reshape(-1, 2).tolist()]


def encode(name: str) -> bytes:
    """An id or a site: one that came from a file name may hold what is no text."""
    return name.encode("utf-8", "surrogatepass")


def decode(name: bytes) -> str:
    """The id or the site."""
    return name.decode("utf-8", "surrogatepass")
