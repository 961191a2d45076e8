"""Which documents are set beside which, and cleaned, until nothing changes: shuffles of Spark.

One machine cleans documents one after the other, each beside the earlier ones that hold what it
says. Here all are cleaned at once, beside what the earlier ones say as they came; then those again
of whose earlier ones something else is left than was thought, until there are none. The first
document depends on nobody, and each on earlier ones alone, so the end is the same, and only one:
what one machine answers. On real collections it takes 2 to 5 rounds, the last of a few documents
(`bench.rounds`).

The other way would be to clean those that are connected by what they share one after the other in
one task. But nearly all of a collection is connected: of two pages each of 113 sites, 97 %.

A line that a million documents say is in no place a million times. Where it is asked who holds a
key, the first of a block asks for all that follow it in the block, and tells them afterwards.
"""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from pyspark import StorageLevel
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.classic.dataframe import DataFrame as ClassicFrame

from dedupe_text.integrations.spark.stages import (
    CLEANED,
    DOCUMENTS,
    KEYS,
    NODE,
    choose_batches,
    clean_batches,
    find_documents,
    name_batches,
    sign_batches,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from dedupe_text.integrations.spark.shapes import Shape
    from dedupe_text.settings import Settings

_ROOT = r"( \([0-9]+\))+$"
_ALIKE = "over (partition by key, if(follows, block, -1))"
"""All that have a key, but for those that follow in a block: those are known to share it."""


def find_plans(numbered: DataFrame, shape: Shape, settings: Settings) -> DataFrame:
    """The plan of each document from which something is cut, as `CLEANED` has it."""
    _describe(numbered, "round 1")
    documents = _called(numbered.mapInArrow(partial(find_documents, shape=shape), DOCUMENTS))
    marked = settled(mark(numbered.mapInArrow(partial(sign_batches, shape=shape), KEYS)))
    clean = partial(clean_batches, settings=settings)
    pairs = settled(_pair(marked.where("shared"), None, settings))
    work = _gather(documents, pairs, numbered.select(F.col(NODE).alias("node")))
    plans = _held(work.mapInArrow(clean, CLEANED).where("plan is not null"))
    spent: list[DataFrame] = []
    for number in count(2):
        _describe(numbered, f"round {number}")
        before, pairs = pairs, settled(_pair(_asked(marked, plans), plans, settings))
        stale = settled(_differing(pairs, before))
        changed = stale.count()
        _give_back(before, *spent)
        if not changed:
            break
        work = _gather(documents, pairs.join(stale, "node", "left_semi"), stale)
        again = work.mapInArrow(clean, CLEANED).where("plan is not null")
        spent = [plans, stale]
        plans = _held(plans.join(stale, "node", "left_anti").unionByName(again))
    _give_back(marked, pairs, stale)
    _describe(numbered, None)
    return plans


def _give_back(*frames: DataFrame) -> None:
    """Their room on local disks: all that was made of them is there."""
    for frame in frames:
        frame.unpersist()


def _describe(frame: DataFrame, what: str | None) -> None:
    """What Spark's own page says of the jobs that follow."""
    told = what and f"dedupe-text, {what}"
    context: Any = frame.sparkSession.sparkContext  # its types do not know that None is for nothing
    context.setLocalProperty("spark.job.description", told)


def _called(documents: DataFrame) -> DataFrame:
    """The documents by their names: the second "7" is "7 (2)"."""
    ids = documents.select("node", "id").withColumn("root", F.regexp_replace("id", _ROOT, ""))
    among = ids.withColumn("several", F.expr("count(*) over (partition by root) > 1"))
    ordered = among.where("several").sortWithinPartitions("root", "node")
    stage = ordered.select("root", "node", "id").mapInArrow(name_batches, "node long, name string")
    names = settled(stage)
    if not names.count():
        return documents
    called = documents.join(names, "node", "left").withColumn("id", F.coalesce("name", "id"))
    return called.drop("name")


def mark(signed: DataFrame) -> DataFrame:
    """The keys, with whether other documents have them too, and the first document that has each.

    Those that follow in a block are not told of the first.
    """
    several = f"shared or min(node) {_ALIKE} < max(node) {_ALIKE} or max(shared) {_ALIKE}"
    same = ["key", "node", "passage", "words", "block", "follows"]
    leads = "shared and not follows as leads"
    return signed.selectExpr(*same, leads, f"{several} as shared", f"min(node) {_ALIKE} as holder")


def _asked(marked: DataFrame, plans: DataFrame) -> DataFrame:
    """The keys that are shared now: where a cut brought two sentences together there are new."""
    shared = marked.where("shared")
    made = plans.where("size(seams) > 0")
    if made.isEmpty():
        return shared
    seams = made.select(F.explode("seams").alias("key"))
    return shared.unionByName(marked.where("not shared").join(seams, "key", "left_semi"))


def _pair(asked: DataFrame, plans: DataFrame | None, settings: Settings) -> DataFrame:
    """Rows (node, holder, spans): what a document is set beside, and what is cut from that."""
    said = find_holders(asked, plans).select("node", "passage", "words", "holder")
    ordered = said.repartition("node").sortWithinPartitions("node")
    stage = partial(choose_batches, settings=settings)
    pairs = ordered.mapInArrow(stage, "node long, holder long")
    nothing = F.array().cast("array<long>")
    if plans is None:
        return pairs.withColumn("spans", nothing)
    cut = plans.select(F.col("node").alias("holder"), "spans")
    known = pairs.join(cut, "holder", "left")
    return known.select("node", "holder", F.coalesce("spans", nothing).alias("spans"))


def find_holders(asked: DataFrame, plans: DataFrame | None) -> DataFrame:
    """Of each key the first document that holds it, if that is an earlier one."""
    told = asked.where("not follows")
    if plans is not None:
        whole = asked.select("key", "node").join(plans.select("node"), "node", "left_anti")
        left = plans.select(F.explode("keys").alias("key"), "node")
        first = whole.unionByName(left).groupBy("key").agg(F.min("node").alias("holder"))
        told = told.drop("holder").join(first, "key")
    answers = told.where("leads").select("key", "block", "holder")
    behind = asked.where("follows").drop("holder").join(answers, ["key", "block"])
    return told.unionByName(behind).where("holder < node")


def _differing(pairs: DataFrame, before: DataFrame) -> DataFrame:
    """The nodes that are set beside something else than before."""
    same = F.xxhash64("holder", "spans")  # twice, it is nothing
    beside = pairs.unionByName(before).groupBy("node").agg(F.bit_xor(same).alias("changed"))
    return beside.where("changed <> 0").select("node")


def _gather(documents: DataFrame, pairs: DataFrame, nodes: DataFrame) -> DataFrame:
    """The documents that are `nodes`, each behind those that it is set beside."""
    known = pairs.select(F.col("node").alias("at"), F.col("holder").alias("node"), "spans")
    own = nodes.select(F.col("node").alias("at"), "node", F.array().alias("spans"))
    rows = documents.join(known.unionByName(own), "node")
    return rows.repartition("at").sortWithinPartitions("at", "node")


def _held(frame: DataFrame) -> DataFrame:
    """What a round hands to the next: in the session's checkpoints, if it has any, else `settled`.

    What is in a checkpoint does not stand on the rounds before it, not even for a lost executor.
    """
    held = settled(frame)
    if not frame.sparkSession.sparkContext.getCheckpointDir():
        return held
    kept = held.checkpoint()
    _give_back(held)
    return kept


def settled(frame: DataFrame) -> DataFrame:
    """The frame, worked out once, on local disks, and its plan forgotten.

    Else each round would plan all before it. How its rows are made Spark still knows, and makes
    those again that an executor had that died; a local checkpoint would be lost with it. They are
    taken below what Spark calls a query: of a query it tells with each plan all that it stands on,
    and that doubles with each frame that is used twice. Of 24 pages it wrote 347 MB so.
    """
    session = frame.sparkSession
    java = cast("ClassicFrame", frame)._jdf
    rows = java.queryExecution().executedPlan().execute()
    again = session._jsparkSession.internalCreateDataFrame(rows, java.schema(), False)
    return ClassicFrame(again, session).persist(StorageLevel.DISK_ONLY)
