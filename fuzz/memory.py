"""The memory's file: cut off, bit by bit changed, or with other values in its rows."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

from dedupe_text import Document, InputError, clean, restore
from dedupe_text.errors import OutputError
from dedupe_text.memory import open_memory

SENTENCE = "In the {} of spring the ferry to the northern quay was late again, as everybody knew."
TEXTS = [" ".join(SENTENCE.format(w) for w in words.split()) for words in ("rain dusk", "rain fog")]
COLUMNS = [("documents", name) for name in ("revision", "id", "site", "characters", "text", "cuts")]
COLUMNS += [("documents", "seen"), ("keys", "document"), ("meta", "parameters")]
VALUES = (0, -1, 2**62, 1.5, "x", b"", b"\xff" * 16, bytes(15))


@cache
def whole() -> bytes:
    """A memory of one document."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/seen.db"
        with closing(open_memory(path)) as memory:
            clean(Document("a", TEXTS[0], "s"), memory=memory)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("UPDATE documents SET seen = 0")
        return Path(path).read_bytes()


FILE, EDITS = 0, 255
SEEDS = [bytes((FILE,)) + whole()]
SEEDS += [bytes((EDITS, 0, place, 0, 1)) for place in range(0, 256, 16)]
SEEDS += [bytes((EDITS, page, 100, 7, 255, page + 1, 0, 0, 13)) for page in range(0, 64, 4)]
SEEDS += [bytes((1 + column, value)) for column in range(len(COLUMNS)) for value in range(8)]
SEEDS += [bytes((1 + column, 255)) + b"x\x9c\x03\x00" for column in range(len(COLUMNS))]


def check(data: bytes) -> None:
    """It is used, or refused in a line, and stays where it is; nothing is lost either way.

    The first byte says whether the others are the file, what is changed in one that is whole, or a
    value of which column of its row.
    """
    if len(data) < 2:
        return
    kind, body = data[0], data[1:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "seen.db")
        path.write_bytes(body if kind == FILE else _edit(body) if kind == EDITS else whole())
        if kind not in (FILE, EDITS):
            _set(path, *COLUMNS[(kind - 1) % len(COLUMNS)], body)
        before = path.read_bytes()
        for text in TEXTS[::-1]:
            try:
                with closing(open_memory(str(path))) as memory:
                    result = clean(Document("b", text, "s"), memory=memory)
            except (InputError, OutputError) as error:
                assert "\n" not in str(error)
            else:
                assert restore(result.data, result.as_json()) == text.encode()
        assert path.exists()
        assert before[:16] == path.read_bytes()[:16] or not before


def _edit(edits: bytes) -> bytes:
    """The file with bytes changed, three say where and one how; what is over says where it ends."""
    data = bytearray(whole())
    *several, over = (edits[at : at + 4] for at in range(0, len(edits) + 1, 4))
    for *place, change in several:
        data[int.from_bytes(bytes(place), "big") % len(data)] ^= change
    return bytes(data[: int.from_bytes(over, "big") % len(data)] if over else data)


def _set(path: Path, table: str, column: str, value: bytes) -> None:
    given = VALUES[value[0]] if value[0] < len(VALUES) else value[1:]
    with closing(sqlite3.connect(path)) as database, suppress(sqlite3.Error):
        database.execute(f"UPDATE {table} SET {column} = ?", (given,))
        database.commit()
