"""One repeat: what stays beside what goes, aligned word by word, and why."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from dedupe_text.model import Spared
from dedupe_text.report.diff import diff_text
from dedupe_text.report.html.markup import Html, element, join
from dedupe_text.report.html.sides import Row, Run, align_sides
from dedupe_text.report.html.view import count, fit, more, percent, span_of
from dedupe_text.report.text import REASONS, UNSAFE_RE, named_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dedupe_text.report.html.view import Page, View

_FOLDED = 4
"""Rows in a row that are the same are folded from here on, but for the one at either end."""
_MOST_ROWS = 400_000
"""Bytes of one comparison: some 200 kB of text in either column."""
_MOST_FACTS = 12
_MOST_PATCH = 60_000
"""Characters of a patch that somebody would paste."""


def show_repeat(page: Page, view: View) -> Html:
    """The comparison, under a heading with a number and an anchor."""
    spared = isinstance(view.finding, Spared)
    title = element(
        "h4",
        element("a", str(view.number), href=f"#{view.anchor}", class_="number"),
        " ",
        _sentence(view, spared=spared),
        id=view.anchor,
        tabindex=-1,
    )
    parts = [title, _told(view), *_why(view), _sides(page, view, spared=spared)]
    if not spared:
        parts += _patch(page, view)
    return element("article", *parts, class_=f"repeat {view.sort}", data_kind=view.sort)


def _sentence(view: View, *, spared: bool) -> Html:
    goes = span_of(view.goes).capitalize()
    say = "say" if view.goes[1] > view.goes[0] else "says"
    stay = f", and stay{'' if say == 'say' else 's'}" if spared else ""
    return join([f"{goes} {say} again what is said in ", view.there, stay])


def _told(view: View) -> Html:
    kind = {"exact": "Cut, word for word", "near": "Cut, nearly the same", "spared": "Spared"}
    alike = percent(view.finding.similarity)
    size = f" · {count(view.finding.words, 'word')} · {alike} alike"
    parts: list[Html | str] = [element("span", kind[view.sort], class_="kind"), size]
    if view.sort != "spared":
        link = element("a", "see it in the text", href=f"#t{view.number}")
        parts.append(element("span", " · ", link, class_="in-text"))
    return element("p", *parts, class_="told")


def _why(view: View) -> list[Html]:
    """Why a repeat was spared: facts are named."""
    finding = view.finding
    if not isinstance(finding, Spared):
        return []
    named = named_facts(finding)
    if not named:
        return [element("p", f"It stays: {REASONS[finding.reason]}.", class_="why")]
    entries = [element("li", *_opposed(*difference)) for difference in named[:_MOST_FACTS]]
    why = element("p", "It stays, for it has facts that the other copy lacks:", class_="why")
    return [why, element("ul", *entries, class_="facts"), *more(len(named) - _MOST_FACTS, "fact")]


def _opposed(here: str, there: str) -> Iterator[Html | str]:
    if here:
        yield _said("b", here)
        yield " here" if there else " only here"
    if here and there:
        yield ", "
    if there:
        yield _said("b", there)
        yield " there" if here else " only there"


def _said(tag: str, text: str, class_: str = "said") -> Html:
    """Text of a document, in whatever language and direction."""
    return element(tag, text, class_=class_, dir="auto", lang="")


def _sides(page: Page, view: View, *, spared: bool) -> Html:
    finding = view.finding
    removed = finding.removed.of(page.text)
    kept = page.text_of(finding.kept)
    goes = "Repeats: " if spared else "Goes: "
    head = element(
        "div",
        element("p", "Stays: ", view.there),
        element("p", goes, span_of(view.goes)),
        class_="row head",
    )
    if kept is None:
        return element("div", head, _row(Row((), (Run(removed.strip()),)), goes), class_="sides")
    rows = list(align_sides(removed, kept, finding.differs))
    taken, left = fit((_row(row, goes) for row in rows), len(rows), _MOST_ROWS)
    return element("div", head, *_fold(rows, taken), *more(left, "row"), class_="sides")


def _row(row: Row, goes: str) -> Html:
    return element(
        "div",
        _cell("kept", "Stays: ", row.kept),
        _cell("removed", goes, row.removed),
        class_="row",
    )


def _cell(class_: str, side: str, runs: Sequence[Run]) -> Html:
    said = element("div", *map(_run, runs), dir="auto", lang="")
    return element("div", element("span", side, class_="side"), said, class_=class_)


def _run(run: Run) -> Html | str:
    if not run.differs:
        return run.text
    return element("mark", run.text, class_="" if run.text else "gap")


def _fold(rows: Sequence[Row], shown: Sequence[Html]) -> Iterator[Html]:
    """Long stretches that are the same are folded, so that what differs is seen."""
    for same, group in groupby(zip(rows, shown), key=lambda pair: pair[0].same):
        stretch = [html for _, html in group]
        if not same or len(stretch) < _FOLDED:
            yield from stretch
            continue
        inner = stretch[1:-1]
        summary = element("summary", f"{count(len(inner), 'row')} the same, word for word")
        yield stretch[0]
        yield element("details", summary, *inner, class_="same")
        yield stretch[-1]


def _patch(page: Page, view: View) -> list[Html]:
    """The cut as a patch to copy, if a clipboard can carry it."""
    encoding = page.result.original.encoding
    finding = view.finding
    if encoding not in ("utf-8", "ascii") or finding.removed.length > _MOST_PATCH:
        return []
    patch = diff_text(page.result.id, page.text, [finding.removed])
    if len(patch) > _MOST_PATCH or UNSAFE_RE.search(patch.replace("\n", "").replace("\t", "")):
        return []
    return [
        element(
            "details",
            element("summary", "As a patch"),
            element("button", "Copy", type="button", class_="copy", hidden=True),
            element("pre", patch, lang="", dir="auto"),
            class_="patch",
        )
    ]
