"""The exceptions, all of one tree; each is also of the built-in kind a caller would expect.

    DedupeTextError
    ├── SettingsError      (ValueError)    a setting outside its limits
    ├── InputError         (ValueError)    bytes, records or a list that cannot be read
    ├── OutputError        (OSError)       a file that cannot be written; it is as it was
    ├── ReportError        (ValueError)    a JSON report that does not fit its text, or is none
    └── SelfCheckError     (RuntimeError)  our own answer failed our own check: a bug here

A message says where, what, and what to do, in one line.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Answer = TypeVar("Answer")

_WANTS: dict[type[Exception], tuple[str, ...]] = {
    MemoryError: ("",),
    SystemError: ("without exception set", "without setting an exception"),
    ImportError: ("failed to map segment", "annot allocate memory"),
}
"""Errors that may stand for want of memory, and a part of what they say then: a library in C failed
and did not tell why, or there was no room to load it."""


class DedupeTextError(Exception):
    """Anything that dedupe-text raises on purpose."""


class SettingsError(DedupeTextError, ValueError):
    """A setting is outside its limits; the message names them."""


class InputError(DedupeTextError, ValueError):
    """What was given cannot be read: no text of that encoding, or no list of accepted repeats."""


class OutputError(DedupeTextError, OSError):
    """A file cannot be written. It holds what it held before, unless it is a device or a pipe."""


class ReportError(DedupeTextError, ValueError):
    """A JSON report cannot be used: not a report, of another schema, or of another text."""


class SelfCheckError(DedupeTextError, RuntimeError):
    """A plan failed its check before anything was written; this is a bug in dedupe-text."""


@contextmanager
def naming(id_: str) -> Iterator[None]:
    """What goes wrong with a document is told with its id."""
    try:
        yield
    except (InputError, SelfCheckError) as error:
        raise type(error)(f"{id_}: {error}") from error


def attempt(
    id_: str, work: Callable[..., Answer], *arguments: Any
) -> Answer | InputError | SelfCheckError:
    """What comes of work at the document of this id, or why nothing does."""
    try:
        with naming(id_):
            return work(*arguments)
    except (InputError, SelfCheckError) as error:
        return error


def lacks_memory(error: BaseException) -> bool:
    """Whether it is for want of memory, which libraries may tell as another error, or as none."""
    return any(
        isinstance(one, kind) and any(part in str(one) for part in parts)
        for one in (error, error.__cause__)
        for kind, parts in _WANTS.items()
    )


def as_bug(error: Exception) -> str:
    """What is told of an error that nobody expected, with the line at which it was raised."""
    trace, place = error.__traceback__, "unknown place"
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return (
        f"{place}: {type(error).__name__}: {error}; "
        "nothing was written; this is a bug in dedupe-text, please report it"
    )
