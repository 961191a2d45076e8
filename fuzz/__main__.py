"""Fuzz one door, guided by coverage: ``python -m fuzz NAME [OPTIONS OF LIBFUZZER]``."""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris

CORPUS = Path(__file__).parent / "corpus"


def main() -> None:
    """Run until an option says stop; what is found is written to where it was started."""
    name, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["dedupe_text"], enable_loader_override=False):
        target = import_module(f"fuzz.{name}")
        for seed in target.SEEDS:  # so that modules which are loaded late are seen too
            target.check(seed)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(target.SEEDS):
            Path(folder, f"{number}").write_bytes(seed)
        kept = [str(path) for path in [CORPUS / name] if path.exists()]
        arguments = ["-max_len=32768", "-timeout=60", "-print_final_stats=1", *options]
        atheris.Setup([name, *arguments, folder, *kept], target.check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
