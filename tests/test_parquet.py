"""Documents in a column of Parquet: all that is not cut is there again."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from test_cli import COMMAND, told

from dedupe_text.errors import InputError
from dedupe_text.files import replacing
from dedupe_text.model import Document, Span
from dedupe_text.records import Fields, Record, find_format, open_records, parquet

TEXTS = ["One two.", None, "Ünö two. 😀", "", "One two."]
KINDS = [
    pyarrow.string(),
    pyarrow.large_string(),
    pyarrow.string_view(),
    pyarrow.dictionary(pyarrow.int8(), pyarrow.string()),
    pyarrow.dictionary(pyarrow.int32(), pyarrow.large_string()),
]
FIELDS = Fields()


def column_of(texts: list[str | None], kind: Any) -> Any:
    if not pyarrow.types.is_dictionary(kind):
        return pyarrow.array(texts, kind)
    return pyarrow.array(texts, kind.value_type).dictionary_encode().cast(kind)


def table_of(kind: Any) -> Any:
    columns = {
        "n": [[1], [2, 3], None, [], [4]],
        "id": ["a", "b", None, "", "e"],
        "text": column_of(TEXTS, kind),
        "url": ["https://news.example/1", None, "wire", "", ""],
        "day": pyarrow.array([0, 1000, 2000, 3000, None], pyarrow.timestamp("ns", "UTC")),
        "deep": [{"text": "One"}, None, {"text": "two"}, {}, {}],
        "shade": column_of(["red", "red", None, "blue", "red"], KINDS[-1]),
    }
    field = pyarrow.field("text", kind, metadata={"said by": "us"})
    table = pyarrow.table(columns)
    table = table.set_column(2, field, table["text"])
    return table.replace_schema_metadata({"kept": "as it was"})


def write(path: Path, table: Any, **options: Any) -> Path:
    pyarrow.parquet.write_table(table, path, **options)
    return path


def read(path: Path, fields: Fields = FIELDS, *, skip_bad: bool = False) -> list[Record]:
    with open_records(str(path), "parquet", fields, skip_bad=skip_bad) as records:
        return list(records)


def rewrite(path: Path, *, cut: bool, skip_bad: bool = False) -> tuple[Any, bool]:
    """The file that is written without the first words, and whether it was changed."""
    output = io.BytesIO()
    with (
        open_records(str(path), "parquet", Fields(), skip_bad=skip_bad) as records,
        records.writing(output) as writer,
    ):
        for record in records:
            text = str(record.document.text) if record.document else ""
            writer.write(record, [Span(0, 4)] if cut and text else [])
    return pyarrow.parquet.ParquetFile(io.BytesIO(output.getvalue())), writer.changed


def ways_of(file: Any) -> list[Any]:
    """How the columns are stored."""
    groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
    return [
        (column.path_in_schema, column.compression, column.encodings, column.physical_type)
        for group in groups
        for column in map(group.column, range(group.num_columns))
    ] + [group.num_rows for group in groups]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("compression", ["snappy", "gzip", "zstd", "lz4", "brotli", "none"])
def test_all_but_the_text_is_as_it_was(tmp_path: Path, kind: Any, compression: str) -> None:
    table = table_of(kind)
    path = write(
        tmp_path / "news.parquet",
        table,
        compression={"text": compression, "id": "gzip"} if compression != "none" else "none",
        use_dictionary=["id"],
        row_group_size=2,
    )
    before = pyarrow.parquet.ParquetFile(path)
    for cut in (False, True):
        after, changed = rewrite(path, cut=cut)
        assert changed == cut
        assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
        assert ways_of(after) == ways_of(before)
        left = [text and text[4:] for text in TEXTS] if cut else TEXTS
        assert after.read().to_pydict() == {**table.to_pydict(), "text": left}


def test_records_have_their_row_their_id_and_their_text(tmp_path: Path) -> None:
    path = write(tmp_path / "news.parquet", table_of(pyarrow.string()), row_group_size=2)
    assert [(record.number, record.document) for record in read(path)] == [
        (1, Document("a", "One two.", "news.example")),
        (2, None),
        (3, Document(f"{path}:3", "Ünö two. 😀", "wire")),
        (4, Document(f"{path}:4", "")),
        (5, Document("e", "One two.")),
    ]


def test_numbers_are_ids_and_lists_are_none(tmp_path: Path) -> None:
    table = pyarrow.table({"body": ["One."], "key": [7], "site": [["x"]]})
    path = write(tmp_path / "news.parquet", table)
    assert read(path, Fields("body", "key", "site"))[0].document == Document("7", "One.")
    assert read(path, Fields("body", "site", "key"))[0].document == Document(f"{path}:1", "One.")


def test_row_groups_that_are_too_large_are_read_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"One {number} two." for number in range(5000)]
    path = write(tmp_path / "news.parquet", pyarrow.table({"text": texts}), use_dictionary=False)
    monkeypatch.setattr(parquet, "_PART", 20_000)
    after, _ = rewrite(path, cut=True)
    assert after.num_row_groups > 3
    assert after.read()["text"].to_pylist() == [text[4:] for text in texts]


def test_what_others_wrote_is_written_in_their_way(tmp_path: Path) -> None:
    table = pyarrow.table({"text": TEXTS, "day": pyarrow.array([1] * 5, pyarrow.timestamp("ns"))})
    path = write(
        tmp_path / "news.parquet",
        table,
        version="1.0",
        store_schema=False,
        use_deprecated_int96_timestamps=True,
        write_statistics=False,
    )
    before = pyarrow.parquet.ParquetFile(path)
    after, _ = rewrite(path, cut=False)
    assert ways_of(after) == ways_of(before)
    assert after.metadata.format_version == before.metadata.format_version == "1.0"
    assert after.schema_arrow.metadata is None
    assert not after.metadata.row_group(0).column(0).is_stats_set
    assert after.read().equals(table)


def test_a_file_without_rows_stays_one(tmp_path: Path) -> None:
    path = write(tmp_path / "news.parquet", pyarrow.table({"text": pyarrow.array([], "string")}))
    after, changed = rewrite(path, cut=True)
    assert (after.metadata.num_rows, after.schema_arrow.names, changed) == (0, ["text"], False)


@pytest.mark.parametrize("name", ["n", "deep", "day", "none", "deep.text"])
def test_a_field_that_is_no_column_of_strings_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "news.parquet", table_of(pyarrow.string()))
    with pytest.raises(InputError, match=rf"news.parquet: it.*'{name}'.*name.*with --field"):
        read(path, Fields(name))


def test_a_name_that_two_columns_have_is_refused(tmp_path: Path) -> None:
    table = pyarrow.Table.from_arrays([pyarrow.array(["One."])] * 2, ["text", "text"])
    with pytest.raises(InputError, match="several columns 'text'"):
        read(write(tmp_path / "news.parquet", table))


def test_what_is_damaged_or_no_parquet_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "news.parquet", table_of(pyarrow.string()))
    data = path.read_bytes()
    for bad in (b"", b"One two.", data[: len(data) // 2], data[:4] + bytes(300) + data[304:]):
        path.write_bytes(bad)
        with pytest.raises(InputError, match=r"news.parquet: it is no Parquet, or damaged"):
            read(path, skip_bad=True)


def test_want_of_memory_inside_arrow_is_no_damage(tmp_path: Path) -> None:
    import resource

    table = pyarrow.table({"text": ["So it is. " * 20_000_000]})
    path = write(tmp_path / "news.parquet", table, compression="zstd")
    out = tmp_path / "out.parquet"
    out.write_bytes(b"as it was")
    done = subprocess.run(
        [*COMMAND, path, "-o", out],
        capture_output=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # each would take 40 MB of addresses
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (500 << 20, 500 << 20)),
    )
    assert "not enough memory for this text; give it in smaller files" in told(done)
    assert out.read_bytes() == b"as it was"


def test_a_string_that_is_not_utf_8_is_refused_or_comes_out_as_it_came(tmp_path: Path) -> None:
    raw = pyarrow.array([b"One two.", b"One \xff", None], "binary")
    strings = pyarrow.Array.from_buffers(pyarrow.string(), 3, raw.buffers())
    path = write(tmp_path / "news.parquet", pyarrow.table({"text": strings, "id": strings}))
    with pytest.raises(InputError, match=r"news.parquet:2: its 'text' is not UTF-8"):
        read(path)
    bad = read(path, skip_bad=True)[1]
    assert (bad.document, bad.problem) == (None, f"{path}:2: its 'text' is not UTF-8")
    after, _ = rewrite(path, cut=True, skip_bad=True)
    assert after.read()["text"].cast("binary").to_pylist() == [b"two.", b"One \xff", None]


def test_a_pipe_is_refused() -> None:
    receiver, sender = os.pipe()
    os.close(sender)
    with (
        pytest.raises(InputError, match="news: Parquet cannot be read from a pipe"),
        open_records("news", "parquet", FIELDS, stream=open(receiver, "rb")),  # noqa: PTH123
    ):
        pass


def test_parquet_goes_by_its_name() -> None:
    assert find_format("News.PARQUET") == "parquet"


def test_a_file_is_replaced_in_place_while_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "news.parquet", table_of(pyarrow.string()), row_group_size=2)
    with (
        open_records(str(path), "parquet", FIELDS) as records,
        replacing(str(path), records.status) as new,
    ):
        with records.writing(new.file) as writer:
            for record in records:
                writer.write(record, [Span(0, 4)] if record.number == 1 else [])
        assert len(read(path)) == 5
        if writer.changed:
            new.commit()
    assert [record.document and record.document.text for record in read(path)] == [
        "two.",
        *TEXTS[1:],
    ]


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "news.parquet", table_of(pyarrow.string()))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "dedupe_text.records.parquet")
    with pytest.raises(InputError, match=r"pip install 'dedupe-text\[parquet\]'"):
        read(path)
