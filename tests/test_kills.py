"""What is left when a write is killed, runs out of room, or meets another."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dedupe_text.files import replace_bytes
from dedupe_text.temporary import sweep

if os.name != "posix":
    pytest.skip("signals, locks and links as POSIX has them", allow_module_level=True)

OLD = b"what stood there\n" * 180_000
NEW = b"what stands there\n" * 170_000
"""Three megabytes each, so that most of the time of a write goes into the bytes."""
STALE = ".dedupe-text-0123456789abcdef.tmp"
NOBODY = 65534


@pytest.fixture(params=["nameless", "named"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way of making a temporary file."""
    name: str = request.param
    if name == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    return name


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(OLD)
    return path


def start(action: Callable[[], object]) -> int:
    """A process of its own that does it; its exit code is 0 unless it fails."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        action()
        code = 0
    finally:
        os._exit(code)


def end(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write_in_turn(path: Path) -> None:
    """Read it and put the other text in its place, until killed."""
    while True:
        was = path.read_bytes()
        replace_bytes(str(path), OLD if was == NEW else NEW, was)


def killed_before_renaming(path: Path) -> None:
    os.replace = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    replace_bytes(str(path), NEW)


def time_of_a_write(path: Path) -> float:
    """Seconds, in a process of its own: what we sweep ourselves we would not look for again."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        assert end(start(lambda: replace_bytes(str(path), OLD))) == 0
        times.append(time.perf_counter() - began)
    return min(times)


def test_kills_at_any_moment_leave_the_old_text_or_the_new_and_nothing_else(
    article: Path, way: str
) -> None:
    lots = random.Random(1)
    moment = 2 * time_of_a_write(article)  # so each moment of a write is met, on any disk
    seen = set()
    littered = 0
    kills = 200 if way == "nameless" else 50  # two in three leave a file that has a name
    for _ in range(kills):
        child = start(lambda: write_in_turn(article))
        time.sleep(lots.uniform(0, moment))
        os.kill(child, signal.SIGKILL)
        assert end(child) == -signal.SIGKILL
        seen.add(article.read_bytes())
        littered += len(names_in(article.parent)) > 1
    sys.stdout.write(f"\n{way}: {littered} of {kills} kills left a temporary file\n")
    assert seen == {OLD, NEW}
    assert littered or way == "nameless"  # else there was nothing to sweep
    replace_bytes(str(article), b"the end")
    assert article.read_bytes() == b"the end"
    assert names_in(article.parent) == ["article.txt"]


def test_what_a_killed_run_left_is_gone_after_the_next_write(article: Path) -> None:
    for _ in range(3):
        assert end(start(lambda: killed_before_renaming(article))) == -signal.SIGKILL
    assert article.read_bytes() == OLD
    assert len(names_in(article.parent)) == 2  # each swept what the one before it had left
    replace_bytes(str(article.with_name("new.txt")), b"")
    assert names_in(article.parent) == ["article.txt", "new.txt"]


def test_what_a_live_process_is_writing_is_not_swept(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, first = os.replace, os.getpid()

    def meet_another(source: str, target: str, **folders: int) -> None:
        if os.getpid() == first:
            other = article.with_name("other.txt")
            assert end(start(lambda: forget_and_write(other))) == 0
        replace(source, target, **folders)

    def forget_and_write(other: Path) -> None:
        sweep.cache_clear()
        replace_bytes(str(other), b"by another")

    monkeypatch.setattr(os, "replace", meet_another)
    replace_bytes(str(article), NEW)
    assert article.read_bytes() == NEW
    assert names_in(article.parent) == ["article.txt", "other.txt"]


def test_a_file_that_is_swept_before_it_is_locked_is_made_again(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, swept = os.open, []

    def make_and_sweep(
        path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None
    ) -> int:
        descriptor = make(path, flags, mode, dir_fd=dir_fd)
        if flags & os.O_EXCL and not swept:
            swept.append(path)
            os.unlink(path, dir_fd=dir_fd)
        return descriptor

    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    monkeypatch.setattr(os, "open", make_and_sweep)
    replace_bytes(str(article), NEW)
    assert swept
    assert article.read_bytes() == NEW
    assert names_in(article.parent) == ["article.txt"]


def test_only_files_of_that_name_are_swept(article: Path) -> None:
    folder = article.parent
    kept = [
        ".dedupe-text-0123456789ABCDEF.tmp",
        ".dedupe-text-0123456789abcdef.tmp.txt",
        ".dedupe-text-0123456789abcde.tmp",
        "dedupe-text-0123456789abcdef.tmp",
    ]
    for name in (STALE, *kept):
        (folder / name).touch()
    replace_bytes(str(article), NEW)
    assert names_in(folder) == sorted(["article.txt", *kept])


def test_links_pipes_and_folders_of_that_name_are_let_be(article: Path) -> None:
    folder = article.parent
    (folder / STALE).symlink_to("article.txt")
    (folder / STALE.replace("0", "1")).mkdir()
    os.mkfifo(folder / STALE.replace("0", "2"))
    before = names_in(folder)
    replace_bytes(str(article), NEW)
    assert names_in(folder) == before
    assert article.read_bytes() == NEW


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_only_root_sweeps_what_others_left(tmp_path: Path) -> None:
    folder = tmp_path / "everybody's"
    folder.mkdir()
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == 0 and Path(tempfile.gettempdir()) in parent.parents:
            parent.chmod(0o777)
    (folder / STALE).touch(0o666)
    (folder / STALE).chmod(0o666)

    def write_as_nobody() -> None:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        replace_bytes(str(folder / "a.txt"), b"")

    assert end(start(write_as_nobody)) == 0
    assert names_in(folder) == [STALE, "a.txt"]
    os.chown(folder / STALE, NOBODY, NOBODY)
    replace_bytes(str(folder / "b.txt"), b"")
    assert names_in(folder) == ["a.txt", "b.txt"]


def test_two_that_write_the_same_file_leave_the_text_of_one(article: Path) -> None:
    def write(text: bytes) -> None:
        for _ in range(20):
            replace_bytes(str(article), text)

    children = [start(lambda text=text: write(text)) for text in (OLD, NEW)]
    assert [end(child) for child in children] == [0, 0]
    assert article.read_bytes() in (OLD, NEW)
    assert names_in(article.parent) == ["article.txt"]


FILL = """
import os, sys
from dedupe_text.errors import OutputError
from dedupe_text.files import replace_bytes
if sys.argv[1] == "named" and hasattr(os, "O_TMPFILE"):
    del os.O_TMPFILE
with open("article.txt", "wb") as file:
    file.write(b"old" * 400_000)
try:
    replace_bytes("article.txt", b"new" * 400_000)
except OutputError as error:
    print(error)
with open("article.txt", "rb") as file:
    assert file.read() == b"old" * 400_000
assert os.listdir() == ["article.txt"]
replace_bytes("article.txt", b"new" * 200_000)
assert os.listdir() == ["article.txt"]
"""


def test_a_disk_that_fills_up_keeps_the_old_text(
    tmp_path: Path, environment: dict[str, str], way: str
) -> None:
    def run(*command: str) -> subprocess.CompletedProcess[str]:
        mounted = 'mount -t tmpfs -o size=2m tmpfs "$0" && cd "$0" && exec "$@"'
        alone = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted, str(tmp_path)]
        return subprocess.run([*alone, *command], capture_output=True, text=True, env=environment)

    if not shutil.which("unshare") or run("true").returncode:
        pytest.skip("no file system may be mounted here")
    done = run(sys.executable, "-c", FILL, way)
    assert (done.returncode, done.stderr) == (0, "")
    why = "no space left on device; mend that and run again"
    assert done.stdout == f"cannot write 'article.txt': {why}\n"
