"""Sites of real articles, with passages said again in several of them, and where these are."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.quality.planting import FEWEST, choose_gap, choose_section, edges, insert, lay_out
from bench.quality.prose import Vocabulary, sentences, separator_of, words_of
from bench.quality.variants import variant
from dedupe_text import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.quality.characters import Bounds

Record = dict[str, Any]

_EDITED = ("edited-5", "edited-15")
KINDS = {
    "same": ("verbatim", "chrome", "typography", *_EDITED, "edited-30"),
    "boilerplate": ("verbatim", "typography", "edited-5"),
    "syndicated": ("verbatim", "typography", *_EDITED, "edited-30"),
    "quotation": ("verbatim", "typography", *_EDITED),
}
"""What is planted, and what becomes of it: the variants take turns."""

DEAL = 5
"""Articles dealt at a time; at least one of them has no plant."""
_NOTICE = FEWEST, 150
"""Words that a site says on each page."""
_SYNDICATED = 120
"""Words of a run, of two paragraphs or more, that no reader would call a quotation."""
_QUOTATION = FEWEST, 80
"""Words of one sentence or two."""
_CHROME = 0.1
"""Share of an article's words that stands around it when it is crawled with its chrome."""
_TRIES = 20


class Place(NamedTuple):
    """Where a passage is said: the number of the page, and the spans there."""

    page: int
    spans: tuple[Bounds, ...]


class Group(NamedTuple):
    """A passage and the places where it is said, in order; each but the first is a repeat."""

    row: str
    places: tuple[Place, ...]


class Page(NamedTuple):
    """A document, and where it says what its group says."""

    document: Document
    said: tuple[Bounds, ...] = ()


class Collection(NamedTuple):
    """Pages in the order of a crawl, and what was planted in them."""

    kind: str
    pages: tuple[Page, ...]
    groups: tuple[Group, ...]


def collect(
    kind: str, articles: Sequence[Record], notices: Sequence[str], seed: int, known: Vocabulary
) -> Collection:
    """All articles, with what is planted in some. The same arguments give the same collection.

    They are dealt at random, `DEAL` at a time. Those that say a site's notice are of one site,
    others of different ones. The order of the pages is random as well, so a passage may come
    in a host before it comes in the article that it is from.
    """
    rng = Random(f"{seed}/{kind}")
    dealt = rng.sample(articles, len(articles))
    rows: list[tuple[str, list[Page]]] = []
    for number, first in enumerate(range(0, len(dealt), DEAL)):
        some = dealt[first : first + DEAL]
        name = KINDS[kind][number % len(KINDS[kind])]
        if kind == "boilerplate":
            notice = notices[number % len(notices)]
            groups = [_on_each_page(some, name, notice, f"{number}", rng, known)]
        else:
            several = max(len(dealt) // DEAL, DEAL)
            pages = [
                Page(Document(one["id"], one["text"], f"{(first + place) % several}"))
                for place, one in enumerate(some)
            ]
            if kind == "same":
                own = [notices[at % len(notices)] for at in (2 * number, 2 * number + 1)]
                groups = [*_crawled_again(pages, name, own, rng, known)]
            else:
                groups = [_elsewhere(pages, kind, name, rng, known)]
        rows += [(f"{kind}/{name}", group) for group in groups]
    return _shuffled(kind, rows, rng)


def _shuffled(kind: str, rows: list[tuple[str, list[Page]]], rng: Random) -> Collection:
    """The pages in random order; of the pages of a row those that say something say the same."""
    numbered = [(number, page) for number, (_, pages) in enumerate(rows) for page in pages]
    rng.shuffle(numbered)
    places: list[list[Place]] = [[] for _ in rows]
    for at, (number, page) in enumerate(numbered):
        if page.said:
            places[number].append(Place(at, page.said))
    said = zip(rows, places, strict=True)
    groups = tuple(Group(row, tuple(some)) for (row, _), some in said if len(some) > 1)
    return Collection(kind, tuple(page for _, page in numbered), groups)


def _crawled_again(
    pages: list[Page], name: str, notices: list[str], rng: Random, known: Vocabulary
) -> Iterator[list[Page]]:
    """The first two articles come again: one on its own site, one on another."""
    for page, notice in zip(pages, notices):
        id_, text, _ = page.document
        assert isinstance(text, str)
        if name == "chrome":
            before, after = _chrome(text, notice)
            said, again = text, f"{before}{text}{after}"
        else:
            before, said = "", variant(name, id_, text, known)(text, rng)
            again = said
        start = len(before)
        copy = Document(f"{id_} again", again, pages[0].document.site)
        yield [
            page._replace(said=((0, len(text)),)),
            Page(copy, ((start, start + len(said)),)),
        ]
    yield pages[2:]


def _chrome(text: str, notice: str) -> tuple[str, str]:
    """Lines of a notice before and after an article."""
    room = int(_CHROME * len(text.split()))
    before, after = "", ""
    for line in notice.splitlines():
        room -= len(line.split())
        if room < 0:
            break
        if len(before) <= len(after):
            before += f"{line}\n\n"
        else:
            after += f"\n\n{line}"
    return before, after


def _elsewhere(
    pages: list[Page], kind: str, name: str, rng: Random, known: Vocabulary
) -> list[Page]:
    """A passage of the first article is said again in the next two."""
    source, *others = pages
    id_, text, _ = source.document
    assert isinstance(text, str)
    choose = _choose_run if kind == "syndicated" else _choose_quotation
    passage = choose(text, rng)
    if not passage:
        return pages
    change = variant(name, id_, text, known)
    placement = "whole" if kind == "syndicated" else rng.choice(("whole", "glued"))
    hosts = [
        _host(page, [change(text[start:end], rng) for start, end in passage], placement, rng)
        for page in others[:2]
    ]
    return [source._replace(said=passage), *hosts, *others[2:]]


def _choose_run(text: str, rng: Random) -> tuple[Bounds, ...]:
    """Several paragraphs, or none if the article has no such run."""
    for _ in range(_TRIES):
        section = choose_section(text, "whole", rng)
        if section and len(section) > 1 and words_of(section) >= _SYNDICATED:
            return tuple((unit.start, unit.end) for unit in section)
    return ()


def _choose_quotation(text: str, rng: Random) -> tuple[Bounds, ...]:
    """One sentence, or two of a paragraph, or none if the article has none of that length."""
    units = sentences(text)
    least, most = _QUOTATION
    some = [[one] for one in units]
    some += [[*two] for two in pairwise(units) if two[0].paragraph == two[1].paragraph]
    some = [quoted for quoted in some if least <= words_of(quoted) <= most]
    if not some:
        return ()
    chosen = rng.choice(some)
    return ((chosen[0].start, chosen[-1].end),)


def _host(page: Page, parts: list[str], placement: str, rng: Random) -> Page:
    """The page with a passage at a place of its own: whole paragraphs, or glued into one."""
    id_, text, site = page.document
    assert isinstance(text, str)
    separator = separator_of(text)
    gap = choose_gap(text, 0, placement, rng)
    before, after = edges(text, gap, placement, separator)
    pieces = [(before, False), *lay_out(parts, placement, separator, rng), (after, False)]
    planted = insert(id_, text, (), gap, pieces)
    return Page(Document(id_, planted.text, site), planted.copy)


def _on_each_page(
    some: Sequence[Record], name: str, notice: str, site: str, rng: Random, known: Vocabulary
) -> list[Page]:
    """The articles as pages of one site that says its notice on each but the last."""
    top = rng.random() < 0.5
    pages: list[Page] = []
    for number, article in enumerate(some):
        id_, text = article["id"], article["text"]
        if number == DEAL - 1:
            pages.append(Page(Document(id_, text, site)))
            continue
        said = variant(name, id_, notice, known)(notice, rng) if number else notice
        gap = (0, 0) if top else (len(text), len(text))
        pieces = [(said, True), ("\n\n", False)] if top else [("\n\n", False), (said, True)]
        planted = insert(id_, text, (), gap, pieces)
        pages.append(Page(Document(id_, planted.text, site), planted.copy))
    return pages


def find_notices(pages: Sequence[Record], seed: int) -> list[str]:
    """Of each real site some lines that both its pages say outside of their articles."""
    rng = Random(f"{seed}/notices")
    least, most = _NOTICE
    notices: dict[str, str] = {}
    for page in pages:
        said = [page["text"][start:end] for start, end in page.get("boilerplate", ())]
        lines = [line for part in said for line in part.splitlines() if line.strip()]
        at = rng.randrange(len(lines)) if lines else 0
        chosen: list[str] = []
        for line in lines[at:]:
            if len(" ".join([*chosen, line]).split()) > most:
                break
            chosen.append(line)
        if len(" ".join(chosen).split()) >= least:
            notices.setdefault(page["site"], "\n".join(chosen))
    return [*notices.values()]
