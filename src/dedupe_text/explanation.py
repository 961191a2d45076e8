"""Why a line goes or stays: what the run that cleans saw of it, and what it decided by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe_text.cleaning import passage_span, witness
from dedupe_text.columns import are_among, places, run_starts
from dedupe_text.dedupe import Looked, look
from dedupe_text.errors import SettingsError
from dedupe_text.model import Difference, Explanation, Finding, Location, Span
from dedupe_text.passages import split_long
from dedupe_text.report.places import Lines
from dedupe_text.settings import Settings
from dedupe_text.shingles import shingle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.model import Cut, Document, Spared, Verdict
    from dedupe_text.pieces import Near

_SHOWN = 3
"""Passages that are told for words with which nothing was done: those most like them."""
_LIKE = 0.5
"""Share of a line's words from which on it is like a passage without a whole shingle of it."""


def explain(
    document: str | bytes | Document, line: int, settings: Settings | None = None
) -> Explanation:
    r"""Why the line goes or stays when the document is cleaned with these settings.

    Lines count from 1. Raises `SettingsError` if there is none of this number, and what `clean`
    raises.

    >>> explain("One.\nTwo.", 2).findings
    ()
    """
    settings = settings or Settings()
    near: list[Near] = []
    looked = look(document, settings, near)
    lines = Lines(looked.result.original.text)
    if not 1 <= line <= lines.count:
        raise SettingsError(f"line must be from 1 to {lines.count}, not {line}")
    return _Line.of(line, looked, lines).explain(near, settings)


class _Line(NamedTuple):
    """A line of a document that was looked at; its words are ``first:last``."""

    number: int
    looked: Looked
    lines: Lines
    span: Span
    first: int
    last: int

    @staticmethod
    def of(number: int, looked: Looked, lines: Lines) -> _Line:
        span = lines.span(number)
        first, last = places(looked.split.words.start, [span.start, span.end]).tolist()
        return _Line(number, looked, lines, span, first, last)

    def explain(self, near: Sequence[Near], settings: Settings) -> Explanation:
        result = self.looked.result
        told = Explanation(result.id, self.number, self.span, self.last - self.first)
        if not told.words:
            goes = any(
                cut.removed.start <= self.span.start < self.span.end <= cut.removed.end
                for cut in result.cuts
            )
            return told._replace(goes=goes)
        decided = [*self._decided()]
        open_ = np.ones(told.words, np.bool_)
        for finding in decided:
            open_ &= ~self._inside(finding.here)
        findings = *decided, *self._nearest(near, open_, settings.shingle_size)
        shared = None if findings else self._shared(settings.shingle_size)
        return told._replace(findings=findings, shared=shared)

    def _decided(self) -> Iterator[Finding]:
        """What the plan says of the line: cuts, what stays for cuts, repeats that are spared."""
        result = self.looked.result
        decided: list[tuple[Cut | Spared, Verdict]] = [(cut, "cut") for cut in result.cuts]
        decided += [(spared, spared.reason) for spared in result.spared]
        for one, verdict in sorted(decided, key=lambda pair: pair[0].removed):
            if self._inside(one.removed).any():
                yield self._finding(verdict, one.removed, one.kept, one)
        for one, verdict in sorted(decided, key=lambda pair: pair[0].removed):
            if one.kept.document == result.id and self._inside(one.kept.span).any():
                other = Location(result.id, one.removed.start, one.removed.end)
                kept: Verdict = "kept" if verdict == "cut" else verdict
                found = self._finding(kept, one.kept.span, other, one)
                yield found._replace(again=False, differs=_turned(one.differs))

    def _finding(
        self, verdict: Verdict, here: Span, other: Location, found: Cut | Spared
    ) -> Finding:
        return Finding(
            verdict,
            here,
            self.lines.of(here),
            other,
            self.lines.of(other.span),
            True,
            int(self._inside(here).sum()),
            found.words,
            found.similarity,
            found.differs,
        )

    def _inside(self, span: Span) -> NDArray[np.bool_]:
        """Which words of the line are in the span."""
        start = self.looked.split.words.start[self.first : self.last]
        inside: NDArray[np.bool_] = (start >= span.start) & (start < span.end)
        return inside

    def _nearest(self, near: Sequence[Near], open_: NDArray[np.bool_], size: int) -> list[Finding]:
        """What is most like those words of the line of which nothing was decided."""
        places = np.flatnonzero(open_) + self.first
        ranked: list[tuple[int, Near, bool]] = []
        for one in near:
            for again in (True, False):
                share = self._share(one, places, size, again=again)
                if share:
                    ranked.append((share, one, again))
        # Of two that are as like it, the one that came further tells more.
        ranked.sort(key=lambda each: (-each[0], each[1].limit.rule == "few"))
        findings: dict[tuple[int, int], Finding] = {}
        for share, one, again in ranked:
            finding = self._near(one, share, again=again)
            findings.setdefault(finding.other_lines, finding)
            if len(findings) == _SHOWN:
                break
        return list(findings.values())

    def _share(self, near: Near, places: NDArray[np.int64], size: int, *, again: bool) -> int:
        """How many of `places` are aligned; none if they are few, and no shingle is whole."""
        own = near.piece.goes if again else near.piece.stays
        low, high = np.searchsorted(own, [self.first, self.last])
        aligned = own[low:high][are_among(own[low:high], places)]
        if not len(aligned):
            return 0
        size = min(size, len(places))
        row = (aligned[size - 1 :] - aligned[: len(aligned) - size + 1] == size - 1).any()
        judged = near.limit.rule != "few"
        like = row or (judged and len(aligned) >= _LIKE * len(places))
        return len(aligned) if like else 0

    def _near(self, near: Near, share: int, *, again: bool) -> Finding:
        """A finding of what was turned down; `again` if the line is in the copy that would go."""
        result, split = self.looked
        piece = near.piece
        if near.limit.rule == "few":  # by chance an alignment goes on beyond the line
            own = piece.goes if again else piece.stays
            inside = slice(*np.searchsorted(own, [self.first, self.last]).tolist())
            goes, stays = piece.goes[inside], piece.stays[inside]
            first, last = (self.first, self.last) if again else (int(goes[0]), int(goes[-1]) + 1)
            piece = piece._replace(first=first, last=last, goes=goes, stays=stays)
        kept, similarity, differs = witness(piece, split)
        going = passage_span(split.text, split.words, piece.first, piece.last)
        here, there = (going, kept.span) if again else (kept.span, going)
        return Finding(
            near.limit.rule,
            here,
            self.lines.of(here),
            Location(result.id, there.start, there.end),
            self.lines.of(there),
            again,
            share,
            piece.last - piece.first,
            similarity,
            differs if again else _turned(differs),
            near.limit,
        )

    def _shared(self, size: int) -> tuple[int, int] | None:
        """The lines of the first other passage with a shingle of the line in common, if any."""
        split = self.looked.split
        parts = split_long(split.passages, split.words.hash)
        shingles = shingle(split.words.hash, parts, size)
        ahead = parts.first_word - run_starts(shingles.passage)
        word = np.arange(len(shingles)) + ahead[shingles.passage]
        length = np.minimum(size, parts.last_word[shingles.passage] - word)
        own = (word < self.last) & (word + length > self.first)
        mine = np.zeros(len(parts), np.bool_)
        mine[shingles.passage[own]] = True
        others = ~mine[shingles.passage]
        found = shingles.passage[others & are_among(shingles.hash, shingles.hash[own])]
        if not len(found):
            return None
        first, last = int(parts.first_word[found[0]]), int(parts.last_word[found[0]])
        return self.lines.of(passage_span(split.text, split.words, first, last))


def _turned(differs: Sequence[Difference]) -> tuple[Difference, ...]:
    return tuple(Difference(there, here) for here, there in differs)
