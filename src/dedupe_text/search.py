"""The way from words to twins: shingles, signatures, candidates, alignments, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import distinct, first_of_each, run_starts
from dedupe_text.lsh import Candidates, find_candidates, link_buckets, unique_pairs
from dedupe_text.minhash import sign_shingles
from dedupe_text.model import Limit
from dedupe_text.passages import Passages, split_long
from dedupe_text.pieces import Near, Piece, Twin
from dedupe_text.shingles import Shingles, shingle
from dedupe_text.words import Words, mix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dedupe_text.align import WordPairs
    from dedupe_text.repeats import Judge
    from dedupe_text.sentences import Sentences
    from dedupe_text.settings import Keep, Settings


def find_aligned(
    words: Words,
    passages: Passages,
    settings: Settings,
    few: list[WordPairs] | None = None,
    since: int = 0,
) -> tuple[list[WordPairs], Iterator[WordPairs]]:
    """What is said again, word by word; what has too few words is added to `few` if it is given.

    Second comes what weighs too little for a repeat, though it may tell that another is a form; it
    is aligned when it is read.

    Where `since` is given, only what the passages from that one on say again of those before it.
    Most texts end here, with nothing to judge.
    """
    parts = split_long(passages, words.hash)
    shingles = shingle(words.hash, parts, settings.shingle_size)
    candidates = _candidates(shingles, len(parts), settings)
    if since:
        candidates = candidates.across(int(parts.of_words(passages.first_word[[since]])[0]))
    if not len(candidates.first):
        return [], iter(())
    from dedupe_text.align import align

    aligned, light = align(candidates, shingles, passages, words, settings.min_words // 2, few)
    return list(aligned), light


def find_twins(
    aligned: Iterable[WordPairs], judge: Judge, keep: Keep
) -> tuple[list[Twin], list[Sentences]]:
    """What repeats, and all that is said again; oriented by which copy stays.

    The twins to be settled first come first.
    """
    said = judge.said_again([pairs[::-1] if keep == "last" else pairs for pairs in aligned])
    if keep == "fullest":
        turned = [sides[::-1] for sentences, sides in said if sentences.are_fuller()]
        said = [one for one in said if not one[0].are_fuller()]
        said += judge.said_again(turned)
    twins = [twin for sentences, sides in said for twin in judge.twins(sentences, *sides)]
    return sorted(twins, key=_precedence(keep)), [sentences for sentences, _ in said]


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
