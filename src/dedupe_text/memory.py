"""What earlier documents said: found again by its signatures, kept in SQLite.

Without a path a memory lives as long as the object, in memory as far as there is room and then in
a temporary file of SQLite's own. With one it outlives the run, and several processes may share it:
a document is added only if nothing was, meanwhile, that it should have been set beside.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.cleaning import without
from dedupe_text.columns import distinct, run_starts
from dedupe_text.errors import InputError, OutputError
from dedupe_text.lsh import band_keys
from dedupe_text.minhash import sign_shingles
from dedupe_text.model import Span
from dedupe_text.passages import join_short, split_long
from dedupe_text.shingles import shingle
from dedupe_text.split import Split, split_text
from dedupe_text.words import mix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_BANDS, _ROWS = 8, 2
"""A key for each passage's words and one for each of 8 bands of 2 rows: of passages of which half
the shingles are shared 90 % are found (`lsh_probability`), and a repeat has several passages."""
_SHINGLE = 4
_MOST = 8
"""Earlier documents that one is set beside, at most: those that say most of it."""
_WAIT = 60
"""Seconds to wait while other processes write."""
_APPLICATION = 0x64647478
_FORMAT = 1
_PARAMETERS = f"format {_FORMAT}, {_BANDS} bands of {_ROWS} rows, shingles of {_SHINGLE} words"
_META = "CREATE TABLE meta (parameters TEXT NOT NULL)"
_DOCUMENTS = (
    "CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    " site TEXT NOT NULL, characters INTEGER NOT NULL, text BLOB NOT NULL, cuts BLOB NOT NULL,"
    " seen INTEGER NOT NULL)"
)
_KEYS = "CREATE TABLE keys (key INTEGER PRIMARY KEY, document INTEGER NOT NULL)"
_SCHEMA = (_META, _DOCUMENTS, _KEYS)


class Memory:
    """Documents that were cleaned before, and what of them stays.

    Raises `InputError` for a file that is no memory, or of another format, and `OutputError` if it
    cannot be written; neither changes it.

    >>> memory = Memory()
    >>> memory.add(split_text("It rained.", "monday"))
    True
    >>> [split.id for split in memory.find(split_text("It rained.", "tuesday"), least=2)]
    ['monday']
    """

    def __init__(self, path: str = "") -> None:
        self.path = path
        self._last: tuple[Split, NDArray[np.uint64], NDArray[np.int32]] | None = None
        with self._explained():
            # Without a path all of it may go when the process does.
            self._database = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            self._run("PRAGMA trusted_schema = OFF")
            self._check()
            self._run(f"PRAGMA synchronous = {'NORMAL' if path else 'OFF'}")
            self._run(f"PRAGMA journal_mode = {'WAL' if path else 'MEMORY'}")
            with self._writing():
                self._set_up()

    def close(self) -> None:
        """Nothing more is asked of it."""
        self._database.close()

    def find(self, split: Split, least: int) -> list[Split]:
        """The earlier documents that may say at least `least` words of it, in their order.

        Of each passage the first document is known that said it, and the first of its site. One
        that is in the memory itself is set beside those alone that were there before.
        """
        with self._explained():
            return [self._read(number) for number in self._find(split, least)]

    def add(
        self,
        split: Split,
        came: Split | None = None,
        found: Sequence[Split] | None = None,
        least: int = 0,
    ) -> bool:
        """Remember a document by what stays of it; `came` is the document as it came.

        False, and nothing is remembered, if `find` would now find others than it `found`.
        """
        came = came or split
        with self._explained(), self._writing():
            if self.path and found is not None:
                now = [self._read(number).id for number in self._find(came, least)]
                if now != [one.id for one in found]:
                    return False
            number = self._put(split, came.text)
            keys = distinct(self._keys(split)[0].ravel()).view(np.int64).tolist()
            self._database.executemany(
                "INSERT OR IGNORE INTO keys VALUES (?, ?)", [(key, number) for key in keys]
            )
        return True

    def text(self, id_: str) -> str:
        """A document as it came."""
        with self._explained():
            row = self._run("SELECT text, characters FROM documents WHERE id = ?", id_).fetchone()
            return _unpack(*row)

    def forget(self, days: float) -> int:
        """Forget the documents that were not seen for so many days; how many these are."""
        with self._explained(), self._writing():
            old = "seen < strftime('%s', 'now') - ?"
            seconds = int(days * 86400)
            self._run(
                f"DELETE FROM keys WHERE document IN (SELECT number FROM documents WHERE {old})",
                seconds,
            )
            return self._run(f"DELETE FROM documents WHERE {old}", seconds).rowcount

    # --- inside a transaction, or reading ---------------------------------------------------

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        return self._database.execute(statement, values)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; nobody else writes meanwhile."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            name, reason = self.path or "the temporary memory", str(error)
            if isinstance(error, sqlite3.OperationalError) and "unable to open" not in reason:
                raise OutputError(f"cannot write {name}: {reason}; mend that, run again") from error
            raise InputError(f"cannot use {name}: {reason}; name another file") from error

    def _check(self) -> None:
        """Raises `InputError` for a file with something else in it."""
        found = {sql for (sql,) in self._run("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
        if not found and not self._run("PRAGMA application_id").fetchone()[0]:
            return
        if found != set(_SCHEMA):
            raise InputError(f"{self.path}: not a memory of dedupe-text; name another file")
        given = self._run("SELECT parameters FROM meta").fetchall()
        if given != [(_PARAMETERS,)]:
            raise InputError(
                f"{self.path}: a memory of other parameters, where these are {_PARAMETERS};"
                " name another file"
            )

    def _set_up(self) -> None:
        if not self._run("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._run(f"PRAGMA application_id = {_APPLICATION}")
            for statement in _SCHEMA:
                self._run(statement)
            self._run("INSERT INTO meta VALUES (?)", _PARAMETERS)

    def _find(self, split: Split, least: int) -> list[int]:
        keys, weight = self._keys(split)
        own = self._run("SELECT number FROM documents WHERE id = ?", split.id).fetchone()
        said: dict[int, float] = {}
        for numbers, words in zip(self._look_up(keys), weight.tolist()):
            for number in numbers:
                if own is None or number < own[0]:
                    said[number] = said.get(number, 0) + words
        enough = [number for number, words in said.items() if words >= least]
        return sorted(sorted(enough, key=lambda number: (-said[number], number))[:_MOST])

    def _keys(self, split: Split) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Those of the last document are at hand: it is often added as it came."""
        if self._last is None or self._last[0] is not split:
            self._last = split, *_keys(split)
        return self._last[1:]

    def _look_up(self, keys: NDArray[np.uint64]) -> list[set[int]]:
        """For each passage the documents that its keys lead to."""
        signed = keys.view(np.int64)
        found = dict(
            self._run(
                "SELECT key, document FROM keys WHERE key IN (SELECT value FROM json_each(?))",
                str(signed.ravel().tolist()),
            )
        )
        return [{found[key] for key in row if key in found} for row in signed.tolist()]

    def _read(self, number: int) -> Split:
        id_, site, packed, characters, cuts = self._run(
            "SELECT id, site, text, characters, cuts FROM documents WHERE number = ?", number
        ).fetchone()
        spans = [Span(*span) for span in np.frombuffer(cuts, np.int64).reshape(-1, 2).tolist()]
        return split_text(without(_unpack(packed, characters), spans), id_, spans, site)

    def _put(self, split: Split, text: str) -> int:
        """The number of the document, which has one already if it was seen before."""
        packed = zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
        (number,) = self._run(
            "INSERT INTO documents (id, site, characters, text, cuts, seen)"
            " VALUES (?, ?, ?, ?, ?, strftime('%s', 'now')) ON CONFLICT (id) DO UPDATE SET"
            " site = excluded.site, characters = excluded.characters, text = excluded.text,"
            " cuts = excluded.cuts, seen = excluded.seen RETURNING number",
            split.id,
            split.site,
            len(text),
            packed,
            np.array(split.cuts, np.int64).tobytes(),
        ).fetchone()
        return int(number)


def _unpack(packed: bytes, characters: int) -> str:
    """The text; of a file that somebody else made no more is unpacked than it says there is."""
    data = zlib.decompressobj().decompress(packed, 4 * characters + 1)
    return data.decode("utf-8", "surrogatepass")


def _keys(split: Split) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Keys (passages × 9) by which passages are found again, and how many words each has.

    Where the site is known there are as many again of its own, for the first of it to say so may
    not be the first of all.
    """
    passages = split_long(join_short(split.passages), split.words.hash)
    if not len(passages):
        return np.zeros((0, 1 + _BANDS), np.uint64), np.zeros(0, np.int32)
    shingles = shingle(split.words.hash, passages, _SHINGLE)
    content = np.add.reduceat(mix(shingles.hash), run_starts(shingles.passage))
    banded = band_keys(sign_shingles(shingles, _BANDS * _ROWS), _ROWS)
    keys = np.column_stack([content, banded])
    if split.site:
        keys = np.hstack([keys, mix(keys ^ _hash(split.site))])
    return keys, passages.last_word - passages.first_word


def _hash(site: str) -> np.uint64:
    digest = blake2b(site.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))
