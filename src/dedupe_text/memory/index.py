"""The passages of a memory in Redis, in datasketch's index.

They are in a `MinHashLSH` under their own signatures, so whoever has a MinHash can ask it too. Its
`insert` would write each bucket for itself, and put a passage into the buckets of all its bands.
Here all that a document brings is one transaction, and only the first comes into a bucket: what a
million pages say leads to one of them, not to all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from datasketch import MinHashLSH

from dedupe_text.memory.signed import BANDS, ROWS
from dedupe_text.words import mix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dedupe_text.memory.signed import Signed


class Index:
    """For each key of a passage the number of the first document that has it.

    Keys of the content are in a hash; those of the bands name buckets of datasketch. They are given
    as a set for the contents and one for each band.
    """

    def __init__(self, client: Any, base: bytes) -> None:
        self._client = client
        self._content = base + b"content"
        storage = {"connection_pool": client.connection_pool}
        index = MinHashLSH(
            num_perm=BANDS * ROWS,
            params=(BANDS, ROWS),
            storage_config={"type": "redis", "basename": base, "redis": storage},
            prepickle=False,
        )
        self._tables: list[Any] = index.hashtables

    def look_up(self, signed: Signed) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Pairs of a passage and the number of a document that a key of it leads to."""
        buckets = _buckets(signed)
        pairs = [
            (passage, first[key])
            for passages, keys, first in zip(*buckets, self._first(buckets))
            for passage, key in zip(passages, keys)
            if key in first
        ]
        found = np.array(pairs, np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def keys_of(self, number: int, signed: Signed) -> list[set[bytes]]:
        """Those of the keys that lead to that document; of number 0, those that lead nowhere."""
        buckets = _buckets(signed)
        return [
            {key for key in keys if found.get(key, 0) == number}
            for keys, found in zip(buckets.keys, self._first(buckets))
        ]

    def put(self, number: int, keys: Sequence[set[bytes]], transaction: Any) -> None:
        """Let keys lead to the document."""
        content, *banded = keys
        member = number.to_bytes(8, "big")  # sorts as the number does
        if content:
            transaction.hset(self._content, mapping=dict.fromkeys(content, member))
        for table, some in zip(self._tables, banded):
            # As datasketch's storage does for each: a list of the buckets, and a set in each.
            buckets = {key: table.redis_key(key) for key in some}
            if buckets:
                transaction.hset(_name(table), mapping=buckets)
            for bucket in buckets.values():
                transaction.sadd(bucket, member)

    def take_back(self, keys: Sequence[set[bytes]], transaction: Any) -> None:
        """Let keys lead nowhere."""
        content, *banded = keys
        if content:
            transaction.hdel(self._content, *content)
        for table, some in zip(self._tables, banded):
            if some:
                transaction.hdel(_name(table), *some)
                transaction.delete(*map(table.redis_key, some))

    def _first(self, buckets: _Buckets) -> list[dict[bytes, int]]:
        """The number of the document that each key leads to, if there is one."""
        if not any(buckets.keys):
            return [{} for _ in buckets.keys]
        asked = self._client.pipeline(transaction=False)
        for name, keys in zip([self._content, *map(_name, self._tables)], buckets.keys):
            asked.hmget(name, keys)
        content, *banded = (
            {key: value for key, value in zip(keys, values) if value is not None}
            for keys, values in zip(buckets.keys, asked.execute())
        )
        for bucket in (bucket for known in banded for bucket in known.values()):
            asked.smembers(bucket)
        members = iter(asked.execute())
        # A bucket that another process took back in between is empty.
        firsts = [
            {key: min(there) for key in known if (there := next(members))} for known in banded
        ]
        return [
            {key: int.from_bytes(value, "big") for key, value in known.items()}
            for known in (content, *firsts)
        ]


class _Buckets(NamedTuple):
    """The keys of a document as Redis has them: those of the contents, then those of each band.

    They are parallel to `passage`, the numbers of the passages that they are of.
    """

    passage: list[list[int]]
    keys: list[list[bytes]]


def _buckets(signed: Signed) -> _Buckets:
    banded = np.ascontiguousarray(signed.signatures).view(np.uint64)
    columns = [signed.content, *banded.T]
    passage = [[*range(len(banded))]] * len(columns)
    if (site := signed.site) is not None:
        columns[0] = np.concatenate([signed.content, mix(signed.content ^ site)])
        passage[0] = passage[0] * 2
    # datasketch's name of a bucket: the minima of a band, the highest byte first.
    named = [
        np.ascontiguousarray(keys).view(np.uint32).astype(">u4").view("V8") for keys in columns
    ]
    return _Buckets(passage, [keys.tolist() for keys in named])


def _name(table: Any) -> bytes:
    """Where datasketch lists the buckets of a band."""
    return bytes(table.redis_key(b""))
