"""The original comes back to the byte, or there is one clear line."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe_text.errors import ReportError
from dedupe_text.model import Cut, Location, Span
from dedupe_text.report.json import as_json
from dedupe_text.report.restore import restore
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.textio import Decoded, decode, from_text

TEXT = "One two three.\nOne two three.\nEnd.\nEnd.\n"
CUTS = (Span(14, 29), Span(34, 39))


def result_of(original: Decoded, *removed: Span, id_: str = "a") -> Result:
    kept = Location(id_, 0, 1)
    cuts = tuple(Cut(span, kept, 1.0, "exact", 1) for span in removed)
    return Result(id_, original, cuts, (), Settings())


def report_of(*results: Result) -> Any:
    return json.loads(as_json(results))


DOCUMENTS = {
    "utf-8": (TEXT.encode(), "auto"),
    "byte order mark": (TEXT.encode("utf-8-sig"), "auto"),
    "utf-16": (("\ufeff" + TEXT).encode("utf-16-le") + b"x", "auto"),
    "utf-32": (("\ufeff" + TEXT).encode("utf-32-be"), "auto"),
    "half a surrogate pair": (TEXT.encode("utf-16-le").replace(b"w\0", b"\0\xd8"), "utf-16-le"),
    "legacy": (TEXT.replace("two", "Ёлка").encode("windows-1251"), "windows-1251"),
    "stray bytes": (TEXT.encode().replace(b"two", b"\xff\xfe\xe9"), "utf-8"),
    "two spellings": (TEXT.encode().replace(b"two", b"\xfa\x4awo"), "cp932"),
    "CRLF, NUL, no last newline": (TEXT.replace("\n", "\r\n\0").encode(), "utf-8"),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_original_comes_back_to_the_byte(kind: str) -> None:
    original = decode(*DOCUMENTS[kind])
    result = result_of(original, *CUTS)
    assert result.data != original.data
    assert restore(result.data, as_json([result])) == original.data


@given(st.text(st.characters(exclude_categories=())), st.data())
def test_any_text_comes_back(text: str, data: st.DataObject) -> None:
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    edges = edges[: len(edges) // 2 * 2]
    result = result_of(from_text(text), *map(Span, edges[::2], edges[1::2]))
    assert restore(result.data, as_json([result])) == result.original.data


def test_of_several_documents_the_right_one_comes_back() -> None:
    one = result_of(from_text(TEXT), *CUTS)
    other = result_of(from_text("Other. Other."), Span(6, 13), id_="b")
    assert restore(other.data, as_json([one, other])) == other.original.data


def test_two_originals_that_became_the_same_text_are_not_mixed_up() -> None:
    one = result_of(from_text("End.\nEnd.\n"), Span(5, 10))
    other = result_of(from_text("End.\nEnd!\n"), Span(5, 10), id_="b")
    with pytest.raises(ReportError, match="several originals"):
        restore(one.data, as_json([one, other]))
    assert restore(one.data, as_json([one, one])) == one.original.data


@pytest.mark.parametrize(
    "report",
    ["", "no JSON", "{", "[]", "null", "{}", '"schema"', "[" * 200_000, "9" * 10_000, "\ud800"],
)
def test_what_is_no_report_is_told(report: str) -> None:
    with pytest.raises(ReportError, match="not a JSON report of dedupe-text; "):
        restore(b"", report)


def test_a_report_of_another_schema_is_told() -> None:
    report = report_of(result_of(from_text(TEXT), *CUTS))
    report["schema"] = "dedupe-text/report/2"
    with pytest.raises(ReportError, match="not a report of schema dedupe-text/report/1; "):
        restore(b"", json.dumps(report))


def test_another_text_is_told() -> None:
    result = result_of(from_text(TEXT), *CUTS)
    for text in (result.data + b"\n", b"", result.original.data):
        with pytest.raises(ReportError, match="another text; "):
            restore(text, as_json([result]))


HOSTILE: list[tuple[tuple[str | int, ...], Any]] = [
    (("documents",), {}),
    (("documents",), None),
    (("documents", 0, "encoding"), "rot13"),
    (("documents", 0, "encoding"), "idna"),
    (("documents", 0, "encoding"), "no\0ne"),
    (("documents", 0, "encoding"), 8),
    (("documents", 0, "encoding"), "ascii"),
    (("documents", 0, "errors"), "xmlcharrefreplace"),
    (("documents", 0, "errors"), []),
    (("documents", 0, "original"), None),
    (("documents", 0, "original", "sha256"), "0" * 64),
    (("documents", 0, "cuts"), None),
    (("documents", 0, "cuts"), {"bytes": 1}),
    (("documents", 0, "cuts"), [[]]),
    (("documents", 0, "cuts"), []),
    (("documents", 0, "cuts", 0, "bytes"), 14),
    (("documents", 0, "cuts", 0, "bytes", "start"), -1),
    (("documents", 0, "cuts", 0, "bytes", "start"), 10**30),
    (("documents", 0, "cuts", 0, "bytes", "start"), 14.0),
    (("documents", 0, "cuts", 0, "bytes", "start"), "14"),
    (("documents", 0, "cuts", 0, "bytes", "start"), float("nan")),
    (("documents", 0, "cuts", 0, "bytes", "start"), None),
    (("documents", 0, "cuts", 1, "bytes", "start"), 20),
    (("documents", 0, "cuts", 0, "text"), 5),
    (("documents", 0, "cuts", 0, "text"), ["One"]),
    (("documents", 0, "cuts", 0, "text"), "\ud800\udc00\ud800"),
    (("documents", 0, "cuts", 0, "text"), "Ten two three."),
    (("documents", 0, "cuts", 0, "base64"), "!"),
    (("documents", 0, "cuts", 0, "base64"), "é"),
    (("documents", 0, "cuts", 0, "base64"), 7),
]


@pytest.mark.parametrize(("place", "value"), HOSTILE)
def test_a_damaged_or_hostile_report_is_told(place: tuple[str | int, ...], value: Any) -> None:
    result = result_of(decode(TEXT.replace("two", "zwölf").encode()), Span(16, 33), Span(38, 43))
    report = report_of(result)
    inner = report
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(ReportError, match="the report is damaged; "):
        restore(result.data, json.dumps(report))


@pytest.mark.parametrize("key", ["id", "tool", "settings", "totals"])
def test_what_is_not_needed_may_be_missing(key: str) -> None:
    result = result_of(from_text(TEXT), *CUTS)
    report = report_of(result)
    report.pop(key, None)
    report["documents"][0].pop(key, None)
    assert restore(result.data, json.dumps(report)) == result.original.data
