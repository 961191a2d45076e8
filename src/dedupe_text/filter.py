"""What the command does once its arguments are understood: documents in, answers out.

Of one document all is worked out before anything is written. Several are done one after the
other: one that fails is told of, and the others are done.
"""

from __future__ import annotations

import os.path
from contextlib import closing, contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

from dedupe_text import console, files
from dedupe_text.cleaner import Cleaner, check_list
from dedupe_text.errors import (
    DedupeTextError,
    InputError,
    ReportError,
    SelfCheckError,
    SettingsError,
)
from dedupe_text.formats import FORMATS, LISTS, suffix
from dedupe_text.options import ANONYMOUS, STANDARD
from dedupe_text.progress import Progress
from dedupe_text.stream import clean_records, find_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dedupe_text.model import Document
    from dedupe_text.options import Options
    from dedupe_text.result import Result
    from dedupe_text.settings import Settings


def clean_documents(options: Options, settings: Settings, paths: Sequence[str]) -> int:
    """Clean the documents in these files, write what was asked for; the exit code."""
    gathers = bool(options.report) or options.listed
    with closing(Run(options, settings, paths, gathers=gathers)) as run:
        return _clean_documents(run, options, paths)


def _clean_documents(run: Run, options: Options, paths: Sequence[str]) -> int:
    cleaned: Iterable[tuple[str, Result]] = run.clean(paths)
    reports: dict[str, bytes] = {}
    if run.gathers or not options.several:
        cleaned = [*cleaned]
        if run.results or not run.failures:
            reports = _render(run.results, options)
    if options.several or not cleaned:
        _write(reports, options)
        reports = {}
    for path, result in cleaned:
        run.answer(path, result, reports)
    if run.cleaner.left and not options.quiet and (options.whole or options.verbose):
        from dedupe_text.accept import tell_stale

        console.say(tell_stale(run.cleaner.left).rstrip("\n"))
    if run.failures:
        return 2
    return int(run.found and (options.exit_one or (options.check and not options.exit_zero)))


def clean_on_spark(options: Options, settings: Settings) -> int:
    """Clean records on Spark, which writes them; the exit code."""
    try:
        from dedupe_text.integrations.spark.command import clean_files
    except ImportError as error:
        message = "--engine spark needs an extra: pip install 'dedupe-text[spark]'"
        raise DedupeTextError(message) from error
    return clean_files(options, settings)


def accept_documents(
    options: Options, target: str, settings: Settings, paths: Sequence[str]
) -> int:
    """Write the list of all that the documents repeat; the exit code."""
    check_list(target)
    with closing(Run(options, settings, paths, gathers=True)) as run:
        for _ in run.clean(paths):
            pass
    from dedupe_text.accept import as_accepted, tally

    accepted = tally(run.results)
    if not run.failures:
        files.replace_bytes(target, as_accepted(accepted).encode())
        if not options.quiet:
            count = sum(one.times for one in accepted.values())
            console.warn(f"{target}: {count} accepted")
    return 2 if run.failures else 0


class Run:
    """One run of the command over its documents; it goes on when one fails."""

    def __init__(
        self, options: Options, settings: Settings, paths: Sequence[str], *, gathers: bool
    ) -> None:
        self.options = options
        self.progress = _progress(options, paths)
        self.cleaner = Cleaner(options, settings)
        self.gathers = gathers
        self.results: list[Result] = []
        """All of them, if it `gathers`."""
        self.failures: list[DedupeTextError] = []
        self.found = False
        """Whether anything is said again."""
        self.emptied = 0
        """Of how many records in the file nothing is left."""

    def close(self) -> None:
        """Nothing more is asked of it."""
        self.progress.close()
        self.cleaner.close()

    def clean(self, paths: Iterable[str]) -> Iterator[tuple[str, Result]]:
        """Clean all; texts come with their paths, files of records are written at once."""
        for format_, several in groupby(paths, lambda path: find_format(path, self.options)):
            if format_ == "text":
                yield from self._clean_texts(several)
                continue
            for path in several:
                self.emptied = 0
                with self._telling():
                    clean_records(
                        path, format_, self.options, self.cleaner, self._list, self.progress
                    )
                    if self.emptied and not _is_shown(self.options):
                        name, count = self.options.name(path), self.emptied
                        console.warn(f"{name}: {count} texts are empty now: others said all")

    def answer(self, path: str, result: Result, reports: dict[str, bytes]) -> None:
        """Write what goes to standard output, or to a file in its stead, and the reports."""
        with self._telling():
            target = self.options.target(path)
            if self.options.several and target != STANDARD:
                files.make_folder(os.path.dirname(target))
            answers = {target: _answer(result, self.options), **reports}
            _write(answers, self.options, path, result.original.data)

    def _clean_texts(self, paths: Iterable[str]) -> Iterator[tuple[str, Result]]:
        for path, result in self.cleaner.clean_each(_read_each(paths, self.options)):
            if isinstance(result, DedupeTextError):
                self._fail(result)
            elif result is not None:
                self._see(result)
                if _is_emptied(result) and not _is_shown(self.options):
                    console.warn(f"{result.id}: nothing is left: others said all of it")
                self.progress.add(len(result.original.data))
                yield path, result

    def _see(self, result: Result) -> None:
        self.found = self.found or bool(result.cuts)
        if self.gathers:
            self.results.append(result)
        _tell(result, self.options)

    def _list(self, result: Result) -> None:
        """See the result of a record, which has no answer of its own."""
        self.emptied += _is_emptied(result)
        self._see(result)
        if self.options.check and not self.options.listed:
            console.write_output(LISTS["text"]([result]))

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell of what fails, and go on."""
        try:
            yield
        except DedupeTextError as error:
            self._fail(error)

    def _fail(self, error: DedupeTextError) -> None:
        self.failures.append(error)
        console.warn(str(error))


def _progress(options: Options, paths: Iterable[str]) -> Progress:
    """Shown where it is asked for, or on a terminal of which it has the line for itself."""
    shown = options.progress
    if shown is None:
        shown = not options.quiet and console.has_line(shared=options.answers_at_once)
    return Progress(files.measure(path for path in paths if path != STANDARD), shown=shown)


def _read_each(
    paths: Iterable[str], options: Options
) -> Iterator[tuple[str, Document | DedupeTextError]]:
    """The documents in these files, or why one cannot be read."""
    from dedupe_text.model import Document

    def document(path: str) -> Document | DedupeTextError:
        try:
            data = read(path, options)
            return Document(_identify(path, data, options), data)
        except DedupeTextError as error:
            return error

    return ((path, document(path)) for path in paths)


def _identify(path: str, data: bytes, options: Options) -> str:
    """The id of a document. What comes through a pipe is known to a memory by what it is.

    A file is what replaced its old text; but of two texts in a pipe neither replaces the other.
    """
    name = options.name(path)
    if path != STANDARD or options.memory is None or name != ANONYMOUS:
        return name
    from hashlib import blake2b  # it takes longer to load than a short text to be cleaned

    return f"{name}@{blake2b(data, digest_size=8).hexdigest()}"


def read(path: str, options: Options) -> bytes:
    """The bytes of the file at this path."""
    if path != STANDARD:
        return files.read_bytes(path)
    return console.read_input(asks=not options.paths and not options.quiet)


def explain_line(options: Options, line: int, settings: Settings) -> int:
    """Write why a line of the document goes or stays, and nothing else; the exit code."""
    data, name = read(options.path, options), options.name(options.path)
    from dedupe_text.explanation import explain
    from dedupe_text.model import Document
    from dedupe_text.report.explanation import as_explanation

    try:
        explanation = explain(Document(name, data), line, settings)
    except SettingsError as error:
        raise SettingsError(f"--explain: {name}: {error}") from error
    except (InputError, SelfCheckError) as error:
        raise type(error)(f"{name}: {error}") from error
    console.write_output(console.encode(as_explanation(explanation, settings)))
    return 0


def restore_document(options: Options, report: str) -> int:
    """Write the original of the cleaned document of which the report tells; the exit code."""
    from dedupe_text.report.restore import restore

    cleaned = read(options.path, options)
    try:
        original = restore(cleaned, files.read_bytes(report).decode("utf-8", "replace"))
    except ReportError as error:
        raise ReportError(f"{report}: {error}") from error
    _write({options.output: original}, options, options.path, cleaned)
    return 0


def _answer(result: Result, options: Options) -> bytes:
    """What goes to standard output, or to the file in its stead."""
    if options.listed:
        return b""
    if options.diff:
        return FORMATS[".diff"]([result])
    if options.check:
        return LISTS["text"]([result])
    return result.data


def _render(results: Sequence[Result], options: Options) -> dict[str, bytes]:
    """What tells of all documents at once, by the path that it goes to."""
    reports = {path: FORMATS[suffix(path)](results) for path in options.report}
    if options.listed:
        reports[STANDARD] = LISTS[options.format or "text"](results)
    return reports


def _is_emptied(result: Result) -> bool:
    return bool(result.cuts) and not result.text.strip()


def _is_shown(options: Options) -> bool:
    """Whether nothing is written that a user could miss."""
    return options.check or options.diff or options.quiet


def _tell(result: Result, options: Options) -> None:
    """Say on standard error what a user would miss, and all of it when asked."""
    if options.verbose:
        from dedupe_text.report.text import as_text, coloured, plain, summarize

        paint = coloured if console.is_coloured(options.color) else plain
        console.say(as_text([result], spared=True, paint=paint) + summarize(result, paint))
    if options.quiet:
        return
    for line, message in result.unused:
        console.warn(f"{result.id}:{line}: {message}")
    if result.spared and not result.original.sliceable:
        console.warn(
            f"{result.id}: repeats were left, for {result.original.encoding} text cannot be cut"
            " byte by byte; convert it to UTF-8 first"
        )


def _write(
    targets: dict[str, bytes], options: Options, path: str = STANDARD, given: bytes = b""
) -> None:
    """Write the files, then standard output, which may be closed at any time.

    One of them may be the document that was read: `path`, which held what was `given`.
    """
    document = None if path == STANDARD else os.path.realpath(path)
    # What cannot be written comes first, so that when it fails nothing else has been.
    for target in sorted(targets, key=_looks_writable):
        if target == STANDARD:
            continue
        same = os.path.realpath(target) == document
        if not same or targets[target] != given:
            was = given if same else None
            files.replace_bytes(target, targets[target], was, break_links=options.break_links)
    if STANDARD in targets:
        console.write_output(targets[STANDARD])


def _looks_writable(path: str) -> bool:
    return os.access(os.path.dirname(path) or os.curdir, os.W_OK) and not os.path.isdir(path)
