"""The way from words to twins: shingles, signatures, candidates, alignments, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.align import WordPairs, align
from dedupe_text.columns import distinct, first_of_each, run_starts
from dedupe_text.lsh import Candidates, find_candidates, link_buckets, unique_pairs
from dedupe_text.minhash import sign_shingles
from dedupe_text.model import Limit
from dedupe_text.passages import Passages, split_long
from dedupe_text.pieces import Near, Piece, Twin
from dedupe_text.shingles import Shingles, shingle
from dedupe_text.words import Words, mix

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dedupe_text.repeats import Judge
    from dedupe_text.sentences import Sentences
    from dedupe_text.settings import Keep, Settings


def find_twins(
    words: Words, passages: Passages, judge: Judge, settings: Settings, since: int = 0
) -> tuple[list[Twin], list[Sentences]]:
    """What repeats, and all that is said again; oriented by which copy stays.

    The twins to be settled first come first. Where `since` is given only what passages say again
    from that one on of those before it is looked for.
    """
    parts = split_long(passages, words.hash)
    shingles = shingle(words.hash, parts, settings.shingle_size)
    candidates = _candidates(shingles, len(parts), settings)
    if since:
        candidates = candidates.across(int(parts.of_words(passages.first_word[[since]])[0]))
    least = settings.min_words // 2
    few: list[WordPairs] | None = None if judge.near is None else []
    twins: list[Twin] = []
    said: list[Sentences] = []
    for pairs in align(candidates, shingles, passages, words.hash, least, few):
        stays, goes = judge.of_one_kind(*(pairs[::-1] if settings.keep == "last" else pairs))
        if not len(stays):
            continue
        sentences = judge.said_again(stays, goes)
        if settings.keep == "fullest" and sentences.are_fuller():
            stays, goes = goes, stays
            sentences = judge.said_again(stays, goes)
        if len(sentences.first):
            said.append(sentences)
            twins += judge.twins(sentences, stays, goes)
    if judge.near is not None and few is not None:
        ordered = (pairs[::-1] if settings.keep == "last" else pairs for pairs in few)
        judge.near += [_too_few(stays, goes, least) for stays, goes in ordered]
    return sorted(twins, key=_precedence(settings.keep)), said


def _too_few(stays: NDArray[np.int64], goes: NDArray[np.int64], least: int) -> Near:
    piece = Piece(int(goes[0]), int(goes[-1]) + 1, goes, stays, None)
    return Near(piece, Limit("few", len(goes), least))


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
    begins = run_starts(shingles.passage)
    content = np.add.reduceat(mix(shingles.hash), begins)
    exact = link_buckets(content, np.arange(passages))
    representative = np.zeros(passages, np.bool_)
    representative[first_of_each(content)[1]] = True
    some = shingles.of(representative)
    some = some.of(some.shared(passages))
    if not len(some):
        return exact
    near = find_candidates(
        sign_shingles(some, settings.num_perm), distinct(some.passage), settings.rows
    )
    return unique_pairs(
        np.concatenate([exact.first, near.first]), np.concatenate([exact.second, near.second])
    )
