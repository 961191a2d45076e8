"""The house: a module imports only from the steps below it, and the core touches no outside.

The contracts are in `pyproject.toml`. Here they are kept, and shown to break where they should.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "src" / "dedupe_text"
PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
CORE = {path.stem for path in PACKAGE.glob("*.py")} - {
    "__init__",
    "__main__",
    "cleaner",
    "cli",
    "config",
    "console",
    "files",
    "filter",
    "folders",
    "formats",
    "jobs",
    "memory",
    "options",
    "processes",
    "progress",
    "stream",
    "temporary",
    "usage",
}
SECOND = 'name = "The core takes values and returns values"'
OUTSIDE = ["click", "io", "logging", "os", "pathlib", "pyspark", "random", "scrapy", "sys", "time"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the package in a folder, by the contracts of the project."""
    (folder / "contracts.toml").write_text(PROJECT, "utf-8")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from importlinter.cli import lint_imports\n"
        "sys.exit(lint_imports('contracts.toml', no_cache=True, no_logo=True))"
    )
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        capture_output=True,
        text=True,
        cwd=folder,
        encoding="utf-8",
        timeout=60,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package, to break."""
    shutil.copytree(PACKAGE, tmp_path / "dedupe_text", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def add(house: Path, module: str, line: str) -> None:
    """Put a line behind the others of a module."""
    path = house / "dedupe_text" / f"{module.replace('.', '/')}.py"
    path.write_text(f"{path.read_text('utf-8')}\n\n{line}\n", "utf-8")


def test_all_contracts_are_kept(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout
    kept = re.search(r"Contracts: (\d+) kept, 0 broken", done.stdout)
    assert kept is not None
    assert int(kept[1]) == PROJECT.count("[[tool.importlinter.contracts]]") >= 3


UPWARDS = {
    "words": "passages",
    "settings": "words",
    "lcs": "lsh",
    "textio": "report.places",
    "report.diff": "result",
    "repeats": "cleaning",
    "dedupe": "cli",
    "files": "console",
    "errors": "model",
}


def test_an_import_from_a_step_above_is_told(house: Path) -> None:
    for module, above in UPWARDS.items():
        add(house, module, f"def late():\n    import dedupe_text.{above}")
    done = lint(house)
    assert done.returncode == 1
    assert "A module imports only from the steps below it BROKEN" in done.stdout
    for module, above in UPWARDS.items():
        assert f"dedupe_text.{module} -> dedupe_text.{above} (" in done.stdout


def test_an_import_from_outside_by_the_core_is_told(house: Path) -> None:
    modules = dict(zip(sorted(CORE), OUTSIDE * len(CORE), strict=False))
    assert set(modules.values()) == set(OUTSIDE)
    for module, outside in modules.items():
        add(house, module, f"def late():\n    import {outside}")
    done = lint(house)
    assert done.returncode == 1
    assert "The core takes values and returns values BROKEN" in done.stdout
    for module, outside in modules.items():
        assert f"dedupe_text.{module} is not allowed to import {outside}" in done.stdout


def test_an_import_for_types_alone_is_allowed(house: Path) -> None:
    add(house, "model", "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import pathlib")
    assert lint(house).returncode == 0


def test_a_stage_that_knows_the_settings_is_told(house: Path) -> None:
    add(house, "repeats", "from dedupe_text.settings import Settings")
    done = lint(house)
    assert done.returncode == 1
    assert "The stages take values, not settings BROKEN" in done.stdout


def test_a_new_module_must_be_given_a_step(house: Path) -> None:
    (house / "dedupe_text" / "attic.py").write_text('"""Up here."""\n', "utf-8")
    done = lint(house)
    assert done.returncode == 1
    assert "attic" in done.stdout


@pytest.mark.parametrize("module", [*sorted(CORE), "report"])
def test_every_module_of_the_core_is_named_in_the_second_contract(module: str) -> None:
    second = PROJECT.partition(SECOND)[2].partition("forbidden_modules")[0]
    assert f'"dedupe_text.{module}",' in second


def test_the_second_contract_forbids_all_that_the_house_names() -> None:
    second = PROJECT.partition(SECOND)[2].partition("forbidden_modules")[2]
    assert re.findall(r'"([^"]+)"', second.partition("]")[0]) == OUTSIDE


def test_the_core_does_not_print_or_open() -> None:
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] in CORE | {"report"}:
            called = re.findall(r"(?<![\w.])(?:print|open|input)\(", path.read_text("utf-8"))
            doctests = re.findall(r">>> (?:print|open|input)\(", path.read_text("utf-8"))
            assert len(called) == len(doctests), path


def test_doors_are_told_apart_as_soon_as_there_are_several() -> None:
    assert (PACKAGE / "integrations").exists() == ('type = "independence"' in PROJECT)
