"""What the documents say is run and compared: nothing in them is written by hand and trusted.

In them an `sh` block runs, a `console` block runs and shows its output, a `python` block runs
after those before it and prints what the `text` block that follows it says. Blocks of other
languages are not run.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOOKS = ROOT / ".pre-commit-hooks.yaml"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
BLOCK_RE = re.compile(
    r"^```(?P<language>sh|console|python)\n(?P<body>.*?)^```\n(?:\n?```text\n(?P<output>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
OPTION_RE = re.compile(r"^ +(?:(-\w), )?(--[\w-]+)(?: / (--[\w-]+))?", re.MULTILINE)
ROW_RE = re.compile(r"^\| `(-[^`]*)` \|.*\| (?:`(.*)`)? ?\|$", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with an article, in which the command is at hand."""
    shutil.copy(ROOT / "fixtures/doubled-section/input.txt", tmp_path / "article.txt")
    shutil.copy(ROOT / "fixtures/unique/input.txt", tmp_path / "other.txt")
    monkeypatch.chdir(tmp_path)
    programs = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", programs, prepend=os.pathsep)
    monkeypatch.setenv("PYTHONUTF8", "1")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_shows_is_what_happens(path: Path) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in BLOCK_RE.finditer(path.read_text(encoding="utf-8")):
        if block["language"] == "python":
            assert run_python(block["body"], names) == (block["output"] or "")
        elif block["language"] == "console":
            assert run_console(block["body"]) == block["body"]
        else:
            subprocess.run(["sh", "-eu", "-c", block["body"]], check=True)


def run_python(code: str, names: dict[str, Any]) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(code, "<document>", "exec"), names)
    return out.getvalue()


def run_console(session: str) -> str:
    """The session as it goes here: each command, and what it says."""
    lines = []
    for command in re.findall(r"^\$ (.*\n)", session, re.MULTILINE):
        done = subprocess.run(
            ["sh", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        lines += ["$ ", command, done.stdout]
    return "".join(lines)


def test_the_readme_has_an_example_for_every_way_in() -> None:
    languages = {block["language"] for block in BLOCK_RE.finditer(README)}

    assert languages == {"sh", "console", "python"}


def test_the_readme_lists_the_options_that_there_are_with_their_defaults() -> None:
    listed: dict[str, str] = {}
    for names, default in ROW_RE.findall(README):
        for name in re.findall(r"(?<![\w-])-[\w-]+", names):
            listed[name] = default

    assert listed == find_options()


def find_options() -> dict[str, str]:
    """The names of all options, and their defaults, as ``--help`` gives them."""
    shown = subprocess.run(
        [sys.executable, "-m", "dedupe_text", "--help"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    ).stdout
    shown = shown.partition("Examples:")[0]
    found = list(OPTION_RE.finditer(shown))
    ends = [option.start() for option in found[1:]] + [len(shown)]
    options = {}
    for option, end in zip(found, ends, strict=True):
        told = " ".join(shown[option.end() : end].split())
        default = re.search(r"\[default: (.*?)\]", told)
        for name in filter(None, option.groups()):
            options[name] = default[1] if default else ""
    return options


def test_the_readme_has_a_section_for_each_way_to_use_it_with_a_snippet_that_is_run() -> None:
    sections = re.split(r"^## (.*)\n", README, flags=re.MULTILINE)
    for title in ("In a pipe", "In a repository", "From Python"):
        assert BLOCK_RE.search(sections[sections.index(title) + 1])


def test_the_hooks_that_the_readme_shows_are_those_that_there_are(tmp_path: Path) -> None:
    (shown,) = re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    names = re.findall(r"\bid: ([\w-]+)", shown)
    path = tmp_path / "config.yaml"
    for config in (shown, shown.replace("# - id", "- id")):  # as it is, and with all of them
        path.write_text(config, encoding="utf-8")
        for kind, file in (("config", path), ("manifest", HOOKS)):
            command = [sys.executable, "-m", "pre_commit", f"validate-{kind}", str(file)]
            assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert names == re.findall(r"^- id: ([\w-]+)$", HOOKS.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_goal_that_a_document_names_exists(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    goals = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = re.findall(r"(?:`|^)make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(named) <= goals


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_links_to_exists(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []
