"""One document: where it repeats, each repeat, and the text with its cuts folded in place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dedupe_text.model import Span
from dedupe_text.report.html.markup import Html, element
from dedupe_text.report.html.plot import draw_legend, draw_plot
from dedupe_text.report.html.repeat import show_repeat
from dedupe_text.report.html.view import count, fit, more, percent, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe_text.report.html.view import Page, View

_LINE_RE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_MOST_ROWS = 500
"""Rows of the table, which stands for the plot."""
_FIGURES = ("words", "alike")
_SHARE = 2 / 3
"""Of the room for a document, what its repeats may take; its text has the rest."""


def show_document(page: Page, most: int) -> Html:
    """All of a document that has room in so many bytes."""
    if not page.views:
        return element("p", "Nothing in it is said twice.", class_="empty")
    repeats, left = fit(
        (show_repeat(page, view) for view in page.views), len(page.views), int(most * _SHARE)
    )
    used = sum(repeat.size for repeat in repeats)
    return element(
        "div",
        _section("Where it repeats", _map(page), "map"),
        _section("Repeats", element("div", *repeats, *more(left, "repeat")), "repeats"),
        _section("The text that stays", _text(page, most - used), "text"),
        class_="document",
    )


def _section(title: str, content: Html, class_: str) -> Html:
    return element("section", element("h3", title), content, class_=class_)


def _map(page: Page) -> Html:
    """The dot plot, and the table that says the same."""
    head = ("", "kind", "goes", "stays", *_FIGURES)
    rows = [_table_row(view) for view in page.views[:_MOST_ROWS]]
    table = element(
        "table",
        element("caption", "The same as a table; places are lines"),
        element("thead", element("tr", *(_head(title) for title in head))),
        element("tbody", *rows),
    )
    figure = element("figure", draw_plot(page), element("figcaption", draw_legend(page)))
    left = len(page.views) - len(rows)
    return element("div", figure, element("div", table, *more(left, "repeat")), class_="beside")


def _head(title: str) -> Html:
    shown = title or element("span", "repeat", class_="side")
    return element("th", shown, scope="col", class_="figure" if title in _FIGURES else None)


def _table_row(view: View) -> Html:
    finding = view.finding
    number = element("a", str(view.number), href=f"#{view.anchor}")
    return element(
        "tr",
        element("th", number, scope="row"),
        element("td", element("span", view.sort, class_="kind")),
        element("td", span_of(view.goes, "")),
        element("td", view.there_shortly),
        element("td", f"{finding.words:,}", class_="figure"),
        element("td", percent(finding.similarity), class_="figure"),
        class_=view.sort,
        data_kind=view.sort,
    )


def _text(page: Page, most: int) -> Html:
    """The text line by line, with the cuts folded where they were."""
    pieces = list(_pieces(page))
    taken, left = fit((_piece(page, *piece) for piece in pieces), len(pieces), most)
    return element("div", *taken, *more(left, "line"), class_="lines", lang="")


def _pieces(page: Page) -> Iterator[tuple[Span, View | None]]:
    """Lines, or parts of lines, that stay, and cuts between them."""
    at = 0
    for view in page.views:
        if view.sort != "spared":
            yield from ((line, None) for line in _lines(page, Span(at, view.finding.removed.start)))
            yield view.finding.removed, view
            at = view.finding.removed.end
    yield from ((line, None) for line in _lines(page, Span(at, len(page.text))))


def _lines(page: Page, span: Span) -> Iterator[Span]:
    for line in _LINE_RE.finditer(page.text, span.start, span.end):
        # What is left of a line that a cut begins or ends is often its end alone.
        whole = line.start() == page.lines.span(page.lines.place(line.start())[0]).start
        if whole or line[0].strip():
            yield Span(*line.span())


def _piece(page: Page, span: Span, view: View | None) -> Html:
    if view is None:
        return _line(page, span)
    words = count(view.finding.words, "word")
    what = f"{span_of(view.goes)} cut, {words}: said in ".capitalize()
    summary = element("summary", what, view.there, lang="en")
    lines = (_line(page, line) for line in _lines(page, span))
    taken, left = fit(lines, sum(1 for _ in _lines(page, span)), _MOST_FOLD)
    return element(
        "details",
        summary,
        element("del", *taken),
        *more(left, "line"),
        class_=f"fold {view.sort}",
        id=f"t{view.number}",
    )


def _line(page: Page, span: Span) -> Html:
    number, column = page.lines.place(span.start)
    text = span.of(page.text).rstrip("\r\n")
    shown = f"{number}" if column == 1 else None
    return element("div", text, class_="line", dir="auto", data_line=shown)


_MOST_FOLD = 400_000
"""Bytes of one cut that is folded into the text."""
