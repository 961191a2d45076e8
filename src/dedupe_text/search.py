"""The way from words to twins: shingles, signatures, candidates, alignments, in their order."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import count_equal, first_of_each, run_starts
from dedupe_text.lengths import weigh
from dedupe_text.lsh import Candidates, find_candidates, link_buckets, unique_pairs
from dedupe_text.minhash import Signatures
from dedupe_text.model import Limit
from dedupe_text.passages import Passages, split_long
from dedupe_text.pieces import OFTEN, Near, Piece, Twin
from dedupe_text.shingles import Shingles, shingle_shared
from dedupe_text.words import Words, add_mixed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from dedupe_text.align import Chains, WordPairs
    from dedupe_text.repeats import Judge
    from dedupe_text.runs import Seeds
    from dedupe_text.sentences import Said
    from dedupe_text.settings import Keep, Settings

_MOST_SAID = 64
"""Times that one document may say a passage, word for word, for it to be looked up. One said more
often is a form: for a repeat that consists of such, one would need over 1,400 words (`OFTEN`).
Of 540 cuts in documentation and articles none changes; 32 adds one, 8 changes 7 documents."""


class Aligned(NamedTuple):
    """The alignments of texts, and those that weigh too little for a repeat.

    Such may tell that another is a form; they are aligned when they are read.
    """

    heavy: list[WordPairs]
    light: Chains


def find_aligned(
    words: Words,
    passages: Passages,
    settings: Settings,
    few: list[WordPairs] | None = None,
    since: int = 0,
    *,
    apart: bool = False,
) -> Aligned | None:
    """What is said again, word by word; what has too few words is added to `few` if it is given.

    In most texts it is nothing. With documents `apart` each is looked at by itself. Where `since`
    is given, only what the passages from that one on say again of those before it.
    """
    seeds = _seeds(words, passages, settings, since, apart=apart)
    if seeds is None:
        return None
    from dedupe_text.align import align

    heavy, light = align(seeds, passages, words, settings.min_words // 2, few)
    return Aligned(list(heavy), light)


def _seeds(
    words: Words, passages: Passages, settings: Settings, since: int, *, apart: bool
) -> Seeds | None:
    """Where candidates begin the same shingle, if there are candidates."""
    parts = split_long(passages, words.hash)
    if since:
        since = int(parts.of_words(passages.first_word[[since]])[0])
    salt = parts.salt() if apart else None
    shingles = shingle_shared(words.hash, parts, settings.shingle_size, since, salt)
    candidates = _candidates(shingles, parts, settings, since, salt)
    if since:
        candidates = candidates.across(since)
    if not len(candidates.first):
        return None
    from dedupe_text.runs import find_seeds

    return find_seeds(candidates, shingles, parts)


def find_twins(
    aligned: Iterable[WordPairs], judge: Judge, keep: Keep
) -> tuple[list[Twin], list[Said]]:
    """What repeats, and where all stands that is said again; oriented by which copy stays.

    The twins to be settled first come first.
    """
    said = judge.said_again([pairs[::-1] if keep == "last" else pairs for pairs in aligned])
    if keep == "fullest":
        either = [*said]
        turned = [sides[::-1] for sentences, sides in either if sentences.are_fuller()]
        others = [one for one in either if not one[0].are_fuller()]
        said = chain(others, judge.said_again(turned))
    twins: list[Twin] = []
    where: list[Said] = []
    for sentences, sides in said:
        twins += judge.twins(sentences, *sides)
        where.append(sentences.where)
    return sorted(twins, key=_precedence(keep)), where


def too_few(pairs: WordPairs, settings: Settings) -> Near:
    """What was aligned, turned down for having too few words to be judged."""
    stays, goes = pairs[::-1] if settings.keep == "last" else pairs
    piece = Piece(int(goes[0]), int(goes[-1]) + 1, goes, stays, None)
    return Near(piece, Limit("few", len(goes), settings.min_words // 2))


def too_often(words: Words, passages: Passages, settings: Settings) -> Iterator[Near]:
    """What was not looked up for being said so often in one document, held against the first."""
    parts = split_long(passages, words.hash)
    content = parts.content(words.hash)
    order = np.argsort(content, kind="stable")
    begins = run_starts(content[order])
    for same in np.split(order, begins[1:]):
        if len(same) > _MOST_SAID:
            first, *others = parts.first_word[same].tolist()
            stays = np.arange(first, parts.last_word[same[0]])
            weight = float(weigh(words.flags[stays]).sum())
            limit = Limit("form", weight, OFTEN * (len(same) - 1) * settings.min_words)
            for again in others:
                piece = Piece(again, again + len(stays), stays + (again - first), stays, None)
                yield Near(piece, limit)


def _precedence(keep: Keep) -> Callable[[Twin], tuple[int, ...]]:
    """What is settled first: the copy that stays for most others."""
    sign = -1 if keep == "last" else 1

    def key(twin: Twin) -> tuple[int, ...]:
        sentences = twin.sentences
        stays = int(sentences.begins[0]), int(sentences.ends[-1])
        fullest = stays[0] - stays[1] if keep == "fullest" else 0
        return fullest, sign * stays[0], -int(sentences.aligned.sum()), sign * sentences.first[0]

    return key


def _candidates(
    some: Shingles,
    passages: Passages,
    settings: Settings,
    since: int,
    salt: NDArray[np.uint64] | None,
) -> Candidates:
    """Exact copies by one hash each; of what is left, those whose signatures share a band."""
    begins = run_starts(some.passage)
    exact = Candidates(begins[:0], begins[:0])
    if not len(begins):
        return exact
    passage = some.passage[begins]
    content = add_mixed(some.hash, begins)
    own = passages.salt()[passage]
    rare = count_equal(content + own) <= _MOST_SAID
    content, passage = (content if salt is None else content + own)[rare], passage[rare]
    first = first_of_each(content)[1]
    chosen = np.zeros(len(passages), np.bool_)
    chosen[passage[first]] = True
    if len(first) < len(begins):
        exact = link_buckets(content, passage)
        chosen = some.shared(chosen, since, salt)
    near = _near(some, chosen, settings, salt) if chosen.any() else exact
    return unique_pairs(
        np.concatenate([exact.first, near.first]), np.concatenate([exact.second, near.second])
    )


def _near(
    some: Shingles,
    chosen: NDArray[np.bool_],
    settings: Settings,
    salt: NDArray[np.uint64] | None,
) -> Candidates:
    """Of the chosen passages, all of which have shingles, those whose signatures share a band."""
    own = chosen[some.passage]
    signatures = Signatures(some.upper()[own], run_starts(some.passage[own]), settings.num_perm)
    passage = np.flatnonzero(chosen)
    salt = None if salt is None else salt[passage]
    return find_candidates(signatures, passage, settings.rows, salt)
