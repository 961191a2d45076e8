"""Chains of runs to word-level alignments: what lies between the runs is aligned too.

An alignment here is columns of aligned word numbers, equal by their hashes; `repeats` judges
whether they make a repeat.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import are_among, blocks, distinct, ranges
from dedupe_text.gaps import Gaps, align_gaps
from dedupe_text.lengths import Lengths
from dedupe_text.runs import Hashes, Run, chain_runs, find_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.passages import Passages
    from dedupe_text.runs import Seeds
    from dedupe_text.words import Words

MARGIN = 40
"""Words looked at beyond the outermost runs, for edited beginnings and ends."""
_SEEDED = 2
"""Of so many aligned words at least one is in a run that holds a shared shingle."""
_WEIGHTY = 1 / 4
"""Share of the least length that the seeds of a repeat weigh. Of 500 repeats in documentation and
removals none has less, 3 have less than 0.4; of all that is alike there two in five, mostly code.
"""
_ANCHOR = 12
"""Words of a run so long that no better alignment crosses it."""
_LONGEST = 4096
"""Words between two anchors; wider stretches are left unaligned, which bounds the work."""
_BLOCK = 1 << 12
"""Chains that are aligned at once, which bounds the memory."""


class WordPairs(NamedTuple):
    """Aligned words, as columns of word numbers; both rise strictly (int64)."""

    kept: NDArray[np.int64]
    again: NDArray[np.int64]


def align(
    seeds: Seeds,
    passages: Passages,
    words: Words,
    least: int,
    few: list[WordPairs] | None = None,
) -> tuple[Chains, Chains]:
    """The alignments of at least `least` words that the seeds lead to, aligned when read.

    Those whose seeds weigh next to nothing come second. What is too short is not worth the work;
    where it is asked for it is added to `few`.
    """
    hashes = Hashes(words.hash, passages)
    chains = Chains(*chain_runs(find_runs(seeds, hashes), hashes), hashes, least, few)
    weighty = chains.weigh(Lengths(words.flags)) >= least * _WEIGHTY
    return chains.some(weighty), chains.some(~weighty)


class Chains:
    """Chains of runs, which are aligned when they are read.

    `runs`: the words `kept` and `again`, and the `length`, of each run of each chain, as columns
    (3 × runs); `first`: with which run each chain begins.
    """

    def __init__(
        self,
        runs: NDArray[np.int64],
        first: NDArray[np.intp],
        hashes: Hashes,
        least: int,
        few: list[WordPairs] | None,
    ) -> None:
        self._runs = runs
        self._first = first
        self._hashes = hashes
        self._least = least
        self._few = few

    def __iter__(self) -> Iterator[WordPairs]:
        seeded = np.add.reduceat(self._runs[2], self._first) * _SEEDED >= self._least
        if self._few is None:
            seeds = self.some(seeded)
            return (pairs for pairs in seeds._align() if len(pairs.kept) >= self._least)
        return self._note_few(seeded.tolist(), self._few)

    def _note_few(self, seeded: list[bool], few: list[WordPairs]) -> Iterator[WordPairs]:
        for enough, pairs in zip(seeded, self._align()):
            if enough and len(pairs.kept) >= self._least:
                yield pairs
            elif len(pairs.kept):
                few.append(pairs)

    def _align(self) -> Iterator[WordPairs]:
        """Long runs as they are; what lies between, before and after them word by word."""
        bounds = [*self._first.tolist(), self._runs.shape[1]]
        for some in blocks(len(self._first), _BLOCK):
            ends = bounds[some.start : some.stop + 1]
            runs = list(itertools.starmap(Run, self._runs[:, ends[0] : ends[-1]].T.tolist()))
            chains = [
                runs[one - ends[0] : other - ends[0]] for one, other in itertools.pairwise(ends)
            ]
            yield from _align_block(chains, self._hashes)

    def weigh(self, lengths: Lengths) -> NDArray[np.float64]:
        """What the runs of each chain weigh, each in the copy in which it is less."""
        *sides, length = self._runs
        weight = np.minimum(*(lengths.weight(side, side + length) for side in sides))
        return np.add.reduceat(weight, self._first)

    def some(self, chosen: NDArray[np.bool_]) -> Chains:
        """Some of the chains."""
        if chosen.all():
            return self
        size = np.diff(self._first, append=self._runs.shape[1])
        runs, size = self._runs[:, np.repeat(chosen, size)], size[chosen]
        return Chains(runs, np.cumsum(size) - size, self._hashes, self._least, self._few)

    def beside(self, words: NDArray[np.int64]) -> Chains:
        """Those of the documents that hold the words."""
        documents = distinct(self._hashes.bounds(words)[0])
        begins = self._runs[1, self._first]
        return self.some(are_among(self._hashes.bounds(begins)[0], documents))


def _align_block(chains: list[list[Run]], hashes: Hashes) -> Iterator[WordPairs]:
    anchors: list[tuple[int, int, int, int]] = []
    gaps: list[tuple[int, int, int, int, bool, bool, int]] = []
    for number, (chain, extent) in enumerate(zip(chains, _extents(chains, hashes))):
        (kept, kept_end), (again, again_end) = extent
        after = False
        for run in _anchors(chain):
            gaps.append((kept, run.kept, again, run.again, after, True, number))
            anchors.append((*run, number))
            kept, again, after = run.kept + run.length, run.again + run.length, True
        gaps.append((kept, kept_end, again, again_end, after, False, number))
    stays, goes, length, of_anchor = _columns(anchors, 4)
    inside, which = ranges(goes, goes + length)
    columns = _columns([gap for gap in gaps if _is_open(*gap[:4])], 7)
    between = align_gaps(hashes.words, Gaps(*columns[:4], *(columns[4:6] > 0)))
    of_chain = np.concatenate([of_anchor[which], columns[6][between.gap]])
    stays = np.concatenate([inside - (goes - stays)[which], between.kept])
    goes = np.concatenate([inside, between.again])
    order = np.argsort(of_chain << 32 | goes)
    pairs = WordPairs(stays[order], goes[order])
    bounds = np.searchsorted(of_chain[order], np.arange(len(chains) + 1)).tolist()
    for first, last in itertools.pairwise(bounds):
        yield WordPairs(pairs.kept[first:last], pairs.again[first:last])


def _columns(rows: Sequence[tuple[int, ...]], count: int) -> NDArray[np.int64]:
    return np.fromiter(itertools.chain.from_iterable(rows), np.int64).reshape(-1, count).T


def _is_open(kept: int, kept_end: int, again: int, again_end: int) -> bool:
    return 0 < kept_end - kept <= _LONGEST and 0 < again_end - again <= _LONGEST


def _anchors(chain: list[Run]) -> list[Run]:
    """The long runs, clipped so that both sides rise."""
    anchors: list[Run] = []
    for run in chain:
        end = anchors[-1] if anchors else None
        over = (
            max(end.kept + end.length - run.kept, end.again + end.length - run.again, 0)
            if end
            else 0
        )
        if run.length - over >= _ANCHOR:
            anchors.append(Run(run.kept + over, run.again + over, run.length - over))
    return anchors


def _extents(
    chains: list[list[Run]], hashes: Hashes
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The words of both sides with a margin around, inside their documents, not overlapping."""
    begins = np.array([chain[0][:2] for chain in chains], np.int64).reshape(-1, 2)
    documents = hashes.bounds(begins).transpose(1, 2, 0).tolist()
    for chain, (kept_document, document) in zip(chains, documents):
        kept_end = max(run.kept + run.length for run in chain)
        again_end = max(run.again + run.length for run in chain)
        kept_low = max(kept_document[0], chain[0].kept - MARGIN)
        again_high = min(document[1], again_end + MARGIN)
        kept_high = min(kept_document[1], kept_end + MARGIN)
        again_low = max(document[0], chain[0].again - MARGIN)
        if kept_document == document and kept_high > again_low:
            middle = (kept_end + chain[0].again) // 2
            kept_high = again_low = hashes.edge_near(middle, kept_end, chain[0].again)
        yield (kept_low, kept_high), (again_low, again_high)
