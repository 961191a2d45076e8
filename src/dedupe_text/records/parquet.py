"""Documents in a column of Parquet, a part of the rows in memory at a time.

Row groups stay, but for those that are too large; so do the schema, its metadata, how each column
is compressed, and all columns but the text. The file is written anew and not the same to the byte.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from dedupe_text import files
from dedupe_text.cleaning import without
from dedupe_text.errors import InputError
from dedupe_text.model import Document
from dedupe_text.records.record import Fields, Record, find_site

try:
    import pyarrow
    import pyarrow.compute
    import pyarrow.parquet
except ImportError as error:
    raise InputError("Parquet needs an extra: pip install 'dedupe-text[parquet]'") from error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader
    from typing import BinaryIO

    from dedupe_text.model import Span

_PART = 1 << 24
"""Bytes of a row group, uncompressed, that are held at once; larger ones come out in parts. pandas
writes a million rows as one, which would be gigabytes of articles. A row group of 540 MB took 174
MB of memory; with parts of 64 MiB it took 485."""
_BUFFER = 1 << 20
"""Bytes to read ahead. Without it, or with `pre_buffer`, a column is read as a whole."""
_SLICE = 1000
"""Rows of which there are Python objects at once."""


class Row(NamedTuple):
    """Where a record stands: in a table that all records of a part share."""

    table: Any
    at: int


class ParquetRecords:
    """The records of a Parquet file; a null is a record without a document."""

    def __init__(
        self, name: str, file: BufferedReader, fields: Fields, *, skip_bad: bool = False
    ) -> None:
        self.skipped = 0
        self.position = 0
        self.status = files.find_status(file)
        self._name = name
        self._fields = fields
        self._skip_bad = skip_bad
        if not file.seekable():
            raise InputError(f"{name}: Parquet cannot be read from a pipe; name the file")
        with self._explained():
            self._file = pyarrow.parquet.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)
            self._schema = self._file.schema_arrow
        self._check_field()

    def __iter__(self) -> Iterator[Record]:
        number, size = 0, self.status.st_size if self.status else 0
        for table in self._read_parts():
            for start in range(0, len(table), _SLICE):
                rows = table.slice(start, _SLICE)
                columns = [self._find_values(rows, name) for name in self._fields]
                self.position = size * number // self._file.metadata.num_rows
                for index, (text, id_, site) in enumerate(zip(*columns), start):
                    number += 1
                    yield self._read(number, text, id_, site, Row(table, index))

    @contextmanager
    def writing(self, file: BinaryIO, name: str = "") -> Iterator[ParquetWriter]:  # noqa: ARG002
        """A writer to this file, whose columns are compressed as those that were read."""
        with self._explained():
            if self._file.num_row_groups:  # Arrow ends the process if asked about a damaged column
                next(self._file.iter_batches(1, row_groups=[0], use_threads=False), None)
            options = _find_options(self._file.metadata)
        with self._open_writer(file, options) as output:
            writer = ParquetWriter(output, self._fields.text)
            yield writer
            writer.flush()

    def _check_field(self) -> None:
        name, names = self._fields.text, self._schema.names
        if names.count(name) != 1:
            has = "several columns" if name in names else "no column"
            listed = ", ".join(map(repr, names[:8]))
            raise InputError(
                f"{self._name}: it has {has} {name!r}; name one with --field: {listed}"
            )
        kind = self._schema.field(name).type
        if not _is_text(kind):
            raise InputError(
                f"{self._name}: its column {name!r} is of {kind}, not of strings;"
                " name another with --field"
            )

    def _read_parts(self) -> Iterator[Any]:
        # A thread of Arrow's that outlives an error may end the process at its exit.
        with self._explained():
            for number in range(self._file.num_row_groups):
                group = self._file.metadata.row_group(number)
                if group.total_byte_size <= _PART:
                    yield self._file.read_row_group(number, use_threads=False)
                    continue
                size = max(group.num_rows * _PART // group.total_byte_size, 1)
                for batch in self._file.iter_batches(size, row_groups=[number], use_threads=False):
                    yield pyarrow.Table.from_batches([batch])

    def _find_values(self, rows: Any, name: str) -> list[Any]:
        """The strings or numbers of a column, and bytes for strings that are no UTF-8."""
        if self._schema.names.count(name) != 1:
            return [None] * len(rows)
        kind, values = self._schema.field(name).type, rows[name]
        if not _is_text(kind) and not pyarrow.types.is_integer(kind):
            return [None] * len(rows)
        try:
            return [*values.to_pylist()]
        except UnicodeDecodeError:
            return [*map(_decode, values.cast("large_string").cast("large_binary").to_pylist())]

    def _read(self, number: int, text: Any, id_: Any, site: Any, row: Row) -> Record:
        place = f"{self._name}:{number}"
        if text is None:
            return Record(number, None, row)
        if isinstance(text, bytes):
            problem = f"{place}: its {self._fields.text!r} is not UTF-8"
            if not self._skip_bad:
                raise InputError(f"{problem}; mend it, or let such pass with --skip-bad")
            self.skipped += 1
            return Record(number, None, row, problem)
        id_ = place if id_ is None or isinstance(id_, bytes) else str(id_) or place
        site = find_site(site) if isinstance(site, str) else ""
        return Record(number, Document(id_, text, site), row)

    def _open_writer(self, file: BinaryIO, options: dict[str, Any]) -> Any:
        try:
            return pyarrow.parquet.ParquetWriter(file, self._schema, **options)
        except pyarrow.ArrowNotImplementedError as error:  # a schema as none is written
            raise self._damaged(error) from error

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except MemoryError:
            raise
        except (pyarrow.ArrowException, OSError, ValueError) as error:  # or names that are no text
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> InputError:
        reason = str(error).partition("\n")[0].rstrip(".")
        return InputError(f"{self._name}: it is no Parquet, or damaged ({reason})")


class ParquetWriter:
    """Writes rows, part by part."""

    def __init__(self, output: Any, field: str) -> None:
        self.changed = False
        self._output = output
        self._field = field
        self._table: Any = None
        self._texts: dict[int, str] = {}

    def write(self, record: Record, cut: Sequence[Span] = ()) -> None:
        """Write the row without these spans of its text, which ascend."""
        table, at = record.origin
        if table is not self._table:
            self.flush()
            self._table = table
        if cut and record.document:
            self.changed = True
            self._texts[at] = without(str(record.document.text), cut)

    def flush(self) -> None:
        """Write the part that the last record is of."""
        if self._table is None:
            return
        table = self._table
        if self._texts:
            column = table.schema.get_field_index(self._field)
            field = table.schema.field(column)
            table = table.set_column(column, field, _replace(table[column], self._texts))
        self._output.write_table(table, row_group_size=max(len(table), 1))
        self._table, self._texts = None, {}


def _replace(column: Any, texts: dict[int, str]) -> Any:
    """The column with other strings at some of its places."""
    mask = [False] * len(column)
    for index in texts:
        mask[index] = True
    new = pyarrow.array([texts[index] for index in sorted(texts)], "large_string")
    strings = column.cast("large_string").combine_chunks()
    replaced = pyarrow.compute.replace_with_mask(strings, pyarrow.array(mask), new)
    if pyarrow.types.is_dictionary(column.type):
        replaced = replaced.cast(column.type.value_type).dictionary_encode()
    return replaced.cast(column.type)


def _find_options(metadata: Any) -> dict[str, Any]:
    """How the columns of a file were written, as far as it tells."""
    groups = [metadata.row_group(0)] if metadata.num_row_groups else []
    columns = [group.column(number) for group in groups for number in range(group.num_columns)]
    dictionaries = [
        column.path_in_schema for column in columns if "DICTIONARY" in " ".join(column.encodings)
    ]
    codecs = {column.path_in_schema: column.compression for column in columns}
    return {
        "version": metadata.format_version,
        "compression": {
            path: "NONE" if codec == "UNCOMPRESSED" else codec for path, codec in codecs.items()
        }
        or "snappy",
        "use_dictionary": dictionaries or not columns,
        "write_statistics": [c.path_in_schema for c in columns if c.is_stats_set] or not columns,
        "use_deprecated_int96_timestamps": any(c.physical_type == "INT96" for c in columns),
        "store_schema": b"ARROW:schema" in (metadata.metadata or {}),
    }


def _is_text(kind: Any) -> bool:
    if pyarrow.types.is_dictionary(kind):
        kind = kind.value_type
    return str(kind) in ("string", "large_string", "string_view")


def _decode(data: bytes | None) -> str | bytes | None:
    try:
        return None if data is None else data.decode()
    except UnicodeDecodeError:
        return data
