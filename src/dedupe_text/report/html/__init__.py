"""One page that shows what goes, what stays in its stead, and what was left, and why.

It needs no network and no server. Two walls keep the text of a document from doing anything: every
word of it passes through one function (`markup.escape`), and a Content-Security-Policy lets nothing
run, load or style the page but what stands in `page.css` and `page.js`, known by their hashes.
"""

from __future__ import annotations

import pkgutil
from typing import TYPE_CHECKING

from dedupe_text._version import __version__
from dedupe_text.report.html.document import show_document
from dedupe_text.report.html.markup import Html, element, escape
from dedupe_text.report.html.overview import show_passages, show_totals, sum_up
from dedupe_text.report.html.plot import draw_ribbon
from dedupe_text.report.html.view import SORTS, Page, as_page, count, more, name, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dedupe_text.report.html.overview import Totals
    from dedupe_text.result import Result

_MOST = 4_200_000
"""Bytes for documents; with the index and what is around it a page stays under 5 MB."""
_MOST_DOCUMENTS = 500
_LEAST = 2_000
"""Bytes without which a document is not begun."""


def as_html(results: Sequence[Result]) -> str:
    """The page, in itself complete."""
    totals = sum_up(results)
    texts = {result.id: result.original.text for result in results}
    one = len(results) == 1
    title = results[0].id if one else count(len(results), "document")
    pages = [as_page(1, 1, results[0], texts)] if one else []
    main = [_one(pages[0])] if one else _several(results, texts)
    body = element(
        "body",
        element(
            "header",
            element("p", "dedupe-text report", class_="brand"),
            element("h1", name(title) if one else title),
            show_totals(totals),
            *map(draw_ribbon, pages),
        ),
        *([_toolbar(totals)] if totals.exact + totals.near + totals.spared > 1 else []),
        element("main", *main),
        _footer(results),
    )
    return _skeleton(title, body)


def _one(page: Page) -> Html:
    return element(
        "section",
        element("h2", "What was found", class_="side"),
        show_document(page, _MOST),
        class_="only",
    )


def _several(results: Sequence[Result], texts: Mapping[str, str]) -> Iterator[Html]:
    passages = show_passages(results, texts)
    if passages is not None:
        yield passages
    told = [result for result in results if result.cuts or result.spared]
    told.sort(key=lambda result: -sum(cut.removed.length for cut in result.cuts))
    entries, room, number = [], _MOST, 1
    for place, result in enumerate(told[:_MOST_DOCUMENTS], 1):
        page = as_page(place, number, result, texts)
        entry = _entry(page, room)
        entries.append(entry)
        room, number = room - entry.size, number + len(page.views)
    yield element(
        "section",
        element("h2", "What goes, document by document"),
        *([] if entries else [element("p", "In none of them is anything said twice.")]),
        *entries,
        *more(len(told) - len(entries), "document"),
        *_untold(len(results) - len(told)),
        class_="documents",
    )


def _untold(number: int) -> list[Html]:
    has = "has" if number == 1 else "have"
    told = f"{count(number, 'document')} {has} no repeats."
    return [element("p", told, class_="empty")] if number else []


def _entry(page: Page, room: int) -> Html:
    """A document in the list, to unfold."""
    removed = sum(cut.removed.length for cut in page.result.cuts)
    size = f"{percent(removed / max(len(page.text), 1))}, {count(removed, 'character')}"
    content = (
        show_document(page, room)
        if room > _LEAST
        else element("p", "There was no room for it on this page; it is in the JSON.")
    )
    summary = element(
        "summary",
        element("strong", name(page.result.id), id=page.anchor),
        element("span", size, class_="figure"),
        draw_ribbon(page),
    )
    return element("details", summary, content, class_="entry")


def _toolbar(totals: Totals) -> Html:
    """What finds its way through the repeats; of use, and shown, only where scripts run."""
    numbers = {"exact": totals.exact, "near": totals.near, "spared": totals.spared}
    boxes = [
        element(
            "label",
            element("input", type="checkbox", name="kind", value=sort, checked=True),
            f"{sort} ",
            element("span", f"{numbers[sort]:,}", class_="figure"),
            class_=sort,
        )
        for sort in SORTS
        if numbers[sort]
    ]
    return element(
        "nav",
        element("fieldset", element("legend", "Show", class_="side"), *boxes),
        element(
            "label",
            element("span", "Search the repeats", class_="side"),
            element("input", type="search", id="search", placeholder="Search the repeats"),
        ),
        element("button", "Previous ", element("kbd", "k"), type="button", id="previous"),
        element("button", "Next ", element("kbd", "j"), type="button", id="next"),
        element("label", element("input", type="checkbox", id="keys", checked=True), "keys"),
        element("p", id="status", role="status"),
        class_="tools",
        aria_label="Repeats",
        hidden=True,
    )


def _footer(results: Sequence[Result]) -> Html:
    settings = results[0].settings if results else None
    told = (
        f", with --similarity {settings.similarity:g} --min-words {settings.min_words}"
        f" --keep {settings.keep} --{'' if settings.facts else 'no-'}facts"
        if settings
        else ""
    )
    keys = "Keys: j or n for the next repeat, k or p for the one before, / to search."
    return element(
        "footer",
        element("p", f"Made by dedupe-text {__version__}{told}."),
        element("p", keys, class_="keys", hidden=True),
    )


def _skeleton(title: str, body: Html) -> str:
    """The page around its body: what nobody's text decides, but for the title."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)} – dedupe-text</title>\n"
        f"<style>{style}</style>\n<script>{script}</script>\n</head>\n{body.source}\n</html>\n"
    )


def _asset(file: str) -> str:
    data = pkgutil.get_data(__name__, file)
    assert data is not None, file
    return data.decode()


def _hash(source: str) -> str:
    import base64
    import hashlib

    digest = hashlib.sha256(source.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
