"""The conductor: it calls the stages in their order, and knows the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text import textio
from dedupe_text.align import WordPairs, align
from dedupe_text.cleaning import (
    check_cuts,
    cut_spans,
    in_order,
    passage_span,
    plan_cuts,
    spelled,
    without,
)
from dedupe_text.columns import distinct, first_of_each, run_starts
from dedupe_text.errors import SettingsError
from dedupe_text.lsh import Candidates, find_candidates, link_buckets, unique_pairs
from dedupe_text.minhash import sign_shingles
from dedupe_text.model import Alignment, Difference, Document, Limit, Location, Reason, Repeat
from dedupe_text.paraphrase import Region, beside, find_regions
from dedupe_text.passages import Passages, split_long, split_passages
from dedupe_text.repeats import (
    Judge,
    Near,
    Piece,
    Sentences,
    Twin,
    settle,
    still_there,
    unaligned,
)
from dedupe_text.result import Result
from dedupe_text.settings import Keep, Settings
from dedupe_text.shingles import Shingles, shingle
from dedupe_text.structure import mark_structure
from dedupe_text.words import Words, mix, split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray


_MOSTLY = 0.5
"""Share of a passage's words from which on it is one that is already kept or said again."""
_MOST_PASSES = 8
"""Cutting may bring two copies together that were too far apart; nearly always one pass is all."""


def clean(document: str | bytes | Document, settings: Settings | None = None) -> Result:
    """The document without the passages that it says again.

    Cleaning the result again changes nothing. Raises `InputError` for bytes that are no text,
    `SettingsError` for a free order and `SelfCheckError` if the plan fails its own check.
    """
    return look(document, settings or Settings()).result


class Looked(NamedTuple):
    """A result, and the columns that it came from."""

    result: Result
    words: Words
    passages: Passages


def look(
    document: str | bytes | Document, settings: Settings, near: list[Near] | None = None
) -> Looked:
    """`clean`, which adds to `near`, where it is given, what was turned down on the way."""
    if settings.order == "free":
        raise SettingsError(
            "order must be kept, not free, to clean: what is cut is shown word by word;"
            " find_repeats takes both"
        )
    if not isinstance(document, Document):
        document = Document("text", document)
    decoded = _decode(document.text, settings)
    words, passages = _split(decoded.text)
    pieces = _find_all(decoded.text, words, passages, settings, near)
    if not decoded.sliceable:
        pieces = _spare(pieces, "encoding")
    cuts, spared = plan_cuts(pieces, document.id, decoded.text, words, passages)
    check_cuts(decoded.text, cuts, settings.facts)
    result = Result(document.id, decoded, tuple(cuts), tuple(spared), settings)
    return Looked(result, words, passages)


def clean_many(
    documents: Iterable[str | bytes | Document], settings: Settings | None = None
) -> Iterator[Result]:
    """`clean` for each document, in order of arrival."""
    return (clean(document, settings) for document in documents)


def _decode(text: str | bytes, settings: Settings) -> textio.Decoded:
    if isinstance(text, bytes):
        return textio.decode(text, settings.encoding)
    return textio.from_text(text)


def _find_all(
    text: str, words: Words, passages: Passages, settings: Settings, near: list[Near] | None
) -> list[Piece]:
    """What goes and what is spared: cut until nothing more is found.

    So cleaning twice is cleaning once.
    """
    left = words, passages
    alive = np.arange(len(words))
    gone: list[Piece] = []
    spared: list[Piece] = []
    for _ in range(_MOST_PASSES):
        seen: list[Near] | None = None if near is None else []
        found = [part for piece in _find(*left, settings, seen) for part in piece.moved(alive)]
        if near is not None and seen is not None:
            near += [part for one in seen for part in one.moved(alive)]
        more = in_order(found)
        spared += [piece for piece in found if piece.reason and len(piece.goes)]
        if not more:
            return [*gone, *still_there(spared, gone)]
        settled = in_order(settle(gone, more))
        if near is not None:
            near += [Near(piece, Limit("taken")) for piece in _given_up(gone, settled)]
        gone = settled
        left = _split(without(text, cut_spans(text, words, gone)))
        stays = np.ones(len(words), np.bool_)
        for piece in gone:
            stays[piece.first : piece.last] = False
        alive = np.flatnonzero(stays)
    return _spare(gone, "structure")  # each copy is the witness of another


def _given_up(pieces: Iterable[Piece], settled: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces that have no part in those that were settled on."""
    for piece in pieces:
        if not any(one.first <= piece.first and piece.last <= one.last for one in settled):
            yield piece


def _spare(pieces: Iterable[Piece], reason: Reason) -> list[Piece]:
    return [piece._replace(reason=piece.reason or reason) for piece in pieces]


def _split(text: str) -> tuple[Words, Passages]:
    words = mark_structure(text, split_words(text))
    return words, split_passages(words)


def _find(
    words: Words, passages: Passages, settings: Settings, near: list[Near] | None
) -> list[Piece]:
    if len(passages) < 2:
        return []
    judge = Judge(words, passages, settings.similarity, settings.min_words, settings.facts, near)
    twins, said = _twins(words, passages, judge, settings)
    found = judge.gather(judge.without_forms(twins, said))
    return [piece for _, pieces in found for piece in pieces]


def _twins(
    words: Words, passages: Passages, judge: Judge, settings: Settings
) -> tuple[list[Twin], list[Sentences]]:
    """What repeats, and all that is said again; oriented by which copy stays.

    The twins to be settled first come first.
    """
    parts = split_long(passages, words.hash)
    shingles = shingle(words.hash, parts, settings.shingle_size)
    candidates = _candidates(shingles, len(parts), settings)
    least = settings.min_words // 2
    few: list[WordPairs] | None = None if judge.near is None else []
    twins: list[Twin] = []
    said: list[Sentences] = []
    for pairs in align(candidates, shingles, passages, words.hash, least, few):
        stays, goes = judge.of_one_kind(*(pairs[::-1] if settings.keep == "last" else pairs))
        if not len(stays):
            continue
        sentences = judge.said_again(stays, goes)
        if settings.keep == "fullest" and sentences.are_fuller():
            stays, goes = goes, stays
            sentences = judge.said_again(stays, goes)
        if len(sentences.first):
            said.append(sentences)
            twins += judge.twins(sentences, stays, goes)
    if judge.near is not None and few is not None:
        ordered = (pairs[::-1] if settings.keep == "last" else pairs for pairs in few)
        judge.near += [_too_few(stays, goes, least) for stays, goes in ordered]
    return sorted(twins, key=_precedence(settings.keep)), said


def _too_few(stays: NDArray[np.int64], goes: NDArray[np.int64], least: int) -> Near:
    piece = Piece(int(goes[0]), int(goes[-1]) + 1, goes, stays, None)
    return Near(piece, Limit("few", len(goes), least))


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
    begins = run_starts(shingles.passage)
    content = np.add.reduceat(mix(shingles.hash), begins)
    exact = link_buckets(content, np.arange(passages))
    representative = np.zeros(passages, np.bool_)
    representative[first_of_each(content)[1]] = True
    some = shingles.of(representative)
    some = some.of(some.shared(passages))
    if not len(some):
        return exact
    near = find_candidates(
        sign_shingles(some, settings.num_perm), distinct(some.passage), settings.rows
    )
    return unique_pairs(
        np.concatenate([exact.first, near.first]), np.concatenate([exact.second, near.second])
    )


# --- repeats, nothing cut ----------------------------------------------------------------------


def find_repeats(documents: Sequence[Document], settings: Settings | None = None) -> list[Repeat]:
    """What is said more than once, inside a document or in several; nothing is cut.

    In the order of the kept passages.
    """
    settings = settings or Settings()
    if not documents:
        return []
    batch = _Batch.of(documents, settings)
    if len(batch.passages) < 2:
        return []
    judge = Judge(batch.words, batch.passages, settings.similarity, settings.min_words, facts=False)
    twins, _ = _twins(batch.words, batch.passages, judge, settings)
    said = [_Said.of(twin) for twin, _ in judge.gather(twins)]
    if settings.order == "free":
        said = _said_freely(said, batch, judge, settings)
    return batch.repeats(said)


class _Said(NamedTuple):
    """What is said again, in words, half open; compared as sets of words it is no twin."""

    kept: tuple[int, int]
    again: tuple[int, int]
    similarity: float
    twin: Twin | None = None

    @staticmethod
    def of(twin: Twin) -> _Said:
        sentences = twin.sentences
        again = int(sentences.first[0]), int(sentences.last[-1])
        kept = int(sentences.begins.min()), int(sentences.ends.max()) + 1
        return _Said(kept, again, sentences.similarity, twin)

    @staticmethod
    def of_region(region: Region, keep: Keep) -> _Said:
        one, other, similarity = region
        fuller = other[1] - other[0] > one[1] - one[0]
        if keep == "last" or (keep == "fullest" and fuller):
            one, other = other, one
        return _Said(one, other, similarity)

    @property
    def region(self) -> Region:
        one, other = sorted((self.kept, self.again))
        return Region(one, other, self.similarity)


def _said_freely(
    aligned: list[_Said], batch: _Batch, judge: Judge, settings: Settings
) -> list[_Said]:
    """What was aligned, and beside it or in its stead what passages say as sets of words.

    It stays a star, but for the edges: what is said again is itself kept for nothing.
    """
    regions = find_regions(batch.words, batch.passages, judge.weight_before, settings.min_words)
    regions = beside(regions, [one.region for one in aligned])
    said = [one for one in aligned if not any(map(one.region.meets, regions))]
    stays = np.zeros(len(batch.words), np.bool_)
    goes = np.zeros(len(batch.words), np.bool_)
    for one in [*said, *(_Said.of_region(region, settings.keep) for region in regions)]:
        kept, again = slice(*one.kept), slice(*one.again)
        if one.twin is None:
            if max(goes[kept].mean(), goes[again].mean(), stays[again].mean()) > _MOSTLY:
                continue
            said.append(one)
        stays[kept] = goes[again] = True
    return said


class _Batch(NamedTuple):
    """Documents side by side: word and passage numbers run through all of them."""

    documents: Sequence[Document]
    texts: list[str]
    own: list[Words]
    words: Words
    passages: Passages

    @staticmethod
    def of(documents: Sequence[Document], settings: Settings) -> _Batch:
        texts = [_decode(document.text, settings).text for document in documents]
        own, passages = zip(*map(_split, texts)) if texts else ((), ())
        return _Batch(documents, texts, list(own), Words.join(own), Passages.join(passages))

    def repeats(self, said: Iterable[_Said]) -> list[Repeat]:
        """The alignments of each kept passage together."""
        repeats: dict[Location, list[Alignment]] = {}
        for one in said:
            alignment = self._alignment(one)
            repeats.setdefault(alignment.kept, []).append(alignment)
        return [Repeat(kept, tuple(again)) for kept, again in sorted(repeats.items())]

    def _alignment(self, said: _Said) -> Alignment:
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
        return Location(self.documents[number].id, span.start, span.end)
