"""Documents inside records: lines of JSON, plain or compressed, and the rows of Parquet.

`open_records` reads them one after the other, and what it returns writes them again with nothing
changed but the one string that something was cut from.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal

from dedupe_text import files
from dedupe_text.records.names import Format, find_format
from dedupe_text.records.record import Fields, Record, Records, Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

__all__ = ["Fields", "Format", "Record", "Records", "Writer", "find_format", "open_records"]


@contextmanager
def open_records(
    path: str,
    format_: Literal["jsonl", "parquet"],
    fields: Fields,
    *,
    skip_bad: bool = False,
    stream: BufferedReader | None = None,
) -> Iterator[Records]:
    """The records of a file, or of a `stream` that errors call by this path.

    Errors are of `InputError` and name the file, and the line and column where there is one. With
    `skip_bad` a record that is none is counted and comes without a text instead.
    """
    file = files.open_file(path) if stream is None else stream
    try:
        if format_ == "parquet":
            from dedupe_text.records.parquet import ParquetRecords

            yield ParquetRecords(path, file, fields, skip_bad=skip_bad)
        else:
            from dedupe_text.records.jsonl import JsonlRecords

            yield JsonlRecords(path, file, fields, skip_bad=skip_bad)
    finally:
        with suppress(OSError):  # it was read to its end
            file.close()
