"""The page as it is written: what is escaped, what is aligned, and what has room."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from conftest import CASES, ROOT, Case

from dedupe_text import Document, clean, clean_many
from dedupe_text.model import Cut, Difference, Location, Span, Spared
from dedupe_text.report.html import as_html
from dedupe_text.report.html.markup import Html, element, escape, join
from dedupe_text.report.html.sides import align_sides
from dedupe_text.report.text import UNSAFE_RE
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.textio import from_text

PACKAGE = ROOT / "src" / "dedupe_text" / "report" / "html"
VOID = {"input", "meta"}


class Outline(HTMLParser):
    """What stands in a page: its elements, their nesting, its ids and the links to them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.attributes: set[str] = set()
        self.said: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.open += [tag] * (tag not in VOID)
        for name, value in attrs:
            self.attributes.add(name)
            self.ids += [value or ""] * (name == "id")
            if name == "href":
                self.links.add(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.said.append(data)


def report_of(*names: str, across: bool = False) -> str:
    documents = [Document(f"{name}.txt", CASES[name].data) for name in names]
    return as_html([*clean_many(documents, across=across)])


# --- escaping ------------------------------------------------------------------------------------


def test_no_character_that_means_something_passes() -> None:
    every = "".join(map(chr, range(0x2100)))
    assert not re.search("[<>\"']|&(?!amp;|lt;|gt;|quot;|#39;)", escape(every))
    assert not UNSAFE_RE.search(escape(every).replace("\n", "").replace("\t", ""))


def test_text_and_attributes_are_escaped_and_elements_are_not() -> None:
    inner = element("b", "<i>", lang='"><i>')
    assert inner.source == '<b lang="&quot;&gt;&lt;i&gt;">&lt;i&gt;</b>'
    assert join([inner, "<"]).source == inner.source + "&lt;"


@pytest.mark.parametrize("tag", ["script", "style", "img", "iframe", "b onload=x", "B", ""])
def test_an_element_that_is_not_listed_cannot_be_written(tag: str) -> None:
    with pytest.raises(ValueError, match="no element of the report"):
        element(tag)


@pytest.mark.parametrize("name", ["onclick", "style", "src", "srcdoc", "action", "x y", "HREF"])
def test_an_attribute_that_is_not_listed_cannot_be_written(name: str) -> None:
    with pytest.raises(ValueError, match="no attribute of the report"):
        element("p", **{name: "1"})


@pytest.mark.parametrize(
    "link", ["javascript:x", "https://example.org", "//example.org", " #a", ""]
)
def test_no_link_leads_out_of_the_page(link: str) -> None:
    with pytest.raises(ValueError, match="leads out of the page"):
        element("a", href=link)


def test_html_is_made_in_one_module() -> None:
    for path in PACKAGE.glob("*.py"):
        made = re.findall(r"\bHtml\(", path.read_text("utf-8"))
        assert bool(made) == (path.name == "markup.py"), path
    assert Html("").source == ""


def test_the_policy_names_the_style_and_the_script_by_their_hashes() -> None:
    html = report_of("doubled-section")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    for kind in ("style", "script"):
        body = re.search(f"<{kind}>(.*?)</{kind}>", html, re.DOTALL)
        assert body is not None
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    assert html.index("Content-Security-Policy") < html.index("<style>")


# --- the page ------------------------------------------------------------------------------------


def test_every_page_is_well_formed_and_every_link_leads_somewhere(case: Case) -> None:
    page = Outline(as_html([clean(Document(case.name, case.data), case.settings)]))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= {*page.ids}
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}


def test_all_documents_together_make_a_page_too() -> None:
    page = Outline(report_of(*CASES, across=True))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= {*page.ids}


def test_the_page_says_what_goes_what_stays_and_why() -> None:
    said = " ".join("".join(Outline(report_of("new-facts")).said).split())
    assert "3 cuts take 1,031 of 3,305 characters; 2,274 stay." in said
    assert "Lines 10–11 say again what is said in lines 4–5" in said
    assert "Line 11 says again what is said in line 5, and stays" in said
    assert "Birgit Lindqvist only here" in said


def test_the_whole_original_is_in_the_page(case: Case) -> None:
    said = "".join(Outline(as_html([clean(Document("a", case.data), case.settings)])).said)
    for line in clean(case.data, case.settings).original.text.splitlines():
        assert line.strip() in said or not clean(case.data, case.settings).cuts


def test_nothing_to_tell_is_told() -> None:
    assert "Nothing in it is said twice." in report_of("unique")
    assert "Nothing is cut" in as_html([])
    assert "In none of them is anything said twice." in report_of("unique", "song")


def test_passages_that_many_documents_share_stand_out() -> None:
    text = CASES["unique"].text
    documents = [Document(f"{number}.txt", text) for number in range(4)]
    said = " ".join("".join(Outline(as_html([*clean_many(documents, across=True)])).said).split())
    assert "What is said again most" in said
    assert "0.txt" in said


def test_a_passage_that_is_not_at_hand_is_named_all_the_same() -> None:
    cut = Cut(Span(0, 4), Location("seen <i>", 5, 9), 1.0, "exact", 1)
    said = "".join(
        Outline(as_html([Result("a", from_text("One. Two."), (cut,), (), Settings())])).said
    )
    assert "Line 1 says again what is said in seen <i>" in said


@pytest.mark.parametrize(("encoding", "offered"), [("utf-8", True), ("windows-1252", False)])
def test_a_patch_is_offered_where_it_can_be_pasted(encoding: str, offered: bool) -> None:
    data = CASES["doubled-section"].text.encode(encoding)
    html = as_html([clean(Document("a", data), Settings(encoding=encoding))])
    assert ("As a patch" in html) == offered
    assert "As a patch" not in as_html([clean(data.replace(b"\n", b"\r\n"))])


# --- room ----------------------------------------------------------------------------------------


def test_a_text_that_is_too_long_is_cut_short_and_says_so() -> None:
    line = "港の町 <&> " * 20 + "\n"
    text = line * 60_000
    half = len(text) // 2
    cut = Cut(Span(half, len(text)), Location("a", 0, half), 1.0, "exact", 9)
    html = as_html([Result("a", from_text(text), (cut,), (), Settings())])
    assert len(html.encode()) < 5_000_000
    assert re.search(r"and [\d,]+ lines more in the JSON", html)


def test_a_document_of_many_repeats_stays_a_page() -> None:
    text = "One two three.\n" * 20_000
    spared = tuple(
        Spared(Span(15 * at, 15 * at + 14), Location("a", 0, 14), 1.0, "structure", 3)
        for at in range(1, 20_000)
    )
    html = as_html([Result("a", from_text(text), (), spared, Settings())])
    assert len(html.encode()) < 5_000_000
    assert re.search(r"and [\d,]+ repeats more in the JSON", html)
    page = Outline(html)
    assert {link.removeprefix("#") for link in page.links} <= {*page.ids}


# --- side by side --------------------------------------------------------------------------------


def marked(side: tuple[object, ...]) -> str:
    return "".join(f"[{run.text}]" if run.differs else run.text for run in side)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("removed", "kept", "differs", "rows"),
    [
        ("A b. C d.", "A b. C d.", (), ["A b. | A b.", "C d. | C d."]),
        ("A x c.", "A b c.", (("x", "b"),), ["A [b] c. | A [x] c."]),
        ("A c.", "A b c.", (("", "b"),), ["A [b] c. | A[] c."]),
        ("A b. New. C.", "A b. C.", (("New", ""),), ["A b. | A b.", "[] | [New].", "C. | C."]),
        ("b c", "Well, a b c d", (), ["[Well, a] b c [d] | []b c[]"]),
        ("a b b c", "a b c", (("b", ""),), ["a b[] c | a b [b] c"]),
        ("長い。短い。", "長い。短い。", (), ["長い。 | 長い。", "短い。 | 短い。"]),
        ("“A.” “B.”", "‘A.’ ‘B.’", (), ["‘A.’ | “A.”", "‘B.’ | “B.”"]),
        ("a\n  b\n", "a\n  b\n", (), ["a | a", "  b |   b"]),
    ],
)
def test_two_copies_stand_side_by_side(
    removed: str, kept: str, differs: tuple[tuple[str, str], ...], rows: list[str]
) -> None:
    found = align_sides(removed, kept, [Difference(*each) for each in differs])
    assert [f"{marked(row.kept)} | {marked(row.removed)}" for row in found] == rows


def test_rows_lose_no_word(case: Case) -> None:
    result = clean(case.data, case.settings)
    text = result.original.text
    for finding in (*result.cuts, *result.spared):
        sides = finding.removed.of(text), finding.kept.span.of(text)
        rows = [*align_sides(*sides, finding.differs)]
        told = ["".join(run.text for row in rows for run in row.removed)]
        told.append("".join(run.text for row in rows for run in row.kept))
        assert ["".join(side.split()) for side in told] == ["".join(side.split()) for side in sides]
        same = all(row.same for row in rows)
        assert same == (not finding.differs) or finding.similarity == 1
