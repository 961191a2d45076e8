"""The way of the bytes alone: decoded, cut at any places, restored. It is the cheapest."""

from __future__ import annotations

from dedupe_text import InputError, Location, Settings, Span, restore
from dedupe_text.model import Cut
from dedupe_text.result import Result
from dedupe_text.textio import decode
from fuzz.text import ENCODINGS, TEXT

SEEDS = [
    bytes((number, 40, 80, 90, 200))
    + TEXT.encode("utf-8" if name == "auto" else name, "ignore")
    + b"\x80\xff\0"
    for number, name in enumerate(ENCODINGS[2:], 2)
]
_WHOLE = Location("x", 0, 0)


def check(data: bytes) -> None:
    """Whatever the bytes and wherever they are cut, they come back, and only the cuts are missing.

    The first byte is for the encoding, the next four say where two cuts begin and end.
    """
    which, body = data[:1] or b"\0", data[5:]
    try:
        decoded = decode(body, ENCODINGS[which[0] % len(ENCODINGS)])
    except InputError:
        return
    assert decoded.data == body
    assert decode(body, decoded.encoding) == decoded
    if not decoded.sliceable:
        return
    edges = sorted(len(decoded.text) * at // 255 for at in data[1:5])
    spans = [Span(*pair) for pair in zip(edges[::2], edges[1::2]) if pair[0] < pair[1]]
    cuts = tuple(Cut(span, _WHOLE, 1.0, "exact", 1) for span in spans)
    result = Result("x", decoded, cuts, (), Settings())
    assert restore(result.data, result.as_json()) == body
    assert len(result.text) == len(decoded.text) - sum(span.length for span in spans)
