"""What the page tells of a finding: its kind, its number, its places in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from dedupe_text.model import Cut, Spared
from dedupe_text.report.html.markup import Html, element, join
from dedupe_text.report.places import Lines, kept_lines
from dedupe_text.report.text import findings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dedupe_text.model import Location
    from dedupe_text.result import Result

Sort = Literal["exact", "near", "spared"]
SORTS: tuple[Sort, ...] = ("exact", "near", "spared")
_LONGEST_NAME = 100


class View(NamedTuple):
    """A finding of a document, with the number that it has on the page."""

    number: int
    finding: Cut | Spared
    goes: tuple[int, int]
    """Lines, first and last."""
    stays: tuple[int, int] | None
    elsewhere: str | None
    """The document in which the kept passage stands, if it is another."""

    @property
    def sort(self) -> Sort:
        """What the filters call it."""
        return "spared" if isinstance(self.finding, Spared) else self.finding.kind

    @property
    def anchor(self) -> str:
        """The id of its comparison on the page."""
        return f"r{self.number}"

    @property
    def there(self) -> Html:
        """Where the kept passage stands."""
        return join(self._there("lines "))

    @property
    def there_shortly(self) -> Html:
        """The same, where a column says that it is about lines."""
        return join(self._there(""))

    def _there(self, unit: str) -> Iterator[Html | str]:
        if self.elsewhere is not None:
            yield name(self.elsewhere)
            yield ", " if self.stays else ""
        if self.stays:
            yield span_of(self.stays, unit)


class Page(NamedTuple):
    """A document of the page, and what it is told of."""

    number: int
    result: Result
    lines: Lines
    views: tuple[View, ...]
    texts: Mapping[str, str]
    """All documents of the run by their ids."""

    @property
    def text(self) -> str:
        """The text as it came."""
        return self.result.original.text

    def text_of(self, kept: Location) -> str | None:
        """What stands at a place of this or another document, if that is known."""
        text = self.text if kept.document == self.result.id else self.texts.get(kept.document)
        return kept.span.of(text) if text is not None and kept.end <= len(text) else None

    @property
    def anchor(self) -> str:
        """The id of its heading."""
        return f"d{self.number}"


def as_page(number: int, first: int, result: Result, texts: Mapping[str, str]) -> Page:
    """A document and its findings in the order of its text, numbered from `first`."""
    lines = Lines(result.original.text)
    views = [
        View(
            number,
            finding,
            lines.of(finding.removed),
            kept_lines(result, finding.kept, lines),
            None if finding.kept.document == result.id else finding.kept.document,
        )
        for number, finding in enumerate(findings_of(result), first)
    ]
    return Page(number, result, lines, tuple(views), texts)


def span_of(lines: tuple[int, int], unit: str = "lines ") -> str:
    """Lines in words.

    >>> span_of((4, 7)), span_of((4, 4)), span_of((4, 7), "")
    ('lines 4–7', 'line 4', '4–7')
    """
    first, last = lines
    if first == last:
        return f"{unit.replace('lines', 'line')}{first:,}"
    return f"{unit}{first:,}–{last:,}"


def name(id_: str) -> Html:
    """The name of a document: of one that is very long its end, which tells it apart."""
    shown = id_ if len(id_) <= _LONGEST_NAME else "…" + id_[-_LONGEST_NAME:]
    return element("bdi", shown, class_="name")


def count(number: int, one: str, many: str = "") -> str:
    """A number and its noun.

    >>> count(1, "cut"), count(2000, "cut"), count(2, "copy", "copies")
    ('1 cut', '2,000 cuts', '2 copies')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """A share as a reader wants it: nothing is 0 % that is not, and all is 100 %.

    >>> percent(0), percent(0.0001), percent(0.306), percent(0.9999), percent(1)
    ('0 %', 'under 1 %', '31 %', 'over 99 %', '100 %')
    """
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{share:.0%}".replace("%", " %")


def fit(pieces: Iterable[Html], count: int, most: int) -> tuple[list[Html], int]:
    """The first of so many pieces, as take no more bytes than that, and how many are left."""
    taken = []
    for piece in pieces:
        most -= piece.size
        if most < 0:
            break
        taken.append(piece)
    return taken, count - len(taken)


def more(left: int, noun: str) -> Sequence[Html]:
    """What is said where something had no room."""
    return [element("p", f"and {count(left, noun)} more in the JSON", class_="more")] * (left > 0)
