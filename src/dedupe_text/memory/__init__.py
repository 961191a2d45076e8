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

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import distinct, run_starts
from dedupe_text.errors import InputError
from dedupe_text.memory.known import AtHand
from dedupe_text.memory.names import Names
from dedupe_text.memory.signed import sign_split
from dedupe_text.memory.store import Change, split_entry
from dedupe_text.memory.written import Written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.memory.known import Known
    from dedupe_text.memory.signed import Signed
    from dedupe_text.memory.store import Entry, Store

_MOST = 8
"""Earlier documents that one is set beside, at most: those that say most of it."""


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


class Found(NamedTuple):
    """The earlier documents that may say at least `least` words of `came`, in their order."""

    came: Signed
    least: int
    numbers: NDArray[np.int64]
    """Of the document that each key of `came` leads to; 0 where that is none."""
    known: Sequence[Known]
    stamp: int
    """Tells whether anybody else wrote since."""
    writes: int
    """What was written before by the same process."""

    @property
    def places(self) -> list[tuple[int, int]]:
        """The numbers and revisions of the documents."""
        return [one.place for one in self.known]


class Memory:
    """Documents that were cleaned before, and what of them stays."""

    def __init__(self, address: str, store: Store) -> None:
        self.address = address
        self._store = store
        self._names = Names()
        self._at_hand = AtHand()
        self._written = Written()

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
            stamp, writes = self._store.stamp(), self._written.count
            numbers = self._look_up(came)
            read = [self._known(place) for place in self._places(numbers, came, least)]
            known = [one for one in read if one is not None]
            return Found(came, least, numbers, known, stamp, writes)

    def add(self, left: Signed, found: Found | None = None) -> bool:
        """Remember a document by what stays of it, once it was set beside what was `found` for it.

        False, and nothing is remembered, if now other documents would be found. So processes that
        share a memory need not wait while one of them thinks.
        """
        with self._store.explained():
            change = self._store.write(lambda: self._change(left, found))
            if change is not None:
                self._written.add(left.keys if change.only_adds else None)
            return change is not None

    @contextmanager
    def batch(self) -> Iterator[None]:
        """What is added inside is written together; others that share the memory wait for it."""
        with self._store.explained(), self._store.batch():
            yield

    def forget(self, days: float) -> int:
        """Forget the documents that were not seen for so many days; how many these are."""
        with self._store.explained():
            self._written.add(None)
            return self._store.forget(int(days * 86400))

    def _look_up(self, came: Signed) -> NDArray[np.int64]:
        """The numbers of the earlier documents that the keys lead to, or 0."""
        own = self._store.entry(came.split.id)
        numbers = self._store.look_up(came)
        if own is None:
            return numbers
        earlier = numbers < own.number if _is(own, came) else numbers != own.number
        return np.where(earlier, numbers, 0)

    def _places(
        self, numbers: NDArray[np.int64], came: Signed, least: int
    ) -> list[tuple[int, int]]:
        """The numbers and the revisions of the documents, in their order."""
        most = lead_to(numbers, came.words, least)
        revisions = self._store.revisions(most) if most else {}
        return [(one, revisions[one]) for one in most if one in revisions]

    def _change(self, left: Signed, found: Found | None) -> Change | None:
        came = left if found is None else found.came
        if found is not None and not self._is_as_found(found):
            places = self._places(self._look_up(came), came, found.least)
            if places != found.places:
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

    def _is_as_found(self, found: Found) -> bool:
        """Whether it can be told without looking that the same would be found."""
        free = found.came.keys[found.numbers == 0]
        return found.stamp == self._store.stamp() and not self._written.any(free, found.writes)

    def _known(self, place: tuple[int, int]) -> Known | None:
        """The document, at hand if it was read lately and nobody changed it since."""
        known = self._at_hand.get(place)
        if known is None:
            entry = self._store.read(place[0])
            known = None if entry is None else self._at_hand.of(entry)
        return known


def lead_to(numbers: NDArray[np.int64], words: NDArray[np.int32], least: int) -> list[int]:
    """`say_most`, of what the keys of a document lead to: a row for each passage, 0 for none."""
    passage, column = np.nonzero(numbers)
    return say_most(passage, numbers[passage, column], words, least)


def say_most(
    passage: NDArray[np.intp], number: NDArray[np.int64], words: NDArray[np.int32], least: int
) -> list[int]:
    """The numbers of those documents that may say most of one, at least so many words; rising.

    `passage` and `number`: what of it which document may say. `words`: how many a passage has.
    """
    if not len(passage):
        return []
    # By document and passage, each pair once, however many keys lead to it.
    pairs = distinct(number << 24 | passage)
    number, words = pairs >> 24, words[pairs & 0xFFFFFF]
    first = run_starts(number)
    number, said = number[first], np.add.reduceat(words, first)
    number, said = number[said >= least], said[said >= least]
    most: list[int] = np.sort(number[np.lexsort((number, -said))[:_MOST]]).tolist()
    return most


def _is(own: Entry, came: Signed) -> bool:
    """Whether what came is the document that is stored under its id."""
    return came.split.text in (own.text, own.left)
