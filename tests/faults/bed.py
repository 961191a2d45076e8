"""Where trials are made: runs of the command in a folder of their own, each disturbed somehow."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

SHORT = 0
"""Instead of an error: a read or a write does half of what it should, which is none."""
STOP = -1
"""Instead of an error: the process is stopped until the swaps are made."""
TMPDIR = "temporary"
MEMORY = ".db"
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite may leave beside a memory, and puts right the next time."""


class Fault(NamedTuple):
    """The `number`-th call of the `kind` fails, and `always` those after it."""

    kind: str
    number: int = 0
    error: int = SHORT
    always: bool = False
    least: int = 0
    """Bytes of an allocation that counts."""

    def __str__(self) -> str:
        error = errno.errorcode.get(self.error, "half done")
        return f"{self.kind} {self.number}{' and on' if self.always else ''}: {error}"


NONE = Fault("open")


@dataclass(frozen=True)
class Door:
    """A way to run the command: what there is in its folder before, and what it is given."""

    arguments: tuple[str, ...]
    files: dict[str, bytes]
    input: bytes = b""
    links: dict[str, str] = field(default_factory=dict)
    """Symbolic links, and where they lead to."""
    swaps: tuple[tuple[str, str], ...] = ()
    """Renamings that somebody else makes while the run is stopped."""


class Outcome(NamedTuple):
    """What a run left."""

    code: int
    output: bytes
    said: str
    files: dict[str, bytes]
    counts: dict[str, int]
    seconds: float


class Bed:
    """Runs doors below a folder, with the shim if there is one."""

    def __init__(self, folder: Path, environment: dict[str, str], shim: Path | None = None) -> None:
        self.folder = folder
        self.temporary = folder / TMPDIR
        folder.mkdir()
        own = {"TMPDIR": str(self.temporary), "OPENBLAS_NUM_THREADS": "1"}
        if shim:
            own |= {"LD_PRELOAD": str(shim), "PYTHONMALLOC": "malloc"}
        self._server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("server.py"))],
            env=environment | own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._at = folder / "at"

    def close(self) -> None:
        """The server ends."""
        self._server.communicate()

    def lay(self, door: Door) -> None:
        """Its folder is as it was before the first run."""
        for folder in (self._at, self.temporary):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        for name, data in door.files.items():
            path = self._at / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for name, target in door.links.items():
            (self._at / name).symlink_to(target)

    def run(
        self, door: Door, fault: Fault = NONE, kill_after: float | None = None, *, lay: bool = True
    ) -> Outcome:
        """What became of it."""
        if lay:
            self.lay(door)
        streams = [self.folder.with_name(f"{self.folder.name}-{name}") for name in "012"]
        streams[0].write_bytes(door.input)
        request = {
            "folder": str(self._at),
            "below": f"{self.folder}/",
            "input": str(streams[0]),
            "output": [str(path) for path in streams[1:]],
            "swaps": door.swaps,
            "arguments": door.arguments,
            "fault": fault._asdict(),
            "kill_after": kill_after,
        }
        answer = self._ask(request)
        return Outcome(
            answer["code"],
            streams[1].read_bytes(),
            streams[2].read_text(),
            self._files(),
            answer["counts"],
            answer["seconds"],
        )

    def check_memories(self) -> None:
        """SQLite finds each memory whole; it is looked at in a copy, so that all stays as it is."""
        for path in self._at.glob(f"*{MEMORY}"):
            copy = self.folder.with_name(f"{self.folder.name}-copy.db")
            for end in ("", *BESIDE):
                Path(f"{copy}{end}").unlink(missing_ok=True)
                if Path(f"{path}{end}").exists():
                    shutil.copyfile(f"{path}{end}", f"{copy}{end}")
            with closing(sqlite3.connect(copy)) as database:
                assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(request), file=self._server.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self._server.stdout.readline())
        return answer

    def _files(self) -> dict[str, bytes]:
        return {
            os.path.relpath(path, self._at): path.read_bytes()
            for top in (self._at, self.temporary)
            for path in sorted(top.rglob("*"))
            if path.is_file()
        }
