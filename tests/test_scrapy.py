"""Crawls of a site on this machine, by the real Scrapy: what the pipeline cuts and counts."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from scrapy.settings import BaseSettings, Settings
from test_memory import said

import dedupe_text
from dedupe_text import Document, clean_many
from dedupe_text.errors import SettingsError
from dedupe_text.integrations.scrapy import DedupeTextAddon, DedupeTextPipeline, read_options

ADDON = "dedupe_text.integrations.scrapy.DedupeTextAddon"
OTHER = "scrapy.pipelines.files.FilesPipeline"
PIPELINE = "dedupe_text.integrations.scrapy.DedupeTextPipeline"

MENU = """
Home News Sport Weather Markets Books Gardens Letters Archive Contact Imprint Privacy Cookies Jobs
Partners Shop Help Search Login Register Basket Careers Events Maps Audio Video Pictures Games
Puzzles Crosswords Recipes Travel
"""
OTHER_MENU = """
Front Region Country World Opinion Culture Science Series Podcasts Newsletters Quiz Radio Television
Cinema Theatre Concerts Museums Children School Health Money Houses Cars Cycling Football Chess
Sailing Obituaries Corrections Subscribe Advertise About
"""
BRIDGE = """
The harbour council met on a cold morning to talk about the old stone bridge, which has carried
carts, buses and far too many lorries since long before anyone in the room was born.

Nobody wanted to close it, yet nobody could say how the repairs should be paid for, and the engineer
who had climbed beneath its arches brought photographs that made the room go quiet.

In the end they agreed to ask the county for half of the money, to close one lane to lorries until
the answer comes, and to meet again when the days are longer and the water is low.
"""
FERRY = """
The ferry to the outer islands will leave an hour later from next month, so that people who work the
early shift at the cannery can still reach the far quay before the shops are closed.

Its captain, asked what she thought of it, said that the tide had never read a timetable and that
she did not expect it to begin now.
"""
LEAD = "From our agency, as it came over the wire in the night and was left as it stood:"


def page(menu: str, *texts: str) -> str:
    """A page of a site that has this menu on all of its pages."""
    entries = "".join(f"<li>{entry}</li>" for entry in menu.split())
    paragraphs = "".join(f"<p>{text}</p>\n" for text in shown("", *texts).split("\n\n"))
    return f"<!doctype html><title>News</title><body><ul>{entries}</ul>\n{paragraphs}</body>"


def shown(menu: str, *texts: str) -> str:
    """The text of that page: no paragraph is wrapped."""
    paragraphs = "\n\n".join(text.strip() for text in texts).split("\n\n")
    return "\n\n".join([*menu.split(), *(" ".join(text.split()) for text in paragraphs if text)])


@dataclass
class Site:
    """A site on this machine, found under two names, which are two sites to a crawler."""

    port: int
    pages: dict[str, str] = field(default_factory=dict)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def index(self, *urls: str) -> None:
        self.pages["/"] = "".join(f'<a href="{url}">…</a>' for url in urls)


@contextmanager
def serve() -> Iterator[Site]:
    """A site whose pages are served until the context is left."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing is told."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def publish_news(site: Site) -> None:
    """A town's news: an article pasted twice, another, and the first as others syndicated it."""
    site.pages["/bridge"] = page(MENU, BRIDGE, BRIDGE)
    site.pages["/ferry"] = page(MENU, FERRY)
    site.pages["/wire"] = page(OTHER_MENU, LEAD, BRIDGE)
    site.index("/bridge", "/ferry", site.url("/wire", "localhost"))


@dataclass
class Crawled:
    """What is left of a crawl, and of its process."""

    code: int
    log: str
    items: list[Any]
    stats: dict[str, int]

    @property
    def texts(self) -> list[str]:
        return [item["text"] for item in self.items]


class Crawl:
    """Crawls in processes of their own, whose files are in a folder."""

    def __init__(self, site: Site, folder: Path, environment: dict[str, str]) -> None:
        self.site, self.folder, self.environment = site, folder, environment

    def start(
        self, *settings: dict[str, Any], spider: str = "pages", kill_after: int | None = None
    ) -> subprocess.Popen[str]:
        for path in self.folder.glob("*.json*"):
            path.unlink()
        common: dict[str, Any] = {"ADDONS": {ADDON: 1}}
        if kill_after is not None:
            common["ITEM_PIPELINES"] = {"__main__.Killer": 900}
        order = {
            "spider": spider,
            "index": self.site.url("/"),
            "stats": "stats.json",
            "kill_after": kill_after,
            "settings": [
                {"FEEDS": {f"{number}.jsonl": {"format": "jsonlines"}}, **common, **one}
                for number, one in enumerate(settings)
            ],
        }
        return subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "crawl.py"), json.dumps(order)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=self.folder,
            env=self.environment,
        )

    def __call__(self, *settings: dict[str, Any], **order: Any) -> list[Crawled]:
        """What crawls with each of these settings give, all at once."""
        with self.start(*settings, **order) as process:
            _, log = process.communicate(timeout=60)
        path = self.folder / "stats.json"
        stats = json.loads(path.read_text("utf-8")) if path.exists() else [{} for _ in settings]
        return [
            Crawled(process.returncode, log, self._items(number), self._ours(figures))
            for number, figures in enumerate(stats)
        ]

    def _items(self, number: int) -> list[Any]:
        path = self.folder / f"{number}.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def _ours(self, figures: dict[str, Any]) -> dict[str, int]:
        name = "dedupe_text/"
        return {
            key.removeprefix(name): figures[key] for key in sorted(figures) if key.startswith(name)
        }


@pytest.fixture
def crawl(site: Site, tmp_path: Path, environment: dict[str, str]) -> Crawl:
    return Crawl(site, tmp_path, environment)


# --- what a crawl gives ---------------------------------------------------------------------------

ACROSS = {"DEDUPE_TEXT_ACROSS": True}
NEWS: dict[str, dict[str, Any]] = {
    "plain": {"ADDONS": {}},
    "alone": {},
    "across": ACROSS,
    "syndicated": {**ACROSS, "DEDUPE_TEXT_CUT": "same,syndicated"},
    "elsewhere": {"DEDUPE_TEXT_FIELD": "body"},
}


@pytest.fixture(scope="module")
def news(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> dict[str, Crawled]:
    """The town's news, crawled in several ways."""
    with serve() as site:
        publish_news(site)
        crawled = Crawl(site, tmp_path_factory.mktemp("news"), environment)(*NEWS.values())
    return dict(zip(NEWS, crawled, strict=True))


@pytest.mark.parametrize("across", [False, True])
def test_a_crawl_gives_what_the_library_gives(news: dict[str, Crawled], across: bool) -> None:
    documents = [
        Document(item["url"], item["text"], re.split("[/:]+", item["url"])[1])
        for item in news["plain"].items
    ]
    results = list(clean_many(documents, across=across))
    crawled = news["across" if across else "alone"]
    assert crawled.texts == [result.text for result in results]
    assert crawled.stats == {
        "characters_removed": sum(map(len, news["plain"].texts)) - sum(map(len, crawled.texts)),
        "cuts": sum(len(result.cuts) for result in results),
        "items": 3,
    } | ({"spared": sum(len(result.spared) for result in results)} if across else {})


def test_menus_and_pasted_passages_go_and_what_others_syndicated_stays(
    news: dict[str, Crawled],
) -> None:
    bridge, ferry, wire = news["plain"].texts
    assert bridge == shown(MENU, BRIDGE, BRIDGE)
    assert news["alone"].texts == [shown(MENU, BRIDGE), ferry, wire]
    assert news["across"].texts == [shown(MENU, BRIDGE), shown("", FERRY), wire]


def test_what_another_site_says_goes_if_it_is_asked_for(news: dict[str, Crawled]) -> None:
    assert news["syndicated"].texts[1] == news["plain"].texts[1]
    assert news["syndicated"].texts[2] == shown(OTHER_MENU, LEAD)


def test_each_cut_is_told_in_the_log_with_what_stays(news: dict[str, Crawled]) -> None:
    log = news["across"].log
    bridge, ferry, wire = (item["url"] for item in news["plain"].items)
    assert f"DEBUG: {bridge}:71: said before at {bridge}:65 (" in log
    assert f"DEBUG: {ferry}:1: said before at {bridge}:1 (32 words" in log
    assert f"DEBUG: {wire}:67: left (syndicated), said before at {bridge}:65 (" in log


def test_a_crawl_uses_nothing_that_scrapy_gives_up(news: dict[str, Crawled]) -> None:
    told = re.findall(r"^.*ScrapyDeprecationWarning.*$", news["across"].log, re.MULTILINE)
    assert [line for line in told if "dedupe_text" in line or "DedupeText" in line] == []
    assert "ERROR" not in news["across"].log


def test_a_field_that_no_item_has_is_told(news: dict[str, Crawled]) -> None:
    crawled = news["elsewhere"]
    assert crawled.items == news["plain"].items
    assert crawled.stats == {"without_text": 3}
    message = "WARNING: No item had text in 'body'; DEDUPE_TEXT_FIELD names the field"
    assert crawled.log.count(message) == 1


def test_items_of_each_kind_are_cleaned_and_none_is_lost(site: Site, crawl: Crawl) -> None:
    paragraphs = [said(number) for number in range(9)]
    site.pages["/"] = '<a href="/page">…</a>'
    site.pages["/page"] = page("", *reversed(paragraphs))
    (crawled,) = crawl(ACROSS, spider="kinds")
    once, twice = paragraphs, [f"{text}\n\n{text}" for text in paragraphs]
    assert [(item.get("url"), item.get("text")) for item in crawled.items] == [
        ("ScrapyItem", once[0]),
        ("DataclassItem", once[1]),
        ("AttrsItem", once[2]),
        ("PydanticItem", once[3]),
        ("FrozenItem", twice[4]),
        ("LongItem", twice[5]),
        ("dict", once[6]),
        (None, once[7]),
        ("BareItem", None),
        ("null", None),
        ("list", [twice[8]]),
        ("number", 7),
        ("empty", ""),
    ]
    counted = {
        "cuts": 6,
        "failed": 2,
        "items": 7,
        "not_text": 2,
        "without_id": 1,
        "without_text": 2,
    }
    del crawled.stats["characters_removed"]
    assert crawled.stats == counted
    assert crawled.log.count("ERROR: An item goes on as it came: ") == 2
    assert crawled.log.count("'text' of an item is no text but of type list; ") == 1


def test_an_item_of_which_nothing_is_left_goes_on_and_is_counted(site: Site, crawl: Crawl) -> None:
    site.pages |= {"/1": page("", BRIDGE), "/2": page("", BRIDGE)}
    site.index("/1", "/2")
    (crawled,) = crawl(ACROSS)
    assert crawled.texts == [shown("", BRIDGE), ""]
    assert crawled.stats["emptied"] == 1


# --- a memory -------------------------------------------------------------------------------------


def test_what_an_earlier_crawl_saw_is_said_before(site: Site, crawl: Crawl) -> None:
    publish_news(site)
    memory = {"DEDUPE_TEXT_MEMORY": "seen.db"}
    crawl(memory)
    new = "\n\n".join(map(said, range(3)))
    site.pages["/later"] = page(MENU, FERRY, new)
    site.index("/later")
    with_it, without = crawl(memory, ACROSS)
    assert with_it.texts == [new]
    assert without.texts == [shown(MENU, FERRY, new)]


@pytest.fixture
def many(site: Site) -> Site:
    """Twelve pages, of which each says something that others before it said."""
    for number in range(12):
        site.pages[f"/{number}"] = page(
            MENU, said(number), said(number % 3), said(number), said(100 + number // 2)
        )
    site.index(*[f"/{number}" for number in range(12)])
    return site


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.usefixtures("many")
def test_a_crawl_that_was_killed_and_runs_again_gives_what_one_gives(crawl: Crawl) -> None:
    (whole,) = crawl({"DEDUPE_TEXT_MEMORY": "whole.db"})
    assert whole.stats["cuts"] > 20
    memory = {"DEDUPE_TEXT_MEMORY": "killed.db"}
    (killed,) = crawl(memory, kill_after=5)  # the sixth item is remembered, and never came out
    assert killed.code == -signal.SIGKILL
    with crawl.start(memory) as process:  # and at whatever moment
        assert process.stderr is not None
        while "Scraped from" not in process.stderr.readline():
            assert process.poll() is None
        process.kill()
    (again,) = crawl(memory)
    assert (again.items, again.stats) == (whole.items, whole.stats)


@pytest.mark.usefixtures("many")
def test_items_go_on_as_they_came_when_the_memory_breaks(crawl: Crawl) -> None:
    breaker = {"ITEM_PIPELINES": {"__main__.Breaker": 100}}
    whole, plain = crawl(ACROSS, {"ADDONS": {}})
    (crawled,) = crawl({"DEDUPE_TEXT_MEMORY": "seen.db", **breaker})
    assert crawled.texts == [*whole.texts[:2], *plain.texts[2:]]
    assert (crawled.stats["items"], crawled.stats["failed"]) == (2, 10)
    told = "OutputError: cannot write seen.db: no such table: keys; mend that, run again"
    assert crawled.log.count(told) == 10


# --- settings -------------------------------------------------------------------------------------


def test_settings_are_those_of_the_library_and_may_come_as_text() -> None:
    given = {
        "SIMILARITY": "0.9",
        "MIN_WORDS": "40",
        "KEEP": "last",
        "FACTS": "False",
        "CUT": "same",
    }
    options = read_options(BaseSettings({f"DEDUPE_TEXT_{key}": given[key] for key in given}))
    assert options.settings == dedupe_text.Settings(0.9, 40, "last", facts=False, cut=("same",))
    assert options.fields == ("text", "url", "url")
    assert options.memory is None


def test_what_is_not_set_is_the_default() -> None:
    nothing = dict.fromkeys(("DEDUPE_TEXT_MEMORY", "DEDUPE_TEXT_FIELD", "DEDUPE_TEXT_CUT"))
    assert read_options(Settings(nothing)) == read_options(Settings())
    assert read_options(Settings()).settings == dedupe_text.Settings()


@pytest.mark.parametrize(
    ("across", "memory", "found"),
    [
        (None, None, None),
        (True, None, ""),
        ("1", "", ""),
        (None, "a.db", "a.db"),
        (False, "", None),
    ],
)
def test_a_memory_implies_across(across: Any, memory: Any, found: Any) -> None:
    given = {"DEDUPE_TEXT_ACROSS": across, "DEDUPE_TEXT_MEMORY": memory}
    assert read_options(BaseSettings(given)).memory == found


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("MIN_WORDS", "many", "DEDUPE_TEXT_MIN_WORDS must be a whole number, not 'many'"),
        ("MIN_WORDS", 1, r"DEDUPE_TEXT_\*: min_words must be from 4 to 1000000, not 1"),
        ("SIMILARITY", [0.9], r"DEDUPE_TEXT_SIMILARITY must be a number, not \[0.9\]"),
        ("KEEP", "best", r"DEDUPE_TEXT_\*: keep must be one of first, last, fullest, not 'best'"),
        ("FACTS", "perhaps", "DEDUPE_TEXT_FACTS must be true or false, not 'perhaps'"),
        ("CUT", 3, "DEDUPE_TEXT_CUT must be a list of text, not 3"),
        ("CUT", "same,all", r"DEDUPE_TEXT_\*: cut must be one of same, .*, not 'all'"),
        ("MIN_WORD", 40, "DEDUPE_TEXT_MIN_WORD: there is no such setting; those that are: .*"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(key: str, value: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=f"^{message}$"):
        read_options(BaseSettings({f"DEDUPE_TEXT_{key}": value}))


def test_nothing_is_crawled_with_bad_settings_or_a_file_that_is_no_memory(
    site: Site, crawl: Crawl
) -> None:
    publish_news(site)
    path = crawl.folder / "notes.txt"
    path.write_text("no memory", encoding="utf-8")
    crawled = crawl({"DEDUPE_TEXT_KEEP": "best"}, {"DEDUPE_TEXT_MEMORY": path.name})
    log = crawled[0].log
    assert "\ndedupe_text.errors.SettingsError: DEDUPE_TEXT_*: keep must be one of first, " in log
    assert "\ndedupe_text.errors.InputError: cannot use notes.txt: " in log
    assert "Crawled (200)" not in log
    assert not crawled[0].items + crawled[1].items
    assert path.read_text("utf-8") == "no memory"


DOCUMENT = (ROOT / "docs" / "scrapers.md").read_text("utf-8")


def test_the_documents_list_the_settings_that_there_are_with_their_defaults() -> None:
    rows = re.findall(r"^\| `(DEDUPE_TEXT_\w+)` \|.*\| (?:`(.*)` )?\|$", DOCUMENT, re.MULTILINE)
    defaults = {name: ast.literal_eval(default or "None") for name, default in rows}
    assert read_options(BaseSettings(defaults)) == read_options(BaseSettings())
    with pytest.raises(SettingsError) as told:
        read_options(BaseSettings({"DEDUPE_TEXT_": 1}))
    assert set(re.findall(r"\w+\b", str(told.value).partition("are: ")[2])) == set(defaults)


def test_the_documents_list_the_figures_that_there_are() -> None:
    source = Path(sys.modules[DedupeTextPipeline.__module__].__file__ or "").read_text("utf-8")
    counted = re.findall(r"self\._(?:count|warn)\(\s*\"(\w+)\"", source)
    rows = re.findall(r"^\| (`dedupe_text/.*?`) \|", DOCUMENT, re.MULTILINE)
    assert sorted(re.findall(r"dedupe_text/(\w+)", "".join(rows))) == sorted(counted)


# --- the add-on -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, {DedupeTextPipeline: 500}),
        ({OTHER: 300}, {DedupeTextPipeline: 500, OTHER: 300}),
        ({PIPELINE: 700}, {PIPELINE: 700}),
        ({DedupeTextPipeline: 100}, {DedupeTextPipeline: 100}),
        ({PIPELINE: None}, {PIPELINE: None}),
    ],
)
def test_the_add_on_adds_the_pipeline_unless_it_is_there(
    given: dict[Any, Any], found: dict[Any, Any]
) -> None:
    settings = Settings({"ITEM_PIPELINES": given})
    DedupeTextAddon().update_settings(settings)
    assert settings.getdict("ITEM_PIPELINES") == found


# --- what is loaded -------------------------------------------------------------------------------


def run(program: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=60,
    )


@pytest.mark.parametrize("missing", ["scrapy", "itemadapter"])
def test_without_scrapy_the_extra_is_named(missing: str, environment: dict[str, str]) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; import {PIPELINE.rpartition('.')[0]}"
    told = run(program, environment).stderr.splitlines()[-1]
    assert told == "ImportError: Scrapy needs an extra: pip install 'dedupe-text[scrapy]'"


def test_the_package_and_the_doors_of_others_load_no_scrapy(environment: dict[str, str]) -> None:
    program = "import sys, dedupe_text.integrations; print('scrapy' in sys.modules)"
    assert run(program, environment).stdout == "False\n"
