"""Where in a row its document is, and the row without what was cut from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pyarrow

from dedupe_text.cleaning import without
from dedupe_text.errors import InputError
from dedupe_text.model import Document, Span
from dedupe_text.records.jsonl import read_line
from dedupe_text.records.line import cut_string
from dedupe_text.records.record import Fields, find_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dedupe_text.result import Result

CUTS = "cuts"
CUT = (
    "removed struct<start: bigint, end: bigint>,"
    " kept struct<document: string, start: bigint, end: bigint>,"
    " similarity double, kind string, spread string, words bigint, text string"
)
"""What is told of a cut, in Spark's words; the same as in a report, and the text that went."""
_SPAN = [("start", pyarrow.int64()), ("end", pyarrow.int64())]
_CUTS = pyarrow.list_(
    pyarrow.struct(
        [
            ("removed", pyarrow.struct(_SPAN)),
            ("kept", pyarrow.struct([("document", pyarrow.string()), *_SPAN])),
            ("similarity", pyarrow.float64()),
            ("kind", pyarrow.string()),
            ("spread", pyarrow.string()),
            ("words", pyarrow.int64()),
            ("text", pyarrow.string()),
        ]
    )
)
Plan = list[dict[str, Any]]
"""Cuts, as `tell_cuts` tells them."""
_BOM = b"\xef\xbb\xbf"


class Shape(Protocol):
    """How documents are in rows."""

    def documents(self, batch: pyarrow.RecordBatch) -> Iterable[Document | None]:
        """The document of each row; None where there is no text to clean."""

    def rewrite(
        self, batch: pyarrow.RecordBatch, plans: Sequence[Plan | None]
    ) -> list[pyarrow.Array]:
        """The columns of the rows, without what the plans cut; None cuts nothing."""

    def names(self) -> list[str]:
        """What these columns are called."""


class Columns(NamedTuple):
    """Rows whose text, id and site have columns of their own; of a URL the host is the site."""

    text: str
    id: str
    site: str | None
    kept: Sequence[str]
    """All columns, as they come out."""

    def documents(self, batch: pyarrow.RecordBatch) -> Iterable[Document | None]:
        """The document of each row; None where the text is null."""
        texts, ids = batch[self.text].to_pylist(), batch[self.id].to_pylist()
        sites = batch[self.site].to_pylist() if self.site else [None] * len(batch)
        for text, id_, site in zip(texts, ids, sites):
            if text is not None and id_ is None:
                raise InputError(f"a row has no {self.id!r}, by which its cuts would name it")
            known = find_site(site) if isinstance(site, str) else ""
            yield None if text is None else Document(str(id_), text, known)

    def rewrite(
        self, batch: pyarrow.RecordBatch, plans: Sequence[Plan | None]
    ) -> list[pyarrow.Array]:
        """All columns, the text replaced, and the cuts."""
        texts = batch[self.text]
        if any(plans):
            cut = zip(texts.to_pylist(), plans)
            left = [without(text, removed(plan)) if plan else text for text, plan in cut]
            texts = pyarrow.array(left, texts.type)
        columns = [texts if name == self.text else batch[name] for name in self.kept]
        return [*columns, pyarrow.array([plan or [] for plan in plans], _CUTS)]

    def names(self) -> list[str]:
        """All columns and the cuts."""
        return [*self.kept, CUTS]


class JsonLines(NamedTuple):
    """Lines of JSON in a column, which keep their spelling but for the text; cuts come last."""

    fields: Fields
    line: str = "value"
    place: str = "_dedupe_place"

    def documents(self, batch: pyarrow.RecordBatch) -> Iterable[Document | None]:
        """The document of each line; None where it is blank or the text is null."""
        for data, file in zip(batch[self.line].to_pylist(), batch[self.place].to_pylist()):
            # Which line it is nobody knows, since a file is read in parts: so what it begins with.
            place = f"{file}, line {data[:40].decode(errors='replace')!r}"
            document, _ = read_line(data.removeprefix(_BOM), place, self.fields)
            if document is not None and document.id == place:
                raise InputError(
                    f"{place}: a record has no field {self.fields.id!r}, by which its cuts would"
                    " name it (--id-field names another)"
                )
            yield document

    def rewrite(
        self, batch: pyarrow.RecordBatch, plans: Sequence[Plan | None]
    ) -> list[pyarrow.Array]:
        """The lines."""
        columns = batch[self.line].to_pylist(), batch[self.place].to_pylist()
        lines = [self._rewrite(*row) for row in zip(*columns, plans)]
        return [pyarrow.array(lines, pyarrow.binary())]

    def names(self) -> list[str]:
        """The column of the lines."""
        return [self.line]

    def _rewrite(self, data: bytes, place: str, plan: Plan | None) -> bytes:
        bom = data[: len(_BOM)] if data.startswith(_BOM) else b""
        document, text = read_line(data[len(bom) :], place, self.fields)
        if document is None or text is None:
            return data
        line = data[len(bom) :].decode()
        if plan:
            line = cut_string(line, text, removed(plan))
        at = line.rindex("}")
        told = json.dumps({CUTS: plan or []})
        return bom + f"{line[:at]}, {told[1:-1]}{line[at:]}".encode()


def removed(plan: Plan) -> list[Span]:
    """Where the plan cuts."""
    return [Span(cut["removed"]["start"], cut["removed"]["end"]) for cut in plan]


def tell_cuts(result: Result) -> Plan:
    """What was removed from a document, what stays in its stead, and how alike they are."""
    return [
        {
            "removed": cut.removed._asdict(),
            "kept": cut.kept._asdict(),
            "similarity": cut.similarity,
            "kind": cut.kind,
            "spread": cut.spread,
            "words": cut.words,
            "text": cut.removed.of(result.original.text),
        }
        for cut in result.cuts
    ]
