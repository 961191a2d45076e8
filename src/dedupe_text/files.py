"""The only module that touches the disk: whole files in, whole files out, nothing half-written."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from functools import cache

from dedupe_text.errors import InputError, OutputError

_TEMPORARY_RE = re.compile(r"\.dedupe-text-[0-9a-f]{16}\.tmp")
"""The name of what will become a file; nothing else is ever swept."""


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

    A file that exists keeps its mode, its extended attributes, and its owner where we may give it
    away; a symbolic link stays, and the file it points to is replaced. What is no regular file (a
    device, a pipe) is written straight into. Raises `OutputError`, in one line, if it cannot be
    written; if it no longer holds what it `was` when it was read: somebody else has written there
    since; and if it has hard links, for a file is replaced, not rewritten, and its other names
    would keep the old text. With `break_links` they do.

    >>> replace_bytes(".", b"text")
    Traceback (most recent call last):
    dedupe_text.errors.OutputError: cannot write '.': it is a folder; name a file in it
    """
    try:
        before = _find_status(path)
        if before is None or stat.S_ISREG(before.st_mode):
            if before is not None and before.st_nlink > 1 and not break_links:
                raise OutputError(
                    "other hard links to it would keep the old text; allow that with --break-links"
                )
            _replace(os.path.realpath(path), data, before, was)
        else:
            with open(path, "wb") as file:
                file.write(data)
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


def _replace(target: str, data: bytes, before: os.stat_result | None, was: bytes | None) -> None:
    if before is not None and not os.access(target, os.W_OK):
        # Renaming would ask only the folder, and so replace what was set to read-only.
        raise PermissionError
    _sweep(os.path.dirname(target))
    try:
        _rename_over(target, data, before, was, nameless=True)
    except OutputError:
        raise
    except OSError:
        # Files without a name need a file system that has them, and /proc. Whatever else went
        # wrong goes wrong again, and is told.
        _rename_over(target, data, before, was, nameless=False)
    _sync_folder(os.path.dirname(target))


def _rename_over(
    target: str,
    data: bytes,
    before: os.stat_result | None,
    was: bytes | None,
    *,
    nameless: bool,
) -> None:
    """Write another file beside the target, `nameless` until it is whole, and rename it."""
    folder = os.path.dirname(target)
    temporary = os.path.join(folder, f".dedupe-text-{os.urandom(8).hex()}.tmp")
    # The text may be private, so nobody else may open what will become it.
    mode = 0o666 if before is None else 0o600
    try:
        descriptor = _open_nameless(folder, mode) if nameless else _open_named(temporary, mode)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if before is not None and os.name == "posix":
                _keep_access(descriptor, target, before)
            os.fsync(descriptor)
            if was is not None and not _holds(target, was):
                raise OutputError("it changed while it was being cleaned; run again")
            if nameless:
                _give_name(descriptor, temporary)
            if os.name == "nt":
                file.close()  # Windows renames no open file; elsewhere closing would unlock it
            os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _open_nameless(folder: str, mode: int) -> int:
    """A new file to write to, locked: that tells others that it is in use."""
    # Where there is no O_TMPFILE this opens a folder for writing, which is an error as well.
    descriptor = os.open(folder, os.O_WRONLY | getattr(os, "O_TMPFILE", 0), mode)
    _lock(descriptor, wait=True)
    return descriptor


def _open_named(path: str, mode: int) -> int:
    """The same, with a name from the beginning."""
    while True:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, mode)
        _lock(descriptor, wait=True)
        if os.path.exists(path):
            return descriptor
        os.close(descriptor)  # somebody swept it before it was locked


def _give_name(descriptor: int, name: str) -> None:
    # Both paths are absolute, so `src_dir_fd` means nothing, but only with one does Python ask
    # for the link in /proc to be followed.
    link = f"/proc/self/fd/{descriptor}"
    os.link(link, name, src_dir_fd=descriptor, follow_symlinks=True)


def _lock(descriptor: int, *, wait: bool) -> bool:
    """Whether the open file is ours alone, until it is closed or we are killed."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock  # not on Windows

        flock(descriptor, LOCK_EX if wait else LOCK_EX | LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


@cache
def _sweep(folder: str) -> None:
    """Remove what runs that were killed have left there; looked for once in a process."""
    if os.name != "posix":
        return  # without locks nothing tells what is in use
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _TEMPORARY_RE.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                _remove_stale(entry.path)


def _remove_stale(path: str) -> None:
    """Remove a temporary file of ours that nobody has locked.

    It may be gone, or something else, by the time it is opened: so no link is followed and no pipe
    waited for, and what was opened is looked at. Names are random and never used again, so the
    file that was locked is the one removed, unless its writer has just renamed it: then none is.
    Root gives its files away before they have a name, so to root all are its own.
    """
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            status = os.fstat(descriptor)
            ours = stat.S_ISREG(status.st_mode) and os.geteuid() in (0, status.st_uid)
            if ours and _lock(descriptor, wait=False):
                os.unlink(path)
        finally:
            os.close(descriptor)


def _holds(path: str, data: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read() == data
    except FileNotFoundError:
        return False


def _keep_access(descriptor: int, target: str, before: os.stat_result) -> None:
    # Only root may give a file away; others may still give it to their group.
    for owner in (-1, before.st_uid):
        with suppress(OSError):
            os.chown(descriptor, owner, before.st_gid)
    if hasattr(os, "listxattr"):
        _keep_attributes(descriptor, target)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))  # after chown, which clears bits of it


def _keep_attributes(descriptor: int, target: str) -> None:
    """Extended attributes, and so access lists too, as far as we may set them."""
    with suppress(OSError):
        # The folder may have given the new file an access list that the old one does not have.
        for name in os.listxattr(descriptor):
            with suppress(OSError):
                os.removexattr(descriptor, name)
        for name in os.listxattr(target):
            with suppress(OSError):
                os.setxattr(descriptor, name, os.getxattr(target, name))


def _sync_folder(folder: str) -> None:
    # The file is whole by now. Windows, and some network file systems, cannot sync a folder.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _explain(error: OSError | ValueError, missing: str = "no such file; check the name") -> str:
    """What is wrong, and what to do."""
    if isinstance(error, OutputError):
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
