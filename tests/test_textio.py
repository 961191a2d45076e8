"""Bytes to text and back, with nothing lost."""

import subprocess
import sys
from encodings.aliases import aliases

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe_text.errors import DedupeTextError, InputError, SelfCheckError, SettingsError
from dedupe_text.model import Span
from dedupe_text.textio import Decoded, decode, from_text

RUSSIAN = (
    "Мост закрыт до мая, сказали в мэрии. «Ёлка» уехала, а № 5 стоит у воды.\r\nКонец, и всё.\n"
)
FRENCH = "L’été, la forêt est déjà brûlée ; où est l’élève ? « Puni à Noël », dit-on — hélas.\n" * 3
JAPANESE = (
    "市は今朝、古い橋を来月から閉鎖すると発表した。工事は二年かかり、バスの路線も変わる。\n" * 2
)
CHINESE = "今天早上市政府宣布，旧桥将在下个月关闭维修，市民可以从新桥绕行。\n" * 2
TAIWANESE = "今天早上市政府宣布，舊橋將在下個月關閉維修，市民可以從新橋繞行。\n" * 2
KOREAN = "시는 오늘 아침 오래된 다리를 다음 달부터 고친다고 발표했다. 버스 노선도 바뀐다.\n" * 2

DETECTED = [
    (RUSSIAN, "utf-8"),
    (RUSSIAN, "windows-1251"),
    (RUSSIAN.replace("«", '"').replace("»", '"').replace("№", "N"), "koi8-r"),
    (RUSSIAN, "utf-16-le"),
    (RUSSIAN, "utf-16-be"),
    (RUSSIAN, "utf-32-le"),
    (FRENCH, "windows-1252"),
    (FRENCH, "utf-16-be"),
    (JAPANESE, "cp932"),
    (JAPANESE, "euc-jp"),
    (CHINESE, "gb18030"),
    (TAIWANESE, "big5"),
    (KOREAN, "cp949"),
]
STATEFUL = ["hz", "utf-7", "iso-2022-jp", "iso-2022-kr"]
UTFS = ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
CODECS = sorted({*aliases.values(), "koi8_u", "undefined", "unicode_escape", "punycode", "idna"})


def remove(text: str, spans: list[Span]) -> str:
    for span in reversed(spans):
        text = text[: span.start] + text[span.end :]
    return text


def every_second_word(text: str) -> list[Span]:
    words = text.split(" ")
    spans, at = [], 0
    for number, word in enumerate(words):
        if number % 2:
            spans.append(Span(at, at + len(word)))
        at += len(word) + 1
    return spans


@pytest.mark.parametrize(("text", "encoding"), DETECTED)
def test_an_encoding_is_recognised_and_cut_without_a_trace(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding) == (text, encoding)
    spans = every_second_word(text)
    assert decoded.without(spans) == remove(text, spans).encode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [*DETECTED, (JAPANESE, "shift_jis"), (KOREAN, "euc-kr"), (KOREAN, "johab"), (CHINESE, "gbk")],
)
def test_an_encoding_that_is_named_is_cut_without_a_trace(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding), encoding)
    assert decoded.text == text
    spans = [Span(0, 3), Span(3, 4), Span(7, 7), Span(9, len(text) - 1)]
    assert decoded.without(spans) == remove(text, spans).encode(encoding)


@pytest.mark.parametrize("encoding", UTFS)
@pytest.mark.parametrize("name", ["auto", "same"])
def test_a_byte_order_mark_is_not_text_and_stays(encoding: str, name: str) -> None:
    data = ("\ufeff" + RUSSIAN).encode(encoding)
    decoded = decode(data, encoding if name == "same" else name)
    assert (decoded.text, decoded.encoding) == (RUSSIAN, encoding)
    assert decoded.without([Span(0, 5)]) == ("\ufeff" + RUSSIAN[5:]).encode(encoding)


def test_utf_16_and_utf_32_by_name_go_by_the_mark_else_little_endian() -> None:
    assert decode(b"\xfe\xff\0a", "utf-16").encoding == "utf-16-be"
    assert decode(b"a\0", "utf-16").encoding == "utf-16-le"
    assert decode(b"\0\0\xfe\xff\0\0\0a", "UTF_32").text == "a"


def test_utf_8_sig_is_utf_8_whether_or_not_the_mark_is_there() -> None:
    assert decode(b"\xef\xbb\xbfa", "utf-8-sig").text == decode(b"a", "utf-8-sig").text == "a"


def test_a_mark_of_utf_32_before_what_is_none_is_a_mark_of_utf_16() -> None:
    assert decode(b"\xff\xfe\0\0a\0b\0").text == "\0ab"


def test_utf_8_with_a_few_stray_bytes_is_utf_8() -> None:
    data = RUSSIAN.encode().replace("мая".encode(), b"\xec\xe0\xff")
    decoded = decode(data)
    assert decoded.encoding == "utf-8"
    assert decoded.text == RUSSIAN.replace("мая", "\udcec\udce0\udcff")
    start = decoded.text.index("\udce0")
    assert decoded.without([Span(start, start + 1)]) == data.replace(b"\xe0\xff", b"\xff", 1)


def test_utf_8_that_ends_in_the_middle_of_a_character_is_utf_8() -> None:
    data = RUSSIAN.encode() + "я".encode()[:1]
    decoded = decode(data)
    assert decoded.text == RUSSIAN + "\udcd1"
    assert decoded.without([Span(0, len(RUSSIAN))]) == b"\xd1"


def test_a_few_accents_of_latin_1_are_not_taken_for_utf_8() -> None:
    assert decode("Il a été puni à Noël.".encode("latin-1")).encoding != "utf-8"


@pytest.mark.parametrize("encoding", ["windows-1252", "windows-1255", "cp932", "gbk", "big5"])
def test_bytes_that_an_encoding_lacks_survive(encoding: str) -> None:
    data = b"one \x81\x20 two \xff\x0d\x0a three \x80"
    decoded = decode(data, encoding)
    assert decoded.without([]) == data
    start = decoded.text.index("two")
    assert decoded.without([Span(start, start + 3)]) == data.replace(b"two", b"")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_lone_surrogate_and_an_odd_last_byte_survive(encoding: str) -> None:
    text = "a\ud800b\udc00c 😀."
    data = ("\ufeff" + text).encode(encoding, "surrogatepass") + b"\x0a"
    decoded = decode(data)
    assert (decoded.text, decoded.tail) == (text, 1)
    cleaned = decoded.without([Span(2, 5), Span(7, 8)])
    assert cleaned == "\ufeffa\ud800 😀".encode(encoding, "surrogatepass") + b"\x0a"


def test_two_spellings_of_one_character_stay_as_they_were() -> None:
    # cp932 holds the sign "because" twice, and Python writes only the second.
    data = b"x\x81\xe6 y\x87\x9a z\x81\xe6" * 3000
    decoded = decode(data, "cp932")
    assert decoded.text == "x∵ y∵ z∵" * 3000
    assert decoded.text.encode("cp932") != data
    assert decoded.without([Span(0, 3), Span(5, 24_000 - 1)]) == b"y\x87\x9a\x81\xe6"


def test_a_table_with_two_bytes_for_one_character_is_cut_by_the_byte() -> None:
    data = bytes(range(256))
    decoded = decode(data, "mac_arabic")
    assert decoded.text.encode("mac_arabic") != data
    assert decoded.without([Span(10, 200)]) == data[:10] + data[200:]


def test_one_code_that_is_two_characters_is_not_cut() -> None:
    decoded = decode(b"A\x88\x62B", "big5hkscs")
    assert decoded.text == "A\u00ca\u0304B"
    assert not decoded.sliceable


@pytest.mark.parametrize("encoding", STATEFUL)
def test_a_stateful_encoding_is_read_but_not_cut(encoding: str) -> None:
    text = {"hz": CHINESE, "iso-2022-kr": KOREAN}.get(encoding, JAPANESE)
    data = text.encode(encoding)
    decoded = decode(data, encoding)
    assert (decoded.text, decoded.sliceable) == (text, False)
    assert decoded.without([]) == data
    with pytest.raises(InputError, match=f"^{encoding} text cannot be cut; convert"):
        decoded.without([Span(0, 1)])


@pytest.mark.parametrize(("text", "encoding"), [(JAPANESE, "iso-2022-jp"), (CHINESE, "hz")])
def test_a_stateful_encoding_is_not_taken_for_ascii(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding) == (text, encoding)


@pytest.mark.parametrize(
    "data",
    [
        b"see Fig.~{\\bf 3} and Fig.~{\\bf 4}",
        b"\x1b[31mred\x1b[0m costs \x1b$5 for once",
        b"NUL \0 inside",
        b"one\0two\0three and four\0",
        b"N\bNA\bAM\bME\bE\n",
        b"",
    ],
)
def test_plain_text_with_unusual_bytes_is_utf_8(data: bytes) -> None:
    decoded = decode(data)
    assert (decoded.encoding, decoded.text.encode()) == ("utf-8", data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0" + bytes(range(256)), "image/png"),
        (b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(100), "application/zip"),
        (b"\x7fELF\x02\x01\x01" + bytes(57), "application/x-elf"),
        (b"article.txt".ljust(257, b"\0") + b"ustar\x0000" + bytes(248), "application/x-tar"),
        (bytes(4096), "application/octet-stream"),
        (bytes(range(256)) * 9, "application/octet-stream"),
    ],
)
def test_binary_data_is_refused_in_one_line(data: bytes, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(data)
    assert str(caught.value) == (
        f"looks binary ({kind}), not text; leave it out, or name its encoding"
    )


def test_binary_data_is_read_if_an_encoding_is_named() -> None:
    assert decode(bytes(range(256)), "latin-1").text == "".join(map(chr, range(256)))


def test_what_cannot_be_of_the_encoding_is_refused_in_one_line() -> None:
    with pytest.raises(InputError, match=r"^not utf-32-le: .* position 4-7: .*; name another"):
        decode(b"a\0\0\0\xff\xff\xff\xff", "utf-32")


@pytest.mark.parametrize(
    "name", ["hex", "rot13", "base64", "zip", "undefined", "idna", "unicode_escape", "", "a\0b"]
)
def test_a_codec_that_is_no_text_encoding_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=r"^encoding must be one of text, not "):
        decode(b"abc", name)


def test_a_misspelt_encoding_is_answered_with_those_like_it() -> None:
    with pytest.raises(SettingsError, match=r"not 'window-1251'; try .*windows-1251, .*or auto$"):
        decode(b"abc", "window-1251")


@pytest.mark.parametrize(
    "spans", [[Span(3, 5), Span(1, 2)], [Span(1, 4), Span(3, 5)], [Span(2, 9)], [Span(2, 1)]]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_spans_that_overlap_or_leave_the_text_are_a_bug_of_ours(
    spans: list[Span], encoding: str
) -> None:
    with pytest.raises(SelfCheckError, match=r"^spans overlap or leave the text at character"):
        decode(b"abcdef", encoding).without(spans)


def test_a_text_that_is_not_that_of_the_bytes_is_a_bug_of_ours() -> None:
    with pytest.raises(SelfCheckError):
        Decoded("abc", b"abd", "utf-8").without([Span(0, 1)])
    with pytest.raises(SelfCheckError):
        Decoded("ab", b"abd", "utf-8").without([Span(0, 1)])


@given(st.text(st.characters()))
def test_any_str_is_a_document(text: str) -> None:
    decoded = from_text(text)
    assert (decoded.text, decoded.sliceable) == (text, True)
    assert decoded.data.decode("utf-8", "surrogatepass") == text
    half = len(text) // 2
    assert decoded.without([Span(0, half)]).decode("utf-8", "surrogatepass") == text[half:]


def snippets(codec: str) -> st.SearchStrategy[bytes]:
    """Bytes that are often, but not always, of the encoding."""
    texts = [RUSSIAN, FRENCH, JAPANESE, CHINESE, TAIWANESE, KOREAN, "e\u0304 か\u309a ¥‾∵ 😀"]
    true = st.sampled_from(texts).flatmap(
        lambda text: st.integers(0, len(text)).map(lambda n: encode_some(text[n : n + 20], codec))
    )
    return st.lists(st.one_of(true, st.binary(max_size=5)), max_size=4).map(b"".join)


def encode_some(text: str, codec: str) -> bytes:
    try:
        return text.encode(codec, "ignore")
    except (LookupError, UnicodeError):
        return text.encode()


@st.composite
def data_and_cuts(draw: st.DrawFn, codecs: list[str]) -> tuple[bytes, str, list[float]]:
    codec = draw(st.sampled_from(codecs))
    cuts = draw(st.lists(st.floats(0, 1), max_size=6))
    return draw(snippets(codec)), codec, sorted(cuts)


@settings(max_examples=300, deadline=None)
@given(data_and_cuts(CODECS))
def test_in_every_encoding_nothing_is_lost_and_only_the_spans_go(
    case: tuple[bytes, str, list[float]],
) -> None:
    data, codec, cuts = case
    try:
        decoded = decode(data, codec)
    except DedupeTextError:
        return
    assert decode(data, decoded.encoding) == decoded
    check_cuts_of(decoded, data, cuts)


@settings(max_examples=100, deadline=None)
@given(data_and_cuts(["utf-8", "utf-16", "cp1251", "gb18030", "euc_jp", "iso2022_jp"]))
def test_whatever_the_bytes_nothing_is_lost_and_only_the_spans_go(
    case: tuple[bytes, str, list[float]],
) -> None:
    data, _, cuts = case
    try:
        decoded = decode(data)
    except InputError:
        return
    check_cuts_of(decoded, data, cuts)


def check_cuts_of(decoded: Decoded, data: bytes, cuts: list[float]) -> None:
    assert decoded.without([]) == decoded.data == data
    if not decoded.sliceable:
        return
    edges = [int(cut * len(decoded.text)) for cut in cuts]
    spans = [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)]
    left = remove(decoded.text, spans)
    cleaned = decoded.without(spans)
    if any("\ud800" <= char <= "\udfff" for char in left) or left.startswith("\ufeff"):
        return  # strays that come to stand side by side may mean something together
    assert decode(cleaned, decoded.encoding).text == left


def test_reading_utf_8_imports_nothing() -> None:
    code = (
        "import sys; from dedupe_text import textio; before = set(sys.modules);"
        "textio.decode('naïve ~ text'.encode()); textio.from_text('naïve');"
        "print(set(sys.modules) - before or 'nothing', 'chardet' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "nothing False\n"
