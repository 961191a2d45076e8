"""Several processes at one collection: documents are cleaned ahead, and answered in their order.

What a document says again depends on all that came before it. So it is set beside what the memory
has, and when its turn comes the memory takes it only if it would find the same again; if not, it is
set beside what it finds then. The answers are those of a single process. Which documents have to
wait for which can mostly be told from their keys; the others are cleaned once.
"""

from __future__ import annotations

from collections import deque
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import numpy as np

from dedupe_text.dedupe import Arrival, Beside, arrive, clean_batch, least_said, set_beside
from dedupe_text.errors import DedupeTextError, attempt
from dedupe_text.memory import lead_to
from dedupe_text.memory.known import AtHand
from dedupe_text.model import Document
from dedupe_text.processes import begin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dedupe_text.memory import Found, Memory
    from dedupe_text.memory.store import Entry
    from dedupe_text.result import Result
    from dedupe_text.settings import Settings
    from dedupe_text.split import Split
    from dedupe_text.textio import Decoded

_SIZE = 1 << 14
"""Characters of documents that a process gets at once: work for 30 to 80 ms, beside which sending
it there and back, 1 ms, is little."""
_SIZE_ALONE = 1 << 16
"""The same where each is cleaned for itself: many at once cost less, and none waits for another."""
_AHEAD = 8
"""Times so much for each process that are on their way, at most: work for a quarter of a second and
more, in which a long document holds up nobody."""

_AFTER = 1 << 38
"""More than the number of any document in a memory."""

Key = TypeVar("Key")
Item = tuple[Key, "Document | DedupeTextError | None"]


def clean_each(
    items: Iterable[Item[Key]], settings: Settings, memory: Memory | None, jobs: int
) -> Iterator[tuple[Key, Result | DedupeTextError | None]]:
    """The result of each document, in order, or why there is none; what is none stays."""
    line = _Line(items, settings, memory, jobs)
    with begin(jobs, _Worker(settings, alone=memory is None)) as processes:
        while True:
            settled = line.settle()
            for numbers, answers in processes.receive(wait=not settled):
                line.take(zip(numbers, answers))
            line.fill()
            while processes.idle and (tasks := line.tasks()):
                processes.send([*tasks], [*tasks.values()])
            yield from settled
            if not line.waits and not processes.busy:
                return


# --- what the processes do -----------------------------------------------------------------------


class _Beside(NamedTuple):
    """A document to be set beside earlier ones."""

    decoded: Decoded
    split: Split
    earlier: Sequence[Entry]


class _Worker:
    """Answers what it is given: a document, or one to be set beside others."""

    def __init__(self, settings: Settings, *, alone: bool) -> None:
        self._settings = settings
        self._alone = alone
        self._at_hand = AtHand()

    def __call__(self, tasks: Sequence[Any]) -> Sequence[Any]:
        if self._alone:
            return clean_batch(tasks, self._settings)
        return [self._answer(task) for task in tasks]

    def _answer(self, task: Document | _Beside) -> Any:
        if isinstance(task, Document):
            return attempt(task.id, arrive, task, self._settings)
        known = [self._at_hand.of(entry) for entry in task.earlier]
        return attempt(task.split.id, set_beside, task.decoded, task.split, known, self._settings)


# --- the order -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Turn(Generic[Key]):
    """A document on its way: what is to be done for it, and what came of that."""

    key: Key
    size: int
    task: Document | _Beside | None = None
    arrival: Arrival | None = None
    found: Found | None = None
    after: int | None = None
    """The one that has to be settled before this one can be looked up."""
    done: bool = False
    answer: Any = None


class _Line(Generic[Key]):
    """The documents that are on their way, by their numbers."""

    def __init__(
        self, items: Iterable[Item[Key]], settings: Settings, memory: Memory | None, jobs: int
    ) -> None:
        self._items = iter(items)
        self._least = least_said(settings)
        self._memory = memory
        self._task_size = _SIZE_ALONE if memory is None else _SIZE
        self._most = _AHEAD * jobs * self._task_size
        self._size = 0
        self._turns: dict[int, _Turn[Key]] = {}
        self._first = 0
        self._unseen = 0  # the first that was not looked up
        self._claims = _Claims()

    @property
    def waits(self) -> bool:
        """Whether any document is on its way."""
        return bool(self._turns)

    def fill(self) -> None:
        """Let documents come, as many as may be on their way."""
        while self._size < self._most and (item := next(self._items, None)):
            key, one = item
            turn = _Turn(key, 1, done=True, answer=one)
            if isinstance(one, Document):
                task = one._replace(id=self._memory.name(one.id)) if self._memory else one
                turn = _Turn(key, len(one.text) + 1, task)
            self._turns[self._first + len(self._turns)] = turn
            self._size += turn.size

    def tasks(self) -> dict[int, Document | _Beside]:
        """What is to be done next, about as much as a process gets at once."""
        tasks: dict[int, Document | _Beside] = {}
        size = 0
        for number, turn in self._turns.items():
            if turn.task is not None:
                tasks[number], turn.task = turn.task, None
                size += turn.size
                if size >= self._task_size:
                    break
        return tasks

    def take(self, answers: Iterable[tuple[int, Any]]) -> None:
        """What the processes answered."""
        for number, answer in answers:
            turn = self._turns[number]
            if isinstance(answer, Arrival):
                turn.arrival = answer
            else:
                turn.done, turn.answer = True, answer
        self._unseen = max(self._unseen, self._first)
        while (came := self._turns.get(self._unseen)) and (came.arrival or came.done):
            self._look_up(self._unseen)
            self._unseen += 1

    def settle(self) -> list[tuple[Key, Any]]:
        """The answers of those whose turn it is."""
        settled: list[tuple[Key, Any]] = []
        if not self._turns or not self._turns[self._first].done:
            return settled
        with self._memory.batch() if self._memory else nullcontext():
            while (turn := self._turns.get(self._first)) and turn.done and self._accept(turn):
                del self._turns[self._first]
                self._claims.settle(self._first)
                self._size -= turn.size
                self._first += 1
                settled.append((turn.key, turn.answer))
            for number, turn in self._turns.items():
                if turn.after is not None and turn.after < self._first:
                    self._look_up(number)
        return settled

    def _accept(self, turn: _Turn[Key]) -> bool:
        """Whether this is what the first one says; else it is looked up once more."""
        if self._memory is not None and turn.arrival and isinstance(turn.answer, Beside):
            result, left = turn.answer
            if not self._memory.add(left or turn.arrival.came, turn.found):
                turn.done = False
                self._look_up(self._first)
                return False
            turn.answer = result
        return True

    def _look_up(self, number: int) -> None:
        """Set a document beside earlier ones, unless one of these is not settled."""
        turn = self._turns[number]
        if turn.arrival is None or self._memory is None:
            return
        turn.found = self._memory.find(turn.arrival.came, self._least)
        turn.after = self._claims.find(number, turn.found)
        if turn.after is None:
            decoded, came = turn.arrival
            turn.task = _Beside(decoded, came.split, [one.entry for one in turn.found.known])


class _Claims:
    """The keys that lead nowhere yet, and which of the documents on their way has them first."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._keys: dict[int, list[int]] = {}

    def find(self, turn: int, found: Found) -> int | None:
        """The last of the documents on their way that this one will be set beside, if any.

        So far as can be told: they may be cut, and say less then.
        """
        free = found.numbers == 0
        keys = found.came.keys[free].tolist()
        self._keys.setdefault(turn, []).extend(keys)
        owner = np.fromiter(map(self._first.setdefault, keys, repeat(turn)), np.int64, len(keys))
        numbers = found.numbers.copy()
        numbers[free] = np.where(owner < turn, owner + _AFTER, 0)
        last = max(lead_to(numbers, found.came.words, found.least), default=0)
        return last - _AFTER if last >= _AFTER else None

    def settle(self, turn: int) -> None:
        """The document is in the memory, or is not to be."""
        deque(map(self._first.pop, self._keys.pop(turn, ()), repeat(None)), 0)
