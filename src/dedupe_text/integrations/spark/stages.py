"""What Spark runs on each machine: the project's own stages, on record batches of Arrow.

Nothing here knows Spark. A word never becomes a Python object; a document does, once in each stage.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow

from dedupe_text.columns import distinct, run_starts
from dedupe_text.dedupe import arrive, least_said, set_beside
from dedupe_text.errors import naming
from dedupe_text.integrations.spark.shapes import tell_cuts
from dedupe_text.memory import say_most
from dedupe_text.memory.known import Known
from dedupe_text.memory.names import Names
from dedupe_text.memory.signed import sign_split
from dedupe_text.memory.store import Entry, decode, encode
from dedupe_text.model import Document, Span
from dedupe_text.split import split_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.dedupe import Beside
    from dedupe_text.integrations.spark.shapes import Shape
    from dedupe_text.memory.signed import Signed
    from dedupe_text.settings import Settings

NODE, PLAN = "_dedupe_node", "_dedupe_plan"
"""Columns of our own in the rows: their number, in their order; and what is cut, as JSON."""
DOCUMENTS = "node long, id string, site binary, text binary"
KEYS = "key long, node long, passage int, words int, block long, follows boolean, shared boolean"
CLEANED = (
    "node long, plan string, spans array<long>, count long, removed long, keys array<long>,"
    " seams array<long>"
)
_BLOCK = 1 << 22
"""Keys that are collapsed at once: those of 40 MB of text, in 200 MB of memory."""


def _batch(**columns: object) -> pyarrow.RecordBatch:
    arrays = [pyarrow.array(one) for one in columns.values()]
    return pyarrow.RecordBatch.from_arrays(arrays, [*columns])


def find_documents(
    batches: Iterable[pyarrow.RecordBatch], shape: Shape
) -> Iterator[pyarrow.RecordBatch]:
    """The documents of the rows; text as bytes, since half a character may stand alone in JSON."""
    for batch in batches:
        found = [
            (node, document.id, encode(document.site), encode(str(document.text)))
            for node, document in zip(batch[NODE].to_pylist(), shape.documents(batch))
            if document is not None
        ]
        kinds = [pyarrow.int64(), pyarrow.string(), pyarrow.binary(), pyarrow.binary()]
        columns = zip(*found) if found else [()] * 4
        arrays = [pyarrow.array(column, kind) for column, kind in zip(columns, kinds)]
        yield pyarrow.RecordBatch.from_arrays(arrays, ["node", "id", "site", "text"])


def _read_documents(batch: pyarrow.RecordBatch) -> Iterator[Document]:
    columns = (batch[name].to_pylist() for name in ("id", "site", "text"))
    for id_, site, text in zip(*columns):
        yield Document(id_, decode(text), decode(site))


def sign_batches(
    batches: Iterable[pyarrow.RecordBatch], shape: Shape
) -> Iterator[pyarrow.RecordBatch]:
    """The keys of the passages of the documents of the rows.

    In each block of them the first of a key stands for all: those that `follows` it are known to
    share it. So a line that a million documents say is a row for each block where it is asked
    which keys are shared, and who holds them, not a million in one place. A block is known by its
    first document.
    """
    parts: list[list[NDArray[np.int64]]] = []
    size = 0
    for batch in batches:
        for node, document in zip(batch[NODE].to_pylist(), shape.documents(batch)):
            if document is None:
                continue
            signed = _sign(document)
            keys = signed.keys
            passage = np.repeat(np.arange(len(keys)), keys.shape[-1])
            words = signed.words[passage].astype(np.int64)
            parts.append([keys.ravel().view(np.int64), np.full(keys.size, node), passage, words])
            size += keys.size
            if size >= _BLOCK:
                yield _collapse(*map(np.concatenate, zip(*parts)))
                parts, size = [], 0
    if parts:
        yield _collapse(*map(np.concatenate, zip(*parts)))


def _sign(document: Document) -> Signed:
    return sign_split(split_text(str(document.text), document.id, site=document.site))


def _collapse(
    key: NDArray[np.int64],
    node: NDArray[np.int64],
    passage: NDArray[np.int64],
    words: NDArray[np.int64],
) -> pyarrow.RecordBatch:
    order = np.lexsort((passage, node, key))
    key, node, passage, words = key[order], node[order], passage[order], words[order]
    first = run_starts(key)
    size = np.diff(np.append(first, len(key)))
    shared = np.repeat(node[first] != node[first + size - 1], size)
    follows = shared.copy()
    follows[first] = False
    return _batch(
        key=key,
        node=node,
        passage=passage.astype(np.int32),
        words=words.astype(np.int32),
        block=np.full(len(key), node.min()),
        follows=follows,
        shared=shared,
    )


def choose_batches(
    batches: Iterable[pyarrow.RecordBatch], settings: Settings
) -> Iterator[pyarrow.RecordBatch]:
    """Rows (node, passage, words, holder), by node, to pairs (node, holder).

    The holders are those earlier documents that a memory would set the document beside.
    """
    names = ["node", "passage", "words", "holder"]
    rest = np.zeros((4, 0), np.int64)
    for batch in batches:
        new = np.array([batch[name].to_numpy() for name in names], np.int64).reshape(4, -1)
        rest = np.hstack([rest, new])
        if rest.shape[1]:
            whole = int(np.searchsorted(rest[0], rest[0, -1]))  # the last may go on
            yield _choose(rest[:, :whole], least_said(settings))
            rest = rest[:, whole:]
    yield _choose(rest, least_said(settings))


def _choose(rows: NDArray[np.int64], least: int) -> pyarrow.RecordBatch:
    nodes: list[int] = []
    chosen: list[int] = []
    starts = run_starts(rows[0])
    for start, end in zip(starts, np.append(starts[1:], rows.shape[1])):
        _, passage, said, holder = rows[:, start:end]
        words = np.zeros(int(passage.max()) + 1, np.int32)
        words[passage] = said
        holders, number = np.unique(holder, return_inverse=True)
        most = holders[say_most(passage, number.ravel(), words, least)]
        nodes += [int(rows[0, start])] * len(most)
        chosen += most.tolist()
    return _batch(node=np.array(nodes, np.int64), holder=np.array(chosen, np.int64))


def clean_batches(
    batches: Iterable[pyarrow.RecordBatch], settings: Settings
) -> Iterator[pyarrow.RecordBatch]:
    """What is cut from each document: it comes behind those that it is set beside, in their order.

    A document from which nothing is cut has no plan.
    """
    known: list[Known] = []
    for batch in batches:
        rows: list[tuple[object, ...]] = []
        columns = (batch[name].to_pylist() for name in ("at", "node", "spans"))
        for at, node, spans, document in zip(*columns, _read_documents(batch)):
            if node != at:
                known.append(_know(document, spans))
                continue
            with naming(document.id):
                decoded, came = arrive(document, settings)
                beside = set_beside(decoded, came.split, known, settings)
            rows.append((node, *_tell(beside, came)))
            known = []
        table = zip(*rows) if rows else [()] * 7
        whole, many = pyarrow.int64(), pyarrow.list_(pyarrow.int64())
        kinds = [whole, pyarrow.string(), many, whole, whole, many, many]
        names = ["node", "plan", "spans", "count", "removed", "keys", "seams"]
        arrays = [pyarrow.array(column, kind) for column, kind in zip(table, kinds)]
        yield pyarrow.RecordBatch.from_arrays(arrays, names)


def _know(document: Document, ends: Sequence[int]) -> Known:
    spans = [Span(*pair) for pair in zip(ends[::2], ends[1::2])]
    return Known(Entry(0, 0, document.id, document.site, str(document.text), spans))


def _tell(beside: Beside, came: Signed) -> tuple[object, ...]:
    """The plan; where it cuts, how often and how much; the keys of what is left, and new ones."""
    cuts = beside.result.cuts
    if beside.left is None:
        return None, [], 0, 0, [], []
    spans = [cut.removed for cut in cuts]
    left = distinct(beside.left.keys.ravel())
    seams = np.setdiff1d(left, came.keys.ravel())
    return (
        json.dumps(tell_cuts(beside.result)),
        [end for span in spans for end in span],
        len(cuts),
        sum(span.length for span in spans),
        left.view(np.int64),
        seams.view(np.int64),
    )


def name_batches(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """Rows (root, node, id), by root and then in order, to the nodes that are not called by the id.

    Ids of one root are those that differ in numbers as `Names` adds them; no other can be taken by
    what it makes of one of them.
    """
    last, names = None, Names()
    for batch in batches:
        renamed = []
        for root, node, id_ in zip(*(batch[name].to_pylist() for name in ("root", "node", "id"))):
            if root != last:
                last, names = root, Names()
            if (name := names.of(id_)) != id_:
                renamed.append((node, name))
        nodes, called = zip(*renamed) if renamed else ((), ())
        yield pyarrow.RecordBatch.from_arrays(
            [pyarrow.array(nodes, pyarrow.int64()), pyarrow.array(called, pyarrow.string())],
            ["node", "name"],
        )


def apply_batches(
    batches: Iterable[pyarrow.RecordBatch], shape: Shape
) -> Iterator[pyarrow.RecordBatch]:
    """The rows, without what their plans cut."""
    for batch in batches:
        plans = [plan and json.loads(plan) for plan in batch[PLAN].to_pylist()]
        yield pyarrow.RecordBatch.from_arrays(shape.rewrite(batch, plans), shape.names())
