"""Temporary files: what is to take the place of a file, until it is whole.

A temporary file is locked while it is written: that tells others that it is in use, and that what
is not has been left by a run that was killed.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME_RE = re.compile(r"\.dedupe-text-[0-9a-f]{16}\.tmp")
"""The name of what will become a file; nothing else is ever swept."""


class Place(NamedTuple):
    """A file by its `name` in a folder that is held open.

    So it stays the same place if somebody puts a link where the folder, or one above it, was.
    """

    path: str
    name: str
    folder: int | None
    """None on Windows, where folders are not opened and the name is the path."""


@contextmanager
def open_place(path: str) -> Iterator[Place]:
    """The place of a file; its path leads through no link."""
    if os.name == "nt":
        yield Place(path, path, None)
        return
    folder, name = os.path.split(path)
    descriptor = os.open(folder, getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY)
    try:
        yield Place(path, name, descriptor)
    finally:
        with suppress(OSError):
            os.close(descriptor)


def find_name(target: str) -> str:
    """A name beside the target that no file has."""
    return os.path.join(os.path.dirname(target), f".dedupe-text-{os.urandom(8).hex()}.tmp")


def open_nameless(folder: int | None, mode: int) -> int:
    """A new file to write to, locked: that tells others that it is in use."""
    # Where there is no O_TMPFILE this opens a folder for writing, which is an error as well.
    flags = os.O_WRONLY | getattr(os, "O_TMPFILE", 0)
    descriptor = os.open(os.curdir, flags, mode, dir_fd=folder)
    _lock(descriptor, wait=True)
    return descriptor


def open_named(name: str, mode: int, folder: int | None) -> int:
    """The same, with a name from the beginning."""
    while True:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(name, flags, mode, dir_fd=folder)
        _lock(descriptor, wait=True)
        with suppress(FileNotFoundError):
            os.stat(name, dir_fd=folder, follow_symlinks=False)
            return descriptor
        os.close(descriptor)  # somebody swept it before it was locked


def give_name(descriptor: int, name: str, folder: int | None) -> None:
    """The file that had no name has this one."""
    # This path is absolute, so `src_dir_fd` means nothing, but only with one does Python ask for
    # the link in /proc to be followed.
    link = f"/proc/self/fd/{descriptor}"
    os.link(link, name, src_dir_fd=descriptor, dst_dir_fd=folder, follow_symlinks=True)


def _lock(descriptor: int, *, wait: bool) -> bool:
    """Whether the open file is ours alone, until it is closed or we are killed."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock  # not on Windows

        flock(descriptor, LOCK_EX if wait else LOCK_EX | LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


@cache
def sweep(folder: str) -> None:
    """Remove what runs that were killed have left there; looked for once in a process."""
    if os.name != "posix":
        return  # without locks nothing tells what is in use
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _NAME_RE.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
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


def keep_access(descriptor: int, target: str, before: os.stat_result) -> None:
    """The open file is as accessible as the target, which had this status."""
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
