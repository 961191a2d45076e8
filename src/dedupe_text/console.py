"""The standard streams: bytes in, bytes out, and a word on the side."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from dedupe_text.errors import InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader


def open_input(*, asks: bool) -> BufferedReader:
    """Standard input. If somebody would have to type it they are told, where it `asks`.

    Raises `InputError` if it is closed.
    """
    if sys.stdin is None:
        raise InputError("cannot read standard input: it is closed; name a PATH")
    if asks and sys.stdin.isatty():
        say("dedupe-text: reading standard input; see dedupe-text --help for other ways")
    return cast("BufferedReader", sys.stdin.buffer)


def read_input(*, asks: bool) -> bytes:
    """All bytes of standard input. Raises `InputError` if it cannot be read."""
    file = open_input(asks=asks)
    try:
        return file.read()
    except OSError as error:
        raise InputError(f"cannot read standard input: {error.strerror}; name a PATH") from error


def encode(text: str) -> bytes:
    """The text for standard output, with escapes for what its encoding lacks."""
    encoding = "utf-8" if sys.stdout is None else sys.stdout.encoding
    return text.encode(encoding, "backslashreplace")


def write_output(data: bytes) -> None:
    """Standard output has all of this. Raises `OutputError` if it is closed, or cannot be written.

    A pipe that nobody reads any more is a `BrokenPipeError`.
    """
    write_pieces([data])


def write_pieces(pieces: Iterable[bytes]) -> None:
    """The same, of what comes piece by piece; what goes wrong with that is not explained here."""
    if sys.stdout is None:
        raise OutputError("cannot write standard output: it is closed; name a file with --output")
    file = sys.stdout.buffer
    if isinstance(file, io.RawIOBase):  # PYTHONUNBUFFERED: it may write a part, and not say so
        file = open(file.fileno(), "wb", closefd=False)  # noqa: SIM115
    for piece in pieces:
        with _explained():
            file.write(piece)
    with _explained():
        file.flush()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            f"cannot write standard output: {reason}; mend that and run again"
        ) from error


def is_coloured(choice: str) -> bool:
    """Whether standard error gets colours: if asked to, or a terminal that does not object.

    NO_COLOR wins over FORCE_COLOR, https://no-color.org/ and https://force-color.org/.
    """
    if choice != "auto" or os.environ.get("NO_COLOR"):
        return choice == "always"
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def has_line(*, shared: bool) -> bool:
    """Whether there is a line of a terminal to draw on, even if output is `shared` with it."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return False
    return not (shared and sys.stdout is not None and sys.stdout.isatty())


def say(text: str) -> None:
    """A line or more on standard error, for the one who runs the command."""
    if sys.stderr is None:
        return
    if has_line(shared=False):  # it may be drawn on
        text = text.replace("\n", "\x1b[K\n") + "\x1b[K"
    print(text, file=sys.stderr)  # noqa: T201


def warn(message: str) -> None:
    """A line on standard error, in which nothing that came with a text is live."""
    from dedupe_text.report.text import visible

    say(f"dedupe-text: {visible(message)}")
