"""The fast path beside a slow oracle: all pairs of sentences, no hashes, no MinHash, no buckets.

What the oracle calls a verbatim repeat must be found; where it sees nothing alike, nothing may be.
"""

import random
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

import pytest
from conftest import CASES, read_jsonl

from dedupe_text import Document, Location, Repeat, Settings, find_repeats
from dedupe_text.passages import split_passages
from dedupe_text.words import Flag, fold, split_words

LEAST = 40
"""Words of a repeat that is certain; a word is an ideograph twice, or four Thai letters."""


class Sentence:
    """A sentence as a reader sees it."""

    def __init__(self, document: str, start: int, end: int, words: list[str], weight: float):
        self.document = document
        self.start, self.end = start, end
        self.words = words
        self.weight = weight

    def is_in(self, place: Location) -> bool:
        return (
            place.document == self.document and place.start <= self.start and self.end <= place.end
        )


def read_sentences(document: str, text: str) -> list[Sentence]:
    words = split_words(text)
    passages = split_passages(words)
    folded = [fold(text[a:b]) for a, b in zip(words.start, words.end, strict=True)]
    sentences = []
    for first, last in zip(passages.first_word, passages.last_word, strict=True):
        flags = words.flags[first:last]
        weight = sum(0.25 if f & Flag.PHRASED else 0.5 if f & Flag.ALONE else 1 for f in flags)
        start, end = int(words.start[first]), int(words.end[last - 1])
        sentences.append(Sentence(document, start, end, folded[first:last], weight))
    return sentences


def find_verbatim(sentences: list[Sentence]) -> Iterator[list[Sentence]]:
    """Runs of sentences of at least `LEAST` words that stand, word by word, further up too."""
    for shift in range(1, len(sentences)):
        run: list[Sentence] = []
        for before, here in zip_longest(sentences, sentences[shift:]):
            if here and before.words == here.words and len(run) < shift:
                run.append(here)
                continue
            if sum(sentence.weight for sentence in run) >= LEAST:
                yield run
            run = []


def weigh_alike(sentences: list[Sentence]) -> float:
    """The words of sentences of which two in five or more stand in another one, in runs."""
    total = 0.0
    for number, here in enumerate(sentences):
        others = sentences[:number] + sentences[number + 1 :]
        if any(is_alike(here.words, other.words) for other in others):
            total += here.weight
    return total


def is_alike(one: list[str], other: list[str]) -> bool:
    if 5 * sum(word in set(other) for word in one) < 2 * len(one):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    blocks = [block.size for block in matcher.get_matching_blocks() if block.size > 1]
    return 5 * sum(blocks) >= 2 * len(one)


def check_all_are_found(sentences: list[Sentence], repeats: list[Repeat]) -> int:
    """How many verbatim repeats the oracle sees, each of which is among `repeats`."""
    places = [again.location for repeat in repeats for again in repeat.again]
    runs = list(find_verbatim(sentences))
    for run in runs:
        for sentence in run:
            assert any(sentence.is_in(place) for place in places), sentence.words
    return len(runs)


# --- the oracle itself ----------------------------------------------------------------------------


def test_the_oracle_sees_a_copy_and_nothing_else() -> None:
    words = [f"{a}{b}" for a in "bdfgklmnp" for b in "aeiou"]
    section = " ".join(words).capitalize() + "."
    sentences = read_sentences("a", f"{section} Between them. {section} The end.")
    (run,) = find_verbatim(sentences)
    assert [sentence.words for sentence in run] == [words]
    assert list(find_verbatim(read_sentences("a", f"{section} The end."))) == []
    assert weigh_alike(sentences) == 2 * len(words)
    assert weigh_alike(sentences[:2]) == 0


# --- golden cases ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_every_verbatim_repeat_of_a_case_is_found(name: str) -> None:
    case = CASES[name]
    sentences = read_sentences(name, case.text)
    found = check_all_are_found(sentences, find_repeats([Document(name, case.text)]))
    verbatim = case.cuts and name not in ("edited-section", "keep-fullest")
    assert found >= bool(verbatim)


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_found_in_a_case_where_nothing_is_alike(name: str) -> None:
    case = CASES[name]
    repeats = find_repeats([Document(name, case.text)])
    if weigh_alike(read_sentences(name, case.text)) < Settings().min_words / 2:
        assert repeats == []
    if name == "unique":
        assert repeats == []


def test_the_oracle_tells_what_is_alike_from_what_is_not() -> None:
    alike = {name: weigh_alike(read_sentences(name, CASES[name].text)) for name in CASES}
    assert alike["unique"] < Settings().min_words / 2
    assert all(alike[name] >= 2 * Settings().min_words for name, case in CASES.items() if case.cuts)


# --- generated documents --------------------------------------------------------------------------


SYLLABLES = [first + last for first in "bdfgklmnprstvz" for last in "aeiou"]
COMMON = SYLLABLES[::2]
RARE = [one + other for one in SYLLABLES for other in SYLLABLES]


def write_sentence(words: random.Random, least: int = 6, most: int = 25) -> str:
    """A sentence of common and rare words, as in a language."""
    spelled = [
        words.choice(COMMON) if words.random() < 0.3 else words.choice(RARE)
        for _ in range(words.randint(least, most))
    ]
    return " ".join(spelled).capitalize() + words.choice(".!?.")


def write_article(words: random.Random, sentences: int) -> list[str]:
    return [write_sentence(words) for _ in range(sentences)]


def lay_out(words: random.Random, sentences: list[str], how: str) -> str:
    if how == "glued":
        return " ".join(sentences)
    if how == "wrapped":
        lines, line = [], ""
        for word in " ".join(sentences).split():
            if len(line) + len(word) > 70:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        return "\n".join([*lines, line])
    if how == "apart":
        return "\n\n".join(sentences)
    parts, rest = [], sentences
    while rest:
        size = words.randint(1, 4)
        parts.append(" ".join(rest[:size]))
        rest = rest[size:]
    return "\r\n".join(parts)


@pytest.mark.parametrize("layout", ["glued", "wrapped", "apart", "paragraphs"])
@pytest.mark.parametrize("seed", range(8))
def test_a_planted_copy_is_found_however_it_is_laid_out(seed: int, layout: str) -> None:
    words = random.Random(f"{seed} {layout}")
    article = write_article(words, words.randint(12, 40))
    first = words.randrange(len(article) - 6)
    copy = article[first : first + words.randint(4, 6)]
    place = words.randint(first + len(copy), len(article))
    head, tail = article[:place], article[place:]
    text = "\n\n".join(
        part
        for part in (
            lay_out(words, head, "paragraphs"),
            lay_out(words, copy, layout),
            lay_out(words, tail, "glued"),
        )
        if part
    )
    sentences = read_sentences("a", text)
    repeats = find_repeats([Document("a", text)])
    assert check_all_are_found(sentences, repeats) >= 1
    assert len(repeats) == 1
    assert repeats[0].again[0].location.document == "a"


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_found_where_nothing_was_planted(seed: int) -> None:
    words = random.Random(f"plain {seed}")
    text = lay_out(words, write_article(words, 60), "paragraphs")
    assert list(find_verbatim(read_sentences("a", text))) == []
    assert weigh_alike(read_sentences("a", text)) < 15
    assert find_repeats([Document("a", text)]) == []


@pytest.mark.parametrize("seed", range(4))
def test_copies_in_several_documents_are_found(seed: int) -> None:
    words = random.Random(f"several {seed}")
    shared = write_article(words, 6)
    texts = {
        name: lay_out(words, write_article(words, 8) + shared + write_article(words, 8), how)
        for name, how in (("a", "glued"), ("b", "wrapped"), ("c", "paragraphs"))
    }
    repeats = find_repeats([Document(name, text) for name, text in texts.items()])
    places = [again.location for repeat in repeats for again in repeat.again]
    for name in "bc":
        said = [s for s in read_sentences(name, texts[name]) if s.words in spell(shared)]
        assert len(said) == len(shared)
        for sentence in said:
            assert any(sentence.is_in(place) for place in places)
    assert {repeat.kept.document for repeat in repeats} == {"a"}


def spell(sentences: list[str]) -> list[list[str]]:
    return [[fold(word.strip(".!?")) for word in sentence.split()] for sentence in sentences]


def test_documents_that_each_say_things_twice_and_share_them_are_found() -> None:
    words = random.Random("twice and shared")
    section = write_article(words, 5)
    text = lay_out(words, [*section, *write_article(words, 2), *section], "glued")
    repeats = find_repeats([Document("a", text), Document("b", text)])
    places = [again.location for repeat in repeats for again in repeat.again]
    for sentence in read_sentences("b", text):
        assert any(sentence.is_in(place) for place in places)
    for place in places:
        assert 0 <= place.start < place.end <= len(text)


# --- real articles --------------------------------------------------------------------------------


def test_real_articles_agree_with_the_oracle(data: Path) -> None:
    plain = 0
    for record in read_jsonl(data / "articles.jsonl.gz", 80):
        text = record["text"]
        if len(text) > 8000:
            continue
        sentences = read_sentences(record["id"], text)
        repeats = find_repeats([Document(record["id"], text)])
        check_all_are_found(sentences, repeats)
        if weigh_alike(sentences) < Settings().min_words / 2:
            plain += 1
            assert repeats == []
    assert plain >= 20


def test_planted_copies_in_real_articles_are_found(data: Path) -> None:
    found = 0
    for record in read_jsonl(data / "articles.jsonl.gz", 40):
        text = record["text"]
        sentences = read_sentences("a", text)
        if not 20 <= len(sentences) <= 150:
            continue
        half = sentences[len(sentences) // 2].start
        longer = f"{text}\n\nMore on this page.\n\n{text[half:]}"
        repeats = find_repeats([Document("a", longer)])
        found += check_all_are_found(read_sentences("a", longer), repeats)
    assert found >= 10
