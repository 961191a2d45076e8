"""The JSON report: what was cut and what was left, with all that a restore to the byte needs.

`report-1.schema.json` beside this module is its JSON Schema.
"""

from __future__ import annotations

import binascii
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dedupe_text._version import __version__
from dedupe_text.report.places import Lines, find_bytes, kept_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.model import Cut, Location, Span, Spared
    from dedupe_text.result import Result
    from dedupe_text.textio import Decoded

SCHEMA = "dedupe-text/report/1"


def as_json(results: Sequence[Result]) -> str:
    """The report of these documents: ASCII, whatever their text holds, with a newline at its end.

    All results must come from one run, for the report names one set of settings.
    """
    import json  # with hashlib it takes longer to load than a short text takes to be cleaned

    report = {
        "schema": SCHEMA,
        "tool": {"name": "dedupe-text", "version": __version__},
        "settings": asdict(results[0].settings) if results else {},
        "documents": [_document(result) for result in results],
        "totals": {
            "documents": len(results),
            "documents_with_cuts": sum(bool(result.cuts) for result in results),
            "cuts": sum(len(result.cuts) for result in results),
            "characters_removed": sum(map(_count_removed, results)),
        },
    }
    return json.dumps(report, indent=2) + "\n"


def measure(data: bytes) -> dict[str, Any]:
    """How many bytes there are, and the SHA-256 by which they are known again.

    >>> measure(b"")["bytes"]
    0
    """
    import hashlib

    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _document(result: Result) -> dict[str, Any]:
    original = result.original
    lines = Lines(original.text)
    return {
        "id": result.id,
        "encoding": original.encoding,
        "errors": original.errors,
        "characters": len(original.text),
        "characters_kept": len(original.text) - _count_removed(result),
        "original": measure(original.data),
        "cleaned": measure(result.data),
        "cuts": _cuts(result, lines),
        "spared": [
            {
                "removed": _removed(spared, lines),
                "kept": _kept(result, spared.kept, lines),
                "similarity": round(spared.similarity, 4),
                "reason": spared.reason,
                "differs": [difference._asdict() for difference in spared.differs],
            }
            for spared in result.spared
        ],
    }


def _cuts(result: Result, lines: Lines) -> list[dict[str, Any]]:
    spans = find_bytes(result.original, [cut.removed for cut in result.cuts])
    return [
        {
            "removed": _removed(cut, lines),
            "kept": _kept(result, cut.kept, lines),
            "similarity": round(cut.similarity, 4),
            "kind": cut.kind,
            **({"spread": cut.spread} if cut.spread else {}),
            "differs": [difference._asdict() for difference in cut.differs],
            **_text(result.original, cut.removed, span),
        }
        for cut, span in zip(result.cuts, spans, strict=True)
    ]


def _removed(finding: Cut | Spared, lines: Lines) -> dict[str, int]:
    first, last = lines.of(finding.removed)
    return {**finding.removed._asdict(), "line": first, "end_line": last, "words": finding.words}


def _kept(result: Result, kept: Location, lines: Lines) -> dict[str, Any]:
    known = kept_lines(result, kept, lines)
    return {**kept._asdict(), **dict(zip(("line", "end_line"), known or ()))}


def _text(original: Decoded, removed: Span, span: Span) -> dict[str, Any]:
    """The removed text and the place of its bytes; also these, if the text does not lead to them.

    Some encodings have two spellings of a character, and JSON, like UTF-16, joins the halves of
    a surrogate pair.
    """
    text = removed.of(original.text)
    data = original.data[span.start : span.end]
    entry: dict[str, Any] = {"text": text, "bytes": span._asdict()}
    read = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    if read.encode(original.encoding, original.errors) != data:
        entry["base64"] = binascii.b2a_base64(data, newline=False).decode()
    return entry


def _count_removed(result: Result) -> int:
    return sum(cut.removed.length for cut in result.cuts)
