"""Which documents share a key, and which of them are connected: shuffles of Spark.

Large-star and small-star: Kiveris, Lattanzi, Mirrokni, Rastogi and Vassilvitskii, "Connected
Components in MapReduce and Beyond", 2014. Both are here joins and minima of two columns of numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pyspark import StorageLevel
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.classic.dataframe import DataFrame as ClassicFrame

from dedupe_text.integrations.spark.stages import GROUP, NODE, link_batches

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

EDGES = "one long, node long"


def held(frame: DataFrame) -> DataFrame:
    """The frame, worked out once, on local disks; what an executor had that died is made again."""
    return frame.persist(StorageLevel.DISK_ONLY)


def settled(frame: DataFrame) -> DataFrame:
    """The frame, held, and its plan forgotten: or each round of a loop would plan all before it.

    It is in the session's checkpoints if there are any. Those that are local would do, but die with
    their executor; so the rows are taken as they come out, which Spark knows how to make again.
    """
    session = frame.sparkSession
    if session.sparkContext.getCheckpointDir():
        return frame.checkpoint()
    java = cast("ClassicFrame", frame)._jdf
    again = session._jsparkSession.createDataFrame(java.toJavaRDD(), java.schema())
    return held(ClassicFrame(again, session))


def link(keys: DataFrame) -> DataFrame:
    """Rows (key, node) to the edges between documents of one bucket, as stars."""
    together = keys.repartition("key").sortWithinPartitions("key", "node")
    return together.mapInArrow(link_batches, EDGES)


def connect(edges: DataFrame) -> DataFrame:
    """Rows (node, group): of all nodes that have edges, the lowest that each is connected with."""
    edges, before = settled(_small_star(_ordered(edges))), None
    while (now := _total(edges)) != before:
        edges, before = settled(_small_star(_ordered(_large_star(edges)))), now
    others = edges.select(F.col("node").alias(NODE), F.col("one").alias(GROUP))
    lowest = edges.select(F.col("one").alias(NODE), F.col("one").alias(GROUP))
    return settled(others.union(lowest.distinct()))


def _ordered(edges: DataFrame) -> DataFrame:
    """Each edge once, from the lower to the higher."""
    low, high = F.least("one", "node"), F.greatest("one", "node")
    return edges.select(low.alias("one"), high.alias("node")).where("one < node").distinct()


def _large_star(edges: DataFrame) -> DataFrame:
    """The higher neighbours of each node, linked to the lowest of it and its neighbours."""
    both = edges.union(edges.select(F.col("node").alias("one"), F.col("one").alias("node")))
    lowest = both.groupBy("one").agg(F.least("one", F.min("node")).alias("lowest"))
    return both.join(lowest, "one").where("node > one").select(F.col("lowest").alias("one"), "node")


def _small_star(edges: DataFrame) -> DataFrame:
    """The lower neighbours of each node, and it itself, linked to the lowest of them."""
    lowest = edges.groupBy("node").agg(F.min("one").alias("lowest"))
    among = edges.join(lowest, "node").where("one > lowest")
    moved = among.select(F.col("lowest").alias("one"), F.col("one").alias("node"))
    return moved.union(lowest.select(F.col("lowest").alias("one"), "node")).distinct()


def _total(edges: DataFrame) -> tuple[int, ...]:
    """Two numbers that tell whether edges are the same."""
    row = edges.agg(F.count("*"), F.bit_xor(F.xxhash64("one", "node"))).first()
    assert row is not None
    return tuple(row)
