"""Documents cleaned at once, beside each alone: nothing of one is seen in another."""

import random

import pytest
from conftest import CASES
from hypothesis import given
from hypothesis import strategies as st

from dedupe_text import Document, InputError, Settings, clean
from dedupe_text.dedupe import clean_batch
from dedupe_text.split import Split, split_batch, split_text

texts = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.text("ab. \n#-`'\"\r\0\u0301\u00ad\u4eac", max_size=40),
    ),
    min_size=1,
    max_size=6,
)


def columns(split: Split) -> list[object]:
    words, passages = split.words, split.passages
    names = ("start", "end", "hash", "flags", "line_start")
    return [
        split.id,
        split.text,
        *(getattr(words, name).tolist() for name in names),
        *(getattr(passages, name).tolist() for name in ("document", "first_word", "last_word")),
    ]


@given(texts)
def test_texts_are_split_at_once_as_each_is_alone(several: list[str]) -> None:
    documents = [Document(str(number), text) for number, text in enumerate(several)]
    batch = split_batch(documents)
    alone = [split_text(text, str(number)) for number, text in enumerate(several)]
    assert [columns(split) for split in batch.splits] == [columns(split) for split in alone]
    assert batch.words.hash.tolist() == [hash_ for one in alone for hash_ in one.words.hash]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("options", [{}, {"keep": "last"}, {"keep": "fullest"}, {"min_words": 12}])
def test_documents_are_cleaned_at_once_as_each_is_alone(seed: int, options: dict) -> None:
    documents = [Document(name, case.data) for name, case in CASES.items()]
    random.Random(seed).shuffle(documents)
    settings = Settings(**options)
    for result, document in zip(clean_batch(documents, settings), documents, strict=True):
        alone = clean(document, settings)
        assert result == alone, document.id


def test_copies_side_by_side_are_no_repeat_of_each_other() -> None:
    documents = [Document(str(number), CASES["interleaved"].data) for number in range(5)]
    alone = clean(documents[0]).cuts
    for result in clean_batch(documents, Settings()):
        assert [cut.removed for cut in result.cuts] == [cut.removed for cut in alone]
        assert all(cut.kept.document == result.id for cut in result.cuts)


def test_what_cannot_be_read_is_told_in_its_place() -> None:
    documents = [
        Document("a", "One."),
        Document("b", b"\x89PNG\r\n\x1a\n" + bytes(99)),
        Document("c", "Two."),
    ]
    first, second, third = clean_batch(documents, Settings())
    assert (first.text, third.text) == ("One.", "Two.")
    assert isinstance(second, InputError)
    assert str(second).startswith("b: ")
