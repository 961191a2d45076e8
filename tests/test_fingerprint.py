"""The name of what a passage says: the same wherever, however set, and on whatever machine."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_properties import texts

from dedupe_text.fingerprint import fingerprint, folded


def test_it_can_be_worked_out_with_any_sha_256() -> None:
    expected = hashlib.sha256(b"one two 3").hexdigest()[:16]
    assert fingerprint("“One,” two; 3!") == expected == "55337c4ae08c35b8"


@pytest.mark.parametrize(
    "other",
    [
        "The naïve reader\nwaits in the office.\n",
        "\r\n\r\nTHE NAÏVE READER WAITS,\r\nin the office",
        "> the nai\u0308ve reader “waits” in the o\ufb03ce…",
        "The na\u00adïve reader waits — in the of\u200bfice.",
    ],
)
def test_lines_quotes_case_and_spelling_do_not_change_it(other: str) -> None:
    assert fingerprint(other) == fingerprint("The naïve reader waits in the office.")


@pytest.mark.parametrize("other", ["one two four", "two one three", "one two", "one twothree"])
def test_other_words_change_it(other: str) -> None:
    assert fingerprint(other) != fingerprint("one two three")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "e3b0c44298fc1c14"),
        ("Мост за реку", "1351df6b57e2fc23"),
        ("東京の川", "3bdb67808269d7d8"),
        ("שלום", "b7ac0398ef74193a"),
        ("a\ud800b", "c8687a08aa5d6ed2"),
    ],
)
def test_it_is_pinned_in_several_scripts(text: str, name: str) -> None:
    assert fingerprint(text) == name


@given(texts)
def test_folded_again_it_is_the_same(text: str) -> None:
    assert fingerprint(" ".join(folded(text))) == fingerprint(text)


@given(st.text())
def test_any_text_has_one_of_sixteen_hexadecimal_digits(text: str) -> None:
    assert len(fingerprint(text)) == 16
    assert int(fingerprint(text), 16) >= 0
