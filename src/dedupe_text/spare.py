"""What of a repeat is spared: facts that it alone holds, and code that does not go as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import blocks, distinct, run_starts
from dedupe_text.facts import Facts
from dedupe_text.words import Flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dedupe_text.passages import Passages
    from dedupe_text.pieces import Twin
    from dedupe_text.repeats import Judge
    from dedupe_text.sentences import Sentences
    from dedupe_text.words import Words


def spare_sentences(twins: Sequence[Twin], judge: Judge, *, facts: bool) -> list[Twin]:
    """The twins, with which of their sentences hold a fact of their own, or part of code.

    For those that are no forms: it is the dearest to tell, and most are.
    """
    if not twins:
        return []
    code = _code(judge.words, judge.passages)
    twins = [twin._replace(broken=_broken(twin.sentences, twin.goes, code)) for twin in twins]
    if facts:
        known = Facts(judge.words, judge.passages, judge.lengths)
        twins = [
            twin._replace(lost=known.lost(twin.sentences, twin.stays, twin.goes)) for twin in twins
        ]
    return twins


def _code(words: Words, passages: Passages) -> NDArray[np.intp]:
    """The words of each stretch of code, half open (2 × stretches)."""
    begins = [passages.first_word[run_starts(passages.document)].astype(np.intp)]
    for some in blocks(len(words) - 1):
        flags = words.flags[some.start : some.stop + 1]
        begins.append(some.start + 1 + np.flatnonzero((flags[1:] ^ flags[:-1]) & Flag.CODE))
    first = distinct(np.concatenate(begins))
    stretches = np.stack([first, np.append(first[1:], len(words))])
    return stretches[:, words.flags[first] & Flag.CODE > 0]


def _broken(run: Sentences, goes: NDArray[np.int64], code: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which sentences are of code that does not go as a whole, word for word, or lead to it."""
    broken = np.zeros(len(run.first), np.bool_)
    low = np.searchsorted(code[1], run.first[0], "right")
    high = np.searchsorted(code[0], run.last[-1])
    near = code[:, low:high]
    aligned = np.diff(np.searchsorted(goes, near), axis=0)[0]
    for first, last in near[:, aligned < near[1] - near[0]].T.tolist():
        broken |= (run.first < last) & (run.last >= first)
    return broken
