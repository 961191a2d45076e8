"""Documents in lines of JSON, with a bounded part of the file in memory."""

from __future__ import annotations

from contextlib import contextmanager
from json import JSONDecodeError
from typing import TYPE_CHECKING, NamedTuple

from dedupe_text import files
from dedupe_text.errors import InputError
from dedupe_text.model import Document
from dedupe_text.records.line import Value, cut_string, find_values
from dedupe_text.records.names import find_compression
from dedupe_text.records.record import Fields, Record, find_site
from dedupe_text.records.streams import Lines, Output

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader
    from typing import BinaryIO

    from dedupe_text.model import Span

MOST = 1 << 26
"""Bytes of a line. A long novel has three million characters, or 20 MB if each is an escape; what
is longer is no article but a file without line ends, or made to fill the memory."""
_BOM = b"\xef\xbb\xbf"


class JsonLine(NamedTuple):
    """A line as it came, and where its text is."""

    data: bytes
    text: Value | None = None


class JsonlRecords:
    """The records of a stream of JSON lines; blank lines are records without a document."""

    def __init__(
        self, name: str, file: BufferedReader, fields: Fields, *, skip_bad: bool = False
    ) -> None:
        self.skipped = 0
        self.status = files.find_status(file)
        self._lines = Lines(name, file)
        self._name = name
        self._fields = fields
        self._skip_bad = skip_bad

    @property
    def position(self) -> int:
        """Bytes that were read."""
        return self._lines.position

    def __iter__(self) -> Iterator[Record]:
        number, inside = 0, False
        while data := self._lines.read_line(MOST):
            ended = data.endswith(b"\n")
            if inside:  # the rest of a line that is too long
                yield Record(number, None, JsonLine(data))
            else:
                number += 1
                yield self._read(number, data, whole=ended or len(data) < MOST)
            inside = not ended

    @contextmanager
    def writing(self, file: BinaryIO, name: str = "") -> Iterator[JsonlWriter]:
        """A writer to this file, compressed as its name says, or as what was read is."""
        output = Output(file, find_compression(name) or self._lines.compression)
        yield JsonlWriter(output)
        output.finish()

    def _read(self, number: int, data: bytes, *, whole: bool) -> Record:
        place = f"{self._name}:{number}"
        try:
            if not whole:
                raise InputError(f"{place}: the line is longer than {MOST >> 20} MiB")
            document, text = read_line(data, place, self._fields, first=number == 1)
        except InputError as error:
            if not self._skip_bad:
                raise InputError(f"{error}; mend it, or let such pass with --skip-bad") from error
            self.skipped += 1
            return Record(number, None, JsonLine(data), str(error))
        return Record(number, document, JsonLine(data, text))


class JsonlWriter:
    """Writes lines with the spelling that they came in."""

    def __init__(self, output: Output) -> None:
        self.changed = False
        self._output = output

    def write(self, record: Record, cut: Sequence[Span] = ()) -> None:
        """Write the line without these spans of its text, which ascend."""
        data, text = record.origin
        if cut:
            self.changed = True
            bom, line = _decode(data, first=record.number == 1)
            data = bom + cut_string(line, text, cut).encode()
        self._output.write(data)


def read_line(
    data: bytes, place: str, fields: Fields, *, first: bool = False
) -> tuple[Document | None, Value | None]:
    """The document in a line, and where its text is spelled; None if it is blank, or null.

    Only the `first` line may have a byte order mark. Raises `InputError`, which begins with the
    `place`.

    >>> read_line(b'{"text": "So.", "id": 7}', "news.jsonl:1", Fields())[0]
    Document(id='7', text='So.', site='')
    """
    try:
        _, line = _decode(data, first=first)
        if not line.strip(" \t\r\n"):
            return None, None
        values = find_values(line, fields)
    except UnicodeDecodeError as error:
        column = len(error.object[: error.start].decode()) + 1
        raise InputError(f"{place}:{column}: it is not UTF-8") from error
    except JSONDecodeError as error:
        column = min(error.pos, len(error.doc.rstrip())) + 1
        raise InputError(f"{place}:{column}: it is not JSON: {error.msg}") from error
    except RecursionError as error:
        raise InputError(f"{place}: its JSON is nested too deeply") from error
    if values is None:
        raise InputError(f"{place}: it is no object of JSON")
    text = values.get(fields.text)
    if text is None:
        raise InputError(f"{place}: it has no field {fields.text!r} (--field names another)")
    if text.value is None:
        return None, None
    if not isinstance(text.value, str) or not text.is_string(line):
        raise InputError(f"{place}: its field {fields.text!r} is no string")
    id_, site = values.get(fields.id), values.get(fields.site)
    return Document(
        (id_.value if id_ and isinstance(id_.value, str) else "") or place,
        text.value,
        find_site(site.value) if site and isinstance(site.value, str) else "",
    ), text


def _decode(data: bytes, *, first: bool) -> tuple[bytes, str]:
    """The byte order mark, and the line after it."""
    bom = _BOM if first and data.startswith(_BOM) else b""
    return bom, data[len(bom) :].decode()
