"""What earlier documents said: found again by its signatures, kept in SQLite or in Redis.

**What a document is.** It is known by its id. In one run no two documents are the same, so the
second of an id gets a name of its own, "7 (2)". In a later run a document is the same if its text
is what was stored as it came, or what was left of it: then it is set beside those alone that were
there before it, which is why a run that was broken off can be started again. With another text it
is a new version. It comes behind all others, and is set beside all of them but for its own old
version: that text may be what it replaced, and to cut what both say would lose it. The old version
goes, with its keys; its number is not used again.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import distinct, run_starts
from dedupe_text.errors import InputError
from dedupe_text.memory.names import Names
from dedupe_text.memory.signed import sign_split
from dedupe_text.memory.store import Change, split_entry
from dedupe_text.report.places import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.memory.signed import Signed
    from dedupe_text.memory.store import Entry, Store
    from dedupe_text.split import Split

_MOST = 8
"""Earlier documents that one is set beside, at most: those that say most of it."""
_CHARACTERS, _COUNT = 8_000_000, 1000
"""Of the documents that were read last, as many are at hand, split: about 80 MB."""


def open_memory(address: str = "") -> Memory:
    """The memory at a path, which is SQLite's, or at an address like ``redis://host:6379/0``.

    Without either it lives as long as the object, in memory as far as there is room and then in a
    temporary file of SQLite's own. Otherwise it outlives the run, and several processes may share
    it. Raises `InputError` for what is no memory, or one of another format, and `OutputError` if
    it cannot be written or reached; neither changes it.

    >>> from dedupe_text.split import split_text
    >>> memory = open_memory()
    >>> memory.add(sign_split(split_text("It rained.", "monday")))
    True
    >>> found = memory.find(sign_split(split_text("It rained.", "tuesday")), least=2)
    >>> [known.split.id for known in found.known]
    ['monday']
    """
    if address.startswith(("redis://", "rediss://")):
        try:
            from dedupe_text.memory.redis import RedisStore  # datasketch takes half a second
        except ImportError as error:
            message = "a memory in Redis needs an extra: pip install 'dedupe-text[redis]'"
            raise InputError(message) from error
        return Memory(address, RedisStore(address))
    from dedupe_text.memory.sqlite import SqliteStore

    return Memory(address, SqliteStore(address))


@dataclass(frozen=True)
class Known:
    """An earlier document: its `text` as it came, and `split`, what stays of that."""

    number: int
    revision: int
    text: str
    split: Split

    @staticmethod
    def of(entry: Entry) -> Known:
        """The stored document, split."""
        return Known(entry.number, entry.revision, entry.text, split_entry(entry))

    @cached_property
    def lines(self) -> Lines:
        """Those of the text as it came."""
        return Lines(self.text)


class Found(NamedTuple):
    """The earlier documents that may say at least `least` words of `came`, in their order."""

    came: Signed
    least: int
    known: Sequence[Known]
    places: Sequence[tuple[int, int]]
    """Their numbers and revisions."""
    stamp: object
    """Tells whether anybody wrote since; None where nobody can tell."""

    def for_another(self) -> Found:
        """What another process needs to add the document to the same memory."""
        return self._replace(known=(), stamp=None)


def say_most(
    passage: NDArray[np.intp], number: NDArray[np.int64], words: NDArray[np.int32], least: int
) -> NDArray[np.int64]:
    """The numbers of those documents that may say most of one, at least so many words; rising.

    `passage` and `number`: what of it which document may say. `words`: how many a passage has.
    """
    # By document and passage, each pair once, however many keys lead to it.
    pairs = distinct(number << 24 | passage)
    number, words = pairs >> 24, words[pairs & 0xFFFFFF]
    first = run_starts(number)
    number, said = number[first], np.add.reduceat(words, first)
    number, said = number[said >= least], said[said >= least]
    return np.sort(number[np.lexsort((number, -said))[:_MOST]])


class Memory:
    """Documents that were cleaned before, and what of them stays."""

    def __init__(self, address: str, store: Store) -> None:
        self.address = address
        self._store = store
        self._names = Names()
        self._read: OrderedDict[tuple[int, int], Known] = OrderedDict()
        self._characters = 0

    def close(self) -> None:
        """Nothing more is asked of it."""
        self._store.close()

    def name(self, id_: str) -> str:
        """What the next document is called here: by its id, unless another one of this run is."""
        return self._names.of(id_)

    def find(self, came: Signed, least: int) -> Found:
        """The earlier documents that may say at least `least` words of it.

        Of each passage the first document is known that said it, and the first of its site.
        """
        with self._store.explained():
            stamp = self._store.stamp()
            read = [self._known(*place) for place in self._find(came, least)]
            known = [one for one in read if one is not None]
            return Found(came, least, known, [(one.number, one.revision) for one in known], stamp)

    def add(self, left: Signed, found: Found | None = None) -> bool:
        """Remember a document by what stays of it, once it was set beside what was `found` for it.

        False, and nothing is remembered, if now other documents would be found. So processes that
        share a memory need not wait while one of them thinks.
        """
        with self._store.explained():
            return self._store.write(lambda: self._change(left, found))

    @contextmanager
    def batch(self) -> Iterator[None]:
        """What is added inside is written together; others that share the memory wait for it."""
        with self._store.explained(), self._store.batch():
            yield

    def forget(self, days: float) -> int:
        """Forget the documents that were not seen for so many days; how many these are."""
        with self._store.explained():
            return self._store.forget(int(days * 86400))

    def _find(self, came: Signed, least: int) -> list[tuple[int, int]]:
        """The numbers and the revisions of the documents, in their order."""
        own = self._store.entry(came.split.id)
        passage, number = self._store.look_up(came)
        if own is not None:
            earlier = number < own.number if _is(own, came) else number != own.number
            passage, number = passage[earlier], number[earlier]
        if not len(number):
            return []
        most = say_most(passage, number, came.words, least).tolist()
        revisions = self._store.revisions(most)
        return [(one, revisions[one]) for one in most if one in revisions]

    def _change(self, left: Signed, found: Found | None) -> Change | None:
        came = left if found is None else found.came
        changed = found is not None and found.stamp != self._store.stamp()
        if found is not None and changed and self._find(came, found.least) != found.places:
            return None
        own = self._store.entry(came.split.id)
        if own is None:
            return Change(came.split.text, left)
        number = own.number if _is(own, came) else None
        before = split_entry(own)
        stays = (before.text, before.site) == (left.split.text, left.split.site)
        if number is not None and stays:
            same = (own.text, [*own.cuts]) == (came.split.text, [*left.split.cuts])
            return Change(came.split.text, left, number, same=same)
        return Change(came.split.text, left, number, (own.number, sign_split(before)))

    def _known(self, number: int, revision: int) -> Known | None:
        """The document, at hand if it was read lately and nobody changed it since."""
        known = self._read.get((number, revision))
        if known is not None:
            self._read.move_to_end((number, revision))
            return known
        entry = self._store.read(number)
        if entry is None:
            return None
        known = Known.of(entry)
        before = self._read.pop((known.number, known.revision), None)
        self._read[known.number, known.revision] = known
        self._characters += len(known.text) - (len(before.text) if before else 0)
        while self._characters > _CHARACTERS or len(self._read) > _COUNT:
            self._characters -= len(self._read.popitem(last=False)[1].text)
        return known


def _is(own: Entry, came: Signed) -> bool:
    """Whether what came is the document that is stored under its id."""
    return came.split.text in (own.text, own.left)
