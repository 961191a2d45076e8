"""Accepted repeats: so many of a passage and no more, in a list that is read and written safely."""

import json
import re
from collections.abc import Iterable, Mapping

import pytest
from conftest import CASES
from hypothesis import given
from hypothesis import strategies as st
from test_pragmas import ONE, OTHER, TWO, text_of
from test_properties import all_settings, texts

from dedupe_text import Document, InputError, Result, Settings, clean
from dedupe_text.accept import Accepted, accept, as_accepted, parse_accepted, tally, tell_stale
from dedupe_text.fingerprint import fingerprint

NAME = "0123456789abcdef"


def run(
    results: Iterable[Result], left: Mapping[str, Accepted]
) -> tuple[list[Result], Mapping[str, Accepted]]:
    """The results one after the other, and what the last of them leaves."""
    done = []
    for result in results:
        after, left = accept(result, left)
        done.append(after)
    return done, left


def source(accepted: str = "{}", schema: str = "dedupe-text/accept/1") -> str:
    return f'{{\n  "schema": "{schema}",\n  "accepted": {accepted}\n}}\n'


# --- so many and no more --------------------------------------------------------------------------


def test_what_was_accepted_is_spared_and_its_text_stays() -> None:
    result = clean(text_of(ONE, OTHER, ONE))
    after, left = accept(result, tally([result]))
    assert after.text == result.original.text
    assert [spared.reason for spared in after.spared] == ["accepted"]
    assert after.spared[0].removed.of(after.text) == ONE
    assert left == {}


def test_a_further_copy_is_a_finding_again() -> None:
    accepted = tally([clean(text_of(ONE, OTHER, ONE))])
    more = clean(text_of(ONE, OTHER, ONE, OTHER[::-1], ONE), Settings(min_words=20))
    assert len(more.cuts) == 2
    after, left = accept(more, accepted)
    assert after.cuts == more.cuts[1:]
    assert [spared.removed.start for spared in after.spared] == [more.cuts[0].removed.start + 2]
    assert left == {}


def test_documents_use_up_the_list_in_their_order() -> None:
    results = [clean(Document(id_, text_of(ONE, OTHER, ONE))) for id_ in "abc"]
    accepted = {name: one._replace(times=2) for name, one in tally(results).items()}
    done, left = run(results, accepted)
    assert [len(result.cuts) for result in done] == [0, 0, 1]
    assert left == {}


def test_a_copy_that_is_set_otherwise_is_the_same() -> None:
    accepted = tally([clean(text_of(ONE, OTHER, ONE))])
    moved = clean(text_of(OTHER[::-1], ONE, OTHER, ONE.upper().replace(" BY ", "\r\nBY\r\n")))
    assert len(moved.cuts) == 1
    assert accept(moved, accepted)[0].cuts == ()


def test_what_is_left_of_the_list_is_stale() -> None:
    results = [clean(text_of(ONE, OTHER, ONE))]
    accepted = {**tally(results), NAME: Accepted(3, "Gone \u202eby now")}
    name = fingerprint(ONE)
    accepted[name] = accepted[name]._replace(times=2)
    begins = accepted[name].begins
    left = run(results, accepted)[1]
    assert tell_stale(left) == "".join(
        sorted(
            [
                f'stale: {NAME} is accepted 3 times more than it is found: "Gone \\u202eby now"\n',
                f'stale: {name} is accepted once more than it is found: "{begins}"\n',
            ]
        )
    )
    assert tell_stale({}) == ""


def test_the_list_that_was_given_is_not_changed() -> None:
    result = clean(text_of(ONE, OTHER, ONE))
    accepted = tally([result])
    before = dict(accepted)
    accept(result, accepted)
    assert accepted == before
    assert accept(result, {NAME: Accepted(1)}) == (result, {NAME: Accepted(1)})


def test_of_two_cuts_that_touch_the_one_that_goes_leaves_a_clean_seam() -> None:
    head = text_of(TWO, OTHER, ONE, OTHER[::-1])
    text = f"{head}\n{ONE} {TWO}\nIt ends.\n"
    result = clean(text)
    first, second = result.cuts
    assert first.removed.end == second.removed.start
    assert result.text == f"{head}\nIt ends.\n"
    assert accept(result, {fingerprint(ONE): Accepted(1)})[0].text == f"{head}\n{ONE}\nIt ends.\n"
    assert accept(result, {fingerprint(TWO): Accepted(1)})[0].text == f"{head}\n{TWO}\nIt ends.\n"


def test_accepted_golden_cases_come_out_as_they_went_in() -> None:
    results = [clean(Document(case.name, case.data), case.settings) for case in CASES.values()]
    accepted = parse_accepted(as_accepted(tally(results)))
    assert sum(one.times for one in accepted.values()) == sum(len(each.cuts) for each in results)
    done, left = run(results, accepted)
    assert left == {}
    for case, result in zip(CASES.values(), done, strict=True):
        assert result.data == case.data


@given(texts, all_settings, st.randoms(use_true_random=False))
def test_of_any_text_what_is_accepted_stays_and_the_rest_goes(
    text: str, settings: Settings, random: object
) -> None:
    result = clean(text, settings)
    everything = tally([result])
    some = {name: one for name, one in everything.items() if random.random() < 0.5}  # type: ignore[attr-defined]
    after, left = accept(result, some)
    assert left == {}
    assert len(after.cuts) + len(after.spared) == len(result.cuts) + len(result.spared)
    assert not {fingerprint(cut.removed.of(text)) for cut in after.cuts} & set(some)
    assert accept(result, everything)[0].text == text


# --- the list as a file ---------------------------------------------------------------------------


def test_the_file_has_a_line_for_each_passage_sorted_by_name() -> None:
    accepted = {"f" * 16: Accepted(1, "Über"), NAME: Accepted(2, 'Say "no"\u202e')}
    lines = as_accepted(accepted).splitlines()
    assert lines == [
        "{",
        '  "schema": "dedupe-text/accept/1",',
        '  "accepted": {',
        f'    "{NAME}": {{"count": 2, "begins": "Say \\"no\\"\\\\u202e"}},',
        f'    "{"f" * 16}": {{"count": 1, "begins": "Über"}}',
        "  }",
        "}",
    ]
    assert as_accepted(dict(reversed(accepted.items()))) == as_accepted(accepted)


def test_an_empty_list_is_a_file_too() -> None:
    assert parse_accepted(as_accepted({})) == {}


@given(
    st.dictionaries(
        st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
        st.builds(
            Accepted, st.integers(1, 1_000_000), st.text(st.characters(exclude_categories=()))
        ),
    )
)
def test_what_is_written_can_be_read_and_hides_nothing(accepted: dict[str, Accepted]) -> None:
    written = as_accepted(accepted)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", written)
    assert written.count("\n") == len(accepted) + 4 + bool(accepted)
    read = parse_accepted(written)
    assert {name: one.times for name, one in read.items()} == {
        name: one.times for name, one in accepted.items()
    }
    assert as_accepted(read) == written


def test_what_a_later_version_adds_is_passed_over() -> None:
    written = source(f'{{"{NAME}": {{"count": 1, "by": "Ann"}}}}').replace("{", '{"more": [], ', 1)
    assert parse_accepted(written) == {NAME: Accepted(1)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1, column 1: no JSON: expecting value"),
        (source("{,}"), "line 3, column 16: no JSON: expecting property name"),
        (source("{\n<<<<<<< HEAD\n}"), "line 4, column 1: no JSON"),
        ("[" * 100_000, "nested too deep"),
        ("[]", '"schema" is not "dedupe-text/accept/1"'),
        (source(schema="dedupe-text/accept/2"), '"schema" is not "dedupe-text/accept/1"'),
        (source("[]"), '"accepted" is not an object'),
        (source('{"abc": {"count": 1}}'), '"abc" is not a fingerprint, 16 hexadecimal digits'),
        (source(f'{{"{NAME.upper()}": {{"count": 1}}}}'), "is not a fingerprint"),
        (source('{"\\u202e\\u0000": {"count": 1}}'), '"\\u202e\\u0000" is not a fingerprint'),
        (source(f'{{"{NAME}": 1}}'), f'"{NAME}": "count" must be a whole number'),
        (source(f'{{"{NAME}": {{}}}}'), f'"{NAME}": "count" must be a whole number'),
        (source(f'{{"{NAME}": {{"count": 1, "begins": 2}}}}'), '"begins" must be a string'),
        (
            source(f'{{"{NAME}": {{"count": 1}}, "{NAME}": {{"count": 2}}}}'),
            f'"{NAME}" stands there twice',
        ),
    ],
)
def test_a_file_that_is_no_list_is_told_with_the_place(text: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        parse_accepted(text)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


COUNTS = ["0", "-1", "1.0", "true", "null", '"1"', "1000001", "1" * 5000, "-" + "1" * 5000]


@pytest.mark.parametrize("count", [*COUNTS, "NaN", "Infinity", "1e999"])
def test_a_count_is_a_whole_number_that_can_be(count: str) -> None:
    with pytest.raises(InputError, match=f'"{NAME}": "count" must be a whole number from 1'):
        parse_accepted(source(f'{{"{NAME}": {{"count": {count}}}}}'))


@given(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_whatever_a_file_holds_it_is_a_list_or_an_input_error(text: str, value: object) -> None:
    for given_ in (text, json.dumps(value), source(json.dumps({NAME: value}))):
        with pytest.raises(InputError):
            parse_accepted(given_)
