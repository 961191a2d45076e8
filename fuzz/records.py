"""Files of records: lines of JSON, plain and compressed, and Parquet."""

from __future__ import annotations

import gzip
import json
from io import BufferedReader, BytesIO

import pyarrow
import pyarrow.parquet

from dedupe_text import InputError
from dedupe_text.model import Span
from dedupe_text.records.jsonl import JsonlRecords
from dedupe_text.records.parquet import ParquetRecords
from dedupe_text.records.record import Fields

LINES = b"\n".join(
    [
        *(
            json.dumps({"id": 7, "text": text, "url": "https://a.example/b", "n": 1.50}).encode()
            for text in ("One two.", "caf\u00e9 \U0001f375 \ud83c tea", 'a\t"\\u0041"', "")
        ),
        b'{"text": null}\r',
        b'\t{ "text":"\\ud83c\\udf75\\/\xe6\x9d\xb1", "text" : "b", "x":[[{}],-0.5e-7]} ',
        b'{"text": NaN}',
        b"",
    ]
)


def _parquet(compression: str) -> bytes:
    table = pyarrow.table(
        {"id": [1, 2, None], "text": ["One two.", None, "東京"], "x": [[1], [], None]}
    )
    file = BytesIO()
    pyarrow.parquet.write_table(table, file, compression=compression, row_group_size=2)
    return file.getvalue()


SEEDS = [b"\0" + LINES, b"\0\xef\xbb\xbf" + LINES, b"\0" + gzip.compress(LINES, mtime=0)]
SEEDS += [b"\1" + _parquet(compression) for compression in ("none", "snappy", "gzip")]


def check(data: bytes) -> None:
    """Records are read or refused; written without a cut, lines come out as they came."""
    kind, body = data[:1], data[1:]
    reader = ParquetRecords if kind == b"\1" else JsonlRecords
    for skip_bad in (False, True):
        try:
            plain, cut = _rewrite(reader, body, skip_bad=skip_bad)
        except InputError as error:
            assert "\n" not in str(error)
            continue
        if reader is JsonlRecords and not body.startswith(b"\x1f\x8b"):
            assert plain == body
            assert len(cut) <= len(plain)


def _rewrite(
    reader: type[JsonlRecords | ParquetRecords], data: bytes, *, skip_bad: bool
) -> tuple[bytes, bytes]:
    """The file written again as it is, and without the second half of each text."""
    written = []
    for cuts in (False, True):
        read = reader("x", BufferedReader(BytesIO(data)), Fields(), skip_bad=skip_bad)  # type: ignore[arg-type]
        out = BytesIO()
        with read.writing(out) as writer:
            for record in read:
                length = len(record.document.text) if record.document else 0
                writer.write(record, [Span(length // 2, length)] if cuts and length else ())
        written.append(out.getvalue())
    return written[0], written[1]
