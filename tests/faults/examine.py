"""What must be true after a run that was disturbed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from faults.bed import BESIDE, MEMORY, TMPDIR, Fault

if TYPE_CHECKING:
    from faults.bed import Bed, Door, Outcome

FAILED = 2
ENDS = -signal.SIGSEGV, -signal.SIGABRT


def examine(bed: Bed, door: Door, whole: Outcome, found: Outcome, *, litter: bool = False) -> None:
    """Whatever happened: old bytes or new, and the same run again gives what is wanted.

    `whole` is what an undisturbed run gives. Where `litter` is allowed it is gone after that.
    """
    for name, data in found.files.items():
        if name.endswith((MEMORY, *(MEMORY + end for end in BESIDE))):
            continue
        if litter and name not in {**door.files, **whole.files}:
            continue
        assert name in {**door.files, **whole.files}, f"{name} lies about"
        assert data in (door.files.get(name), whole.files.get(name)), f"{name} is neither"
    assert whole.output.startswith(found.output), "standard output is not the beginning"
    bed.check_memories()
    again = bed.run(door, lay=False)
    assert again.code == whole.code, again.said
    assert again.output == whole.output, "the same run again gives another output"
    files = again.files
    if litter:  # what a temporary folder holds is for the system to sweep
        files = {name: data for name, data in files.items() if f"{TMPDIR}/" not in name}
    assert files.keys() == whole.files.keys(), "something is left after the next run"
    for name, data in whole.files.items():
        assert files[name] == data or name.endswith(MEMORY), f"{name} is another after the next run"
    bed.check_memories()


def examine_fault(bed: Bed, door: Door, whole: Outcome, found: Outcome, fault: Fault) -> None:
    """And it says so: in one line, or nothing failed in the end and all is as it should be."""
    if fault.kind == "memory" and found.code in ENDS:  # NumPy 2.4 and Arrow do it: as if killed
        examine(bed, door, whole, found, litter=True)
        return
    assert found.code in (whole.code, FAILED), f"exit code {found.code}: {found.said[-2000:]}"
    if found.code == whole.code:
        assert found.output == whole.output
        for name, data in whole.files.items():
            assert found.files.get(name) == data or name.endswith(MEMORY), name
    else:
        lines = [line for line in found.said.splitlines() if line not in whole.said]
        assert lines, "nothing is said"
        for line in lines:
            assert line.startswith("dedupe-text: "), found.said[-2000:]
            assert "bug" not in line, line
        for name in whole.files:
            if f"cannot write '{name}'" in found.said:
                assert found.files.get(name) == door.files.get(name), f"{name} was written"
    examine(bed, door, whole, found, litter=fault.kind == "unlink")
