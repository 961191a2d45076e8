"""Processes that do the same work for whatever they are sent, and end with the one that began."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING, Any

from dedupe_text.errors import DedupeTextError, as_bug, lacks_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess


@contextmanager
def begin(jobs: int, work: Callable[[Any], Any]) -> Iterator[Processes]:
    """So many processes that do `work` for each thing that they are sent."""
    begun: list[tuple[BaseProcess, Connection]] = []
    try:
        with unheard():
            begun.extend(_start(work) for _ in range(jobs))
        yield Processes([ours for _, ours in begun])
    except BaseException:
        for process, _ in begun:
            process.terminate()
        raise
    finally:
        for _, ours in begun:
            ours.close()
        for process, _ in begun:
            process.join()


def _start(work: Callable[[Any], Any]) -> tuple[BaseProcess, Connection]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, work), daemon=True)
    process.start()
    theirs.close()  # so that it is told by its end when the process ends
    return process, ours


@contextmanager
def unheard() -> Iterator[None]:
    """What is begun in here has no standard error; what it has to say it answers another way.

    What it lacks to begin Python or Java would tell at length there, and libraries of their own.
    """
    heard = os.dup(2)
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 2)
        os.close(nothing)
        yield
    finally:
        os.dup2(heard, 2)
        os.close(heard)


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
    try:
        while True:
            ours.send(work(ours.recv()))
    except (EOFError, ConnectionError):
        return
    except Exception as error:  # whatever it is, the other one tells it
        with suppress(ConnectionError):
            ours.send(_explain(error))


def _explain(error: Exception) -> Exception:
    """What is sent of an error: it may not come through the pipe, and its place does not."""
    if isinstance(error, DedupeTextError):
        return error
    return MemoryError() if lacks_memory(error) else DedupeTextError(as_bug(error))


@contextmanager
def _alive() -> Iterator[None]:
    """Raises `DedupeTextError` if the process at the other end is no more."""
    try:
        yield
    except (EOFError, OSError):
        raise DedupeTextError(
            "a process that helped was killed or could not begin, for want of memory perhaps;"
            " take fewer --jobs"
        ) from None
