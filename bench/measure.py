"""What all benches of cost share: one core, one process at a time, and what it took.

Time is processor time, user and system, of the process and all that it started and waited for: on
a machine that does other work too, it says more than the clock does.
"""

from __future__ import annotations

import compileall
import os
import platform
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import dedupe_text

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
CACHE = HERE.parent / ".bench_cache"
PAGE = HERE.parent / "docs" / "performance.md"
DEDUPE = (sys.executable, "-m", "dedupe_text")
SINGLE = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA", "RAYON")
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in SINGLE} | {"POLARS_MAX_THREADS": "1"}


class Cost(NamedTuple):
    """What a process took: seconds of processor and of clock, bytes of memory at the most."""

    cpu: float
    wall: float
    peak: int


class CommandError(Exception):
    """A command failed. The message has its last lines."""


class TooLongError(Exception):
    """A command was stopped."""


def pin() -> str:
    """Keep this process and its children on one core; in words, what came of it."""
    # Where Python may not write bytecode, each process would compile anew what others need not.
    compileall.compile_dir(Path(dedupe_text.__file__).parent, quiet=1)
    os.environ.update(ONE_THREAD)
    if not hasattr(os, "sched_setaffinity"):
        return "one thread a library, on any core (this system pins no process)"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return "one core"


def run(command: list[str], folder: Path, output: str = "", limit: float = 3600) -> Cost:
    """What the command takes, run in the folder. Raises `CommandError` if it fails,
    and `TooLongError` if it takes longer than the limit in seconds.

    The memory of a process is never told to be less than what its parent had when it was started,
    so a bench must not hold text itself.
    """
    with (
        tempfile.TemporaryFile() as told,
        (folder / output if output else Path(os.devnull)).open("wb") as out,
    ):
        start = perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=told)
        timer = threading.Timer(limit, process.kill)
        timer.start()
        _, status, used = os.wait4(process.pid, 0)
        timer.cancel()
        wall = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if wall >= limit:
            raise TooLongError
        if process.returncode:
            told.seek(0)
            lines = told.read().decode(errors="replace").strip().splitlines()[-3:]
            raise CommandError(f"{command[0]} ({process.returncode}): {' / '.join(lines)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * unit)


def in_folder(call: Callable[[Path], Cost]) -> Cost:
    """What the call takes in a new folder, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        return call(Path(folder))


def start_up() -> Cost:
    """What dedupe-text takes for a sentence: the median of five."""

    def once(folder: Path) -> Cost:
        (folder / "in.txt").write_text("A sentence that says nothing twice.\n", encoding="utf-8")
        return run([*DEDUPE, "in.txt", "-o", "out.txt"], folder)

    costs = [in_folder(once) for _ in range(5)]
    return Cost(*(median(column) for column in zip(*costs)))


def machine() -> str:
    """The kind of machine, in a few words."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def report(name: str, lines: list[str], *, write: bool) -> None:
    """Print the lines; if they are to be written, they replace those of that name on the page."""
    print("\n".join(lines), flush=True)
    if write:
        page = PAGE.read_text(encoding="utf-8")
        head, rest = page.split(f"<!-- {name} -->\n", 1)
        _, tail = rest.split(f"<!-- /{name} -->", 1)
        body = "\n".join(lines)
        PAGE.write_text(f"{head}<!-- {name} -->\n{body}\n<!-- /{name} -->{tail}", encoding="utf-8")
