"""Words to passages: sentence-like stretches, defined by their content.

The same sentence is the same passage whether its paragraph is wrapped at 72 columns, glued to its
neighbours or set apart by advertisements. A passage never crosses the end of a document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import are_among, blocks, distinct, places
from dedupe_text.model import Span
from dedupe_text.words import Flag, Words, add_mixed, mix, split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ABBREVIATIONS = """
adm al approx apr assn aug ave bldg blvd brig bzw ca capt cf cmdr col cpl dec dept dist dr ed eds
eq est et etc feb fig figs fr ft gen gov hon jan jr jul jun lt maj mar messrs mlle mme mr mrs ms mt
no nos nov oct op pp prof rep reps rev sen sens sep sept sgt sr st supt viz vol vs г им стр ул
"""
"""A full stop after one of these ends no sentence."""

_LONGEST = 64
"""Words of the longest passage that is compared as a whole."""
_SHORT = 8
_NARROWEST, _WIDEST = 40, 120
"""Columns of text that is taken as wrapped by hand or by a mail program."""
_OUTER = 1 << 30
"""The ends of the text are stronger than any white space."""
_SPACE_RE = re.compile(r"\s+")
_NEWLINE_RE = re.compile(r"\r\n?|\n")
_CLOSING_RE = re.compile(r"[^\w\s(\[{<«“‘„‚「『（【《〈¿¡]*")
"""What still belongs to the passage before when no white space follows it."""
_FENCE = r"\n[ \t>]*(?:```+|~~~+)[ \t\r]*"
_LINE_ENDS = r"(?=\n|\Z)"
_CODE_ENDS_RE = re.compile(
    rf"[^\w\n]*(?:\n\s*[\])}}][^\w\n]*)*{_LINE_ENDS}(?:\s*{_FENCE}{_LINE_ENDS})?"
)
_CODE_BEGINS_RE = re.compile(rf"{_FENCE}\n")
"""Lines without words that are of the code before or after them: what stood behind a fence that is
left alone would be code."""
_TO_LAST_WORD_RE = re.compile(r"(?s:.*)\w|")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Passages:
    """The passages of documents, as columns of equal length, in the order of the text.

    `document`: the number of the document (int32).
    `first_word`, `last_word`: half open, in words (int32); together they cover all words.
    """

    document: NDArray[np.int32]
    first_word: NDArray[np.int32]
    last_word: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.first_word)

    def of(self, some: slice, first_word: int) -> Passages:
        """Passages of one document, which begins with this word."""
        first, last = self.first_word[some], self.last_word[some]
        by = np.int32(first_word)
        return Passages(np.zeros(len(first), np.int32), first - by, last - by)

    @staticmethod
    def join(several: Sequence[Passages]) -> Passages:
        """The passages of several documents, words and documents numbered through."""
        columns: list[list[NDArray[np.int32]]] = [[], [], []]
        words = 0
        for number, one in enumerate(several):
            columns[0].append(one.document + np.int32(number))
            columns[1].append(one.first_word + np.int32(words))
            columns[2].append(one.last_word + np.int32(words))
            words += int(one.last_word[-1]) if len(one) else 0
        return Passages(*map(np.concatenate, columns))

    def of_words(self, words: NDArray[np.integer]) -> NDArray[np.intp]:
        """The numbers of the passages that the words are in."""
        return places(self.first_word, words, "right") - 1

    def begin_at(self, words: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Whether a passage begins at each of the words."""
        begin: NDArray[np.bool_] = self.first_word[self.of_words(words)] == words
        return begin

    def salt(self) -> NDArray[np.uint64]:
        """For each passage a number of its document: keys that hold it meet inside one alone."""
        return mix(self.document.astype(np.uint64))

    def content(self, word_hash: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """For each passage a number of its document and of its words, in whatever order."""
        return add_mixed(word_hash, self.first_word) + self.salt()

    def around(self, first_word: int, last_word: int, apart: tuple[int, int]) -> tuple[int, int]:
        """The words of the whole passages that hold the words ``first_word:last_word``.

        Of those the words `apart` from which they must keep are left out.
        """
        first, last = self.of_words(np.array([first_word, last_word - 1]))
        low, high = int(self.first_word[first]), int(self.last_word[last])
        if last_word <= apart[0]:
            return low, min(high, apart[0])
        if first_word >= apart[1]:
            return max(low, apart[1]), high
        return low, high


def split_passages(words: Words, documents: Sequence[int] = (0,)) -> Passages:
    r"""The passages of the text that `words` came from.

    `documents`: where in `words` each document begins, if there are several.

    >>> words = split_words("It rained on Mr. Ba. Nobody\nminded. “Why not?” she asked.")
    >>> split_passages(words).first_word.tolist()
    [0, 5, 7]
    """
    if not len(words):
        empty = np.zeros(0, np.int32)
        return Passages(empty, empty, empty)
    begins = np.zeros(len(words) + 1, np.bool_)
    begins[documents] = begins[-1] = True
    sentence = begins.copy()
    sentence[1:-1] |= _ends_sentence(words, begins)
    first = np.flatnonzero(sentence).astype(np.int32)
    document = np.searchsorted(documents, first[:-1], "right").astype(np.int32) - np.int32(1)
    return Passages(document, first[:-1], first[1:])


def _ends_sentence(words: Words, begins: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a sentence ends between each word and the next; `begins`: a document does."""
    ends, goes_on = np.empty((2, len(words) - 1), np.bool_)
    for some in blocks(len(ends)):
        ends[some], goes_on[some] = _ends_between(words, some, begins)
    ends |= _ends_line(words, goes_on, begins)
    return ends


def _ends_between(
    words: Words, some: slice, begins: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether a sentence ends after each of some words, wherever lines end, and goes on there."""
    flags, following = words.flags[some], words.flags[some.start + 1 : some.stop + 1]
    goes_on = following & (Flag.LOWER | Flag.UPPER) == Flag.LOWER
    spaced = flags & (Flag.SPACE | Flag.NEWLINE) > 0
    stop = (flags & Flag.STOP > 0) & spaced
    goes_on[stop] |= _is_abbreviation(words, some.start + np.flatnonzero(stop), begins)
    ends: NDArray[np.bool_] = (stop | (flags & Flag.TERMINATOR > 0)) & ~goes_on
    ends |= (flags & following & Flag.PHRASED > 0) & spaced
    ends |= (flags ^ following) & (Flag.CODE | Flag.HEADING) > 0
    return ends, goes_on


def _is_abbreviation(
    words: Words, at: NDArray[np.intp], begins: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Initials, the marks of numbered lists, and what `ABBREVIATIONS` lists."""
    length, flags = words.end[at] - words.start[at], words.flags[at]
    initial = (length == 1) & (flags & Flag.UPPER > 0)
    number = flags & (Flag.DIGIT | Flag.LOWER | Flag.UPPER) == Flag.DIGIT
    item = number & (begins[at] | (words.flags[at - 1] & Flag.NEWLINE > 0))
    found: NDArray[np.bool_] = initial | item | are_among(words.hash[at], _abbreviations())
    return found


@lru_cache(maxsize=1)
def _abbreviations() -> NDArray[np.uint64]:
    return split_words(ABBREVIATIONS).hash


def _ends_line(
    words: Words, goes_on: NDArray[np.bool_], begins: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether a line that is not wrapped ends between each word and the next.

    A line is wrapped when the next line's first word would not have fitted into the width of its
    paragraph, or is in lower case. A line without words parts paragraphs.
    """
    ends = np.zeros(len(words) - 1, np.bool_)
    broken = (words.flags[:-1] & Flag.NEWLINE > 0) | begins[1:-1]
    last = np.append(np.flatnonzero(broken), len(ends))  # of each line
    if len(last) < 2:
        return ends
    line = np.searchsorted(words.line_start, words.start[last], "right") - 1
    length = words.end[last] - words.line_start[line]
    blank = (line[1:] - line[:-1] > 1) | begins[last[:-1] + 1]
    paragraph = np.append(True, blank)
    width = np.maximum.reduceat(length, np.flatnonzero(paragraph))[np.cumsum(paragraph) - 1][:-1]
    last = last[:-1]
    needed = length[:-1] + 1 + words.end[last + 1] - words.start[last + 1]
    wrapped = goes_on[last] | ((needed > width) & (width >= _NARROWEST) & (width <= _WIDEST))
    ends[last[blank | ~wrapped]] = True
    return ends


def split_long(passages: Passages, word_hash: NDArray[np.uint64]) -> Passages:
    """The passages, those of over 64 words cut by content, at about every 16th word.

    Text without full stops is one passage; only its parts can be compared by their shingles.
    """
    length = passages.last_word - passages.first_word
    if not len(length) or length.max() <= _LONGEST:
        return passages
    # Only the last bits are looked at: in a byte each they take an eighth of the memory.
    bits = np.bitwise_and(word_hash, 15, dtype=np.uint8, casting="unsafe")
    by_content = np.flatnonzero(bits == 0)
    by_content = by_content[length[passages.of_words(by_content)] > _LONGEST]
    first = distinct(np.append(passages.first_word, by_content)).astype(np.int32)
    last = np.append(first[1:], np.int32(len(word_hash)))
    return Passages(passages.document[passages.of_words(first)], first, last)


def join_short(passages: Passages) -> Passages:
    """The passages, those of under 8 words joined with such beside them.

    The entries of a menu are passages of one or two words: alone each says nothing.
    """
    short = passages.last_word - passages.first_word < _SHORT
    begins = np.ones(len(passages), np.bool_)
    begins[1:] = ~(short[1:] & short[:-1]) | (np.diff(passages.document) > 0)
    last = np.append(passages.first_word[begins][1:], passages.last_word[-1:])
    return Passages(passages.document[begins], passages.first_word[begins], last)


# --- where a passage begins and ends in the text ---------------------------------------------


class Gap(NamedTuple):
    """What lies between two passages.

    `closing` is the white space after the one, `opening` that before the other: the same,
    unless something of neither stands between them, like a line of asterisks. `strength` says
    how far apart they are: -1 nothing, 0 a space, else newlines; the ends of a text count most.
    """

    closing: Span
    opening: Span
    strength: int


def gap_before(text: str, words: Words, word: int) -> Gap:
    """The gap between passages that ends where `word` begins; it may be ``len(words)``.

    Quotes, brackets and list marks before the word go with it; those after the word before it
    stay with that one.

    >>> text = "“One.” (Two.)"
    >>> gap_before(text, split_words(text), 1).opening
    Span(start=6, end=7)
    """
    left = int(words.end[word - 1]) if word else 0
    right = int(words.start[word]) if word < len(words) else len(text)
    if word and words.flags[word - 1] & Flag.CODE:
        ends = _CODE_ENDS_RE.match(text, left, right)
        left += len(ends[0].rstrip()) if ends else 0
    if word < len(words) and words.flags[word] & Flag.CODE:
        bare = _TO_LAST_WORD_RE.match(text, left, right)
        begins = _CODE_BEGINS_RE.search(text, bare.end() if bare else left, right)
        right = begins.start() + 1 if begins else right
    runs = [
        (len(_NEWLINE_RE.findall(run[0])), Span(*run.span()))
        for run in _SPACE_RE.finditer(text, left, right)
    ]
    most = max((newlines for newlines, _ in runs), default=-1)
    breaks = [span for newlines, span in runs if newlines or not most]
    if word == 0:
        at = breaks[-1].end if most > 0 else 0
        return Gap(Span(0, 0), Span(at, at), _OUTER)
    if word == len(words):
        at = breaks[0].start if most > 0 else right
        return Gap(Span(at, at), Span(right, right), _OUTER)
    if most < 0:
        closing = _CLOSING_RE.match(text, left, right)
        at = closing.end() if closing else left
        return Gap(Span(at, at), Span(at, at), -1)
    return Gap(breaks[0], breaks[-1 if most else 0], most)
