"""Candidates to runs of equal words: seed on shared shingles, grow, and chain what lies near."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import blocks, first_of_each, places, ranges, run_starts
from dedupe_text.words import mix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dedupe_text.lsh import Candidates
    from dedupe_text.passages import Passages
    from dedupe_text.shingles import Shingles

GAP = 80
"""Words that may lie between two runs of a chain: an advertisement, a few edited sentences."""
MOST_GROWN = 128
"""Words that a run grows beyond its seed to either side; a copy has one in nearly every sentence.
Unbound, each run of a text that says some lines again and again is as long as the text. Of 540 cuts
in documentation and articles none changes from 512 to 64; of 1,800 planted copies two on pages of
lorem ipsum are missed with 64."""
_OVER = 8
"""Words by which a run may reach into the other copy: by chance the same ones follow there."""
_BLOCK = 1 << 12
"""Candidates that are looked at at once, which bounds the memory."""


class Seeds(NamedTuple):
    """Words from which on both copies say the same, as columns (int64)."""

    kept: NDArray[np.int64]
    again: NDArray[np.int64]


class Run(NamedTuple):
    """`length` words from word `kept` on that are the same as those from word `again` on."""

    kept: int
    again: int
    length: int

    @property
    def diagonal(self) -> int:
        """How far apart the two sides are."""
        return self.again - self.kept


class Hashes:
    """The hashes of all words, and where their documents and passages begin."""

    def __init__(self, word_hash: NDArray[np.uint64], passages: Passages) -> None:
        self.words = word_hash
        first = run_starts(passages.document)
        self.documents = np.append(passages.first_word[first], len(word_hash)).astype(np.int64)
        self.edges = passages.first_word

    def bounds(self, words: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first words of the documents that the words are in, and their ends."""
        number = np.searchsorted(self.documents, words, "right")
        return self.documents[np.stack([number - 1, number])]

    def apart(self, run: Run) -> Run:
        """As much of the run as its two sides, both of one document, do not overlap.

        From where a sentence begins, if one does: the words before the first of two copies in a
        row may be the same as the last words of both.
        """
        over = run.length - run.diagonal
        skip = self.edge_near(run.again, run.again, run.again + over) - run.again
        return Run(run.kept + skip, run.again + skip, run.diagonal)

    def edge_near(self, word: int, least: int, most: int) -> int:
        """The beginning of a sentence nearest to `word`, or `most` if none is in between."""
        at = int(places(self.edges, word))
        edges = self.edges[max(at - 1, 0) : at + 1].tolist()
        near = [edge for edge in edges if least <= edge <= most]
        return min(near, key=lambda edge: abs(edge - word), default=most)

    def equal(
        self, one: NDArray[np.int64], other: NDArray[np.int64], most: NDArray[np.int64], step: int
    ) -> NDArray[np.int64]:
        """How many words, at most `most`, are equal from `one` and `other` on; `step` 1 or -1."""
        done, open_, width = np.zeros_like(most), np.flatnonzero(most > 0), 16
        while len(open_):
            along = done[open_, None] + np.arange(width)
            inside = along < most[open_, None]
            along = np.where(inside, along, 0) * step
            same = self.words[one[open_, None] + along] == self.words[other[open_, None] + along]
            same &= inside
            ends = ~same.all(axis=1)
            done[open_] += np.where(ends, np.argmin(same, axis=1), width)
            open_, width = open_[~ends], width * 2
        return done


def find_seeds(candidates: Candidates, shingles: Shingles, passages: Passages) -> Seeds:
    """Pairs of words at which a candidate's two passages begin the same shingle."""
    bounds = places(shingles.passage, np.arange(shingles.passage[-1] + 2))
    ahead = passages.first_word[: len(bounds) - 1] - bounds[:-1]
    found = []
    for some in blocks(len(candidates.first), _BLOCK):
        one, other = (ranges(bounds[side[some]], bounds[side[some] + 1]) for side in candidates)
        same = _same(one, other, shingles.hash)
        found.append([rows + ahead[shingles.passage[rows]] for rows in same])
    return Seeds(*map(np.concatenate, zip(*found)))


_Rows = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""Rows of shingles, and which pair of passages each is looked at for."""


def _same(one: _Rows, other: _Rows, hashes: NDArray[np.uint64]) -> _Rows:
    """The rows of both sides of the pairs whose shingles are the same."""
    keys, at = first_of_each(_pair_key(hashes[one[0]], one[1]))
    wanted = _pair_key(hashes[other[0]], other[1])
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    shared = keys[place] == wanted
    return one[0][at[place[shared]]], other[0][shared]


def _pair_key(hashes: NDArray[np.uint64], pair: NDArray[np.int64]) -> NDArray[np.uint64]:
    return mix(hashes + mix(pair.astype(np.uint64)))


def find_runs(seeds: Seeds, hashes: Hashes) -> NDArray[np.int64]:
    """The seeds, grown to both sides as far as the words are equal; in the order of `again`.

    `kept`, `again` and `length` of each run (3 × runs).

    Inside one document a run ends where its two sides would overlap.
    """
    order = np.lexsort((seeds.again, seeds.again - seeds.kept))
    kept, again = seeds.kept[order], seeds.again[order]
    # Seeds of which each begins one word after the other are of one run.
    begins = np.append(True, (np.diff(again) != 1) | (np.diff(kept) != 1))
    length = np.diff(np.flatnonzero(begins), append=len(kept))
    kept, again = kept[begins], again[begins]
    first, last = hashes.bounds(kept), hashes.bounds(again)
    follows = np.diff(again - kept) == 0  # on the same diagonal of the same documents
    follows &= (np.diff(first[0]) == 0) & (np.diff(last[0]) == 0)
    # Each grows ahead to the one that follows, and back to where the one before it came.
    most = np.minimum(np.minimum(first[1] - kept, last[1] - again) - length, MOST_GROWN)
    most[:-1][follows] = np.minimum(most[:-1], np.diff(again) - length[:-1])[follows]
    length += hashes.equal(kept + length, again + length, most, 1)
    most = np.minimum(np.minimum(kept - first[0], again - last[0]), MOST_GROWN)
    apart = again[1:] - (again + length)[:-1]
    most[1:][follows] = np.minimum(most[1:], apart)[follows]
    back = hashes.equal(kept - 1, again - 1, most, -1)
    at = np.flatnonzero(np.append(True, ~follows | (back[1:] < apart)))
    end = (again + length)[np.append(at[1:], len(again)) - 1]
    kept, again = (kept - back)[at], (again - back)[at]
    length = end - again
    over = (length > again - kept) & (first[0] == last[0])[at]
    runs = np.stack([kept, again, length])
    for place in np.flatnonzero(over).tolist():
        runs[:, place] = hashes.apart(Run(*runs[:, place].tolist()))
    return runs[:, np.lexsort(runs[:2])]


class _Chain:
    """Runs that follow each other on both sides, near one diagonal, in the same documents."""

    __slots__ = ("again_end", "diagonal", "documents", "kept_end", "length", "most", "number")

    def __init__(self, run: Run, documents: list[int], number: int) -> None:
        self.number = number
        self.documents = documents
        self.most = run.again
        self.add(run)

    def add(self, run: Run) -> None:
        """Takes the run, up to where the kept side would reach the other."""
        self.length = min(run.length, self.most - run.kept)
        self.kept_end, self.again_end = run.kept + self.length, run.again + self.length
        self.diagonal = run.diagonal


def chain_runs(
    runs: NDArray[np.int64], hashes: Hashes
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The runs by chains, and where each begins; a run joins that whose last is nearest aside."""
    number, length = np.empty((2, runs.shape[1]), np.int64)
    chains = 0
    open_: list[_Chain] = []
    for place, (run, documents) in enumerate(_each(runs, hashes)):
        best = _nearest(open_, run, documents) if open_ else None
        if best:
            best.add(run)
        else:
            best = _Chain(run, documents, chains)
            open_.append(best)
            chains += 1
        number[place], length[place] = best.number, best.length
        open_ = [chain for chain in open_ if chain.again_end + GAP >= run.again]
    order = np.argsort(number, kind="stable")
    return np.stack([*runs[:2], length])[:, order], run_starts(number[order])


def _each(runs: NDArray[np.int64], hashes: Hashes) -> Iterator[tuple[Run, list[int]]]:
    """Each run, and where the documents of its two sides begin."""
    for some in blocks(runs.shape[1]):
        documents = hashes.bounds(runs[:2, some])[0].T.tolist()
        yield from zip(starmap(Run, runs[:, some].T.tolist()), documents)


def _nearest(open_: list[_Chain], run: Run, documents: list[int]) -> _Chain | None:
    kept, again, length = run
    best, nearest = None, GAP + 1
    for chain in open_:  # as often as there are pairs of runs so near that calls would tell
        aside = abs(again - kept - chain.diagonal)
        if (
            aside < nearest
            and -chain.length < kept - chain.kept_end <= GAP
            and -chain.length < again - chain.again_end <= GAP
            and kept + length - chain.most <= min(_OVER, length - 1)
            and chain.documents == documents
        ):
            best, nearest = chain, aside
    return best
