"""Processes that do the same work for whatever they are sent, and end with the one that began."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING, Any

from dedupe_text.errors import DedupeTextError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection


@contextmanager
def begin(jobs: int, work: Callable[[Any], Any]) -> Iterator[Processes]:
    """So many processes that do `work` for each thing that they are sent."""
    context = get_context("spawn")
    pairs = [context.Pipe() for _ in range(jobs)]
    processes = [
        context.Process(target=_work, args=(theirs, work), daemon=True) for _, theirs in pairs
    ]
    for process, (_, theirs) in zip(processes, pairs):
        process.start()
        theirs.close()  # so that it is told by its end when the process ends
    try:
        yield Processes([ours for ours, _ in pairs])
    except BaseException:
        for process in processes:
            process.terminate()
        raise
    finally:
        for ours, _ in pairs:
            ours.close()
        for process in processes:
            process.join()


class Processes:
    """The ends of pipes to processes. One that is sent something has answered what it was before.

    Else both might write to a full pipe, and wait for each other.
    """

    def __init__(self, idle: Sequence[Connection]) -> None:
        self.idle = [*idle]
        self.busy: dict[Connection, Any] = {}
        """What each was sent, by the name that it was given."""

    def send(self, name: Any, task: Any) -> None:
        """Give one that is idle something to do, by this name."""
        process = self.idle.pop()
        with _alive():
            process.send(task)
        self.busy[process] = name

    def receive(self, *, wait: bool) -> Iterator[tuple[Any, Any]]:
        """Names and answers of what is done; `wait`: at least one, if any is being done."""
        ready = connection.wait([*self.busy], None if wait else 0) if self.busy else []
        for process in [one for one in self.busy if one in ready]:
            with _alive():
                done = process.recv()
            if isinstance(done, Exception):
                raise done
            self.idle.append(process)
            yield self.busy.pop(process), done


def _work(ours: Connection, work: Callable[[Any], Any]) -> None:
    """Do what is sent until nothing more comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started this one ends it
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            while True:
                ours.send(work(ours.recv()))
        except (DedupeTextError, MemoryError) as error:
            ours.send(error)


@contextmanager
def _alive() -> Iterator[None]:
    """Raises `DedupeTextError` if the process at the other end is no more."""
    try:
        yield
    except (EOFError, OSError):
        message = "a process that helped was killed, for want of memory perhaps; take fewer --jobs"
        raise DedupeTextError(message) from None
