"""Bytes become text, and the text knows its way back: pure, and lossless to the byte.

A byte order mark and a cut-off last unit stay outside the text; bytes that mean nothing in an
encoding become lone surrogates (PEP 383). Cleaned bytes are slices of those that came, and a slice
is made only where it is proven which bytes a character takes.
"""

from __future__ import annotations

import codecs
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dedupe_text.errors import InputError, SelfCheckError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.model import Span

# Bytes a unit. Python encodes these back exactly, character by character, so they need no map.
# UTF-32 comes first: its byte order mark begins with that of UTF-16.
_UNITS = {"utf-8": 1, "utf-32-le": 4, "utf-32-be": 4, "utf-16-le": 2, "utf-16-be": 2}
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xff\xfe", b"\xfe\xff")
# What a byte means here depends on bytes long before it, so a slice could change its meaning.
_STATEFUL = ("hz", "iso2022", "utf-7")
# Python calls these text encodings, but they are ways to write a string, not a file.
_NOT_OF_FILES = ("idna", "punycode", "raw-unicode-escape", "unicode-escape")
# Control bytes that text has no use for: not backspace to carriage return, ESC, and separators.
_CONTROLS = bytes((*range(0x08), *range(0x0E, 0x1B)))
# UTF-16 that happens to be valid UTF-8 shows 0.18 (Hindi) to 0.5 (English, Thai); a list with NUL
# between its entries 0.04. Above the first chardet is asked, above the second it may say binary.
_FEW_CONTROLS = 0.05
_MANY_CONTROLS = 0.25
# By chance, legacy text (12 languages in 30 encodings) has at most 0.4 of its high bytes in valid
# UTF-8 sequences; a page in UTF-8 with a few bytes pasted from elsewhere has 0.8 and more.
_VALID_IN_UTF8 = 0.75
_BLOCK = 1 << 12
# Any two-byte encoding joins some of these bytes into one character.
_PAIRS = bytes(byte for lead in range(0x80, 0x100) for byte in (lead, 0xA1))


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of some bytes, and the way back to them."""

    text: str
    """Without a byte order mark; line ends as they stand."""
    data: bytes = field(repr=False)
    encoding: str
    """Never "auto"; `decode` takes it again and gives the same text."""
    errors: str = "strict"
    """The codec error handler under which `text` and `data` say the same."""
    bom: int = 0
    """Bytes of the byte order mark."""
    tail: int = 0
    """Bytes of a cut-off UTF-16 or UTF-32 unit at the end: they are data, but not text."""
    sliceable: bool = True
    """Whether it is proven which bytes each character takes; if not, nothing can be cut."""
    widths: bytes = field(default=b"", repr=False)
    """Bytes that each character takes, one entry a character; empty for the UTF encodings."""

    def without(self, spans: Sequence[Span]) -> bytes:
        r"""The bytes minus those of `spans`: slices of `data`, whose mark and tail stay.

        The spans ascend and do not overlap. Raises `InputError` if the bytes are not sliceable.

        >>> from dedupe_text.model import Span
        >>> decode("один, два".encode("windows-1251"), "cp1251").without([Span(0, 6)])
        b'\xe4\xe2\xe0'
        """
        if not spans:
            return self.data
        if not self.sliceable:
            raise InputError(f"{self.encoding} text cannot be cut; convert it to UTF-8 first")
        edges = self.find_bytes([edge for span in spans for edge in (span.start, span.end)])
        view = memoryview(self.data)
        starts, ends = [0, *edges[1::2]], [*edges[::2], len(view)]
        return b"".join(view[start:end] for start, end in zip(starts, ends, strict=True))

    def find_bytes(self, edges: Sequence[int]) -> list[int]:
        """Where in `data` the characters at `edges` begin. Proven, by measuring to the end."""
        found: list[int] = []
        last, at = 0, self.bom
        for edge in (*edges, len(self.text)):
            if edge < last:
                raise SelfCheckError(f"spans overlap or leave the text at character {edge}")
            at += self._measure(last, edge, at)
            last = edge
            found.append(at)
        if found.pop() != len(self.data) - self.tail:
            raise SelfCheckError(f"the {self.encoding} text and its bytes have come apart")
        return found

    def _measure(self, start: int, end: int, at: int) -> int:
        """Bytes that the characters ``start:end`` take in `data`, where they begin at `at`."""
        if self.widths:
            return sum(self.widths[start:end])
        size = 0
        for block in range(start, end, _BLOCK):
            piece = self.text[block : min(block + _BLOCK, end)].encode(self.encoding, self.errors)
            if not self.data.startswith(piece, at + size):
                raise SelfCheckError(f"{self.encoding} does not encode back at byte {at + size}")
            size += len(piece)
        return size


def decode(data: bytes, encoding: str = "auto") -> Decoded:
    r"""The text of `data`, with which every byte survives.

    "auto" goes by the byte order mark, else takes UTF-8 if the bytes are that but for a few strays
    (and do not look like UTF-16, ISO-2022 or HZ), else what chardet thinks of all of them. Raises
    `InputError` for what looks binary or cannot be of the encoding, `SettingsError` for an
    encoding that is none.

    >>> decode(b"\xef\xbb\xbfna\xc3\xafve\r\n")
    Decoded(text='naïve\r\n', encoding='utf-8', errors='strict', bom=3, tail=0, sliceable=True)
    >>> decode(b"5 \x80", "cp1252").text
    '5 €'
    """
    if encoding == "auto":
        return _decode_auto(data)
    return _decode_as(data, _find_codec(encoding, data))


def from_text(text: str) -> Decoded:
    r"""A text that never was bytes, as if it had been read from UTF-8; it may begin with U+FEFF.

    >>> from_text("naïve").data
    b'na\xc3\xafve'
    """
    return Decoded(text, text.encode("utf-8", "surrogatepass"), "utf-8", "surrogatepass")


def _decode_auto(data: bytes) -> Decoded:
    for codec, bom in zip(_UNITS, _BOMS, strict=True):
        if data.startswith(bom):
            # The mark of UTF-32 is also that of a UTF-16 text that begins with NUL.
            with suppress(InputError):
                return _decode_as(data, codec)
    utf8 = _decode_as(data, "utf-8")
    if not _is_nearly_utf8(utf8):
        return _decode_as(data, _guess(data))
    controls = _share_of_controls(data)
    if controls <= _FEW_CONTROLS and not _may_be_stateful(data):
        return utf8
    guess = _guess(data, may_be_text=controls <= _MANY_CONTROLS)
    if guess.startswith(("utf-16", "utf-32", *_STATEFUL)):
        return _decode_as(data, guess)
    return utf8


def _is_nearly_utf8(utf8: Decoded) -> bool:
    if utf8.errors == "strict":
        return True
    strays = len(utf8.data) - utf8.bom - len(utf8.text.encode("utf-8", "ignore"))
    high = len(utf8.data.translate(None, bytes(range(0x80))))
    return strays <= (1 - _VALID_IN_UTF8) * high


def _share_of_controls(data: bytes) -> float:
    sample = data[:4096]
    return (len(sample) - len(sample.translate(None, _CONTROLS))) / max(len(sample), 1)


def _may_be_stateful(data: bytes) -> bool:
    # Looking for one byte first is a hundred times faster than looking for two.
    return (0x1B in data and b"\x1b$" in data) or (0x7E in data and b"~{" in data)


def _guess(data: bytes, *, may_be_text: bool = False) -> str:
    """The codec that chardet names. Raises `InputError` for binary data.

    If it `may_be_text`, only the mark of a known binary format counts, and "" is no guess.
    """
    from chardet import detect

    answer = detect(data, max_bytes=len(data), prefer_superset=True)
    if answer["encoding"] is not None:
        return codecs.lookup(answer["encoding"]).name
    kind = answer["mime_type"]
    if may_be_text and kind == "application/octet-stream":
        return ""
    raise InputError(f"looks binary ({kind}), not text; leave it out, or name its encoding")


def _find_codec(encoding: str, data: bytes) -> str:
    """Python's name for `encoding`, with the byte order settled. Raises `SettingsError`."""
    codec = _find_text_codec(encoding)
    if codec is None:
        known = ", ".join([*_find_near_names(encoding), "utf-8 or auto"])
        raise SettingsError(f"encoding must be one of text, not {encoding!r}; try {known}")
    if codec in ("utf-16", "utf-32"):
        # Without a mark little-endian, as Windows writes it, whatever machine this is.
        order = "be" if data.startswith("\ufeff".encode(f"{codec}-be")) else "le"
        return f"{codec}-{order}"
    return "utf-8" if codec == "utf-8-sig" else codec


def _find_text_codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name).name
        bytes(4).decode(codec)  # "hex" and its like are codecs, but refuse to give text
    except (LookupError, ValueError):
        return None
    return None if codec in _NOT_OF_FILES else codec


def _find_near_names(name: str) -> list[str]:
    from difflib import get_close_matches
    from encodings.aliases import aliases

    near = get_close_matches(name.lower().replace("-", "_"), {*aliases, *aliases.values()}, n=9)
    known = dict.fromkeys(_label(codec) for codec in map(_find_text_codec, near) if codec)
    return [name for name in known if name != "utf-8"][:3]


def _label(codec: str) -> str:
    """The name of a codec as the world writes it; Python knows it too."""
    label = codec.replace("_", "-").replace("cp125", "windows-125")
    return label.replace("iso8859", "iso-8859").replace("iso2022", "iso-2022")


def _decode_as(data: bytes, codec: str) -> Decoded:
    bom = _measure_bom(data, codec)
    tail = (len(data) - bom) % _UNITS.get(codec, 1)
    body = data[bom : len(data) - tail]
    text, errors = _decode_body(body, codec)
    widths = b"" if codec in _UNITS else _find_widths(text, body, codec, errors)
    sliceable = widths is not None
    return Decoded(text, data, _label(codec), errors, bom, tail, sliceable, widths or b"")


def _measure_bom(data: bytes, codec: str) -> int:
    try:
        bom = "\ufeff".encode(codec)
    except UnicodeError:
        return 0
    return len(bom) if data.startswith(bom) else 0


def _decode_body(body: bytes, codec: str) -> tuple[str, str]:
    """The text of `body`, and the error handler that it took."""
    lenient = "surrogatepass" if _UNITS.get(codec, 1) > 1 else "surrogateescape"
    with suppress(UnicodeError):
        return body.decode(codec), "strict"
    try:
        return body.decode(codec, lenient), lenient
    except UnicodeError as error:
        raise InputError(f"not {_label(codec)}: {error}; name another encoding") from None


def _find_widths(text: str, body: bytes, codec: str, errors: str) -> bytes | None:
    """The bytes that each character takes in `body`; None if one cannot be proven to.

    Proven is: the character alone encodes to them, or they alone decode to it.
    """
    if codec.startswith(_STATEFUL):
        return None
    if len(_PAIRS.decode(codec, "surrogateescape")) == len(_PAIRS):
        return bytes((1,)) * len(text)
    alone = {char: _encode_char(char, codec, errors) for char in set(text)}
    widths = bytearray()
    at = 0
    for start in range(0, len(text), _BLOCK):
        block = text[start : start + _BLOCK]
        pieces = [alone[char] for char in block]
        if not body.startswith(b"".join(pieces), at):
            pieces = _split_body(body, at, block, codec)
            if len(pieces) < len(block):
                return None
        widths += bytes(map(len, pieces))
        at += sum(map(len, pieces))
    return None if 0 in widths or at < len(body) else bytes(widths)


def _encode_char(char: str, codec: str, errors: str) -> bytes:
    try:
        return char.encode(codec, errors)
    except UnicodeEncodeError:
        return b""


def _split_body(body: bytes, at: int, text: str, codec: str) -> list[bytes]:
    """The pieces of `body` from `at` on that alone decode to the characters of `text`.

    They end early where a character has no bytes of its own, as half of a combined pair has.
    """
    pieces: list[bytes] = []
    for char in text:
        for width in (1, 2, 3, 4):
            piece = body[at : at + width]
            if piece.decode(codec, "surrogateescape") == char:
                break
        else:
            break
        pieces.append(piece)
        at += width
    return pieces
