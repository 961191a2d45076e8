"""A report as a table: one line a row, what falls short of its target marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.quality.floors import LESS, MORE, Figures, is_worse, target

if TYPE_CHECKING:
    from bench.quality.run import Failure, Report

_WIDTH = 11


def as_table(measure: str, report: Report, targets: Figures, every: bool) -> str:
    """The report's rows. Rows of rows are left out unless they fall short, or `every` is given."""
    columns = list(dict.fromkeys(column for row in report.rows.values() for column in row))
    name = max([len(row) for row in report.rows] + [18]) + 2
    lines = [report.title, " " * name + "".join(f"{column:>{_WIDTH}} " for column in columns)]
    for row, figures in report.rows.items():
        cells: list[str] = []
        short = False
        for column in columns:
            value = figures.get(column)
            wanted = target(targets, measure, row, column)
            fails = value is not None and wanted is not None and is_worse(column, value, wanted)
            short |= fails
            cells.append(f"{as_cell(column, value):>{_WIDTH}}{'!' if fails else ' '}")
        if every or short or "/" not in row:
            indent = "  " if "/" in row else ""
            lines.append(f"{indent + row:{name}}{''.join(cells)}".rstrip())
    return "\n".join(lines)


def as_cell(column: str, value: float | None) -> str:
    """A count as it is; a share with as many digits as its target needs.

    >>> as_cell("copies", 12), as_cell("recall", 0.98765), as_cell("hurt", 0.031)
    ('12', '.9876', '3.1%')
    """
    if value is None:
        return ""
    if column in ("hurt", "missed", "exact", "gone", "alarmed"):
        return f"{100 * value:.1f}%"
    if column in MORE + LESS:
        cut = int(value * 10_000) / 10_000
        return f"{cut:.4f}".removeprefix("0")
    return f"{value:.0f}"


def as_failures(measure: str, failures: list[Failure], most: int) -> str:
    """The first failures, each with the lines that say what is wrong."""
    lines = [f"{measure}: {len(failures)} not as they should be, {min(most, len(failures))} shown"]
    for number, failure in enumerate(failures[:most], 1):
        lines += ["", f"[{number}] {failure.case}", *(f"    {line}" for line in failure.lines)]
    return "\n".join(lines)
