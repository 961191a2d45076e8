"""The N-th call of each kind fails, at each door: nothing is lost, nothing lies about, it is told.

By real means: a small library that is loaded into the process (faults/shim.c) stands before the C
library, for Python and SQLite alike. A few N are tried; with DEDUPE_TEXT_TRIALS=all each of them.
"""

import errno
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.bed import SHORT, Bed, Door, Fault, Outcome
from faults.doors import DOORS, FILTER, MADE, make_doors
from faults.examine import examine_fault
from faults.shim import build
from test_cli import COMMAND

ALL = os.environ.get("DEDUPE_TEXT_TRIALS") == "all"
ONCE, ALWAYS = False, True
WAYS = {
    "open": [(errno.EIO, ONCE), (errno.EMFILE, ALWAYS), (errno.ENOSPC, ONCE), (errno.EINTR, ONCE)],
    "read": [(errno.EIO, ONCE), (errno.EIO, ALWAYS), (errno.EINTR, ONCE), (SHORT, ONCE)],
    "write": [
        *((error, always) for error in (errno.ENOSPC, errno.EIO) for always in (ONCE, ALWAYS)),
        (errno.EINTR, ONCE),
        (SHORT, ONCE),
    ],
    "sync": [(errno.EIO, ONCE), (errno.ENOSPC, ALWAYS), (errno.EINTR, ONCE)],
    "rename": [(errno.EIO, ONCE), (errno.ENOSPC, ALWAYS)],
    "unlink": [(errno.EIO, ONCE), (errno.EIO, ALWAYS)],
    "truncate": [(errno.EIO, ONCE), (errno.EIO, ALWAYS)],
    "close": [(errno.EIO, ONCE), (errno.EIO, ALWAYS)],
}
MANY = 40
"""Calls of a kind from which on they do not fail in each way, but in one each, in turn."""
SAMPLE = 2
"""Trials of a kind at a door that are made if not all are."""
OWN = 60
"""Allocations before those of the command."""
LARGE = 4096, 1 << 16
"""Bytes of an allocation that fails from then on; with Arrow, of which more is left at the end. If
small ones do too, CPython 3.11 tells of many things at its end; if not even those succeed that a
number takes, it goes round in circles."""


class Trials:
    """The doors on their bed, and how many trials of each kind there were."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.doors = make_doors(bed)
        self.counts: Counter[str] = Counter()
        self._whole: dict[str, Outcome] = {}

    def whole(self, name: str) -> tuple[Door, Outcome]:
        """What an undisturbed run of this door gives."""
        if name not in self._whole:
            self._whole[name] = self.bed.run(self.doors[name])
        return self.doors[name], self._whole[name]

    def try_out(self, name: str, fault: Fault) -> None:
        """A trial."""
        door, whole = self.whole(name)
        self.counts[fault.kind] += 1
        found = self.bed.run(door, fault)
        self.counts["crash of a library"] += found.code < 0
        try:
            examine_fault(self.bed, door, whole, found, fault)
        except AssertionError as error:
            raise AssertionError(f"{name}, {fault}: {error}") from error


@pytest.fixture(scope="module")
def trials(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trials]:
    folder = tmp_path_factory.mktemp("faults")
    bed = Bed(folder / "bed", environment, build(folder))
    trials = Trials(bed)
    yield trials
    bed.close()
    told = ", ".join(f"{kind} {count}" for kind, count in trials.counts.items())
    sys.stdout.write(f"\nfaults: {told}\n")


def some(faults: list[Fault], most: int) -> list[Fault]:
    """All of them, or so many, evenly spread."""
    if ALL or len(faults) <= most:
        return faults
    return [faults[len(faults) * number // most] for number in range(most)]


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize("name", [*DOORS, *MADE])
def test_whatever_call_fails_there_is_the_old_or_the_new(
    name: str, kind: str, trials: Trials
) -> None:
    _, whole = trials.whole(name)
    ways, count = WAYS[kind], whole.counts[kind]
    numbers = range(1, count + 1)
    faults = [Fault(kind, number, *way) for number in numbers for way in ways]
    if count > MANY:
        faults = [Fault(kind, number, *ways[number % len(ways)]) for number in numbers]
    for fault in some(faults, SAMPLE):
        trials.try_out(name, fault)


@pytest.mark.parametrize("always", [ONCE, ALWAYS])
@pytest.mark.parametrize("name", [*DOORS, *MADE])
def test_whatever_allocation_fails_there_is_the_old_or_the_new(
    name: str, always: bool, trials: Trials
) -> None:
    door, _ = trials.whole(name)
    fault = Fault("memory", 0, errno.ENOMEM, always, LARGE[name == "parquet"] if always else 0)
    count = trials.bed.run(door, fault).counts["memory"]
    most = 25 if ALL else SAMPLE
    for number in range(most):
        at = OWN + (count - OWN) * number // most
        trials.try_out(name, fault._replace(number=at))


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_standard_output_that_takes_only_a_part_is_an_error(
    unbuffered: str, environment: dict[str, str], tmp_path: Path
) -> None:
    import resource

    with (tmp_path / "out").open("wb") as out:
        done = subprocess.run(
            COMMAND,
            input=FILTER.input,
            stdout=out,
            stderr=subprocess.PIPE,
            env=environment | {"PYTHONUNBUFFERED": unbuffered},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)),
        )
    assert done.returncode == 2
    said = b"dedupe-text: cannot write standard output: file too large; mend that and run again\n"
    assert done.stderr == said


def test_each_kind_of_call_is_met(trials: Trials) -> None:
    met = Counter[str]()
    for name in trials.doors:
        met.update(trials.whole(name)[1].counts)
    assert all(met[kind] for kind in WAYS), met
