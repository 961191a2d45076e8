"""Plants a copy of a section of an article at a later place of it, and knows where it is."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from bench.quality.prose import (
    Unit,
    Vocabulary,
    ends_plainly,
    paragraphs,
    sentences,
    separator_of,
    words_of,
)
from bench.quality.variants import Template, variant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.quality.characters import Bounds

PLACEMENTS = ("whole", "partial", "adverts", "glued")
"""Whole paragraphs, or with partial first or last ones, between paragraphs; with advertisements
between the copy's paragraphs; glued by single spaces into the middle of the text."""

FEWEST, MOST = 40, 600
"""Words of a section."""
_ARTICLE = 120
"""Words of an article that can hold one."""
_LARGEST_SHARE = 0.6
_LEAST_FACTS = 3
_TRIES = 60

ADVERTS = (
    "Advertisement",
    "Story continues below",
    "Sign up for our morning newsletter and never miss a story.",
    "Get three months of unlimited reading for one euro. Cancel any time.",
    "Download our app for the news as it breaks.",
    "Most read: ten small towns worth the detour",
    "Sponsored: why dentists recommend this simple trick",
    "Follow us wherever you get your podcasts",
    "Save up to half on winter tyres this weekend only!",
    "Share this article with a friend",
    "Like what you read? Support independent reporting from as little as a coffee a month.",
    "Photo gallery: the best pictures of the week",
    "Register free to leave a comment",
    "New kitchens from 4,990 including delivery and installation",
    "Our readers also enjoyed these recipes for quick dinners",
    "Click here to compare energy prices in your area",
    "Enjoy a glass on the terrace: our summer wine box has arrived",
    "You have two free articles left this month",
    "Watch live: the debate from the town hall starts at eight",
    "Looking for a new job? Thousands of openings near you",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """An article with a copy planted in it; all spans are spans of `text`."""

    name: str
    text: str
    original: tuple[Bounds, ...]
    copy: tuple[Bounds, ...]
    """The copy's paragraphs; advertisements and white space are not in it."""
    words: int
    gap: Bounds
    """The article's white space in whose place the insertion stands; a span of the article."""
    inserted: int
    """How long the insertion is."""

    def moved(self, span: Bounds) -> list[Bounds]:
        """Where a span of the article is in `text`: the insertion splits it if it stands inside."""
        (start, end), (before, after) = span, self.gap
        shift = before + self.inserted - after
        parts = [(start, min(end, before)), (max(start, after) + shift, end + shift)]
        return [(a, b) for a, b in parts if a < b]


def plant(
    article: str, text: str, how: tuple[str, str], seed: int, vocabulary: Vocabulary
) -> Planted | None:
    """The article (its id and text) with a copy planted; None if no section of it will do.

    `how` is a variant and a placement. The same arguments give the same copy.
    """
    name, placement = how
    rng = Random(f"{seed}/{article}/{name}/{placement}")
    section = choose_section(text, placement, rng)
    if section is None:
        return None
    original = tuple(_by_paragraph(section))
    change = variant(name, article, text, vocabulary)
    parts = [change(text[start:end], rng) for start, end in original]
    if isinstance(change, Template) and change.facts < _LEAST_FACTS:
        return None
    separator = "\n\n" if name == "rewrapped" else separator_of(text)
    gap = choose_gap(text, section[-1].end, placement, rng)
    pieces = lay_out(parts, placement, separator, rng)
    before, after = edges(text, gap, placement, separator)
    case = f"{article} {name}/{placement}"
    return insert(case, text, original, gap, [(before, False), *pieces, (after, False)])


def choose_section(text: str, placement: str, rng: Random) -> list[Unit] | None:
    """Neighbouring paragraphs, or sentences, with as many words as a section may have."""
    whole = paragraphs(text)
    most = min(MOST, int(words_of(whole) * _LARGEST_SHARE))
    if words_of(whole) < _ARTICLE or most < FEWEST:
        return None
    by_sentence = placement == "partial" or (placement != "whole" and rng.random() < 0.5)
    units = sentences(text) if by_sentence else whole
    for _ in range(_TRIES):
        wanted = int(FEWEST * (most / FEWEST) ** rng.random())
        first = rng.randrange(len(units))
        section = [units[first]]
        while words_of(section) < wanted and first + len(section) < len(units):
            section.append(units[first + len(section)])
        if FEWEST <= words_of(section) <= most and _will_do(text, section, whole, placement):
            return section
    return None


def _will_do(text: str, section: Sequence[Unit], whole: Sequence[Unit], placement: str) -> bool:
    first, last = section[0], section[-1]
    if placement == "partial":
        starts = first.start == whole[first.paragraph].start
        return not starts or last.end != whole[last.paragraph].end
    if placement == "adverts":
        return first.paragraph != last.paragraph
    return placement == "whole" or ends_plainly(text[last.start : last.end])


def _by_paragraph(section: Sequence[Unit]) -> list[Bounds]:
    spans: dict[int, Bounds] = {}
    for unit in section:
        start, _ = spans.get(unit.paragraph, (unit.start, 0))
        spans[unit.paragraph] = start, unit.end
    return [*spans.values()]


def choose_gap(text: str, end: int, placement: str, rng: Random) -> Bounds:
    """White space after the section, where a copy may stand; the end of the text is some too."""
    units = sentences(text) if placement == "glued" else paragraphs(text)
    starts = [*(unit.start for unit in units[1:]), len(text)]
    gaps = [
        (unit.end, start)
        for unit, start in zip(units, starts, strict=True)
        if unit.end >= end and (placement != "glued" or ends_plainly(text[unit.start : unit.end]))
    ]
    return rng.choice(gaps or [(units[-1].end, len(text))])


def edges(text: str, gap: Bounds, placement: str, separator: str) -> tuple[str, str]:
    """What stands before and after the copy."""
    own = text[gap[0] : gap[1]]
    at_end = gap[1] == len(text)
    if placement == "glued":
        return " ", own if at_end else " "
    between = own if separator in own and not at_end else separator
    return between, own if at_end else between


def lay_out(
    parts: list[str], placement: str, separator: str, rng: Random
) -> list[tuple[str, bool]]:
    """The copy in pieces; true for those that are the copy's own text."""
    if placement == "glued" and rng.random() < 0.5:
        separator = " "
    adverts = iter(rng.sample(ADVERTS, len(ADVERTS)))
    sure = rng.randrange(1, len(parts)) if placement == "adverts" else 0
    pieces = [(parts[0], True)]
    for number, part in enumerate(parts[1:], 1):
        pieces.append((separator, False))
        if placement == "adverts" and (number == sure or rng.random() < 0.5):
            advert = next(adverts, None)
            pieces += [(advert, False), (separator, False)] if advert else []
        pieces.append((part, True))
    return pieces


def insert(
    name: str,
    text: str,
    original: tuple[Bounds, ...],
    gap: Bounds,
    pieces: list[tuple[str, bool]],
) -> Planted:
    """The text with the pieces in the place of a gap."""
    copy: list[Bounds] = []
    at = gap[0]
    for piece, own in pieces:
        if own:
            copy.append((at, at + len(piece)))
        at += len(piece)
    inserted = "".join(piece for piece, _ in pieces)
    whole = text[: gap[0]] + inserted + text[gap[1] :]
    words = sum(len(whole[start:end].split()) for start, end in copy)
    return Planted(name, whole, original, tuple(copy), words, gap, len(inserted))
