"""A memory in Redis: documents in hashes, and an index of their passages that leads to them.

A document is one transaction, which is tried again if anybody wrote since it was begun; so no
process holds a lock, and one that is killed leaves none.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from dedupe_text.errors import InputError, OutputError
from dedupe_text.memory.index import Index
from dedupe_text.memory.signed import PARAMETERS, sign_split
from dedupe_text.memory.store import (
    WAIT,
    doubting,
    encode,
    pack,
    pack_spans,
    read_row,
    split_entry,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray

    from dedupe_text.memory.signed import Signed
    from dedupe_text.memory.store import Change, Entry

_BASE = b"dedupe-text:"
"""With this all keys begin; no others are touched."""
_META = _BASE + b"meta"
_WRITES = _BASE + b"writes"
"""Counts the transactions; the one that brings a document is its number."""
_IDS = _BASE + b"ids"
_SEEN = _BASE + b"seen"
_FIELDS = ("revision", "id", "site", "text", "characters", "cuts")
_CONNECT = 10
"""Seconds in which a server answers, if there is one."""


class RedisStore:
    """A `Store` at an address like ``redis://user:password@host:6379/0``; rediss is over TLS."""

    def __init__(self, address: str) -> None:
        self._shown = show(address)
        self._client = self._open(address)
        self._index = Index(self._client, _BASE)

    def _open(self, address: str) -> Any:
        """A client of the server, on which there is a memory then."""
        try:
            if urlsplit(address).path.strip("/").strip("0123456789"):
                raise InputError(f"{self._shown}: ends in no number of a database; end it in /0")
            pool: Any = redis.ConnectionPool.from_url(
                address,
                socket_timeout=WAIT,
                socket_connect_timeout=_CONNECT,
                retry=Retry(ExponentialBackoff(cap=1, base=0.05), retries=3),
            )
            client: Any = redis.Redis(connection_pool=pool)
            with self.explained():
                client.set(_META, PARAMETERS, nx=True)
                given = client.get(_META)
        except InputError:
            raise
        except (TypeError, ValueError):  # which may tell a part of the password
            raise InputError(f"{self._shown}: no address of Redis; check it") from None
        if given != PARAMETERS.encode():
            raise InputError(
                f"{self._shown}: a memory of other parameters, where these are {PARAMETERS};"
                " name another database"
            )
        return client

    @contextmanager
    def explained(self) -> Iterator[None]:
        try:
            yield
        except redis.RedisError as error:
            reason = str(error).rpartition(" caused error: ")[2].rstrip(".")
            if isinstance(error, redis.AuthenticationError):
                message = f"cannot use {self._shown}: {reason}; check the user and the password"
                raise InputError(message) from error
            if "WRONGTYPE" in reason:
                message = f"{self._shown}: not a memory of dedupe-text; name another database"
                raise InputError(message) from error
            message = f"cannot write {self._shown}: {reason}; mend that, run again"
            raise OutputError(message) from error

    def stamp(self) -> object:
        return self._writes()

    def look_up(self, signed: Signed) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        return self._index.look_up(signed)

    def entry(self, id_: str) -> Entry | None:
        number = self._client.hget(_IDS, encode(id_))
        return None if number is None else self.read(int(number))

    def read(self, number: int) -> Entry | None:
        row = self._client.hmget(_document(number), _FIELDS)
        with doubting(self._shown):
            return None if None in row else read_row(number, row)

    def revisions(self, numbers: Sequence[int]) -> dict[int, int]:
        asked = self._client.pipeline(transaction=False)
        for number in numbers:
            asked.hget(_document(number), "revision")
        found = zip(numbers, asked.execute())
        with doubting(self._shown):
            return {number: int(revision) for number, revision in found if revision is not None}

    def write(self, decide: Callable[[], Change | None]) -> bool:
        def attempt(transaction: Any) -> bool:
            change = decide()
            if change is not None:
                self._carry_out(change, transaction)
            return change is not None

        return bool(self._transact(attempt))

    def forget(self, seconds: int) -> int:
        before = self._client.time()[0] - seconds
        old = map(int, self._client.zrangebyscore(_SEEN, "-inf", f"({before}"))
        return sum(self._forget(number, before) for number in [*old])

    def batch(self) -> AbstractContextManager[None]:
        return nullcontext()  # a document is a transaction, and nobody waits

    def close(self) -> None:
        self._client.close()
        self._client.connection_pool.disconnect()

    # --- inside a transaction, or reading ---------------------------------------------------

    def _writes(self) -> int:
        return int(self._client.get(_WRITES) or 0)

    def _transact(self, attempt: Callable[[Any], Any]) -> Any:
        """What the attempt gives, once nobody wrote between its reading and its writing."""
        return self._client.transaction(attempt, _WRITES, value_from_callable=True)

    def _carry_out(self, change: Change, transaction: Any) -> None:
        now, write = self._client.time()[0], self._writes() + 1
        number = write if change.number is None else change.number
        split, free = change.left.split, self._index.keys_of(0, change.left)
        gone: list[set[bytes]] = []
        if change.old is not None:
            gone = self._index.keys_of(*change.old)
            again = self._index.keys_of(change.old[0], change.left)
            free = [nobodys | its for nobodys, its in zip(free, again)]
        transaction.multi()
        transaction.set(_WRITES, write)
        if change.old is not None:
            self._index.take_back(gone, transaction)
            if change.number is None:
                self._remove(change.old[0], transaction)
        self._index.put(number, free, transaction)
        transaction.zadd(_SEEN, {number: now})
        if not change.same:
            values = (write, encode(split.id), encode(split.site), pack(change.text))
            cuts = pack_spans(split.cuts)
            row = dict(zip(_FIELDS, (*values, len(change.text), cuts)))
            transaction.hset(_document(number), mapping=row)
            transaction.hset(_IDS, encode(split.id), number)

    def _forget(self, number: int, before: int) -> bool:
        """Forget one document, unless it was seen in the meantime."""

        def attempt(transaction: Any) -> bool:
            entry, seen = self.read(number), self._client.zscore(_SEEN, number)
            if entry is None or seen is None or seen >= before:
                return False
            gone = self._index.keys_of(number, sign_split(split_entry(entry)))
            transaction.multi()
            transaction.incr(_WRITES)
            self._index.take_back(gone, transaction)
            transaction.hdel(_IDS, encode(entry.id))
            self._remove(number, transaction)
            return True

        return bool(self._transact(attempt))

    def _remove(self, number: int, transaction: Any) -> None:
        transaction.delete(_document(number))
        transaction.zrem(_SEEN, number)


def _document(number: int) -> bytes:
    return b"%sdocument:%d" % (_BASE, number)


def show(address: str) -> str:
    """The address without user and password, wherever they may stand."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
        parts = urlsplit("redis://")
    if host is None or "@" in parts.path + parts.query + parts.fragment:
        return address.partition("://")[0] + "://…"
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{where}{'' if port is None else f':{port}'}{parts.path}"
