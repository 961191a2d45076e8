"""What Spark runs on each machine: the project's own stages, on record batches of Arrow.

Nothing here knows Spark. A word never becomes a Python object; a document does, once in each stage.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow

from dedupe_text.columns import distinct
from dedupe_text.dedupe import look_beside
from dedupe_text.errors import naming
from dedupe_text.memory import Memory, open_memory
from dedupe_text.memory.names import Names
from dedupe_text.memory.signed import sign_split
from dedupe_text.split import split_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from dedupe_text.dedupe import Beside
    from dedupe_text.integrations.spark.shapes import Shape
    from dedupe_text.model import Document
    from dedupe_text.settings import Settings
    from dedupe_text.split import Split

NODE, GROUP, NAME, SEAMS = "_dedupe_node", "_dedupe_group", "_dedupe_name", "_dedupe_seams"
ID, COUNT, REMOVED = "_dedupe_id", "_dedupe_cuts", "_dedupe_characters"
"""Columns of our own: a document's number; the lowest of those that it is connected with; what it
is called if not by its id; keys of what is left of it that it did not come with."""
_BLOCK = 1 << 22
"""Keys that are collapsed at once: those of 40 MB of text, in 64 MB of memory."""


def sign_batches(
    batches: Iterable[pyarrow.RecordBatch], shape: Shape
) -> Iterator[pyarrow.RecordBatch]:
    """Rows (key, node) of the buckets that documents are in, and, without key, edges (one, node).

    Of each block only the first document of a bucket is told, and the others are linked to it. So
    what a million documents say makes a row for each block, not a million in one place.
    """
    keys: list[NDArray[np.uint64]] = []
    nodes: list[NDArray[np.int64]] = []
    size = 0
    for batch in batches:
        for node, document in zip(batch[NODE].to_pylist(), shape.documents(batch)):
            if document is None:
                continue
            keys.append(_buckets(_split(document)))
            nodes.append(np.full(len(keys[-1]), node, np.int64))
            size += len(keys[-1])
            if size >= _BLOCK:
                yield _collapse(np.concatenate(keys), np.concatenate(nodes))
                keys, nodes, size = [], [], 0
    if size:
        yield _collapse(np.concatenate(keys), np.concatenate(nodes))


def _split(document: Document) -> Split:
    return split_text(str(document.text), document.id, site=document.site)


def _buckets(split: Split) -> NDArray[np.uint64]:
    return distinct(sign_split(split).buckets().ravel())


def _collapse(keys: NDArray[np.uint64], nodes: NDArray[np.int64]) -> pyarrow.RecordBatch:
    order = np.lexsort((nodes, keys))
    keys, nodes = keys[order].view(np.int64), nodes[order]
    begins = np.append(True, keys[1:] != keys[:-1])
    one = nodes[np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))]
    edges = _unique(one[~begins], nodes[~begins])
    none = pyarrow.nulls(len(edges), pyarrow.int64())
    first = pyarrow.array(keys[begins]), pyarrow.nulls(int(begins.sum()), pyarrow.int64())
    return pyarrow.RecordBatch.from_arrays(
        [
            pyarrow.concat_arrays([first[0], none]),
            pyarrow.concat_arrays([first[1], pyarrow.array(edges[:, 0])]),
            pyarrow.array(np.append(nodes[begins], edges[:, 1])),
        ],
        names=["key", "one", "node"],
    )


def _unique(one: NDArray[np.int64], node: NDArray[np.int64]) -> NDArray[np.int64]:
    pairs = np.column_stack([one, node])[one != node]
    return np.unique(pairs, axis=0)


def link_batches(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """Rows (key, node), sorted, to edges of each document to the first of its bucket."""
    last = first = None
    for batch in batches:
        if not len(batch):
            continue
        keys, nodes = batch["key"].to_numpy(), batch["node"].to_numpy()
        begins = np.append(keys[0] != last, keys[1:] != keys[:-1])
        at = np.maximum.accumulate(np.where(begins, np.arange(len(keys)), -1))
        one = np.where(at < 0, nodes[0] if first is None else first, nodes[at])
        last, first = keys[-1], one[-1]
        edges = _unique(one, nodes)
        yield pyarrow.RecordBatch.from_arrays([*map(pyarrow.array, edges.T)], ["one", "node"])


def identify_batches(
    batches: Iterable[pyarrow.RecordBatch], shape: Shape, places: Sequence[str]
) -> Iterator[pyarrow.RecordBatch]:
    """The ids of the documents, beside the columns that tell their places."""
    for batch in batches:
        ids = [document and document.id for document in shape.documents(batch)]
        table = [*(batch[name] for name in places), pyarrow.array(ids, pyarrow.string())]
        found = pyarrow.RecordBatch.from_arrays(table, [*places, ID])
        yield found.filter(found[ID].is_valid())


def name_batches(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """Rows (root, node, id), by root and then in order, to the nodes that are not called by the id.

    Ids of one root are those that differ in numbers as `Names` adds them; no other can be taken by
    what it makes of one of them.
    """
    last, names = None, Names()
    for batch in batches:
        renamed = []
        for root, node, id_ in zip(*(batch[name].to_pylist() for name in ("root", NODE, ID))):
            if root != last:
                last, names = root, Names()
            if (name := names.of(id_)) != id_:
                renamed.append((node, name))
        nodes, called = zip(*renamed) if renamed else ((), ())
        yield pyarrow.RecordBatch.from_arrays(
            [pyarrow.array(nodes, pyarrow.int64()), pyarrow.array(called, pyarrow.string())],
            [NODE, NAME],
        )


def clean_batches(
    batches: Iterable[pyarrow.RecordBatch], shape: Shape, settings: Settings
) -> Iterator[pyarrow.RecordBatch]:
    """The rows, cleaned: consecutive ones of a group one after the other, with one memory.

    What is in no group shares no key with any other document, and is remembered for nobody.
    """
    with closing(_Groups(settings)) as groups:
        for batch in batches:
            own = zip(batch[GROUP].to_pylist(), batch[NAME].to_pylist(), shape.documents(batch))
            cleaned = [
                document and groups.clean(group, document._replace(id=name or document.id))
                for group, name, document in own
            ]
            results = [one and one.result for one in cleaned]
            spans = [[cut.removed for cut in one.cuts] if one else [] for one in results]
            own_columns = {
                NODE: batch[NODE],
                SEAMS: pyarrow.array(map(_seams, cleaned), pyarrow.list_(pyarrow.int64())),
                COUNT: pyarrow.array(map(len, spans), pyarrow.int64()),
                REMOVED: pyarrow.array(
                    (sum(span.length for span in some) for some in spans), pyarrow.int64()
                ),
            }
            yield pyarrow.RecordBatch.from_arrays(
                [*shape.rewrite(batch, results), *own_columns.values()],
                [*shape.names(batch), *own_columns],
            )


class _Groups:
    """Cleans the documents of one group after the other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._nobody = open_memory()
        self._group: int | None = None
        self._memory: Memory | None = None

    def close(self) -> None:
        self._nobody.close()
        if self._memory is not None:
            self._memory.close()

    def clean(self, group: int | None, document: Document) -> Beside:
        with naming(document.id):
            if group is None:
                return look_beside(document, self._settings, self._nobody)
            if group != self._group or self._memory is None:
                if self._memory is not None:
                    self._memory.close()
                self._group, self._memory = group, open_memory()
            beside = look_beside(document, self._settings, self._memory)
            self._memory.add(beside.left, beside.found)
            return beside


def _seams(beside: Beside | None) -> list[Any]:
    """Buckets of what is left that the document did not come with.

    Where a cut brought two short sentences together, they are found as one.
    """
    if beside is None or not beside.result.cuts:
        return []
    came, left = beside.found.came.buckets(), distinct(beside.left.buckets().ravel())
    return [*np.setdiff1d(left, came.ravel()).view(np.int64).tolist()]
