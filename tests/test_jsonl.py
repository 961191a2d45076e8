"""Documents in lines of JSON: read one by one, and written with the spelling that they came in."""

import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe_text.cleaning import without
from dedupe_text.errors import InputError, SelfCheckError
from dedupe_text.model import Document, Span
from dedupe_text.records import Fields, Record, find_format, jsonl, open_records
from dedupe_text.records.line import cut_string, find_values

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FIELDS = Fields()
Cut = Callable[[Record], list[Span]]
PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstd.compress,
}
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.decompress,
    ".zst": zstd.decompress,
}


def read(data: bytes, *, skip_bad: bool = False, fields: Fields = FIELDS) -> list[Record]:
    stream = io.BufferedReader(io.BytesIO(data))  # type: ignore[type-var]
    with open_records("news.jsonl", "jsonl", fields, skip_bad=skip_bad, stream=stream) as records:
        return list(records)


def refusal(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(data)
    return str(caught.value)


def rewrite(
    path: Path, cut: Cut, *, skip_bad: bool = False, output: io.BytesIO | None = None
) -> tuple[bytes, bool, int]:
    """What is written for a file, whether it was changed, and how many records were skipped."""
    output = io.BytesIO() if output is None else output
    with (
        open_records(str(path), "jsonl", Fields(), skip_bad=skip_bad) as records,
        records.writing(output) as writer,
    ):
        for record in records:
            writer.write(record, cut(record))
    return output.getvalue(), writer.changed, records.skipped


def nothing(_: Record) -> list[Span]:
    return []


def first_word(record: Record) -> list[Span]:
    text = str(record.document.text) if record.document else ""
    return [Span(0, text.index(" ") + 1)] if " " in text else []


# --- what is read -------------------------------------------------------------------------------


def test_records_have_their_line_their_id_and_their_text() -> None:
    records = read(
        b'{"id": "a", "text": "One.", "url": "https://News.example/1"}\r\n'
        b'{"id": 12345678901234567890.10, "text": "Two."}\n'
        b'{"text": "Three.", "id": null}\n'
        b'{"id": "", "text": ""}'
    )
    assert [(record.number, record.document) for record in records] == [
        (1, Document("a", "One.", "news.example")),
        (2, Document("12345678901234567890.10", "Two.")),
        (3, Document("news.jsonl:3", "Three.")),
        (4, Document("news.jsonl:4", "")),
    ]


def test_fields_may_have_other_names() -> None:
    data = b'{"text": 1, "body": "One.", "key": 7, "source": "wire"}'
    [record] = read(data, fields=Fields("body", "key", "source"))
    assert record.document == Document("7", "One.", "wire")


def test_of_a_field_that_is_given_twice_the_last_counts_as_in_json() -> None:
    line = '{"text": "One.", "text" : "T\\u0077o.", "x": {"text": "Three."}}'
    assert json.loads(line)["text"] == "Two."
    assert [record.document for record in read(line.encode())] == [Document("news.jsonl:1", "Two.")]


def test_blank_lines_and_nulls_are_records_without_a_document() -> None:
    records = read(b'\n  \t\r\n{"text": null}\n{"text": "One."}')
    assert [record.document is None for record in records] == [True, True, True, False]
    assert not any(record.problem for record in records)


def test_numbers_are_not_calculated() -> None:
    [record] = read(b'{"x": ' + b"9" * 5000 + b', "y": NaN, "text": "One."}')
    assert record.document is not None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"text": "One"', "news.jsonl:2:15: it is not JSON: Expecting ',' delimiter"),
        ('{"é": "", "text" "One"}'.encode(), "news.jsonl:2:18: it is not JSON"),
        (b'{"text": "One",}', "news.jsonl:2:16: it is not JSON"),
        (b'{"text": "One"} {', "news.jsonl:2:17: it is not JSON: Extra data"),
        (b"{text: 1}", "news.jsonl:2:2: it is not JSON"),
        (b'{"text": "\x01"}', "news.jsonl:2:11: it is not JSON: Invalid control character"),
        (b"[1,", "news.jsonl:2:4: it is not JSON"),
        (b'["text"]', "news.jsonl:2: it is no object"),
        (b'{"title": "One"}', "news.jsonl:2: it has no field 'text'"),
        (b'{"text": 12}', "news.jsonl:2: its field 'text' is no string"),
        (b'{"text": ["One"]}', "news.jsonl:2: its field 'text' is no string"),
        ('{"é": "'.encode() + b'\xe9"}', "news.jsonl:2:8: it is not UTF-8"),
        (b'{"text": ' + b"[" * 200_000, "news.jsonl:2: its JSON is nested too deeply"),
    ],
)
def test_a_bad_record_is_refused_with_its_place_or_let_pass(line: bytes, told: str) -> None:
    data = b'{"text": "One."}\n' + line + b"\n"
    assert told in refusal(data)
    assert refusal(data).endswith("; mend it, or let such pass with --skip-bad")
    good, bad = read(data, skip_bad=True)
    assert good.document is not None
    assert bad.document is None
    assert bad.problem.startswith(told)


def test_only_the_first_line_may_begin_with_a_byte_order_mark() -> None:
    line = b'\xef\xbb\xbf{"text": "One."}\n'
    assert [record.number for record in read(line)] == [1]
    assert "news.jsonl:2:1: it is not JSON" in refusal(line * 2)


def test_a_line_that_is_too_long_is_refused_or_let_pass_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MOST", 64)
    data = b'{"text": "One two."}\n{"text": "' + b"x" * 300 + b'"}\n{"text": "One two."}\n'
    assert "news.jsonl:2: the line is longer than" in refusal(data)
    path = tmp_path / "news.jsonl"
    path.write_bytes(data)
    assert rewrite(path, nothing, skip_bad=True) == (data, False, 1)
    assert rewrite(path, first_word, skip_bad=True)[0] == data.replace(b"One ", b"")
    assert [record.number for record in read(data, skip_bad=True) if record.document] == [1, 3]


# --- what is written ----------------------------------------------------------------------------

ODD = (
    b'\xef\xbb\xbf{ "n":1.50e+03,"text" :\t"One \\u00e9\\/\\n two", "n": 1E400, "text":'
    b' "One t\\u0077o \\ud83d three.", "id":007e, "z":{"b":1,"a":2} } \r\n'
).replace(b"007e", b"-0")


def test_only_the_bytes_of_what_is_cut_are_missing(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(ODD + b"\n" + b'{"text":"\\uD83C\\uDF75 tea"}')
    assert rewrite(path, nothing) == (path.read_bytes(), False, 0)
    cut, changed, _ = rewrite(path, first_word)
    before, _, after = ODD.rpartition(b"One ")
    assert cut == before + after + b'\n{"text":"tea"}'
    assert changed


def test_what_was_skipped_comes_out_as_it_came(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(b'\n{"text": "One two."}\n{"text": "One \xff"}\n{"text": 1')
    cut, _, skipped = rewrite(path, first_word, skip_bad=True)
    assert (cut, skipped) == (path.read_bytes().replace(b"One two", b"two"), 2)


BLANKS = st.text(" \t\r", max_size=3)
CHARS = st.characters(exclude_categories=()) | st.sampled_from('"\\/\n\t\x7f\ud83d\ude00é😀')
TEXTS = st.lists(CHARS, max_size=12).map("".join)
OTHERS = st.sampled_from(['"a\\"}"', "1.50", "-0", "1e999", "null", '[{"text":"x"}, "]"]', "{ }"])


@st.composite
def spelled_strings(draw: st.DrawFn) -> str:
    """A string of JSON, each character spelled in one of the ways that it may be."""
    spelled = ""
    for char in draw(TEXTS):
        escaped = json.dumps(char)[1:-1]
        ways = [escaped, escaped.upper().replace("\\U", "\\u") if "\\u" in escaped else escaped]
        if char not in '"\\' and char >= " " and not "\ud800" <= char <= "\udfff":
            ways.append(char)
        spelled += draw(st.sampled_from(ways))
    return f'"{spelled}"'


@st.composite
def spelled_lines(draw: st.DrawFn) -> str:
    names = st.sampled_from(['"text"', '"te\\u0078t"', '"id"', '"\\u0000"', '"x"'])
    pairs = [
        (draw(names), draw(OTHERS | spelled_strings())) for _ in range(draw(st.integers(0, 3)))
    ]
    pairs.append((draw(names.filter(lambda name: "te" in name)), draw(spelled_strings())))
    if draw(st.booleans()):
        pairs.append(('"z"', draw(OTHERS)))
    fields = [draw(BLANKS).join(["", name, ":", value, ""]) for name, value in pairs]
    return draw(BLANKS).join(["", "{", ",".join(fields), "}", ""]) + draw(
        st.sampled_from(["", "\n", "\r\n"])
    )


def units(text: str) -> bytes:
    """Two lone halves of a character side by side are the same as one, in JSON."""
    return text.encode("utf-16-le", "surrogatepass")


@given(spelled_lines(), st.data())
def test_a_cut_takes_what_it_says_and_leaves_all_other_bytes(
    line: str, data: st.DataObject
) -> None:
    value = (find_values(line, {"text"}) or {})["text"]
    text = json.loads(line)["text"]
    assert value.value == text
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = [Span(*pair) for pair in zip(edges[::2], edges[1::2])]
    cut = cut_string(line, value, spans)
    left = json.loads(cut)
    assert units(left.pop("text")) == units(without(text, spans))
    told = json.loads(line)
    del told["text"]
    assert str(left) == str(told)  # as a string, for NaN is not itself
    start, end = value.span.start + 1, value.span.end - 1
    inside = cut[start : len(cut) - (len(line) - end)]
    assert (cut[:start], cut[len(cut) - (len(line) - end) :]) == (line[:start], line[end:])
    kept = iter(line[start:end])
    assert all(char in kept for char in inside)
    assert cut == line if not spans else len(cut) < len(line)


@given(spelled_lines() | st.text('{}[]":,\\ untex1', max_size=12))
def test_what_json_takes_and_only_that_is_taken(line: str) -> None:
    def outcome(action: Callable[[], Any]) -> Any:
        try:
            return action()
        except json.JSONDecodeError as error:
            return error.pos

    told = outcome(lambda: json.loads(line))
    found = outcome(lambda: find_values(line, {"text"}))
    if isinstance(told, int) and isinstance(found, int):
        return
    assert (found is None) == (not isinstance(told, dict))
    if found:
        assert ("text" in found) == ("text" in told)


def test_a_string_that_is_not_where_it_should_be_is_never_written() -> None:
    line = '{"text": "One two."}'
    value = (find_values(line, {"text"}) or {})["text"]
    with pytest.raises(SelfCheckError):
        cut_string(line, value._replace(value="Another."), [Span(0, 4)])


# --- compressed ---------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", PACK)
def test_a_stream_is_written_as_it_was_compressed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"news.jsonl{suffix}"
    lines = ODD + b'{"text": "One two."}\n' * 1000
    half = lines.index(b"\n") + 5
    path.write_bytes(PACK[suffix](lines[:half]) + PACK[suffix](lines[half:]))
    same, changed, _ = rewrite(path, nothing)
    assert (UNPACK[suffix](same), changed) == (lines, False)
    cut, changed, _ = rewrite(path, first_word)
    assert changed
    assert UNPACK[suffix](cut).count(b'{"text": "two."}\n') == 1000
    assert rewrite(path, first_word)[0] == cut


def test_an_unnamed_stream_tells_by_its_first_bytes_how_it_is_compressed() -> None:
    skippable = b"\x50\x2a\x4d\x18\x02\x00\x00\x00xx"
    for data in (gzip.compress(ODD), zstd.compress(ODD), skippable + zstd.compress(ODD)):
        assert len(read(data)) == 1


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_compressed_file_that_is_cut_off_or_damaged_is_refused(
    tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"news.jsonl{suffix}"
    lines = b"".join(b'{"text": "number %d"}\n' % (number * 7919) for number in range(5000))
    packed = PACK[suffix](lines)
    middle = len(packed) // 2
    damaged = packed[:middle] + bytes(byte ^ 0xFF for byte in packed[middle : middle + 8])
    told = {
        packed[:middle]: "is cut off before its end; get it again",
        packed[:-2]: "is cut off before its end; get it again",
        damaged + packed[middle + 8 :]: "get it again",
        packed + b"and more": "is damaged",
        b"": "get it again, or rename it",
        lines: "get it again, or rename it",
    }
    for data, reason in told.items():
        path.write_bytes(data)
        with pytest.raises(InputError, match=reason) as caught:
            rewrite(path, nothing, skip_bad=True)
        assert str(caught.value).startswith(str(path))


def test_output_that_fails_halfway_looks_cut_off(tmp_path: Path) -> None:
    path, output = tmp_path / "news.jsonl.gz", io.BytesIO()
    path.write_bytes(gzip.compress(ODD + b"{"))
    with pytest.raises(InputError):
        rewrite(path, nothing, output=output)
    with pytest.raises(EOFError):
        gzip.decompress(output.getvalue() + b"\0")


def test_without_zstd_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zstd.compress(ODD)
    for package in ("backports", "compression"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=r"news.jsonl: .*pip install 'dedupe-text\[zstd\]'"):
        read(data)


def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(bytes(1 << 20)) * 1024)
    assert path.stat().st_size < 2e6
    peak = peak_of(f"try: read({str(path)!r})\nexcept Exception as error: print(error)")
    assert peak < 200


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    line = json.dumps({"id": 1, "text": "Es regnete in Köln. " * 100}).encode() + b"\n"
    with path.open("wb") as file:
        for _ in range(50):
            file.write(line * 2000)
    assert path.stat().st_size > 200e6
    assert peak_of(f"print(read({str(path)!r}))") < 30


def peak_of(action: str) -> float:
    """Megabytes that a process takes to rewrite a file, beyond what it takes to begin with."""
    program = f"""
import resource
from dedupe_text.model import Span
from dedupe_text.records import Fields, open_records
import dedupe_text.records.jsonl
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def read(path):
    with open_records(path, "jsonl", Fields()) as records, open("/dev/null", "wb") as null:
        with records.writing(null) as writer:
            for record in records:
                writer.write(record, [Span(3, 9)] if record.number % 10 == 0 else [])
    return record.number
before = peak()
{action}
print((peak() - before) / 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    return float(done.stdout.split()[-1])


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["jsonl", "JSONL", "jl", "jsonlines", "ndjson"])
@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_lines_of_json_go_by_several_names(ending: str, suffix: str) -> None:
    assert find_format(f"news.{ending}{suffix}") == "jsonl"


@pytest.mark.parametrize("name", ["jsonl", "news.json", "news.jsonl.txt", "news.txt.gz", "<stdin>"])
def test_what_is_not_named_so_is_text(name: str) -> None:
    assert find_format(name) == "text"
