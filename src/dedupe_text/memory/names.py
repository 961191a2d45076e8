"""What documents are called that come in one run under one id."""

from __future__ import annotations

from array import array
from hashlib import blake2b

_LEAST = 1024


class Names:
    """The ids that came up in a run, as hashes: 11 to 22 bytes for each, however long they are.

    >>> names = Names()
    >>> [names.of(id_) for id_ in ("7", "8", "7", "7")]
    ['7', '8', '7 (2)', '7 (3)']
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _LEAST))
        self._taken = 0
        self._times: dict[int, int] = {}

    def of(self, id_: str) -> str:
        """The id itself, or with a number if it came up before.

        It depends on the ids before it alone: in the same run again each is called the same.
        """
        key = _hash(id_)
        if self._take(key):
            return id_
        times = self._times.get(key, 1)
        while True:
            times += 1
            name = f"{id_} ({times})"
            if self._take(_hash(name)):
                self._times[key] = times
                return name

    def _take(self, key: int) -> bool:
        """Whether it was still free."""
        at = self._find(key)
        if self._slots[at]:
            return False
        self._slots[at] = key
        self._taken += 1
        if self._taken * 4 > len(self._slots) * 3:
            held = self._slots
            self._slots = array("Q", bytes(16 * len(held)))
            for one in held:
                if one:
                    self._slots[self._find(one)] = one
        return True

    def _find(self, key: int) -> int:
        """The slot that holds it, or the free one where it belongs."""
        at = key % len(self._slots)
        while self._slots[at] not in (0, key):
            at = (at + 1) % len(self._slots)
        return at


def _hash(name: str) -> int:
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1
