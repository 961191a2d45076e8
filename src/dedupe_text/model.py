"""The nouns that leave the core: immutable, few, and one meaning each.

Offsets are characters (code points) of the decoded text, half open.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["exact", "near"]
Reason = Literal["facts", "structure", "accepted", "budget", "encoding"]


class Document(NamedTuple):
    """One article, with an id by which reports call it. Bytes are decoded when it is cleaned."""

    id: str
    text: str | bytes


class Span(NamedTuple):
    """The characters ``start:end`` of a text, half open."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How many characters it covers."""
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of `text` that the span covers.

        >>> Span(4, 9).of("the quick fox")
        'quick'
        """
        return text[self.start : self.end]


class Location(NamedTuple):
    """A span in a document."""

    document: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The location without its document."""
        return Span(self.start, self.end)


class Difference(NamedTuple):
    """Words that stand opposite each other in an alignment and are not the same.

    Either side may be empty: words added or dropped. Both are spelled as in their texts.
    """

    removed: str
    kept: str


class Alignment(NamedTuple):
    """Two passages shown, word by word, to be alike.

    `location` says again what `kept` said. `similarity` is the share of aligned words, 0 to 1;
    `differs` lists what is not the same, in the order of the text.
    """

    kept: Location
    location: Location
    similarity: float
    differs: tuple[Difference, ...] = ()


class Repeat(NamedTuple):
    """A kept passage and every place where it is said again (at least one)."""

    kept: Location
    again: tuple[Alignment, ...]


class Cut(NamedTuple):
    """What goes (`removed`, a span of the cleaned document), and what stays in its stead.

    `kind` is exact when the folded words are the same, else near. `words` counts those removed.
    """

    removed: Span
    kept: Location
    similarity: float
    kind: Kind
    words: int
    differs: tuple[Difference, ...] = ()


class Spared(NamedTuple):
    """A repeat that was found and left standing, and why."""

    removed: Span
    kept: Location
    similarity: float
    reason: Reason
    words: int
    differs: tuple[Difference, ...] = ()
