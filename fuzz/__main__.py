"""Fuzz one door, guided by coverage: ``python -m fuzz NAME [OPTIONS OF LIBFUZZER]``."""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import atheris
from atheris.import_hook import HookManager

if TYPE_CHECKING:
    from types import ModuleType

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 32768
ARRAYS = ("text", "memory")
"""Doors behind which arrays are compared: Atheris never lets go of what came of a comparison."""
EVERY = 1000
"""Calls after which a door that makes several documents of one tells how many there were."""


def main() -> None:
    """Run until an option says stop; what is found is written to where it was started."""
    name, *options = sys.argv[1:]
    with HookManager({"dedupe_text"}, set(), False, trace_dataflow=name not in ARRAYS):
        target = import_module(f"fuzz.{name}")
        for seed in target.SEEDS:  # so that modules which are loaded late are seen too
            target.check(seed)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(target.SEEDS):
            Path(folder, f"{number}").write_bytes(seed)
        kept = [str(path) for path in [CORPUS / name] if path.exists()]
        longest = getattr(target, "LONGEST", LONGEST)
        arguments = [f"-max_len={longest}", "-timeout=60", "-print_final_stats=1", *options]
        atheris.Setup([name, *arguments, folder, *kept], partial(_look, target))
        atheris.Fuzz()


def _look(target: ModuleType, data: bytes) -> None:
    target.check(data)
    counts = getattr(target, "counts", {})
    if counts and counts["calls"] % EVERY == 0:
        print(dict(counts), file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
