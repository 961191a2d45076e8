"""Every knob, its default, its limits, and the arithmetic behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from dedupe_text.errors import SettingsError
from dedupe_text.model import Spread

Keep = Literal["first", "last", "fullest"]
Order = Literal["kept", "free"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How alike, how long, and which copy stays. Raises `SettingsError` outside the limits.

    >>> Settings(similarity=0.9).similarity
    0.9
    >>> Settings(similarity=2)
    Traceback (most recent call last):
    dedupe_text.errors.SettingsError: similarity must be from 0.5 to 1, not 2
    """

    similarity: float = 0.8
    """Share of a short passage's words that must be aligned, 0.5 to 1."""
    min_words: int = 30
    """Words that a repeat has, at least. Less is enough for one that follows at once (0.6 of it;
    0.4 if it is word for word) or is whole paragraphs word for word (0.8)."""
    keep: Keep = "first"
    """Which copy stays: the first, the last, or the fullest (most words; the first of equals)."""
    facts: bool = True
    """Spare a sentence that holds a number, a name or a clause which the kept copy lacks."""
    order: Order = "kept"
    """Whether words said again stand in the order kept. If it is free, `find_repeats` also finds
    what one document says again of another in its own words, as in a paraphrase, a translation or
    a summary: passages are compared as sets of words. Cleaning must prove each word, and refuses.
    """
    cut: tuple[Spread, ...] = ("boilerplate", "same")
    """Which passages of earlier documents are cut, by how they spread; the others are spared."""
    shingle_size: int = 4
    """Words of a shingle."""
    num_perm: int = 128
    """Minima of a signature."""
    rows: int = 2
    """Minima of a band: with 64 bands of 2 rows, `lsh_probability(0.2, 64, 2)` is 0.93."""
    encoding: str = "auto"
    """How bytes become text: a codec's name, or BOM, else strict UTF-8, else chardet's guess."""

    def __post_init__(self) -> None:
        _check_between("similarity", self.similarity, 0.5, 1)
        _check_between("min_words", self.min_words, 4, 1_000_000)
        _check_between("shingle_size", self.shingle_size, 2, 16)
        _check_between("num_perm", self.num_perm, 16, 1024)
        _check_between("rows", self.rows, 1, self.num_perm)
        object.__setattr__(self, "cut", tuple(self.cut))  # JSON and TOML know only lists
        for spread in self.cut:
            _check_among("cut", spread, get_args(Spread))
        _check_among("keep", self.keep, get_args(Keep))
        _check_among("order", self.order, get_args(Order))


def _check_between(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise SettingsError(f"{name} must be from {least} to {most}, not {value}")


def _check_among(name: str, value: str, values: tuple[str, ...]) -> None:
    if value not in values:
        raise SettingsError(f"{name} must be one of {', '.join(values)}, not {value!r}")
