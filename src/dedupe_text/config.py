"""Configuration: what a file in the project, or the environment, may say in place of an option.

A file is somebody else's as often as not, so it can only say *how* texts are compared: no key
names a command, an output, or a file outside the repository.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from dedupe_text import files
from dedupe_text.errors import InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE = "dedupe-text.toml"
"""Its keys stand at the top level."""
PROJECT = "pyproject.toml"
"""Its keys stand in `[tool.dedupe-text]`."""

# What a stranger's file may cost. A key of n parts takes its parser n² steps, 64 kB of them 15 s;
# it ends with its line. A megabyte of lines with so many dots takes one or two seconds.
_MOST_BYTES = 1_000_000
_MOST_DOTS = 200
_SHOWN = 60


def _is_whole(value: Any) -> bool:
    # TOML promises 64 bits; Python's integers go on, and those of a megabyte cannot be printed.
    return type(value) is int and abs(value) < 2**63


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or _is_whole(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_encoding(value: Any) -> bool:
    import codecs

    try:
        return value == "auto" or (_is_text(value) and bool(codecs.lookup(value)))
    except (LookupError, ValueError):
        return False


NUMBER = "a number, without quotes"
WHOLE = "a whole number, without quotes"
SWITCH = "true or false, without quotes"
TEXT = "text, in quotes"
ENCODING = "'auto' or the name of an encoding, in quotes"
PATH = "a path in the repository, in quotes"

KEYS = {
    "similarity": NUMBER,
    "min_words": WHOLE,
    "keep": TEXT,
    "facts": SWITCH,
    "across": SWITCH,
    "accept": PATH,
    "encoding": ENCODING,
}
"""All that can be configured: parameters of the command, and what each takes. Limits are checked
where those of the command line are."""

_FITS = {
    NUMBER: _is_number,
    WHOLE: _is_whole,
    SWITCH: lambda value: isinstance(value, bool),
    TEXT: _is_text,
    ENCODING: _is_encoding,
    PATH: _is_text,
}


class Config(NamedTuple):
    """What a file says."""

    path: str
    values: Mapping[str, Any]
    """By the name of the parameter."""

    def origin(self, name: str) -> str:
        """Where the value of the parameter is to be found."""
        return f"{self.path}: {_as_key(name)}"


def variable(name: str) -> str:
    """The environment variable of a parameter.

    >>> variable("min_words")
    'DEDUPE_TEXT_MIN_WORDS'
    """
    return f"DEDUPE_TEXT_{name.upper()}"


def find() -> Config | None:
    """The configuration of the nearest folder, from the current one up to the repository's root.

    A pyproject.toml that says nothing of this program is passed by. Raises `SettingsError` for
    what makes no sense, `InputError` for what cannot be read.
    """
    try:
        here = os.getcwd()
    except OSError:  # it was deleted
        return None
    for folder in _find_folders(here):
        for path in (os.path.join(folder, name) for name in (FILE, PROJECT)):
            if not os.path.lexists(path):
                continue
            shown = os.path.relpath(path, here)
            if not os.path.isfile(path):  # a pipe would be waited for
                raise InputError(f"cannot read {shown!r}: it is no file; give --no-config")
            table = _read_table(shown)
            if table is not None:
                return Config(shown, read_values(table, shown))
    return None


def read(path: str) -> Config:
    """The configuration in this file. Raises as `find` does, also if it says nothing."""
    table = _read_table(path)
    if table is None:
        raise SettingsError(f"{path}: has no [tool.dedupe-text]; add it, or name another file")
    return Config(path, read_values(table, path))


def read_values(
    table: Mapping[str, Any], path: str, kinds: Mapping[str, str] = KEYS
) -> dict[str, Any]:
    """The table's values by parameter, each of its kind, a path as it is from here.

    >>> read_values({"min-words": 40}, "dedupe-text.toml")
    {'min_words': 40}
    >>> read_values({"min_word": 40}, "dedupe-text.toml")
    Traceback (most recent call last):
    dedupe_text.errors.SettingsError: unknown key 'min_word' in dedupe-text.toml: did you mean \
'min-words'?
    """
    names = {_as_key(name): name for name in kinds}
    values = {}
    for key, value in table.items():
        if key not in names:
            raise SettingsError(f"unknown key {_show(key)} in {path}: {_suggest(key, names)}")
        name = names[key]
        kind = kinds[name]
        if not _FITS[kind](value):
            raise SettingsError(f"{path}: {key}: must be {kind}, not {_show(value)}")
        values[name] = _resolve(value, key, path) if kind == PATH else value
    return values


def as_toml(rows: Iterable[tuple[str, Any, str]]) -> str:
    """A line for each name, value and origin; together they could be a configuration file."""
    from dedupe_text.report.text import visible

    lines = [(visible(_assign(name, value)), visible(origin)) for name, value, origin in rows]
    width = max(len(line) for line, _ in lines)
    return "".join(f"{line:<{width}}  # {origin}\n" for line, origin in lines)


def _assign(name: str, value: Any) -> str:
    from json import dumps  # whose scalars are those of TOML

    key = _as_key(name)
    return f"# {key} is not set" if value is None else f"{key} = {dumps(value, ensure_ascii=False)}"


def _find_folders(start: str) -> list[str]:
    """From this folder up to the root of its repository; outside of one this folder alone."""
    folders = [start]
    while not os.path.lexists(os.path.join(folders[-1], ".git")):
        parent = os.path.dirname(folders[-1])
        if parent == folders[-1]:
            return [start]
        folders.append(parent)
    return folders


def _read_table(path: str) -> Mapping[str, Any] | None:
    """The keys that are for us; none if it is a pyproject.toml in which we do not come up."""
    data = files.read_bytes(path, _MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise InputError(f"cannot read {path!r}: a configuration of more than 1 MB; shorten it")
    if os.path.basename(path) != PROJECT:
        return _parse(data, path)
    # Most say nothing of us. They need no parser, and what is wrong in them is not our concern.
    if b"dedupe-text" not in data:
        return None
    found: Any = _parse(data, path)
    for step in ("tool", "dedupe-text"):
        found = found.get(step)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise SettingsError(f"{path}: {step}: must be a table, not {_show(found)}")
    return dict(found)


def _parse(data: bytes, path: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        if any(line.count(b".") > _MOST_DOTS for line in data.split(b"\n")):
            raise RecursionError
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8, as TOML is; mend byte {error.start}") from error
    except RecursionError as error:
        raise InputError(f"{path}: nested too deeply; make it flat") from error
    except ValueError as error:
        raise InputError(f"{path}: not TOML: {error}; mend it, or give --no-config") from error


def _resolve(value: str, key: str, path: str) -> str:
    """The value, relative to the folder of the file `path`, as a path from here.

    Raises `SettingsError` if it leads out of the repository, be it by a symbolic link.
    """
    folder = os.path.dirname(os.path.abspath(path))
    root = os.path.realpath(_find_folders(folder)[-1])
    try:
        target = os.path.realpath(os.path.join(folder, value))
        inside = os.path.join(target, "").startswith(os.path.join(root, ""))
    except ValueError:  # a null character
        inside = False
    if not inside or os.path.isabs(value):
        raise SettingsError(
            f"{path}: {key}: must be {PATH}, relative to this file, not {_show(value)}"
        )
    return os.path.relpath(target)


def _suggest(key: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key[:_SHOWN].lower().replace("_", "-"), known, 1)
    return f"did you mean {near[0]!r}?" if near else f"take one of {', '.join(known)}"


def _as_key(name: str) -> str:
    return name.replace("_", "-")


def _show(value: Any) -> str:
    """The value as it is written, or about so, in a line."""
    try:
        shown = str(value).lower() if isinstance(value, bool) else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, a thousand brackets
        return "what is too long to show"
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
