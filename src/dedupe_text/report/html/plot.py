"""A document against itself: repeats are diagonals, and all that has a place has a line.

The way down is where something goes or would go, the way across where it stays. What stays in
another document is marked on the diagonal of the document itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedupe_text.report.html.markup import Html, element
from dedupe_text.report.html.view import SORTS, count, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe_text.model import Span
    from dedupe_text.report.html.view import Page, View

_SIZE = 400
_MARGIN = 34
_MOST = 300
"""Diagonals: of more none could be told from the next."""
_STEPS = (1, 2, 5)


def draw_plot(page: Page) -> Html:
    """The dot plot, with a link to each repeat, the longest ones if there are too many."""
    drawn = sorted(page.views, key=lambda view: -view.finding.words)[:_MOST]
    drawn.sort(key=lambda view: view.number)
    parts: list[Html] = [
        element("rect", class_="paper", x=0, y=0, width=_SIZE, height=_SIZE),
        element("g", *_axes(page), aria_hidden="true"),
        element("g", *(_mirrored(page, view) for view in drawn), aria_hidden="true"),
        _line("itself", 0, 0, _SIZE, _SIZE),
        *(_link(page, view) for view in drawn),
    ]
    return element(
        "svg",
        *parts,
        class_="plot",
        viewBox=f"{-_MARGIN} {-_MARGIN} {_SIZE + _MARGIN + 6} {_SIZE + _MARGIN + 6}",
        role="group",
        aria_label="Dot plot: the document against itself",
    )


def draw_ribbon(page: Page) -> Html:
    """The document as a bar, in which what goes is marked."""
    size = max(len(page.text), 1)
    cuts = [view for view in page.views if view.sort != "spared"]
    cuts = sorted(cuts, key=lambda view: -view.finding.removed.length)[:_MOST]
    marks = [
        element(
            "rect",
            class_=view.sort,
            x=_round(1000 * view.finding.removed.start / size),
            y=0,
            width=max(_round(1000 * view.finding.removed.length / size), 2),
            height=10,
        )
        for view in cuts
    ]
    return element(
        "svg",
        element("rect", class_="paper", x=0, y=0, width=1000, height=10),
        *marks,
        class_="ribbon",
        viewBox="0 0 1000 10",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def draw_legend(page: Page) -> Html:
    """The kinds that the plot shows, each with its line."""
    sorts = {view.sort for view in page.views}
    told = {"exact": "cut, word for word", "near": "cut, nearly the same", "spared": "spared"}
    entries = [
        element("li", _sample(sort), told[sort], class_=sort) for sort in SORTS if sort in sorts
    ]
    return element("ul", *entries, class_="legend")


def _sample(sort: str) -> Html:
    line = _line(sort, 2, 6, 26, 6)
    return element("svg", line, class_="sample", viewBox="0 0 28 12", aria_hidden="true")


def _link(page: Page, view: View) -> Html:
    x1, y1, x2, y2 = _ends(page, view)
    words = count(view.finding.words, "word")
    label = f"Repeat {view.number}, {view.sort}: {span_of(view.goes)}, {words}"
    return element(
        "a",
        _line("hit", x1, y1, x2, y2),
        _line("guide", 0, y1, x1, y1),
        _line("guide", x1, 0, x1, y1),
        _line(view.sort, x1, y1, x2, y2),
        href=f"#{view.anchor}",
        class_="dots",
        data_kind=view.sort,
        aria_label=label,
    )


def _mirrored(page: Page, view: View) -> Html:
    x1, y1, x2, y2 = _ends(page, view)
    return _line(f"mirror {view.sort}", y1, x1, y2, x2)


def _ends(page: Page, view: View) -> tuple[float, float, float, float]:
    goes = view.finding.removed
    stays = goes if view.elsewhere is not None else view.finding.kept.span
    return (*_scaled(page, stays, goes, 0), *_scaled(page, stays, goes, 1))


def _scaled(page: Page, across: Span, down: Span, end: int) -> tuple[float, float]:
    scale = _SIZE / max(len(page.text), 1)
    return _round(across[end] * scale), _round(down[end] * scale)


def _axes(page: Page) -> Iterator[Html]:
    """Lines of the text at round numbers, and what either way is."""
    for line in _ticks(page.lines.count):
        at = _round(page.lines.span(line).start * _SIZE / max(len(page.text), 1))
        yield _line("tick", at, 0, at, _SIZE)
        yield _line("tick", 0, at, _SIZE, at)
        yield _label(at, -6, "middle", f"{line:,}")
        yield _label(-6, at + 4, "end", f"{line:,}")
    yield _label(_SIZE, -22, "end", "line that stays →")
    yield _label(-_MARGIN + 2, -22, "start", "goes ↓")


def _ticks(lines: int) -> list[int]:
    """Round numbers of lines, four to ten of them.

    >>> _ticks(14), _ticks(950)
    ([2, 4, 6, 8, 10, 12, 14], [100, 200, 300, 400, 500, 600, 700, 800, 900])
    """
    steps = (tick * 10**power for power in range(12) for tick in _STEPS)
    step = next(step for step in steps if lines // step < 10)
    return list(range(step, lines + 1, step))


def _line(class_: str, x1: float, y1: float, x2: float, y2: float) -> Html:
    return element("line", class_=class_, x1=x1, y1=y1, x2=x2, y2=y2)


def _label(x: float, y: float, anchor: str, text: str) -> Html:
    return element("text", text, x=x, y=y, text_anchor=anchor)


def _round(number: float) -> float:
    return round(number, 1)
