"""Which arguments go together, and which files must not be written."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

import click

from dedupe_text.formats import FORMATS, suffix
from dedupe_text.options import STANDARD
from dedupe_text.records import find_format as name_format
from dedupe_text.stream import find_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.options import Options


def check_usage(options: Options) -> None:
    """Raises `click.UsageError` for arguments that do not go together."""
    elsewhere = options.output != STANDARD
    shown = options.check or options.diff
    remembers, memory = options.memory is not None, options.memory or ""
    spark = options.engine == "spark"
    restores, explains = options.restore is not None, options.explain is not None
    clashes = {
        "--explain and --restore take one document; give one PATH, or none": options.several
        and (restores or explains),
        "several documents need --write, --check, --diff or -o FOLDER": options.several
        and not (options.write or shown or elsewhere or options.accept_write),
        "--write rewrites the files; leave out --check, --diff, --output": options.write
        and (shown or elsewhere),
        "--write rewrites files; name a PATH, not standard input": options.write
        and STANDARD in (options.paths or (STANDARD,)),
        "--format is how --check lists findings; give it with --check": options.format
        and (options.diff or not options.check),
        "--accept-write writes the list that --accept names; give both": options.accept_write
        and options.accept is None,
        "--accept-write writes the list and nothing else; leave out --write, --check, --diff, "
        "--output": options.accept_write and (options.write or shown or elsewhere),
        "--memory takes the path of a file, or an address that begins with redis:// or rediss://": (
            "://" in memory and not memory.startswith(("redis://", "rediss://"))
        ),
        "--memory-forget is about what --memory names; give both": (
            options.memory_forget is not None and not remembers
        ),
        "--memory remembers what it is given; leave out --check, --diff, --accept-write": remembers
        and (shown or options.accept_write),
        "--engine spark cleans records --across into a folder; give all three: --across, a PATH, "
        "-o FOLDER": spark
        and not (options.across and elsewhere and options.paths and STANDARD not in options.paths),
        "--engine spark writes that folder and nothing else, and has its own processes and "
        "memory; leave out --write, --check, --diff, --explain, --report, --restore, --accept, "
        "--memory, --jobs, --skip-bad": spark
        and bool(
            options.write
            or shown
            or explains
            or restores
            or options.report
            or remembers
            or options.accept
            or options.jobs > 1
            or options.skip_bad
        ),
        "--master is where Spark works; give --engine spark": options.master is not None
        and not spark,
        "--check writes nothing; leave out --output": options.check and elsewhere,
        "--restore writes the original; leave out --write, --check, --diff, --report": restores
        and (options.write or shown or options.report),
        "--explain tells of a line and writes nothing; leave out --write, --check, --diff, "
        "--report, --restore, --output": explains
        and (options.write or shown or elsewhere or options.report or restores),
    }
    for message, clash in clashes.items():
        if clash:
            raise click.UsageError(message)
    for path in options.report:
        if suffix(path) not in FORMATS:
            known = " or ".join(FORMATS)
            raise click.UsageError(f"--report {path}: its suffix names the format; take {known}")


def check_formats(options: Options, documents: Sequence[str]) -> None:
    """Raises `click.UsageError` if a file of records is to be something that it cannot be."""
    for path in documents:
        format_ = find_format(path, options)
        if format_ == "text":
            continue
        if options.diff or options.explain is not None or options.restore is not None:
            raise click.UsageError(
                f"--diff, --explain and --restore take a text; {path} has records"
                " (--input-format text reads it as one)"
            )
        target = options.target(path)
        if name_format(target) not in ("text", format_):
            raise click.UsageError(f"{target}: records are written in the format that they came in")


def check_targets(options: Options, documents: Sequence[str]) -> None:
    """Raises `click.UsageError` if a file would be written twice, or an input be lost."""
    # With --write each document is its own output.
    outputs = [] if options.write else [(options.target(path), path) for path in documents]
    targets = [*outputs, *((report, None) for report in options.report)]
    targets = [(target, path) for target, path in targets if target != STANDARD]
    if not targets:
        return
    given = {os.path.realpath(path): path for path in documents if path != STANDARD}
    written: set[str] = set()
    for target, document in targets:
        place = os.path.realpath(target)
        if place in written:
            raise click.UsageError(f"two outputs have the same path, {target}; name one for each")
        written.add(place)
        # The text itself may replace its document; nothing else may.
        if place in given and (options.diff or document is None):
            raise click.UsageError("a report would replace the document; name another file")
        if given.get(place, document) != document:
            raise click.UsageError(f"{document} would replace {target}; name another folder")
    kept = {
        options.restore: "the text would replace its report",
        options.memory: "an output would replace the memory",
        options.accept: "an output would replace the list of accepted repeats",
    }
    for path, message in kept.items():
        if path is not None and os.path.realpath(path) in written:
            raise click.UsageError(f"{message}; name another file")
