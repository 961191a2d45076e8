"""Files from the disk and to it: read and written as a whole, or piece by piece; none by half."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from dedupe_text import temporary
from dedupe_text.errors import DedupeTextError, InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader
    from typing import BinaryIO

    from dedupe_text.temporary import Place

_CHANGED = "it changed while it was being cleaned; run again"
_PIPE = "it is the pipe that was read, which keeps nothing; name another file with --output"


class _RefusedError(OSError):
    """It could be written, but must not be."""


def read_bytes(path: str, most: int = -1) -> bytes:
    """All bytes of the file, or the first so many. Raises `InputError` if it cannot be read.

    >>> read_bytes("no-such-article.txt")
    Traceback (most recent call last):
    dedupe_text.errors.InputError: cannot read 'no-such-article.txt': no such file; check the name
    """
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from error


def open_file(path: str) -> BufferedReader:
    """The file, open to be read piece by piece. Raises `InputError` if it cannot be."""
    try:
        return open(path, "rb")
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from error


def measure(paths: Iterable[str]) -> int:
    """The bytes of the files, as far as they can be had."""
    total = 0
    for path in paths:
        with suppress(OSError, ValueError):
            total += os.stat(path).st_size
    return total


def find_status(file: BinaryIO) -> os.stat_result | None:
    """The status of an open file; None for a stream in memory."""
    try:
        return os.fstat(file.fileno())
    except OSError:
        return None


def cannot_read(path: str, error: OSError | ValueError) -> InputError:
    """What to raise when reading the file failed."""
    return InputError(f"cannot read {path!r}: {_explain(error)}")


def replace_bytes(
    path: str, data: bytes, was: bytes | None = None, *, break_links: bool = False
) -> None:
    """The file holds `data`, all of it; if that fails it holds what it held before.

    A file that exists keeps its mode, its extended attributes, and its owner where we may give it
    away; a symbolic link stays, and the file it points to is replaced. What is no regular file (a
    device, a pipe) is written straight into. Raises `OutputError`, in one line, if it cannot be
    written; if it no longer holds what it `was` when it was read: somebody else has written there
    since, or it is a pipe; and if it has hard links, for a file is replaced, not rewritten, and its
    other names would keep the old text. With `break_links` they do.

    >>> replace_bytes(".", b"text")
    Traceback (most recent call last):
    dedupe_text.errors.OutputError: cannot write '.': it is a folder; name a file in it
    """
    try:
        before = _find_status(path)
        if before is None or stat.S_ISREG(before.st_mode):
            target = _prepare(path, before, break_links=break_links)
            with temporary.open_place(target) as place:
                _replace(place, data, before, was)
            _sync_folder(os.path.dirname(target))
        else:
            with _open_special(path, before, was) as file:
                file.write(data)
    except OSError as error:
        raise _cannot_write(path, error) from error


class Replacement:
    """What is to take the place of a file. It is written to `file`; `commit` says it is whole."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.whole = False

    def commit(self) -> None:
        """All is written."""
        self.whole = True


@contextmanager
def replacing(
    path: str, was: os.stat_result | None = None, *, break_links: bool = False
) -> Iterator[Replacement]:
    """`replace_bytes`, piece by piece: for what does not fit into memory.

    Without a `commit`, or after an exception, the file is as it was. `was` is its status when it
    was opened to be read.
    """
    try:
        before = _find_status(path)
        if before is not None and not stat.S_ISREG(before.st_mode):
            with _open_special(path, before, was) as file:
                yield Replacement(file)
            return
        target = _prepare(path, before, break_links=break_links)
        # Named from the beginning: a file without a name may turn out to get none when all is
        # written, and this cannot be written twice. What a killed run leaves is swept by the next.
        with (
            temporary.open_place(target) as place,
            _new_file(place, _mode(before), nameless=False) as (file, name),
        ):
            new = Replacement(file)
            yield new
            if new.whole:
                _finish(file, target, before)
                if was is not None and not _is_as_it_was(place, was):
                    raise _RefusedError(_CHANGED)
                _rename(file, name, place)
        _sync_folder(os.path.dirname(target))
    except DedupeTextError:
        raise
    except OSError as error:
        raise _cannot_write(path, error) from error


def make_folder(path: str) -> None:
    """There is such a folder. Raises `OutputError`, in one line, if it cannot be made."""
    try:
        os.makedirs(path or os.curdir, exist_ok=True)
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot make the folder {path!r}: {_explain(error)}") from error


def _find_status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None
    except ValueError as error:  # a NUL in it
        raise OSError(errno.EINVAL, str(error)) from error


def _open_special(path: str, before: os.stat_result, was: object) -> BinaryIO:
    """What is no regular file, to be written straight into."""
    if was is not None and stat.S_ISFIFO(before.st_mode):
        raise _RefusedError(_PIPE)
    return open(path, "wb")


def _prepare(path: str, before: os.stat_result | None, *, break_links: bool) -> str:
    """The file that is to be replaced. Raises `OSError` if it must not be."""
    target = os.path.realpath(path)
    if before is not None and before.st_nlink > 1 and not break_links:
        raise _RefusedError(
            "other hard links to it would keep the old text; allow that with --break-links"
        )
    if before is not None and not os.access(target, os.W_OK):
        # Renaming would ask only the folder, and so replace what was set to read-only.
        raise PermissionError
    temporary.sweep(os.path.dirname(target))
    return target


def _replace(place: Place, data: bytes, before: os.stat_result | None, was: bytes | None) -> None:
    try:
        _rename_over(place, data, before, was, nameless=True)
    except _RefusedError:
        raise
    except OSError:
        # Files without a name need a file system that has them, and /proc. Whatever else went
        # wrong goes wrong again, and is told.
        _rename_over(place, data, before, was, nameless=False)


def _rename_over(
    place: Place,
    data: bytes,
    before: os.stat_result | None,
    was: bytes | None,
    *,
    nameless: bool,
) -> None:
    """Write another file beside the target, `nameless` until it is whole, and rename it."""
    with _new_file(place, _mode(before), nameless=nameless) as (file, name):
        file.write(data)
        _finish(file, place.path, before)
        if was is not None and not _holds(place, was):
            raise _RefusedError(_CHANGED)
        if nameless:
            temporary.give_name(file.fileno(), name, place.folder)
        _rename(file, name, place)


@contextmanager
def _new_file(place: Place, mode: int, *, nameless: bool) -> Iterator[tuple[BinaryIO, str]]:
    """A file to write to, and the name that it has or gets, which is gone unless it is renamed.

    What counts is synced before the file is closed, so that may fail.
    """
    name = temporary.find_name(place.name)
    try:
        file = os.fdopen(
            temporary.open_nameless(place.folder, mode)
            if nameless
            else temporary.open_named(name, mode, place.folder),
            "wb",
        )
        try:
            yield file, name
        finally:
            with suppress(OSError):
                file.close()
    finally:
        with suppress(OSError):
            os.unlink(name, dir_fd=place.folder)


def _mode(before: os.stat_result | None) -> int:
    # The text may be private, so nobody else may open what will become it.
    return 0o666 if before is None else 0o600


def _finish(file: BinaryIO, target: str, before: os.stat_result | None) -> None:
    """What was written is on the disk, and as accessible as what it is to replace."""
    file.flush()
    if before is not None and os.name == "posix":
        temporary.keep_access(file.fileno(), target, before)
    os.fsync(file.fileno())


def _rename(file: BinaryIO, name: str, place: Place) -> None:
    if os.name == "nt":
        file.close()  # Windows renames no open file; elsewhere closing would unlock it
    os.replace(name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)


def _holds(place: Place, data: bytes) -> bool:
    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), dir_fd=place.folder)

    try:
        with open(place.name, "rb", opener=opener) as file:
            return file.read() == data
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):  # it is gone, or has become a link
            return False
        raise


def _is_as_it_was(place: Place, was: os.stat_result) -> bool:
    try:
        now = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    marks = ("st_dev", "st_ino", "st_size", "st_mtime_ns")
    return all(getattr(now, mark) == getattr(was, mark) for mark in marks)


def _sync_folder(folder: str) -> None:
    # The file is whole by now. Windows, and some network file systems, cannot sync a folder.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _cannot_write(path: str, error: OSError) -> OutputError:
    reason = _explain(error, missing="its folder does not exist; create it first")
    return OutputError(f"cannot write {path!r}: {reason}")


def _explain(error: OSError | ValueError, missing: str = "no such file; check the name") -> str:
    """What is wrong, and what to do."""
    if isinstance(error, _RefusedError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return missing
    if isinstance(error, IsADirectoryError):
        return "it is a folder; name a file in it"
    if isinstance(error, NotADirectoryError):
        return "a part of its path is no folder; check the name"
    if isinstance(error, PermissionError):
        return "permission denied; check its mode and owner"
    reason = error.strerror if isinstance(error, OSError) else None
    return f"{(reason or str(error)).lower()}; mend that and run again"
