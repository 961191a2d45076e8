"""What earlier documents said: found again by its signatures, kept in SQLite.

A memory without a path lives as long as the object, in memory as far as there is room and then in
a temporary file of SQLite's own.
"""

from __future__ import annotations

import sqlite3
import zlib
from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.cleaning import without
from dedupe_text.columns import distinct, run_starts
from dedupe_text.lsh import band_keys
from dedupe_text.minhash import sign_shingles
from dedupe_text.model import Span
from dedupe_text.passages import join_short, split_long
from dedupe_text.shingles import shingle
from dedupe_text.split import Split, split_text
from dedupe_text.words import mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BANDS, _ROWS = 8, 2
"""A key for each passage's words and one for each of 8 bands of 2 rows: of passages of which half
the shingles are shared 90 % are found (`lsh_probability`), and a repeat has several passages."""
_MOST = 8
"""Earlier documents that one is set beside, at most: those that say most of it."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text BLOB NOT NULL, cuts BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS keys (
    key INTEGER PRIMARY KEY, document INTEGER NOT NULL
);
"""


class Memory:
    """Documents that were cleaned before, and what of them stays.

    >>> memory = Memory()
    >>> memory.add(split_text("It rained.", "monday"))
    >>> [split.id for split in memory.find(split_text("It rained.", "tuesday"), least=2)]
    ['monday']
    """

    def __init__(self, path: str = "") -> None:
        self._database = sqlite3.connect(path)
        self._database.executescript(_SCHEMA)

    def add(self, split: Split, text: str | None = None) -> None:
        """Remember a document by what stays of it; `text` is the document as it came."""
        whole = split.text if text is None else text
        cuts = np.array(split.cuts, np.int64).tobytes()
        packed = zlib.compress(whole.encode("utf-8", "surrogatepass"), 1)
        with self._database as database:
            row = database.execute(
                "INSERT INTO documents (id, text, cuts) VALUES (?, ?, ?)", (split.id, packed, cuts)
            )
            keys = distinct(_keys(split)[0].ravel()).view(np.int64).tolist()
            database.executemany(
                "INSERT OR IGNORE INTO keys VALUES (?, ?)", [(key, row.lastrowid) for key in keys]
            )

    def find(self, split: Split, least: int) -> list[Split]:
        """The earlier documents that may say at least `least` words of it, in their order.

        Of each passage the first document is known that said it.
        """
        keys, weight = _keys(split)
        said: dict[int, float] = {}
        for numbers, words in zip(self._look_up(keys), weight.tolist()):
            for number in numbers:
                said[number] = said.get(number, 0) + words
        enough = [number for number, words in said.items() if words >= least]
        most = sorted(enough, key=lambda number: (-said[number], number))[:_MOST]
        return [one for number in sorted(most) if (one := self._read(number)).id != split.id]

    def text(self, id_: str) -> str:
        """A document as it came."""
        row = self._database.execute("SELECT text FROM documents WHERE id = ?", (id_,))
        return _unpack(row.fetchone()[0])

    def _look_up(self, keys: NDArray[np.uint64]) -> list[set[int]]:
        """For each passage the documents that its keys lead to."""
        signed = keys.view(np.int64)
        found = dict(
            self._database.execute(
                "SELECT key, document FROM keys WHERE key IN (SELECT value FROM json_each(?))",
                (str(signed.ravel().tolist()),),
            )
        )
        return [{found[key] for key in row if key in found} for row in signed.tolist()]

    def _read(self, number: int) -> Split:
        id_, packed, cuts = self._database.execute(
            "SELECT id, text, cuts FROM documents WHERE number = ?", (number,)
        ).fetchone()
        spans = [Span(*span) for span in np.frombuffer(cuts, np.int64).reshape(-1, 2).tolist()]
        return split_text(without(_unpack(packed), spans), id_, spans)


def _unpack(packed: bytes) -> str:
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")


def _keys(split: Split) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Keys (passages × 9) by which passages are found again, and how many words each has."""
    passages = split_long(join_short(split.passages), split.words.hash)
    if not len(passages):
        return np.zeros((0, 1 + _BANDS), np.uint64), np.zeros(0, np.int32)
    shingles = shingle(split.words.hash, passages, 4)
    content = np.add.reduceat(mix(shingles.hash), run_starts(shingles.passage))
    banded = band_keys(sign_shingles(shingles, _BANDS * _ROWS), _ROWS)
    return np.column_stack([content, banded]), passages.last_word - passages.first_word
