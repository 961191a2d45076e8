"""What the command does once its arguments are understood: one document in, one answer out.

Everything is worked out before anything is written.
"""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING, NamedTuple

from dedupe_text import console, files
from dedupe_text.errors import InputError, ReportError, SelfCheckError, SettingsError

if TYPE_CHECKING:
    from dedupe_text.result import Result
    from dedupe_text.settings import Keep, Settings

STANDARD = "-"
"""Standard input as a PATH, standard output as an --output."""


class Options(NamedTuple):
    """The command line; a field for every parameter."""

    paths: tuple[str, ...]
    output: str
    check: bool
    diff: bool
    explain: int | None
    report: tuple[str, ...]
    format: str | None
    restore: str | None
    encoding: str
    stdin_filename: str
    similarity: float
    min_words: int
    keep: Keep
    facts: bool
    quiet: bool
    verbose: bool
    exit_zero: bool

    @property
    def path(self) -> str:
        """Where the one document is."""
        return self.paths[0] if self.paths else STANDARD

    @property
    def name(self) -> str:
        """What reports call the document."""
        return self.stdin_filename if self.path == STANDARD else self.path


def clean_document(options: Options, settings: Settings) -> int:
    """Clean the document, write what was asked for; the exit code."""
    data = _read(options)
    # NumPy takes its time to load: bad input is told first.
    from dedupe_text.dedupe import clean
    from dedupe_text.model import Document

    try:
        result = clean(Document(options.name, data), settings)
    except (InputError, SelfCheckError) as error:
        raise type(error)(f"{options.name}: {error}") from error
    reports = {path: FORMATS[suffix(path)](result) for path in options.report}
    answer = _answer(result, options)
    _tell(result, options)
    _write(options, data, answer, reports)
    return int(options.check and bool(result.cuts) and not options.exit_zero)


def explain_line(options: Options, line: int, settings: Settings) -> int:
    """Write why a line of the document goes or stays, and nothing else; the exit code."""
    data = _read(options)
    from dedupe_text.explanation import explain
    from dedupe_text.model import Document
    from dedupe_text.report.explanation import as_explanation

    try:
        explanation = explain(Document(options.name, data), line, settings)
    except SettingsError as error:
        raise SettingsError(f"--explain: {options.name}: {error}") from error
    except (InputError, SelfCheckError) as error:
        raise type(error)(f"{options.name}: {error}") from error
    console.write_output(console.encode(as_explanation(explanation, settings)))
    return 0


def restore_document(options: Options, report: str) -> int:
    """Write the original of the cleaned document of which the report tells; the exit code."""
    from dedupe_text.report.restore import restore

    cleaned = _read(options)
    try:
        original = restore(cleaned, files.read_bytes(report).decode("utf-8", "replace"))
    except ReportError as error:
        raise ReportError(f"{report}: {error}") from error
    _write(options, cleaned, original, {})
    return 0


def suffix(path: str) -> str:
    """What names the format of a report."""
    return os.path.splitext(path)[1].lower()


def _read(options: Options) -> bytes:
    if options.path != STANDARD:
        return files.read_bytes(options.path)
    if not options.paths and not options.quiet and console.is_input_typed():
        console.say("dedupe-text: reading standard input; see dedupe-text --help for other ways")
    return console.read_input()


def _answer(result: Result, options: Options) -> bytes:
    """What goes to standard output, or to the file in its stead."""
    if options.diff:
        return _as_diff(result)
    if options.check:
        return _as_text(result)
    return result.data


def _as_diff(result: Result) -> bytes:
    from dedupe_text.report.diff import as_diff_bytes

    return as_diff_bytes([result])


def _as_json(result: Result) -> bytes:
    return result.as_json().encode()


def _as_text(result: Result) -> bytes:
    from dedupe_text.report.text import as_text

    return console.encode(as_text([result]))


FORMATS = {".json": _as_json, ".diff": _as_diff}
"""The report of a result by the suffix of its path."""


def _tell(result: Result, options: Options) -> None:
    """Say on standard error what a user would miss, and all of it when asked."""
    if options.verbose:
        from dedupe_text.report.text import as_text, summarize

        console.say(as_text([result], spared=True) + summarize(result))
    if result.spared and not result.original.sliceable and not options.quiet:
        from dedupe_text.report.text import visible

        console.say(
            f"dedupe-text: {visible(result.id)}: repeats were left, for {result.original.encoding}"
            " text cannot be cut byte by byte; convert it to UTF-8 first"
        )


def _write(options: Options, given: bytes, data: bytes, reports: dict[str, bytes]) -> None:
    """Write the files, then standard output, which may be closed at any time."""
    targets = dict(reports)
    if options.output != STANDARD:
        targets[options.output] = data
    document = None if options.path == STANDARD else os.path.realpath(options.path)
    # What cannot be written comes first, so that when it fails nothing else has been.
    for path in sorted(targets, key=_looks_writable):
        same = os.path.realpath(path) == document
        if not same or targets[path] != given:
            files.replace_bytes(path, targets[path], was=given if same else None)
    if options.output == STANDARD:
        console.write_output(data)


def _looks_writable(path: str) -> bool:
    return os.access(os.path.dirname(path) or os.curdir, os.W_OK) and not os.path.isdir(path)
