"""The way from words to twins: shingles, signatures, candidates, alignments, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import distinct, first_of_each, run_starts
from dedupe_text.lsh import Candidates, find_candidates, link_buckets, unique_pairs
from dedupe_text.minhash import sign_shingles
from dedupe_text.model import Limit
from dedupe_text.passages import Passages, split_long, split_passages
from dedupe_text.pieces import Near, Piece, Twin
from dedupe_text.shingles import Shingles, shingle
from dedupe_text.structure import mark_structure
from dedupe_text.words import Words, mix, split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dedupe_text.align import WordPairs
    from dedupe_text.repeats import Judge
    from dedupe_text.sentences import Sentences
    from dedupe_text.settings import Keep, Settings


def split_text(text: str) -> tuple[Words, Passages]:
    """The words of a text, with what it marks as structure, and its passages."""
    words = mark_structure(text, split_words(text))
    return words, split_passages(words)


def find_aligned(
    words: Words, passages: Passages, settings: Settings, few: list[WordPairs] | None = None
) -> list[WordPairs]:
    """What is said again, word by word; what has too few words is added to `few` if it is given.

    Most texts end here, with nothing to judge.
    """
    parts = split_long(passages, words.hash)
    shingles = shingle(words.hash, parts, settings.shingle_size)
    candidates = _candidates(shingles, len(parts), settings)
    if not len(candidates.first):
        return []
    from dedupe_text.align import align

    return list(align(candidates, shingles, passages, words.hash, settings.min_words // 2, few))


def find_twins(
    aligned: Iterable[WordPairs], judge: Judge, keep: Keep
) -> tuple[list[Twin], list[Sentences]]:
    """What repeats, and all that is said again; oriented by which copy stays.

    The twins to be settled first come first.
    """
    twins: list[Twin] = []
    said: list[Sentences] = []
    for pairs in aligned:
        stays, goes = judge.of_one_kind(*(pairs[::-1] if keep == "last" else pairs))
        if not len(stays):
            continue
        sentences = judge.said_again(stays, goes)
        if keep == "fullest" and sentences.are_fuller():
            stays, goes = goes, stays
            sentences = judge.said_again(stays, goes)
        if len(sentences.first):
            said.append(sentences)
            twins += judge.twins(sentences, stays, goes)
    return sorted(twins, key=_precedence(keep)), said


def too_few(pairs: WordPairs, settings: Settings) -> Near:
    """What was aligned, turned down for having too few words to be judged."""
    stays, goes = pairs[::-1] if settings.keep == "last" else pairs
    piece = Piece(int(goes[0]), int(goes[-1]) + 1, goes, stays, None)
    return Near(piece, Limit("few", len(goes), settings.min_words // 2))


def _precedence(keep: Keep) -> Callable[[Twin], tuple[int, ...]]:
    """What is settled first: the copy that stays for most others."""
    sign = -1 if keep == "last" else 1

    def key(twin: Twin) -> tuple[int, ...]:
        sentences = twin.sentences
        stays = int(sentences.begins[0]), int(sentences.ends[-1])
        fullest = stays[0] - stays[1] if keep == "fullest" else 0
        return fullest, sign * stays[0], -int(sentences.aligned.sum()), sign * sentences.first[0]

    return key


def _candidates(shingles: Shingles, passages: int, settings: Settings) -> Candidates:
    """Exact copies by one hash each; of what is left, those whose signatures share a band."""
    some = shingles.of(shingles.shared(passages))
    begins = run_starts(some.passage)
    exact = Candidates(begins[:0], begins[:0])
    if not len(begins):
        return exact
    passage = some.passage[begins]
    content = np.add.reduceat(mix(some.hash), begins)
    first = first_of_each(content)[1]
    if len(first) < len(passage):
        exact = link_buckets(content, passage)
        representative = np.zeros(passages, np.bool_)
        representative[passage[first]] = True
        some = some.of(representative)
        some = some.of(some.shared(passages))
        if not len(some):
            return exact
    near = find_candidates(
        sign_shingles(some, settings.num_perm), distinct(some.passage), settings.rows
    )
    return unique_pairs(
        np.concatenate([exact.first, near.first]), np.concatenate([exact.second, near.second])
    )
