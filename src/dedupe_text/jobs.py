"""Several processes at one collection: documents are cleaned ahead, and answered in their order.

What a document says again depends on all that came before it. So a process sets it beside what the
memory has at that time, and when its turn comes the memory takes it only if it would find the same
again; if not, it is cleaned anew. The answers are those of a single process.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager, nullcontext, suppress
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING, Any, TypeVar

from dedupe_text.dedupe import Beside, clean, look_beside, remember
from dedupe_text.errors import DedupeTextError, InputError, SelfCheckError, naming
from dedupe_text.memory import open_memory
from dedupe_text.model import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

    from dedupe_text.memory import Memory
    from dedupe_text.result import Result
    from dedupe_text.settings import Settings

_SIZE = 1 << 15
"""Characters of documents that a process gets at once. What is cleaned far ahead of its turn has
seen too little, and is cleaned twice (of 600 documents 118 with 2 kB, 130 with this, 158 with 128
kB); but a memory is written batch by batch, and with 2 kB that takes twice the time."""
_AHEAD = 2
"""Batches for each process that are on their way, at most."""

Key = TypeVar("Key")
Answer = TypeVar("Answer")
Item = tuple[Key, "Document | DedupeTextError | None"]


def clean_each(
    items: Iterable[Item[Key]], settings: Settings, memory: Memory | None, jobs: int
) -> Iterator[tuple[Key, Result | DedupeTextError | None]]:
    """The result of each document, in order, or why there is none; what is none stays.

    Where there is a memory, its address leads other processes to it.
    """
    batches = enumerate(_gather(items, memory))
    waiting: dict[int, list[Item[Key]]] = {}
    done: dict[int, list[Any]] = {}
    turn = 0
    with _processes(jobs, settings, memory.address if memory else None) as idle:
        busy: dict[Connection, int] = {}
        while True:
            while idle and len(waiting) < _AHEAD * jobs and (batch := next(batches, None)):
                number, waiting[number] = batch
                process = idle.pop()
                with _alive():
                    process.send([one for _, one in waiting[number] if isinstance(one, Document)])
                busy[process] = number
            if turn in done:
                with memory.batch() if memory else nullcontext():
                    settled = [*_settle(waiting.pop(turn), done.pop(turn), settings, memory)]
                yield from settled
                turn += 1
            elif busy:
                ready = connection.wait([*busy])
                for process in [one for one in busy if one in ready]:
                    done[busy.pop(process)] = _receive(process)
                    idle.append(process)
            else:
                return


def _gather(items: Iterable[Item[Key]], memory: Memory | None) -> Iterator[list[Item[Key]]]:
    """The items in batches, the documents by the names that the memory has for them."""
    batch: list[Item[Key]] = []
    size = 0
    for key, one in items:
        if isinstance(one, Document):
            size += len(one.text)
            one = one._replace(id=memory.name(one.id)) if memory else one
        batch.append((key, one))
        if size >= _SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _settle(
    items: Iterable[Item[Key]], answers: Iterable[Any], settings: Settings, memory: Memory | None
) -> Iterator[tuple[Key, Result | DedupeTextError | None]]:
    """The answers, once the memory takes the documents with which they agree."""
    several = iter(answers)
    for key, one in items:
        if not isinstance(one, Document):
            yield key, one
            continue
        answer = next(several)
        if memory is not None and isinstance(answer, Beside):
            if memory.add(answer.left, answer.found):
                answer = answer.result
            else:
                answer = _attempt(remember, one, settings, memory)
        yield key, answer


def _attempt(
    work: Callable[..., Answer], document: Document, *more: Any
) -> Answer | DedupeTextError:
    """What becomes of the document, or why nothing does."""
    try:
        with naming(document.id):
            return work(document, *more)
    except (InputError, SelfCheckError) as error:
        return error


# --- the processes -------------------------------------------------------------------------------


@contextmanager
def _processes(jobs: int, settings: Settings, address: str | None) -> Iterator[list[Connection]]:
    """Connections to processes that take lists of documents and send back lists of answers."""
    context = get_context("spawn")
    pairs = [context.Pipe() for _ in range(jobs)]
    processes = [
        context.Process(target=_work, args=(theirs, settings, address), daemon=True)
        for _, theirs in pairs
    ]
    for process, (_, theirs) in zip(processes, pairs):
        process.start()
        theirs.close()  # so that it is told by its end when the process ends
    try:
        yield [ours for ours, _ in pairs]
    except BaseException:
        for process in processes:
            process.terminate()
        raise
    finally:
        for ours, _ in pairs:
            ours.close()
        for process in processes:
            process.join()


def _work(ours: Connection, settings: Settings, address: str | None) -> None:
    """Answer lists of documents until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started this one ends it
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            memory = None if address is None else open_memory(address)
            while True:
                ours.send([_answer(one, settings, memory) for one in ours.recv()])
        except (DedupeTextError, MemoryError) as error:
            ours.send(error)


def _answer(document: Document, settings: Settings, memory: Memory | None) -> Any:
    if memory is None:
        return _attempt(clean, document, settings)
    beside = _attempt(look_beside, document, settings, memory)
    return (
        beside._replace(found=beside.found.for_another()) if isinstance(beside, Beside) else beside
    )


def _receive(process: Connection) -> list[Any]:
    with _alive():
        answers = process.recv()
    if isinstance(answers, Exception):
        raise answers
    return [*answers]


@contextmanager
def _alive() -> Iterator[None]:
    """Raises `DedupeTextError` if the process at the other end is no more."""
    try:
        yield
    except (EOFError, OSError):
        message = "a process that helped was killed, for want of memory perhaps; take fewer --jobs"
        raise DedupeTextError(message) from None
