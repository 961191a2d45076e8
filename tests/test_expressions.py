"""No regular expression of ours takes more than linear time, whatever the text."""

import itertools
import re
import time
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from conftest import ROOT

import dedupe_text

PUMPS = [*" \n\r`|\\([]>/:@aé“\x1b", "\n```", "\n~~~\n", "\n]", "a_", "\\u", "\\ud83c"]
AROUND = [("", ""), ("", "a"), ("\n```\n", "_"), ("a://", "/")]
LENGTH = 2_000
NOTICED = 0.004
"""Seconds below which nothing is superlinear: linear ones take a fifth of it."""


def find_patterns() -> dict[str, tuple[re.Pattern[str], set[str]]]:
    """All compiled expressions of the package, and what is called of each."""
    found = {}
    for module in walk_packages(dedupe_text.__path__, "dedupe_text."):
        if not module.name.endswith("__main__"):
            loaded = import_module(module.name)
            source = Path(loaded.__file__ or "").read_text("utf-8")
            for name, value in vars(loaded).items():
                if isinstance(value, re.Pattern) and f"{name} = " in source:
                    calls = set(re.findall(rf"\b{name}\.(\w+)\(", source))
                    found[f"{module.name}.{name}"] = (value, calls)
    return found


PATTERNS = find_patterns()
ANYWHERE = {"search", "finditer", "findall", "sub"}


def seconds_of(pattern: re.Pattern[str], calls: set[str], text: str) -> float:
    began = time.process_time()
    if calls & ANYWHERE or not calls:
        for _ in pattern.finditer(text):
            pass
    else:
        pattern.match(text)
    return time.process_time() - began


@pytest.mark.parametrize("name", PATTERNS)
def test_no_expression_takes_more_than_linear_time(name: str) -> None:
    pattern, calls = PATTERNS[name]
    for (before, after), one, other in itertools.product(AROUND, PUMPS, PUMPS):
        several = one + other if one != other else one
        pump = several * (LENGTH // len(several))
        if seconds_of(pattern, calls, before + pump + after) > NOTICED:
            least, more = (
                min(seconds_of(pattern, calls, before + size * pump + after) for _ in range(3))
                for size in (1, 4)
            )
            assert more < max(8 * least, NOTICED), (several, least, more)


def test_all_expressions_of_the_package_are_looked_at() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py")]
    assert sum(source.count("re.compile(") for source in sources) == len(PATTERNS) > 15
