"""The command on files of records: JSON lines and Parquet, from one end of a pipe to the other."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from test_cli import ARTICLE, CLEAN, run, told
from test_jsonl import PACK, UNPACK
from test_many import OTHER, files, found

from dedupe_text import Document, clean_many


def line(text: Any, **fields: Any) -> bytes:
    return json.dumps({**fields, "text": text}, ensure_ascii=False).encode() + b"\n"


LINES = (
    b'{"id": 1, "url": "http://a.example/", "n": 1.50, "text": "%s"}\n' % OTHER.encode()
    + line(ARTICLE, id=2, url="http://a.example/x")
    + b"\n"
    + line(None, id=3)
    + line(f"{CLEAN}\nAnd a line of its own.\n", id="four", url="http://a.example/y")
)
TEXTS = [OTHER, CLEAN, None, f"{CLEAN}\nAnd a line of its own.\n"]


def texts(data: bytes) -> list[Any]:
    return [json.loads(one)["text"] for one in data.splitlines() if one.strip()]


# --- JSON lines ----------------------------------------------------------------------------------


def test_records_go_through_a_pipe_and_nothing_but_the_text_is_touched() -> None:
    done = run("--input-format", "jsonl", given=LINES)
    assert (done.returncode, done.stderr) == (0, b"")
    assert texts(done.stdout) == TEXTS
    assert done.stdout.splitlines()[0] == LINES.splitlines()[0]
    assert done.stdout.splitlines()[2] == b""


@pytest.mark.parametrize("suffix", PACK)
def test_a_file_of_lines_is_written_elsewhere_as_its_name_says(suffix: str, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(LINES)
    done = run("in.jsonl", "-o", f"out.jsonl{suffix}", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert texts(UNPACK[suffix]((tmp_path / f"out.jsonl{suffix}").read_bytes())) == TEXTS


@pytest.mark.parametrize("suffix", PACK)
def test_a_file_of_lines_is_rewritten_in_place_and_left_alone_if_nothing_goes(
    suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"news.jsonl{suffix}"
    path.write_bytes(PACK[suffix](LINES))
    assert run("--write", path.name, cwd=tmp_path).returncode == 0
    assert texts(UNPACK[suffix](path.read_bytes())) == TEXTS
    before = path.stat()
    assert run("--write", path.name, cwd=tmp_path).returncode == 0
    assert path.stat().st_ino == before.st_ino
    assert files(tmp_path) == [path.name]


def test_across_records_the_answer_is_that_of_the_library() -> None:
    documents = [
        Document("1", OTHER, "a.example"),
        Document("2", ARTICLE, "a.example"),
        Document("four", f"{CLEAN}\nAnd a line of its own.\n", "a.example"),
    ]
    done = run("--across", "--input-format", "jsonl", given=LINES)
    cleaned = [text for text in texts(done.stdout) if text is not None]
    assert cleaned == [result.text for result in clean_many(documents, across=True)]
    assert cleaned[-1] == "And a line of its own.\n"


def test_a_file_and_its_records_are_one_collection(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CLEAN)
    (tmp_path / "b.jsonl").write_bytes(line(f"{CLEAN}\nAnd more.\n"))
    done = run("--across", "a.txt", "b.jsonl", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out/a.txt").read_text() == CLEAN
    assert texts((tmp_path / "out/b.jsonl").read_bytes()) == ["And more.\n"]


def test_how_many_records_are_empty_is_said_once() -> None:
    done = run("--across", "--input-format", "jsonl", given=line(CLEAN, id="a") * 3)
    assert texts(done.stdout) == [CLEAN, "\n", "\n"]
    assert done.stderr == b"dedupe-text: stdin: 2 texts are empty now: others said all\n"


def test_names_of_files_are_not_live_where_records_are_counted(tmp_path: Path) -> None:
    (tmp_path / "\x1b\n.jsonl").write_bytes(line(CLEAN, id="a") * 2 + b"no JSON\n")
    done = run("--across", "--skip-bad", "\x1b\n.jsonl", cwd=tmp_path)
    assert done.stderr.decode().splitlines() == [
        r"dedupe-text: \u001b\u000a.jsonl: 1 bad records were let pass",
        r"dedupe-text: \u001b\u000a.jsonl: 1 texts are empty now: others said all",
    ]


def test_of_a_file_that_is_not_written_nobody_is_told_what_is_empty_in_it(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_bytes(line(CLEAN, id="a") * 2 + b"no JSON\n")
    assert "it is not JSON" in told(run("--across", "news.jsonl", cwd=tmp_path))


@pytest.mark.parametrize("format_", ["text", "jsonl"])
def test_a_pipe_is_not_rewritten_in_place(format_: str) -> None:
    given = ARTICLE.encode() if format_ == "text" else line(ARTICLE)
    problem = told(run("--write", "--input-format", format_, "/dev/stdin", given=given))
    assert problem == (
        "cannot write '/dev/stdin': it is the pipe that was read, which keeps nothing; name another"
        " file with --output"
    )


def test_findings_in_records_name_the_record_and_its_line(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_bytes(LINES + line(ARTICLE))
    done = run("--check", "news.jsonl", cwd=tmp_path)
    assert done.returncode == 1
    assert [place.rpartition(":")[0] for place in found(done.stdout)] == ["2", "news.jsonl:6"]
    assert (tmp_path / "news.jsonl").read_bytes() == LINES + line(ARTICLE)


def test_a_report_tells_of_all_records(tmp_path: Path) -> None:
    done = run("--input-format", "jsonl", "--report", "r.json", given=LINES, cwd=tmp_path)
    assert done.returncode == 0
    assert texts(done.stdout) == TEXTS
    report = json.loads((tmp_path / "r.json").read_bytes())
    assert [one["id"] for one in report["documents"]] == ["1", "2", "four"]
    assert report["totals"]["cuts"] == 1


def test_other_fields_are_named() -> None:
    given = json.dumps({"body": ARTICLE, "key": "k", "host": "h"}).encode()
    arguments = ("--input-format", "jsonl", "--field", "body", "--id-field", "key", "--check")
    done = run(*arguments, "--site-field", "host", given=given)
    assert found(done.stdout)[0].startswith("k:")


# --- what is wrong -------------------------------------------------------------------------------

BAD = {
    '{"text": "a"}\n{"text": oh}\n': "news.jsonl:2:10: it is not JSON: Expecting value",
    '{"txt": "a"}\n': "news.jsonl:1: it has no field 'text' (--field names another)",
    '{"text": ["a"]}\n': "news.jsonl:1: its field 'text' is no string",
}


@pytest.mark.parametrize("given", BAD)
def test_a_bad_record_is_told_and_nothing_is_written(given: str, tmp_path: Path) -> None:
    data = LINES + given.encode()
    place, _, problem = BAD[given].partition(":")
    number, _, problem = problem.partition(":")
    expected = f"{place}:{int(number) + 5}:{problem}"
    (tmp_path / "news.jsonl").write_bytes(data)
    for arguments in ((), ("-o", "out.jsonl"), ("--write",)):
        assert told(run(*arguments, "news.jsonl", cwd=tmp_path)).startswith(expected)
    assert files(tmp_path) == ["news.jsonl"]
    assert (tmp_path / "news.jsonl").read_bytes() == data


def test_bad_records_pass_as_they_are_if_asked_and_are_counted(tmp_path: Path) -> None:
    bad = b'{"text": oh}\n\xff\xfe\n[1]\n'
    (tmp_path / "news.jsonl").write_bytes(bad + LINES)
    done = run("--skip-bad", "news.jsonl", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == b"dedupe-text: news.jsonl: 3 bad records were let pass\n"
    assert done.stdout.startswith(bad)
    assert texts(done.stdout[len(bad) :]) == TEXTS


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_file_that_breaks_off_is_told_and_nothing_is_written(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"news.jsonl{suffix}"
    path.write_bytes(PACK[suffix](LINES * 50)[:-20])
    done = run("--across", "--quiet", path.name, "-o", f"out.jsonl{suffix}", cwd=tmp_path)
    assert "is cut off before its end; get it again" in told(done)
    assert files(tmp_path) == [path.name]


def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(b'{"text": "' + b"a" * (1 << 28)))
    limited = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_AS, (3 << 29,) * 2);"
    limited += "sys.argv[0] = 'dedupe-text'; runpy.run_module('dedupe_text', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", limited, "bomb.jsonl.gz"], cwd=tmp_path, capture_output=True
    )
    assert "bomb.jsonl.gz:1: the line is longer than 64 MiB" in told(done)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    {
        ("--diff", "news.jsonl"): "take a text; news.jsonl has records",
        ("--explain", "1", "news.jsonl"): "take a text; news.jsonl has records",
        ("news.jsonl", "-o", "news.parquet"): "written in the format that they came in",
        ("--input-format", "parquet", "news.jsonl"): "it is no Parquet",
    }.items(),
)
def test_what_records_cannot_do_is_refused(
    arguments: tuple[str, ...], problem: str, tmp_path: Path
) -> None:
    (tmp_path / "news.jsonl").write_bytes(LINES)
    assert problem in told(run(*arguments, cwd=tmp_path))
    assert files(tmp_path) == ["news.jsonl"]


# --- Parquet and folders -------------------------------------------------------------------------


def test_rows_of_parquet_are_cleaned_and_other_columns_stay(tmp_path: Path) -> None:
    table = pyarrow.table({"n": [1, 2, 3], "text": [CLEAN, None, f"{CLEAN}\nMore.\n"]})
    pyarrow.parquet.write_table(table, tmp_path / "in.parquet")
    done = run("--across", "in.parquet", "-o", "out.parquet", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    out = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert out.to_pydict() == {"n": [1, 2, 3], "text": [CLEAN, None, "More.\n"]}


def test_a_folder_stands_for_its_texts_unless_another_format_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "a.txt").write_text(ARTICLE)
    (folder / "b.jsonl").write_bytes(b"no JSON at all\n")
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(LINES))
    assert run("--write", "crawl", cwd=tmp_path).returncode == 0
    assert (folder / "a.txt").read_text() == CLEAN
    done = run("--input-format", "jsonl", "--skip-bad", "crawl", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0
    assert files(tmp_path / "out") == ["crawl/b.jsonl", "crawl/c.jsonl.gz"]
    assert texts(gzip.decompress((tmp_path / "out/crawl/c.jsonl.gz").read_bytes())) == TEXTS


# --- a memory ------------------------------------------------------------------------------------


def test_a_memory_wants_ids_for_records(tmp_path: Path) -> None:
    given = line(CLEAN, url="http://a.example/1")
    arguments = ("--memory", "seen.db", "--input-format", "jsonl")
    problem = told(run(*arguments, given=given, cwd=tmp_path))
    assert problem.startswith("stdin:1: it has no id in 'id', by which a memory would know it")
    assert run(*arguments, "--id-field", "url", given=given, cwd=tmp_path).stdout == given


def test_texts_in_a_pipe_are_known_to_a_memory_by_what_they_are(tmp_path: Path) -> None:
    def pipe(given: str) -> bytes:
        done = run("--memory", "seen.db", given=given, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout

    assert pipe(CLEAN) == CLEAN.encode()
    assert pipe(f"{CLEAN}\n{OTHER}\n") == f"{OTHER}\n".encode()
    assert pipe(CLEAN) == CLEAN.encode()  # the same text again is the same document
    assert pipe(f"{CLEAN}\n{OTHER}\n") == f"{OTHER}\n".encode()
