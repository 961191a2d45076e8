r"""A unified diff, built from the cuts: they are known, so nothing has to be compared.

`patch` and `git apply` end a line at ``\n`` alone: here, too, ``\r`` is a character like others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from dedupe_text.model import Span
from dedupe_text.report.places import find_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dedupe_text.result import Result

_CONTEXT = 3
_LINE_RE = re.compile(r"[^\n]*\n|[^\n]+")
_NO_NEWLINE = "\n\\ No newline at end of file\n"
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f"}
_ESCAPES |= {"\r": "\\r", '"': '\\"', "\\": "\\\\"}


def as_diff(results: Sequence[Result]) -> str:
    """A unified diff of the original and the cleaned texts, with three lines of context.

    ``patch -p1`` and ``git apply`` cut what was cut, with ``-R`` they put it back. Documents
    without cuts do not appear.
    """
    return "".join(
        diff_text(result.id, result.original.text, _removed(result)) for result in results
    )


def as_diff_bytes(results: Sequence[Result]) -> bytes:
    """The same diff in the bytes of the documents, to which `patch` compares them.

    Each document is in its own encoding, stray bytes and the byte order mark included. UTF-16
    and UTF-32, to which no `patch` applies, are written as UTF-8.
    """
    return b"".join(map(_diff_bytes, results))


def _diff_bytes(result: Result) -> bytes:
    original = result.original
    if original.encoding.startswith(("utf-16", "utf-32")):
        return as_diff([result]).encode("utf-8", "surrogatepass")
    # As Latin-1 every byte is a character, whatever the encoding makes of it.
    spans = find_bytes(original, _removed(result))
    return diff_text(result.id, original.data.decode("latin-1"), spans).encode("latin-1")


def _removed(result: Result) -> list[Span]:
    return [cut.removed for cut in result.cuts]


def diff_text(name: str, text: str, cuts: Sequence[Span]) -> str:
    r"""A unified diff of `text` and what remains without `cuts` (in order, none overlapping).

    >>> print(diff_text("tune.txt", "la\nla\nend\n", [Span(3, 6)]), end="")
    --- a/tune.txt
    +++ b/tune.txt
    @@ -1,3 +1,2 @@
     la
    -la
     end
    """
    if not cuts:
        return ""
    lines = _LINE_RE.findall(text)
    hunks = _hunks(_changes(text, lines, cuts))
    shift = 0
    out = [f"--- {_name('a', name)}\n+++ {_name('b', name)}\n"]
    for hunk in hunks:
        out += _render(lines, hunk, shift)
        shift += sum(change.growth for change in hunk)
    return "".join(out)


@dataclass(frozen=True, slots=True)
class _Change:
    """The lines ``first:end`` (from 0, half open) of the original become the lines of `new`."""

    first: int
    end: int
    new: tuple[str, ...]

    @property
    def growth(self) -> int:
        """By how many lines the text grows: cuts make that zero or less."""
        return len(self.new) - (self.end - self.first)


def _changes(text: str, lines: list[str], cuts: Sequence[Span]) -> list[_Change]:
    """What the cuts do to whole lines: each begins in one line, and joins it to that of its end."""
    starts = list(accumulate(map(len, lines), initial=0))
    blocks: list[tuple[int, int, list[Span]]] = []
    for cut in cuts:
        first = bisect_right(starts, cut.start) - 1
        end = min(bisect_right(starts, cut.end), len(lines))
        inside: list[Span] = []
        if blocks and first < blocks[-1][1]:
            first, _, inside = blocks.pop()
        inside.append(cut)
        blocks.append((first, end, inside))
    return [
        _trim(lines, _Change(first, end, _remains(text, Span(starts[first], starts[end]), inside)))
        for first, end, inside in blocks
    ]


def _remains(text: str, block: Span, cuts: list[Span]) -> tuple[str, ...]:
    """The lines that are left of a block of whole lines."""
    begins = [block.start, *(cut.end for cut in cuts)]
    ends = [*(cut.start for cut in cuts), block.end]
    rest = "".join(text[begin:end] for begin, end in zip(begins, ends, strict=True))
    return tuple(_LINE_RE.findall(rest))


def _trim(lines: list[str], change: _Change) -> _Change:
    """The change without the lines at its ends that stay as they were."""
    first, end, new = change.first, change.end, change.new
    most = min(end - first, len(new))
    head = next((i for i in range(most) if lines[first + i] != new[i]), most)
    most -= head
    tail = next((i for i in range(most) if lines[end - 1 - i] != new[-1 - i]), most)
    return _Change(first + head, end - tail, new[head : len(new) - tail])


def _hunks(changes: list[_Change]) -> list[list[_Change]]:
    """Changes whose context would overlap or touch share a hunk."""
    hunks = [changes[:1]]
    for change in changes[1:]:
        if change.first - hunks[-1][-1].end <= 2 * _CONTEXT:
            hunks[-1].append(change)
        else:
            hunks.append([change])
    return hunks


def _render(lines: list[str], hunk: list[_Change], shift: int) -> Iterator[str]:
    """The lines of a hunk; `shift` is by how many lines those before it moved the text."""
    start = max(0, hunk[0].first - _CONTEXT)
    stop = min(len(lines), hunk[-1].end + _CONTEXT)
    old = _range(start, stop - start)
    new = _range(start + shift, stop - start + sum(change.growth for change in hunk))
    yield f"@@ -{old} +{new} @@\n"
    at = start
    for change in hunk:
        yield from _marked(" ", lines[at : change.first])
        yield from _marked("-", lines[change.first : change.end])
        yield from _marked("+", change.new)
        at = change.end
    yield from _marked(" ", lines[at:stop])


def _range(start: int, count: int) -> str:
    """Lines of a hunk's head: from 1; none are written as after the line before them."""
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line + ("" if line.endswith("\n") else _NO_NEWLINE)


def _name(side: str, name: str) -> str:
    r"""A path as git writes it: quoted when it holds more than printable ASCII.

    An absolute path becomes a relative one, for `patch` and `git apply` take no other.

    >>> print(_name("a", "/tmp/été.txt"))
    "a/tmp/\303\251t\303\251.txt"
    """
    path = f"{side}/{re.sub(r'^(?:/|[.]/)+', '', name)}"
    quoted = "".join(map(_escape, path))
    if quoted != path:
        return f'"{quoted}"'
    # Without a tab after it, a name would end at its first space.
    return f"{path}\t" if " " in path else path


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if " " <= char <= "~":
        return char
    # A file name that is not UTF-8 reaches Python with its bytes as low surrogates.
    stray = "\udc80" <= char <= "\udcff"
    data = char.encode("utf-8", "surrogateescape" if stray else "surrogatepass")
    return "".join(f"\\{byte:03o}" for byte in data)
