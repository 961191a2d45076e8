"""Repeats to a plan, its check, and carrying it out. The plan is data: cuts in text order."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from dedupe_text.errors import SelfCheckError
from dedupe_text.fingerprint import folded
from dedupe_text.lcs import count_aligned
from dedupe_text.model import Cut, Difference, Kind, Location, Span, Spared
from dedupe_text.passages import gap_before
from dedupe_text.pieces import Piece, unaligned
from dedupe_text.structure import mark_structure
from dedupe_text.words import Flag, Words, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dedupe_text.split import Batch, Split

_AROUND = 32
"""Characters to either side of an edge that show whether a word goes across it."""


def cut_span(text: str, words: Words, first_word: int, last_word: int) -> Span:
    r"""The characters to cut so that the words ``first_word:last_word`` go and the seam is clean.

    Of the white space on both sides the weaker goes with the passage: no blank line is doubled,
    no space is missing.

    >>> text = "One. Two.\n\nThree."
    >>> cut_span(text, split_words(text), 1, 2).of(text)
    ' Two.'
    """
    before, after = gap_before(text, words, first_word), gap_before(text, words, last_word)
    if before.strength > after.strength:
        return Span(before.opening.end, after.closing.end)
    return Span(before.opening.start, after.closing.start)


def passage_span(text: str, words: Words, first_word: int, last_word: int) -> Span:
    """The characters of the passages that hold the words ``first_word:last_word``."""
    before, after = gap_before(text, words, first_word), gap_before(text, words, last_word)
    return Span(before.opening.end, after.closing.start)


def cut_spans(text: str, words: Words, pieces: Sequence[Piece]) -> list[Span]:
    """The spans to cut for pieces in order; neighbours share a seam, as if cut as one."""
    spans: list[Span] = []
    for run in _neighbours(pieces):
        whole = cut_span(text, words, run[0].first, run[-1].last)
        inner = [gap_before(text, words, piece.first).closing.start for piece in run[1:]]
        edges = [whole.start, *inner, whole.end]
        spans += [Span(start, end) for start, end in pairwise(edges)]
    return spans


def _neighbours(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    run: list[Piece] = []
    for piece in pieces:
        if run and run[-1].last != piece.first:
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def plan_cuts(
    pieces: Sequence[Piece], split: Split, earlier: Batch | None = None
) -> tuple[list[Cut], list[Spared]]:
    """What goes from a document and what is spared, each in the order of the text.

    What stays for a piece may be in `earlier` documents: their words have numbers below zero.
    """
    cuts: list[Cut] = []
    spared: list[Spared] = []
    goes = in_order(pieces)
    for piece, span in zip(goes, cut_spans(split.text, split.words, goes)):
        kept, similarity, differs = witness(piece, split, earlier)
        kind: Kind = "near" if differs else "exact"
        size = piece.last - piece.first
        cuts.append(Cut(span, kept, similarity, kind, size, differs, piece.spread))
    for piece in sorted(pieces, key=lambda piece: piece.first):
        if piece.reason:
            kept, similarity, differs = witness(piece, split, earlier)
            span = passage_span(split.text, split.words, piece.first, piece.last)
            size = piece.last - piece.first
            spared.append(Spared(span, kept, similarity, piece.reason, size, differs))
    return cuts, spared


def in_order(pieces: Iterable[Piece]) -> list[Piece]:
    """Those that go, in the order of the text."""
    goes = [piece for piece in pieces if piece.reason is None]
    return sorted(goes, key=lambda piece: piece.first)


def witness(
    piece: Piece, split: Split, earlier: Batch | None = None
) -> tuple[Location, float, tuple[Difference, ...]]:
    """What stays in a piece's stead, how alike it is, and what differs."""
    there, before, apart = split, 0, (piece.first, piece.last)
    if earlier is not None and piece.stays[0] < 0:
        there, before = earlier.own(len(earlier.words) + int(piece.stays[0]))
        before -= len(earlier.words)
        apart = (-1, -1)
    goes, stays = piece.goes, piece.stays - before
    low, high = int(stays.min()), int(stays.max()) + 1
    kept = passage_span(there.text, there.words, *there.passages.around(low, high, apart))
    differs = tuple(
        Difference(spelled(split, *going), spelled(there, *staying))
        for going, staying in unaligned((piece.first, low), goes, stays, (piece.last, high))
    )
    similarity = len(goes) / max(piece.last - piece.first, high - low)
    return there.location(kept), similarity, differs


def spelled(split: Split, first: int, last: int) -> str:
    """The words ``first:last`` and what is between them, as they stand."""
    words = split.words
    return split.text[words.start[first] : words.end[last - 1]] if last > first else ""


def without(text: str, spans: Sequence[Span]) -> str:
    """The text minus rising spans: a concatenation of its slices.

    >>> without("abcdef", [Span(1, 3)])
    'adef'
    """
    bounds = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    return "".join(text[start:end] for start, end in zip(bounds[::2], bounds[1::2]))


def apply_cuts(text: str, cuts: Sequence[Cut]) -> str:
    """The text minus what the cuts remove."""
    return without(text, [cut.removed for cut in cuts])


# --- the check before anything is written ------------------------------------------------------


def check_cuts(
    text: str, cuts: Sequence[Cut], facts: bool, elsewhere: Mapping[Location, str] | None = None
) -> None:
    """Raise `SelfCheckError` unless each cut is sound and what it names still stands.

    `elsewhere`: what stands in other documents at the places that cuts name there.
    Shown from the text alone, word by word on folded strings, not on the hashes and the columns
    that the plan was made of.
    """
    spans = [cut.removed for cut in cuts]
    place = 0
    for cut in cuts:
        if not place <= cut.removed.start < cut.removed.end <= len(text):
            raise SelfCheckError(_bug(f"the cut at {cut.removed.start} is out of order"))
        place = cut.removed.end
        if any(_splits_word(text, edge) for edge in (cut.removed.start, cut.removed.end)):
            raise SelfCheckError(_bug(f"the cut at {cut.removed.start} splits a word"))
        there = (elsewhere or {}).get(cut.kept)
        stays = standing(text, cut.kept.span, spans) if there is None else there
        goes = cut.removed.of(text)
        if goes.strip() == stays.strip() != "":
            continue  # the same, character by character
        removed, stands = folded(goes), folded(stays)
        if count_aligned(removed, stands) < round(cut.similarity * cut.words):
            raise SelfCheckError(_bug(f"what the cut at {cut.removed.start} names does not stand"))
        lost = {word for word in {*removed} - {*stands} if word.isdigit()} if facts else None
        if lost and not lost <= {*_unseen(text, cut.removed)}:
            raise SelfCheckError(_bug(f"the cut at {cut.removed.start} takes a number with it"))


def _bug(what: str) -> str:
    return f"{what}; nothing was changed; this is a bug in dedupe-text, please report it"


def standing(text: str, kept: Span, cuts: Iterable[Span]) -> str:
    """What the cuts, in order, leave of a span, with a blank where something went.

    >>> standing("abcdef", Span(1, 5), [Span(2, 3)])
    'b de'
    """
    parts, start = [], kept.start
    for cut in cuts:
        if cut.start < kept.end and kept.start < cut.end:
            parts.append(text[start : max(cut.start, start)])
            start = cut.end
    return " ".join([*parts, text[start : kept.end]])


def _unseen(text: str, span: Span) -> list[str]:
    """The words of a span that no reader sees; a mark may begin before it or end behind."""
    words = mark_structure(split_words(text), [text])
    at = (words.flags & Flag.UNSEEN > 0) & (words.start >= span.start) & (words.end <= span.end)
    return [text[start:end] for start, end in zip(words.start[at].tolist(), words.end[at].tolist())]


def _splits_word(text: str, edge: int) -> bool:
    """Whether the characters around an edge are of one word, marks and soft hyphens with it."""
    if any(char.isspace() for char in text[max(edge - 1, 0) : edge + 1]):
        return False  # nearly always, and soon told
    first = max(edge - _AROUND, 0)
    words = split_words(text[first : edge + _AROUND])
    at = edge - first
    return bool(((words.start < at) & (words.end > at)).any())
