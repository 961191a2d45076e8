"""The hooks as pre-commit and prek run them: installed from this tree, in a real repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CASES, ROOT

DOUBLED = CASES["doubled-section"]
TOOLS = ["pre-commit", "prek"]


def git(*arguments: str, cwd: Path) -> None:
    name = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *name, *arguments], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of 300 files: one says a section twice, one what another has said."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for number in range(298):
        (folder / f"note-{number:03}.txt").write_text(
            f"Note {number} tells of things that no other note has heard of.\n\n"
            f"It ends with word{number} and nothing else.\n"
        )
    (folder / "article.md").write_bytes(DOUBLED.data)
    (folder / "later.md").write_bytes(DOUBLED.cleaned)
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "Notes", cwd=folder)
    return folder


@pytest.mark.parametrize("tool", TOOLS)
def test_the_hooks_tell_and_mend(tool: str, repository: Path, tmp_path: Path) -> None:
    program = shutil.which(
        tool, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if program is None:
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run(
        [program, "try-repo", str(ROOT), "--all-files", "--verbose"],
        cwd=repository,
        env={
            **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            "PRE_COMMIT_HOME": str(tmp_path / "pre"),
            "PREK_HOME": str(tmp_path / "prek"),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    told = [line.strip() for line in done.stdout.splitlines() if " said before at " in line]
    assert {line.split(" (")[0] for line in told} == {
        "article.md:10: said before at article.md:4",
        "later.md:1: said before at article.md:1",
    }, done.stdout + done.stderr
    assert "dedupe-text (fix)" in done.stdout
    assert (repository / "article.md").read_bytes() == DOUBLED.cleaned
    assert (repository / "later.md").read_bytes() == DOUBLED.cleaned
