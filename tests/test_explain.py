"""Why a line goes or stays: every kind of answer, and that it is that of the run that cleans."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CASES, Case

from dedupe_text import Document, Explanation, InputError, Settings, SettingsError, clean, explain
from dedupe_text.model import Finding, Limit, Location, Span
from dedupe_text.report.explanation import as_explanation
from dedupe_text.report.places import Lines

SECTION = (
    "The harbour master counted 12 boats in the basin on Friday morning. "
    "Most of them had been pulled clear of the water before the wind turned. "
    "Old Torvald Brekke kept his own boat on the slipway and slept beside it. "
    "Nobody in the village thought that the storm would last for so long. "
    "When it was over they swept the quay and opened the shops again."
)
OTHER = "Read more about weather on our other pages."
TWICE = f"{SECTION}\n\n{OTHER}\n\n{SECTION}\n"
SHORT = "The ferry leaves at noon from the old pier whatever the weather may be."
WORDS = [
    "amber", "basil", "cedar", "delta", "ember", "fable", "grove", "haven", "inlet", "jewel",
    "kiosk", "latch", "maple", "noble", "ocean", "pearl", "quilt", "raven", "sable", "tulip",
    "umber", "vapor", "widow", "xenon", "yacht", "zebra", "acorn", "birch", "cloud", "dwarf",
    "eagle", "flint", "grape", "hazel", "igloo", "joker", "knoll", "lemon", "mango", "nylon",
]  # fmt: skip


def told(text: str | bytes, line: int, **settings: object) -> str:
    """The explanation of a line, in words."""
    chosen = Settings(**settings)  # type: ignore[arg-type]
    return as_explanation(explain(text, line, chosen), chosen)


# --- every kind of answer ---------------------------------------------------------------------


def test_a_line_that_is_cut_names_what_stays() -> None:
    assert told(TWICE, 5) == "line 5 is cut: said before at line 1 (66 words, 1.00 alike)\n"


def test_a_line_that_is_kept_names_what_goes() -> None:
    expected = "line 1 is kept in the stead of line 5 (66 words, 1.00 alike)\n"
    assert told(TWICE, 1) == expected


def test_with_keep_last_it_is_the_other_way_round() -> None:
    cut, kept = told(TWICE, 1, keep="last"), told(TWICE, 5, keep="last")
    assert cut == "line 1 is cut: said again at line 5 (66 words, 1.00 alike)\n"
    assert kept == "line 5 is kept in the stead of line 1 (66 words, 1.00 alike)\n"


def test_a_line_like_no_other_is_told_so() -> None:
    assert told(TWICE, 3) == "line 3 stays: no other passage shares 4 words in a row with it\n"


def test_a_copy_that_was_edited_tells_what_differs() -> None:
    edited = SECTION.replace("village thought", "hamlet believed").replace("swept", "brushed")
    text = f"{SECTION}\n\n{OTHER}\n\n{edited}\n"
    assert told(text, 5) == (
        "line 5 is cut: said before at line 1 (66 words, 0.95 alike); "
        '"hamlet believed" here, "village thought" there; "brushed" here, "swept" there\n'
    )
    assert told(text, 1).endswith(
        '"village thought" here, "hamlet believed" there; "swept" here, "brushed" there\n'
    )


def test_a_fact_that_spared_a_sentence_is_told_and_the_rest_is_cut_in_part() -> None:
    text = f"{SECTION}\n\n{OTHER}\n\n{SECTION.replace('12 boats', '15 boats')}\n"
    twelve = "(12 words, 0.92 alike)"
    assert told(text, 5).splitlines() == [
        f'line 5 stays: said before at line 1 {twelve}, but "15" here, "12" there (facts)',
        "line 5 is cut in part (54 of its 66 words): said before at line 1 (54 words, 1.00 alike)",
    ]
    first, second = told(text, 1).splitlines()
    assert first == (
        "line 1 stays: said again at line 5 (12 words, 0.92 alike), but "
        '"12" here, "15" there (facts)'
    )
    assert second.startswith("line 1 is kept in part (54 of its 66 words) in the stead of line 5 ")


def test_a_clause_that_spared_a_sentence_is_told_and_edits_beside_it_are_too() -> None:
    edited = SECTION.replace("slept beside it", "slept right beside it under a sail")
    first, second, third = told(f"{SECTION}\n\n{OTHER}\n\n{edited}\n", 5).splitlines()
    assert first.startswith("line 5 is cut in part ")
    assert second.endswith('"right" only here; "under a sail" only here (facts)')
    assert third.startswith("line 5 is cut in part ")


def test_a_sentence_spared_because_the_rest_has_other_facts_is_told_so() -> None:
    case = CASES["quarterly-reports"]
    explanation = explain(case.data, 7, case.settings)
    (finding,) = explanation.findings
    same = explanation._replace(findings=(finding._replace(differs=()),))
    expected = "but the repeat that it is part of has other facts all over (facts)\n"
    assert as_explanation(same, case.settings).endswith(expected)


def test_a_repeat_too_short_is_told_with_the_limit() -> None:
    lines = f"{SHORT} Take a coat and some bread.\n\n{OTHER}\n\n{SHORT}  Dogs travel free.\n"
    assert told(lines, 5, min_words=20) == (
        "line 5 stays: said before at line 1 (14 words, 1.00 alike), "
        "but it counts 14 words, fewer than the 20 it takes (--min-words 20)\n"
    )


def test_too_few_aligned_words_to_be_judged_are_told_with_the_limit() -> None:
    lines = f"{SHORT}\n\n{OTHER}\n\n{SHORT}\n"
    assert told(lines, 5) == (
        "line 5 stays: most like line 1 (14 of its 14 words are aligned), "
        "but only 14 words are aligned, and fewer than 15 are not judged (--min-words 30)\n"
    )


def of_rows(row: int, rows: int, first: int = 0) -> str:
    """Words in rows that are the same in every such text, and a word of its own after each."""
    own = iter(WORDS[first:])
    same = iter(f"w{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(99))
    parts = [" ".join([*(next(same) for _ in range(row)), next(own)]) for _ in range(rows)]
    return f"{' '.join(parts).capitalize()}."


def test_a_repeat_that_is_not_alike_enough_is_told_with_the_limit() -> None:
    text = f"{of_rows(7, 6)}\n\n{OTHER}\n\n{of_rows(7, 6, 20)}\n"
    line = told(text, 5, similarity=0.9)
    assert line.startswith("line 5 stays: like line 1 (42 of its 48 words are aligned), but 0.88 ")
    assert "0.88 is less alike than the 0.89 it takes (--similarity 0.9); " in line
    assert line.endswith("; …\n")


def test_a_sentence_of_which_too_little_is_aligned_is_told_with_the_limit() -> None:
    same, end = " ".join(WORDS[:16]), " ".join(WORDS[20:38])
    text = f"The {same}.\n\n{OTHER}\n\nThe {same} {end}.\n"
    line = told(text, 5, similarity=0.9)
    assert line.startswith("line 5 stays: like line 1 (17 of its 35 words are aligned), but 0.49 ")
    assert "0.49 is less alike than the 0.75 it takes (--similarity 0.9); " in line


def test_a_sentence_scattered_over_the_other_copy_is_told_with_the_limit() -> None:
    same = [" ".join(WORDS[start : start + 8]) for start in (0, 8, 16)]
    between = " ".join(f"{word}s" for word in WORDS[:30])
    text = f"The {f' {between} '.join(same)}.\n\n{OTHER}\n\nThe {' '.join(same)}.\n"
    (finding,) = explain(text, 5).findings
    assert finding.verdict == "scattered"
    assert finding.limit is not None
    assert finding.limit.has > finding.limit.needs


def test_a_short_sentence_apart_from_the_rest_is_told() -> None:
    end = "Nobody slept well that night."
    other_end = end.replace("well", "much")
    text = f"{SECTION}\n{end}\n\n{of_rows(9, 3)}\n\n{SECTION}\n{OTHER}\n{other_end}\n"
    (line,) = told(text, 8).splitlines()
    assert line == (
        "line 8 stays: said before at line 2 (5 words, 0.80 alike), but it is shorter than 8 "
        'words, and apart from the rest of the repeat; "much" here, "well" there'
    )


def kinds_in(case: Case, line: int) -> dict[str, Finding]:
    return {each.verdict: each for each in explain(case.data, line, case.settings).findings}


def test_a_form_is_told_with_the_limit() -> None:
    between = [
        " ".join(f"{word}{end}" for word in WORDS for end in ends)
        for ends in ("abc", "def", "ghi", "jkl", "mno", "pqr")
    ]
    line = told("".join(f"{SECTION}\n\n{each}.\n\n" for each in between), 5)
    assert line.startswith("line 5 stays: said before at line 1 (66 words, 1.00 alike), but ")
    assert "what comes back so often is meant, unless it is longer: it counts 66 words, " in line
    assert re.search(r"fewer than [\d.]+ \(--min-words 30\)\n", line)


def test_a_copy_of_what_is_cut_that_is_not_like_what_stays_is_told() -> None:
    second = (
        SECTION.replace("pulled clear of", "hauled far out of").replace("swept", "brushed")
        .replace("slept beside", "dozed under").replace("village thought", "hamlet believed")
        .replace("kept his own", "tied his little")
    )  # fmt: skip
    third = (
        second.replace("counted", "numbered").replace("before the wind turned", "while it was calm")
        .replace("would last for so long", "should rage for that many days")
        .replace("opened the shops", "unlocked their stores").replace("in the basin", "by the wall")
    )  # fmt: skip
    text = f"{SECTION}\n\n{OTHER}\n\n{second}\n\nFilms are shown at seven.\n\n{third}\n"
    assert told(text, 5, min_words=20).startswith("line 5 is cut: said before at line 1 ")
    line = told(text, 9, min_words=20).splitlines()[0]
    assert "but one of the two has a part in another cut; " in line


def test_a_copy_of_which_a_part_is_in_another_cut_is_told() -> None:
    finding = Finding(
        "taken", Span(9, 12), (2, 2), Location("a", 0, 5), (1, 1), True, 3, 3, 1.0, (),
        Limit("taken"),
    )  # fmt: skip
    line = as_explanation(Explanation("a", 2, Span(9, 12), 3, (finding,)), Settings())
    assert line == (
        "line 2 stays: said before at line 1 (3 words, 1.00 alike), "
        "but one of the two has a part in another cut\n"
    )


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("structure", "it is part of a structure"),
        ("budget", "with its cuts the text did not come to rest"),
        ("encoding", "text in this encoding cannot be cut byte by byte"),
        ("accepted", "a pragma in the text says that it is meant (accepted)"),
    ],
)
def test_every_reason_to_spare_is_told(reason: str, why: str) -> None:
    finding = Finding(
        reason, Span(9, 12), (2, 2), Location("a", 0, 5), (1, 1), True, 3, 3, 1.0  # type: ignore[arg-type]
    )  # fmt: skip
    line = as_explanation(Explanation("a", 2, Span(9, 12), 3, (finding,)), Settings())
    assert line.startswith(f"line 2 stays: said before at line 1 (3 words, 1.00 alike), but {why}")


def test_an_encoding_that_cannot_be_cut_is_told() -> None:
    line = told(TWICE.encode("utf-7"), 5, encoding="utf-7")
    assert line.startswith(
        "line 5 stays: said before at line 1 (66 words, 1.00 alike), but text in"
    )
    assert line.endswith("(encoding)\n")


def test_words_shared_with_a_passage_that_is_not_like_it_are_told() -> None:
    case = CASES["interleaved"]
    assert told(case.data, 17, **case.options) == (
        "line 17 stays: no other passage is like it; 4 words in a row of it stand at line 5 too\n"
    )


def test_a_line_that_comes_back_too_often_to_be_looked_up_is_told_so() -> None:
    text = "The ferry leaves from the second pier at nine.\n\n" * 65
    assert told(text, 3) == (
        "line 3 stays: said before at line 1 (9 words, 1.00 alike), but what comes back so often is"
        " meant, unless it is longer: it counts 9 words, fewer than 1440 (--min-words 30)\n"
    )


def test_a_line_without_words_says_whether_it_goes() -> None:
    assert told(TWICE, 2) == "line 2 has no words to compare; it stays\n"
    goes = [told(TWICE, line).endswith("goes with the passage beside it\n") for line in (2, 4)]
    assert goes == [False, True]
    assert clean(TWICE).text == f"{SECTION}\n\n{OTHER}\n"


# --- texts of all kinds -----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n", "One line, no end", "\ufeff"])
def test_a_text_has_at_least_one_line(text: str) -> None:
    assert explain(text.encode(), 1).line == 1


def test_the_last_line_is_the_last_whether_or_not_it_ends() -> None:
    for text in (TWICE, TWICE.rstrip("\n")):
        assert told(text, 5).startswith("line 5 is cut")
        with pytest.raises(SettingsError, match=r"^line must be from 1 to 5, not 6$"):
            explain(text, 6)
    with pytest.raises(SettingsError, match=r"^line must be from 1 to 5, not 0$"):
        explain(TWICE, 0)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_lines_are_the_same_whatever_ends_them(end: str) -> None:
    text = TWICE.replace("\n", end)
    for line in range(1, 6):
        assert told(text, line) == told(TWICE, line)


@pytest.mark.parametrize("name", ["chinese", "japanese-shift-jis", "thai", "utf-16", "crlf-bom"])
def test_other_scripts_and_encodings_are_explained_too(name: str) -> None:
    case = CASES[name]
    cut = clean(case.data, case.settings).cuts[0]
    line, _ = Lines(case.text.removeprefix("\ufeff")).of(cut.removed)
    assert told(case.data, line, **case.options).startswith(f"line {line} is cut")


def test_wrapped_lines_of_a_copy_are_all_cut() -> None:
    wrapped = SECTION.replace(". ", ".\n").replace(" the ", "\nthe ")
    text = f"{SECTION}\n\n{OTHER}\n\n{wrapped}\n"
    for line in range(5, 5 + wrapped.count("\n") + 1):
        assert told(text, line).startswith(f"line {line} is cut: said before at line 1 (66 words")


# --- one run, one truth -----------------------------------------------------------------------


def test_what_is_told_of_the_lines_is_what_cleaning_does(case: Case) -> None:
    result = clean(case.data, case.settings)
    cuts, spared = set(result.cuts), set(result.spared)
    number = Lines(result.original.text).count
    explanations = [explain(case.data, line, case.settings) for line in range(1, number + 1)]
    findings = [finding for each in explanations for finding in each.findings]

    cut = {each.here for each in findings if each.verdict == "cut"}
    assert cut == {each.removed for each in cuts}
    kept = {each.other.span for each in findings if each.verdict == "kept"}
    assert kept == {each.removed for each in cuts}
    left = {(each.here, each.verdict) for each in findings if each.limit is None and each.again}
    assert left - {(span, "cut") for span in cut} == {(e.removed, e.reason) for e in spared}
    for each in explanations:
        assert as_explanation(each, case.settings).startswith(f"line {each.line} ")


def test_asking_changes_nothing(case: Case) -> None:
    before = clean(case.data, case.settings)
    explain(case.data, 1, case.settings)
    assert clean(case.data, case.settings) == before


def test_the_data_can_be_read_without_the_words() -> None:
    explanation = explain(Document("a.txt", TWICE), 5)
    start = TWICE.rindex(SECTION)
    assert explanation.document == "a.txt"
    assert explanation.span.of(TWICE) == f"{SECTION}\n"
    assert explanation.words == 66
    (finding,) = explanation.findings
    assert finding.verdict == "cut"
    assert finding.here == Span(start - 2, start + len(SECTION))
    assert finding.lines == (5, 5)
    assert finding.other == Location("a.txt", 0, len(SECTION))
    assert (finding.other_lines, finding.again, finding.share) == ((1, 1), True, 66)


def test_hostile_characters_are_shown_as_code_points() -> None:
    edited = SECTION.replace("village", "vill\x1b[31m\u202e hamlet")
    line = told(f"{SECTION}\n\n{OTHER}\n\n{edited}\n", 5)
    assert "\\u001b" in line
    assert not {"\x1b", "\u202e"} & set(line)


# --- the command ------------------------------------------------------------------------------


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "dedupe_text", *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, input=given, capture_output=True, env=environment)


def test_the_command_explains_a_line_of_standard_input_and_of_a_file(tmp_path: Path) -> None:
    expected = told(TWICE, 5).encode()
    done = run("--explain", "5", given=TWICE.encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, b"")
    path = tmp_path / "article.txt"
    path.write_bytes(TWICE.encode("utf-16"))
    done = run("--explain", "5", str(path))
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, b"")
    assert [*tmp_path.iterdir()] == [path]


def test_the_command_explains_by_the_settings_that_it_is_given() -> None:
    done = run("--explain=5", "--min-words=100", "--similarity=0.7", given=TWICE.encode())
    assert done.stdout.decode() == told(TWICE, 5, min_words=100, similarity=0.7)
    assert b"it takes (--min-words 100)" in done.stdout


@pytest.mark.parametrize("line", ["0", "-1", "x", "1.5", "", "9" * 5000])
def test_what_is_no_line_is_told_with_the_limits(line: str) -> None:
    done = run("--explain", line, given=TWICE.encode())
    assert (done.returncode, done.stdout) == (2, b"")
    expected = f"--explain: must be a whole number from 1 to the number of lines, not {line!r}"
    assert expected in done.stderr.decode()


def test_a_line_behind_the_last_is_told_with_the_limits() -> None:
    done = run("--explain", "6", "--stdin-filename", "a.txt", given=TWICE.encode())
    assert (done.returncode, done.stdout) == (2, b"")
    told_ = "dedupe-text: --explain: a.txt: line must be from 1 to 5, not 6\n"
    assert done.stderr.decode() == told_


@pytest.mark.parametrize(
    "others",
    [["--check"], ["--diff"], ["--report", "a.json"], ["-o", "a.txt"], ["--restore", "a.json"]],
)
def test_an_explanation_goes_with_nothing_else(others: list[str]) -> None:
    done = run("--explain", "5", *others, given=TWICE.encode())
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"dedupe-text: --" in done.stderr


def test_binary_input_is_told_as_ever() -> None:
    data = bytes(range(256)) * 9
    with pytest.raises(InputError):
        explain(data, 1)
    done = run("--explain", "1", given=data)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"dedupe-text: stdin: ")
