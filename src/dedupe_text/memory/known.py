"""Earlier documents as they were read from a memory; those read last are at hand."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dedupe_text.memory.store import split_entry
from dedupe_text.report.places import Lines

if TYPE_CHECKING:
    from dedupe_text.memory.store import Entry
    from dedupe_text.split import Split

_CHARACTERS, _COUNT = 8_000_000, 1000
"""Of the documents that were read last, as many are at hand, split: about 80 MB."""


@dataclass(frozen=True)
class Known:
    """An earlier document."""

    entry: Entry

    @property
    def place(self) -> tuple[int, int]:
        """Its number and its revision."""
        return self.entry.number, self.entry.revision

    @cached_property
    def split(self) -> Split:
        """What stays of it, in words and passages."""
        return split_entry(self.entry)

    @cached_property
    def lines(self) -> Lines:
        """Those of the text as it came."""
        return Lines(self.entry.text)


class AtHand:
    """The documents that were read last, by number and revision."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int], Known] = OrderedDict()
        self._characters = 0

    def __len__(self) -> int:
        return len(self._known)

    def get(self, place: tuple[int, int]) -> Known | None:
        """The document, if it is at hand."""
        known = self._known.get(place)
        if known is not None:
            self._known.move_to_end(place)
        return known

    def of(self, entry: Entry) -> Known:
        """The document of this entry, at hand from now on."""
        known = self.get((entry.number, entry.revision))
        if known is None:
            known = Known(entry)
            self._known[known.place] = known
            self._characters += len(entry.text)
            while self._characters > _CHARACTERS or len(self._known) > _COUNT:
                self._characters -= len(self._known.popitem(last=False)[1].entry.text)
        return known
