"""How far the work is, and what an interrupted run leaves: nothing by half."""

import os
import pty
import re
import signal
import subprocess
from pathlib import Path

from test_cli import ARTICLE, COMMAND
from test_many import OTHER, files
from test_stream import line

LONG = b"".join(
    line(f"{OTHER.replace('six', str(number))} {number}\n{ARTICLE}", id=number)
    for number in range(2000)
)


def on_a_terminal(*arguments: str, cwd: Path) -> tuple[int, str]:
    """The exit code of a run whose standard error is a terminal, and what is written there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*COMMAND, *arguments], cwd=cwd, stdin=theirs, stderr=theirs)
    os.close(theirs)
    written = b""
    while True:
        try:
            some = os.read(ours, 1 << 16)
        except OSError:  # Linux tells so that nobody writes any more
            break
        written += some
    os.close(ours)
    return process.wait(), written.decode()


def test_long_work_shows_how_far_it_is_on_a_terminal_and_cleans_up(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_bytes(LONG)
    code, written = on_a_terminal("news.jsonl", "-o", "out.jsonl", cwd=tmp_path)
    drawn = written.split("\r")
    assert code == 0
    pattern = r"[\d,]+ documents?, \d+ %, \d+\.\d MB/s, \d+:\d\d left\x1b\[K"
    assert len(drawn) > 2
    assert all(re.fullmatch(pattern, one) for one in drawn[:-2])
    assert drawn[-2:] == ["\x1b[K", ""]


def test_other_lines_stand_by_themselves_while_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_bytes(LONG + b"no JSON\n")
    code, written = on_a_terminal("news.jsonl", "-o", "out.jsonl", cwd=tmp_path)
    assert code == 2
    assert re.search(
        r"\rdedupe-text: news\.jsonl:2001:1: it is not JSON: [^\r\n]+\x1b\[K\r\n", written
    )


def test_short_work_quiet_work_and_work_without_a_terminal_show_nothing(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_bytes(LONG)
    (tmp_path / "a.txt").write_text(ARTICLE)
    assert on_a_terminal("a.txt", "-o", "b.txt", cwd=tmp_path) == (0, "")
    for asked in ("--no-progress", "--quiet"):
        assert on_a_terminal(asked, "news.jsonl", "-o", "out.jsonl", cwd=tmp_path) == (0, "")
    done = subprocess.run(
        [*COMMAND, "news.jsonl", "-o", "out.jsonl"], cwd=tmp_path, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    done = subprocess.run(
        [*COMMAND, "--progress", "news.jsonl", "-o", "out.jsonl"], cwd=tmp_path, capture_output=True
    )
    assert b" document" in done.stderr


def test_an_interrupted_run_leaves_nothing_by_half(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_bytes(LONG)
    (tmp_path / "old.jsonl").write_bytes(b"as it was\n")
    for arguments in (("-o", "old.jsonl"), ("-o", "new.jsonl"), ("--write",), ()):
        with subprocess.Popen(
            [*COMMAND, *arguments, "--progress", "news.jsonl"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stderr is not None
            assert b" document" in process.stderr.read(60)  # it is in the midst of it
            process.send_signal(signal.SIGINT)
            out, told = process.communicate(timeout=60)
        assert (process.returncode, out) == (130, b"")
        assert b"Traceback" not in told
        assert files(tmp_path) == ["news.jsonl", "old.jsonl"]
        assert (tmp_path / "old.jsonl").read_bytes() == b"as it was\n"
        assert (tmp_path / "news.jsonl").read_bytes() == LONG
