"""The only module that touches the disk: whole files in, whole files out, nothing half-written."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from dedupe_text.errors import InputError, OutputError

if TYPE_CHECKING:
    from pathlib import Path


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
        raise InputError(f"cannot read {path!r}: {_explain(error)}") from error


def replace_bytes(
    path: str, data: bytes, was: bytes | None = None, *, break_links: bool = False
) -> None:
    """The file holds `data`, all of it; if that fails it holds what it held before.

    A file that exists keeps its mode, and its owner where we may give it away; a symbolic link
    stays, and the file it points to is replaced. What is no regular file (a device, a pipe) is
    written straight into. Raises `OutputError`, in one line, if it cannot be written, or if it
    no longer holds what it `was` when it was read: somebody else has written there since.

    >>> replace_bytes(".", b"text")
    Traceback (most recent call last):
    dedupe_text.errors.OutputError: cannot write '.': it is a folder; name a file in it
    """
    from pathlib import Path  # not for those who only read: it costs them 4 ms

    try:
        before = _find_status(path)
        if before is None or stat.S_ISREG(before.st_mode):
            _replace(Path(path).resolve(), data, before, was)
        else:
            Path(path).write_bytes(data)
    except (OSError, ValueError) as error:
        reason = _explain(error, missing="its folder does not exist; create it first")
        raise OutputError(f"cannot write {path!r}: {reason}") from error


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


def _replace(target: Path, data: bytes, before: os.stat_result | None, was: bytes | None) -> None:
    if before is not None and not os.access(target, os.W_OK):
        # Renaming would ask only the folder, and so replace what was set to read-only.
        raise PermissionError
    temporary = target.with_name(f".dedupe-text-{os.urandom(8).hex()}.tmp")
    try:
        # The text may be private, so nobody else may open what will become it.
        temporary.touch(0o666 if before is None else 0o600, exist_ok=False)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            if before is not None:
                _keep_access(temporary, before)
            os.fsync(file.fileno())
        if was is not None and (before is None or target.read_bytes() != was):
            raise OSError(errno.EBUSY, "it changed while it was being cleaned")
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _keep_access(path: Path, before: os.stat_result) -> None:
    # Only root may give a file away, others may still give it to their group; Windows can neither.
    for owner in (-1, before.st_uid):
        with suppress(OSError, AttributeError):
            os.chown(path, owner, before.st_gid)
    path.chmod(stat.S_IMODE(before.st_mode))  # after chown, which clears bits of the mode


def _sync_folder(folder: Path) -> None:
    # The file is whole by now. Windows, and some network file systems, cannot sync a folder.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _explain(error: OSError | ValueError, missing: str = "no such file; check the name") -> str:
    """What is wrong, and what to do."""
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
