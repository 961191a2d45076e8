"""Documents beside those that came before: what they said goes, and what stays is named."""

import gzip
import json
from pathlib import Path

import pytest
from test_memory import said, signed

from dedupe_text import Document, Settings, clean, clean_many
from dedupe_text.memory import open_memory

SAID = (
    "The harbour council met on a cold morning to talk about the old stone bridge, which has "
    "carried carts, buses and far too many lorries since long before anyone in the room was born. "
    "Nobody wanted to close it, yet nobody could say how the repairs should be paid for."
)
OTHER = "Fishermen watched from the quay while gulls argued over scraps beside the empty crates."
MENU = (
    "Home News Sport Weather Markets Books Gardens Letters Archive Contact Imprint Privacy "
    "Cookies Jobs Partners Shop Help Search Login Register Basket Careers Events Maps Audio "
    "Video Pictures Games Puzzles Crosswords Recipes Travel"
).replace(" ", "\n")


def cleaned(*texts: str, settings: Settings | None = None) -> list[str]:
    documents = [Document(f"{number}", text) for number, text in enumerate(texts)]
    return [result.text for result in clean_many(documents, settings, across=True)]


def test_the_first_document_to_say_it_keeps_it() -> None:
    assert cleaned(SAID, f"{OTHER}\n\n{SAID}\n", SAID + "\n\n" + OTHER) == [
        SAID,
        f"{OTHER}\n",
        OTHER,
    ]


def test_what_stays_elsewhere_is_named_with_its_lines() -> None:
    first, second = clean_many(
        [Document("a", f"{OTHER}\n\n{SAID}\n"), Document("b", SAID)], across=True
    )
    assert not first.cuts
    (cut,) = second.cuts
    assert cut.kept.document == "a"
    assert cut.kept.span.of(first.original.text) == SAID
    assert second.elsewhere[cut.kept] == (3, 3)
    (entry,) = json.loads(second.as_json())["documents"][0]["cuts"]
    assert (entry["kept"]["document"], entry["kept"]["line"]) == ("a", 3)


def test_places_are_told_in_the_text_as_it_came() -> None:
    doubled = f"{SAID}\n\n{SAID}\n\n{OTHER} {OTHER.replace('quay', 'pier')}\n\nThe end of it."
    tail = f"{OTHER} {OTHER.replace('quay', 'pier')}"
    first, second = clean_many([Document("a", doubled), Document("b", tail)], across=True)
    assert [cut.kept.document for cut in first.cuts] == ["a"]
    for cut in second.cuts:
        assert cut.kept.span.of(doubled).strip() in tail


def test_a_fact_that_only_the_later_document_holds_stays() -> None:
    said = f"{SAID} It would cost 4 million. {OTHER}"
    first, second = cleaned(said, said.replace("4 million", "9 million"))
    assert first == said
    assert "9 million" in second


def test_a_menu_of_single_words_is_found() -> None:
    _, second = cleaned(f"{MENU}\n\n{SAID}", f"{MENU}\n\n{OTHER}")
    assert second == OTHER


def test_documents_that_are_cut_whole_leave_nothing() -> None:
    assert cleaned(SAID, SAID, SAID) == [SAID, "", ""]


def test_without_across_documents_do_not_know_each_other() -> None:
    texts = [Document("a", SAID), Document("b", SAID)]
    assert [result.text for result in clean_many(texts)] == [SAID, SAID]


def test_what_is_said_twice_inside_goes_as_it_does_alone() -> None:
    doubled = f"{SAID}\n\n{OTHER}\n\n{SAID}\n"
    assert cleaned(OTHER, doubled)[1] == clean(doubled).text


@pytest.mark.parametrize("keep", ["first", "last", "fullest"])
def test_whatever_is_kept_inside_the_first_document_keeps(keep: str) -> None:
    settings = Settings(keep=keep)  # type: ignore[arg-type]
    assert cleaned(SAID, f"{OTHER}\n\n{SAID}", settings=settings) == [SAID, OTHER]


def test_cleaning_again_finds_nothing_more() -> None:
    texts = [f"{MENU}\n\n{SAID}", f"{MENU}\n\n{OTHER}\n\n{SAID}", f"{SAID}\n\n{MENU}"]
    once = cleaned(*texts)
    assert cleaned(*once) == once


def test_a_memory_finds_the_first_that_said_most() -> None:
    memory = open_memory()
    for name, text in (("a", SAID), ("b", SAID), ("c", OTHER)):
        memory.add(signed(text, name))
    found = memory.find(signed(f"{OTHER}\n\n{SAID}", "d"), least=10)
    assert [known.split.id for known in found.known] == ["a", "c"]


LONG = "\n\n".join(map(said, range(4)))
UNLIKE = "\n\n".join(map(said, range(10, 20)))


def spreads(text: str, *, site: str, settings: Settings | None = None) -> list[str | None]:
    """How what the second document says again of the first has spread: cut or spared."""
    documents = [Document("a", f"{LONG}\n\n{SAID}", "one.example"), Document("b", text, site)]
    _, result = clean_many(documents, settings, across=True)
    return [cut.spread for cut in result.cuts] + [spared.reason for spared in result.spared]


@pytest.mark.parametrize(
    ("text", "site", "spread"),
    [
        (f"{SAID}\n\n{UNLIKE}", "one.example", "boilerplate"),
        (f"{LONG}\n\n{UNLIKE}", "one.example", "boilerplate"),
        (f"{SAID}\n\n{UNLIKE}", "two.example", "quotation"),
        (f"{LONG}\n\n{UNLIKE}", "two.example", "syndicated"),
        (f"{LONG}\n\n{SAID}", "two.example", "same"),
        (f"{LONG}\n\n{SAID}", "one.example", "same"),
    ],
)
def test_a_passage_is_labelled_by_its_spread(text: str, site: str, spread: str) -> None:
    everything = Settings(cut=("same", "boilerplate", "syndicated", "quotation"))
    assert set(spreads(text, site=site, settings=everything)) == {spread}


def test_an_article_that_gained_a_clause_in_many_sentences_is_the_same_article() -> None:
    sentences = f"{LONG} {SAID}".replace("\n\n", " ").split(". ")
    longer = [
        f"{one} as far as anybody knows" if place % 3 == 0 else one
        for place, one in enumerate(sentences)
    ]
    assert set(spreads(". ".join(longer), site="two.example")) == {"same", "facts"}


def test_by_default_what_other_sites_say_is_left() -> None:
    for text in (f"{SAID}\n\n{UNLIKE}", f"{LONG}\n\n{UNLIKE}"):
        documents = [Document("a", f"{LONG}\n\n{SAID}", "one"), Document("b", text, "two")]
        _, result = clean_many(documents, across=True)
        assert result.text == text
        assert {spared.reason for spared in result.spared} <= {"quotation", "syndicated"}
        assert result.spared


def test_the_chrome_of_real_pages_goes_and_their_articles_stay(data: Path) -> None:
    with gzip.open(data / "pages.jsonl.gz", "rt", encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines][:60]
    results = clean_many(
        [Document(page["id"], page["text"], page["site"]) for page in pages], across=True
    )
    said = hurt = articles = 0
    for page, result in zip(pages, results, strict=True):
        gone = bytearray(len(page["text"]))
        for cut in result.cuts:
            if cut.kept.document != result.id:
                gone[cut.removed.start : cut.removed.end] = b"\1" * cut.removed.length
        said += sum(gone)
        hurt += sum(sum(gone[first:last]) for first, last in page.get("article", []))
        articles += sum(last - first for first, last in page.get("article", []))
    assert said > 50_000
    assert hurt < articles / 500


def test_a_heading_or_an_item_with_a_word_of_its_own_stays() -> None:
    form = (
        "# {} generator\n\nGenerates numbers of a {} distribution.\n\nWhen the constructor is"
        " called without arguments it takes the defaults of the library, and a second call gives"
        " back the same numbers in the same order, whatever machine the program runs on.\n"
    )
    first, second = cleaned(form.format("normal", "normal"), form.format("cauchy", "cauchy"))
    assert first == form.format("normal", "normal")
    assert second == "# cauchy generator\n\nGenerates numbers of a cauchy distribution.\n"


def test_in_boilerplate_a_sentence_with_a_word_of_its_own_stays() -> None:
    notice = f"{SAID} We send it to all who read about {{}} in the morning or late at night."
    texts = [f"{UNLIKE}\n\n{notice.format('gardens')}", f"{LONG}\n\n{notice.format('engines')}"]
    assert cleaned(*texts)[1].endswith(
        "\n\nWe send it to all who read about engines in the morning or late at night."
    )
    assert cleaned(*texts, settings=Settings(facts=False))[1] == LONG
