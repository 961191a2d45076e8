"""The pictures of the report in the documents: ``make screenshots``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dedupe_text import Document, clean
from dedupe_text.report.html import as_html

ROOT = Path(__file__).parent.parent
ARTICLE = ROOT / "fixtures" / "doubled-section" / "input.txt"
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
_SIZE = {"width": 1100, "height": 1180}


def main() -> None:
    """Write one picture for either colour scheme."""
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "report.html"
        page.write_text(as_html([clean(Document("article.txt", ARTICLE.read_bytes()))]), "utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for scheme in ("light", "dark"):
            tab = browser.new_page(color_scheme=scheme, viewport=_SIZE)
            tab.goto(page.as_uri())
            tab.screenshot(path=IMAGES / f"report-{scheme}.png")
            print(f"docs/images/report-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main()
