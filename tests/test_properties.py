"""What holds for any text whatever: nothing lost, nothing done twice, the same from every door.

`DEDUPE_TEXT_EXAMPLES=5000` looks at more examples, and at others each time.
"""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from conftest import ROOT, read_jsonl
from hypothesis import example, given
from hypothesis import strategies as st

from dedupe_text import Document, Repeat, Result, Settings, clean, find_repeats, restore
from dedupe_text.lcs import count_aligned
from dedupe_text.model import Span
from dedupe_text.passages import gap_before, split_passages
from dedupe_text.words import fold, split_words

WORDS = ["the", "river", "boat", "said", "on", "no", "bank", "mayor", "council", "x", "ox"]
WORDS += ["Nairn", "Torvald", "7", "12", "1998", "Ⅶ", "été", "ﬁn", "İ", "ß", "Мост", "река", "за"]
WORDS += ["שלום", "عين", "東", "京", "都", "の", "ไทย", "ลาว", "한국", "😀"]
WORDS += ["a\u0301", "co\u00adop", "\ud800"]
STOPS = [".", ".", ".", "!", "?", "…", "。", ":", "", "”", ".)"]
SPACES = [" ", " ", "\n", "\n", "\n\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\x85", "\x00", "\u2028"]
SPACES += ["", "  \n \n", "\n\n* * *\n\n", "\n- ", " “", "\u3000", "\ufeff"]
ALPHABET = "aAbж東กა1 \u0301\u00ad.!。\n\r\x85\x00\u2028\ud83d\ude00“”(-"

sentences = st.tuples(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=9), st.sampled_from(STOPS)
)
edits = st.sampled_from(["", "", "", "", "drop", "number", "name", "case", "wrap", "swap", "twice"])


def call(number: int) -> str:
    """A word that is no number."""
    return "bdfgklmnprstvz"[number % 14] + "aeiou"[number // 14 % 5] + "lnrs"[number // 70]


def edit(words: list[str], how: str, place: int) -> list[str]:
    """The words of a sentence, told a little otherwise."""
    place %= len(words)
    before, word, after = words[:place], words[place], words[place + 1 :]
    if how == "drop":
        return before + after
    if how == "number":
        return [*before, str(place + 31), *after]
    if how == "name":
        return [*before, word, "Brekke", *after]
    if how == "case":
        return [*before, word.swapcase(), *after]
    if how == "wrap":
        return [*before, f"{word}\n", *after]
    if how == "swap":
        return [*after, word, *before]
    if how == "twice":
        return words + words
    return list(words)


@st.composite
def woven(draw: st.DrawFn) -> str:
    """A few sentences that come again and again, as they are or a little changed."""
    pool = draw(st.lists(sentences, min_size=1, max_size=6))
    picks = st.tuples(
        st.integers(0, len(pool) - 1), edits, st.integers(0, 8), st.sampled_from(SPACES)
    )
    text = ""
    for number, how, place, space in draw(st.lists(picks, min_size=2, max_size=16)):
        words, stop = pool[number]
        text += " ".join(edit(words, how, place)) + stop + space
    return text


@st.composite
def doubled(draw: st.DrawFn) -> str:
    """A section of many different words, and one or two copies, with something between."""
    numbers = draw(st.lists(st.integers(0, 200), min_size=12, max_size=60))
    every = draw(st.integers(3, 12))
    words = [
        call(number) + ("." if place % every == 0 else "") for place, number in enumerate(numbers)
    ]
    copies = [words]
    for _ in range(draw(st.integers(1, 2))):
        place, how = draw(st.integers(0, 60)), draw(edits)
        copies.append(edit(words, how, place))
        if draw(st.booleans()):
            copies[-1].insert(place, "\nAn advertisement for soap.\n")
    between = draw(st.sampled_from(["\n\n", "\nRead more here.\n", " ", "\r\n"]))
    return between.join(map(" ".join, copies)) + draw(st.sampled_from(["", "\n", "\r\n"]))


noise = st.one_of(
    st.text(st.sampled_from(ALPHABET), max_size=120), st.text(st.characters(exclude_categories=()))
)
texts = st.one_of(woven(), woven(), doubled(), doubled(), noise)
all_settings = st.builds(
    Settings,
    similarity=st.sampled_from([0.5, 0.7, 0.8, 0.8, 0.8, 1]),
    min_words=st.sampled_from([4, 4, 8, 12, 30]),
    keep=st.sampled_from(["first", "last", "fullest"]),
    facts=st.booleans(),
)


def folded(text: str) -> list[str]:
    words = split_words(text)
    return [fold(text[start:end]) for start, end in zip(words.start, words.end, strict=True)]


def standing(result: Result, kept: Span) -> str:
    """What the cuts leave of a span."""
    at = set(range(kept.start, kept.end))
    for cut in result.cuts:
        at -= set(range(cut.removed.start, cut.removed.end))
    parts, last = [], kept.start - 1
    for place in sorted(at):
        parts += [" "] * (place > last + 1) + [result.original.text[place]]
        last = place
    return "".join(parts)


def test_the_examples_have_much_to_cut_and_much_to_leave() -> None:
    counts = []

    @hypothesis.settings(max_examples=150)
    @given(texts, all_settings)
    def count(text: str, settings: Settings) -> None:
        result = clean(text, settings)
        counts.append((len(result.cuts), len(result.spared)))

    count()
    assert sum(cuts > 0 for cuts, _ in counts) > 0.15 * len(counts)
    assert sum(cuts > 1 for cuts, _ in counts) > 0.01 * len(counts)
    assert sum(cuts == 0 for cuts, _ in counts) > 0.2 * len(counts)
    assert any(spared for _, spared in counts)


# --- lossless -------------------------------------------------------------------------------------


@given(texts)
def test_the_split_into_passages_is_lossless(text: str) -> None:
    words = split_words(text)
    passages = split_passages(words)
    edges = [0, *passages.last_word.tolist()]
    assert passages.first_word.tolist() == edges[:-1]
    assert edges[-1] == len(words)
    gaps = [gap_before(text, words, word) for word in edges]
    joined, at = "", 0
    for gap in gaps:
        joined += text[at : gap.closing.start] + gap.closing.of(text)
        joined += text[gap.closing.end : gap.opening.end]
        at = gap.opening.end
    assert joined + text[at:] == text


@given(texts, all_settings)
def test_what_comes_out_is_what_came_in_minus_the_cuts(text: str, settings: Settings) -> None:
    result = clean(text, settings)
    assert result.original.text == text
    rest, at = "", 0
    for cut in result.cuts:
        assert at <= cut.removed.start < cut.removed.end <= len(text)
        rest += text[at : cut.removed.start]
        at = cut.removed.end
    assert result.text == rest + text[at:]
    assert result.data == result.text.encode("utf-8", "surrogatepass")


@given(texts, all_settings)
def test_no_word_is_cut_in_two_and_no_two_become_one(text: str, settings: Settings) -> None:
    result = clean(text, settings)
    words = split_words(text)
    removed = [
        any(cut.removed.start <= start < cut.removed.end for cut in result.cuts)
        for start in words.start.tolist()
    ]
    left = [word for word, gone in zip(folded(text), removed, strict=True) if not gone]
    assert folded(result.text) == left
    for cut in result.cuts:
        assert folded(cut.removed.of(text))
        assert cut.words == len(folded(cut.removed.of(text)))


@given(texts, all_settings)
def test_the_original_can_be_restored(text: str, settings: Settings) -> None:
    result = clean(text, settings)
    assert restore(result.data, result.as_json()) == result.original.data
    assert result.original.data == text.encode("utf-8", "surrogatepass")


# --- nothing unique goes --------------------------------------------------------------------------


@given(texts, all_settings)
def test_the_words_of_every_removed_passage_stand_in_what_is_kept(
    text: str, settings: Settings
) -> None:
    result = clean(text, settings)
    for cut in result.cuts:
        removed, kept = folded(cut.removed.of(text)), folded(standing(result, cut.kept.span))
        assert 0 < cut.similarity <= 1
        assert count_aligned(removed, kept) >= round(cut.similarity * cut.words)
        assert (cut.kind == "exact") == (cut.differs == ())
        if cut.kind == "exact":
            assert cut.similarity == 1
            assert count_aligned(removed, kept) == len(removed)


PATH = "-Boat Harbour.Quay.Slip\\Bergen::C:\\Test\\Boat.txt::$ROPE"


@given(texts, all_settings)
@example(
    f"all boats of the recently painted fleet.\r\n{PATH}\r\nBoat.txt'\r\n"
    f"Count-Boats the was painted.\r\n.\\Boat.txt {PATH}\r\n",
    Settings(0.7, 15, "fullest"),
)
def test_of_every_removed_sentence_at_least_a_third_stands(text: str, settings: Settings) -> None:
    result = clean(text, settings)
    for cut in result.cuts:
        kept = folded(standing(result, cut.kept.span))
        removed = cut.removed.of(text)
        words = split_words(removed)
        sentences = split_passages(words)
        for first, last in zip(sentences.first_word, sentences.last_word, strict=True):
            sentence = folded(removed)[first:last]
            assert 3 * count_aligned(sentence, kept) >= len(sentence)


@pytest.mark.parametrize("similarity", [0.5, 0.6, 0.7, 0.8, 1])
def test_a_sentence_that_is_said_once_stays_between_sentences_said_twice(similarity: float) -> None:
    around = (
        "The boats were pulled clear of the water before the wind turned. "
        "Nobody thought that the storm would last so long."
    )
    one = "They had no bread left, so we ate cold beans with our fingers until the ferry came back."
    other = "Many people from the islands came over at night and slept on the floor of a school."
    reworded = around.replace("boats", "ships").replace("storm", "gale")
    text = (
        f"{around} {one} {reworded}\n\nRead more on our other pages.\n\n"
        f"{around} {other} {reworded}\n"
    )
    result = clean(text, Settings(similarity=similarity, facts=False))
    assert one in result.text
    assert other in result.text


@given(texts, all_settings)
@example(
    "bal.bal bal bal.b\nAn advertisement for soap.bal.bal bal bal.bal bal bal.bal\n\n"
    "bal.bal bal bal.An advertisement for soap.bal bal bal.bal bal bal.bal bal",
    Settings(1, 4, facts=False),
)
def test_at_similarity_1_every_word_that_goes_is_said(text: str, settings: Settings) -> None:
    """The kept copy may say more in between, as where an advertisement stands in it."""
    result = clean(text, replace(settings, similarity=1))
    for cut in result.cuts:
        assert not any(difference.removed for difference in cut.differs)


@given(texts, all_settings)
def test_no_number_goes_that_is_said_nowhere_else(text: str, settings: Settings) -> None:
    result = clean(text, replace(settings, facts=True))
    numbers = {word for word in folded(text) if word.isdigit()}
    assert numbers <= set(folded(result.text))


@given(texts, all_settings)
def test_what_is_kept_for_one_never_goes_for_another(text: str, settings: Settings) -> None:
    result = clean(text, settings)
    for cut in result.cuts:
        assert folded(standing(result, cut.kept.span))
        removed = range(cut.removed.start, cut.removed.end)
        assert cut.kept.start not in removed
        assert cut.kept.end - 1 not in removed


@given(texts, all_settings)
def test_what_is_spared_stays(text: str, settings: Settings) -> None:
    result = clean(text, settings)
    for spared in result.spared:
        assert spared.reason in ("facts", "structure", "accepted", "budget")
        assert settings.facts or spared.reason != "facts"
        assert standing(result, spared.removed) == spared.removed.of(text)


@given(st.text(st.sampled_from("ab. \n"), max_size=60), all_settings)
def test_a_text_shorter_than_the_least_repeat_stays(text: str, settings: Settings) -> None:
    if len(folded(text)) < settings.min_words:
        assert clean(text, settings).cuts == ()


# --- the same answer ------------------------------------------------------------------------------


@given(texts, all_settings)
@example("", Settings())
def test_cleaning_twice_is_cleaning_once(text: str, settings: Settings) -> None:
    once = clean(text, settings)
    twice = clean(once.text, settings)
    assert twice.cuts == ()
    assert twice.text == once.text


@given(texts, all_settings)
def test_the_same_text_has_the_same_answer(text: str, settings: Settings) -> None:
    assert clean(text, settings) == clean(text, settings)
    documents = [Document("a", text), Document("b", text[::2])]
    assert find_repeats(documents, settings) == find_repeats(documents, settings)


@given(texts, all_settings)
def test_no_text_before_it_changes_the_answer(text: str, settings: Settings) -> None:
    """Tables are cached by the scripts seen; nothing else may be remembered."""
    before = clean(text, settings)
    clean("Ω" + text + "\U00020000 ꙮ", settings)
    assert clean(text, settings) == before


UNRELATED = (
    "Zorvikk blennu harrosk toskelim vreddo. Quemblit dorratz fennowik yssikar prolmet hunvi! "
    "Klassivo trendum ostravik pellunda grimvost sylleran mokkavit drannul festirov?"
)


LETTERS = (
    "from Brekke’s boats and the letters of several of his old friends.\n"
    "“This winter has been extremely hard f"
)
QUAY = "boats lie on the quay in the rain and nobody has paid since the harbour master left"


@given(texts, all_settings)
@example(f"logs), {LETTERS} I-9 {LETTERS} \n", Settings(keep="last"))
@example(f"Old {QUAY} {QUAY}. New {QUAY}. ", Settings(0.5, 15, "last", facts=False))
@example(f"Old {QUAY}. Nobody paid. New {QUAY}. ", Settings(0.5, 15, "last", facts=False))
@example("ab cd ef gh ij kl mn op qr st " * 12, Settings())
def test_unrelated_text_appended_removes_nothing_more(text: str, settings: Settings) -> None:
    alone = clean(text, settings)
    longer = clean(f"{text}\n\n{UNRELATED}", settings)
    assert folded(longer.text) == folded(alone.text) + folded(UNRELATED)
    assert longer.text.endswith(UNRELATED)


@given(texts, all_settings)
@example(
    " ".join(map(call, range(100))) + " and again " + " ".join(map(call, range(100))), Settings()
)
def test_unrelated_text_in_front_removes_nothing_more(text: str, settings: Settings) -> None:
    alone = clean(text, settings)
    longer = clean(f"{UNRELATED}\n\n{text}", settings)
    assert folded(longer.text) == folded(UNRELATED) + folded(alone.text)
    assert longer.text.startswith(UNRELATED)


@pytest.mark.parametrize("name", ["articles.jsonl.gz", "removals.jsonl.gz", "refrains.jsonl.gz"])
def test_real_documents_are_cleaned_for_good(data: Path, name: str) -> None:
    for record in read_jsonl(data / name, 15):
        text = record["text"]
        result = clean(text)
        assert clean(result.text).cuts == ()
        assert restore(result.data, result.as_json()) == text.encode()
        longer = clean(f"{text}\n\n{UNRELATED}")
        assert folded(longer.text) == folded(result.text) + folded(UNRELATED)


def can_encode(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-32-be", "windows-1251", "cp932"])
@given(text=texts, settings=all_settings)
@hypothesis.settings(max_examples=max(40, hypothesis.settings().max_examples // 2))
def test_text_and_its_bytes_have_the_same_answer(
    encoding: str, text: str, settings: Settings
) -> None:
    text = "".join(char for char in text if can_encode(char, encoding)).lstrip("\ufeff")
    hypothesis.assume(can_encode(text, encoding))
    result = clean(text.encode(encoding), replace(settings, encoding=encoding))
    wanted = clean(text, settings)
    assert (result.text, result.cuts, result.spared) == (wanted.text, wanted.cuts, wanted.spared)
    assert result.data == wanted.text.encode(encoding)
    assert restore(result.data, result.as_json()) == text.encode(encoding)
    assert clean(result.data, result.settings).data == result.data


def test_the_answer_does_not_depend_on_the_process() -> None:
    program = (
        "import hashlib, pathlib, sys\n"
        "from dedupe_text import clean\n"
        "for path in sorted(pathlib.Path('fixtures').glob('*/input.txt')):\n"
        "    result = clean(path.read_bytes())\n"
        "    print(path, hashlib.sha256(result.as_json().encode()).hexdigest())\n"
    )
    answers = set()
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, cwd=ROOT, env=environment
        )
        assert done.returncode == 0, done.stderr
        answers.add(done.stdout)
    assert len(answers) == 1
    assert len(answers.pop().splitlines()) > 30


# --- repeats --------------------------------------------------------------------------------------


several_texts = st.lists(texts, max_size=3)


def find_in(several: list[str], settings: Settings) -> list[Repeat]:
    return find_repeats([Document(str(at), text) for at, text in enumerate(several)], settings)


@given(several_texts, all_settings)
@example([], Settings())
@example([""], Settings())
def test_a_repeat_is_of_places_in_the_documents(several: list[str], settings: Settings) -> None:
    for repeat in find_in(several, settings):
        assert repeat.again
        for place in (repeat.kept, *(again.location for again in repeat.again)):
            assert 0 <= place.start < place.end <= len(several[int(place.document)])
            assert folded(place.span.of(several[int(place.document)]))


@given(several_texts, all_settings)
def test_both_sides_of_a_repeat_have_words_in_common(
    several: list[str], settings: Settings
) -> None:
    for repeat in find_in(several, settings):
        kept = folded(repeat.kept.span.of(several[int(repeat.kept.document)]))
        for again in repeat.again:
            place = again.location
            said = folded(place.span.of(several[int(place.document)]))
            assert again.kept == repeat.kept
            assert 0 < again.similarity <= 1
            assert 4 * count_aligned(said, kept) >= settings.min_words / 2


@given(texts, all_settings)
def test_no_place_is_told_twice_for_one_repeat(text: str, settings: Settings) -> None:
    for repeat in find_in([text], settings):
        places = [again.location for again in repeat.again]
        assert len(set(places)) == len(places)


@given(texts, all_settings)
@example("rain fell on the quay. Boats are in rain fell on the quay. Boats ", Settings(0.6, 8))
def test_the_sides_of_a_repeat_do_not_overlap(text: str, settings: Settings) -> None:
    for repeat in find_in([text], settings):
        for again in repeat.again:
            one, other = sorted([repeat.kept, again.location])
            assert one.end <= other.start


@given(texts, all_settings)
@example(
    "the the. the the. Nairn the the the. the the.\x00Nairn the the the. ",
    Settings(0.5, 4, "first", False),
)
def test_what_has_no_repeats_is_not_cut(text: str, settings: Settings) -> None:
    if not find_repeats([Document("a", text)], settings):
        assert clean(text, settings).cuts == ()
