"""What is loaded when: the package costs nothing until it is used, and then only what it needs."""

import importlib
import json
import re
import subprocess
import sys

import pytest
from conftest import ROOT

import dedupe_text

HEAVY = {"click", "numpy", "scipy", "datasketch", "chardet"}
SRC = ROOT / "src" / "dedupe_text"


def loaded_by(program: str, environment: dict[str, str]) -> set[str]:
    """The top-level modules that a fresh Python has loaded after the program."""
    report = "\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program + report],
        capture_output=True,
        env=environment,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def imported_by(
    *arguments: str, environment: dict[str, str], given: bytes = b""
) -> tuple[set[str], subprocess.CompletedProcess[bytes]]:
    """The modules that the command imports, as ``-X importtime`` tells them."""
    command = [sys.executable, "-X", "importtime", "-m", "dedupe_text", *arguments]
    done = subprocess.run(command, input=given, capture_output=True, env=environment, timeout=60)
    told = re.findall(r"^import time:[^|]*\|[^|]*\|\s*(\S+)$", done.stderr.decode(), re.M)
    return set(told), done


def test_importing_the_package_loads_nothing_heavy(environment: dict[str, str]) -> None:
    loaded = loaded_by("import dedupe_text", environment)
    assert "dedupe_text" in loaded
    assert not loaded & HEAVY
    assert {name for name in loaded if name.startswith("dedupe_text.")} == {"dedupe_text._version"}


@pytest.mark.parametrize("names", ["Settings, Document, Span, Cut", "DedupeTextError, InputError"])
def test_nouns_and_errors_load_nothing_heavy(names: str, environment: dict[str, str]) -> None:
    assert not loaded_by(f"from dedupe_text import {names}; {names}", environment) & HEAVY


def test_the_version_loads_click_at_most(environment: dict[str, str]) -> None:
    imported, done = imported_by("--version", environment=environment)
    assert done.returncode == 0
    assert done.stdout.decode().split() == ["dedupe-text", dedupe_text.__version__]
    assert not imported & (HEAVY - {"click"})
    assert "sys" in imported or "site" in imported  # so the pattern still reads what Python writes


@pytest.mark.parametrize("option", ["--help", "--no-such-option"])
def test_help_and_usage_errors_load_click_at_most(option: str, environment: dict[str, str]) -> None:
    imported, done = imported_by(option, environment=environment)
    assert done.returncode == (2 if option == "--no-such-option" else 0)
    assert not imported & (HEAVY - {"click"})


def test_cleaning_utf_8_loads_numpy_at_most(environment: dict[str, str]) -> None:
    program = (
        "from dedupe_text import clean\n"
        "for name in ('doubled-section', 'crlf-bom', 'chinese', 'unique'):\n"
        "    data = open(f'fixtures/{name}/input.txt', 'rb').read()\n"
        "    result = clean(data)\n"
        "assert not result.cuts and clean(b'').data == b''"
    )
    assert loaded_by(program, environment) & HEAVY == {"numpy"}


def test_the_command_on_utf_8_loads_click_and_numpy_at_most(environment: dict[str, str]) -> None:
    data = (ROOT / "fixtures" / "doubled-section" / "input.txt").read_bytes()
    imported, done = imported_by(environment=environment, given=data)
    assert done.returncode == 0
    assert done.stdout == (ROOT / "fixtures" / "doubled-section" / "cleaned.txt").read_bytes()
    assert imported & HEAVY == {"click", "numpy"}


def test_a_legacy_encoding_is_what_loads_chardet(environment: dict[str, str]) -> None:
    program = (
        "from dedupe_text import clean\n"
        "clean(open('fixtures/russian-windows-1251/input.txt', 'rb').read())"
    )
    assert loaded_by(program, environment) & HEAVY == {"numpy", "chardet"}


# --- the public names -----------------------------------------------------------------------------


def test_the_public_names_are_sorted_and_none_is_told_twice() -> None:
    assert dedupe_text.__all__ == sorted(set(dedupe_text.__all__))


@pytest.mark.parametrize("name", dedupe_text.__all__)
def test_every_public_name_resolves(name: str) -> None:
    found = getattr(dedupe_text, name)
    assert found is not None
    assert name == "__version__" or callable(found)


@pytest.mark.parametrize("name", dedupe_text.__all__)
def test_a_public_name_is_the_same_however_it_is_asked_for(name: str) -> None:
    if name == "__version__":
        assert re.fullmatch(r"\d+\.\d+\.\d+\S*", dedupe_text.__version__)
        return
    home = next(m for m, names in dedupe_text._HOMES.items() if name in names)
    thing = getattr(importlib.import_module(f"dedupe_text.{home}"), name)
    assert getattr(dedupe_text, name) is thing
    namespace: dict[str, object] = {}
    exec(f"from dedupe_text import {name}", namespace)
    assert namespace[name] is thing


@pytest.mark.parametrize(
    "first", ["", "import dedupe_text.report.restore", "import dedupe_text.cli"]
)
def test_restore_can_be_called_whatever_was_imported_before(
    first: str, environment: dict[str, str]
) -> None:
    program = (
        f"{first}\n"
        "import dedupe_text\n"
        "from dedupe_text import clean, restore\n"
        "result = clean('One. Two.')\n"
        "for call in (restore, dedupe_text.restore):\n"
        "    assert callable(call), call\n"
        "    assert call(result.data, result.as_json()) == b'One. Two.'\n"
    )
    loaded_by(program, environment)


def test_no_public_name_is_that_of_a_module() -> None:
    """The module would take its place as soon as anything imports it."""
    modules = {path.stem for path in SRC.glob("*.py")} | {path.name for path in SRC.iterdir()}
    assert not modules & set(dedupe_text.__all__)


def test_star_import_brings_the_public_names() -> None:
    namespace: dict[str, object] = {}
    exec("from dedupe_text import *", namespace)
    assert set(dedupe_text.__all__) <= set(namespace)


def test_the_public_names_are_those_that_the_type_checker_sees() -> None:
    source = (SRC / "__init__.py").read_text("utf-8")
    block = source.partition("if TYPE_CHECKING:")[2].partition("\n_HOMES")[0]
    imported = re.sub(r"from \S+ import|[(),]", " ", block).split()
    homes = [name for names in dedupe_text._HOMES.values() for name in names]
    assert sorted(imported) == sorted(homes)
    assert sorted([*homes, "__version__"]) == dedupe_text.__all__


def test_an_unknown_name_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="'dedupe_text' has no attribute 'dedup'"):
        _ = dedupe_text.dedup
    with pytest.raises(ImportError):
        exec("from dedupe_text import dedup", {})
