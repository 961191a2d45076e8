"""Forms: what comes back on purpose, as formulas, refrains and the cells of a table do.

A section pasted once more is an accident. So the more often a text says something, the longer it
must be for a repeat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dedupe_text.columns import distinct, first_of_each
from dedupe_text.model import Limit
from dedupe_text.pieces import OFTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.passages import Passages
    from dedupe_text.pieces import Twin
    from dedupe_text.repeats import Judge
    from dedupe_text.sentences import Said, Sentences


def without_forms(twins: Sequence[Twin], said: Sequence[Said], judge: Judge) -> list[Twin]:
    """The twins that are no form.

    `said`: all that is said again in the texts of the judge, also what is too short for a repeat.
    """
    if not twins:
        return []
    passages = judge.passages
    copies = judge.copies  # the short ones were not aligned
    times = np.maximum(_count_times(_beside(twins, said, passages), passages), copies)
    others: list[Twin] = []
    for twin in twins:
        passage = passages.of_words(twin.sentences.first)
        limit = _limit(twin.sentences, times[passage], judge.min_words)
        if limit is None or _is_slip(twin.sentences, copies[passage], judge):
            others.append(twin)
        else:
            judge.turn_down(limit, twin.sentences, twin.stays, twin.goes)
    return others


def _beside(twins: Sequence[Twin], said: Sequence[Said], passages: Passages) -> Iterator[Said]:
    """What is said again in the documents that the twins are of."""

    def documents(first: list[np.int64]) -> NDArray[np.int32]:
        return passages.document[passages.of_words(np.array(first, np.int64))]

    theirs = {*documents([twin.sentences.first[0] for twin in twins]).tolist()}
    own = documents([sentences.first[0] for sentences in said]).tolist()
    return (sentences for sentences, document in zip(said, own) if document in theirs)


def _count_times(said: Iterable[Said], passages: Passages) -> NDArray[np.intp]:
    """For each passage, in how many places what it says is said."""
    first = np.arange(len(passages))
    places: list[NDArray[np.int64]] = []
    for sentences in sorted(said, key=lambda sentences: int(sentences.begins[0])):
        passage = passages.of_words(sentences.first)
        witness = first[passages.of_words(sentences.begins)]
        np.minimum.at(first, passage, witness)
        origin, at = first_of_each(witness)
        places.append(origin << 32 | passage[at])
    if not places:
        return np.ones_like(first)
    origins = distinct(np.concatenate(places)) >> 32
    return 1 + np.bincount(origins, minlength=len(first))[first]


def _limit(run: Sentences, times: NDArray[np.intp], min_words: int) -> Limit | None:
    """How far a run falls short of what is needed where a text says its sentences so often."""
    often = np.sort(times)
    again = (often[(len(often) - 1) // 2] + often[len(often) // 2]) / 2 - 1  # the median
    weight, least = float(run.weight.sum()), OFTEN * again * min_words
    return Limit("form", weight, least) if again > 1 and weight < least else None


def _is_slip(run: Sentences, copies: NDArray[np.intp], judge: Judge) -> bool:
    """Whether most of what is said at once, word for word, is said just twice.

    However much else may be like it, nothing but a slip puts it there.
    """
    most = bool(2 * run.weight[copies <= 2].sum() > run.weight.sum())
    return most and run.verbatim and judge.is_at_once(run)
