"""Which files a folder stands for: those that git tracks in it; without git, all not hidden."""

from __future__ import annotations

import os
import os.path
from typing import TYPE_CHECKING

from dedupe_text.options import STANDARD
from dedupe_text.records import find_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LOOKED_AT = 8000
"""Bytes at the beginning of a file in which git, too, looks for a NUL to call it binary."""


def find_documents(paths: Iterable[str], format_: str = "auto") -> Iterator[str]:
    """The paths, each folder replaced by the files in it, in the order of their names.

    Its files of texts, or those of records if their format is given: an index or a fixture in a
    repository is as likely in lines of JSON as a collection. A file comes once, under the first
    of its names: beside itself all of it would be said again.
    """
    seen: set[object] = set()
    for path in paths:
        folder = path != STANDARD and os.path.isdir(path)
        for file in _find_files(path) if folder else [path]:
            if folder and not _is_wanted(file, format_):
                continue
            if (same := _identify(file)) not in seen:
                seen.add(same)
                yield file


def _identify(path: str) -> object:
    """What all names of a file have in common; hard links can part, and are files of their own."""
    try:
        status = None if path == STANDARD else os.stat(path)
    except (OSError, ValueError):  # reading it will tell what is wrong
        status = None
    if status is None:
        return path
    return os.path.realpath(path) if status.st_nlink > 1 else (status.st_dev, status.st_ino)


def _find_files(folder: str) -> list[str]:
    import subprocess  # loaded for those who name a folder

    try:
        listed = subprocess.run(
            # A stranger's repository could name a program as its monitor.
            ["git", "-c", "core.fsmonitor=false", "ls-files", "-z", "--cached"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return list(_walk(folder))
    names = os.fsdecode(listed).split("\0")[:-1]
    return [_join(folder, name) for name in sorted(set(names))]


def _walk(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (_join(place, name) for name in sorted(names) if not name.startswith("."))


def _join(folder: str, name: str) -> str:
    path = os.path.normpath(os.path.join(folder, name))
    return os.path.join(os.curdir, path) if path == STANDARD else path


def _is_wanted(path: str, format_: str) -> bool:
    """Whether a file is a regular one, and of this format as far as it tells."""
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    found = find_format(path)
    if format_ == "auto":
        return found == "text" and _is_text(path)
    return _is_text(path) if format_ == "text" else found == format_


def _is_text(path: str) -> bool:
    """Whether a file is no binary, as git tells it."""
    try:
        with open(path, "rb") as file:
            return b"\0" not in file.read(_LOOKED_AT)
    except OSError:
        return True  # reading it will tell what is wrong
