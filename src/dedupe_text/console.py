"""The standard streams: bytes in, bytes out, and a word on the side."""

from __future__ import annotations

import os
import sys

from dedupe_text.errors import InputError, OutputError


def is_input_typed() -> bool:
    """Whether somebody would have to type the text."""
    return sys.stdin is not None and sys.stdin.isatty()


def read_input() -> bytes:
    """All bytes of standard input. Raises `InputError` if it cannot be read."""
    if sys.stdin is None:
        raise InputError("cannot read standard input: it is closed; name a PATH")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise InputError(f"cannot read standard input: {error.strerror}; name a PATH") from error


def encode(text: str) -> bytes:
    """The text for standard output, with escapes for what its encoding lacks."""
    encoding = "utf-8" if sys.stdout is None else sys.stdout.encoding
    return text.encode(encoding, "backslashreplace")


def write_output(data: bytes) -> None:
    """Standard output has all of `data`. Raises `OutputError` if it is closed."""
    if sys.stdout is None:
        raise OutputError("cannot write standard output: it is closed; name a file with --output")
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


def is_coloured(choice: str) -> bool:
    """Whether standard error gets colours: if asked to, or a terminal that does not object.

    NO_COLOR wins over FORCE_COLOR, https://no-color.org/ and https://force-color.org/.
    """
    if choice != "auto" or os.environ.get("NO_COLOR"):
        return choice == "always"
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def say(line: str) -> None:
    """A line on standard error, for the one who runs the command."""
    if sys.stderr is not None:
        print(line, file=sys.stderr)  # noqa: T201


def say_error(error: Exception) -> None:
    """What went wrong, in one line on standard error."""
    from dedupe_text.report.text import visible

    say(f"dedupe-text: {visible(str(error))}")
