"""The checks of `fuzz/`, on its seeds and on what a few edits make of them.

`make fuzz` looks at far more, guided by coverage.
"""

from importlib import import_module
from pathlib import Path

import hypothesis
import pytest
from conftest import ROOT
from hypothesis import strategies as st

DOORS = {"slices": 150, "text": 40, "records": 150, "memory": 40, "lists": 250}
"""And how many edited seeds are looked at."""

edits = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.sampled_from(["flip", "flip", "cut off", "drop", "twice", "put"]),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=6,
)


def edit(data: bytes, where: float, how: str, value: int) -> bytes:
    """The bytes, changed at one place."""
    at = int(where * len(data))
    before, after = data[:at], data[at:]
    if how == "flip":
        return before + bytes(byte ^ 1 << value % 8 for byte in after[:1]) + after[1:]
    if how == "cut off":
        return before
    if how == "drop":
        return before + after[1 + value :]
    return before + (after[:value] if how == "twice" else bytes((value,))) + after


@pytest.mark.parametrize("door", DOORS)
def test_the_seeds_of_a_door_pass_its_check(door: str) -> None:
    target = import_module(f"fuzz.{door}")
    for seed in target.SEEDS:
        target.check(seed)


@pytest.mark.parametrize("door", DOORS)
def test_whatever_is_changed_in_them_it_is_read_or_refused(door: str) -> None:
    target = import_module(f"fuzz.{door}")

    @hypothesis.settings(max_examples=DOORS[door])
    @hypothesis.given(st.sampled_from(target.SEEDS), edits)
    def look(seed: bytes, several: list[tuple[float, str, int]]) -> None:
        for one in several:
            seed = edit(seed, *one)
        target.check(seed)

    look()


def test_every_door_of_the_fuzzer_is_here() -> None:
    doors = {path.stem for path in (ROOT / "fuzz").glob("[a-z]*.py")}
    assert doors == {*DOORS}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "fuzz" / "corpus").glob("*/*")), ids=lambda path: path.name
)
def test_what_the_fuzzer_once_found_is_mended(path: Path) -> None:
    import_module(f"fuzz.{path.parent.name}").check(path.read_bytes())
