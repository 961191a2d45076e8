"""The console entry: whatever happens ends in an exit code and at most one line on stderr."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn, TextIO

from dedupe_text.errors import DedupeTextError, as_bug, lacks_memory

_FAILED = 2
_INTERRUPTED = 130
_PIPE_CLOSED = 141


def main() -> NoReturn:
    """Run the command on the arguments of the process, and leave with its exit code."""
    gc.disable()  # of one document little is garbage, and nothing of what is loaded
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream is None:  # else the next file that is opened would be in its place
            os.open(os.devnull, os.O_RDWR)
    try:
        from dedupe_text.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except BrokenPipeError:
        code = _PIPE_CLOSED
    except Exception as error:  # the last resort, so that nobody meets a traceback
        code = _FAILED
        with suppress(OSError):
            print(f"dedupe-text: {_explain(error)}", file=sys.stderr)  # noqa: T201
    for stream in (sys.stdout, sys.stderr):
        _empty(stream)
    sys.exit(code)


def _explain(error: Exception) -> str:
    """One line: where, what, and what to do."""
    if lacks_memory(error):  # so nothing is loaded to say it
        return "not enough memory for this text; give it in smaller files"
    from dedupe_text.report.text import visible

    if isinstance(error, DedupeTextError):
        return visible(str(error))
    if isinstance(error, OSError):  # files and standard output have errors of their own
        return visible(f"{(error.strerror or str(error)).lower()}; mend that and run again")
    return visible(as_bug(error))


def _empty(stream: TextIO | None) -> None:
    """Leave nothing that Python would try to write again at its exit, and complain about."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
