"""Documents to results, one after the other: cleaned, and seen against what is accepted."""

from __future__ import annotations

import os.path
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from dedupe_text import console, files
from dedupe_text.errors import DedupeTextError, InputError, OutputError, attempt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dedupe_text.accept import Accepted
    from dedupe_text.memory import Memory
    from dedupe_text.model import Document
    from dedupe_text.options import Options
    from dedupe_text.result import Result
    from dedupe_text.settings import Settings

Key = TypeVar("Key")

_SIZE = 1 << 19
"""Characters of documents that are cleaned at once: small ones then cost half as much."""


class Cleaner:
    """Cleans the documents of one run; `left` is what may still be accepted."""

    def __init__(self, options: Options, settings: Settings) -> None:
        self.options = options
        self.settings = settings
        self.memory: Memory | None = None
        self.left: Mapping[str, Accepted] = {}
        self._left_behind = ExitStack()
        if options.across or options.memory is not None:
            self.memory = self._open_memory()
        if options.accept is not None and not options.accept_write:
            self.left = read_accepted(options.accept)

    def close(self) -> None:
        """Nothing more is asked of it."""
        self._left_behind.close()

    def clean_each(
        self, items: Iterable[tuple[Key, Document | DedupeTextError | None]]
    ) -> Iterator[tuple[Key, Result | DedupeTextError | None]]:
        """The result of each document, in order, or why there is none; what is none stays."""
        for key, result in self._clean_each(items):
            if self.left and result is not None and not isinstance(result, DedupeTextError):
                yield key, self._accept(result)
            else:
                yield key, result

    def _clean_each(
        self, items: Iterable[tuple[Key, Document | DedupeTextError | None]]
    ) -> Iterator[tuple[Key, Result | DedupeTextError | None]]:
        if self.options.jobs > 1:
            from dedupe_text.jobs import clean_each

            yield from clean_each(items, self.settings, self.memory, self.options.jobs)
            return
        from dedupe_text.model import Document

        for batch in _gather(items, _SIZE if self.memory is None else 0):
            answers = iter(self._answer([one for _, one in batch if isinstance(one, Document)]))
            for key, one in batch:
                yield key, next(answers) if isinstance(one, Document) else one

    def _answer(self, documents: Sequence[Document]) -> Sequence[Result | DedupeTextError]:
        if not documents:  # NumPy takes its time to load: bad input is told first
            return []
        from dedupe_text.dedupe import clean, clean_batch

        if self.memory is None:
            return clean_batch(documents, self.settings)
        work = partial(clean, settings=self.settings, memory=self.memory)
        return [attempt(one.id, work, one) for one in documents]

    def _open_memory(self) -> Memory:
        from dedupe_text.memory import open_memory

        memory = self._left_behind.enter_context(closing(open_memory(self.options.memory or "")))
        if self.options.memory_forget is not None:
            forgotten = memory.forget(self.options.memory_forget)
            if not self.options.quiet:
                console.warn(f"{forgotten} forgotten of what the memory held")
        return memory

    def _accept(self, found: Result) -> Result:
        """The result without what is accepted.

        Where the other cuts would make of two accepted passages one that is not, all stay.
        """
        from dedupe_text.accept import accept, spare_all
        from dedupe_text.dedupe import clean
        from dedupe_text.model import Document

        before = self.left
        result, self.left = accept(found, before)
        if result is found or not result.cuts or self.options.check:
            return result
        again, _ = accept(clean(Document(result.id, result.data), self.settings), before)
        return spare_all(found) if again.cuts else result


def _gather(
    items: Iterable[tuple[Key, Document | DedupeTextError | None]], size: int
) -> Iterator[list[tuple[Key, Document | DedupeTextError | None]]]:
    """The items in batches of documents with so many characters, or one with more."""
    from dedupe_text.model import Document

    batch, characters = [], 0
    for key, one in items:
        batch.append((key, one))
        characters += len(one.text) if isinstance(one, Document) else 0
        if characters >= size:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def read_accepted(path: str) -> Mapping[str, Accepted]:
    """The list of accepted repeats in this file."""
    from dedupe_text.accept import parse_accepted

    try:
        return parse_accepted(files.read_bytes(path).decode("utf-8", "replace"))
    except InputError as error:
        if isinstance(error.__cause__, OSError):
            raise
        raise InputError(f"{path}: {error}") from error


def check_list(path: str) -> None:
    """Raises `OutputError` if a list written to this path would replace what is none."""
    data = files.read_bytes(path) if os.path.isfile(path) else b""
    if data and b'"dedupe-text/accept/' not in data:
        raise OutputError(f"{path}: is no list of accepted repeats; name another file to --accept")
