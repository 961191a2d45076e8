"""Two copies side by side: rows of a sentence or a line, their words aligned, what differs marked.

A cut tells what differs and where in the order of the text, not which words are opposite: that
follows, for between the differences the words are the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dedupe_text.lcs import align_words
from dedupe_text.words import Flag, split_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dedupe_text.model import Difference

_OPENING = r"[「『（《“‘«(\[]"
_NEXT_RE = re.compile(rf"(?<=[\n\r])[^\n\r]*$|(?<=\s)\S*$|(?<!{_OPENING}){_OPENING}*$")
"""What, of all that stands before a word, belongs to it and not to the words before."""

_MOST_COMPARED = 10_000_000
"""Words by words of the few copies (3 of 700 looked at) whose differences do not lead through."""


class Run(NamedTuple):
    """Text of one side. What differs and has no text stands only on the other side."""

    text: str
    differs: bool = False


class Row(NamedTuple):
    """What stands opposite each other."""

    kept: tuple[Run, ...]
    removed: tuple[Run, ...]

    @property
    def same(self) -> bool:
        """Whether all words are the same."""
        return not any(run.differs for run in self.kept + self.removed)


class _Side:
    """A text and its words, told row by row."""

    def __init__(self, text: str) -> None:
        words = split_words(text)
        self.text = text
        self.words = words.hash.tolist()
        self._start = words.start.tolist()
        self._end = words.end.tolist()
        self._flags = words.flags.tolist()
        self._at = len(text) - len(text.lstrip())

    def ends(self, word: int) -> bool:
        """Whether a sentence or a line ends before this word."""
        flags = self._flags[word - 1] if 0 < word < len(self.words) else 0
        stops = flags & Flag.STOP and flags & Flag.SPACE
        return bool(flags & (Flag.NEWLINE | Flag.TERMINATOR) or stops)

    def row(self, steps: Sequence[tuple[int, int, bool]], next_word: int | None) -> tuple[Run, ...]:
        """The text up to the next row, which begins with a word; words that differ are marked."""
        runs = []
        for first, last, differs in steps:
            if differs:
                start = self._start[first] if last > first else self._end_before(first)
                end = self._end[last - 1] if last > first else start
                runs += [Run(self.text[self._at : start]), Run(self.text[start:end], differs=True)]
                self._at = end
        end = len(self.text) if next_word is None else self._border(next_word)
        runs.append(Run(self.text[self._at : end]))
        self._at = end
        return _trimmed(runs)

    def _end_before(self, word: int) -> int:
        return max(self._at, self._end[word - 1] if word else 0)

    def _border(self, word: int) -> int:
        """Where, before this word, the one row ends and the next begins."""
        start = self._end_before(word)
        found = _NEXT_RE.search(self.text[start : self._start[word]])
        return start + found.start() if found else self._start[word]


def _trimmed(runs: list[Run]) -> tuple[Run, ...]:
    """The runs without the white space at their ends, and without plain ones that say nothing."""
    if len(runs) == 1:
        runs = [Run(runs[0].text.strip("\r\n").rstrip())]
    else:
        runs = [Run(runs[0].text.lstrip("\r\n")), *runs[1:-1], Run(runs[-1].text.rstrip())]
    return tuple(run for run in runs if run.text or run.differs)


def align_sides(removed: str, kept: str, differs: Sequence[Difference]) -> Iterator[Row]:
    """The rows of two copies; `differs` is what a cut tells of them.

    >>> from dedupe_text.model import Difference
    >>> _, row = align_sides("One. Two four.", "One. Two three.", [Difference("four", "")])
    >>> [run.text for run in row.kept], [run.text for run in row.removed]
    (['Two ', 'three', '.'], ['Two ', 'four', '.'])
    """
    goes, stays = _Side(removed), _Side(kept)
    gaps = [(len(split_words(one)), len(split_words(other))) for one, other in differs]
    pairs = pair_words(goes.words, stays.words, gaps)
    if pairs is None and len(goes.words) * len(stays.words) <= _MOST_COMPARED:
        pairs = align_words(goes.words, stays.words)
    if not pairs:
        yield Row(stays.row((), None), goes.row((), None))
        return
    row: list[_Step] = []
    for step in _steps(pairs, len(goes.words), len(stays.words)):
        if row and goes.ends(step.here) and stays.ends(step.there):
            yield Row(stays.row(_right(row), step.there), goes.row(_left(row), step.here))
            row = []
        row.append(step)
    yield Row(stays.row(_right(row), None), goes.row(_left(row), None))


def pair_words(
    removed: Sequence[int], kept: Sequence[int], gaps: Sequence[tuple[int, int]]
) -> list[tuple[int, int]] | None:
    """Pairs of places that hold the same word, between gaps of so many words on either side.

    A gap is taken where the words are no longer the same, as late as can be: as many words are
    aligned, be it that a word said twice is paired with its double. None if they do not lead to
    the end. The kept passage may begin before what is said again, and end behind it.

    >>> pair_words([1, 2, 3], [9, 1, 3, 4], [(1, 0)])
    [(0, 1), (2, 2)]
    """
    for low in range(len(kept)):
        pairs = _walk(removed, kept, gaps, low)
        if pairs is not None:
            return pairs
    return None


def _walk(
    removed: Sequence[int], kept: Sequence[int], gaps: Sequence[tuple[int, int]], low: int
) -> list[tuple[int, int]] | None:
    here, there, left = 0, low, iter(gaps)
    pairs = []
    while here < len(removed):
        if there < len(kept) and removed[here] == kept[there]:
            pairs.append((here, there))
            here, there = here + 1, there + 1
        elif gap := next(left, None):
            here, there = here + gap[0], there + gap[1]
        else:
            return None
    return pairs if here == len(removed) and next(left, None) is None else None


class _Step(NamedTuple):
    """Words ``here:here_end`` of the removed and ``there:there_end`` of the kept side."""

    here: int
    here_end: int
    there: int
    there_end: int
    differs: bool


def _steps(pairs: list[tuple[int, int]], count: int, other_count: int) -> Iterator[_Step]:
    """Pairs and what differs around them, in order; there are so many words on either side."""
    here = there = 0
    for one, other in [*pairs, (count, other_count)]:
        if one > here or other > there:
            yield _Step(here, one, there, other, differs=True)
        if one < count:
            yield _Step(one, one + 1, other, other + 1, differs=False)
        here, there = one + 1, other + 1


def _left(row: list[_Step]) -> list[tuple[int, int, bool]]:
    return [(step.here, step.here_end, step.differs) for step in row]


def _right(row: list[_Step]) -> list[tuple[int, int, bool]]:
    return [(step.there, step.there_end, step.differs) for step in row]
