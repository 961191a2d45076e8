"""With a free order, what one document says again of another in its own words is found."""

from typing import Any

import numpy as np
import pytest

from dedupe_text import Document, Repeat, Settings, SettingsError, clean, clean_many, find_repeats

FREE = Settings(order="free")

LIGHTHOUSE = """\
The lighthouse at Skerra was built in 1841 by two brothers who had never seen the sea. They carried
the granite by ox cart from a quarry forty miles inland, and each block took three days to arrive.
The lamp burned whale oil until the winter of 1902, when a ship from Bergen brought the first
paraffin burner. Its keeper noted the colour of every sunset in a ledger that is now kept in the
parish museum.
"""
RETOLD = """\
Two brothers who had never before seen the sea built the Skerra lighthouse in 1841. From a quarry
forty miles inland the granite was carried in an ox cart, three days for each block to arrive. In
the winter of 1902 a ship brought the first paraffin burner from Bergen; until then whale oil had
burned in the lamp. A ledger, kept now in the museum of the parish, notes the colour of every sunset
its keeper saw.
"""
BAKERY = """\
Our bakery opens at six and sells nothing older than a morning. Rye is mixed the evening before,
wheat an hour after midnight, and rolls are shaped while the ovens warm. A customer once asked for
yesterday's loaf, at half the price, and was given today's for free. We close when the shelves are
empty, which on Saturdays is well before noon.
"""
GARDEN = """\
Beans want poles, peas want wire, and neither wants to be watered from above. Sow after the last
frost and again a fortnight later, so that a late cold night costs you half a row at most. Pick
often; a pod left hanging tells the plant that its work is done. In autumn cut the stems and leave
the roots, for they feed whatever grows there next.
"""
SCALES = """\
Practise slowly enough that no finger has to hurry. A metronome is a patient teacher, though it
forgives nothing. Play each scale with both hands, then with your eyes shut, then in the dark. When
the neighbours begin to hum along, you may move on to thirds.
"""


def documents(*texts: str) -> list[Document]:
    return [Document(chr(ord("a") + number), text) for number, text in enumerate(texts)]


def spans(repeats: list[Repeat], texts: list[Document]) -> list[tuple[str, ...]]:
    text = {document.id: str(document.text) for document in texts}
    return [
        tuple(place.span.of(text[place.document]) for place in (repeat.kept, one.location))
        for repeat in repeats
        for one in repeat.again
    ]


def test_a_paraphrase_is_found_whole_and_nothing_around_it() -> None:
    texts = documents(BAKERY + "\n" + LIGHTHOUSE, RETOLD + "\n" + GARDEN)
    [repeat] = find_repeats(texts, FREE)
    [(kept, again)] = spans([repeat], texts)
    assert kept == LIGHTHOUSE.strip()
    assert again == RETOLD.strip()
    assert 0.36 <= repeat.again[0].similarity < 1
    assert repeat.again[0].differs == ()


def test_in_the_order_kept_the_same_paraphrase_is_none() -> None:
    assert find_repeats(documents(BAKERY + "\n" + LIGHTHOUSE, RETOLD + "\n" + GARDEN)) == []


def test_texts_about_other_things_are_not_alike() -> None:
    assert find_repeats(documents(BAKERY + SCALES, LIGHTHOUSE + GARDEN), FREE) == []


def test_the_order_of_sentences_and_words_does_not_matter() -> None:
    words = LIGHTHOUSE.replace("\n", " ").split(". ")
    shuffled = ". ".join(" ".join(reversed(sentence.split())) for sentence in reversed(words)) + "."
    texts = documents(SCALES + "\n" + LIGHTHOUSE, shuffled + "\n\n" + BAKERY)
    [(kept, again)] = spans(find_repeats(texts, FREE), texts)
    assert kept == LIGHTHOUSE.strip()
    assert len(again) > 0.9 * len(shuffled)
    assert "bakery" not in again


def test_either_document_may_come_first() -> None:
    one, other = BAKERY + "\n" + LIGHTHOUSE, RETOLD + "\n" + GARDEN
    there, back = documents(one, other), documents(other, one)
    assert spans(find_repeats(back, FREE), back) == [
        (again, kept) for kept, again in spans(find_repeats(there, FREE), there)
    ]


def test_the_copy_that_stays_is_the_one_asked_for() -> None:
    texts = documents(LIGHTHOUSE + "\n" + BAKERY, SCALES + "\n" + RETOLD)
    kept = {
        keep: find_repeats(texts, Settings(order="free", keep=keep))[0].kept.document
        for keep in ("first", "last")
    }
    assert kept == {"first": "a", "last": "b"}


def test_twice_the_same_question_is_twice_the_same_answer() -> None:
    texts = documents(LIGHTHOUSE + BAKERY, RETOLD + GARDEN, SCALES + RETOLD)
    assert find_repeats(texts, FREE) == find_repeats(texts, FREE)


def test_a_third_document_does_not_hide_a_paraphrase() -> None:
    texts = documents(LIGHTHOUSE + "\n" + BAKERY, GARDEN, SCALES + "\n" + RETOLD)
    assert spans(find_repeats(texts, FREE), texts) == [(LIGHTHOUSE.strip(), RETOLD.strip())]


def test_what_is_said_again_word_by_word_is_found_as_in_the_order_kept() -> None:
    texts = documents(BAKERY + "\n" + LIGHTHOUSE, GARDEN + "\n" + LIGHTHOUSE + "\n" + SCALES)
    assert find_repeats(texts, FREE) == find_repeats(texts)
    assert find_repeats(texts, FREE)[0].again[0].similarity == 1


def test_a_document_is_not_compared_with_itself() -> None:
    assert find_repeats(documents(LIGHTHOUSE + "\n" + BAKERY + "\n" + RETOLD), FREE) == []


def test_what_is_shorter_than_asked_for_is_left_alone() -> None:
    texts = documents(BAKERY + "\n" + LIGHTHOUSE, RETOLD + "\n" + GARDEN)
    assert find_repeats(texts, Settings(order="free", min_words=100)) == []


def test_chinese_without_spaces_is_compared_by_pairs_of_characters() -> None:
    sea = (
        "灯塔建于一八四一年，由两位从未见过大海的兄弟建造。"
        "花岗岩用牛车从四十里外的采石场运来，每块石头要走三天。"
    )
    told = (
        "两位从未见过大海的兄弟在一八四一年建造了这座灯塔。"
        "每块石头要走三天，花岗岩是用牛车从四十里外的采石场运来的。"
    )
    bread = "我们的面包店六点开门，只卖当天早上的面包。黑麦在前一天晚上和好，小麦在半夜一点和好。"
    tea = "茶要用八十度的水冲泡，第一泡不喝。好茶可以冲七次，每次的味道都不一样，越到后面越甜。"
    texts = documents(bread + "\n\n" + sea, told + "\n\n" + tea)
    settings = Settings(order="free", min_words=16)
    assert spans(find_repeats(texts, settings), texts) == [(sea, told)]
    assert find_repeats(documents(sea, tea), settings) == []


@pytest.mark.parametrize("texts", [(), ("",), ("", ""), ("", "One."), ("A", "A"), ("…", "—")])
def test_nothing_and_next_to_nothing_repeat_nothing(texts: tuple[str, ...]) -> None:
    assert find_repeats(documents(*texts), FREE) == []


def test_cleaning_refuses_what_cannot_be_shown_word_by_word() -> None:
    with pytest.raises(SettingsError, match="order must be kept, not free, to clean"):
        clean(LIGHTHOUSE, FREE)
    with pytest.raises(SettingsError, match="find_repeats takes both"):
        list(clean_many([LIGHTHOUSE], FREE))


@pytest.mark.parametrize("order", ["", "Free", "any", None])
def test_anything_else_for_the_order_is_told_the_two(order: Any) -> None:
    with pytest.raises(SettingsError, match="order must be one of kept, free, not "):
        Settings(order=order)


def test_the_work_grows_with_the_text_not_with_its_square() -> None:
    """A word in every sentence leads to no pair of sentences."""
    lots = np.random.default_rng(7)
    said = [
        " ".join(f"The w{word}" for word in lots.integers(0, 200_000, 6)) + "." for _ in range(8000)
    ]
    assert find_repeats(documents("\n".join(said[:4000]), "\n".join(said[4000:])), FREE) == []
