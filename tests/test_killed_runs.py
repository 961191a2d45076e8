"""Runs that are killed at any moment: the same run again gives what an undisturbed one gives.

Whole runs of the command, in processes of their own. A few moments are tried; with
DEDUPE_TEXT_TRIALS=all it is 500.
"""

import os
import random
import signal
import sys
from collections.abc import Iterator

import pytest
from faults.bed import Bed, Door
from faults.doors import DOORS, MADE, make_doors
from faults.examine import examine

if os.name != "posix":
    pytest.skip("signals as POSIX has them", allow_module_level=True)

KILLED = ("write", "folder", "collection", "new memory", "memory", "memory, in place")
assert {*KILLED} <= {*DOORS, *MADE}
KILLS = 500 if os.environ.get("DEDUPE_TEXT_TRIALS") == "all" else 48


@pytest.fixture(scope="module")
def bed(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    bed = Bed(tmp_path_factory.mktemp("kills") / "bed", environment)
    yield bed
    bed.close()


@pytest.fixture(scope="module")
def doors(bed: Bed) -> dict[str, Door]:
    return make_doors(bed)


@pytest.mark.parametrize("name", KILLED)
def test_a_run_that_was_killed_and_runs_again_gives_what_one_gives(
    name: str, doors: dict[str, Door], bed: Bed
) -> None:
    door, lots = doors[name], random.Random(name)
    runs = [bed.run(door) for _ in range(3)]
    time = min(run.seconds for run in runs)
    killed = begun = 0
    for _ in range(-(-KILLS // len(KILLED))):
        found = bed.run(door, kill_after=lots.uniform(0, time))
        killed += found.code == -signal.SIGKILL
        begun += found.code == -signal.SIGKILL and found.files != door.files
        examine(bed, door, runs[0], found, litter=True)
    sys.stdout.write(f"\n{name}: {killed} killed, {begun} of them after they had written\n")
    assert killed
