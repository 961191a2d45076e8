"""Documents: bytes in any encoding, and any Unicode; of each input many are made.

They are cleaned side by side, as small files are, which costs a fifth of what they cost one by one.
Which are made follows from the input alone.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from zlib import crc32

from dedupe_text import Document, Settings, clean, restore
from dedupe_text.dedupe import clean_batch
from dedupe_text.errors import attempt
from dedupe_text.report.json import as_json
from dedupe_text.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ENCODINGS = ["auto", "utf-8", "utf-8", "utf-16", "utf-32", "cp1252", "cp1251", "koi8-r"]
ENCODINGS += ["gb18030", "shift_jis", "euc_jp", "big5hkscs", "euc_kr", "iso2022_jp", "utf-7", "hz"]
KEEP = ("first", "last", "fullest")
SIMILARITY = (0.5, 0.8, 1)
POINTS = 0x110000
TEXT = (
    "The ferry left at 7, said Nairn. “No boat lies on the quay in the rain!” the mayor said.\r\n"
    "* Read on.\n\n```\nx = [1]\n```\n| a | b |\n|---|---|\n東京都の天気は晴れ。Мост за рекой.\n\n"
)
LONGEST = 256
"""Bytes of an input: in short ones more is tried in the same time."""
MADE = 64
"""Documents that are made of an input."""
SAID_AGAIN = 8
"""Of so many, one says a part of the input again: most of those have cuts, and cost as much as
twenty that have none."""
TOGETHER = 4
"""Documents in a report."""
STEP = 12
"""Units of UTF-16, of UTF-32 and of `_any_unicode` all end there."""

counts: Counter[str] = Counter()
"""What was looked at since the program began."""


def _seed(encoding: str, how: int = 0) -> bytes:
    codec = "utf-8" if encoding == "auto" else encoding
    return bytes((ENCODINGS.index(encoding), how)) + TEXT.encode(codec, "ignore")[:LONGEST]


SEEDS = [_seed(encoding) for encoding in ENCODINGS[2:]]
SEEDS += [_seed("auto", how) for how in range(1, 256, 7)]
SEEDS += [b"\0\0" + mark + b"One two.\xff\xfe\0\n" for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"")]


def check(data: bytes) -> None:
    """What was cut comes back to the byte, what is left is a text in which nothing is cut.

    And beside others a document is cleaned as it is alone. The first two bytes say how the others
    are read.
    """
    if len(data) < 2:
        return
    which, how, body = data[0], data[1], data[2:]
    settings = Settings(
        SIMILARITY[how // 8 % 4 % 3],
        4 + how // 4 % 2 * 8,
        KEEP[how % 4 % 3],
        facts=not how & 32,
        encoding=ENCODINGS[which % len(ENCODINGS)],
    )
    lots = random.Random(crc32(data))
    made = [body, *(_vary(body, lots, again=not n % SAID_AGAIN) for n in range(1, MADE))]
    texts = [_any_unicode(one) for one in made] if how & 128 else made
    given = [Document(f"{number}", text) for number, text in enumerate(texts)]
    answers = clean_batch(given, settings)
    one = lots.randrange(MADE)
    assert _told(answers[one]) == _told(attempt(given[one].id, clean, given[one], settings))
    results = [answer for answer in answers if isinstance(answer, Result)]
    cut = [result for result in results if result.cuts]
    counts.update(calls=1, documents=len(given), refused=len(given) - len(results), cut=len(cut))
    for result in results:
        text = given[int(result.id)].text
        assert text == (result.original.data if isinstance(text, bytes) else result.original.text)
    _bring_back(results)
    _clean_again(cut, replace(settings, encoding="auto"))


def _vary(data: bytes, lots: random.Random, *, again: bool) -> bytes:
    """The bytes with a part of them put elsewhere or, if it is said `again`, at their end."""
    places = len(data) // STEP + 1
    first, last, to = (lots.randrange(places) * STEP for _ in range(3))
    first, last = min(first, last), max(first, last)
    part = bytearray(data[first:last])
    for _ in range(lots.randrange(4)):
        at = lots.randrange(len(part) + 1)
        part[at : at + lots.randrange(3)] = lots.randbytes(lots.randrange(3))
    if again:
        return data + part
    rest = data[:first] + data[last:]
    return rest[:to] + part + rest[to:]


def _any_unicode(data: bytes) -> str:
    """ASCII as it is; a byte above it and the two that follow are any code point there is."""
    chars = []
    units = iter(data)
    for unit in units:
        if unit >= 0x80:
            unit = (unit << 16 | next(units, 0) << 8 | next(units, 0)) % POINTS
        chars.append(chr(unit))
    return "".join(chars)


def _told(answer: Result | Exception) -> Result | str:
    return answer if isinstance(answer, Result) else str(answer)


def _bring_back(results: Sequence[Result]) -> None:
    """From what is left of each and a report of several the original comes to the byte."""
    whole = [result for result in results if not result.cuts]
    reports = [whole[at : at + TOGETHER] for at in range(0, len(whole), TOGETHER)]
    reports += [[result] for result in results if result.cuts]
    for some in reports:
        report = as_json(some)
        for result in some:
            assert restore(result.data, report) == result.original.data


def _clean_again(results: Iterable[Result], settings: Settings) -> None:
    """Where nothing was cut the text is the same, and so would be the answer."""
    left = [Document(one.id, one.text) for one in results if one.original.sliceable]
    for again in clean_batch(left, settings):
        assert isinstance(again, Result)
        assert again.cuts == ()
