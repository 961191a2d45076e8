"""The conductor: it calls the stages in their order, and knows the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text import textio
from dedupe_text.cleaning import check_cuts, cut_spans, in_order, plan_cuts, without
from dedupe_text.errors import SettingsError
from dedupe_text.model import Document, Limit, Reason, Repeat
from dedupe_text.pieces import Near, Piece, settle, still_there
from dedupe_text.pragmas import accept_covered, cover, find_pragmas, find_unused
from dedupe_text.result import Result
from dedupe_text.search import find_aligned, find_twins, split_text, too_few
from dedupe_text.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.align import WordPairs
    from dedupe_text.model import Span
    from dedupe_text.passages import Passages
    from dedupe_text.pragmas import Pragma
    from dedupe_text.words import Words


_MOST_PASSES = 8
"""Cutting may bring two copies together that were too far apart; nearly always one pass is all."""


def clean(document: str | bytes | Document, settings: Settings | None = None) -> Result:
    """The document without the passages that it says again.

    Cleaning the result again changes nothing. Raises `InputError` for bytes that are no text,
    `SettingsError` for a free order and `SelfCheckError` if the plan fails its own check.
    """
    return look(document, settings or Settings()).result


class Looked(NamedTuple):
    """A result, and the columns that it came from."""

    result: Result
    words: Words
    passages: Passages


def look(
    document: str | bytes | Document, settings: Settings, near: list[Near] | None = None
) -> Looked:
    """`clean`, which adds to `near`, where it is given, what was turned down on the way."""
    if settings.order == "free":
        raise SettingsError(
            "order must be kept, not free, to clean: what is cut is shown word by word;"
            " find_repeats takes both"
        )
    if not isinstance(document, Document):
        document = Document("text", document)
    decoded = _decode(document.text, settings)
    words, passages = split_text(decoded.text)
    pragmas = find_pragmas(decoded.text, words)
    pieces = _find_all(decoded.text, words, passages, settings, near, pragmas)
    if not decoded.sliceable:
        pieces = _spare(pieces, "encoding")
    cuts, spared = plan_cuts(pieces, document.id, decoded.text, words, passages)
    check_cuts(decoded.text, cuts, settings.facts)
    unused = find_unused(pragmas, pieces, len(words))
    result = Result(document.id, decoded, tuple(cuts), tuple(spared), settings, unused)
    return Looked(result, words, passages)


def clean_many(
    documents: Iterable[str | bytes | Document], settings: Settings | None = None
) -> Iterator[Result]:
    """`clean` for each document, in order of arrival."""
    return (clean(document, settings) for document in documents)


def _decode(text: str | bytes, settings: Settings) -> textio.Decoded:
    if isinstance(text, bytes):
        return textio.decode(text, settings.encoding)
    return textio.from_text(text)


def _find_all(
    text: str,
    words: Words,
    passages: Passages,
    settings: Settings,
    near: list[Near] | None,
    pragmas: Sequence[Pragma],
) -> list[Piece]:
    """What goes and what is spared: cut until nothing more is found.

    So cleaning twice is cleaning once.
    """
    comments = [pragma.span for pragma in pragmas]
    left, alive = (words, passages), np.arange(len(words))
    if pragmas:
        left, alive = _left(text, words, [], comments)
    gone: list[Piece] = []
    spared: list[Piece] = []
    for _ in range(_MOST_PASSES):
        seen: list[Near] | None = None if near is None else []
        pieces = _find(*left, settings, seen)
        if pragmas:
            pieces = accept_covered(pieces, cover(pragmas, len(words))[alive])
        found = [part for piece in pieces for part in piece.moved(alive)]
        if near is not None and seen is not None:
            near += [part for one in seen for part in one.moved(alive)]
        more = in_order(found)
        spared += [piece for piece in found if piece.reason and len(piece.goes)]
        if not more:
            return [*gone, *still_there(spared, gone)]
        settled = in_order(settle(gone, more))
        if near is not None:
            near += [Near(piece, Limit("taken")) for piece in _given_up(gone, settled)]
        gone = settled
        left, alive = _left(text, words, gone, comments)
    return _spare(gone, "structure")  # each copy is the witness of another


def _left(
    text: str, words: Words, gone: Sequence[Piece], comments: Sequence[Span]
) -> tuple[tuple[Words, Passages], NDArray[np.intp]]:
    """What is left of a text without its pragmas when the pieces are gone, and which words."""
    spans = sorted([*cut_spans(text, words, gone), *comments])
    start = words.start
    stays = np.ones(len(words), np.bool_)
    for span in spans:
        stays[slice(*np.searchsorted(start, span))] = False
    return split_text(without(text, spans)), np.flatnonzero(stays)


def _given_up(pieces: Iterable[Piece], settled: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces that have no part in those that were settled on."""
    for piece in pieces:
        if not any(one.first <= piece.first and piece.last <= one.last for one in settled):
            yield piece


def _spare(pieces: Iterable[Piece], reason: Reason) -> list[Piece]:
    return [piece._replace(reason=piece.reason or reason) for piece in pieces]


def _find(
    words: Words, passages: Passages, settings: Settings, near: list[Near] | None
) -> list[Piece]:
    if not len(passages):
        return []
    few: list[WordPairs] | None = None if near is None else []
    aligned = find_aligned(words, passages, settings, few)
    found: list[Piece] = []
    if aligned:
        from dedupe_text.repeats import Judge  # not for a text that says nothing twice

        limits = settings.similarity, settings.min_words, settings.facts
        judge = Judge(words, passages, *limits, near)
        twins = judge.without_forms(*find_twins(aligned, judge, settings.keep))
        found = [piece for _, pieces in judge.gather(twins) for piece in pieces]
    if near is not None and few:
        near += [too_few(pairs, settings) for pairs in few]
    return found


# --- repeats, nothing cut ----------------------------------------------------------------------


def find_repeats(documents: Sequence[Document], settings: Settings | None = None) -> list[Repeat]:
    """What is said more than once, inside a document or in several; nothing is cut.

    In the order of the kept passages.
    """
    from dedupe_text.batch import Batch, find_said  # not for those who only clean

    settings = settings or Settings()
    if not documents:
        return []
    batch = Batch.of(
        [document.id for document in documents],
        [_decode(document.text, settings).text for document in documents],
    )
    return batch.repeats(find_said(batch, settings)) if len(batch.passages) > 1 else []
