"""The command: ``python -m bench.quality``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from bench.quality import across, intact, pages, planted, removals, reuse
from bench.quality.floors import Figures, below, raised, read_figures, write_figures
from bench.quality.run import CaseError, DataError, Report, Run
from bench.quality.table import as_failures, as_table

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
MEASURES: dict[str, Callable[[Run], Report]] = {
    "planted": planted.measure,
    "untouched": intact.untouched,
    "refrains": intact.refrains,
    "removals": removals.measure,
    "reuse": reuse.measure,
    "pages": pages.measure,
    "across": across.measure,
}
_LISTED = 12


def main() -> int:
    """Measure, print, compare.

    0: done; 1: a figure is below its floor, or the tool failed on a case; 2: no data, or usage.
    """
    options = parser().parse_args()
    run = Run(options.data, options.sample, options.seed, options.jobs, options.full, options.only)
    try:
        reports = measure_all(run, options)
    except DataError as error:
        print(f"bench.quality: {error}", file=sys.stderr)
        return 2
    if options.json:
        Path(options.json).write_text(as_json(run, reports), encoding="utf-8")
    if is_partial(run):
        print("floors: not compared (--sample, --only, --seed and --full measure something else)")
    elif compare({name: report.rows for name, report in reports.items()}, options):
        return 1
    return 0 if len(reports) == len(set(options.measures or MEASURES)) else 1


def parser() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    add = parser.add_argument
    add("measures", nargs="*", metavar="MEASURE", help=f"{', '.join(MEASURES)}; default: all")
    add("--sample", type=_positive, metavar="N", help="documents of each file, for a quick look")
    add("--only", default="", metavar="TEXT", help="cases whose name holds this")
    add("--full", action="store_true", help="every planted variant at every placement")
    add("--rows", action="store_true", help="print every row, not only those that fall short")
    add("--show", type=_positive, nargs="?", const=10, metavar="N", help="print failed cases [10]")
    add("--json", metavar="OUT", help="also write figures and failed cases there")
    add("--seed", type=int, default=1, metavar="N", help="of the planted copies [%(default)s]")
    add("--jobs", type=_positive, default=os.cpu_count() or 1, metavar="N", help="[%(default)s]")
    data = os.environ.get("DEDUPE_TEXT_DATA") or HERE.parents[2] / "shared" / "data"
    add("--data", type=Path, default=data, metavar="DIR", help="[%(default)s]")
    add("--floors", type=Path, default=HERE / "floors.toml", metavar="TOML", help="[%(default)s]")
    add("--update-floors", action="store_true", help="raise the floors to what was measured")
    add("--lower-floors", action="store_true", help="set them to what was measured, even if lower")
    return parser


def measure_all(run: Run, options: argparse.Namespace) -> dict[str, Report]:
    """The reports, printed as they come. Raises `DataError`; unknown names are a usage error."""
    targets = read_figures(HERE / "targets.toml")
    if unknown := set(options.measures) - set(MEASURES):
        parser().error(f"no such measure: {', '.join(sorted(unknown))}")
    reports: dict[str, Report] = {}
    for name in dict.fromkeys(options.measures or MEASURES):
        start = perf_counter()
        try:
            reports[name] = report = MEASURES[name](run)
        except CaseError as error:
            print(f"{name}: not measured, the tool failed on {error}\n", flush=True)
            continue
        if not any(next(iter(row.values())) for row in report.rows.values()):
            print(f"{name}: no such case\n")
            continue
        print(as_table(name, report, targets, options.rows or bool(run.only)))
        if name == "untouched" and report.failures and not options.show:
            print("cut from:", ", ".join(one.case for one in report.failures[:_LISTED]))
        print(f"({perf_counter() - start:.0f} s)\n", flush=True)
        if options.show and report.failures:
            print(as_failures(name, report.failures, options.show), end="\n\n")
    return reports


def is_partial(run: Run) -> bool:
    """Whether the figures are not those that floors are for."""
    return run.sample is not None or bool(run.only) or run.full or run.seed != 1


def compare(figures: Figures, options: argparse.Namespace) -> int:
    """Compare with the floors, after setting them if that is asked for."""
    floors = read_figures(options.floors)
    if options.update_floors or options.lower_floors:
        floors = raised(figures, floors, options.lower_floors)
        write_figures(options.floors, floors)
    failed = below(figures, floors)
    for line in failed:
        print(f"below its floor: {line}")
    if not failed:
        print(f"floors: {'held' if floors else f'none yet at {options.floors}'}")
    return 1 if failed else 0


def as_json(run: Run, reports: dict[str, Report]) -> str:
    """What was measured, on what, and the failed cases."""
    figures = {
        name: {
            "rows": report.rows,
            "failed": [{"case": one.case, "lines": one.lines} for one in report.failures],
        }
        for name, report in reports.items()
    }
    of = {"sample": run.sample, "seed": run.seed, "full": run.full, "only": run.only}
    return json.dumps({"run": of, "measures": figures}, ensure_ascii=False, indent=1) + "\n"


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"at least 1, not {number}")
    return number


if __name__ == "__main__":
    raise SystemExit(main())
