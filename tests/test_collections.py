"""Laws of collections: what shards, order, company and a second run may change, and what not."""

import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest
from conftest import CASES, read_jsonl
from test_memory import said

from dedupe_text import Document, Result, Settings, clean_many
from dedupe_text.fingerprint import folded
from dedupe_text.model import Spread

EVERYTHING = Settings(cut=get_args(Spread))
NUMBER_RE = re.compile(r"[^\W_]*\d[^\W_]*")
_LINKED_RE = re.compile(r"\S*(?:://|\]\()\S*")


def cleaned(documents: Sequence[Document], memory: Path | None = None) -> list[Result]:
    path = None if memory is None else str(memory)
    return [*clean_many(documents, EVERYTHING, across=True, memory=path)]


def texts(results: Sequence[Result]) -> dict[str, str]:
    return {result.id: result.text for result in results}


def shuffled(documents: Sequence[Document], seed: int) -> list[Document]:
    return random.Random(seed).sample(documents, len(documents))


def again(documents: Sequence[Document], results: Sequence[Result]) -> list[Document]:
    left = texts(results)
    return [document._replace(text=left[document.id]) for document in documents]


def numbers(some: Sequence[str]) -> set[str]:
    """The numbers that a reader sees; the address of a link is none."""
    seen = " ".join(_LINKED_RE.sub(" ", text) for text in some)
    return {number.casefold() for number in NUMBER_RE.findall(seen)}


def passage(number: int) -> str:
    """38 words that no other number has; most begin and end unlike others."""
    return said(number).removeprefix("Of ").removesuffix(" they spoke.").capitalize() + "."


def invented() -> list[Document]:
    """Documents that share passages, each with one of its own."""
    rng = random.Random(1)
    return [
        Document(
            f"{number}",
            "\n\n".join(map(passage, [*rng.sample(range(30), 4), 100 + number])),
            f"{number % 3}",
        )
        for number in range(24)
    ]


def golden() -> list[Document]:
    """The golden cases before and after, which say nearly the same."""
    return [
        Document(f"{case.name} {part}", text, f"{number % 4}")
        for number, case in enumerate(CASES.values())
        for part, text in (("input", case.text), ("cleaned", case.cleaned_text))
    ]


def real(data: Path) -> list[Document]:
    """Pages of sites and articles, some of which are on these pages."""
    pages = [*read_jsonl(data / "pages.jsonl.gz", 24)]
    articles = [*read_jsonl(data / "articles.jsonl.gz", 24)]
    return [
        *(Document(f"page {one['id']}", one["text"], one["site"]) for one in pages),
        *(Document(f"article {one['id']}", one["text"], "press") for one in articles),
    ]


@pytest.fixture(scope="module", params=["invented", "golden", "real"])
def collection(request: pytest.FixtureRequest) -> list[Document]:
    if request.param == "real":
        return real(request.getfixturevalue("data"))
    return {"invented": invented, "golden": golden}[request.param]()


@pytest.fixture(scope="module")
def whole(collection: list[Document]) -> list[Result]:
    return cleaned(collection)


def test_a_collection_in_shards_is_cleaned_as_in_one_run(
    collection: list[Document], whole: list[Result], tmp_path: Path
) -> None:
    for edges in ([1, 2], [7, 19]):
        memory = tmp_path / f"{edges}.db"
        shards = zip([0, *edges], [*edges, len(collection)], strict=True)
        results = [one for start, end in shards for one in cleaned(collection[start:end], memory)]
        assert [(one.text, one.cuts, one.spared, one.elsewhere) for one in results] == [
            (one.text, one.cuts, one.spared, one.elsewhere) for one in whole
        ]


def test_cleaning_a_cleaned_collection_changes_nothing(
    collection: list[Document], whole: list[Result]
) -> None:
    assert texts(cleaned(again(collection, whole))) == texts(whole)


def test_each_cut_names_what_stands_in_the_output_of_an_earlier_document(
    collection: list[Document],
) -> None:
    for seed in range(2):
        order = shuffled(collection, seed)
        left: dict[str, str] = {}
        for result in cleaned(order):
            left[result.id] = result.text
            for cut in result.cuts:
                assert cut.kept.document in left
                if cut.kind == "exact" and cut.kept.document != result.id:
                    removed = folded(cut.removed.of(result.original.text))
                    assert {*removed} <= {*folded(left[cut.kept.document])}


def test_whatever_the_order_no_number_is_lost_and_about_as_much_is_left(
    collection: list[Document], whole: list[Result]
) -> None:
    given = numbers([str(document.text) for document in collection])
    size = sum(len(one.text) for one in whole)
    for seed in range(2):
        results = cleaned(shuffled(collection, seed))
        assert given == numbers([one.text for one in results])
        assert abs(sum(len(one.text) for one in results) - size) <= size / 50


def test_in_whatever_order_each_passage_stays_exactly_once() -> None:
    documents = invented()
    given = sorted({part for one in documents for part in str(one.text).split("\n\n")})
    for seed in range(5):
        results = cleaned(shuffled(documents, seed))
        assert sorted(part for one in results for part in one.text.split("\n\n") if part) == given


def test_what_a_document_keeps_depends_on_none_that_shares_nothing_with_it(
    collection: list[Document], whole: list[Result]
) -> None:
    strangers = [
        Document(f"stranger {number}", "\n\n".join(map(passage, range(first, first + 5))), "0")
        for number in range(len(collection))
        for first in [1000 + 3 * number]
    ]
    mixed = [one for pair in zip(strangers, collection, strict=True) for one in pair]
    left = texts(cleaned(mixed))
    assert {document.id: left[document.id] for document in collection} == texts(whole)
