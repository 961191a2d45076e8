"""Which characters: a text's visible ones, those that spans cover, and excerpts to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bench.quality.run import CaseError
from dedupe_text import Settings, clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedupe_text.model import Cut, Spared

Mask = NDArray[np.bool_]
Bounds = tuple[int, int]

_ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_WHITE = np.array(
    [*map(ord, _ZERO_WIDTH), *(point for point in range(0x3001) if chr(point).isspace())], np.uint32
)

CLEANING = Settings()
"""What every measure but `reuse` runs with: the defaults."""


def visible(text: str) -> Mask:
    r"""True for the characters that are no white space and not of zero width.

    >>> visible("a\u00a0b\n").tolist()
    [True, False, True, False]
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return ~np.isin(points, _WHITE)


def cover(size: int, spans: Iterable[Bounds]) -> Mask:
    """True for the characters that one of the spans holds.

    >>> cover(5, [(0, 2), (1, 3)]).tolist()
    [True, True, True, False, False]
    """
    mask = np.zeros(size, np.bool_)
    for start, end in spans:
        mask[start:end] = True
    return mask


def stretches(mask: Mask, text: str) -> list[Bounds]:
    """The spans where the mask is true; white space does not interrupt one.

    >>> text = "ab cd ef"
    >>> stretches(visible(text) & cover(8, [(0, 4)]), text)
    [(0, 4)]
    """
    shown = np.flatnonzero(visible(text))
    marked = mask[shown].astype(np.int8)
    turns = np.diff(marked, prepend=0, append=0)
    firsts, lasts = np.flatnonzero(turns == 1), np.flatnonzero(turns == -1) - 1
    return [(int(shown[a]), int(shown[b]) + 1) for a, b in zip(firsts, lasts, strict=True)]


def cut_bounds(text: str, name: str) -> tuple[list[Bounds], tuple[Cut, ...], tuple[Spared, ...]]:
    """What the tool cuts from a text: spans, the cuts themselves, and what it spares.

    Raises `CaseError` if the tool fails.
    """
    try:
        result = clean(text, CLEANING)
    except Exception as error:
        raise CaseError.of(name, error) from None
    spans = [(cut.removed.start, cut.removed.end) for cut in result.cuts]
    return spans, result.cuts, result.spared


def excerpt(text: str, bounds: Bounds, size: int = 160) -> str:
    r"""A span on one line, its middle left out when it is long, with its offsets.

    >>> excerpt("One.\nTwo three four.", (0, 20), size=12)
    '0:20 "One.⏎Tw … four."'
    """
    start, end = bounds
    inside = text[start:end]
    if len(inside) > size:
        tail = size // 3
        inside = f"{inside[: size - tail - 1]} … {inside[len(inside) - tail - 1 :]}"
    return f'{start}:{end} "{inside}"'.replace("\r", "").replace("\n", "⏎")


def describe_cuts(text: str, wrong: Mask, cuts: Iterable[Cut], most: int = 8) -> list[str]:
    """Lines for what should not have gone: the text, and what the tool says stays in its stead."""
    lines: list[str] = []
    cuts = list(cuts)
    for start, end in stretches(wrong, text)[:most]:
        lines.append(f"wrong  {excerpt(text, (start, end))}")
        for cut in cuts:
            if cut.removed.start < end and start < cut.removed.end:
                kept = excerpt(text, (cut.kept.start, cut.kept.end))
                lines.append(f"  kept {kept} [{cut.kind}, {cut.similarity:.2f}]")
    return lines


def describe_missed(text: str, missed: Mask, spared: Iterable[Spared], most: int = 8) -> list[str]:
    """Lines for what should have gone: the text, and why the tool spared it, if it says."""
    lines: list[str] = []
    spared = list(spared)
    for start, end in stretches(missed, text)[:most]:
        lines.append(f"missed {excerpt(text, (start, end))}")
        for left in spared:
            if left.removed.start < end and start < left.removed.end:
                differs = "; ".join(f"{d.removed!r} ≠ {d.kept!r}" for d in left.differs[:6])
                lines.append(f"  spared: {left.reason}, {left.similarity:.2f} {differs}")
    return lines
