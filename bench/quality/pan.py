"""The published measures of PAN's text alignment task.

Potthast, Stein, Barrón-Cedeño, Rosso: An Evaluation Framework for Plagiarism Detection (COLING
2010), as the task's own scorer computes them: characters of both sides count, and an annotation
finds another only when both of their sides overlap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.quality.characters import Bounds, cover

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Passage:
    """A case or a detection: a pair of documents, and a span in each."""

    pair: str
    this: Bounds
    source: Bounds

    def __len__(self) -> int:
        """The characters of both sides."""
        return self.this[1] - self.this[0] + self.source[1] - self.source[0]

    def overlaps(self, other: Passage) -> bool:
        """Whether both sides do."""
        return (
            self.pair == other.pair
            and _overlap(self.this, other.this)
            and _overlap(self.source, other.source)
        )


@dataclass(frozen=True, slots=True)
class Scores:
    """The four measures."""

    precision: float
    recall: float
    granularity: float

    @property
    def plagdet(self) -> float:
        """F1 of precision and recall, less for passages found in pieces."""
        if not self.precision + self.recall:
            return 0.0
        f1 = 2 * self.precision * self.recall / (self.precision + self.recall)
        return f1 / math.log2(1 + self.granularity)


def score(cases: Sequence[Passage], detections: Sequence[Passage]) -> Scores:
    """The scores of detections against the cases.

    >>> case = Passage("p", (0, 100), (0, 100))
    >>> halves = [Passage("p", (0, 50), (0, 50)), Passage("p", (50, 100), (50, 100))]
    >>> score([case], halves), round(score([case], halves).plagdet, 3)
    (Scores(precision=1.0, recall=1.0, granularity=2.0), 0.631)
    """
    by_case, by_detection = _by_pair(cases), _by_pair(detections)
    return Scores(
        mean_covered(detections, by_case),
        mean_covered(cases, by_detection),
        granularity(cases, by_detection),
    )


def mean_covered(passages: Sequence[Passage], others: dict[str, list[Passage]]) -> float:
    """The mean share of a passage's characters that the others cover; each passage counts alike."""
    if not passages or not others:
        return float(not passages and not others)
    return sum(covered(one, others.get(one.pair, [])) for one in passages) / len(passages)


def covered(passage: Passage, others: Sequence[Passage]) -> float:
    """The share of a passage's characters, of both sides, that overlapping others cover.

    >>> covered(Passage("p", (0, 10), (0, 10)), [Passage("p", (5, 20), (0, 10))])
    0.75
    """
    overlapping = [other for other in others if passage.overlaps(other)]
    this = _covered(passage.this, [other.this for other in overlapping])
    source = _covered(passage.source, [other.source for other in overlapping])
    return (this + source) / len(passage)


def granularity(cases: Sequence[Passage], detections: dict[str, list[Passage]]) -> float:
    """The mean number of detections of a case that is detected; 1 if none is."""
    counts = [sum(map(case.overlaps, detections.get(case.pair, []))) for case in cases]
    found = sum(map(bool, counts))
    return sum(counts) / found if found else 1.0


def _by_pair(passages: Sequence[Passage]) -> dict[str, list[Passage]]:
    pairs: dict[str, list[Passage]] = {}
    for passage in passages:
        pairs.setdefault(passage.pair, []).append(passage)
    return pairs


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _covered(whole: Bounds, parts: Sequence[Bounds]) -> int:
    start, end = whole
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in parts]
    return int(cover(end - start, inside).sum())
