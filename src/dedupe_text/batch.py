"""What documents side by side say again, inside one or in several, as repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.cleaning import passage_span, spelled
from dedupe_text.model import Alignment, Difference, Location, Repeat
from dedupe_text.paraphrase import Region, beside, find_regions
from dedupe_text.pieces import Twin, unaligned
from dedupe_text.repeats import Judge
from dedupe_text.search import find_aligned, find_twins
from dedupe_text.spare import spare_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedupe_text.settings import Keep, Settings
    from dedupe_text.split import Batch

_MOSTLY = 0.5
"""Share of a passage's words from which on it is one that is already kept or said again."""


def find_said(batch: Batch, settings: Settings) -> list[Said]:
    """All that is said again in the documents, as a star around what is kept."""
    judge = Judge(batch.words, batch.passages, settings.similarity, settings.min_words)
    aligned = find_aligned(batch.words, batch.passages, settings)
    twins, _ = find_twins(aligned.heavy if aligned else [], judge, settings.keep)
    twins = spare_sentences(twins, judge, facts=False)
    said = [Said.of(twin) for twin, _ in judge.gather(twins)]
    return said if settings.order == "kept" else _said_freely(said, batch, judge, settings)


class Said(NamedTuple):
    """What is said again, in words, half open; compared as sets of words it is no twin."""

    kept: tuple[int, int]
    again: tuple[int, int]
    similarity: float
    twin: Twin | None = None

    @staticmethod
    def of(twin: Twin) -> Said:
        """What a twin says again, from its first sentence to its last."""
        sentences = twin.sentences
        again = int(sentences.first[0]), int(sentences.last[-1])
        kept = int(sentences.begins.min()), int(sentences.ends.max()) + 1
        return Said(kept, again, sentences.similarity, twin)

    @staticmethod
    def of_region(region: Region, keep: Keep) -> Said:
        """What a region says again; which side stays is for `keep` to say."""
        one, other, similarity = region
        fuller = other[1] - other[0] > one[1] - one[0]
        if keep == "last" or (keep == "fullest" and fuller):
            one, other = other, one
        return Said(one, other, similarity)

    @property
    def region(self) -> Region:
        """Both sides, in the order of the text."""
        one, other = sorted((self.kept, self.again))
        return Region(one, other, self.similarity)


def _said_freely(aligned: list[Said], batch: Batch, judge: Judge, settings: Settings) -> list[Said]:
    """What was aligned, and beside it or in its stead what passages say as sets of words.

    It stays a star, but for the edges: what is said again is itself kept for nothing.
    """
    regions = find_regions(batch.words, batch.passages, judge.lengths, settings.min_words)
    regions = beside(regions, [one.region for one in aligned])
    said = [one for one in aligned if not any(map(one.region.meets, regions))]
    stays = np.zeros(len(batch.words), np.bool_)
    goes = np.zeros(len(batch.words), np.bool_)
    for one in [*said, *(Said.of_region(region, settings.keep) for region in regions)]:
        kept, again = slice(*one.kept), slice(*one.again)
        if one.twin is None:
            if max(goes[kept].mean(), goes[again].mean(), stays[again].mean()) > _MOSTLY:
                continue
            said.append(one)
        stays[kept] = goes[again] = True
    return said


def gather_repeats(said: Iterable[Said], batch: Batch) -> list[Repeat]:
    """The alignments of each kept passage together, in the order of the kept passages."""
    repeats: dict[Location, list[Alignment]] = {}
    for one in said:
        alignment = _alignment(one, batch)
        repeats.setdefault(alignment.kept, []).append(alignment)
    return [Repeat(kept, tuple(again)) for kept, again in sorted(repeats.items())]


def _alignment(said: Said, batch: Batch) -> Alignment:
    differs = _differs(said.twin, said.again, said.kept, batch) if said.twin else ()
    kept = batch.passages.around(*said.kept, apart=said.again)
    return Alignment(
        _location(*kept, batch), _location(*said.again, batch), said.similarity, differs
    )


def _differs(
    twin: Twin, again: tuple[int, int], kept: tuple[int, int], batch: Batch
) -> tuple[Difference, ...]:
    inside = slice(*np.searchsorted(twin.goes, again).tolist())
    goes, stays = twin.goes[inside], twin.stays[inside]
    return tuple(
        Difference(_spelled(*one, batch), _spelled(*other, batch))
        for one, other in unaligned((again[0], kept[0]), goes, stays, (again[1], kept[1]))
    )


def _spelled(first: int, last: int, batch: Batch) -> str:
    if first == last:
        return ""
    split, before = batch.own(first)
    return spelled(split, first - before, last - before)


def _location(first: int, last: int, batch: Batch) -> Location:
    """Where the words ``first:last`` are, with the marks that go with them."""
    split, before = batch.own(first)
    return split.location(passage_span(split.text, split.words, first - before, last - before))
