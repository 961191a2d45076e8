"""Which copy stays: the first, the last, or the fullest."""

import pytest

from dedupe_text import Settings, clean

SECTION = (
    "Most of the boats had been pulled clear of the water before the wind turned. "
    "An old fisherman kept his own boat on the slipway and slept beside it. "
    "Nobody in the village thought that the storm would last for so long. "
    "When it was over they swept the quay and opened the shops again. "
    "The children went back to school on the next day, those of them who could get there. "
    "What was left of the roof of the fish hall is still lying upside down in the square."
)
FULLER = SECTION.replace("slept beside it. ", "slept beside it, in sailcloth. ")
MORE = FULLER.replace("Nobody in", "They had been told by the radio that it would pass. Nobody in")
ADVERTISEMENT = "Read more about the weather on our other pages."
BETWEEN = f"\n\n{ADVERTISEMENT}\n\n"


def settings(keep, **others) -> Settings:
    return Settings(keep=keep, **others)


@pytest.mark.parametrize("keep", ["first", "last", "fullest"])
def test_of_two_equal_copies_one_stays_and_it_is_the_one_asked_for(keep: str) -> None:
    text = f"{SECTION}{BETWEEN}{SECTION}\n"
    result = clean(text, settings(keep))
    if keep == "last":
        assert result.text == f"{ADVERTISEMENT}\n\n{SECTION}\n"
    else:
        assert result.text == f"{SECTION}\n\n{ADVERTISEMENT}\n"
    (cut,) = result.cuts
    assert cut.kept.span.of(text) == SECTION
    assert (cut.kept.start < cut.removed.start) == (keep != "last")


@pytest.mark.parametrize("keep", ["first", "last", "fullest"])
def test_of_three_equal_copies_one_stays_and_stands_for_both_others(keep: str) -> None:
    text = f"{SECTION}{BETWEEN}{SECTION}\n\nQuite another line here.\n\n{SECTION}\n"
    result = clean(text, settings(keep))
    assert result.text.count(SECTION) == 1
    assert len(result.cuts) == 2
    (kept,) = {cut.kept for cut in result.cuts}
    place = text.rindex(SECTION) if keep == "last" else 0
    assert (kept.start, kept.end) == (place, place + len(SECTION))


@pytest.mark.parametrize("fuller", [FULLER, MORE])
def test_the_fuller_copy_stays_wherever_it_stands(fuller: str) -> None:
    after = clean(f"{SECTION}{BETWEEN}{fuller}\n", settings("fullest"))
    assert after.text == f"{ADVERTISEMENT}\n\n{fuller}\n"
    before = clean(f"{fuller}{BETWEEN}{SECTION}\n", settings("fullest"))
    assert before.text == f"{fuller}\n\n{ADVERTISEMENT}\n"


@pytest.mark.parametrize("others", [(SECTION, FULLER), (FULLER, SECTION), (SECTION, SECTION)])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_fullest_of_three_stays_for_both_others(others: tuple[str, str], place: int) -> None:
    copies = list(others)
    copies.insert(place, MORE)
    lines = ["Quite another line here.", ADVERTISEMENT]
    text = f"{copies[0]}\n\n{lines[0]}\n\n{copies[1]}\n\n{lines[1]}\n\n{copies[2]}\n"
    result = clean(text, settings("fullest"))
    left = [MORE if part == place else "" for part in range(3)]
    expected = [left[0], lines[0], left[1], lines[1], left[2]]
    assert result.text == "\n\n".join(part for part in expected if part) + "\n"
    assert len({cut.kept for cut in result.cuts}) == 1


def test_first_keeps_the_first_even_if_the_second_is_a_little_fuller() -> None:
    result = clean(f"{SECTION}{BETWEEN}{FULLER}\n", settings("first"))
    assert result.text == f"{SECTION}\n\n{ADVERTISEMENT}\n"


def test_last_keeps_the_last_even_if_the_first_is_a_little_fuller() -> None:
    result = clean(f"{FULLER}{BETWEEN}{SECTION}\n", settings("last"))
    assert result.text == f"{ADVERTISEMENT}\n\n{SECTION}\n"


def test_a_sentence_that_only_one_copy_has_stays_whichever_is_kept() -> None:
    only = "They had been told by the radio that it would pass."
    for keep in ("first", "last", "fullest"):
        for one, other in ((SECTION, MORE), (MORE, SECTION)):
            assert only in clean(f"{one}{BETWEEN}{other}\n", settings(keep)).text


def test_a_fact_of_the_copy_that_goes_is_spared_whichever_is_kept() -> None:
    fact = SECTION.replace("Nobody in", "Only Ingrid in")
    for keep, text in (
        ("first", f"{SECTION}{BETWEEN}{fact}\n"),
        ("last", f"{fact}{BETWEEN}{SECTION}\n"),
        ("fullest", f"{fact}{BETWEEN}{MORE}\n"),
    ):
        result = clean(text, settings(keep))
        assert "Only Ingrid in the village" in result.text
        assert [spared.reason for spared in result.spared] == ["facts"]
        assert clean(text, settings(keep, facts=False)).text.count("Ingrid") == 0


@pytest.mark.parametrize("keep", ["first", "last", "fullest"])
def test_the_answer_is_final_whichever_is_kept(keep: str) -> None:
    text = f"{SECTION}{BETWEEN}{FULLER}\n\nQuite another line here.\n\n{MORE}\n"
    once = clean(text, settings(keep))
    assert once.cuts
    assert clean(once.text, settings(keep)).cuts == ()


RULES = "By giving an address I agree to the terms of use and have read the rules of the house."


def test_copies_of_which_now_one_and_now_another_is_fuller_are_settled_in_time() -> None:
    text = (
        f"we said so\nout on the quay nobody saw\n{RULES}\nDots of rain\n"
        "we said so Your letter could not be saved. Please try it again.\n"
        f"out on the quay nobody saw\n{RULES}\nDots of rain\n"
        f"we said so letter could not be saved. Please try it again.\nMend it\n{RULES}\n"
    )
    result = clean(text, settings("fullest"))
    assert result.cuts
    assert {spared.reason for spared in result.spared} <= {"facts"}
