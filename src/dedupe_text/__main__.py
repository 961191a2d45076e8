"""The console entry: whatever happens ends in an exit code and at most one line on stderr."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn, TextIO

_FAILED = 2
_INTERRUPTED = 130
_PIPE_CLOSED = 141
_UNTOLD = "without exception set", "without setting an exception"
"""What Python says where a library in C fails and does not tell why."""


def main() -> NoReturn:
    """Run the command on the arguments of the process, and leave with its exit code."""
    gc.disable()  # of one document little is garbage, and nothing of what is loaded
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
    if _lacks_memory(error):  # so nothing is loaded to say it
        return "not enough memory for this text; give it in smaller files"
    from dedupe_text.errors import DedupeTextError
    from dedupe_text.report.text import visible

    if isinstance(error, DedupeTextError):
        return visible(str(error))
    if isinstance(error, OSError):  # files and standard output have errors of their own
        return visible(f"{(error.strerror or str(error)).lower()}; mend that and run again")
    return visible(
        f"{_place(error)}: {type(error).__name__}: {error}; "
        "nothing was written; this is a bug in dedupe-text, please report it"
    )


def _lacks_memory(error: Exception) -> bool:
    """Whether it is for want of memory, which NumPy may tell as another error, or as none."""
    untold = isinstance(error, SystemError) and any(part in str(error) for part in _UNTOLD)
    return untold or any(isinstance(one, MemoryError) for one in (error, error.__cause__))


def _place(error: Exception) -> str:
    """The line of the program at which the error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown place"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119


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
