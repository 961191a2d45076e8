"""Documents: bytes in any encoding, and any Unicode."""

from __future__ import annotations

from dataclasses import replace

from dedupe_text import InputError, Settings, clean, restore

ENCODINGS = ["auto", "auto", "auto", "utf-8", "utf-16", "utf-32", "cp1252", "cp1251", "koi8-r"]
ENCODINGS += ["gb18030", "shift_jis", "euc_jp", "big5hkscs", "euc_kr", "iso2022_jp", "utf-7", "hz"]
KEEP = ("first", "last", "fullest")
SIMILARITY = (0.5, 0.8, 1)
POINTS = 0x110000
TEXT = (
    "The ferry left at 7, said Nairn. “No boat lies on the quay in the rain!” the mayor said.\r\n"
    "* Read on.\n\n```\nx = [1]\n```\n| a | b |\n|---|---|\n東京都の天気は晴れ。Мост за рекой.\n\n"
)


def _seed(encoding: str, how: int = 0) -> bytes:
    text = TEXT + TEXT.replace("Nairn", "Brekke").replace("quay", "pier")
    codec = "utf-8" if encoding == "auto" else encoding
    return bytes((ENCODINGS.index(encoding), how)) + text.encode(codec, "ignore")


SEEDS = [_seed(encoding) for encoding in ENCODINGS[2:]]
SEEDS += [_seed("auto", how) for how in range(1, 256, 7)]
SEEDS += [b"\0\0" + mark + b"One two.\xff\xfe\0\n" for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"")]


def check(data: bytes) -> None:
    """What was cut comes back to the byte, what is left is a text in which nothing is cut.

    The first two bytes say how the others are read.
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
    if how & 64:
        body += b"\n\n" + body
    given = _any_unicode(body) if how & 128 else body
    try:
        result = clean(given, settings)
    except InputError:
        return
    if isinstance(given, bytes):
        assert result.original.data == given
    assert restore(result.data, result.as_json()) == result.original.data
    if result.original.sliceable:
        assert clean(result.text, replace(settings, encoding="auto")).cuts == ()


def _any_unicode(data: bytes) -> str:
    """Of three bytes any code point there is, and none left out."""
    units = (data[at : at + 3] for at in range(0, len(data), 3))
    return "".join(chr(int.from_bytes(unit, "little") % POINTS) for unit in units)
