"""Many at once, in real processes: hooks on one tree, writers of one memory, and a reader of it."""

import sqlite3
import subprocess
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from conftest import CASES
from faults.doors import write_paragraph
from test_cli import COMMAND, run
from test_many import files
from test_stream import line

DOUBLED = CASES["doubled-section"]
HOOKS, WRITERS, SHARED, OWN = 16, 8, 12, 3


def start(*arguments: str, cwd: Path) -> "subprocess.Popen[bytes]":
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*COMMAND, *arguments], cwd=cwd, **streams)


def end(processes: Sequence["subprocess.Popen[bytes]"]) -> list[tuple[int, bytes]]:
    """The exit code of each, and what it said."""
    said = [process.communicate(timeout=120)[1] for process in processes]
    return [(process.returncode, one) for process, one in zip(processes, said)]


def test_sixteen_hooks_at_once_leave_what_one_leaves(tmp_path: Path) -> None:
    """Hooks get other files each; here, at worst, all of them get all."""
    names = [f"{number}.md" for number in range(8)]
    for name in names:
        (tmp_path / name).write_bytes(DOUBLED.data)
    hooks = [start("--write", "--exit-one", *names, cwd=tmp_path) for _ in range(HOOKS)]
    changed = b"it changed while it was being cleaned; run again"
    for code, said in end(hooks):
        assert code in (0, 1, 2), said
        lines = said.splitlines()
        assert (code == 2) == bool(lines)
        assert all(one.startswith(b"dedupe-text: ") and one.endswith(changed) for one in lines), (
            said
        )
    assert {(tmp_path / name).read_bytes() for name in names} == {DOUBLED.cleaned}
    assert files(tmp_path) == names
    assert run("--write", "--exit-one", *names, cwd=tmp_path).returncode == 0


def lay_collections(folder: Path) -> None:
    """A file for each writer: texts that all of them have, in another order each, and its own."""
    for writer in range(WRITERS):
        numbers = [(writer + step) % SHARED for step in range(SHARED)]
        texts = [write_paragraph(f"shared {number}", 4) for number in numbers]
        texts += [write_paragraph(f"own {writer} {number}", 4) for number in range(OWN)]
        (folder / f"{writer}.jsonl").write_bytes(
            b"".join(line(text, id=f"{writer}-{at}") for at, text in enumerate(texts))
        )


def check(memory: Path, documents: int) -> None:
    with closing(sqlite3.connect(memory)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM documents").fetchone() == (documents,)


def test_eight_writers_of_one_memory_keep_each_passage_once(tmp_path: Path) -> None:
    lay_collections(tmp_path)
    writers = [
        start("--memory", "seen.db", "-q", "-o", f"clean-{n}.jsonl", f"{n}.jsonl", cwd=tmp_path)
        for n in range(WRITERS)
    ]
    assert end(writers) == [(0, b"")] * WRITERS
    cleaned = b"".join((tmp_path / f"clean-{n}.jsonl").read_bytes() for n in range(WRITERS))
    kept = Counter(number for number in range(SHARED) for _ in range(cleaned.count(shared(number))))
    assert kept == dict.fromkeys(range(SHARED), 1)
    for writer in range(WRITERS):
        for number in range(OWN):
            assert cleaned.count(write_paragraph(f"own {writer} {number}", 4).encode()) == 1
    check(tmp_path / "seen.db", WRITERS * (SHARED + OWN))
    assert not [*tmp_path.glob("seen.db-*")]


def shared(number: int) -> bytes:
    return write_paragraph(f"shared {number}", 4).encode()


def test_a_reader_sees_a_memory_as_it_was_and_hinders_no_writer(tmp_path: Path) -> None:
    lay_collections(tmp_path)
    count, memory = "SELECT count(*) FROM documents", tmp_path / "seen.db"
    assert run("--memory", "seen.db", "-q", "0.jsonl", cwd=tmp_path).returncode == 0
    with closing(sqlite3.connect(memory, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        before = reader.execute(count).fetchone()
        writer = start("--memory", "seen.db", "-q", "1.jsonl", cwd=tmp_path)
        while writer.poll() is None:
            assert reader.execute(count).fetchone() == before
            with closing(sqlite3.connect(memory)) as another:
                assert another.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert another.execute(count).fetchone() >= before
        assert end([writer]) == [(0, b"")]
        assert reader.execute(count).fetchone() == before
    check(memory, 2 * (SHARED + OWN))
