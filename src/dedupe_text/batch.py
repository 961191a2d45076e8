"""Documents side by side: what is said again inside one or in several, as repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.cleaning import passage_span, spelled
from dedupe_text.model import Alignment, Difference, Location, Repeat
from dedupe_text.paraphrase import Region, beside, find_regions
from dedupe_text.passages import Passages
from dedupe_text.pieces import Twin, unaligned
from dedupe_text.repeats import Judge
from dedupe_text.search import find_aligned, find_twins, split_text
from dedupe_text.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dedupe_text.settings import Keep, Settings

_MOSTLY = 0.5
"""Share of a passage's words from which on it is one that is already kept or said again."""


def find_said(batch: Batch, settings: Settings) -> list[Said]:
    """All that is said again in the documents, as a star around what is kept."""
    judge = Judge(batch.words, batch.passages, settings.similarity, settings.min_words, facts=False)
    aligned = find_aligned(batch.words, batch.passages, settings)
    twins, _ = find_twins(aligned, judge, settings.keep)
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
    regions = find_regions(batch.words, batch.passages, judge.weight_before, settings.min_words)
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


class Batch(NamedTuple):
    """Documents side by side: word and passage numbers run through all of them."""

    ids: Sequence[str]
    texts: Sequence[str]
    own: Sequence[Words]
    words: Words
    passages: Passages

    @staticmethod
    def of(ids: Sequence[str], texts: Sequence[str]) -> Batch:
        """The documents with these ids and texts, of which there is at least one."""
        own, passages = zip(*map(split_text, texts))
        return Batch(ids, texts, own, Words.join(own), Passages.join(passages))

    def repeats(self, said: Iterable[Said]) -> list[Repeat]:
        """The alignments of each kept passage together."""
        repeats: dict[Location, list[Alignment]] = {}
        for one in said:
            alignment = self._alignment(one)
            repeats.setdefault(alignment.kept, []).append(alignment)
        return [Repeat(kept, tuple(again)) for kept, again in sorted(repeats.items())]

    def _alignment(self, said: Said) -> Alignment:
        differs = self._differs(said.twin, said.again, said.kept) if said.twin else ()
        kept = self.passages.around(*said.kept, apart=said.again)
        return Alignment(
            self._location(*kept), self._location(*said.again), said.similarity, differs
        )

    def _differs(
        self, twin: Twin, again: tuple[int, int], kept: tuple[int, int]
    ) -> tuple[Difference, ...]:
        inside = slice(*np.searchsorted(twin.goes, again).tolist())
        pairs = zip(twin.goes[inside].tolist(), twin.stays[inside].tolist())
        return tuple(
            Difference(self._spelled(*one), self._spelled(*other))
            for one, other in unaligned((again[0], kept[0]), pairs, (again[1], kept[1]))
        )

    def _own(self, word: int) -> tuple[int, int]:
        """The number of the document that `word` is in, and of its first word."""
        number = int(self.passages.document[self.passages.of_words(np.array([word]))[0]])
        return number, sum(map(len, self.own[:number]))

    def _spelled(self, first: int, last: int) -> str:
        if first == last:
            return ""
        number, before = self._own(first)
        return spelled(self.texts[number], self.own[number], first - before, last - before)

    def _location(self, first: int, last: int) -> Location:
        """Where the words ``first:last`` are, with the marks that go with them."""
        number, before = self._own(first)
        span = passage_span(self.texts[number], self.own[number], first - before, last - before)
        return Location(self.ids[number], span.start, span.end)
