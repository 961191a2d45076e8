"""The unified diff, as `patch`, `git apply` and a reader see it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe_text.model import Cut, Location, Span
from dedupe_text.report.diff import as_diff, as_diff_bytes, diff_text
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.textio import Decoded, decode, from_text

TOOLS = {
    "patch": ("patch", "-s", "-p1", "--binary"),
    "git": ("git", "apply", "--whitespace=nowarn"),
}
TEN = "".join(f"line {number}\n" for number in range(1, 11))


def result_of(name: str, original: Decoded, *removed: Span) -> Result:
    kept = Location(name, 0, 1)
    cuts = tuple(Cut(span, kept, 1.0, "exact", 1) for span in removed)
    return Result(name, original, cuts, (), Settings())


def span_of(text: str, part: str) -> Span:
    start = text.index(part)
    return Span(start, start + len(part))


def apply_with(tool: str, diff: bytes, path: Path, *options: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    folder = path.parent
    if tool == "git" and not (folder / ".git").exists():
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    done = subprocess.run([*TOOLS[tool], *options], cwd=folder, input=diff, capture_output=True)
    assert done.returncode == 0, done


CASES = {
    "whole lines": (TEN, ["line 4\nline 5\n"]),
    "the newline before the lines": (TEN, ["\nline 4\nline 5"]),
    "the first lines": (TEN, ["line 1\nline 2\n"]),
    "the last lines": (TEN, ["line 9\nline 10\n"]),
    "the end, which leaves no last newline": (TEN, ["\nline 10\n"]),
    "a part of a line": (TEN, ["ne 5"]),
    "from line to line": (TEN, ["5\nline"]),
    "two cuts in one line": ("one two three four five\n", ["two ", " four"]),
    "two cuts in one hunk": (TEN, ["line 2\n", "\nline 6"]),
    "two cuts that touch": (TEN, ["5\n", "line 6\nline"]),
    "two hunks": (TEN * 2, ["line 1\n", "line 10\nline 1\nline 2\n"]),
    "everything": (TEN, [TEN]),
    "no last newline": ("one\ntwo\nthree", ["two\n"]),
    "the last line, which had no newline": ("one\ntwo\nthree", ["\nthree"]),
    "the last line but not the newline before it": ("one\ntwo\nthree", ["three"]),
    "CRLF": ("one\r\ntwo\r\nthree\r\n", ["two\r\n"]),
    "CR, which makes one line": ("one\rtwo\rthree\r", ["two\r"]),
    "line separators that end no line": ("one\u2028two\x0bthree\x85four\n", ["two"]),
    "NUL": ("one\0\ntwo\0\nthree\n", ["two\0\n"]),
}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("case", CASES)
def test_the_real_tools_apply_it_and_undo_it(case: str, tool: str, tmp_path: Path) -> None:
    text, parts = CASES[case]
    result = result_of("article.txt", from_text(text), *(span_of(text, part) for part in parts))
    path = tmp_path / "article.txt"
    path.write_bytes(result.original.data)
    diff = as_diff([result]).encode()
    apply_with(tool, diff, path)
    assert path.read_bytes() == result.data
    apply_with(tool, diff, path, "-R")
    assert path.read_bytes() == result.original.data


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "name", ["two words.txt", "tab\tand\nnewline.txt", 'quo"te\\s.txt', "été.txt", "./in/a.txt"]
)
def test_any_file_name_reaches_the_file(name: str, tool: str, tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.txt"
    path.parent.mkdir()
    path = tmp_path / name
    path.write_text(TEN)
    diff = as_diff([result_of(name, from_text(TEN), span_of(TEN, "line 5\n"))])
    apply_with(tool, diff.encode("ascii"), tmp_path / "root")
    assert path.read_text() == TEN.replace("line 5\n", "")


def test_an_absolute_name_becomes_relative_and_a_name_of_stray_bytes_is_octal() -> None:
    cut = span_of(TEN, "line 5\n")
    assert "--- a/srv/a.txt\n+++ b/srv/a.txt\n" in diff_text("/srv/a.txt", TEN, [cut])
    assert '--- "a/\\377\\355\\240\\200.txt"\n' in diff_text("\udcff\ud800.txt", TEN, [cut])


def test_lines_that_go_with_the_newline_before_them_are_shown_as_whole_lines() -> None:
    diff = diff_text("a", TEN, [span_of(TEN, "\nline 5\nline 6")])
    assert diff == (
        "--- a/a\n+++ b/a\n@@ -2,8 +2,6 @@\n line 2\n line 3\n line 4\n-line 5\n-line 6\n"
        " line 7\n line 8\n line 9\n"
    )


def test_a_text_without_cuts_has_no_diff_and_several_documents_share_one() -> None:
    cut = span_of(TEN, "line 5\n")
    results = [
        result_of("a", from_text(TEN), cut),
        result_of("b", from_text(TEN)),
        result_of("c", from_text(TEN), cut),
    ]
    assert as_diff(results[1:2]) == ""
    assert as_diff(results) == as_diff(results[:1]) + as_diff(results[2:])
    assert as_diff_bytes(results).decode() == as_diff(results)


DOCUMENTS = {
    "legacy": (TEN + "Ёлка\n").encode("windows-1251"),
    "byte order mark": b"\xef\xbb\xbf" + TEN.encode(),
    "stray bytes": b"line 0 \xff\xfe \xe9\n" + TEN.encode(),
    # NEC and IBM gave these the same meaning: encoded anew, the second would become the first.
    "two spellings": b"\x87\x54 \xfa\x4a\n" + TEN.encode(),
}
ENCODINGS = {"legacy": "windows-1251", "two spellings": "cp932"}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_diff_in_bytes_applies_whatever_the_encoding(kind: str, tmp_path: Path) -> None:
    original = decode(DOCUMENTS[kind], ENCODINGS.get(kind, "utf-8"))
    result = result_of("a.txt", original, span_of(original.text, "line 2\n"))
    path = tmp_path / "a.txt"
    path.write_bytes(original.data)
    apply_with("patch", as_diff_bytes([result]), path)
    assert path.read_bytes() == result.data


def test_a_diff_of_utf_16_can_be_read() -> None:
    original = decode(("\ufeff" + TEN).encode("utf-16-le"))
    result = result_of("a.txt", original, span_of(original.text, "line 2\n"))
    assert as_diff_bytes([result]).decode("utf-8") == as_diff([result])


LETTERS = st.sampled_from(["a", "b", " ", "\n", "\n", "\r", "\r\n", "é"])


@given(st.lists(LETTERS, min_size=1, max_size=60).map("".join), st.data())
def test_a_diff_holds_both_texts(text: str, data: st.DataObject) -> None:
    edge = st.integers(0, len(text))
    edges = sorted(data.draw(st.sets(edge, min_size=2, max_size=8)))
    pairs = edges[: len(edges) // 2 * 2]
    cuts = list(map(Span, pairs[::2], pairs[1::2]))
    bounds = [0, *pairs, len(text)]
    cleaned = "".join(text[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
    diff = diff_text("a", text, cuts)
    assert follow(diff, text, "-", "+") == cleaned
    assert follow(diff, cleaned, "+", "-") == text


def follow(diff: str, text: str, old: str, new: str) -> str:
    """Apply a unified diff by its numbers alone, as strictly as can be."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    out: list[str] = []
    at = 0
    hunks = re.split(r"(?m)^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@\n", diff)
    assert hunks[0] == "--- a/a\n+++ b/a\n"
    for number in range(1, len(hunks), 5):
        heads = {"-": hunks[number : number + 2], "+": hunks[number + 2 : number + 4]}
        body = re.findall(r"(.)([^\n]*\n)(\\[^\n]*\n)?", hunks[number + 4])
        sizes = {mark: int(count or "1") for mark, (_, count) in heads.items()}
        first = int(heads[old][0]) - (sizes[old] > 0)
        out += lines[at:first]
        marked = [(mark, line[:-1] if bare else line) for mark, line, bare in body]
        before = [line for mark, line in marked if mark in (" ", old)]
        after = [line for mark, line in marked if mark in (" ", new)]
        assert lines[first : first + sizes[old]] == before
        assert len(out) == int(heads[new][0]) - (sizes[new] > 0)
        assert len(after) == sizes[new]
        out += after
        at = first + sizes[old]
    return "".join(out + lines[at:])
