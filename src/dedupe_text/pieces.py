"""Repeats in pieces: neighbouring sentences with one fate, and how the pieces of a text agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.model import Limit, Reason, Spread
    from dedupe_text.sentences import Sentences

OFTEN = 0.75
"""Lengths of a least repeat that one must have for each time that it is said again: refrains said
three times have up to 30 words, sections pasted twice 60 and more."""


class Twin(NamedTuple):
    """Sentences that go, `lost` those of them that hold a fact which the kept copy lacks.

    `broken`: those with a part of code that does not go as a whole. `stays`, `goes`: the aligned
    words of both copies, both rising.
    """

    sentences: Sentences
    lost: NDArray[np.bool_]
    broken: NDArray[np.bool_]
    stays: NDArray[np.int64]
    goes: NDArray[np.int64]
    spread: Spread | None = None


class Piece(NamedTuple):
    """Neighbouring sentences with one fate: the words ``first:last``, and what stays for them.

    `goes`, `stays`: the aligned words, both rising; those of earlier documents have numbers below
    zero. `reason` says why the piece is spared.
    """

    first: int
    last: int
    goes: NDArray[np.int64]
    stays: NDArray[np.int64]
    reason: Reason | None
    spread: Spread | None = None

    def shifted(self, by: int) -> Piece:
        """The piece in a numbering that begins elsewhere."""
        return self._replace(
            first=self.first + by,
            last=self.last + by,
            goes=self.goes + by,
            stays=self.stays + by,
        )

    def moved(self, words: NDArray[np.int64]) -> Iterator[Piece]:
        """The piece in the numbers of a text of which only `words` were looked at.

        Where words between were left out it comes in parts.
        """
        own = words[self.first : self.last]
        for part in np.split(own, np.flatnonzero(np.diff(own) != 1) + 1):
            first, last = int(part[0]), int(part[-1]) + 1
            inside = (words[self.goes] >= first) & (words[self.goes] < last)
            goes, stays = words[self.goes[inside]], self.stays[inside]
            stays = stays if (stays < 0).any() else words[stays]
            yield self._replace(first=first, last=last, goes=goes, stays=stays)


class Near(NamedTuple):
    """What was looked at and turned down: `piece` would go but for `limit`."""

    piece: Piece
    limit: Limit

    def moved(self, words: NDArray[np.int64]) -> Iterator[Near]:
        """The same in the numbers of a text of which only `words` were looked at."""
        return (Near(piece, self.limit) for piece in self.piece.moved(words) if len(piece.goes))


_FATES: tuple[Reason | None, ...] = (None, "facts", "structure")


def split_twin(twin: Twin) -> Iterator[Piece]:
    """The pieces that the sentences of a twin make."""
    sentences = twin.sentences
    fate = np.where(twin.lost, 1, 2 * twin.broken)
    breaks = (sentences.first[1:] != sentences.last[:-1]) | (fate[1:] != fate[:-1])
    for run in np.split(np.arange(len(sentences.first)), np.flatnonzero(breaks) + 1):
        first, last = int(sentences.first[run[0]]), int(sentences.last[run[-1]])
        inside = slice(*np.searchsorted(twin.goes, [first, last]).tolist())
        reason = _FATES[fate[run[0]]]
        yield Piece(first, last, twin.goes[inside], twin.stays[inside], reason, twin.spread)


def settle(gone: Sequence[Piece], more: Sequence[Piece]) -> list[Piece]:
    """Both, without those of `gone` that would lose what stays in their stead to `more`.

    A part of `more` that has no aligned word of its own goes with its neighbour.
    """
    taken = [(piece.first, piece.last) for piece in more]
    settled = [
        piece
        for piece in gone
        if not any(((piece.stays >= first) & (piece.stays < last)).any() for first, last in taken)
    ] + [piece for piece in more if len(piece.goes)]
    for part in more:
        if not len(part.goes):
            for place, piece in enumerate(settled):
                if part.first == piece.last or part.last == piece.first:
                    first, last = min(part.first, piece.first), max(part.last, piece.last)
                    settled[place] = piece._replace(first=first, last=last)
                    break
    return settled


def spare(pieces: Iterable[Piece], reason: Reason) -> list[Piece]:
    """The pieces, none of which goes; those that are spared already keep their reason."""
    return [piece._replace(reason=piece.reason or reason) for piece in pieces]


def still_there(spared: Iterable[Piece], gone: Sequence[Piece]) -> list[Piece]:
    """The pieces that were spared and not cut in another's company; none twice."""
    found: dict[int, Piece] = {}
    for piece in spared:
        if not any(piece.first < other.last and other.first < piece.last for other in gone):
            found.setdefault(piece.first, piece)
    return list(found.values())


def unaligned(
    begin: tuple[int, int], goes: NDArray[np.int64], stays: NDArray[np.int64], end: tuple[int, int]
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The words of both copies, half open, that stand between aligned ones and the ends given.

    >>> list(unaligned((0, 5), np.array([0, 2]), np.array([5, 6]), (3, 8)))
    [((1, 2), (6, 6)), ((3, 3), (7, 8))]
    """
    sides = np.stack([goes, stays], axis=1)
    since, until = np.vstack([begin, sides + 1]), np.vstack([sides, end])
    apart = (since < until).any(axis=1)
    for (one, other), (going, staying) in zip(since[apart].tolist(), until[apart].tolist()):
        yield (one, going), (other, staying)
