"""Every golden case through every door; the seed article, to the byte."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import CASES, FIXTURES, Case

from dedupe_text import Document, Result, Settings, clean, clean_many, find_repeats
from dedupe_text.words import fold, split_words

POSITIVE = [name for name, case in CASES.items() if case.cuts]
NEGATIVE = [name for name, case in CASES.items() if not case.cuts]
VERBATIM = [
    name for name in POSITIVE if name not in ("edited-section", "new-facts", "keep-fullest")
]
BYTES = ["crlf-bom", "utf-16", "russian-windows-1251", "japanese-shift-jis", "no-last-newline"]
SEED = "seed/doubled-korea-section.txt"
SEED_CLEANED = "seed/doubled-korea-section.cleaned.txt"


def folded(text: str) -> list[str]:
    words = split_words(text)
    return [fold(text[start:end]) for start, end in zip(words.start, words.end, strict=True)]


def count_stretches(result: Result) -> int:
    """Unbroken stretches of removed text: cuts that touch are one to a reader."""
    ends = {cut.removed.end for cut in result.cuts}
    return sum(cut.removed.start not in ends for cut in result.cuts)


def run(
    *arguments: str, given: bytes | None, environment: dict[str, str]
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "dedupe_text", *arguments]
    return subprocess.run(command, input=given, capture_output=True, env=environment, timeout=60)


# --- the cases themselves -------------------------------------------------------------------------


def test_the_list_of_cases_is_the_list_in_their_readme() -> None:
    readme = (FIXTURES / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[([\w-]+)\]\(\1/\) \| (\d+) \| (.+?)(?: \(`.*`\))? \|$", readme, re.M)
    told = {name: (int(cuts), title) for name, cuts, title in rows}
    assert told == {name: (case.cuts, case.title) for name, case in CASES.items()}


def test_there_is_what_must_go_and_what_must_stay() -> None:
    assert len(POSITIVE) > 20
    assert len(NEGATIVE) > 10
    assert all(CASES[name].data == CASES[name].cleaned for name in NEGATIVE)


# --- the library ----------------------------------------------------------------------------------


def test_bytes_become_the_cleaned_bytes(case: Case) -> None:
    assert clean(case.data, case.settings).data == case.cleaned


def test_text_becomes_the_cleaned_text(case: Case) -> None:
    assert clean(case.text, case.settings).text == case.cleaned_text


def test_a_document_keeps_its_id(case: Case) -> None:
    result = clean(Document(case.name, case.data), case.settings)
    assert result.id == case.name
    assert {cut.kept.document for cut in result.cuts} <= {case.name}
    assert {spared.kept.document for spared in result.spared} <= {case.name}


def test_the_number_of_cuts_is_the_one_told(case: Case) -> None:
    result = clean(case.data, case.settings)
    assert count_stretches(result) == case.cuts
    assert (len(result.cuts) > 0) == (case.cuts > 0)


def test_a_cleaned_text_is_left_as_it_is(case: Case) -> None:
    result = clean(case.cleaned_text, case.settings)
    assert result.text == case.cleaned_text
    assert result.cuts == ()


def test_the_kept_passages_stand_in_the_cleaned_text(case: Case) -> None:
    result = clean(case.data, case.settings)
    for cut in result.cuts:
        assert cut.kept.span.of(result.original.text).strip() in result.text


@pytest.mark.parametrize("name", VERBATIM)
def test_what_stays_for_a_verbatim_copy_says_word_for_word_the_same(name: str) -> None:
    result = clean(CASES[name].data, CASES[name].settings)
    for cut in result.cuts:
        removed = folded(cut.removed.of(result.original.text))
        assert folded(cut.kept.span.of(result.original.text)) == removed
        assert (cut.kind, cut.similarity, cut.differs) == ("exact", 1.0, ())
        assert cut.words == len(removed)


def test_edits_are_told() -> None:
    result = clean(CASES["edited-section"].data)
    (cut,) = result.cuts
    assert cut.kind == "near"
    assert 0.7 < cut.similarity < 1
    assert cut.differs
    for difference in cut.differs:
        assert difference.removed in cut.removed.of(result.original.text)
        assert difference.kept in cut.kept.span.of(result.original.text)
        assert difference.removed != difference.kept


def test_a_new_fact_is_spared_and_the_report_says_which() -> None:
    result = clean(CASES["new-facts"].data)
    told = [
        (spared.reason, difference.removed, difference.kept)
        for spared in result.spared
        for difference in spared.differs
    ]
    assert told == [("facts", "385", "140"), ("facts", "Birgit Lindqvist", "")]
    for spared in result.spared:
        assert spared.removed.of(result.original.text) in result.text


def test_clean_many_gives_the_same_in_the_same_order() -> None:
    cases = [case for case in CASES.values() if not case.options]
    results = clean_many(Document(case.name, case.data) for case in cases)
    assert [(result.id, result.data) for result in results] == [
        (case.name, case.cleaned) for case in cases
    ]


# --- repeats --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POSITIVE)
def test_a_repeat_is_reported_as_one(name: str) -> None:
    repeats = find_repeats([Document(name, CASES[name].data)])
    assert len(repeats) == 1
    assert len(repeats[0].again) == (2 if name in ("said-three-times", "pragma") else 1)


@pytest.mark.parametrize("name", VERBATIM)
def test_both_sides_of_a_verbatim_repeat_say_the_same(name: str) -> None:
    text = CASES[name].text
    repeats = find_repeats([Document(name, text)])
    for repeat in repeats:
        kept = folded(repeat.kept.span.of(text))
        for alignment in repeat.again:
            assert alignment.similarity == 1
            again = folded(alignment.location.span.of(text))
            if name == "interleaved":  # the advertisements are in between
                assert (again[:20], again[-20:]) == (kept[:20], kept[-20:])
            else:
                assert again == kept


def test_a_repeat_tells_its_edits_as_a_cut_does() -> None:
    case = CASES["edited-section"]
    (cut,) = clean(case.data).cuts
    (repeat,) = find_repeats([Document(case.name, case.data)])
    assert repeat.again[0].differs == cut.differs
    assert repeat.again[0].similarity == pytest.approx(cut.similarity, abs=0.05)


@pytest.mark.parametrize("name", POSITIVE)
def test_the_kept_copy_of_a_repeat_is_the_one_that_cutting_keeps(name: str) -> None:
    case = CASES[name]
    kept = {cut.kept.span for cut in clean(case.data, case.settings).cuts}
    for repeat in find_repeats([Document(name, case.data)], case.settings):
        assert any(repeat.kept.start <= span.start < repeat.kept.end for span in kept)
        for alignment in repeat.again:
            assert alignment.kept == repeat.kept
            first = case.settings.keep == "first"
            assert not first or repeat.kept.end <= alignment.location.start


def test_a_repeat_across_documents_is_found() -> None:
    case = CASES["doubled-section"]
    (within,) = find_repeats([Document("a", case.data)])
    half = within.again[0].location.start
    documents = [Document("b", case.text[half:]), Document("a", case.text[:half])]
    (repeat,) = find_repeats(documents)
    assert (repeat.kept.document, repeat.again[0].location.document) == ("b", "a")
    shifted = within.again[0].location
    assert (repeat.kept.start, repeat.kept.end) == (shifted.start - half, shifted.end - half)
    assert repeat.again[0].location.span == within.kept.span


def test_nothing_is_cut_across_documents_that_were_given_one_by_one() -> None:
    case = CASES["unique"]
    first, second = clean_many([Document("a", case.data), Document("b", case.data)])
    assert first.data == second.data == case.data


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def piped(environment: dict[str, str]) -> dict[str, subprocess.CompletedProcess[bytes]]:
    """What the command makes of each case as its standard input, on all cores at once."""

    def pipe(case: Case) -> subprocess.CompletedProcess[bytes]:
        return run(*case.arguments, given=case.data, environment=environment)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(CASES, pool.map(pipe, CASES.values()), strict=True))


def test_the_command_cleans_standard_input(
    case: Case, piped: dict[str, subprocess.CompletedProcess[bytes]]
) -> None:
    done = piped[case.name]
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == case.cleaned


@pytest.mark.parametrize("name", [*BYTES, "doubled-section", "keep-last", "song"])
def test_the_command_cleans_a_file(name: str, environment: dict[str, str]) -> None:
    case = CASES[name]
    done = run(*case.arguments, str(case.path), given=None, environment=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == case.cleaned
    assert case.path.read_bytes() == case.data


@pytest.mark.parametrize("name", [*BYTES, "interleaved", "keep-fullest", "unique"])
def test_the_command_writes_a_file_and_its_report(
    name: str, environment: dict[str, str], tmp_path: Path
) -> None:
    case, written, report = CASES[name], tmp_path / "cleaned.txt", tmp_path / "cuts.json"
    arguments = [*case.arguments, "-o", str(written), "--report", str(report), str(case.path)]
    done = run(*arguments, given=None, environment=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert written.read_bytes() == case.cleaned
    told = json.loads(report.read_bytes())["documents"][0]["cuts"]
    result = clean(case.data, case.settings)
    spans = [(cut["removed"]["start"], cut["removed"]["end"]) for cut in told]
    assert spans == [(cut.removed.start, cut.removed.end) for cut in result.cuts]


# --- the article that the project began with ------------------------------------------------------


def test_the_seed_article_comes_out_to_the_byte(data: Path) -> None:
    cleaned = (data / SEED_CLEANED).read_bytes()
    assert clean((data / SEED).read_bytes()).data == cleaned
    assert clean((data / SEED).read_bytes().decode("utf-8")).text == cleaned.decode("utf-8")


def test_the_seed_articles_section_is_one_cut_and_one_repeat(data: Path) -> None:
    document = Document("article.txt", (data / SEED).read_bytes())
    (cut,) = clean(document).cuts
    assert (cut.removed.start, cut.removed.end) == (8811, 14674)
    assert (cut.kept.start, cut.kept.end) == (2949, 8811)
    assert (cut.similarity, cut.kind, cut.differs) == (1.0, "exact", ())
    (repeat,) = find_repeats([document])
    (again,) = repeat.again
    assert (repeat.kept, again.kept) == (cut.kept, cut.kept)
    assert again.location.start in range(8811, 8814)
    assert again.location.end in range(14671, 14675)


def test_the_command_cleans_the_seed_article(data: Path, environment: dict[str, str]) -> None:
    cleaned = (data / SEED_CLEANED).read_bytes()
    path = data / SEED
    assert run(given=path.read_bytes(), environment=environment).stdout == cleaned
    assert run(str(path), given=None, environment=environment).stdout == cleaned


def test_the_seed_article_stays_clean_under_any_copy_to_keep(data: Path) -> None:
    text = (data / SEED).read_bytes().decode("utf-8")
    last = clean(text, Settings(keep="last"))
    (cut,) = last.cuts
    assert cut.removed.end <= 8815
    assert folded(last.text) == folded((data / SEED_CLEANED).read_bytes().decode("utf-8"))
