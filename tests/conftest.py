"""What the tests share: the golden cases, the real data where it is at hand, and the profiles."""

import gzip
import json
import os
import shutil
import signal
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from dedupe_text.settings import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
# What a shell starts in the background ignores Ctrl-C, and so would what the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
NO_SKIPS = "DEDUPE_TEXT_NO_SKIPS"
DATA = Path(os.environ.get("DEDUPE_TEXT_DATA") or ROOT.parent / "shared" / "data")

# The same examples in every run. DEDUPE_TEXT_EXAMPLES=2000 looks at more, and at others each time.
_MORE = int(os.environ.get("DEDUPE_TEXT_EXAMPLES") or 0)
_PHASES = [phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain]
hypothesis.settings.register_profile(
    "same", deadline=None, database=None, phases=_PHASES, max_examples=40, derandomize=True
)
hypothesis.settings.register_profile(
    "more", deadline=None, database=None, phases=_PHASES, max_examples=max(_MORE, 1)
)
hypothesis.settings.load_profile("more" if _MORE else "same")


@dataclass(frozen=True)
class Case:
    """A golden case: a document, what must become of it, and how many cuts that takes."""

    name: str
    title: str
    encoding: str
    cuts: int
    options: dict[str, Any]
    data: bytes
    cleaned: bytes

    @property
    def settings(self) -> Settings:
        return Settings(**self.options)

    @property
    def path(self) -> Path:
        return FIXTURES / self.name / "input.txt"

    @property
    def text(self) -> str:
        return self.decode(self.data)

    @property
    def cleaned_text(self) -> str:
        return self.decode(self.cleaned)

    def decode(self, data: bytes) -> str:
        return data.decode(self.encoding)

    @property
    def arguments(self) -> list[str]:
        """The settings as the command line takes them."""
        arguments = []
        for name, value in self.options.items():
            option = name.replace("_", "-")
            if isinstance(value, bool):
                arguments.append(f"--{option}" if value else f"--no-{option}")
            else:
                arguments += [f"--{option}", str(value)]
        return arguments


def read_case(folder: Path) -> Case:
    case = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    return Case(
        name=folder.name,
        title=case["title"],
        encoding=case.get("encoding", "utf-8"),
        cuts=case["cuts"],
        options=case.get("settings", {}),
        data=(folder / "input.txt").read_bytes(),
        cleaned=(folder / "cleaned.txt").read_bytes(),
    )


CASES = {path.parent.name: read_case(path.parent) for path in sorted(FIXTURES.glob("*/case.toml"))}


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request: pytest.FixtureRequest) -> Case:
    """Each golden case in turn."""
    found: Case = request.param
    return found


CHROMIUM = shutil.which("chromium")
REDIS = shutil.which("redis-server")
_BROWSER = CHROMIUM and all(map(find_spec, ("axe_playwright_python", "playwright")))
_LEFT_OUT = {
    "data": None if DATA.exists() else f"none in {DATA}; DEDUPE_TEXT_DATA names it",
    # Where nothing may be left out, these fail.
    "chromium": None
    if _BROWSER or os.environ.get(NO_SKIPS)
    else "it takes Debian's chromium, and playwright and axe-playwright-python for Python",
    "redis_server": None
    if (REDIS and find_spec("redis")) or os.environ.get(NO_SKIPS)
    else "it takes Debian's redis-server, and redis for Python",
}


TOGETHER = {"test_spark", "test_redis", "test_browser"}
"""Files whose tests share what is dear to set up: one worker runs them all."""


def pytest_report_header() -> list[str]:
    """Tell whether the tests on real data, in a browser, and with a server take part."""
    told = {
        "data": f"real data: {DATA}",
        "chromium": f"browser: {CHROMIUM}",
        "redis_server": f"Redis: {REDIS}",
    }
    return [
        f"{told[name].partition(':')[0]}: its tests are left out: {missing}"
        if missing
        else told[name]
        for name, missing in _LEFT_OUT.items()
    ]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks who belongs together
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests on what is not there, and keep together what belongs together."""
    missing = {name for name, why in _LEFT_OUT.items() if why}
    without = [item for item in items if not missing.isdisjoint(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in without]
    for item in items:
        if item.path.stem in TOGETHER:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be left out, a test that is skipped has failed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get(NO_SKIPS):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data."""
    return DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of the system."""
    assert CHROMIUM is not None, "install chromium"
    return CHROMIUM


@pytest.fixture(scope="session")
def redis_server() -> str:
    """The server's program."""
    assert REDIS is not None, "install redis-server"
    return REDIS


def read_jsonl(path: Path, most: int) -> Iterator[dict[str, Any]]:
    """The first records of a file of ``.jsonl.gz``."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, islice(lines, most))


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """For a process of our own: it finds this package."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}
