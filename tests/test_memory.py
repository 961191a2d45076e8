"""A memory on disk: what it finds in the next run, what it refuses, and who may share it."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from test_cli import run, told

from dedupe_text import Document, clean_many
from dedupe_text.errors import InputError
from dedupe_text.memory import Memory, open_memory
from dedupe_text.memory.names import Names
from dedupe_text.memory.signed import Signed, sign_split
from dedupe_text.model import Span
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


def signed(text: str, id_: str, site: str = "") -> Signed:
    return sign_split(split_text(text, id_, site=site))


def found(memory: Memory, text: str, id_: str = "later", site: str = "") -> list[str]:
    return [known.split.id for known in memory.find(signed(text, id_, site), 20).known]


def results(path: Path | str, *documents: tuple[str, str]) -> list[str]:
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


def test_what_was_forgotten_is_new(tmp_path: Path) -> None:
    seen = str(tmp_path / "seen.db")
    memory = open_memory(seen)
    memory.add(signed(said(1), "old"))
    memory.add(signed(said(2), "new"))
    memory.close()
    with sqlite3.connect(seen) as database:
        database.execute("UPDATE documents SET seen = seen - 40 * 86400 WHERE number = 1")
    memory = open_memory(seen)
    assert memory.forget(30) == 1
    assert memory.forget(30) == 0
    assert found(memory, f"{said(1)} {said(2)}") == ["new"]


# --- what a document is --------------------------------------------------------------------------


def test_two_documents_of_one_id_are_two_in_one_run() -> None:
    documents = [Document(id_, said(n)) for n, id_ in enumerate(["7", "8", "7", "7"])]
    documents.append(Document("9", "\n\n".join([said(0), said(2), said(3), said(4)])))
    *_, last = cleaned = [*clean_many(documents, across=True)]
    assert [result.id for result in cleaned] == ["7", "8", "7 (2)", "7 (3)", "9"]
    assert last.text == said(4)
    assert {cut.kept.document for cut in last.cuts} == {"7", "7 (2)", "7 (3)"}
    assert json.loads(last.as_json())["documents"][0]["cuts"][1]["kept"]["document"] == "7 (2)"


def test_texts_without_ids_know_each_other() -> None:
    cleaned = clean_many([said(1), f"{said(2)}\n\n{said(1)}", said(2)], across=True)
    assert [(result.id, result.text) for result in cleaned] == [
        ("text", said(1)),
        ("text (2)", said(2)),
        ("text (3)", ""),
    ]


def test_documents_of_one_id_have_the_same_names_when_run_again(tmp_path: Path) -> None:
    documents = [("7", f"{said(n)}\n\n{said(n % 2)}\n") for n in range(4)]
    seen = tmp_path / "seen.db"
    assert results(seen, *documents) == results(seen, *documents)
    with sqlite3.connect(seen) as database:
        assert database.execute("SELECT count(*) FROM documents").fetchone() == (4,)


def test_a_name_that_is_taken_is_passed_over() -> None:
    names = Names()
    ids = ["7 (2)", "7", "7", "7 (2)", "7"]
    assert [*map(names.of, ids)] == ["7 (2)", "7", "7 (3)", "7 (2) (2)", "7 (4)"]


def test_of_many_ids_each_is_known_again() -> None:
    names = Names()
    assert [names.of(f"{n}") for n in range(5000)] == [f"{n}" for n in range(5000)]
    assert {names.of(f"{n}") for n in range(5000)} == {f"{n} (2)" for n in range(5000)}
    assert len({names.of("many") for _ in range(5000)}) == 5000


def test_an_id_may_be_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    results(seen, ("caf\udce9.txt", said(1)))
    assert found(open_memory(str(seen)), said(1)) == ["caf\udce9.txt"]


def test_a_document_that_was_edited_is_not_said_before_by_itself(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    results(seen, ("a", said(1)))
    assert results(seen, ("a", f"{said(1)}\n\n{said(2)}\n")) == [f"{said(1)}\n\n{said(2)}\n"]
    assert results(seen, ("b", f"{said(2)}\n\n{said(3)}\n")) == [f"{said(3)}\n"]


def test_what_was_cleaned_in_place_is_the_same_document(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    results(seen, ("a", said(1)), ("b", f"{said(1)}\n\n{said(2)}"), ("c", f"{said(2)} {said(3)}"))
    assert results(seen, ("b", said(2)), ("c", said(3))) == [said(2), said(3)]
    memory = open_memory(str(seen))
    known = memory.find(signed(f"{said(2)} {said(3)}", "d"), 20).known
    assert [(one.entry.number, one.entry.text) for one in known] == [(2, said(2)), (3, said(3))]


def test_a_new_version_is_said_before_by_all_but_the_old_one(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    results(seen, ("a", f"{said(1)}\n\n{said(2)}\n"), ("b", said(3)))
    # What b said first is not a's any more, though a came before it.
    assert results(seen, ("a", f"{said(2)}\n\n{said(3)}\n")) == [f"{said(2)}\n"]
    # And what the old version alone said is said nowhere.
    assert results(seen, ("c", f"{said(1)}\n\n{said(2)}\n")) == [f"{said(1)}\n"]
    memory = open_memory(str(seen))
    everything = " ".join(map(said, range(4)))
    numbers = [
        (one.split.id, one.entry.number) for one in memory.find(signed(everything, "d"), 20).known
    ]
    assert numbers == [("b", 2), ("a", 3), ("c", 4)]


def test_the_same_id_with_another_text_each_day_loses_nothing(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    for day in range(4):
        assert results(seen, ("stdin", said(day)), ("stdin", said(day + 10))) == [
            said(day),
            said(day + 10),
        ]
    memory = open_memory(str(seen))
    assert found(memory, " ".join(said(n) for n in [*range(4), *range(10, 14)])) == [
        "stdin",
        "stdin (2)",
    ]


def test_no_number_is_used_twice(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    results(seen, ("a", said(1)))
    open_memory(str(seen)).forget(-1)
    results(seen, ("b", said(1)))
    (known,) = open_memory(str(seen)).find(signed(said(1), "c"), 20).known
    assert known.entry.number == 2


def test_the_first_of_a_site_is_known_beside_the_first_of_all() -> None:
    memory = open_memory()
    for id_, site in (("a", ""), ("b", "one"), ("c", "one"), ("d", "two")):
        memory.add(signed(said(1), id_, site))
    assert found(memory, said(1), site="one") == ["a", "b"]
    assert found(memory, said(1), site="two") == ["a", "d"]
    assert found(memory, said(1), site="three") == ["a"]


def test_what_another_process_wrote_is_read_again(tmp_path: Path) -> None:
    seen = str(tmp_path / "seen.db")
    one, other = open_memory(seen), open_memory(seen)
    one.add(signed(f"{said(1)}\n\n{said(2)}", "a"))
    before = other.find(signed(said(1), "b"), 20)
    assert before.known[0].entry.text == f"{said(1)}\n\n{said(2)}"
    # The same document, of which less was left this time: its number stays, what it says does not.
    split = split_text(said(1), "a", [Span(len(said(1)), len(before.known[0].entry.text))])
    assert one.add(sign_split(split), one.find(signed(before.known[0].entry.text, "a"), 20))
    assert not other.add(signed(said(1), "b"), before)
    (known,) = other.find(signed(said(1), "b"), 20).known
    assert (known.entry.number, known.split.text) == (1, said(1))
    assert found(other, said(2)) == []


def test_what_the_same_process_wrote_since_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedupe_text.memory.written._MOST", 40)
    memory = open_memory()
    before = [memory.find(signed(said(n), f"{n}"), 20) for n in range(9)]
    same = [memory.find(signed(said(n), f"same {n}"), 20) for n in range(9)]
    for n in range(9):
        assert memory.add(signed(said(n), f"{n}"), before[n])
        assert not memory.add(signed(said(n), f"same {n}"), same[n])
    found = memory.find(signed(said(4), "later"), 20)
    assert memory.add(signed(said(9), "4"))
    assert not memory.add(signed(said(4), "later"), found)


def test_of_documents_read_lately_a_bounded_number_is_at_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dedupe_text.memory.known._CHARACTERS", 3 * len(said(0)))
    memory = open_memory()
    for number in range(8):
        memory.add(signed(said(number), f"{number}"))
    everything = " ".join(map(said, range(8)))
    for _ in range(2):
        assert found(memory, everything) == [f"{number}" for number in range(8)]
    assert 1 <= len(memory._at_hand) <= 3


# --- files that are none -------------------------------------------------------------------------


def foreign(path: Path, kind: str) -> None:
    if kind == "text":
        path.write_text("This is no database, but a text of some length.\n" * 99)
    elif kind == "one byte":
        path.write_bytes(b"\n")
    elif kind == "cut short":
        open_memory(str(path)).close()
        path.write_bytes(path.read_bytes()[:5000])
    else:
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE recipes (name TEXT)")


@pytest.mark.parametrize("kind", ["text", "one byte", "cut short", "another program's"])
def test_a_file_that_is_no_memory_is_refused_and_left(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    foreign(path, kind)
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"seen\.db: .*; name another file"):
        open_memory(str(path)).find(signed(said(1), "a"), 1)
    assert path.read_bytes() == before


def test_a_memory_of_other_parameters_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "seen.db")
    open_memory(path).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE meta SET parameters = 'format 0'")
    with pytest.raises(InputError, match="other parameters"):
        open_memory(path)


def test_a_memory_of_the_first_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "seen.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE meta (parameters TEXT NOT NULL)")
        database.execute("INSERT INTO meta VALUES ('format 1, 8 bands of 2 rows')")
    with pytest.raises(InputError, match="other parameters, where these are format 3"):
        open_memory(str(path))


@pytest.mark.parametrize("column", ["id", "site", "characters", "text", "cuts"])
@pytest.mark.parametrize("value", ["x", b"\xff", 2**62, -1, 0.5])
def test_a_row_that_nobody_here_wrote_is_refused_in_a_line_and_left(
    column: str, value: object, tmp_path: Path
) -> None:
    path = tmp_path / "seen.db"
    memory = open_memory(str(path))
    memory.add(signed(said(1), "a"))
    memory.close()
    with sqlite3.connect(path) as database:
        database.execute(f"UPDATE documents SET {column} = ?", (value,))
        row = database.execute("SELECT * FROM documents").fetchall()
    with pytest.raises(InputError, match=r"seen\.db: damaged, .*; name another"):
        open_memory(str(path)).find(signed(said(1), "b"), 1)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT * FROM documents").fetchall() == row


def test_no_trigger_of_a_stranger_is_run(tmp_path: Path) -> None:
    path = str(tmp_path / "seen.db")
    open_memory(path).close()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TRIGGER t AFTER INSERT ON keys BEGIN DELETE FROM documents; END")
    with pytest.raises(InputError, match="not a memory"):
        open_memory(path)


# --- the command ---------------------------------------------------------------------------------


def test_the_command_forgets_what_is_older_than_it_is_told(tmp_path: Path) -> None:
    def pipe(number: int, *options: str) -> tuple[bool, str]:
        """Whether what all say is new to the command, and what it tells."""
        named = ("--memory", "seen.db", "--stdin-filename", f"{number}")
        done = run(*named, *options, given=f"{said(number)}\n\n{said(1)}\n", cwd=tmp_path)
        assert done.returncode == 0
        return said(1) in done.stdout.decode(), done.stderr.decode()

    assert pipe(10) == (True, "")
    assert pipe(11) == (False, "")
    with sqlite3.connect(tmp_path / "seen.db") as database:
        database.execute("UPDATE documents SET seen = seen - 13 * 3600 WHERE number = 1")
    told = "dedupe-text: {} forgotten of what the memory held\n"
    assert pipe(12, "--memory-forget", "1d") == (False, told.format(0))
    assert pipe(13, "--memory-forget", "12h") == (True, told.format(1))
    assert pipe(14, "--memory-forget", "2w", "--quiet") == (False, "")


@pytest.mark.parametrize("age", ["", "d", "30", "0d", "-1d", "1.5d", "30 d", "30y", "1" * 30 + "d"])
def test_an_age_is_a_number_and_a_unit(age: str, tmp_path: Path) -> None:
    done = run("--memory", "seen.db", "--memory-forget", age, cwd=tmp_path)
    assert told(done).startswith("--memory-forget: must be a whole number of hours, days or weeks")
    assert not (tmp_path / "seen.db").exists()


def test_what_is_to_be_forgotten_must_be_named(tmp_path: Path) -> None:
    assert "give both" in told(run("--memory-forget", "30d", given=said(1), cwd=tmp_path))


@pytest.mark.parametrize("address", ["http://host/0", "unix:///run/redis.sock", "redis+x://host"])
def test_addresses_of_other_kinds_are_refused(address: str, tmp_path: Path) -> None:
    assert "begins with redis://" in told(run("--memory", address, given=said(1), cwd=tmp_path))
    assert [*tmp_path.iterdir()] == []


# --- several processes ---------------------------------------------------------------------------

WORKER = """
import random, sys
sys.path[:0] = {path!r}
from test_memory import Document, clean_many, said
seed, seen, out = int(sys.argv[1]), sys.argv[2], sys.argv[3]
numbers = [*range(30)]
random.Random(seed).shuffle(numbers)
texts = [(n, said(n) + "\\n\\n" + said(1000 * seed + n) + "\\n") for n in numbers]
for result in clean_many([Document(f"{{seed}}-{{n}}", text) for n, text in texts], memory=seen):
    print(result.id, flush=True)
    open(f"{{out}}/{{result.id}}.txt", "w").write(result.text)
"""


def start(seed: int, seen: str, out: Path) -> "subprocess.Popen[bytes]":
    program = WORKER.format(path=[str(Path(__file__).parent), *sys.path])
    arguments = [sys.executable, "-c", program, str(seed), seen, str(out)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE)


def check_that_four_processes_agree(seen: str, out: Path) -> None:
    """Four at once, of which one is killed and started again: each passage is kept just once."""
    workers = [start(seed, seen, out) for seed in (1, 2, 3, 4)]
    assert workers[0].stdout is not None
    for _ in range(5):
        workers[0].stdout.readline()
    workers[0].send_signal(signal.SIGKILL)
    assert [worker.wait() for worker in workers] == [-signal.SIGKILL, 0, 0, 0]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.close()
    again = start(1, seen, out)
    again.communicate()
    assert again.returncode == 0
    texts = [path.read_text() for path in out.glob("*-*.txt")]
    assert len(texts) == 120
    kept = Counter(number for number in range(30) for text in texts if said(number) in text)
    assert kept == dict.fromkeys(range(30), 1)
    for seed in (1, 2, 3, 4):
        assert sum(said(1000 * seed + n) in text for n in range(30) for text in texts) == 30


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_four_processes_share_one_though_one_is_killed(tmp_path: Path) -> None:
    seen = tmp_path / "seen.db"
    check_that_four_processes_agree(str(seen), tmp_path)
    with sqlite3.connect(seen) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM documents").fetchone() == (120,)
