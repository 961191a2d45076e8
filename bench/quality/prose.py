"""An article's paragraphs and sentences, and the words of all articles to draw others from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bench.quality.run import read_documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from random import Random

WORD_RE = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
LOWER_RE = re.compile(r"(?<![\w'’-])[^\W\d_]+(?![\w'’-])")
_STOP_RE = re.compile(r"([.!?…]+)[\"'”’»)\]]*(?=\s|$)")
_BEFORE_RE = re.compile(r"(?:^|[\s(\"“‘'])([^\s(\"“‘']*)$")
_LONG_WORD = 6
"""A shorter capitalised word before a full stop may be an abbreviation: Prof., Sept., Corp."""
_OPENING = "\"'“‘(["


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph or a sentence: where it is, its words, and its paragraph's number."""

    start: int
    end: int
    words: int
    paragraph: int


def separator_of(text: str) -> str:
    r"""What stands between the paragraphs of a text: a blank line, or one line end.

    >>> separator_of("One.\n\nTwo.\nStill two."), separator_of("One.\nTwo.")
    ('\n\n', '\n')
    """
    return "\n\n" if re.search(r"\n[^\S\n]*\n", text) else "\n"


@lru_cache(maxsize=2)
def paragraphs(text: str) -> tuple[Unit, ...]:
    r"""The paragraphs, without the white space around them.

    >>> [text[u.start:u.end] for text in [" One.\n\nTwo.\n"] for u in paragraphs(text)]
    ['One.', 'Two.']
    """
    between = r"\n\s*\n" if separator_of(text) == "\n\n" else r"\n"
    edges = [0, *(edge for m in re.finditer(between, text) for edge in m.span()), len(text)]
    units: list[Unit] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        inside = text[start:end]
        if inside.strip():
            start += len(inside) - len(inside.lstrip())
            end -= len(inside) - len(inside.rstrip())
            units.append(Unit(start, end, len(inside.split()), len(units)))
    return tuple(units)


@lru_cache(maxsize=2)
def sentences(text: str) -> tuple[Unit, ...]:
    """The sentences of each paragraph; where an edge is doubtful there is none.

    >>> text = "Mr. Fox ran. He hid. “Why?” It was 5.30 p.m. by then."
    >>> [text[unit.start:unit.end] for unit in sentences(text)]
    ['Mr. Fox ran.', 'He hid.', '“Why?”', 'It was 5.30 p.m. by then.']
    """
    units: list[Unit] = []
    for whole in paragraphs(text):
        start = whole.start
        for stop in _STOP_RE.finditer(text, whole.start, whole.end):
            end = stop.end()
            if end == whole.end or _is_edge(text, start, stop):
                units.append(Unit(start, end, len(text[start:end].split()), whole.paragraph))
                start = end + len(text[end : whole.end]) - len(text[end : whole.end].lstrip())
        if start < whole.end:
            size = len(text[start : whole.end].split())
            units.append(Unit(start, whole.end, size, whole.paragraph))
    return tuple(units)


def ends_plainly(text: str) -> bool:
    """Whether the text ends as a sentence does.

    >>> ends_plainly("He said so.”"), ends_plainly("A heading")
    (True, False)
    """
    return any(stop.end() == len(text) for stop in _STOP_RE.finditer(text))


def _is_edge(text: str, start: int, stop: re.Match[str]) -> bool:
    following = text[stop.end() :].lstrip()[:2].lstrip(_OPENING)[:1]
    if not (following.isupper() or following.isdigit()):
        return False
    if stop[1] != ".":
        return True
    before = _BEFORE_RE.search(text[start : stop.start()])
    word = before[1].strip(",;") if before else ""
    if word.isdigit():
        return True
    return word.isalpha() and (len(word) >= _LONG_WORD or (word.islower() and len(word) > 2))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of many articles, by article: lower-case ones, and names."""

    lower: dict[str, list[str]]
    names: dict[str, list[str]]
    ever_lower: frozenset[str]

    @staticmethod
    def of(articles: Iterable[tuple[str, str]]) -> Vocabulary:
        """The vocabulary of articles, given as id and text.

        >>> known = Vocabulary.of([("a", "Then Ann saw a dog.")])
        >>> known.lower, known.names
        ({'a': ['saw', 'a', 'dog']}, {'a': ['Ann']})
        """
        articles = [*articles]
        lower: dict[str, list[str]] = {}
        names: dict[str, list[str]] = {}
        for id_, text in articles:
            lower[id_] = [word for word in LOWER_RE.findall(text) if word.islower()]
            names[id_] = [word for word, starts in capitalised(text) if not starts]
        words = (word for _, text in articles for word in WORD_RE.findall(text))
        return Vocabulary(lower, names, frozenset(word for word in words if word.islower()))

    def draw(self, rng: Random, words: dict[str, list[str]], besides: str) -> str:
        """A word of another article."""
        ids = [*words]
        while (id_ := rng.choice(ids)) == besides or not words[id_]:
            pass
        return rng.choice(words[id_])


def capitalised(text: str) -> list[tuple[str, bool]]:
    """The capitalised words but "I", and whether each may start a sentence."""
    return [
        (word[0], starts_sentence(text, word.start()))
        for word in WORD_RE.finditer(text)
        if is_capitalised(word[0])
    ]


def is_capitalised(word: str) -> bool:
    """Whether it begins with a capital and is not "I", "I’m" and the like."""
    return word[0].isupper() and re.split("['’]", word)[0] != "I"


def starts_sentence(text: str, start: int) -> bool:
    """Whether what stands before may be the end of a sentence, an opening quote or nothing."""
    before = text[max(0, start - 9) : start].rstrip(" \u00a0")
    return not before or before[-1] in "\n.!?…:\"'“‘([—–•*|"


@lru_cache(maxsize=1)
def vocabulary(folder: Path) -> Vocabulary:
    """The vocabulary of all articles of the data; read once in a process."""
    return Vocabulary.of((a["id"], a["text"]) for a in read_documents(folder, "articles"))


def words_of(units: Sequence[Unit]) -> int:
    """How many words they have together."""
    return sum(unit.words for unit in units)
