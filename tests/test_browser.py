"""The page as Chromium shows it: nothing runs that should not, and everybody can use it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from conftest import CASES

from dedupe_text import Document, clean, clean_many
from dedupe_text.model import Cut, Difference, Location, Span, Spared
from dedupe_text.report.html import as_html
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.textio import from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Request

POLICY = '<meta http-equiv="Content-Security-Policy"'
OUTSIDE = "http://127.0.0.1:9"

# Each says that it ran, or asks for something from outside.
PAYLOADS = {
    "script": "<script>window.ran = 1</script>",
    "script in capitals": "<SCRIPT>window.ran = 1</SCRIPT>",
    "script from outside": f'<script src="{OUTSIDE}/a.js"></script>',
    "image that fails": '<img src="data:," onerror="window.ran = 1">',
    "image from outside": f'<img src="{OUTSIDE}/a.png">',
    "svg": '<svg onload="window.ran = 1"></svg>',
    "details": '<details open ontoggle="window.ran = 1"></details>',
    "focus": '<input autofocus onfocus="window.ran = 1">',
    "style from outside": f'<link rel="stylesheet" href="{OUTSIDE}/a.css">',
    "style that asks": f'<style>body {{ background: url("{OUTSIDE}/a.png") }}</style>',
    "attribute of style": f'<p style="background: url({OUTSIDE}/b.png)">p</p>',
    "javascript address": '<a href="javascript:window.ran = 1" class="pressed">a</a>',
    "javascript address in svg": (
        '<svg><a href="javascript:window.ran = 1" class="pressed"><text y="9">a</text></a></svg>'
    ),
    "frame": f'<iframe src="{OUTSIDE}/"></iframe>',
    "frame of source": '<iframe srcdoc="<script>parent.ran = 1</script>"></iframe>',
    "object": f'<object data="{OUTSIDE}/a.svg" type="image/svg+xml"></object>',
    "form": (
        f'<iframe name="other"></iframe><form action="{OUTSIDE}/" target="other">'
        '<button class="pressed">b</button></form>'
    ),
    "closing tags": "</mark></div></details></main><script>window.ran = 1</script>",
    "end of a title": "</title></style><script>window.ran = 1</script>",
    "end of a script": "</script><script>window.ran = 1</script>",
    "attribute breaker": '"><img src="data:," onerror="window.ran = 1"><"',
    "end of a comment": "--><script>window.ran = 1</script><!--",
}
# These need somewhere to break out of; as they stand they are text.
TEXTS = {
    "attribute with apostrophe": "' onmouseover='window.ran = 1' autofocus onfocus='window.ran = 1",
    "attribute without quotes": "x onfocus=window.ran=1 autofocus tabindex=1",
    "template": "${window.ran = 1}{{window.ran = 1}}<%= window.ran = 1 %>",
    "data of a script": '"};window.ran = 1;//',
    "entity": "&lt;script&gt;window.ran = 1&lt;/script&gt;",
    "overlong": "\ufe64script\ufe65window.ran = 1\ufe64/script\ufe65",
    "bidi": "\u202e<script>window.ran = 1</script>\u2066",
    "nul": "<scr\x00ipt>window.ran = 1</scr\x00ipt>",
}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    from bench.screenshots import ARGUMENTS

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


class Tab:
    """A page that is watched: what it asks for, and what it says."""

    def __init__(self, browser: Browser, folder: Path, **options: Any) -> None:
        self.file = folder / "report.html"
        self.context = browser.new_context(offline=True, **options)
        self.page: Page = self.context.new_page()
        self.asked: list[Request] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, html: str) -> None:
        self.file.write_text(html, "utf-8")
        self.page.goto("about:blank")
        self.asked.clear()
        self.said.clear()
        self.page.goto(self.file.as_uri())

    @property
    def asked_outside(self) -> list[str]:
        """What it asked for but itself and what the policy refused."""
        return [
            request.url
            for request in self.asked
            if request.url.partition("#")[0] != self.file.as_uri() and request.failure != "csp"
        ]

    def press_all(self) -> None:
        """Open, focus and click what there is, and wait for what comes of it."""
        self.page.evaluate(
            """async () => {
              for (const box of document.querySelectorAll("details")) box.open = true;
              for (const any of document.querySelectorAll("[tabindex], input, a")) any.focus();
              for (const any of document.querySelectorAll(".pressed")) {
                any.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
              }
              await new Promise((done) => setTimeout(done, 60));
            }"""
        )

    def count(self, selector: str) -> int:
        return len(self.page.query_selector_all(selector))

    def ran(self) -> bool:
        return bool(self.page.evaluate("window.ran"))


@pytest.fixture
def open_tab(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    tabs: list[Tab] = []

    def open_tab(html: str, **options: Any) -> Tab:
        tab = Tab(browser, tmp_path, **options)
        tabs.append(tab)
        tab.open(html)
        return tab

    yield open_tab
    for tab in tabs:
        tab.context.close()


def report_of(*names: str, across: bool = False) -> str:
    documents = [Document(f"{name}.txt", CASES[name].data) for name in names]
    return as_html([*clean_many(documents, across=across)])


def hostile_result(payload: str) -> Result:
    """A document whose name, text, differences and facts are the payload, in every role."""
    kept, gone = f"Kept {payload} words.\n\n", f"Gone {payload} words.\n\n"
    text = kept + gone + f"Left {payload} 7.\n"
    first, second, third = (
        Span(0, len(kept) - 2),
        Span(len(kept), len(kept + gone)),
        len(kept + gone),
    )
    here = Location(payload, *first)
    cut = Cut(second, here, 0.9, "near", 3, (Difference("Gone", "Kept"),))
    left = Spared(
        Span(third, len(text)), here, 0.9, "facts", 3, (Difference(f"Left {payload} 7", payload),)
    )
    return Result(payload, from_text(text), (cut,), (left,), Settings())


def without_policy(html: str) -> str:
    """The page without its second wall."""
    before, found, after = html.partition(POLICY)
    assert found
    return before + after.partition(">")[2]


# --- the walls, each alone -----------------------------------------------------------------------


def test_the_payloads_are_live_where_there_is_no_wall(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab("")
    for name, payload in PAYLOADS.items():
        tab.open(f"<!DOCTYPE html><title>t</title><main>{payload}</main>")
        tab.press_all()
        assert tab.asked_outside or tab.ran(), name


def test_what_is_escaped_runs_nothing_without_a_policy(open_tab: Callable[..., Tab]) -> None:
    results = [hostile_result(payload) for payload in {**PAYLOADS, **TEXTS}.values()]
    tab = open_tab("")
    for page in [*([result] for result in results), results]:
        tab.open(without_policy(as_html(page)))
        tab.press_all()
        assert (tab.asked_outside, tab.said, tab.ran()) == ([], [], False), page[0].id
        assert tab.count("script, style") == 2
        assert tab.count("img, iframe, object, form, link, [style], [onload], [onerror]") == 0


def test_what_is_not_escaped_is_stopped_by_the_policy(open_tab: Callable[..., Tab]) -> None:
    html = report_of("doubled-section")
    tab = open_tab(html)
    for name, payload in PAYLOADS.items():
        tab.open(html.replace("<main>", f"<main>{payload}", 1))
        tab.press_all()
        assert (tab.asked_outside, tab.ran()) == ([], False), name
        assert tab.said, name


def test_a_payload_is_shown_as_it_is_written(open_tab: Callable[..., Tab]) -> None:
    payload = PAYLOADS["attribute breaker"]
    tab = open_tab(as_html([hostile_result(payload)]))
    assert tab.page.inner_text("h1") == payload
    assert tab.page.inner_text(".kept mark") == "Kept"
    assert payload in tab.page.inner_text(".removed")


# --- offline, quiet, and for everybody -----------------------------------------------------------


def test_the_page_opens_offline_without_a_request_or_a_word(open_tab: Callable[..., Tab]) -> None:
    for names in (["doubled-section"], ["new-facts"], list(CASES)[:9]):
        tab = open_tab(report_of(*names))
        tab.press_all()
        assert (tab.asked_outside, tab.said) == ([], [])


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320)])
def test_axe_finds_nothing(scheme: str, width: int, open_tab: Callable[..., Tab]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    many = report_of("doubled-section", "new-facts", "edited-section", "arabic", across=True)
    tab = open_tab("", color_scheme=scheme, viewport={"width": width, "height": 800})
    for html in (report_of("doubled-section"), many):
        tab.open(html)
        tab.press_all()
        found = Axe().run(tab.page)
        assert found.violations_count == 0, found.generate_report()


def test_nothing_is_wider_than_a_small_screen(open_tab: Callable[..., Tab]) -> None:
    for html in (report_of("markdown-howto"), report_of("thai"), report_of(*CASES, across=True)):
        tab = open_tab(html, viewport={"width": 320, "height": 640})
        tab.press_all()
        assert tab.page.evaluate("document.documentElement.scrollWidth") == 320


def test_all_of_it_can_be_read_without_scripts(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(report_of("new-facts"), java_script_enabled=False)
    page = tab.page
    assert page.locator(".repeat:visible").count() == 5
    assert "385 here, 140 there" in page.inner_text(".facts >> nth=0")
    assert page.locator(".tools:visible, .copy:visible, .keys:visible").count() == 0
    page.click(".fold summary >> nth=0")
    assert "The bridge to the mainland" in page.inner_text(".fold >> nth=0")
    page.locator(".plot a").nth(2).press("Enter")
    assert page.url.endswith("#r3")


@pytest.mark.parametrize(
    ("name", "direction"), [("arabic", "rtl"), ("hebrew", "rtl"), ("thai", "ltr")]
)
def test_a_text_runs_its_own_way(name: str, direction: str, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(report_of(name))
    for selector in (".removed > div", ".line"):
        style = f"getComputedStyle(document.querySelector('{selector}')).direction"
        assert tab.page.evaluate(style) == direction


def test_print_leaves_out_what_is_for_the_screen(open_tab: Callable[..., Tab]) -> None:
    page = open_tab(report_of("new-facts"), color_scheme="dark").page
    page.emulate_media(media="print")
    assert page.locator(".tools:visible, .patch:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


# --- the way through -----------------------------------------------------------------------------


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_keys_lead_from_repeat_to_repeat(open_tab: Callable[..., Tab]) -> None:
    page = open_tab(report_of("new-facts")).page
    seen = []
    for key in "jnjkp":
        page.keyboard.press(key)
        seen.append(focused(page))
    assert seen == ["r1", "r2", "r3", "r2", "r1"]
    page.uncheck("#keys")
    page.keyboard.press("j")
    assert focused(page) == "keys"


def test_enter_on_a_diagonal_leads_to_its_repeat(open_tab: Callable[..., Tab]) -> None:
    page = open_tab(report_of("new-facts")).page
    page.focus(".plot a >> nth=3")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'r4'")
    page.click(".plot a >> nth=0")
    page.wait_for_function("document.activeElement.id === 'r1'")


def test_search_and_filters_leave_what_is_asked_for(open_tab: Callable[..., Tab]) -> None:
    page = open_tab(report_of("new-facts")).page
    page.keyboard.press("/")
    page.keyboard.type("LINDQVIST")
    assert page.locator(".repeat:visible").count() == 1
    assert page.inner_text("#status") == "1 of 5 repeats"
    page.keyboard.press("Escape")
    page.uncheck("[value=exact]")
    assert page.locator(".repeat:visible").count() == 2
    page.keyboard.press("j")
    assert focused(page) == "r2"


def test_a_cut_is_copied_as_a_patch_that_applies(
    open_tab: Callable[..., Tab], tmp_path: Path
) -> None:
    page = open_tab(report_of("new-facts"), permissions=["clipboard-read", "clipboard-write"]).page
    page.click(".patch summary >> nth=1")
    page.click(".copy >> nth=1")
    page.wait_for_function("document.querySelectorAll('.copy')[1].textContent === 'Copied'")
    patch = page.evaluate("navigator.clipboard.readText()")
    (tmp_path / "new-facts.txt").write_bytes(CASES["new-facts"].data)
    subprocess.run(["patch", "-p1"], input=patch.encode(), cwd=tmp_path, check=True, timeout=20)
    text = (tmp_path / "new-facts.txt").read_text("utf-8")
    result = clean(CASES["new-facts"].data)
    cut = result.cuts[1].removed
    assert text == result.original.text[: cut.start] + result.original.text[cut.end :]


def test_ten_thousand_documents_open_in_two_seconds(open_tab: Callable[..., Tab]) -> None:
    text = "\n".join(f"Line {number} of a page that many share." for number in range(20))
    kept = Location("0.txt", 0, 800)
    results = [
        Result(
            f"{number}.txt",
            from_text(text),
            (Cut(Span(0, len(text)), kept, 1.0, "exact", 160),),
            (),
            Settings(),
            elsewhere={kept: (1, 20)},
        )
        for number in range(10_000)
    ]
    html = as_html(results)
    assert len(html.encode()) < 5_000_000
    tab = open_tab(html)
    timing = "performance.getEntriesByType('navigation')[0].loadEventEnd"
    assert 0 < tab.page.evaluate(timing) < 2000
    page = tab.page
    assert "and 9,500 documents more in the JSON" in page.inner_text("main")
    assert page.locator(".entry:visible").count() == 50
    page.get_by_role("button", name="Show 50 more of 500").click()
    assert page.locator(".entry:visible").count() == 100
