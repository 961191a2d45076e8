"""From documents to pieces: what each says twice, and what one says again of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.search import find_aligned, find_twins, too_few, too_often
from dedupe_text.split import Batch
from dedupe_text.spread import label_twins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.align import WordPairs
    from dedupe_text.pieces import Near, Piece, Twin
    from dedupe_text.repeats import Judge
    from dedupe_text.search import Aligned
    from dedupe_text.settings import Settings
    from dedupe_text.split import Split


def find_within(
    batch: Batch, settings: Settings, near: list[Near] | None = None
) -> list[list[Piece]]:
    """What each document says twice, all of them looked at at once.

    What is turned down is added to `near`, where it is given, for a batch of one document.
    """
    found: list[list[Piece]] = [[] for _ in batch.splits]
    if not len(batch.passages):
        return found
    few: list[WordPairs] | None = None if near is None else []
    apart = len(batch.splits) > 1
    aligned = find_aligned(batch.words, batch.passages, settings, few, apart=apart)
    if aligned and (aligned.heavy or near is not None):
        judge = _judge(batch, settings, near)
        twins = _spare(_without_forms(aligned, judge, settings), judge, settings)
        for twin, pieces in judge.gather(twins):
            number = batch.number(int(twin.goes[0]))
            found[number] += [piece.shifted(-batch.before[number]) for piece in pieces]
    if near is not None and few is not None:
        near += [too_few(pairs, settings) for pairs in few]
        near += too_often(batch.words, batch.passages, settings)
    return found


def _without_forms(aligned: Aligned, judge: Judge, settings: Settings) -> list[Twin]:
    """The repeats that are no forms."""
    from dedupe_text.forms import without_forms

    twins, said = find_twins(aligned.heavy, judge, settings.keep)
    twins = without_forms(twins, said, judge)
    # Most forms are told by what weighs; only what is left is held against the rest.
    light = aligned.light
    if judge.near is None:
        light = light.beside(np.array([twin.goes[0] for twin in twins], np.int64))
    if rest := find_twins(light, judge, settings.keep)[1]:
        twins = without_forms(twins, [*said, *rest], judge)
    return twins


def find_before(split: Split, earlier: Batch, settings: Settings, words: int) -> list[Piece]:
    """What a document says again of earlier ones, whose words have numbers below zero.

    The document, of which some may be cut already, had so many `words`.
    """
    if not len(split.passages):
        return []
    batch = Batch.of([*earlier.splits, split])
    since = len(earlier.passages)
    aligned = find_aligned(batch.words, batch.passages, settings, since=since)
    if not aligned or not aligned.heavy:
        return []
    judge = _judge(batch, settings)
    twins = _spare(find_twins(aligned.heavy, judge, "first")[0], judge, settings)
    twins = label_twins(twins, batch, words, settings.facts)
    cut = [twin for twin in twins if twin.spread in settings.cut]
    left = [twin for twin in twins if twin.spread not in settings.cut]
    pieces = [piece for _, several in judge.gather(cut) for piece in several]
    for _, several in judge.gather(left):
        pieces += [piece._replace(reason=piece.reason or piece.spread) for piece in several]
    return [piece.shifted(-len(earlier.words)) for piece in pieces]


def _judge(batch: Batch, settings: Settings, near: list[Near] | None = None) -> Judge:
    from dedupe_text.repeats import Judge  # as other stages: not for texts that say nothing twice

    return Judge(batch.words, batch.passages, settings.similarity, settings.min_words, near)


def _spare(twins: Sequence[Twin], judge: Judge, settings: Settings) -> list[Twin]:
    from dedupe_text.spare import spare_sentences

    return spare_sentences(twins, judge, facts=settings.facts)
