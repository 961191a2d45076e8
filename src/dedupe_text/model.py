"""The nouns that leave the core: immutable, few, and one meaning each.

Offsets are characters (code points) of the decoded text, half open.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["exact", "near"]
Spread = Literal["same", "boilerplate", "syndicated", "quotation"]
Reason = Literal["facts", "structure", "accepted", "budget", "encoding"] | Spread
Rule = Literal["few", "unlike", "scattered", "apart", "short", "form", "taken"]
Verdict = Literal["cut", "kept"] | Reason | Rule


class Document(NamedTuple):
    """One article, with an id by which reports call it. Bytes are decoded when it is cleaned.

    `site` is where it was found, such as a host; those of which none is known are of one site.
    """

    id: str
    text: str | bytes
    site: str = ""


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
    `spread` says how far a passage went that an earlier document said.
    """

    removed: Span
    kept: Location
    similarity: float
    kind: Kind
    words: int
    differs: tuple[Difference, ...] = ()
    spread: Spread | None = None


class Spared(NamedTuple):
    """A repeat that was found and left standing, and why."""

    removed: Span
    kept: Location
    similarity: float
    reason: Reason
    words: int
    differs: tuple[Difference, ...] = ()


class Unused(NamedTuple):
    """A pragma that changes nothing: its line, from 1, and why."""

    line: int
    message: str


class Limit(NamedTuple):
    """What turned down words that are alike: the text `has` so much, the rule `needs` so much.

    few: aligned words. unlike: share of aligned words. scattered: words of the other copy, of which
    a sentence may take up `needs` at most. short, form: words, weighed. apart: a sentence at an
    end, of fewer words than it `needs`. taken: one of the copies has a part in another cut.
    """

    rule: Rule
    has: float = 0
    needs: float = 0


class Finding(NamedTuple):
    """What was decided about words of a line and words elsewhere, and what decided it.

    `verdict`: cut; kept in the stead of a cut; the reason for which a repeat is spared; the rule
    by which it is none. `here` is the passage that the line is in or holds, in the lines `lines`
    (first and last); `other` and `other_lines` are its counterpart. `again` says that it is `here`
    that goes, or would. `share` counts the words of the line that take part; `words` those of the
    passage that goes, or would. In `differs` what stands `here` is called removed, what stands
    there kept.
    """

    verdict: Verdict
    here: Span
    lines: tuple[int, int]
    other: Location
    other_lines: tuple[int, int]
    again: bool
    share: int
    words: int
    similarity: float
    differs: tuple[Difference, ...] = ()
    limit: Limit | None = None


class Explanation(NamedTuple):
    """Why a line goes or stays.

    `words` counts those of the line. `findings` is empty if nothing was found to compare with it:
    then `shared` has the lines, first and last, of a passage with which it has a shingle in common,
    if there is one. `goes` says that a line without words goes with the passage beside it.
    """

    document: str
    line: int
    span: Span
    words: int
    findings: tuple[Finding, ...] = ()
    shared: tuple[int, int] | None = None
    goes: bool = False
