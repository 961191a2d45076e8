"""The manual page and the completions, installed as pip does it, in the programs they are for."""

import os
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from conftest import ROOT

from dedupe_text.cli import command

if sys.platform == "win32":
    pytest.skip("shells and manual pages as POSIX has them", allow_module_level=True)

import pty

SHARE = ROOT / "share"
COMPLETED = {
    "--che": ["--check"],
    "--no-f": ["--no-facts"],
    "--keep ": ["--keep", "first", "fullest", "last"],
    "--keep=fu": ["--keep=fullest"],
    "--format s": ["--format", "sarif"],
    "art": ["article.txt"],
    "--check art": ["--check", "article.txt"],
    "--report art": ["--report", "article.txt"],
    "--min-words art": ["--min-words", "art"],
}


def need(program: str) -> str:
    """Where a program is, or the test is skipped."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def read_all(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which this tree was installed."""
    folder = tmp_path_factory.mktemp("prefix")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    where = ["--no-deps", "--ignore-installed", "--no-warn-script-location", "--prefix"]
    subprocess.run([*pip, *where, folder, ROOT], check=True)
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a file."""
    (tmp_path / "article.txt").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_manual_and_the_completions_are_those_of_the_command(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "tools" / "manual.py", tmp_path], check=True)

    assert read_all(SHARE) == read_all(tmp_path), "out of date: make manual"


def test_all_of_them_are_installed(prefix: Path) -> None:
    assert read_all(prefix / "share") == read_all(SHARE)


def test_man_finds_the_page_where_the_command_is(prefix: Path) -> None:
    environment = {"PATH": f"{prefix / 'bin'}:{os.environ['PATH']}", "HOME": str(prefix)}
    shown = subprocess.run(
        [need("man"), "-w", "dedupe-text"], env=environment, capture_output=True, text=True
    )

    assert Path(shown.stdout.strip()) == prefix / "share/man/man1/dedupe-text.1"


def test_the_page_is_shown_without_a_warning_and_names_every_option() -> None:
    shown = subprocess.run(
        [need("man"), "--warnings", "-E", "UTF-8", "-l", SHARE / "man/man1/dedupe-text.1"],
        env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MANROFFSEQ": ""},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    listed = re.findall(r"(?<!\S)--?[a-z][a-z-]*", shown.stdout)
    options = [param for param in command.params if isinstance(param, click.Option)]

    assert shown.stderr == ""
    assert {name for option in options for name in option.opts + option.secondary_opts} <= {*listed}


def test_bash_completes(prefix: Path, folder: Path) -> None:
    script = prefix / "share/bash-completion/completions/dedupe-text"
    setup = f"source {script}; bind '\"\\t\": insert-completions'"

    assert type_into([need("bash"), "--norc", "--noprofile", "-i"], setup, folder) == COMPLETED


def test_zsh_completes(prefix: Path, folder: Path) -> None:
    setup = (
        f"fpath=({prefix}/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D; "
        "zle -C all complete-word _generic; bindkey '^I' all; "
        "zstyle ':completion:all::::' completer _all_matches _complete; "
        "zstyle ':completion:all:*' insert true"
    )

    assert type_into([need("zsh"), "-f", "-i"], setup, folder) == COMPLETED


def type_into(shell: list[str], setup: str, folder: Path) -> dict[str, list[str]]:
    """For each line and a TAB, which inserts all completions: the words, sorted, of the command."""
    instead = "dedupe-text() { printf '%s\\n' \"$@\" > called.txt; echo ready; }"
    (folder / "setup.sh").write_text(f"{setup}\n{instead}\necho ready\n")
    terminal, its = pty.openpty()
    process = subprocess.Popen(
        shell,
        stdin=its,
        stdout=its,
        stderr=its,
        env={**os.environ, "TERM": "dumb", "HISTFILE": ""},
        start_new_session=True,
    )
    called = {}
    try:
        type_line(terminal, "source ./setup.sh")
        for line in COMPLETED:
            type_line(terminal, f"dedupe-text {line}\t")
            called[line] = sorted((folder / "called.txt").read_text().split())
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
        os.close(its)
    return called


def type_line(terminal: int, line: str) -> None:
    """Type it and Enter, and wait until the shell is ready for another one."""
    os.write(terminal, f"{line}\n".encode())
    seen = b""
    end = time.monotonic() + 30
    while b"ready" not in seen:
        assert select.select([terminal], [], [], max(end - time.monotonic(), 0))[0], seen
        seen += os.read(terminal, 4096)


def test_fish_completes(prefix: Path, folder: Path) -> None:
    ask = "for line in $argv; complete -C $line | string split -f 1 \\t; echo ,; end"
    homes = dict.fromkeys(["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"], folder)
    path = f"{prefix / 'bin'}:{os.environ['PATH']}"  # fish asks whether there is such a command
    shown = subprocess.run(
        [need("fish"), "-c", ask, *(f"dedupe-text {line}" for line in COMPLETED)],
        env={**os.environ, **homes, "PATH": path, "XDG_DATA_DIRS": prefix / "share"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    offered = shown.stdout.split(",")[:-1]

    # It tells what the last word can become; where that is nothing it stays as it is.
    for (line, words), last in zip(COMPLETED.items(), offered, strict=True):
        *before, typed = line.split(" ")
        assert sorted([*before, *(last.split() or [typed])]) == words
