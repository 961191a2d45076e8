"""Findings in SARIF 2.1.0, the format in which tools tell each other of findings.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dedupe_text._version import __version__
from dedupe_text.fingerprint import fingerprint
from dedupe_text.report.places import Lines, kept_lines
from dedupe_text.report.text import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.model import Cut, Location, Span
    from dedupe_text.result import Result

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
RULE = "repeated-passage"
FINGERPRINT = "passageWords/v1"


def as_sarif(results: Sequence[Result]) -> str:
    """One run with a result for every cut: ASCII, with a newline at its end.

    The ids of the documents are taken for paths, relative to wherever the reader has the files.
    """
    import json  # with hashlib it takes longer to load than a short text takes to be cleaned

    run = {
        "tool": {"driver": _driver()},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": [found for result in results for found in _results(result)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def as_uri(id_: str) -> str:
    """The id as a relative URI reference, whatever bytes the name of a file holds.

    >>> as_uri("notes/50 %: a.txt")
    'notes/50%20%25%3A%20a.txt'
    """
    from urllib.parse import quote

    try:
        name = id_.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        name = id_.encode("utf-8", "surrogatepass")
    # Two slashes would begin the name of a host.
    return quote(b"/" + name.lstrip(b"/") if name.startswith(b"/") else name)


def escape_message(text: str) -> str:
    """The text as a message: no placeholder for an argument, and no link of a stranger's.

    >>> escape_message("{0} [here](1)")
    '{{0}} [here] (1)'
    """
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _driver() -> dict[str, Any]:
    rule = {
        "id": RULE,
        "name": "RepeatedPassage",
        "shortDescription": {"text": "A passage is said twice."},
        "fullDescription": {
            "text": "The words of a passage stand in another one too, which can stay in its stead."
        },
        "help": {
            "text": "Take one of the two out, or let dedupe-text do it. If the repeat is meant,"
            " put a comment 'dedupe-text: ignore-next' on the line before it."
        },
        "defaultConfiguration": {"level": "warning"},
    }
    return {"name": "dedupe-text", "version": __version__, "rules": [rule]}


def _results(result: Result) -> list[dict[str, Any]]:
    lines = Lines(result.original.text)
    return [_result(result, cut, lines) for cut in result.cuts]


def _result(result: Result, cut: Cut, lines: Lines) -> dict[str, Any]:
    return {
        "ruleId": RULE,
        "ruleIndex": 0,
        "level": "warning",
        "message": {"text": escape_message(message(result, cut, lines))},
        "locations": [_location(result.id, _region(cut.removed, lines))],
        "relatedLocations": [
            {
                "id": 1,
                **_location(cut.kept.document, _kept_region(result, cut.kept, lines)),
                "message": {"text": "the passage that stays"},
            }
        ],
        "partialFingerprints": {FINGERPRINT: fingerprint(cut.removed.of(result.original.text))},
    }


def _location(id_: str, region: dict[str, int]) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": as_uri(id_)}, "region": region}}


def _kept_region(result: Result, kept: Location, lines: Lines) -> dict[str, int]:
    if kept.document == result.id:
        return _region(kept.span, lines)
    known = kept_lines(result, kept, lines)
    if known is None:
        return {"charOffset": kept.start, "charLength": kept.span.length}
    return {"startLine": known[0], "endLine": known[1]}


def _region(span: Span, lines: Lines) -> dict[str, int]:
    """The passage in lines and columns, and in characters; both mean the same."""
    passage = lines.passage(span)
    line, column = lines.place(passage.start)
    end_line, end_column = lines.place(max(passage.start, passage.end - 1))
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column + 1,
        "charOffset": passage.start,
        "charLength": passage.length,
    }
