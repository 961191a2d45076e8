"""Text to words: one vectorised pass over the code points.

A word is a run of letters, digits and marks; an ideograph, kana, Thai, Lao, Khmer or Burmese
character is a word of its own (with the marks that follow it), since these scripts set no spaces.
Soft hyphens and zero-width characters inside a word are passed over. The text is never changed:
each word is folded (NFKD, casefold) only for its hash, so offsets stay true.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.columns import blocks, distinct, places, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    _Codes = NDArray[np.uint8 | np.uint32]


class Flag:
    """Bits: what a code point is; for a word, what is in it or in the gap that follows it."""

    LETTER = 1 << 0
    """Letter or digit of a word."""
    ALONE = 1 << 1
    """A word of its own."""
    MARK = 1 << 2
    """Goes with the word before it."""
    IGNORED = 1 << 3
    """Neither part of a word nor its end."""
    DIGIT = 1 << 4
    UPPER = 1 << 5
    LOWER = 1 << 6
    PHRASED = 1 << 7
    """Of a script that sets spaces between sentences, not between words."""
    SPACE = 1 << 8
    NEWLINE = 1 << 9
    STOP = 1 << 10
    """Ends a sentence, an abbreviation or the whole part of a number."""
    TERMINATOR = 1 << 11
    """Ends a sentence."""
    UNSEEN = 1 << 12
    """Of a link's target or of a tag: no reader sees it."""
    CODE = 1 << 13
    """Of code, a table or front matter."""
    HEADING = 1 << 14
    LAST = 1 << 15
    """The last word of a paragraph."""


IN_WORD = Flag.LETTER | Flag.ALONE | Flag.MARK

STOPS = ".．․"
TERMINATORS = "!?…。！？｡‼‽⁇⁈⁉؟۔।॥။។៕܀᙮᠃᠉՞։᥄᥅᪨꘎꘏"

_SEPARATORS = {
    **dict.fromkeys("\n\r", Flag.NEWLINE),
    **dict.fromkeys(STOPS, Flag.STOP),
    **dict.fromkeys(TERMINATORS, Flag.TERMINATOR),
}
_BLOCK = 1 << 16
_WINDOW = 1 << 10
_LONGEST_FOLD = 32
"""Characters that one is folded to, at most: 18 today, for U+FDFA."""
_PHRASED_BLOCKS = (range(0x0E00, 0x0F00), range(0x1000, 0x10A0), range(0x1780, 0x1800))
_ALONE_BLOCKS = (
    *_PHRASED_BLOCKS,
    range(0x2E80, 0x2FE0),  # CJK and Kangxi radicals
    range(0x3005, 0x3008),
    range(0x3021, 0x3030),
    range(0x3040, 0x3100),  # kana
    range(0x31F0, 0x3200),
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0xFF66, 0xFF9E),  # half-width kana
    range(0x1B000, 0x1B170),
    range(0x20000, 0x32000),
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Words:
    """The words of a text, as columns of equal length, in the order of the text.

    `start`, `end`: offsets (int32). `hash`: of the folded word (uint64). `flags`: the `Flag`
    bits of the word's characters and of the gap up to the next word (uint16). `line_start`
    is a column of its own: where each line of the text begins.
    """

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    hash: NDArray[np.uint64]
    flags: NDArray[np.uint16]
    line_start: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.start)

    def of(self, words: slice, lines: slice, start: int) -> Words:
        """The words of a part of the text that begins at `start`, and the lines of it."""
        by = np.int32(start)
        return Words(
            self.start[words] - by,
            self.end[words] - by,
            self.hash[words],
            self.flags[words],
            self.line_start[lines] - by,
        )

    @staticmethod
    def join(several: Sequence[Words]) -> Words:
        """The words of several texts, one text after the other; offsets stay those of each."""
        columns = ("start", "end", "hash", "flags", "line_start")
        empty = split_words("")
        joined = (
            np.concatenate([getattr(words, column) for words in (*several, empty)])
            for column in columns
        )
        return Words(*joined)


def split_words(text: str) -> Words:
    r"""The words of `text`; what lies between two words holds no letter, digit or mark.

    >>> words = split_words("Ceci n’est\u00ad pas 東京")
    >>> ["Ceci n’est\u00ad pas 東京"[a:b] for a, b in zip(words.start, words.end)]
    ['Ceci', 'n', 'est', 'pas', '東', '京']
    """
    most = len(text)
    start, end = np.empty(most, np.int32), np.empty(most, np.int32)
    hashes, flags = np.empty(most, np.uint64), np.empty(most, np.uint16)
    lines = [np.zeros(1, np.int32)]
    tables = _tables(frozenset({0}))
    count = first = 0
    while first < most:
        last = _next_edge(text, first + _BLOCK)
        codes = _code_points(text[first:last])
        tables = tables.with_pages(codes)
        columns = _split_block(codes, tables, first)
        if count:  # what a block begins with is of the word before it
            begin = columns[0][0] - first if len(columns[0]) else last - first
            gap = np.bitwise_or.reduce(tables.flags.take(codes[:begin]))
            flags[count - 1] |= gap & np.uint16(0xFFFF ^ Flag.IGNORED)
        own = slice(count, count + len(columns[0]))
        start[own], end[own], hashes[own], flags[own] = columns
        lines.append(_line_starts(codes, first, text[last : last + 1]))
        count, first = own.stop, last
    shorten(count, start, end, hashes, flags)
    return Words(start, end, hashes, flags, np.concatenate(lines))


def fold(word: str) -> str:
    r"""The word made comparable: NFKD, casefold, no soft hyphens or zero-width characters.

    >>> fold("Stra\u00adSSE") == fold("straße")
    True
    """
    return "".join(chr(code) for char in word for code in _fold_char(char))


def mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): a bijection that keeps 0."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


def add_mixed(hashes: NDArray[np.uint64], first: NDArray[np.integer]) -> NDArray[np.uint64]:
    """For each run of hashes, the i-th of which begins at first[i], a number of what is in it.

    In whatever order; `first` begins with 0 and rises strictly.
    """
    sums = np.zeros(len(first), np.uint64)
    for some in blocks(len(hashes)):
        low, high = places(first, [some.start, some.stop - 1], "right").tolist()
        begins = np.maximum(first[low - 1 : high] - some.start, 0)
        sums[low - 1 : high] += np.add.reduceat(mix(hashes[some]), begins)
    return sums


def _code_points(text: str) -> _Codes:
    """One number a character, in one byte each where that is enough."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


# --- what each code point is -------------------------------------------------------------


class _Tables(NamedTuple):
    """Look-ups by code point, filled for the pages that a text uses."""

    flags: NDArray[np.uint16]
    value: NDArray[np.uint64]
    """Of the first folded character, mixed; 0 outside words."""
    width: NDArray[np.uint8]
    """How many characters the fold has."""
    wide: dict[int, tuple[int, ...]]
    """The whole fold where it has more than one."""
    pages: frozenset[int]
    """Of 256 code points each, that are filled."""

    def with_pages(self, codes: _Codes) -> _Tables:
        """The look-ups for these code points too."""
        if codes.dtype == np.uint8:
            return self
        seen = np.zeros(0x1100, np.bool_)
        seen[codes[codes > 0xFF] >> 8] = True
        pages = frozenset(np.flatnonzero(seen).tolist())
        return self if pages <= self.pages else _tables(self.pages | pages)


@lru_cache(maxsize=8)
def _tables(pages: frozenset[int]) -> _Tables:
    size = (max(pages) + 1) * 256
    tables = _Tables(
        np.zeros(size, np.uint16), np.zeros(size, np.uint64), np.zeros(size, np.uint8), {}, pages
    )
    for number in pages:
        at, page = slice(number * 256, number * 256 + 256), _page(number)
        tables.flags[at], tables.value[at], tables.width[at] = page.flags, page.value, page.width
        tables.wide.update(page.wide)
    return tables


@lru_cache(maxsize=0x1100)
def _page(number: int) -> _Tables:
    """The tables for the 256 code points from ``256 * number``."""
    chars = [chr(code) for code in range(number * 256, number * 256 + 256)]
    flags = [_flags_of(char) for char in chars]
    folds = [_fold_char(char) if flag & IN_WORD else () for char, flag in zip(chars, flags)]
    first = np.array([fold[0] + 1 if fold else 0 for fold in folds], np.uint64)
    wide = {ord(char): fold for char, fold in zip(chars, folds) if len(fold) > 1}
    return _Tables(
        np.array(flags, np.uint16),
        mix(first),
        np.array([len(fold) for fold in folds], np.uint8),
        wide,
        frozenset({number}),
    )


def _flags_of(char: str) -> int:
    category = unicodedata.category(char)
    if category[0] in "LN":
        return _flags_of_letter(char, category)
    if char in _SEPARATORS:
        return _SEPARATORS[char]
    if char.isspace():
        return Flag.SPACE
    if _is_ignored(char):
        return Flag.IGNORED
    return Flag.MARK if category[0] == "M" else 0


def _flags_of_letter(char: str, category: str) -> int:
    """Letters and numbers of all kinds."""
    if _is_ignored(char):
        return Flag.IGNORED
    found, code = Flag.LETTER, ord(char)
    if unicodedata.numeric(char, None) is not None:
        found |= Flag.DIGIT
    elif category in ("Lu", "Lt"):
        found |= Flag.UPPER
    elif category == "Ll":
        found |= Flag.LOWER
    if category != "Nd" and any(code in block for block in _ALONE_BLOCKS):
        found ^= Flag.LETTER | Flag.ALONE
        if any(code in block for block in _PHRASED_BLOCKS):
            found |= Flag.PHRASED
    return found


def _is_ignored(char: str) -> bool:
    """Soft hyphen, zero-width and direction marks, variation selectors, Arabic tatweel."""
    return (
        unicodedata.category(char) == "Cf" or char in "\u034f\u0640" or "\ufe00" <= char <= "\ufe0f"
    )


def _fold_char(char: str) -> tuple[int, ...]:
    """The folded characters; NFKD acts on each alone, so that é and e + accent are one."""
    if _is_ignored(char):
        return ()
    decomposed = unicodedata.normalize("NFKD", char).casefold()
    return tuple(ord(part) for part in unicodedata.normalize("NFKD", decomposed))


# --- words of a block ------------------------------------------------------------------------


def _next_edge(text: str, at: int) -> int:
    """Where a block may end that is to go so far: it fits the cache, and splits no word."""
    tables = _tables(frozenset({0}))
    while at < len(text):
        codes = _code_points(text[at : at + _WINDOW])
        tables = tables.with_pages(codes)
        window = tables.flags[codes]
        edges = np.flatnonzero((window & (IN_WORD | Flag.IGNORED) == 0) | (window & Flag.ALONE > 0))
        if len(edges):
            return at + int(edges[0])
        at += _WINDOW
    return len(text)


def _split_block(
    block: _Codes, tables: _Tables, first: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint64], NDArray[np.uint16]]:
    """start, end, hash and flags of the words in a block that begins there."""
    flags = tables.flags.take(block)
    ignored = flags & Flag.IGNORED > 0
    at = np.flatnonzero(~ignored) if ignored.any() else None
    if at is not None:
        block, flags = block[at], flags[at]
    in_word = flags & IN_WORD > 0
    starts = _word_starts(flags, in_word)
    start = np.flatnonzero(starts)
    if not len(start):
        empty = np.zeros(0, np.int32)
        return empty, empty, np.zeros(0, np.uint64), np.zeros(0, np.uint16)
    in_word[:-1] &= starts[1:] | ~in_word[1:]
    end = np.flatnonzero(in_word)  # the last character of each word
    joined = np.bitwise_or.reduceat(flags, start)
    hashes = _hash_words(block, start, end, tables)
    if at is not None:
        start, end = at[start], at[end]
    return (start + first).astype(np.int32), (end + 1 + first).astype(np.int32), hashes, joined


def _word_starts(flags: NDArray[np.uint16], in_word: NDArray[np.bool_]) -> NDArray[np.bool_]:
    starts = in_word.copy()
    starts[1:] &= ~in_word[:-1]
    alone = flags & Flag.ALONE > 0
    if alone.any():
        # A letter after a word of its own begins another; the marks between belong to the first.
        no_mark = flags & Flag.MARK == 0
        base = np.maximum.accumulate(np.where(no_mark, np.arange(len(flags)), 0))
        starts |= alone
        starts[1:] |= in_word[1:] & no_mark[1:] & alone[base[:-1]]
    return starts


def _hash_words(
    block: _Codes, start: NDArray[np.intp], end: NDArray[np.intp], tables: _Tables
) -> NDArray[np.uint64]:
    """For each word the polynomial of its folded characters' values, mixed.

    The powers run through the block, and each word is brought back by its inverse power: so one
    multiplication a character is enough. Characters outside words have the value 0.
    """
    terms = tables.value.take(block)
    wide = np.flatnonzero(block > 0x7F)  # no ASCII character is folded to several
    wide = wide[tables.width[block[wide]] > 1]
    if not len(wide):
        powers, inverses = _powers(len(block).bit_length())
        terms *= powers[: len(block)]
        return mix(_sums(terms, end) * inverses[start])
    width = tables.width[block]
    place = np.cumsum(width, dtype=np.int64) - width
    powers, inverses = _powers((max(len(block), int(place[-1])) + _LONGEST_FOLD).bit_length())
    terms *= powers[place]
    unique = distinct(block[wide])
    which = np.searchsorted(unique, block[wide])
    folds = [tables.wide[int(code)] for code in unique]
    for part in range(1, max(map(len, folds))):
        codes = [fold[part] + 1 if part < len(fold) else 0 for fold in folds]
        terms[wide] += mix(np.array(codes, np.uint64))[which] * powers[place[wide] + part]
    return mix(_sums(terms, end) * inverses[place[start]])


def _sums(terms: NDArray[np.uint64], end: NDArray[np.intp]) -> NDArray[np.uint64]:
    """The sums of the words that end there, for between words all is 0."""
    sums = np.cumsum(terms)[end]
    sums[1:] -= sums[:-1]
    return sums


@lru_cache(maxsize=16)
def _powers(bits: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Powers of an odd number modulo 2**64, and of its inverse, ``1 << bits`` of each."""
    base = 0x9E3779B97F4A7C15
    powers, inverses = (
        np.full(1 << bits, factor, np.uint64) for factor in (base, pow(base, -1, 1 << 64))
    )
    powers[0] = inverses[0] = 1
    return np.multiply.accumulate(powers), np.multiply.accumulate(inverses)


def _line_starts(block: _Codes, first: int, after: str) -> NDArray[np.int32]:
    r"""Where the lines that end in a block are followed by others; `after` it stands this.

    Lines end at ``\n``, ``\r\n`` or ``\r``, and nowhere else.
    """
    ends = block == 13
    ends[:-1] &= block[1:] != 10
    ends[-1:] &= after != "\n"
    ends |= block == 10
    return np.flatnonzero(ends).astype(np.int32) + np.int32(first + 1)
