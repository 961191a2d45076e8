"""Candidates to word-level alignments: seed on shared shingles, chain, align what lies between.

An alignment here is columns of aligned word numbers, equal by their hashes; `repeats` judges
whether they make a repeat.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import first_of_each, ranges, run_starts
from dedupe_text.lcs import align_closely
from dedupe_text.words import mix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dedupe_text.lsh import Candidates
    from dedupe_text.passages import Passages
    from dedupe_text.shingles import Shingles

GAP = 80
"""Words that may lie between two runs of a chain: an advertisement, a few edited sentences."""
MOST_GROWN = 512
"""Words that a run grows beyond its seed to either side; a copy has one in nearly every sentence.
Unbound, each run of a text that says one line again and again is as long as the text."""
MARGIN = 40
"""Words looked at beyond the outermost runs, for edited beginnings and ends."""
_SEEDED = 2
"""Of so many aligned words at least one is in a run that holds a shared shingle."""
_OVER = 8
"""Words by which a run may reach into the other copy: by chance the same ones follow there."""
_ANCHOR = 12
"""Words of a run so long that no better alignment crosses it."""
_LONGEST = 4096
"""Words between two anchors; wider stretches are left unaligned, which bounds the work."""


class Run(NamedTuple):
    """`length` words from word `kept` on that are the same as those from word `again` on."""

    kept: int
    again: int
    length: int

    @property
    def diagonal(self) -> int:
        """How far apart the two sides are."""
        return self.again - self.kept


class WordPairs(NamedTuple):
    """Aligned words, as columns of word numbers; both rise strictly (int64)."""

    kept: NDArray[np.int64]
    again: NDArray[np.int64]


def align(
    candidates: Candidates,
    shingles: Shingles,
    passages: Passages,
    word_hash: NDArray[np.uint64],
    least: int,
    few: list[WordPairs] | None = None,
) -> Iterator[WordPairs]:
    """The alignments of at least `least` words that the candidates lead to.

    The others are not worth the work; where they are asked for they are added to `few`.
    """
    hashes = _Hashes(word_hash, passages)
    runs = find_runs(*find_seeds(candidates, shingles), hashes)
    for chain in chain_runs(runs, hashes):
        seeded = sum(run.length for run in chain) * _SEEDED >= least
        if seeded or few is not None:
            pairs = _align_chain(chain, hashes)
            if seeded and len(pairs.kept) >= least:
                yield pairs
            elif few is not None and len(pairs.kept):
                few.append(pairs)


class _Hashes:
    """The hashes of all words, and where their documents and passages begin."""

    def __init__(self, word_hash: NDArray[np.uint64], passages: Passages) -> None:
        self.words = word_hash
        first = run_starts(passages.document)
        self.documents: list[int] = [*passages.first_word[first].tolist(), len(word_hash)]
        self.edges = passages.first_word

    def document(self, word: int) -> tuple[int, int]:
        """The words of the document that `word` is in."""
        number = bisect_right(self.documents, word)
        return self.documents[number - 1], self.documents[number]

    def of_same_documents(self, run: Run, other: Run) -> bool:
        """Whether both runs have their sides in the same two documents."""
        sides = (run.kept, other.kept), (run.again, other.again)
        return all(self.document(one) == self.document(two) for one, two in sides)

    def apart(self, run: Run) -> Run:
        """As much of the run that its two sides do not overlap, if both are of one document.

        From where a sentence begins, if one does: the words before the first of two copies in a
        row may be the same as the last words of both.
        """
        over = run.length - run.diagonal
        if over <= 0 or self.document(run.kept) != self.document(run.again):
            return run
        skip = self.edge_near(run.again, run.again, run.again + over) - run.again
        return Run(run.kept + skip, run.again + skip, run.diagonal)

    def edge_near(self, word: int, least: int, most: int) -> int:
        """The beginning of a sentence nearest to `word`, or `most` if none is in between."""
        edges = self.edges[np.searchsorted(self.edges, least) : bisect_right(self.edges, most)]
        return int(edges[np.argmin(np.abs(edges - word))]) if len(edges) else most

    def equal_ahead(self, one: int, other: int, most: int) -> int:
        """How many words, at most `most`, are equal from `one` and from `other` on."""
        return self._equal(self.words[one : one + most], self.words[other : other + most])

    def equal_behind(self, one: int, other: int, most: int) -> int:
        """How many words, at most `most`, are equal before `one` and before `other`."""
        return self._equal(
            self.words[one - most : one][::-1], self.words[other - most : other][::-1]
        )

    @staticmethod
    def _equal(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> int:
        done, step = 0, 64
        while done < len(one):
            differ = one[done : done + step] != other[done : done + step]
            if differ.any():
                return done + int(np.argmax(differ))
            done, step = min(done + step, len(one)), step * 4
        return done


def find_seeds(
    candidates: Candidates, shingles: Shingles
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of words at which a candidate's two passages begin the same shingle."""
    bounds = np.searchsorted(shingles.passage, np.arange(shingles.passage[-1] + 2))
    one, pair_one = ranges(bounds[candidates.first], bounds[candidates.first + 1])
    other, pair_other = ranges(bounds[candidates.second], bounds[candidates.second + 1])
    keys, at = first_of_each(_pair_key(shingles.hash[one], pair_one))
    wanted = _pair_key(shingles.hash[other], pair_other)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    shared = keys[place] == wanted
    kept = shingles.word[one[at[place[shared]]]]
    return kept.astype(np.int64), shingles.word[other[shared]].astype(np.int64)


def _pair_key(hashes: NDArray[np.uint64], pair: NDArray[np.int64]) -> NDArray[np.uint64]:
    return mix(hashes + mix(pair.astype(np.uint64)))


def find_runs(kept: NDArray[np.int64], again: NDArray[np.int64], hashes: _Hashes) -> list[Run]:
    """The seeds, grown to both sides as far as the words are equal; in the order of `again`.

    Inside one document a run ends where its two sides would overlap.
    """
    runs: list[Run] = []
    order = np.lexsort((again, again - kept))
    diagonal, end = 0, 0  # of the last run; no seed is on the diagonal 0
    for one, other in zip(kept[order].tolist(), again[order].tolist()):
        if other - one != diagonal:
            runs.append(_grow(one, other, hashes, MOST_GROWN))
        elif other < end:
            continue
        else:
            run = _grow(one, other, hashes, other - end)
            if run.again > end or not hashes.of_same_documents(run, runs[-1]):
                runs.append(run)
            else:
                runs[-1] = runs[-1]._replace(length=run.again + run.length - runs[-1].again)
        diagonal, end = other - one, runs[-1].again + runs[-1].length
    runs = [hashes.apart(run) for run in runs]
    return sorted(runs, key=lambda run: (run.again, run.kept))


def _grow(kept: int, again: int, hashes: _Hashes, behind: int) -> Run:
    """The run through a seed: so far that it meets the next one, where there is one."""
    (kept_first, kept_last), (first, last) = hashes.document(kept), hashes.document(again)
    most = min(kept - kept_first, again - first, behind)
    back = hashes.equal_behind(kept, again, min(most, MOST_GROWN))
    most = min(kept_last - kept, last - again, MOST_GROWN)
    return Run(kept - back, again - back, back + hashes.equal_ahead(kept, again, most))


class _Chain:
    """Runs that follow each other on both sides, near one diagonal."""

    def __init__(self, run: Run) -> None:
        self.runs = [run]

    def takes(self, run: Run, hashes: _Hashes) -> bool:
        last = self.runs[-1]
        kept_gap = run.kept - (last.kept + last.length)
        again_gap = run.again - (last.again + last.length)
        if not (-last.length < kept_gap <= GAP and -last.length < again_gap <= GAP):
            return False
        if abs(run.diagonal - last.diagonal) > GAP:
            return False
        if not hashes.of_same_documents(run, last):
            return False
        return self._over(run) <= min(_OVER, run.length - 1)

    def add(self, run: Run) -> None:
        """Takes the run, up to where the kept side would reach the other."""
        self.runs.append(run._replace(length=run.length - max(self._over(run), 0)))

    def _over(self, run: Run) -> int:
        """How far the kept side would reach into the other; less than 1 if it would not."""
        return run.kept + run.length - self.runs[0].again


def chain_runs(runs: list[Run], hashes: _Hashes) -> list[list[Run]]:
    """The runs as chains; a run joins the chain whose last run lies nearest to its diagonal."""
    done: list[_Chain] = []
    open_: list[_Chain] = []
    for run in runs:
        near = [chain for chain in open_ if chain.takes(run, hashes)]
        if near:
            best = min(near, key=lambda chain: abs(chain.runs[-1].diagonal - run.diagonal))
            best.add(run)
        else:
            open_.append(_Chain(run))
        ended = [c for c in open_ if c.runs[-1].again + c.runs[-1].length + GAP < run.again]
        done += ended
        open_ = [chain for chain in open_ if chain not in ended] if ended else open_
    return [chain.runs for chain in done + open_]


def _align_chain(chain: list[Run], hashes: _Hashes) -> WordPairs:
    """Long runs as they are; what lies between, before and after them word by word."""
    (kept, kept_end), (again, again_end) = _extent(chain, hashes)
    pairs: list[NDArray[np.int64]] = []
    for run in [*_anchors(chain), Run(kept_end, again_end, 0)]:
        sides = bool(pairs), run.length > 0
        pairs.append(_align_between(kept, run.kept, again, run.again, hashes, sides))
        along = np.arange(run.length)
        pairs.append(np.stack([run.kept + along, run.again + along], axis=1))
        kept, again = run.kept + run.length, run.again + run.length
    return WordPairs(*np.concatenate(pairs).T)


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


def _align_between(
    kept: int, kept_end: int, again: int, again_end: int, hashes: _Hashes, sides: tuple[bool, bool]
) -> NDArray[np.int64]:
    if not (0 < kept_end - kept <= _LONGEST and 0 < again_end - again <= _LONGEST):
        return np.zeros((0, 2), np.int64)
    found = align_closely(
        hashes.words[kept:kept_end].tolist(),
        hashes.words[again:again_end].tolist(),
        after=sides[0],
        before=sides[1],
    )
    pairs = np.array(found, np.int64).reshape(-1, 2)
    pairs += (kept, again)
    return pairs


def _extent(chain: list[Run], hashes: _Hashes) -> tuple[tuple[int, int], tuple[int, int]]:
    """The words of both sides with a margin around, inside their documents, not overlapping."""
    kept, again = chain[0].kept, chain[0].again
    kept_end = max(run.kept + run.length for run in chain)
    again_end = max(run.again + run.length for run in chain)
    kept_document, document = hashes.document(kept), hashes.document(again)
    kept_low = max(kept_document[0], kept - MARGIN)
    again_high = min(document[1], again_end + MARGIN)
    kept_high = min(kept_document[1], kept_end + MARGIN)
    again_low = max(document[0], again - MARGIN)
    if kept_document == document and kept_high > again_low:
        kept_high = again_low = hashes.edge_near((kept_end + again) // 2, kept_end, again)
    return (kept_low, kept_high), (again_low, again_high)
