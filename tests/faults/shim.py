"""The library that lets calls fail, compiled."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest


@cache
def build(folder: Path) -> Path:
    """Where it is; without a compiler the test is skipped, which in CI is a failure."""
    if not sys.platform.startswith("linux") or not shutil.which("cc"):
        pytest.skip("it takes Linux and a C compiler")
    built, source = folder / "shim.so", Path(__file__).with_suffix(".c")
    flags = ["-Wall", "-Wextra", "-O1", "-fPIC", "-shared"]
    subprocess.run(["cc", *flags, "-o", built, source, "-ldl"], check=True)
    return built
