"""A memory in SQLite: a file, or what lives as long as the object.

A file is in WAL mode, and a document is one transaction.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from dedupe_text.columns import distinct
from dedupe_text.errors import InputError, OutputError
from dedupe_text.memory.signed import PARAMETERS
from dedupe_text.memory.store import (
    WAIT,
    doubting,
    encode,
    pack,
    pack_spans,
    read_row,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.memory.signed import Signed
    from dedupe_text.memory.store import Change, Entry

_APPLICATION = 0x64647478
_CACHE = 64
"""MB of pages at hand. Keys are hashes, so one may be on any page: with SQLite's 2 MB, looking up
and adding a thousand documents took 5.9 s for 5.1."""
_LOG = 1 << 13
"""Pages of the log, 32 MB, after which they are put where they belong. The keys of one document lie
on a thousand; SQLite's own limit, as many, has each of them written twice and waited for."""
_META = "CREATE TABLE meta (parameters TEXT NOT NULL)"
_DOCUMENTS = (
    "CREATE TABLE documents (number INTEGER PRIMARY KEY AUTOINCREMENT, revision INTEGER NOT NULL,"
    " id BLOB NOT NULL UNIQUE, site BLOB NOT NULL, characters INTEGER NOT NULL,"
    " text BLOB NOT NULL, cuts BLOB NOT NULL, seen INTEGER NOT NULL)"
)
_KEYS = "CREATE TABLE keys (key INTEGER PRIMARY KEY, document INTEGER NOT NULL)"
_SCHEMA = (_META, _DOCUMENTS, _KEYS)
_ITS_OWN = "CREATE TABLE sqlite_sequence(name,seq)"
_ENTRY = "SELECT number, revision, id, site, text, characters, cuts FROM documents WHERE "


class SqliteStore:
    """A `Store` in a file, or without a path in memory and a temporary file of SQLite's own."""

    def __init__(self, path: str) -> None:
        self._path = path
        with self.explained():
            # Without a path all of it may go when the process does.
            self._database = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
            self._run("PRAGMA trusted_schema = OFF")
            self._check()
            self._run(f"PRAGMA cache_size = {-1024 * _CACHE}")
            self._run(f"PRAGMA synchronous = {'NORMAL' if path else 'OFF'}")
            self._run(f"PRAGMA journal_mode = {'WAL' if path else 'MEMORY'}")
            self._run(f"PRAGMA wal_autocheckpoint = {_LOG}")
            if not path:
                self._run("BEGIN")  # for good: nobody else looks, and a commit costs as much again
            with self.batch():
                self._set_up()

    @contextmanager
    def explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:  # what it says may quote damaged bytes
            name, reason = self._path or "the temporary memory", str(error)
            if isinstance(error, sqlite3.OperationalError) and "unable to open" not in reason:
                raise OutputError(f"cannot write {name}: {reason}; mend that, run again") from error
            raise InputError(f"cannot use {name}: {reason}; name another file") from error

    def stamp(self) -> int:
        (others,) = self._run("PRAGMA data_version").fetchone()
        return int(others)

    def look_up(self, signed: Signed) -> NDArray[np.int64]:
        keys = signed.keys.view(np.int64)
        rows = self._run(
            # Not IN (SELECT …), for which SQLite would build an index of the keys first.
            "SELECT keys.key, document FROM json_each(?) AS asked"
            " CROSS JOIN keys ON keys.key = asked.value",
            str(distinct(keys.ravel()).tolist()),
        ).fetchall()
        with doubting(self._path):
            found = np.array(rows, np.int64).reshape(-1, 2)
        if not len(found):
            return np.zeros(keys.shape, np.int64)
        known, number = found[np.argsort(found[:, 0])].T
        at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return np.where(known[at] == keys, number[at], 0)

    def entry(self, id_: str) -> Entry | None:
        return self._entry(self._run(_ENTRY + "id = ?", encode(id_)).fetchone())

    def read(self, number: int) -> Entry | None:
        return self._entry(self._run(_ENTRY + "number = ?", number).fetchone())

    def revisions(self, numbers: Sequence[int]) -> dict[int, int]:
        some = ", ".join(map(str, numbers))
        return dict(self._run(f"SELECT number, revision FROM documents WHERE number IN ({some})"))

    def write(self, decide: Callable[[], Change | None]) -> Change | None:
        with self.batch():
            change = decide()
            if change is None:
                return None
            if change.old is not None:
                self._take_back(*change.old, stays=change.number is not None)
            number = self._put(change)
            self._database.executemany(
                f"INSERT OR IGNORE INTO keys VALUES (?, {number})", _rows(change.left)
            )
        return change

    def forget(self, seconds: int) -> int:
        with self.batch():
            old = "seen < strftime('%s', 'now') - ?"
            self._run(
                f"DELETE FROM keys WHERE document IN (SELECT number FROM documents WHERE {old})",
                seconds,
            )
            return self._run(f"DELETE FROM documents WHERE {old}", seconds).rowcount

    @contextmanager
    def batch(self) -> Iterator[None]:
        if self._database.in_transaction:
            yield
            return
        self._run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")

    def close(self) -> None:
        self._database.close()

    # --- inside a transaction, or reading ---------------------------------------------------

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        return self._database.execute(statement, values)

    def _entry(self, row: Sequence[Any] | None) -> Entry | None:
        with doubting(self._path):
            return None if row is None else read_row(row[0], row[1:])

    def _check(self) -> None:
        """Raises `InputError` for a file with something else in it."""
        found = {sql for (sql,) in self._run("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
        # SQLite takes a file of one byte for an empty one, and would write over it.
        one_byte = self._path and os.path.getsize(self._path) == 1  # noqa: PTH202
        if not (found or one_byte or self._run("PRAGMA application_id").fetchone()[0]):
            return
        if _META not in found:
            raise InputError(f"{self._path}: not a memory of dedupe-text; name another file")
        given = self._run("SELECT parameters FROM meta").fetchall()
        if given != [(PARAMETERS,)]:
            raise InputError(
                f"{self._path}: a memory of other parameters, where these are {PARAMETERS};"
                " name another file"
            )
        if found != {*_SCHEMA, _ITS_OWN}:
            raise InputError(f"{self._path}: not a memory of dedupe-text; name another file")

    def _set_up(self) -> None:
        if not self._run("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._run(f"PRAGMA application_id = {_APPLICATION}")
            for statement in _SCHEMA:
                self._run(statement)
            self._run("INSERT INTO meta VALUES (?)", PARAMETERS)

    def _take_back(self, number: int, signed: Signed, *, stays: bool) -> None:
        """The keys of a document that was said otherwise; the document too, unless it `stays`."""
        self._database.executemany(
            f"DELETE FROM keys WHERE key = ? AND document = {number}", _rows(signed)
        )
        if not stays:
            self._run("DELETE FROM documents WHERE number = ?", number)

    def _put(self, change: Change) -> int:
        """The number of the document, which is a new one unless it has one."""
        split = change.left.split
        if change.number is not None:
            self._run(
                "UPDATE documents SET seen = strftime('%s', 'now') WHERE number = ?", change.number
            )
            if change.same:
                return change.number
        values = (
            encode(split.site),
            len(change.text),
            pack(change.text),
            pack_spans(split.cuts),
        )
        if change.number is not None:
            self._run(
                "UPDATE documents SET revision = revision + 1, site = ?, characters = ?, text = ?,"
                " cuts = ? WHERE number = ?",
                *values,
                change.number,
            )
            return change.number
        (number,) = self._run(
            "INSERT INTO documents (revision, id, site, characters, text, cuts, seen)"
            " VALUES (0, ?, ?, ?, ?, ?, strftime('%s', 'now')) RETURNING number",
            encode(split.id),
            *values,
        ).fetchone()
        return int(number)


def _rows(signed: Signed) -> Iterator[tuple[int]]:
    """The keys, each once, as rows of a statement."""
    return zip(distinct(signed.keys.ravel()).view(np.int64).tolist())
