"""Files of records: cleaned one record after the other, written anew around what was cut."""

from __future__ import annotations

import os.path
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from dedupe_text import console, files, records
from dedupe_text.errors import DedupeTextError, InputError, OutputError
from dedupe_text.options import STANDARD
from dedupe_text.records import Fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from dedupe_text.cleaner import Cleaner
    from dedupe_text.model import Document
    from dedupe_text.options import Options
    from dedupe_text.progress import Progress
    from dedupe_text.records import Format, Record, Records, Writer
    from dedupe_text.result import Result

_PIECE = 1 << 16
"""Bytes that are copied at once."""


def find_format(path: str, options: Options) -> Format:
    """The format of what is read from this path, as asked for or by its name."""
    if options.input_format != "auto":
        return options.input_format
    return records.find_format(options.name(path))


def clean_records(
    path: str,
    format_: Format,
    options: Options,
    cleaner: Cleaner,
    see: Callable[[Result], None],
    progress: Progress,
) -> None:
    """Clean the documents in a file of records, show each to `see`, and write the file.

    It is written when all of it is; an error leaves nothing.
    """
    with _opened(path, format_, options) as read, _writing(path, options, read) as writer:
        done = 0
        for record, result in cleaner.clean_each(_documents(path, options, read)):
            if isinstance(result, DedupeTextError):
                raise result
            if result is not None:
                see(result)
            if writer is not None:
                writer.write(record, [cut.removed for cut in result.cuts] if result else ())
            progress.add(read.position - done)
            done = read.position
        if read.skipped and not options.quiet:
            console.warn(f"{options.name(path)}: {read.skipped} bad records were let pass")


def _documents(
    path: str, options: Options, read: Records
) -> Iterator[tuple[Record, Document | None]]:
    """The records and the documents in them; a memory has to know these in a later run."""
    for record in read:
        place = f"{options.name(path)}:{record.number}"
        if options.memory is not None and record.document and record.document.id == place:
            raise InputError(
                f"{place}: it has no id in {options.id_field!r}, by which a memory would know it"
                " again (--id-field names another)"
            )
        yield record, record.document


@contextmanager
def _opened(path: str, format_: Format, options: Options) -> Iterator[Records]:
    assert format_ != "text"
    fields = Fields(options.field, options.id_field, options.site_field)
    asks = not options.paths and not options.quiet
    stream = console.open_input(asks=asks) if path == STANDARD else None
    with records.open_records(
        options.name(path), format_, fields, skip_bad=options.skip_bad, stream=stream
    ) as opened:
        yield opened


@contextmanager
def _writing(path: str, options: Options, read: Records) -> Iterator[Writer | None]:
    """A writer to where the file is to go; None if nothing is to be written."""
    target = options.target(path)
    if options.check or options.accept_write:
        yield None
    elif target == STANDARD:
        with _held_back() as file, read.writing(file) as writer:
            yield writer
    else:
        if options.several:
            files.make_folder(os.path.dirname(target))
        same = os.path.realpath(target) == os.path.realpath(path)
        was = read.status if same else None
        with files.replacing(target, was, break_links=options.break_links) as new:
            with read.writing(new.file, target) as writer:
                yield writer
            if writer.changed or not same:
                new.commit()


@contextmanager
def _held_back() -> Iterator[BinaryIO]:
    """What goes to standard output when it is whole; until then it is in a temporary file."""
    import tempfile  # loaded for those who have records

    try:
        with tempfile.TemporaryFile() as file:
            yield file
            file.seek(0)
            console.write_pieces(iter(partial(file.read, _PIECE), b""))
    except (DedupeTextError, BrokenPipeError):
        raise
    except OSError as error:
        place = tempfile.tempdir or "a temporary folder"
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            f"cannot write to {place}: {reason}; name another folder in TMPDIR"
        ) from error
