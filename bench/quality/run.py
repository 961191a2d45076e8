"""What all measures share: the options of a run, the data, the work spread over cores, a report."""

from __future__ import annotations

import gzip
import json
import traceback
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class DataError(Exception):
    """The data is not there. The message says where it was looked for, and what to do."""


class CaseError(Exception):
    """The tool failed on a case. The message says on which, how, and where."""

    @classmethod
    def of(cls, case: str, error: Exception) -> CaseError:
        """The error that a case raised."""
        *_, last = traceback.extract_tb(error.__traceback__)
        where = f"{Path(last.filename).name}:{last.lineno}"
        return cls(f"{case}: {type(error).__name__} at {where}: {error}")


@dataclass(frozen=True, slots=True)
class Run:
    """What is measured, on how much of the data."""

    data: Path
    sample: int | None = None
    """Documents of each file, spread evenly over it; None is all."""
    seed: int = 1
    jobs: int = 1
    full: bool = False
    """Every planted variant at every placement, not one placement for each variant and article."""
    only: str = ""
    """Cases whose name holds this; the others are not cleaned."""

    def read(self, name: str) -> list[dict[str, Any]]:
        """The sampled documents of a file."""
        documents = read_documents(self.data, name)
        return documents if self.sample is None else spread(documents, self.sample)

    def map(self, work: Callable[[Item], Answer], items: Sequence[Item]) -> Iterator[Answer]:
        """The answers in the order of the items, whatever the number of jobs."""
        if self.jobs == 1 or len(items) < 2:
            yield from map(work, items)
            return
        with get_context().Pool(min(self.jobs, len(items))) as pool:
            yield from pool.imap(work, items, chunksize=4)


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that is not as it should be: its name, and lines that say what is wrong."""

    case: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What one measure found: figures by row and column, and the cases behind them.

    A row ``glued`` of the row ``verbatim`` is called ``verbatim/glued``.
    """

    title: str
    rows: dict[str, dict[str, float]]
    failures: list[Failure] = field(default_factory=list)


def read_documents(folder: Path, name: str) -> list[dict[str, Any]]:
    """The documents of ``NAME.jsonl.gz``. Raises `DataError` if it is not there."""
    path = folder / f"{name}.jsonl.gz"
    if not path.is_file():
        raise DataError(
            f"no data at {path}: set DEDUPE_TEXT_DATA or --data to the folder that holds it"
        )
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """So many of the items, evenly spread, in their order.

    >>> spread("abcdefghij", 3)
    ['a', 'd', 'g']
    """
    count = min(count, len(items))
    return [items[len(items) * number // count] for number in range(count)]


def share(part: float, whole: float) -> float:
    """The part of the whole; of nothing, all."""
    return part / whole if whole else 1.0


def failures_of(found: Iterable[Failure | None]) -> list[Failure]:
    """Those that are."""
    return [failure for failure in found if failure]
