"""The way back: from a cleaned text and its JSON report to the original, to the byte.

A report is a file that anybody may have written: nothing in it is believed before it is checked,
and the hash of the original decides in the end.
"""

from __future__ import annotations

import binascii
import json
from typing import Any

from dedupe_text.errors import ReportError
from dedupe_text.report.json import SCHEMA, measure
from dedupe_text.textio import decode

_HANDLERS = ("strict", "surrogateescape", "surrogatepass")


def restore(cleaned: bytes, report_json: str) -> bytes:
    """The bytes that were cleaned, from what they became and the report of it.

    Raises `ReportError` if the report is none, is damaged, or tells of another text.

    >>> restore(b"", "[]")
    Traceback (most recent call last):
    dedupe_text.errors.ReportError: not a JSON report of dedupe-text; take what --report wrote
    """
    document = _find_document(_parse(report_json), cleaned)
    try:
        original = _put_back(cleaned, document)
        intact = measure(original) == document["original"]
    except (LookupError, TypeError, ValueError) as error:
        raise _damaged() from error
    if not intact:
        raise _damaged()
    return original


def _parse(report_json: str) -> dict[str, Any]:
    try:
        report = json.loads(report_json)
    except (ValueError, RecursionError):
        report = None
    if not isinstance(report, dict) or "schema" not in report:
        raise ReportError("not a JSON report of dedupe-text; take what --report wrote")
    if report["schema"] != SCHEMA:
        raise ReportError(f"not a report of schema {SCHEMA}; use the dedupe-text that wrote it")
    return report


def _find_document(report: dict[str, Any], cleaned: bytes) -> dict[str, Any]:
    """The document of which this is the cleaned text; a report may tell of several."""
    documents = report.get("documents")
    if not isinstance(documents, list):
        raise _damaged()
    known = measure(cleaned)
    found: list[dict[str, Any]] = [
        document
        for document in documents
        if isinstance(document, dict) and document.get("cleaned") == known
    ]
    if not found:
        raise ReportError("the report tells of another text; give the cleaned text, unchanged")
    if any(document.get("original") != found[0].get("original") for document in found):
        raise ReportError("the report has several originals of this text; make one report for each")
    return found[0]


def _put_back(cleaned: bytes, document: dict[str, Any]) -> bytes:
    """The cleaned bytes with the removed ones between them, at their places in the original."""
    encoding, errors = decode(b"", document["encoding"]).encoding, document["errors"]
    if errors not in _HANDLERS:
        raise ValueError(errors)
    pieces: list[bytes] = []
    taken = size = 0
    for cut in document["cuts"]:
        start = cut["bytes"]["start"]
        if not isinstance(start, int) or not 0 <= start - size <= len(cleaned) - taken:
            raise ValueError(start)
        kept = cleaned[taken : taken + start - size]
        removed = _read_removed(cut, encoding, errors)
        pieces += (kept, removed)
        taken += len(kept)
        size += len(kept) + len(removed)
    return b"".join((*pieces, cleaned[taken:]))


def _read_removed(cut: dict[str, Any], encoding: str, errors: str) -> bytes:
    if "base64" in cut:
        return binascii.a2b_base64(cut["base64"])
    text = cut["text"]
    if not isinstance(text, str):
        raise TypeError(text)
    return text.encode(encoding, errors)


def _damaged() -> ReportError:
    return ReportError("the report is damaged; take it as --report wrote it")
