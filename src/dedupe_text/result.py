"""Result: one cleaned document, which can render itself; so it stands above `report`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dedupe_text.cleaning import apply_cuts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dedupe_text import textio
    from dedupe_text.model import Cut, Location, Spared, Unused
    from dedupe_text.settings import Settings


@dataclass(frozen=True, slots=True)
class Result:
    """One document, what was cut from it and what was found and left."""

    id: str
    original: textio.Decoded
    """The text as it came, and the bytes behind it."""
    cuts: tuple[Cut, ...]
    """In the order of the text; they do not overlap."""
    spared: tuple[Spared, ...]
    settings: Settings
    unused: tuple[Unused, ...] = ()
    """The pragmas in the text that change nothing, in its order."""
    elsewhere: Mapping[Location, tuple[int, int]] = field(default_factory=dict)
    """The lines, first and last, of what stays in other documents."""

    @property
    def text(self) -> str:
        """The cleaned text: the original minus the cuts."""
        return apply_cuts(self.original.text, self.cuts)

    @property
    def data(self) -> bytes:
        """The cleaned bytes: slices of the original ones."""
        return self.original.without([cut.removed for cut in self.cuts])

    def as_diff(self) -> str:
        """A unified diff of the original and the cleaned text."""
        from dedupe_text.report.diff import as_diff  # loaded for those who look at a report

        return as_diff([self])

    def as_json(self) -> str:
        """The JSON report of this document, schema ``dedupe-text/report/1``."""
        from dedupe_text.report.json import as_json

        return as_json([self])
