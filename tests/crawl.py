"""Crawls in a process of its own, as a reactor cannot be started twice: what test_scrapy.py runs.

It is given JSON: the address of an index, the settings of each crawl, where their figures go, and
perhaps a number of items after which it kills itself. All crawls go on at once.
"""

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import attrs
import pydantic
import scrapy
from scrapy.crawler import CrawlerProcess


class Killer:
    """A pipeline behind the others that kills the process."""

    def __init__(self) -> None:
        self.left = ORDER["kill_after"]

    def process_item(self, item: Any, spider: object = None) -> Any:  # noqa: ARG002
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        return item


class Breaker:
    """A pipeline before the others that breaks the memory when the third item comes."""

    def __init__(self) -> None:
        self.left = 2

    def process_item(self, item: Any, spider: object = None) -> Any:  # noqa: ARG002
        if not self.left:
            with closing(sqlite3.connect("seen.db")) as database:
                database.execute("DROP TABLE keys")
        self.left -= 1
        return item


class Pages(scrapy.Spider):
    """An item of each page that the index links to, in its order, with all its text."""

    name = "pages"

    def parse(self, response: Any) -> Iterator[Any]:
        links = response.css("a::attr(href)").getall()
        return self.follow(response, [response.urljoin(link) for link in links])

    def follow(self, response: Any, links: list[str]) -> Iterator[Any]:
        if links:  # one after the other, so that they arrive in their order
            yield response.follow(links[0], self.parse_page, cb_kwargs={"links": links[1:]})

    def parse_page(self, response: Any, links: list[str]) -> Iterator[Any]:
        lines = map(str.strip, response.css("body *::text").getall())
        yield {"url": response.url, "text": "\n\n".join(filter(None, lines))}
        yield from self.follow(response, links)


class ScrapyItem(scrapy.Item):
    url = scrapy.Field()
    text = scrapy.Field()


@dataclass
class DataclassItem:
    url: str
    text: str


@attrs.define
class AttrsItem:
    url: str
    text: str


class PydanticItem(pydantic.BaseModel):
    url: str
    text: str


@dataclass(frozen=True)
class FrozenItem:
    url: str
    text: str


@attrs.define
class LongItem:
    url: str
    text: str = attrs.field(validator=attrs.validators.min_len(400))


class BareItem(scrapy.Item):
    url = scrapy.Field()


class Kinds(Pages):
    """Each paragraph of the page, twice, in another kind of item, and items without a text."""

    def parse_page(self, response: Any, links: list[str]) -> Iterator[Any]:  # noqa: ARG002
        texts = [f"{text}\n\n{text}" for text in response.css("p::text").getall()]
        for kind in (ScrapyItem, DataclassItem, AttrsItem, PydanticItem, FrozenItem, LongItem):
            yield kind(url=kind.__name__, text=texts.pop())
        yield {"url": "dict", "text": texts.pop()}
        yield {"text": texts.pop()}
        yield BareItem(url="BareItem")
        yield {"url": "null", "text": None}
        yield {"url": "list", "text": texts}
        yield {"url": "number", "text": 7}
        yield {"url": "empty", "text": ""}


if __name__ == "__main__":
    ORDER = json.loads(sys.argv[1])
    process = CrawlerProcess({"CONCURRENT_REQUESTS": 1, "TELNETCONSOLE_ENABLED": False})
    crawlers = []
    for settings in ORDER["settings"]:
        spider = {"pages": Pages, "kinds": Kinds}[ORDER["spider"]]
        crawler = process.create_crawler(type("Own", (spider,), {"custom_settings": settings}))
        process.crawl(crawler, start_urls=[ORDER["index"]])
        crawlers.append(crawler)
    process.start()
    stats = [crawler.stats.get_stats() if crawler.stats else {} for crawler in crawlers]
    Path(ORDER["stats"]).write_text(json.dumps(stats, default=str), encoding="utf-8")
