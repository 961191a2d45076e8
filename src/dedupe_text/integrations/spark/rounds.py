"""Which documents are set beside which, and cleaned, until nothing changes: shuffles of Spark.

One machine cleans documents one after the other, each beside the earlier ones that hold what it
says. Here all are cleaned at once, beside what the earlier ones say as they came; then those again
of whose earlier ones something else is left than was thought, until there are none. The first
document depends on nobody, and each on earlier ones alone, so the end is the same, and only one:
what one machine answers. On real collections it takes 2 to 5 rounds, the last of a few documents
(`bench.rounds`).

The other way would be to clean those that are connected by what they share one after the other in
one task. But nearly all of a collection is connected: of two pages each of 113 sites, 97 %.
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
    KEYS,
    choose_batches,
    clean_batches,
    name_batches,
    sign_batches,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from dedupe_text.settings import Settings

_ROOT = r"( \([0-9]+\))+$"


def find_plans(documents: DataFrame, settings: Settings) -> DataFrame:
    """The plan of each document from which something is cut, as `CLEANED` has it."""
    _describe(documents, "round 1")
    documents = _called(documents)
    signed = settled(documents.mapInArrow(sign_batches, KEYS))
    asked = settled(_shared(signed))
    stage = partial(clean_batches, settings=settings)
    pairs = _pair(signed, asked, None, settings)
    work = _gather(documents, pairs, None)
    plans = settled(work.mapInArrow(stage, CLEANED).where("plan is not null"))
    for number in count(2):
        _describe(documents, f"round {number}")
        before, pairs = pairs, _pair(signed, asked, plans, settings)
        stale = settled(_differing(pairs, before))
        if stale.isEmpty():
            break
        work = _gather(documents, pairs, plans, stale)
        again = work.mapInArrow(stage, CLEANED).where("plan is not null")
        plans = settled(plans.join(stale, "node", "left_anti").unionByName(again))
    _describe(documents, None)
    return plans


def _describe(frame: DataFrame, what: str | None) -> None:
    """What Spark's own page says of the jobs that follow."""
    told = what and f"dedupe-text, {what}"
    context: Any = frame.sparkSession.sparkContext  # its types do not know that None is for nothing
    context.setLocalProperty("spark.job.description", told)


def _called(documents: DataFrame) -> DataFrame:
    """The documents by their names: the second "7" is "7 (2)"."""
    ids = documents.select("node", "id").withColumn("root", F.regexp_replace("id", _ROOT, ""))
    several = ids.groupBy("root").count().where("count > 1")
    among = ids.join(several, "root", "left_semi").repartition("root")
    ordered = among.sortWithinPartitions("root", "node").select("root", "node", "id")
    names = settled(ordered.mapInArrow(name_batches, "node long, name string"))
    if names.isEmpty():
        return documents
    called = documents.join(names, "node", "left").withColumn("id", F.coalesce("name", "id"))
    return called.drop("name")


def _shared(signed: DataFrame) -> DataFrame:
    """The rows whose keys other documents have too."""
    firsts = signed.where("not follows")
    several = "min(node) over (partition by key) < max(node) over (partition by key)"
    marked = firsts.withColumn(
        "shared", F.expr(f"{several} or max(shared) over (partition by key)")
    )
    return marked.unionByName(signed.where("follows")).where("shared").drop("follows", "shared")


def _pair(
    signed: DataFrame, asked: DataFrame, plans: DataFrame | None, settings: Settings
) -> DataFrame:
    """Rows (node, holder, version): what a document is set beside, and what is left of that."""
    holds = asked.select("key", "node")
    if plans is not None:
        seams = settled(plans.select(F.explode("seams").alias("key")).distinct())
        if not seams.isEmpty():  # where a cut brought two sentences together there are new keys
            more = signed.select("key", "node", "passage", "words")
            asked = asked.unionByName(more.join(seams, "key", "left_semi"))
            holds = asked.select("key", "node")
        left = plans.select(F.explode("keys").alias("key"), "node")
        holds = holds.join(plans.select("node"), "node", "left_anti").unionByName(left)
    first = holds.groupBy("key").agg(F.min("node").alias("holder"))
    said = asked.join(first, "key").where("holder < node")
    ordered = said.select("node", "passage", "words", "holder").repartition("node")
    stage = partial(choose_batches, settings=settings)
    pairs = ordered.sortWithinPartitions("node").mapInArrow(stage, "node long, holder long")
    if plans is None:
        return settled(pairs.withColumn("version", F.lit(0).cast("long")))
    versions = plans.select(F.col("node").alias("holder"), F.xxhash64("spans").alias("version"))
    known = pairs.join(versions, "holder", "left")
    return settled(known.select("node", "holder", F.coalesce("version", F.lit(0)).alias("version")))


def _differing(pairs: DataFrame, before: DataFrame) -> DataFrame:
    """The nodes that are set beside something else than before."""
    both = pairs.withColumn("sign", F.lit(1)).unionByName(before.withColumn("sign", F.lit(-1)))
    changes = both.groupBy("node", "holder", "version").agg(F.sum("sign").alias("sign"))
    return changes.where("sign <> 0").select("node").distinct()


def _gather(
    documents: DataFrame,
    pairs: DataFrame,
    plans: DataFrame | None,
    stale: DataFrame | None = None,
) -> DataFrame:
    """The documents that are `stale`, or all, each behind those that it is set beside."""
    own = documents.withColumn("at", F.col("node"))
    if stale is not None:
        own, pairs = own.join(stale, "node", "left_semi"), pairs.join(stale, "node", "left_semi")
    at = pairs.select(F.col("node").alias("at"), F.col("holder").alias("node"))
    known = documents.join(at, "node")
    spans = F.lit(None).cast("array<long>").alias("spans")
    if plans is None:
        known = known.select("*", spans)
    else:
        known = known.join(plans.select("node", "spans"), "node", "left")
    columns = ["at", "node", "id", "site", "text", "spans"]
    rows = known.select(*columns, F.lit(False).alias("own"))
    rows = rows.unionByName(own.select(*columns[:-1], spans, F.lit(True).alias("own")))
    return rows.repartition("at").sortWithinPartitions("at", "own", "node")


def settled(frame: DataFrame) -> DataFrame:
    """The frame, worked out once, on local disks, and its plan forgotten.

    What an executor had that died is made again. With its plan each round would plan all before it,
    and tell it: what a session told its log of events of such plans filled a heap of 1 GB.

    It is in the session's checkpoints if there are any. Those that are local would do, but die with
    their executor; so the rows are taken as they come out, which Spark knows how to make again.
    """
    session = frame.sparkSession
    if session.sparkContext.getCheckpointDir():
        return frame.checkpoint()
    java = cast("ClassicFrame", frame)._jdf
    again = session._jsparkSession.createDataFrame(java.toJavaRDD(), java.schema())
    return ClassicFrame(again, session).persist(StorageLevel.DISK_ONLY)
