"""Spark, real: on this machine, in processes of its own, and on a cluster that loses a worker."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from conftest import CASES, DATA, ROOT, read_jsonl

from dedupe_text import Document, clean_many
from dedupe_text.integrations.spark.shapes import tell_cuts
from dedupe_text.integrations.spark.stages import name_batches
from dedupe_text.memory.names import Names

pyspark = pytest.importorskip("pyspark")
pytestmark = pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java")
SPARK = Path(pyspark.__file__).parent
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT / "src"),
    "PYSPARK_PYTHON": sys.executable,
    "SPARK_HOME": str(SPARK),
    "SPARK_CONF_DIR": str(ROOT / "tests" / "spark"),
    "SPARK_LOCAL_IP": "127.0.0.1",
    # A short job ends before what the second compiler does for it pays. An archive of classes would
    # save 7 CPU seconds of 24 for each JVM, but takes 41 to make, and 167 MB.
    "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
Row = tuple[int, str, str, str]
SHORT = "The gulls were back by noon and nobody minded."
NEXT = "A boy sold them bread from a tin."
QUAY = (
    "On the long quay the nets were hung to dry between the lamps, and the women who mended them "
    "spoke of the winter in which the harbour froze and the boats lay still until the thaw came."
)


def collect_rows() -> list[Row]:
    """Golden cases, twice and in parts, with ids that come again; and pages of real sites."""
    texts = [case.text for case in CASES.values() if len(case.data) < 3000][:24]
    pairs = [f"{one}\n\n{other}" for one, other in zip(texts[::2], texts[1::2])]
    # What is left of the last but one is what the last begins with, and nobody says it before.
    seam = [QUAY, f"{SHORT}\n\n{QUAY}\n\n{NEXT}", f"{SHORT}\n\n{NEXT}\n\n{pairs[0][:200]}"]
    known = [("7" if not n % 5 else f"f{n}", "", text) for n, text in enumerate(texts + pairs)]
    known += [("7 (2)", "", QUAY), *(("s", "", text) for text in seam)]
    if DATA.exists():
        pages = read_jsonl(DATA / "pages.jsonl.gz", 12)
        known += [(str(page["id"]), page["site"], page["text"]) for page in pages]
        articles = read_jsonl(DATA / "articles.jsonl.gz", 8)
        known += [(str(article["id"]), "", article["text"]) for article in articles]
    return [(n, *row) for n, row in enumerate(known)]


ROWS = collect_rows()


@pytest.fixture(scope="module")
def answers() -> list[Any]:
    """Of one machine."""
    documents = [Document(id_, text, site) for _, id_, site, text in ROWS]
    return [
        [result.text, json.loads(json.dumps(tell_cuts(result)))]
        for result in clean_many(documents, across=True)
    ]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spark") / "collection.json"
    path.write_text(json.dumps(ROWS), "utf-8")
    return path


class Job:
    """A session of Spark in a process of its own, and what it answers."""

    def __init__(self, master: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "spark_job.py"), master, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=ENVIRONMENT,
            cwd=folder,
            start_new_session=True,
        )

    def ask(self, *asked: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """The next answer, or that work is under way."""
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def answer(self, *asked: object) -> Any:
        self.ask(*asked)
        told = self.hear()
        return self.hear() if "stage" in told else told

    def close(self) -> None:
        kill_group(self._process)
        self._process.communicate()


@pytest.fixture(scope="module")
def here(collection: Path) -> Iterator[Job]:
    """On this machine: all that is asked of it shares a JVM, which takes long to start."""
    with closing(Job("local[2]", collection.parent)) as job:
        yield job


def test_the_answers_are_those_of_one_machine_and_rounds_tell_little_of_their_plans(
    here: Job, collection: Path, answers: list[Any], tmp_path: Path
) -> None:
    for more in ([1], [3], [16, str(tmp_path / "checkpoints")]):
        assert here.answer("clean", str(collection), *more)["answers"] == answers
    assert any(cuts for _, cuts in answers)
    assert [*tmp_path.glob("checkpoints/*/rdd-*")]
    logs = [path.read_bytes() for path in collection.parent.glob("local-*")]
    plans = [len(line) for line in b"".join(logs).splitlines() if b"SQLExecutionStart" in line]
    assert len(plans) > 20
    assert max(plans) < 100_000


def test_the_answers_are_those_of_one_machine_on_executors_too(
    collection: Path, answers: list[Any], tmp_path: Path
) -> None:
    with closing(Job("local-cluster[2,1,1024]", tmp_path)) as job:
        for partitions in (1, 3, 16):
            told = job.answer("clean", str(collection), partitions)
            assert told["answers"] == answers
    assert told["executors"] == 2


def test_no_task_has_all_of_a_line_that_all_documents_say(here: Job) -> None:
    told = here.answer("ask")
    assert told["holders"] == [0]
    assert [sum(rows) for rows in told["rows"]] == [100, 3900, 3999]
    assert [max(rows) < 1000 for rows in told["rows"]] == [True] * 3  # there are 8 tasks


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def serving(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon of Spark, with all that it starts in a group of its own."""
    with subprocess.Popen(
        [SPARK / "bin" / "spark-class", *arguments],
        env=ENVIRONMENT,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            kill_group(process)


def kill_group(process: subprocess.Popen[Any]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_worker_that_is_killed_changes_nothing(
    collection: Path, answers: list[Any], tmp_path: Path
) -> None:
    given = str(collection)
    host, port, deploy = ["--host", "127.0.0.1"], free_port(), "org.apache.spark.deploy"
    master = f"spark://127.0.0.1:{port}"
    served = [f"{deploy}.master.Master", *host, "--port", f"{port}", "--webui-port", "0"]
    works = [f"{deploy}.worker.Worker", *host, "--webui-port", "0", "--cores", "1", "-m", "1g"]
    works += ["--work-dir", str(tmp_path), master]
    with (
        serving(*served, folder=tmp_path),
        serving(*works, folder=tmp_path) as first,
        serving(*works, folder=tmp_path),
        closing(Job(master, tmp_path)) as job,
    ):
        for partitions in (16, 3, 1):
            job.ask("clean", given, partitions)
        assert "stage" in job.hear()
        kill_group(first)
        told = [job.hear() for _ in range(3)]
    assert [one["answers"] == answers for one in told] == [True] * 3
    assert told[-1]["executors"] == 1


def test_names_in_roots_are_those_of_the_whole_run() -> None:
    ids = ["7", "8", "7", "7 (2)", "7", "8 (2)", "9 (x)", "8", "7 (2)"]
    names = Names()
    whole = {node: name for node, id_ in enumerate(ids) if (name := names.of(id_)) != id_}
    rows = sorted((id_.partition(" (")[0], node, id_) for node, id_ in enumerate(ids))
    columns = [pyarrow.array(column) for column in zip(*rows)]
    batch = pyarrow.RecordBatch.from_arrays(columns, ["root", "node", "id"])
    renamed = [one for found in name_batches([batch]) for one in found.to_pylist()]
    assert {one["node"]: one["name"] for one in renamed} == whole


def command(*arguments: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dedupe_text", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**ENVIRONMENT, **more},
        cwd=cwd,
        timeout=300,
    )


ON_SPARK = ("--engine", "spark", "--master", "local[2]", "--across")


def on_spark(job: Job, folder: Path, *names: str) -> tuple[int, str]:
    """Its exit code and what it says; the last name is that of the output."""
    *inputs, output = [str(folder / name) for name in names]
    told = job.answer("run", str(folder), [*ON_SPARK, *inputs, "-o", output])
    return told["code"], told["stderr"]


def write_lines(folder: Path) -> list[str]:
    """Two files of records, in spellings of their own."""
    records = [{"id": id_, "n": n, "text": text} for n, id_, _, text in ROWS[:24]]
    lines = [json.dumps(record, ensure_ascii=bool(n % 2)) for n, record in enumerate(records)]
    (folder / "b.jsonl").write_text("\n".join(lines[:12]) + "\n", "utf-8")
    (folder / "a.jsonl").write_text("\n".join([*lines[12:], ""]), "utf-8")
    return ["b.jsonl", "a.jsonl"]


def read_lines(path: Path) -> list[str]:
    return path.read_text("utf-8").removesuffix("\n").split("\n")


def test_lines_keep_their_spelling_on_spark_too(here: Job, tmp_path: Path) -> None:
    names = write_lines(tmp_path)
    assert not command("--across", *names, "-o", "here", cwd=tmp_path).returncode
    code, told = on_spark(here, tmp_path, *names, "there.jsonl")
    assert code == 0, told
    assert told.startswith(f"dedupe-text: {tmp_path}/there.jsonl: ")
    alone = [line for name in names for line in read_lines(tmp_path / "here" / name)]
    there = [line for part in tmp_path.glob("there.jsonl/part-*") for line in read_lines(part)]
    assert sorted(alone) == sorted(line.partition(', "cuts": [')[0] + "}" for line in there)
    assert on_spark(here, tmp_path, *names, "there.jsonl") == (
        2,
        f"dedupe-text: {tmp_path}/there.jsonl: it is there already; name another, or remove it\n",
    )


def test_records_become_parquet(here: Job, tmp_path: Path) -> None:
    names = write_lines(tmp_path)
    assert not command("--across", *names, "-o", "here", cwd=tmp_path).returncode
    code, told = on_spark(here, tmp_path, *names, "there.parquet")
    assert code == 0, told
    alone = [json.loads(line) for name in names for line in read_lines(tmp_path / "here" / name)]
    there = pyarrow.parquet.read_table(tmp_path / "there.parquet")
    assert there.schema.names == ["id", "n", "text", "cuts"]
    rows = sorted(there.drop(["cuts"]).to_pylist(), key=lambda row: int(row["n"]))
    assert rows == alone


def test_rows_of_parquet_are_those_of_one_machine(here: Job, tmp_path: Path) -> None:
    records = [
        {"text": text, "n": n, "id": f"{n}", "head": {"content-type": "text/html"}}
        for n, _, _, text in ROWS[24:40]
    ]
    for name, some in (("b.parquet", records[:9]), ("a.parquet", records[9:])):
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(some), tmp_path / name)
    names = ["b.parquet", "a.parquet"]
    assert not command("--across", *names, "-o", "here", cwd=tmp_path).returncode
    code, told = on_spark(here, tmp_path, *names, "there")
    assert code == 0, told
    alone = [pyarrow.parquet.read_table(tmp_path / "here" / name).to_pylist() for name in names]
    there = pyarrow.parquet.read_table(tmp_path / "there").drop(["cuts"]).to_pylist()
    assert sorted(there, key=lambda row: int(row["n"])) == [*alone[0], *alone[1]]


@pytest.mark.parametrize(
    ("name", "line", "output", "told"),
    [
        ("a.jsonl", b'{"id": "1", "body": "So."}', "out.jsonl", "it has no field 'text' (--field"),
        ("a.jsonl", b"no JSON", "out.jsonl", "a.jsonl, line 'no JSON':1: it is not JSON"),
        ("a.jsonl", b'{"id": "1", "text": "caf\xe9"}', "out.parquet", "Invalid UTF-8"),
        ("_a.jsonl", b'{"id": "1", "text": "So."}', "out.jsonl", "Spark passes over names that"),
        ("a.jsonl", b'{"id": "1", "text": "So."}', "a.jsonl/out.jsonl", "is not a directory"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    name: str, line: bytes, output: str, told: str, here: Job, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b'{"id": "0", "text": "So it was."}\n' + line + b"\n")
    code, said = on_spark(here, tmp_path, name, output)
    assert code == 2
    assert told in said
    assert len(said.splitlines()) == 1
    assert not [*tmp_path.rglob("_SUCCESS")]


def test_columns_that_spark_would_take_for_others_are_refused(here: Job) -> None:
    named = ["Cuts", "_dedupe_node", "_DEDUPE_PLAN", "a.b", "a``b"]
    kinds = [f"id string, text string, `{name}` int" for name in named]
    kinds += ["id string, body string", "id string, text binary"]
    told = [here.answer("refuse", kind)["told"] for kind in kinds]
    assert [line.partition(";")[0] for line in told] == [
        "there is a column 'Cuts' already",
        "there is a column '_dedupe_node' already",
        "there is a column '_DEDUPE_PLAN' already",
        "PySpark takes no dot or backtick in a name",
        "PySpark takes no dot or backtick in a name",
        "there is no column 'text', or several",
        "the column 'text' is of binary, not of strings",
    ]


def test_what_the_readme_shows_of_spark_is_what_happens(here: Job, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (line,) = re.findall(r"^dedupe-text (--engine spark .*)$", readme, re.MULTILINE)
    (code,) = re.findall(r"^```py\n(.*?clean_dataframe.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    pages = [(f"https://example.org/{n}", text) for n, _, _, text in ROWS[24:40]]
    rows = [
        {"id": url, "url": url, "crawled": n, "text": text} for n, (url, text) in enumerate(pages)
    ]
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), crawl / "pages.parquet")

    line = line.replace("spark://host:7077", "local[2]").replace("hdfs:///", f"file://{tmp_path}/")
    told = here.answer("run", str(tmp_path), shlex.split(line))
    assert told["code"] == 0, told["stderr"]
    there = pyarrow.parquet.read_table(tmp_path / "clean.parquet").to_pylist()
    assert clean_alone(pages, "") == {row["url"]: row["text"] for row in there}

    cleaned = here.answer("show", str(crawl), code)
    assert clean_alone(pages, "example.org") == {row["url"]: row["text"] for row in cleaned}
    assert any(row["cuts"] for row in cleaned)


def clean_alone(pages: list[tuple[str, str]], site: str) -> dict[str, str]:
    documents = [Document(url, text, site) for url, text in pages]
    results = clean_many(documents, across=True)
    return {url: result.text for (url, _), result in zip(pages, results, strict=True)}


@pytest.mark.parametrize(
    ("more", "master", "told"),
    [
        ({"PATH": "/nowhere", "JAVA_HOME": ""}, "local[2]", "Spark needs Java 17 or newer"),
        ({}, "spark://127.0.0.1:1", "the master spark://127.0.0.1:1 does not answer"),
    ],
)
def test_what_spark_needs_is_told_in_a_line(
    more: dict[str, str], master: str, told: str, tmp_path: Path
) -> None:
    names = write_lines(tmp_path)
    given = ("--engine", "spark", "--across", "--master", master)
    done = command(*given, *names, "-o", "out.jsonl", cwd=tmp_path, **more)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith(f"dedupe-text: {told}")
