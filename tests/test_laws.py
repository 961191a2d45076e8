"""The laws of `bench.laws` on a sample; `make laws` holds them on all the data there is."""

from pathlib import Path

import pytest
from conftest import CASES, read_jsonl

pytest.importorskip("bench.laws", reason="run as `python -m pytest`, from the repository")

from bench import laws
from dedupe_text import clean

NAMES = ("articles", "removals", "refrains", "pages")
# Other neighbours make other repeats; how often is in the documents.
WITHOUT_EXCEPTION = [law for law in laws.LAWS.values() if law is not laws.reordered]


def sample(data: Path) -> list[str]:
    """Real texts of several kinds."""
    texts = [one["text"] for name in NAMES for one in read_jsonl(data / f"{name}.jsonl.gz", 60)]
    return [text for text in texts if len(text) < 20_000][::10]


@pytest.mark.parametrize("law", WITHOUT_EXCEPTION, ids=lambda law: law.__name__)
def test_a_law_holds_for_every_golden_case(law: laws.Law) -> None:
    told = []
    for case in CASES.values():
        if case.settings == laws.DEFAULT:
            told.append(law(case.text, clean(case.text)))
            assert told[-1] is not False, case.name
    assert any(told)


@pytest.mark.parametrize("law", WITHOUT_EXCEPTION, ids=lambda law: law.__name__)
def test_a_law_holds_for_real_texts(data: Path, law: laws.Law) -> None:
    for text in sample(data):
        assert law(text, clean(text)) is not False, text[:80]


def test_every_door_gives_the_same_bytes_for_real_texts(data: Path) -> None:
    texts = sample(data)
    same = laws.doors(texts, piped=3)
    assert same["records"] == same["files"] == len(texts)
    assert same["pipe"] == same["pipes"] >= 3


def test_a_law_that_is_broken_is_told() -> None:
    text = CASES["doubled-section"].text
    result = clean(text)
    half = text[: len(text) // 2]
    assert not laws.appended(half, result)
    assert not laws.put_in_front(half, result)
    assert not laws.witnessed(text[::-1], result)
