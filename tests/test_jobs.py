"""Several processes at one collection give the answers of one, and leave nothing when they end."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import CASES
from test_cli import ARTICLE, COMMAND, run
from test_many import OTHER, files
from test_memory import said
from test_progress import LONG
from test_stream import line

from dedupe_text import Document, Settings, clean_many
from dedupe_text.errors import DedupeTextError
from dedupe_text.jobs import clean_each
from dedupe_text.memory import Memory, open_memory
from dedupe_text.processes import begin

COLLECTION = b"".join(
    line(text, id=number % 97, url=f"http://s{number % 5}.example/")
    for number, text in enumerate(
        3 * [case.text for case in CASES.values() if "\ud800" not in case.text]
        + [f"{OTHER.replace('six', str(number))}\n{ARTICLE}" for number in range(20)]
    )
)
LIMIT = """
import os, resource, sys
if "--multiprocessing-fork" in sys.orig_argv:
    with open("/proc/self/statm") as file:
        most = int(file.read().split()[0]) * resource.getpagesize() + int(os.environ["LEFT"])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
"""
"""What Python does at its beginning: a process of several gets no more than so many bytes more."""
TRIALS = 20 if os.environ.get("DEDUPE_TEXT_TRIALS") == "all" else 3


@pytest.mark.parametrize(
    "arguments", [(), ("--across",), ("--memory", "seen.db"), ("--across", "--report", "r.json")]
)
def test_several_jobs_answer_as_one(arguments: tuple[str, ...], tmp_path: Path) -> None:
    answers = []
    for jobs in ("1", "2", "3"):
        folder = tmp_path / jobs
        folder.mkdir()
        (folder / "news.jsonl").write_bytes(COLLECTION)
        done = run("-j", jobs, *arguments, "news.jsonl", cwd=folder)
        assert done.returncode == 0, done.stderr
        reports = {path.name: path.read_bytes() for path in folder.glob("*.json")}
        answers.append((done.stdout, done.stderr, reports))
        assert set(files(folder)) - {"news.jsonl", "r.json"} <= {"seen.db"}
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] != COLLECTION


def test_several_jobs_need_no_standard_streams(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_bytes(COLLECTION)
    shell = 'exec "$0" -m dedupe_text -j2 news.jsonl -o out.jsonl <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", shell, sys.executable], cwd=tmp_path).returncode == 0
    assert (tmp_path / "out.jsonl").read_bytes() == run("news.jsonl", cwd=tmp_path).stdout


def cleaned(documents: Iterable[Document | None], memory: Memory) -> Iterator[str | None]:
    """What two jobs leave of each."""
    for _, result in clean_each(((None, one) for one in documents), Settings(), memory, 2):
        assert not isinstance(result, DedupeTextError)
        yield result and result.text


def test_what_must_wait_for_another_is_cleaned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{said(number % 7)}\n\n{said(number)}\n" for number in range(70)]
    documents = [Document(f"{number}", text) for number, text in enumerate(texts)]
    left = [None, *(result.text for result in clean_many(documents, across=True)), None]
    taken = []
    add = Memory.add
    monkeypatch.setattr(Memory, "add", lambda *given: taken.append(add(*given)) or taken[-1])
    assert [*cleaned([None, *documents, None], open_memory())] == left
    assert taken == [True] * 70


def test_two_runs_of_several_jobs_may_share_a_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedupe_text.jobs._SIZE", 1)
    seen = str(tmp_path / "seen.db")
    texts = [said(number) for number in range(40)]
    one, other = (
        cleaned([Document(f"{run}{n}", text) for n, text in enumerate(texts)], open_memory(seen))
        for run in "ab"
    )
    ours = [next(one)]  # the others are on their way
    theirs = [*other]
    ours += one
    assert "" in ours
    assert "" in theirs
    assert [{*both} for both in zip(ours, theirs)] == [{text, ""} for text in texts]


def test_files_and_what_is_wrong_with_them_come_in_order_from_several_jobs(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text(f"{ARTICLE}\nThe {number}th.\n")
    (tmp_path / "4.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    names = [f"{number}.txt" for number in range(9)]
    answers = [
        run("-j", jobs, "--check", "--across", *names, "no.txt", cwd=tmp_path) for jobs in "12"
    ]
    one, two = [(done.returncode, done.stdout, done.stderr) for done in answers]
    assert one == two
    assert one[0] == 2
    assert b"4.txt: looks binary" in one[2]


def test_accepted_repeats_are_accepted_by_several_jobs(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text(ARTICLE)
    names = [f"{number}.txt" for number in range(3)]
    assert run("--accept", "list", "--accept-write", *names, cwd=tmp_path).returncode == 0
    assert run("-j2", "--accept", "list", "--check", *names, cwd=tmp_path).returncode == 0
    assert run("-j2", "--accept", "list", "--check", *names, "3.txt", cwd=tmp_path).returncode == 1


def children(process: int) -> list[int]:
    return [
        int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def helps(process: int) -> bool:
    """Whether it is one of those that clean."""
    return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()


def start(folder: Path) -> tuple["subprocess.Popen[bytes]", list[int]]:
    """A run of two jobs that has begun to clean, and its processes."""
    (folder / "news.jsonl").write_bytes(LONG)
    process = subprocess.Popen(
        [*COMMAND, "-j2", "--across", "--progress", "news.jsonl", "-o", "out.jsonl"],
        cwd=folder,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder)},
        start_new_session=True,
    )
    assert process.stderr is not None
    assert b" document" in process.stderr.read(60)
    return process, children(process.pid)


def wait_for_end(processes: list[int]) -> None:
    end = time.monotonic() + 20
    while any(Path(f"/proc/{one}/cmdline").exists() for one in processes):
        assert time.monotonic() < end
        time.sleep(0.05)


def wait_for_end_of_group(leader: int) -> None:
    """It and all that it began end."""
    end = time.monotonic() + 20
    with suppress(ProcessLookupError):
        while True:
            os.killpg(leader, 0)
            assert time.monotonic() < end
            time.sleep(0.05)


def test_an_interrupted_run_ends_its_processes_and_leaves_nothing(tmp_path: Path) -> None:
    process, others = start(tmp_path)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in said
    wait_for_end(others)
    assert files(tmp_path) == ["news.jsonl"]


def test_a_job_that_is_killed_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    process, others = start(tmp_path)
    os.kill(next(filter(helps, others)), signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert b"was killed or could not begin, for want of memory perhaps; take fewer" in said
    wait_for_end(others)
    assert files(tmp_path) == ["news.jsonl"]


def test_processes_end_when_the_one_that_began_them_is_killed(tmp_path: Path) -> None:
    process, others = start(tmp_path)
    process.kill()
    process.communicate(timeout=60)
    assert others
    wait_for_end(others)


@pytest.mark.parametrize("left", [0, 1 << 20, 3 << 20, 20 << 20, 100 << 20])
def test_a_job_that_lacks_memory_to_begin_is_told_in_one_line(left: int, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(LIMIT)
    (tmp_path / "news.jsonl").write_bytes(COLLECTION)
    (tmp_path / "out.jsonl").write_bytes(b"as it was\n")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    with subprocess.Popen(
        [*COMMAND, "-j2", "--across", "-q", "news.jsonl", "-o", "out.jsonl"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, "LEFT": str(left)},
        start_new_session=True,
    ) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said == (
        b"dedupe-text: a process that helped was killed or could not begin, for want of memory"
        b" perhaps; take fewer --jobs\n"
    )
    assert (tmp_path / "out.jsonl").read_bytes() == b"as it was\n"
    wait_for_end_of_group(process.pid)


def test_what_goes_wrong_in_a_job_is_told_by_the_one_that_began_it() -> None:
    with begin(1, int) as processes:
        processes.send("it", "no number")
        with pytest.raises(DedupeTextError, match=r"processes:\d+: ValueError: .* is a bug in "):
            [*processes.receive(wait=True)]
    with begin(1, bytearray) as processes:
        processes.send("it", 1 << 62)
        with pytest.raises(MemoryError):
            [*processes.receive(wait=True)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("-",),
        ("--diff", "0.txt", "1.txt"),
        ("--check", "--across", "news.jsonl"),  # which tells of each at once
        ("news.jsonl",),
    ],
)
def test_several_jobs_end_in_silence_when_their_reader_goes_away(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    text = "".join(f"Line {number} stands alone.\n" for number in range(5_000)) + ARTICLE
    for name in ("0.txt", "1.txt"):
        (tmp_path / name).write_text(text + 20 * f"{ARTICLE}\n{name}\n")
    (tmp_path / "news.jsonl").write_bytes(LONG[: len(LONG) // 10].rpartition(b"\n")[0])
    before = files(tmp_path)
    with (tmp_path / "0.txt").open("rb") as given:
        process = subprocess.Popen(
            [*COMMAND, "-j2", *arguments],
            cwd=tmp_path,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            start_new_session=True,
        )
    assert process.stdout is not None
    assert process.stdout.read(1)
    process.stdout.close()
    assert process.stderr is not None
    with process:
        assert process.stderr.read() == b""
    assert process.returncode == 141
    wait_for_end_of_group(process.pid)
    assert files(tmp_path) == before


def kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def take_memory(process: int) -> None:
    """Let it have no more than it has."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[0])
    resource.prlimit(process, resource.RLIMIT_AS, (pages * resource.getpagesize(),) * 2)


@pytest.mark.parametrize("disturb", [kill, take_memory])
def test_whatever_becomes_of_a_job_there_is_the_old_or_the_new(
    disturb: Callable[[int], None], tmp_path: Path
) -> None:
    lots, given = random.Random(disturb.__name__), LONG[: len(LONG) // 40].rpartition(b"\n")[0]
    (tmp_path / "news.jsonl").write_bytes(given)
    command = ["-j2", "--across", "-q", "news.jsonl", "-o", "out.jsonl"]
    began = time.monotonic()
    assert run(*command, cwd=tmp_path).returncode == 0
    whole, seconds = (tmp_path / "out.jsonl").read_bytes(), time.monotonic() - began
    codes = Counter[int]()
    for _ in range(TRIALS):
        (tmp_path / "out.jsonl").write_bytes(b"as it was\n")
        with subprocess.Popen([*COMMAND, *command], cwd=tmp_path, stderr=-1) as process:
            time.sleep(lots.uniform(0, seconds))
            with suppress(OSError, StopIteration):  # if it is no more, or not yet
                disturb(next(filter(helps, children(process.pid))))
            _, said = process.communicate(timeout=120)
        assert process.returncode in (0, 2)
        left = (tmp_path / "out.jsonl").read_bytes()
        assert left == (b"as it was\n" if process.returncode else whole)
        lines = [line.startswith(b"dedupe-text: ") for line in said.splitlines()]
        assert lines == [True] * bool(process.returncode), said
        codes[process.returncode] += 1
    assert files(tmp_path) == ["news.jsonl", "out.jsonl"]
    sys.stdout.write(f"\n{disturb.__name__}: {dict(codes)}\n")
