"""Folders in which others write too: no name, no id and no link leads out of where we were sent."""

import json
import os
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from faults.bed import STOP, Bed, Door, Fault
from faults.doors import ARTICLES, NEW_MEMORY, write_paragraph, write_records
from faults.shim import build
from test_cli import run
from test_stream import line

ARTICLE = ARTICLES["article-0.txt"]
PAGES = write_records("page", 2)
VICTIM = f"{write_paragraph('victim', 9)}\n".encode()
"""Says nothing twice, so whoever cleans it leaves it as it is."""
KINDS = ("open", "read", "write", "sync", "rename", "close")
FILE = (("shared/NAME", "shared/before"), ("evil-file", "shared/NAME"))
FOLDER = (("shared", "before"), ("evil-folder", "shared"))


@pytest.fixture(scope="module")
def bed(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("shared")
    bed = Bed(folder / "bed", environment, build(folder))
    yield bed
    bed.close()


@pytest.mark.parametrize("swaps", [FILE, FOLDER], ids=["file", "folder"])
@pytest.mark.parametrize(
    ("name", "text"), [("article.txt", ARTICLE), ("pages.jsonl", PAGES)], ids=["text", "records"]
)
def test_a_link_that_is_put_in_place_at_any_call_leads_nowhere_else(
    name: str,
    text: bytes,
    swaps: tuple[tuple[str, str], ...],
    bed: Bed,
) -> None:
    """Somebody stops the run before each of its calls, and swaps what it works on for a link."""
    door = Door(
        ("--write", f"shared/{name}"),
        {f"shared/{name}": text, f"victim/{name}": VICTIM},
        links={"evil-file": f"../victim/{name}", "evil-folder": "victim"},
        swaps=tuple(
            (one.replace("NAME", name), other.replace("NAME", name)) for one, other in swaps
        ),
    )
    counts = bed.run(door).counts
    trials = [Fault(kind, at, STOP) for kind in KINDS for at in range(1, counts[kind] + 1)]
    assert len(trials) > 10
    for trial in trials:
        found = bed.run(door, trial)
        victims = {path: data for path, data in found.files.items() if path.startswith("victim/")}
        assert victims == {f"victim/{name}": VICTIM}, f"{trial}: {found.said}"
        assert found.code in (0, 2), found.said


# --- names and ids -------------------------------------------------------------------------------


def below(folder: Path) -> list[str]:
    return sorted(os.path.relpath(path, folder) for path in folder.rglob("*") if path.is_file())


def test_whatever_a_path_says_its_answer_is_in_the_folder_of_the_output(tmp_path: Path) -> None:
    inside = tmp_path / "one" / "two"
    inside.mkdir(parents=True)
    paths = ["../../a.txt", "./../b.txt", "c.txt", str(tmp_path / "d.txt")]
    for path in paths:
        (inside / path).write_bytes(ARTICLE)
    given = below(tmp_path)
    names = ["--stdin-filename", "../../../../../e.txt", "-"]
    done = run("-o", "out", *paths, *names, given=ARTICLE, cwd=inside)
    assert (done.returncode, done.stderr) == (0, b"")
    new = {path for path in below(tmp_path) if path not in given}
    assert {path.partition("/out/")[0] for path in new} == {"one/two"}
    assert sorted(path[-5:] for path in new) == ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"]


IDS = ["../../evil", "/evil", "..\\..\\evil", "a\0b", "~/evil", "evil/", "file:///evil", "-w", "\n"]


def test_ids_are_no_paths(tmp_path: Path) -> None:
    inside = tmp_path / "one" / "two"
    inside.mkdir(parents=True)
    (inside / "in.jsonl").write_bytes(
        b"".join(line(ARTICLE.decode() + str(number), id=id_) for number, id_ in enumerate(IDS))
    )
    reports = [f"cuts{end}" for end in (".json", ".html", ".sarif", ".md", ".diff")]
    options = [option for report in reports for option in ("--report", report)]
    done = run("--memory", "seen.db", "-q", "-o", "out.jsonl", *options, "in.jsonl", cwd=inside)
    assert (done.returncode, done.stderr) == (0, b"")
    new = ["in.jsonl", "out.jsonl", "seen.db", *reports]
    assert below(tmp_path) == sorted(f"one/two/{name}" for name in new)


def test_a_report_that_names_another_file_restores_none(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.txt").write_bytes(ARTICLE)
    run("-o", "b.txt", "--report", "r.json", "a.txt", cwd=inside)
    report = json.loads((inside / "r.json").read_text())
    report["documents"][0]["id"] = "../evil.txt"
    (inside / "r.json").write_text(json.dumps(report))
    done = run("--restore", "r.json", "b.txt", cwd=inside)
    assert (done.returncode, done.stdout) == (0, ARTICLE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inside"]


# --- a memory that somebody else made -------------------------------------------------------------


@pytest.fixture(scope="module")
def memory(bed: Bed) -> bytes:
    """One that knows the pages."""
    return bed.run(NEW_MEMORY).files["seen.db"]


def told(bed: Bed, memory: bytes) -> int:
    """What becomes of a run with it: all the records are there, or it is said why not."""
    found = bed.run(Door(NEW_MEMORY.arguments, NEW_MEMORY.files | {"seen.db": memory}))
    if found.code == 0:
        ids = [json.loads(one)["id"] for one in found.files["clean.jsonl"].splitlines()]
        assert ids == [f"page-{number}" for number in range(5)]
    else:
        assert found.code == 2
        assert found.said.startswith("dedupe-text: "), found.said
        assert "seen.db: " in found.said
        assert "bug" not in found.said
        assert found.said.count("\n") == 1, found.said
        assert found.files["clean.jsonl"] == NEW_MEMORY.files["clean.jsonl"]
    return found.code


@pytest.mark.parametrize(
    "values",
    [
        "text = x'00'",
        "text = randomblob(60)",
        "text = 7",
        "text = NULL",
        "cuts = x'00'",
        "cuts = 'none'",
        "cuts = randomblob(160)",
        "characters = -1",
        "characters = 4611686018427387904",
        "characters = 'many'",
        "id = 'text'",
        "id = 7",
        "site = x'ff'",
        "revision = 'first'",
        "seen = 'never'",
    ],
)
def test_a_document_that_no_run_of_ours_wrote_is_told(
    values: str, memory: bytes, bed: Bed, tmp_path: Path
) -> None:
    path = tmp_path / "made.db"
    path.write_bytes(memory)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute("PRAGMA journal_mode = DELETE")
        try:
            database.execute(f"UPDATE OR REPLACE documents SET {values}")
        except sqlite3.IntegrityError:
            return  # SQLite itself would not
        database.commit()
    told(bed, path.read_bytes())


def test_keys_that_lead_nowhere_are_none(memory: bytes, bed: Bed, tmp_path: Path) -> None:
    for number in ("0", "-1", "9223372036854775807", "'text'", "x'00'", "1.5"):
        path = tmp_path / "made.db"
        path.write_bytes(memory)
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute(f"UPDATE keys SET document = {number}")
            database.execute("UPDATE documents SET id = CAST('no ' || number AS BLOB)")
            database.commit()
        told(bed, path.read_bytes())


def test_whatever_byte_of_a_memory_is_another_it_is_told_or_does_no_harm(
    memory: bytes, bed: Bed
) -> None:
    lots = random.Random(1)
    flips = 300 if os.environ.get("DEDUPE_TEXT_TRIALS") == "all" else 15
    codes = []
    for _ in range(flips):
        damaged = bytearray(memory)
        for _ in range(lots.choice((1, 8, 64))):
            damaged[lots.randrange(len(damaged))] = lots.randrange(256)
        codes.append(told(bed, bytes(damaged)))
    sys.stdout.write(f"\n{flips} damaged memories, {codes.count(2)} told\n")


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/full")])
def test_what_is_no_file_is_no_memory(make: Callable[[Path], object], tmp_path: Path) -> None:
    make(tmp_path / "seen.db")
    done = run("--memory", "seen.db", given=ARTICLE, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"dedupe-text: cannot "), done.stderr
