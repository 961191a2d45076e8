"""The keys that a process wrote last: by them it tells what need not be looked up again."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST = 1 << 16
"""Keys that are at hand: about 8 MB."""


class Written:
    """Which keys were brought by which write; nothing is kept until somebody asks.

    >>> import numpy as np
    >>> written, keys = Written(), np.array([3, 7], np.uint64)
    >>> before = written.count
    >>> written.add(keys)
    >>> written.any(keys[:1], before), written.any(keys[:1], written.count)
    (True, False)
    """

    def __init__(self) -> None:
        self.count = 0
        self._last: dict[int, int] = {}
        self._from: int | None = None  # what was written before it is not kept

    def add(self, keys: NDArray[np.uint64] | None) -> None:
        """These were written; None: it cannot be told which."""
        self.count += 1
        if self._from is None:
            return
        if keys is None or len(self._last) > _MOST:
            self._last.clear()
            self._from = self.count
        else:
            self._last.update(zip(keys.ravel().tolist(), repeat(self.count)))

    def any(self, keys: NDArray[np.uint64], since: int) -> bool:
        """Whether any of the keys may have been written after so many writes."""
        if since == self.count:
            return False
        if self._from is None:
            self._from = self.count
        if since < self._from:
            return True
        return max(map(self._last.get, keys.tolist(), repeat(0)), default=0) > since
