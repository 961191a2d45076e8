"""The formats of reports and of lists, each loaded when it is asked for."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

from dedupe_text import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.result import Result


def suffix(path: str) -> str:
    """What names the format of a report."""
    return os.path.splitext(path)[1].lower()


def _as_diff(results: Sequence[Result]) -> bytes:
    from dedupe_text.report.diff import as_diff_bytes

    return as_diff_bytes(results)


def _as_json(results: Sequence[Result]) -> bytes:
    from dedupe_text.report.json import as_json

    return as_json(results).encode()


def _as_text(results: Sequence[Result]) -> bytes:
    from dedupe_text.report.text import as_text

    return console.encode(as_text(results))


def _as_github(results: Sequence[Result]) -> bytes:
    from dedupe_text.report.github import as_github

    return console.encode(as_github(results))


def _as_sarif(results: Sequence[Result]) -> bytes:
    from dedupe_text.report.sarif import as_sarif

    return as_sarif(results).encode()


def _as_html(results: Sequence[Result]) -> bytes:
    from dedupe_text.report.html import as_html

    return as_html(results).encode()


def _as_markdown(results: Sequence[Result]) -> bytes:
    from dedupe_text.report.markdown import as_markdown

    return as_markdown(results).encode()


FORMATS = {
    ".json": _as_json,
    ".diff": _as_diff,
    ".html": _as_html,
    ".md": _as_markdown,
    ".sarif": _as_sarif,
}
"""The report of results by the suffix of its path."""
LISTS = {"text": _as_text, "json": _as_json, "github": _as_github, "sarif": _as_sarif}
"""How --check lists findings."""
