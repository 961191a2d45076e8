"""What becomes of a copied section's text: new typography, other line ends, edits, a template."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from random import Random

from bench.quality.prose import LOWER_RE, WORD_RE, Vocabulary, is_capitalised, starts_sentence

Variant = Callable[[str, Random], str]
"""From the text of a paragraph to the text of its copy."""

WIDTH = 72
EDITS = {"edited-5": 0.05, "edited-15": 0.15, "edited-30": 0.30}
"""The share of the lower-case words that are replaced, dropped or preceded by another."""
POSITIVE = ("verbatim", "typography", "rewrapped", *EDITS)
TEMPLATE = "template"

_STRAIGHTEN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "--"})
_NO_BREAK_SHARE = 0.05
_RETRIES = 50


def variant(name: str, article: str, text: str, vocabulary: Vocabulary) -> Variant:
    """The variant of that name, for paragraphs of an article (its id and its text)."""
    if name in EDITS:
        return lambda inside, rng: edit(inside, EDITS[name], rng, article, vocabulary)
    if name == TEMPLATE:
        return Template(article, text, vocabulary)
    return {"verbatim": _same, "typography": retype, "rewrapped": _rewrap}[name]


def _same(text: str, rng: Random) -> str:  # noqa: ARG001
    return text


def _rewrap(text: str, rng: Random) -> str:  # noqa: ARG001
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def retype(text: str, rng: Random) -> str:
    """The text with the other kind of quotes, dashes and dots, and some spaces made no-break.

    >>> retype("“So,” he said – and left… Then I.", Random(1))
    '"So," he said - and left... Then I.'
    >>> retype('"So," he said - and left... Then I.', Random(1))
    '“So,” he said – and left… Then I.'
    """
    if re.search("[“”‘’–—…]", text):
        text = text.translate(_STRAIGHTEN).replace("…", "...")
    else:
        text = re.sub(r'(?<![^\s(\[])"(?=\S)', "“", text).replace('"', "”")
        text = re.sub(r"(?<![^\s(\[])'(?=\S)", "‘", text).replace("'", "’")
        text = text.replace("...", "…").replace(" -- ", "—").replace(" - ", " – ")
    return re.sub(" ", lambda _: "\u00a0" if rng.random() < _NO_BREAK_SHARE else " ", text)


def edit(text: str, rate: float, rng: Random, article: str, vocabulary: Vocabulary) -> str:
    """The text with that share of its lower-case words replaced, dropped or preceded by another.

    The other words are drawn from the lower-case words of other articles.

    >>> known = Vocabulary.of([("a", "the old dog"), ("b", "so slow")])
    >>> edit("Ann saw the old dog by the sea.", 0.5, Random(1), "a", known)
    'Ann the so dog by so sea.'
    """
    words = [word for word in LOWER_RE.finditer(text) if word[0].islower()]
    count = rate * len(words)
    chosen = rng.sample(words, int(count) + (rng.random() < count % 1))
    pieces: list[str] = []
    at = 0
    for word in sorted(chosen, key=re.Match.start):
        pieces.append(text[at : word.start()])
        at = word.end()
        other = vocabulary.draw(rng, vocabulary.lower, article)
        how = rng.choice(("replace", "drop", "add"))
        if how == "drop" and text[at : at + 1] == " ":
            at += 1
        elif how == "drop":
            pieces[-1] = pieces[-1].rstrip(" ")
        else:
            pieces.append(other if how == "replace" else f"{other} {word[0]}")
    return "".join([*pieces, text[at:]])


class Template:
    """Says of others what a section says: every number and every name is another one.

    A name is a capitalised word inside a sentence, or one at its start that no article ever
    writes in lower case. One name is always replaced by the same other.

    >>> known = Vocabulary.of([("a", "And then Ann saw 10."), ("b", "It was Bob.")])
    >>> template = Template("a", "Then Ann saw 10.", known)
    >>> template("Then Ann saw 10.", Random(1)), template.facts
    ('Then Bob saw 87.', 2)
    """

    def __init__(self, article: str, text: str, vocabulary: Vocabulary) -> None:
        self.facts = 0
        self._article = article
        self._own = frozenset(word.casefold() for word in WORD_RE.findall(text))
        self._vocabulary = vocabulary
        self._others: dict[str, str] = {}

    def __call__(self, text: str, rng: Random) -> str:
        """The paragraph with other numbers and names; counts them in `facts`."""

        def other(found: re.Match[str]) -> str:
            word = found[0]
            if word.isdigit():
                self.facts += 1
                return other_number(word, rng)
            if not self._is_name(text, found):
                return word
            self.facts += 1
            if word.casefold() not in self._others:
                self._others[word.casefold()] = self._draw(rng)
            replaced = self._others[word.casefold()]
            return replaced.upper() if word.isupper() and len(word) > 1 else replaced

        return re.sub(rf"\d+|{WORD_RE.pattern}", other, text)

    def _is_name(self, text: str, found: re.Match[str]) -> bool:
        if not is_capitalised(found[0]):
            return False
        starts = starts_sentence(text, found.start())
        return not starts or found[0].lower() not in self._vocabulary.ever_lower

    def _draw(self, rng: Random) -> str:
        for _ in range(_RETRIES):
            name = self._vocabulary.draw(rng, self._vocabulary.names, self._article)
            if name.casefold() not in self._own:
                break
        return name


def other_number(digits: str, rng: Random) -> str:
    """A different number of as many digits, with no zero in front.

    >>> other_number("10", Random(1))
    '39'
    """
    while True:
        others = [str(rng.randint(1, 9)), *(str(rng.randint(0, 9)) for _ in digits[1:])]
        if (number := "".join(others)) != digits:
            return number
