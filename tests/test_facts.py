"""A number or a name that only the second copy holds keeps its sentence."""

import pytest

from dedupe_text import Result, Settings, clean
from dedupe_text.words import split_words

SECTION = (
    "The harbour master counted 12 boats in the basin on Friday morning. "
    "Most of them had been pulled clear of the water before the wind turned. "
    "Old Torvald Brekke kept his own boat on the slipway and slept beside it. "
    "Nobody in the village thought that the storm would last for so long. "
    "When it was over they swept the quay and opened the shops again."
)
BETWEEN = "\n\nRead more about the weather on our other pages.\n\n"


def twice(one: str, other: str, settings: Settings | None = None) -> Result:
    """What becomes of a section and its second telling, a line of something else in between."""
    result = clean(f"{one}{BETWEEN}{other}\n", settings)
    assert result.text.startswith(f"{one}{BETWEEN.rstrip()}")
    return result


def left_of(result: Result) -> str:
    """What is left of the second telling."""
    return result.text.partition(BETWEEN.rstrip())[2].strip()


def test_without_a_new_fact_the_whole_section_goes() -> None:
    result = twice(SECTION, SECTION)
    assert left_of(result) == ""
    assert result.spared == ()


def spell(text: str) -> list[str]:
    words = split_words(text)
    return [text[start:end] for start, end in zip(words.start, words.end, strict=True)]


FACTS = {
    "another number": ("12 boats", "15 boats"),
    "a number more": ("boats in the basin", "boats and 3 barges in the basin"),
    "a number with a letter": ("Friday morning", "Friday at 6am"),
    "a number of another script": ("12 boats", "١٥ boats"),
    "a decimal": ("12 boats", "12.5 boats"),
    "a roman numeral sign": ("the basin", "the basin Ⅶ"),
    "another name": ("Torvald Brekke", "Sigurd Brekke"),
    "a name more": ("slept beside it", "slept beside it with Ingrid"),
    "a name where there was none": ("opened the shops", "opened the Co-op"),
    "a name in another script": ("Torvald Brekke", "Torvald Брекке"),
    "an acronym": ("the storm would last", "NATO would last"),
    "a name at the beginning": ("Nobody in the village", "Ragnhild in the village"),
    "a clause more": ("clear of the water before", "clear of the water by their owners before"),
    "a clause at the end": ("slept beside it", "slept beside it under a sail"),
    "a clause at the beginning": ("When it was over", "On the next day when it was over"),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_sentence_with_a_new_fact_stays_and_the_rest_goes(fact: str) -> None:
    old, new = FACTS[fact]
    assert old in SECTION
    result = twice(SECTION, SECTION.replace(old, new))
    (sentence,) = [part for part in left_of(result).split(". ") if part]
    assert new in left_of(result)
    assert sentence.rstrip(".") in SECTION.replace(old, new)
    assert len(left_of(result)) < 90


@pytest.mark.parametrize("fact", FACTS)
def test_the_report_says_what_was_spared_and_why(fact: str) -> None:
    old, new = FACTS[fact]
    result = twice(SECTION, SECTION.replace(old, new))
    (spared,) = result.spared
    assert spared.reason == "facts"
    assert spared.removed.of(result.original.text).strip() == left_of(result)
    assert spared.words == len(split_words(left_of(result)))
    assert spared.differs
    told = {word for difference in spared.differs for word in spell(difference.removed)}
    assert told & set(spell(new))
    assert told <= set(spell(left_of(result)))
    for difference in spared.differs:
        assert difference.kept in spared.kept.span.of(result.original.text)


@pytest.mark.parametrize("fact", FACTS)
def test_without_facts_the_sentence_goes_too(fact: str) -> None:
    old, new = FACTS[fact]
    result = twice(SECTION, SECTION.replace(old, new), Settings(facts=False))
    assert left_of(result) == ""
    assert result.spared == ()
    (cut,) = result.cuts
    assert cut.kind == "near"
    assert cut.differs


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12 boats in the basin on Friday morning", "boats in the basin on Friday morning"),
        ("Old Torvald Brekke kept", "Torvald Brekke kept"),
        ("Torvald Brekke", "TORVALD BREKKE"),
        ("12 boats", "１２ boats"),
        ("Most of them had been", "Many of them had been"),
        ("When it was over they", "Afterwards they"),
        ("thought that the storm", "thought the storm"),
        ("swept the quay", "then swept the quay"),
    ],
)
def test_what_is_no_new_fact_does_not_spare(old: str, new: str) -> None:
    known = "\n\nMany came, and many afterwards said so."
    result = clean(f"{SECTION}{known}{BETWEEN}{SECTION.replace(old, new)}\n")
    assert left_of(result) == ""
    assert result.spared == ()


@pytest.mark.parametrize(("clause", "stays"), [("刚才", False), ("那条刚刷过油漆的", True)])
def test_where_no_spaces_are_set_a_clause_has_as_many_more_characters(
    clause: str, stays: bool
) -> None:
    section = (
        "星期五早上，港务长数了数港湾里的船。在风向改变以前，大多数船已经被拉到岸上。"
        "老渔夫把小船放在滑道上，睡在船的旁边。村里没有人想到暴风雨会持续这么久。"
        "风暴过后，人们打扫了码头，店铺又开门营业。"
    )
    result = twice(section, section.replace("把小船", f"把{clause}小船"))
    assert left_of(result) == (f"老渔夫把{clause}小船放在滑道上，睡在船的旁边。" if stays else "")


def test_facts_of_the_kept_copy_alone_do_not_spare() -> None:
    first = SECTION.replace("Nobody in", "Nobody but Ingrid, aged 81, in")
    assert left_of(twice(first, SECTION)) == ""


def test_a_fact_that_stands_in_another_sentence_of_the_kept_copy_is_no_witness() -> None:
    """The number 12 is there, but was said of boats."""
    result = twice(SECTION, SECTION.replace("swept the quay", "swept the 12 quays"))
    assert left_of(result) == "When it was over they swept the 12 quays and opened the shops again."


def test_who_did_what_to_whom_is_a_fact() -> None:
    section = SECTION.replace("Nobody in the village", "In the final Sigrun beat Ingrid and nobody")
    result = twice(section, section.replace("Sigrun beat Ingrid", "Ingrid beat Sigrun"))
    assert "Ingrid beat Sigrun" in left_of(result)
    assert "harbour master" not in left_of(result)


def test_numbers_that_changed_places_are_facts() -> None:
    section = SECTION.replace("on Friday morning", "and 31 on the quay")
    swapped = section.replace("12", "#").replace("31", "12").replace("#", "31")
    result = twice(section, swapped)
    assert "31 boats in the basin and 12 on the quay" in left_of(result)


# --- forms ----------------------------------------------------------------------------------------

REPORT = (
    "In the {} quarter {} sold {} tonnes of herring, which is more than in the year before. "
    "The share price of {} closed at {} crowns on the last day of trading. "
    "Its board expects to pay out {} crowns a share, the chairman {} said. "
    "The company employs {} people in {} and on the islands around it."
)
VALUES = [
    ("first", "Havsul", 120, "Havsul", 88, 4, "Ivar Aasen", 310, "Bergen"),
    ("second", "Nordfisk", 96, "Nordfisk", 41, 2, "Kari Dahl", 122, "Narvik"),
    ("third", "Lofotlaks", 310, "Lofotlaks", 67, 3, "Jon Moe", 905, "Molde"),
]


@pytest.mark.parametrize("join", ["\n\n", "\n", " "])
@pytest.mark.parametrize("count", [2, 3])
def test_reports_from_one_mould_stay(join: str, count: int) -> None:
    text = join.join(REPORT.format(*values) for values in VALUES[:count])
    result = clean(text)
    assert result.text == text
    assert {spared.reason for spared in result.spared} <= {"facts", "structure"}


def test_reports_from_one_mould_stay_even_where_a_sentence_has_no_fact() -> None:
    common = " Investors are reminded that shares may fall as well as rise."
    text = "\n\n".join(REPORT.format(*values) + common for values in VALUES)
    assert clean(text).text == text


def test_rows_of_a_table_stay() -> None:
    clubs = ["Bryne", "Molde", "Start", "Viking", "Brann", "Odd"]
    rows = [f"{one} - {other}  {len(one)}:{len(other)}" for one in clubs for other in clubs]
    text = "Round one\n" + "\n".join(rows) + "\nRound two\n" + "\n".join(rows[::-1]) + "\n"
    assert clean(text).text == text


@pytest.mark.parametrize("script", ["chinese", "japanese", "thai"])
def test_numbers_are_facts_in_scripts_without_spaces(script: str) -> None:
    section = {
        "chinese": "港务长星期五早上在港池里数了12条船。大多数船在起风之前已经被拉上了岸。"
        "老渔夫把自己的船留在船台上，整夜睡在船的旁边。村里没有人想到暴风雨会持续这么久。"
        "风停以后，大家打扫码头，又把商店的门打开。孩子们第二天早上照常去学校上课。",
        "japanese": "港長は金曜日の朝、船だまりで12隻の船を数えた。"
        "ほとんどの船は風が変わる前に陸へ引き上げられていた。"
        "年老いた漁師は自分の船を船台に残し、一晩中そのそばで眠った。村の誰もが嵐がこんなに続くとは思わなかった。",
        "thai": "นายท่านับเรือได้ 12 ลำในอ่างจอดเรือเมื่อเช้าวันศุกร์ "
        "เรือส่วนใหญ่ถูกลากขึ้นฝั่งก่อนที่ลมจะเปลี่ยนทิศ "
        "ชาวประมงชราเก็บเรือของเขาไว้บนทางลาดและนอนหลับอยู่ข้างเรือตลอดทั้งคืน "
        "ไม่มีใครในหมู่บ้านคิดว่าพายุจะพัดอยู่นานขนาดนั้น เมื่อพายุสงบแล้วพวกเขาก็กวาดท่าเรือและเปิดร้านค้าอีกครั้ง",
    }[script]
    assert left_of(twice(section, section)) == ""
    result = twice(section, section.replace("12", "15"))
    assert "15" in left_of(result)
    assert len(left_of(result)) < len(section) / 2
    assert [spared.reason for spared in result.spared] == ["facts"]


def test_a_last_word_that_stands_elsewhere_by_chance_stays() -> None:
    wall = (
        "The harbour wall was raised by half a metre after the flood, and the gate at its end was"
        " made wider, so that the larger boats from the islands could come in at low water as well."
    )
    lamp = (
        "Nobody asked who would look after the lamp on the old pier; it went on burning for a"
        " winter because the keeper's daughter rowed over each evening with a box of matches."
    )
    weather = "Between them stands a short remark about the weather."
    text = f"{lamp}\n\n{weather}\n\n{wall}\n\nLater on it was dry.\n\n{wall} {lamp}\nEnd.\n"
    assert clean(text).text == f"{lamp}\n\n{weather}\n\n{wall}\n\nLater on it was dry.\n\nEnd.\n"
