"""Floors and targets: TOML tables of figures by measure, row and column, and comparing to them."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Figures = dict[str, dict[str, dict[str, float]]]
"""By measure, row and column."""

MORE = ("precision", "recall", "exact", "plagdet", "fate", "labelled")
"""Columns of which more is better; a floor is the least they may be."""
LESS = ("hurt", "missed", "gone", "alarmed", "granularity")
"""Columns of which less is better; a floor is the most they may be."""
_DIGITS = 4
_HEAD = """\
# The least (of hurt, missed, gone, alarmed and granularity: the most) that each figure may be.
# Written by `python -m bench.quality --update-floors`, which only raises them;
# `--lower-floors` lowers them too.
"""


def read_figures(path: Path) -> Figures:
    """The figures of a file; none if there is no file."""
    if not path.exists():
        return {}
    figures: Figures = tomllib.loads(path.read_text(encoding="utf-8"))
    return figures


def write_figures(path: Path, figures: Figures) -> None:
    """Replace the file."""
    lines = [_HEAD]
    for measure, rows in figures.items():
        for row, columns in rows.items():
            lines.append(f'[{measure}."{row}"]')
            lines += [f"{column} = {value}" for column, value in columns.items()]
            lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")


def is_worse(column: str, value: float, than: float) -> bool:
    """Whether a figure is worse than another.

    >>> is_worse("recall", 0.9, 0.95), is_worse("hurt", 0.9, 0.95)
    (True, False)
    """
    return value > than if column in LESS else value < than


def floor_of(column: str, value: float) -> float:
    """The figure with four digits, rounded so that it is not worse than its floor.

    >>> floor_of("recall", 0.98769), floor_of("hurt", 0.01234)
    (0.9876, 0.0124)
    """
    scale = 10**_DIGITS
    rounded = math.ceil if column in LESS else math.floor
    return float(rounded(round(value * scale, 6)) / scale)


def below(figures: Figures, floors: Figures) -> list[str]:
    """What is worse than its floor, and what has a floor but was not measured."""
    lines: list[str] = []
    for measure, rows in figures.items():
        for row, columns in floors.get(measure, {}).items():
            for column, floor in columns.items():
                value = rows.get(row, {}).get(column)
                name = f"{measure} {row} {column}"
                if value is None:
                    lines.append(f"{name} has a floor of {floor} but was not measured")
                elif is_worse(column, value, floor):
                    lines.append(f"{name} is {value:.5f}, its floor {floor}")
    return lines


def raised(figures: Figures, floors: Figures, lower: bool) -> Figures:
    """The floors with those of the figures that are better, or with all of them.

    >>> floors = {"reuse": {"overall": {"recall": 0.8, "precision": 0.9}}}
    >>> now = {"reuse": {"overall": {"recall": 0.85, "precision": 0.7, "cases": 10}}}
    >>> raised(now, floors, lower=False)
    {'reuse': {'overall': {'recall': 0.85, 'precision': 0.9}}}
    """
    new = {measure: {**rows} for measure, rows in floors.items()}
    for measure, rows in figures.items():
        for row, columns in rows.items():
            old = floors.get(measure, {}).get(row, {})
            kept = new.setdefault(measure, {}).setdefault(row, {})
            new[measure][row] = {**kept}
            for column, value in columns.items():
                if column in MORE + LESS:
                    floor = floor_of(column, value)
                    if lower or column not in old or is_worse(column, old[column], floor):
                        new[measure][row][column] = floor
    return new


def target(targets: Figures, measure: str, row: str, column: str) -> float | None:
    """The target of a figure; a row ``verbatim/glued`` has those of ``verbatim`` too."""
    rows = targets.get(measure, {})
    for name in (row, row.partition("/")[0]):
        if column in rows.get(name, {}):
            return rows[name][column]
    return None
