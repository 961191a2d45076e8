"""What is told first: the totals, and what several documents say again most."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from dedupe_text.report.html.markup import Html, element, join
from dedupe_text.report.html.view import count, more, name, percent, span_of
from dedupe_text.report.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dedupe_text.model import Location
    from dedupe_text.result import Result

_SHOWN_PASSAGES = 10
_MOST_PASSAGES = 100


class Totals(NamedTuple):
    """What all documents sum up to."""

    documents: int
    characters: int
    removed: int
    exact: int
    near: int
    spared: int
    words: int

    @property
    def share(self) -> float:
        """Of the characters, those that go."""
        return self.removed / self.characters if self.characters else 0


def sum_up(results: Sequence[Result]) -> Totals:
    """The totals of these documents."""
    cuts = [cut for result in results for cut in result.cuts]
    kinds = Counter(cut.kind for cut in cuts)
    return Totals(
        len(results),
        sum(len(result.original.text) for result in results),
        sum(cut.removed.length for cut in cuts),
        kinds["exact"],
        kinds["near"],
        sum(len(result.spared) for result in results),
        sum(cut.words for cut in cuts),
    )


def show_totals(totals: Totals) -> Html:
    """A sentence, and the numbers behind it."""
    cuts = totals.exact + totals.near
    verb = "takes" if cuts == 1 else "take"
    characters = count(totals.characters, "character")
    sentence = f"Nothing is cut; all {characters} stay."
    if cuts:
        stay = f"{totals.characters - totals.removed:,}"
        sentence = f"{count(cuts, 'cut')} {verb} {totals.removed:,} of {characters}; {stay} stay."
    figures = {
        "said twice, and goes": percent(totals.share),
        "words go": f"{totals.words:,}",
        **({"cut, word for word": f"{totals.exact:,}"} if totals.exact else {}),
        **({"cut, nearly the same": f"{totals.near:,}"} if totals.near else {}),
        "found and spared": f"{totals.spared:,}",
    }
    entries = [
        element("div", element("dt", term), element("dd", figure))
        for term, figure in figures.items()
    ]
    return join([element("p", sentence, class_="sum"), element("dl", *entries, class_="totals")])


def show_passages(results: Sequence[Result], texts: Mapping[str, str]) -> Html | None:
    """The passages said again more than once: what many documents share stands out."""
    said: dict[Location, list[tuple[str, int]]] = {}
    lines: dict[Location, tuple[int, int]] = {}
    for result in results:
        for cut in result.cuts:
            said.setdefault(cut.kept, []).append((result.id, cut.removed.length))
            lines.update(
                {cut.kept: result.elsewhere[cut.kept]} if cut.kept in result.elsewhere else {}
            )
    often = [kept for kept in said if len(said[kept]) > 1]
    most = sorted(often, key=lambda kept: -sum(size for _, size in said[kept]))
    if not most:
        return None
    rows = [_row(kept, said[kept], lines.get(kept), texts) for kept in most[:_MOST_PASSAGES]]
    first, rest = rows[:_SHOWN_PASSAGES], rows[_SHOWN_PASSAGES:]
    summary = element("summary", f"{count(len(rest), 'passage')} more")
    return element(
        "section",
        element("h2", "What is said again most"),
        _table(first),
        *([element("details", summary, _table(rest))] if rest else []),
        *more(len(most) - len(rows), "passage"),
        class_="passages",
    )


def _table(rows: Sequence[Html]) -> Html:
    figures = ("said again", "in documents", "characters go")
    head = [element("th", "kept passage", scope="col")]
    head += [element("th", figure, scope="col", class_="figure") for figure in figures]
    return element(
        "table", element("thead", element("tr", *head)), element("tbody", *rows), class_="wide"
    )


def _row(
    kept: Location,
    said: list[tuple[str, int]],
    lines: tuple[int, int] | None,
    texts: Mapping[str, str],
) -> Html:
    text = texts.get(kept.document)
    where: list[Html | str] = [name(kept.document), *([", ", span_of(lines)] if lines else [])]
    begins = []
    if text is not None and kept.end <= len(text):
        words = excerpt(kept.span.of(text))
        begins = [element("span", words, class_="said", dir="auto", lang="")]
    return element(
        "tr",
        element("th", *begins, element("span", *where, class_="where"), scope="row"),
        element("td", f"{len(said):,}", class_="figure"),
        element("td", f"{len({id_ for id_, _ in said}):,}", class_="figure"),
        element("td", f"{sum(size for _, size in said):,}", class_="figure"),
    )
