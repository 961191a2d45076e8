"""Runs the command over and over, each time in a process of its own, as bed.py asks for.

The processes are forked from this one, which has loaded what they need: that saves much time. What
is run is the console entry, and the process ends as it does. A request is a line of JSON, and so is
the answer: the exit code (or less than 0, the signal), the seconds, and how many calls there were.
"""

import ctypes
import gc
import json
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from dedupe_text import clean
from dedupe_text.__main__ import main

KINDS = ("open", "read", "write", "sync", "rename", "unlink", "truncate", "close", "memory")
"""As in shim.c."""
LOADED = (
    "chardet dedupe_text.accept dedupe_text.cli dedupe_text.dedupe dedupe_text.memory.sqlite"
    " dedupe_text.records.jsonl dedupe_text.records.parquet dedupe_text.report.html"
    " dedupe_text.report.json dedupe_text.report.restore dedupe_text.report.text"
    " multiprocessing shutil tempfile"
)


def run(request: dict[str, Any], shim: Any) -> None:
    """The command, in this process."""
    os.chdir(request["folder"])
    for number, (name, flags) in enumerate(
        [(request["input"], os.O_RDONLY)]
        + [(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for name in request["output"]]
    ):
        file = os.open(name, flags, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.argv = ["dedupe-text", *request["arguments"]]
    if shim:
        fault = request["fault"]
        shim.fault_arm(
            request["below"].encode(),
            KINDS.index(fault["kind"]),
            fault["number"],
            fault["error"],
            fault["always"],
            fault["least"],
        )
    main()


def answer(child: int, began: float, request: dict[str, Any], shim: Any) -> dict[str, Any]:
    """What became of the run, which is killed after a time if the request says so."""
    if request["kill_after"] is not None:
        time.sleep(max(began + request["kill_after"] - time.perf_counter(), 0))
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        for names in request["swaps"]:
            source, target = (Path(request["folder"], name) for name in names)
            source.rename(target)
        os.kill(child, signal.SIGCONT)
        _, status = os.waitpid(child, 0)
    seconds = time.perf_counter() - began
    counts = {kind: shim.fault_count(number) if shim else 0 for number, kind in enumerate(KINDS)}
    return {"code": os.waitstatus_to_exitcode(status), "seconds": seconds, "counts": counts}


def serve() -> None:
    """Answer requests until there are no more; in the processes that run the command, return."""
    for name in LOADED.split():
        import_module(name)
    clean("Said once. " * 40)  # which makes the tables that it needs
    gc.freeze()
    # The shim is in the process already, if it is at all.
    shim = ctypes.CDLL(None) if os.environ.get("LD_PRELOAD") else None
    if shim:
        integer, long = ctypes.c_int, ctypes.c_long
        given = (ctypes.c_char_p, integer, long, integer, integer, ctypes.c_size_t)
        shim.fault_arm.argtypes = given
        shim.fault_count.restype = long
        shim.fault_arm(b"/", -1, 0, 0, 0, 0)
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in requests:
        request = json.loads(line)
        began = time.perf_counter()
        child = os.fork()
        if not child:
            answers.close()
            requests.close()
            run(request, shim)
        print(json.dumps(answer(child, began, request, shim)), file=answers, flush=True)


if __name__ == "__main__":
    serve()
