"""Laws that need no right answer, on all real data at hand: ``python -m bench.laws [--every N]``.

A law takes a text and its result; it says whether it holds, or None where it says nothing: most
speak only of texts from which something is cut.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.text import of_data
from dedupe_text import Result, Settings, clean
from dedupe_text.fingerprint import folded
from dedupe_text.lcs import align_words
from dedupe_text.passages import split_passages
from dedupe_text.words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dedupe_text import Span

Law: TypeAlias = Callable[[str, Result], "bool | None"]
DEFAULT = Settings()

UNRELATED = (
    "Zorvikk blennu harrosk toskelim vreddo. Quemblit dorratz fennowik yssikar prolmet hunvi! "
    "Klassivo trendum ostravik pellunda grimvost sylleran mokkavit drannul festirov?"
)
_BLANK_RE = re.compile(r"\n\s*\n")
_STRUCTURE_RE = re.compile(r"^(?: {4}|\t|[|#<]|---|===|```|~~~)", re.MULTILINE)
"""Where a line begins so, its paragraph may mean something else at another place."""
PIPED = 25
"""Texts that go through a pipe, each a process of its own."""


def appended(text: str, result: Result) -> bool:
    """Unrelated text behind it removes nothing more."""
    longer = clean(f"{text}\n\n{UNRELATED}")
    return folded(longer.text) == folded(result.text) + folded(UNRELATED)


def put_in_front(text: str, result: Result) -> bool | None:
    """Unrelated text in front of it removes nothing more; front matter is one only in front."""
    if text.startswith("---"):
        return None
    longer = clean(f"{UNRELATED}\n\n{text}")
    return folded(longer.text) == folded(UNRELATED) + folded(result.text)


def twice(_: str, result: Result) -> bool:
    """Cleaning twice is cleaning once."""
    return clean(result.text).text == result.text


def witnessed(text: str, result: Result) -> bool | None:
    """Of every removed sentence a third or more stands in what stays for it; if exact, all of it.

    Together it is as much as the cut says.
    """
    for cut in result.cuts:
        removed, kept = folded(cut.removed.of(text)), folded(_standing(text, result, cut.kept.span))
        if _common(removed, kept) < round(cut.similarity * len(removed)):
            return False
        least = 1 if cut.kind == "exact" else 1 / 3
        for sentence in _sentences(cut.removed.of(text)):
            if _common(sentence, kept) < least * len(sentence):
                return False
    return True if result.cuts else None


def reordered(text: str, result: Result) -> bool | None:
    """Paragraphs of prose in another order leave the same sentences, however often each.

    Those that one finding covers stay together: apart they are shorter repeats, or none.
    """
    orders = _two_orders(text, result)
    left = [{*map(tuple, _sentences(clean(one).text))} for one in orders]
    return left[0] == left[1] if left else None


def still_witnessed(text: str, result: Result) -> bool | None:
    """Paragraphs of prose in another order: what goes then has its witness too."""
    mixed = _two_orders(text, result)[1:]
    return witnessed(mixed[0], clean(mixed[0])) if mixed else None


def still_said(text: str, result: Result) -> bool | None:
    """Paragraphs of prose in another order: no number is lost that is not lost by itself."""
    orders = _two_orders(text, result)
    left = [{word for word in folded(clean(one).text) if word.isdigit()} for one in orders]
    return left[0] == left[1] if left else None


LAWS: dict[str, Law] = {
    "unrelated text behind it removes nothing more": appended,
    "unrelated text in front of it removes nothing more": put_in_front,
    "cleaning twice is cleaning once": twice,
    "every removed sentence has its witness": witnessed,
    "paragraphs in another order: what goes has its witness": still_witnessed,
    "paragraphs in another order: the same numbers are left": still_said,
    "paragraphs in another order: the same sentences are left": reordered,
}


def _standing(text: str, result: Result, span: Span) -> str:
    """What the cuts leave of a span."""
    parts, at = [], span.start
    for cut in result.cuts:
        parts.append(text[at : max(at, min(cut.removed.start, span.end))])
        at = max(at, cut.removed.end)
    return " ".join([*parts, text[at : max(at, span.end)]])


def _sentences(text: str) -> list[list[str]]:
    words, said = split_words(text), folded(text)
    passages = split_passages(words)
    return [said[a:b] for a, b in zip(passages.first_word.tolist(), passages.last_word.tolist())]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    numbers = {word: number for number, word in enumerate({*one, *other})}
    return len(align_words([numbers[word] for word in one], [numbers[word] for word in other]))


def _two_orders(text: str, result: Result) -> list[str]:
    """The text as it is and with its paragraphs mixed; none if nothing goes, or it is no prose."""
    if not result.cuts or _STRUCTURE_RE.search(text):
        return []
    blocks = _blocks(text, result)
    mixed = random.Random(1).sample(blocks, len(blocks))
    return ["\n\n".join(some) for some in (blocks, mixed)] if len(blocks) > 2 else []


def _blocks(text: str, result: Result) -> list[str]:
    """Its paragraphs, those together that a copy or its witness covers."""
    spans = [
        span for one in (*result.cuts, *result.spared) for span in (one.removed, one.kept.span)
    ]
    blocks, at = [], 0
    gaps = [*_BLANK_RE.finditer(text)] or re.finditer("\n", text)
    for gap in gaps:
        if not any(span.start < gap.start() and gap.end() < span.end for span in spans):
            blocks.append(text[at : gap.start()])
            at = gap.end()
    return [block for block in [*blocks, text[at:]] if block.strip()]


# --- doors ----------------------------------------------------------------------------------------


def doors(texts: Sequence[str], piped: int = PIPED) -> Counter[str]:
    """How many texts come out of a door as they come out of the library."""
    wanted = [clean(text.encode()).data for text in texts]
    same: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        (folder / "in.jsonl").write_text(lines, "utf-8")
        (folder / "in").mkdir()
        for number, text in enumerate(texts):
            (folder / "in" / f"{number}.txt").write_bytes(text.encode())
        _run(folder, "in.jsonl", "-o", "out.jsonl")
        _run(folder, *(f"in/{number}.txt" for number in range(len(texts))), "-o", "out")
        out = (folder / "out.jsonl").read_text("utf-8").splitlines()
        for number, (line, one) in enumerate(zip(out, wanted, strict=True)):
            same["records"] += json.loads(line)["text"].encode() == one
            same["files"] += (folder / "out" / "in" / f"{number}.txt").read_bytes() == one
        for text, one in [*zip(texts, wanted)][:: max(1, len(texts) // piped)]:
            same["pipes"] += 1
            same["pipe"] += _run(folder, given=text.encode()) == one
    return same


def _run(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    command = [sys.executable, "-m", "dedupe_text", "--no-config", *arguments]
    return subprocess.run(command, cwd=folder, input=given, stdout=-1, check=True).stdout


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.laws", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="every so many texts [1]")
    options = parser.parse_args()
    texts = [*read()][:: options.every]
    for lines in (_table(texts), [""], _table_of_doors(texts)):
        print("\n".join(lines), flush=True)


def read() -> Iterator[str]:
    """All texts of the data but the documentation for measures of speed, each once."""
    return of_data("[!s]*")


def _table(texts: Sequence[str]) -> Iterator[str]:
    told: Counter[tuple[str, bool | None]] = Counter()
    for text in texts:
        result = clean(text)
        for name, law in LAWS.items():
            holds = law(text, result)
            told[name, holds] += 1
            if holds is False:
                print(f"not: {name}: {text[:60]!r}", file=sys.stderr)
    yield "| law | texts of which it speaks | exceptions |"
    yield "|---|--:|--:|"
    for name in LAWS:
        yield f"| {name} | {told[name, True] + told[name, False]:,} | {told[name, False]:,} |"


def _table_of_doors(texts: Sequence[str]) -> Iterator[str]:
    same = doors(texts)
    yield "| door | texts | the same as from the library |"
    yield "|---|--:|--:|"
    for door, count in (("records", len(texts)), ("files", len(texts)), ("pipe", same["pipes"])):
        yield f"| {door} | {count:,} | {same[door]:,} |"


if __name__ == "__main__":
    main()
