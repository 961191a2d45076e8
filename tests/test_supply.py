"""The chain of supply: few dependencies, nothing that runs data, the same wheel from each build."""

import ast
import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DEPENDENCIES = {"chardet", "click", "datasketch", "numpy", "tomli"}
EXTRAS = {"pyarrow", "pyspark", "redis", "scrapy", "backports.zstd"}
"""A new one is a decision: it goes here too, and into the changelog."""

RUNS_DATA = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve", "yaml", "cloudpickle"}
RUNS_DATA |= {"jsonpickle", "ctypes", "xml", "imp", "code", "codeop"}
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen"}


def name_of(requirement: str) -> str:
    return re.split(r"[\s<>=!;\[]", requirement, maxsplit=1)[0]


def test_the_dependencies_are_those_that_were_decided_on() -> None:
    assert {*map(name_of, PROJECT["dependencies"])} == DEPENDENCIES
    extras = [one for several in PROJECT["optional-dependencies"].values() for one in several]
    assert {*map(name_of, extras)} <= EXTRAS


def test_every_dependency_has_a_least_version_and_those_of_all_a_greatest() -> None:
    for one in PROJECT["dependencies"]:
        assert ">=" in one
        assert re.search(r"<\d", one) or "python_version" in one, one
    for several in PROJECT["optional-dependencies"].values():
        assert all(">=" in one for one in several)


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def called(tree: ast.AST) -> set[str]:
    """Names that are called, but ``re.compile``, which compiles no code."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not ast.unparse(node.func).endswith("re.compile"):
            found.add(ast.unparse(node.func).rpartition(".")[2])
    return found


@pytest.mark.parametrize(
    "path", sorted((ROOT / "src").rglob("*.py")), ids=lambda path: "/".join(path.parts[-2:])
)
def test_no_module_runs_what_it_reads(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert not imported(tree) & RUNS_DATA
    assert not called(tree) & CALLS
    assert "shell=True" not in ast.unparse(tree)
    assert "allow_pickle" not in ast.unparse(tree)


def test_what_is_imported_is_what_is_declared() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")]
    found = {name for source in sources for name in imported(ast.parse(source))}
    outside = found - {*sys.stdlib_module_names} - {"dedupe_text", "__future__", "compression"}
    known = {name.partition(".")[0] for name in DEPENDENCIES | EXTRAS}
    # Python has the first from 3.11 on, the second is for types alone, Scrapy and Spark bring the
    # others.
    assert outside - known <= {"tomllib", "typing_extensions", "itemadapter", "py4j", "twisted"}


def test_the_wheel_is_the_same_however_often_it_is_built(tmp_path: Path) -> None:
    wheels = []
    for number in range(2):
        folder = tmp_path / f"{number}"
        environment = {**os.environ, "TZ": f"Etc/GMT+{number}", "PYTHONHASHSEED": f"{number}"}
        environment.pop("SOURCE_DATE_EPOCH", None)
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        wheels += folder.glob("*.whl")
    one, other = (hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels)
    assert one == other
    names = zipfile.ZipFile(wheels[0]).namelist()
    assert "dedupe_text/report/report-1.schema.json" in names
    assert all(re.match(r"dedupe_text[-/]", name) for name in names)


def test_how_to_report_a_weakness_is_told() -> None:
    assert "How to report" in (ROOT / "SECURITY.md").read_text("utf-8")
