"""A memory on disk: what it finds in the next run, what it refuses, and who may share it."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from dedupe_text import Document, clean_many
from dedupe_text.errors import InputError
from dedupe_text.memory import Memory
from dedupe_text.split import split_text

WORDS = [
    "amber", "barley", "cedar", "dune", "ember", "fennel", "gorse", "heather",
    "island", "juniper", "kelp", "lichen", "marsh", "nettle", "orchard", "pebble",
    "quarry", "reed", "sorrel", "thistle", "umber", "vetch", "willow", "yarrow",
    "zinnia", "anchor", "beacon", "cradle", "dipper", "easel", "ferry", "galley",
    "hammer", "inkwell", "jetty", "kettle", "ladder", "mallet", "needle", "oar",
]  # fmt: skip


def said(number: int) -> str:
    """A passage of 40 words that no other number has."""
    drawn = random.Random(number)
    return f"Of {' '.join(drawn.choice(WORDS) for _ in range(39))} they spoke."


def results(path: Path, *documents: tuple[str, str]) -> list[str]:
    found = clean_many([Document(*one) for one in documents], memory=str(path))
    return [result.text for result in found]


def test_what_an_earlier_run_saw_is_said_before(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    assert results(seen, ("a", said(1)), ("b", said(2))) == [said(1), said(2)]
    assert results(seen, ("c", f"{said(3)}\n\n{said(1)}\n")) == [f"{said(3)}\n"]


def test_the_same_run_again_gives_the_same(tmp_path: Path) -> None:
    texts = [(f"{n}", f"{said(n)}\n\n{said(n % 3)}\n\n{said(n + 1)}\n") for n in range(6)]
    seen = tmp_path / "seen.db"
    once = results(seen, *texts)
    assert results(seen, *texts) == once == results(tmp_path / "other.db", *texts)


@pytest.mark.parametrize("until", range(6))
def test_a_run_that_was_broken_off_goes_on_as_if_it_had_not_been(
    until: int, tmp_path: Path
) -> None:
    texts = [(f"{n}", f"{said(n)}\n\n{said(n % 3)}\n\n{said(n + 1)}\n") for n in range(6)]
    results(tmp_path / "broken.db", *texts[:until])
    assert results(tmp_path / "broken.db", *texts) == results(tmp_path / "whole.db", *texts)


def test_a_document_that_was_edited_is_not_said_before_by_itself(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    results(seen, ("a", said(1)))
    assert results(seen, ("a", f"{said(1)}\n\n{said(2)}\n")) == [f"{said(1)}\n\n{said(2)}\n"]
    assert results(seen, ("b", f"{said(2)}\n\n{said(3)}\n")) == [f"{said(3)}\n"]


def test_what_was_forgotten_is_new(tmp_path: Path) -> None:
    seen = str(tmp_path / "seen.db")
    memory = Memory(seen)
    memory.add(split_text(said(1), "old"))
    memory.add(split_text(said(2), "new"))
    memory.close()
    with sqlite3.connect(seen) as database:
        database.execute("UPDATE documents SET seen = seen - 40 * 86400 WHERE id = 'old'")
    memory = Memory(seen)
    assert memory.forget(30) == 1
    assert memory.forget(30) == 0
    found = memory.find(split_text(f"{said(1)} {said(2)}", "later"), 20)
    assert [split.id for split in found] == ["new"]


def foreign(path: Path, kind: str) -> None:
    if kind == "text":
        path.write_text("This is no database, but a text of some length.\n" * 99)
    elif kind == "cut short":
        Memory(str(path)).close()
        path.write_bytes(path.read_bytes()[:5000])
    else:
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE recipes (name TEXT)")


@pytest.mark.parametrize("kind", ["text", "cut short", "another program's"])
def test_a_file_that_is_no_memory_is_refused_and_left(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    foreign(path, kind)
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"seen\.db: .*; name another file"):
        Memory(str(path)).find(split_text(said(1), "a"), 1)
    assert path.read_bytes() == before


def test_a_memory_of_other_parameters_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "seen.db")
    Memory(path).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE meta SET parameters = 'format 0'")
    with pytest.raises(InputError, match="other parameters"):
        Memory(path)


def test_no_trigger_of_a_stranger_is_run(tmp_path: Path) -> None:
    path = str(tmp_path / "seen.db")
    Memory(path).close()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TRIGGER t AFTER INSERT ON keys BEGIN DELETE FROM documents; END")
    with pytest.raises(InputError, match="not a memory"):
        Memory(path)


WORKER = """
import random, sys
sys.path[:0] = {path!r}
from test_memory import Document, clean_many, said
seed, seen = int(sys.argv[1]), sys.argv[2]
numbers = [*range(30)]
random.Random(seed).shuffle(numbers)
texts = [(n, said(n) + "\\n\\n" + said(1000 * seed + n) + "\\n") for n in numbers]
for result in clean_many([Document(f"{{seed}}-{{n}}", text) for n, text in texts], memory=seen):
    print(result.id, flush=True)
    open(f"{{seen}}-{{result.id}}", "w").write(result.text)
"""


def start(seed: int, seen: Path) -> "subprocess.Popen[bytes]":
    program = WORKER.format(path=[str(Path(__file__).parent), *sys.path])
    arguments = [sys.executable, "-c", program, str(seed), str(seen)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE)


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_four_processes_share_one_though_one_is_killed(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    workers = [start(seed, seen) for seed in (1, 2, 3, 4)]
    assert workers[0].stdout is not None
    for _ in range(5):
        workers[0].stdout.readline()
    workers[0].send_signal(signal.SIGKILL)
    assert [worker.wait() for worker in workers] == [-signal.SIGKILL, 0, 0, 0]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.close()
    again = start(1, seen)
    again.communicate()
    assert again.returncode == 0
    kept = Counter(
        number
        for path in tmp_path.glob("seen.db-*-*")
        for number in range(30)
        if said(number) in path.read_text()
    )
    assert kept == dict.fromkeys(range(30), 1)
    with sqlite3.connect(seen) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM documents").fetchone() == (120,)
