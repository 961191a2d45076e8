"""How far the work is, on one line of standard error, for those who wait longer than a second."""

from __future__ import annotations

import sys
import time

_AFTER = 1.0
"""Seconds until it is shown at first."""
_EVERY = 0.2
"""Seconds from one time to the next."""


class Progress:
    """A line that is drawn over and over; the cursor stays at its beginning, for other lines.

    `total` is how many bytes there are to read, 0 if nobody knows.
    """

    def __init__(self, total: int, *, shown: bool) -> None:
        self.total = total
        self._next = time.monotonic() + _AFTER if shown else float("inf")
        self._since = time.monotonic()
        self._documents = 0
        self._read = 0
        self._drawn = False

    def add(self, size: int) -> None:
        """One more document is done, and so many more bytes were read."""
        self._documents += 1
        self._read += size
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            self._drawn = True
            self._draw(describe(self._documents, self._read, self.total, now - self._since))

    def close(self) -> None:
        """The line is empty again."""
        if self._drawn:
            self._draw("")

    def _draw(self, line: str) -> None:
        print(f"{line}\x1b[K", end="\r", file=sys.stderr, flush=True)  # noqa: T201


def describe(documents: int, read: int, total: int, seconds: float) -> str:
    """The line.

    >>> describe(1200, 3_000_000, 12_000_000, 2)
    '1,200 documents, 25 %, 1.5 MB/s, 0:06 left'
    >>> describe(1, 500_000, 0, 1)
    '1 document, 0.5 MB/s'
    """
    parts = [f"{documents:,} document{'s' * (documents != 1)}", f"{read / seconds / 1e6:.1f} MB/s"]
    if 0 < read <= total:
        left = round(seconds / read * (total - read))
        parts.insert(1, f"{100 * read // total} %")
        parts.append(f"{left // 60}:{left % 60:02} left")
    return ", ".join(parts)
