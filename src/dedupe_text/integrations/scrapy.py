"""Scrapy: a pipeline that cuts what the texts of a crawl say twice, and the add-on that adds it.

It works with Scrapy 2.13 and later. The first of these hand the spider to each method of a
pipeline, the others do not; nothing here needs it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

try:
    from itemadapter import ItemAdapter
    from scrapy.settings import BaseSettings
except ModuleNotFoundError as error:
    raise ImportError("Scrapy needs an extra: pip install 'dedupe-text[scrapy]'") from error

from dedupe_text.dedupe import clean
from dedupe_text.errors import SettingsError
from dedupe_text.memory import Memory, open_memory
from dedupe_text.model import Document
from dedupe_text.records.record import Fields, find_site
from dedupe_text.report.text import as_text
from dedupe_text.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector
    from typing_extensions import Self

    from dedupe_text.result import Result

logger = logging.getLogger(__name__)

PREFIX = "DEDUPE_TEXT_"
"""Of the settings in a crawl's, and in lower case with a slash of the figures in its stats."""
PRIORITY = 500
"""Where the add-on puts the pipeline: behind those that drop items, for nothing may be cut because
a dropped one said it; before those that store them. Scrapy's examples have 300 and 800."""


def _text(given: BaseSettings, name: str) -> str:
    return str(given[name])


_FIELDS = {"FIELD": "text", "ID_FIELD": "id", "SITE_FIELD": "site"}
_KNOBS = ("SIMILARITY", "MIN_WORDS", "KEEP", "FACTS", "CUT")
_KINDS: Mapping[str, tuple[Callable[[BaseSettings, str], Any], str]] = {
    "FIELD": (_text, "text"),
    "ID_FIELD": (_text, "text"),
    "SITE_FIELD": (_text, "text"),
    "ACROSS": (BaseSettings.getbool, "true or false"),
    "MEMORY": (_text, "text"),
    "SIMILARITY": (BaseSettings.getfloat, "a number"),
    "MIN_WORDS": (BaseSettings.getint, "a whole number"),
    "KEEP": (_text, "text"),
    "FACTS": (BaseSettings.getbool, "true or false"),
    "CUT": (BaseSettings.getlist, "a list of text"),
}
"""All settings that there are: how each is read, and what it takes."""


class Options(NamedTuple):
    """What the settings of a crawl say."""

    fields: Fields
    settings: Settings
    memory: str | None
    """Where documents are remembered: None for nowhere, empty for as long as the crawl lasts."""


def read_options(given: BaseSettings) -> Options:
    """The options that a crawl's settings give. Raises `SettingsError`, which names the setting.

    >>> read_options(BaseSettings({"DEDUPE_TEXT_MIN_WORDS": "40"})).settings.min_words
    40
    """
    values = {}
    for name in given:
        key = str(name).removeprefix(PREFIX)
        if key == name or given[name] is None:
            continue
        if key not in _KINDS:
            known = ", ".join(PREFIX + key for key in _KINDS)
            raise SettingsError(f"{name}: there is no such setting; those that are: {known}")
        read, told = _KINDS[key]
        try:
            values[key] = read(given, name)
        except (TypeError, ValueError):
            raise SettingsError(f"{name} must be {told}, not {given[name]!r}") from None
    try:
        settings = Settings(**{key.lower(): values[key] for key in _KNOBS if key in values})
    except SettingsError as error:
        raise SettingsError(f"{PREFIX}*: {error}") from None
    fields = {"id": "url"} | {_FIELDS[key]: values[key] for key in _FIELDS if key in values}
    across = "" if values.get("ACROSS") else None
    return Options(Fields(**fields), settings, values.get("MEMORY") or across)


class DedupeTextPipeline:
    """Cuts from the text of each item what it says twice, in place; no item is ever dropped.

    An item whose text cannot be cleaned goes on as it came, and is counted. Everything is done in
    the thread of the crawl, where a memory in SQLite has to be used.
    """

    def __init__(self, options: Options, stats: StatsCollector) -> None:
        self._options = options
        self._stats = stats
        self._memory: Memory | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """What Scrapy calls at the start of a crawl. Raises `SettingsError`."""
        assert crawler.stats is not None
        return cls(read_options(crawler.settings), crawler.stats)

    def open_spider(self, spider: object = None) -> None:  # noqa: ARG002
        """The memory is opened. Raises `InputError` or `OutputError`."""
        if self._options.memory is not None:
            self._memory = open_memory(self._options.memory)

    def close_spider(self, spider: object = None) -> None:  # noqa: ARG002
        """The memory is closed."""
        if self._memory is not None:
            self._memory.close()
        if self._stats.get_value("dedupe_text/items") is None:
            field = self._options.fields.text
            logger.warning("No item had text in %r; %sFIELD names the field", field, PREFIX)

    def process_item(self, item: Any, spider: object = None) -> Any:  # noqa: ARG002
        """The item, cleaned."""
        name = self._options.fields.text
        text = ItemAdapter(item).get(name) if ItemAdapter.is_item(item) else None
        if text is None:
            self._count("without_text")
        elif not isinstance(text, str):
            self._warn(
                "not_text", f"{name!r} of an item is no text but of type {type(text).__name__}"
            )
        else:
            try:
                self._clean(ItemAdapter(item), text)
            except Exception:  # raised further, it would cost the item
                self._count("failed")
                logger.exception("An item goes on as it came: %r", item)
        return item

    def _clean(self, item: ItemAdapter, text: str) -> None:
        fields = self._options.fields
        id_, site, memory = item.get(fields.id), item.get(fields.site), self._memory
        if id_ in (None, ""):
            id_, memory = "item", None
            if self._memory is not None:
                self._warn("without_id", f"{fields.id!r} does not tell it from others")
        document = Document(str(id_), text, find_site(site) if isinstance(site, str) else "")
        result = clean(document, self._options.settings, memory=memory)
        if result.cuts:
            item[fields.text] = result.text
        self._tell(result)

    def _tell(self, result: Result) -> None:
        self._count("items")
        self._count("cuts", len(result.cuts))
        self._count("characters_removed", sum(cut.removed.length for cut in result.cuts))
        self._count("spared", len(result.spared))
        self._count("emptied", bool(result.cuts) and not result.text.strip())
        if logger.isEnabledFor(logging.DEBUG):
            for line in as_text([result], spared=True).splitlines():
                logger.debug("%s", line)

    def _count(self, name: str, number: int = 1) -> None:
        if number:
            self._stats.inc_value(f"dedupe_text/{name}", number)

    def _warn(self, name: str, problem: str) -> None:
        """Count it; only the first time say it, for there may be a million."""
        self._count(name)
        if self._stats.get_value(f"dedupe_text/{name}") == 1:
            logger.warning(
                "%s: %s; said once, the stats count them", f"dedupe_text/{name}", problem
            )


class DedupeTextAddon:
    """Adds `DedupeTextPipeline` to the pipelines of a crawl, unless it is one of them already."""

    def update_settings(self, settings: BaseSettings) -> None:
        """What Scrapy calls before a crawl."""
        settings.setdefault_in_component_priority_dict(
            "ITEM_PIPELINES", DedupeTextPipeline, PRIORITY
        )
