"""Spark: the same answers as one machine gives, for more text than one machine holds.

It works with Apache Spark 4. The package has to be installed where the executors run.
"""

from __future__ import annotations

from functools import partial, reduce
from typing import TYPE_CHECKING

try:
    import pyarrow  # noqa: F401
    from pyspark.sql import functions as F  # noqa: N812
except ModuleNotFoundError as error:
    raise ImportError("Spark needs an extra: pip install 'dedupe-text[spark]'") from error

from dedupe_text.errors import InputError
from dedupe_text.integrations.spark.components import connect, held, link, settled
from dedupe_text.integrations.spark.shapes import CUT, CUTS, Columns
from dedupe_text.integrations.spark.stages import (
    COUNT,
    GROUP,
    ID,
    NAME,
    NODE,
    REMOVED,
    SEAMS,
    clean_batches,
    identify_batches,
    name_batches,
    sign_batches,
)
from dedupe_text.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame

    from dedupe_text.integrations.spark.shapes import Shape

_SIGNED = "key long, one long, node long"
_ROOT = r"( \([0-9]+\))+$"


def clean_dataframe(
    df: DataFrame,
    *,
    id: str = "id",  # noqa: A002
    text: str = "text",
    site: str | None = None,
    order_by: str | Sequence[str] | None = None,
    settings: Settings | None = None,
) -> DataFrame:
    """The rows without what an earlier one, or the row itself, says before; in no order.

    Rows of a frame have none, so `order_by` gives it: columns that tell all rows apart, by default
    the `id`. All columns are kept, and ``cuts`` tells what was removed, and what stays in its
    stead. The answer is that of `clean_many(across=True)` on the rows in their order, however they
    are partitioned. Most of the work is done before it returns. Raises `InputError` for a column
    that is not there or of another type, and for an order that leaves rows in none.
    """
    order = [order_by] if isinstance(order_by, str) else [*(order_by or (id,))]
    check_columns(df, text, [id, *order, *([site] if site else [])])
    twice = df.groupBy(*order).count().where("count > 1").first()
    if twice is not None:
        shown = ", ".join(f"{name}={twice[name]!r}" for name in order)
        raise InputError(f"several rows have {shown}; name columns to order_by that tell all apart")
    cleaned = clean_columns(df, df.columns, (text, id, site), order, settings or Settings())
    return cleaned.drop(COUNT, REMOVED)


def clean_columns(
    df: DataFrame,
    kept: Sequence[str],
    names: tuple[str, str, str | None],
    order: Sequence[str],
    settings: Settings,
) -> DataFrame:
    """The columns that are `kept`, of the rows whose text, id and site have these `names`."""
    schema = f"{_ddl(df.select(*map(quoted, kept)))}, {CUTS} array<struct<{CUT}>>"
    return clean_rows(df, Columns(*names, kept), schema, order, settings)


def clean_rows(
    rows: DataFrame, shape: Shape, schema: str, order: Sequence[str], settings: Settings
) -> DataFrame:
    """The rows as `shape` writes them, in this schema, and how much was cut from each."""
    numbered = rows.withColumn(NODE, F.xxhash64(*order))
    signed = held(numbered.mapInArrow(partial(sign_batches, shape=shape), _SIGNED))
    keys = signed.where("key is not null").select("key", "node")
    edges = signed.where("key is null").select("one", "node").union(link(keys))
    groups, names = connect(edges), settled(_rename(numbered, shape, order))
    clean = partial(_clean, shape=shape, schema=schema, order=order, settings=settings)
    cleaned = held(clean(numbered, groups, names))
    while (wider := _widen(cleaned, keys, groups)) is not None:
        groups, changed = wider
        again = clean(numbered.join(changed, NODE, "left_semi"), groups, names)
        cleaned = held(cleaned.join(changed, NODE, "left_anti").unionByName(again))
    return cleaned.drop(NODE, SEAMS)


def _clean(
    numbered: DataFrame,
    groups: DataFrame,
    names: DataFrame,
    *,
    shape: Shape,
    schema: str,
    order: Sequence[str],
    settings: Settings,
) -> DataFrame:
    """The documents of a group one after the other, and those in none where they are."""
    rows = numbered.join(groups, NODE, "left").join(names, NODE, "left")
    grouped = rows.where(f"{GROUP} is not null").repartition(GROUP)
    several = (grouped.sortWithinPartitions(GROUP, *order), rows.where(f"{GROUP} is null"))
    stage = partial(clean_batches, shape=shape, settings=settings)
    own = f"{schema}, {NODE} long, {SEAMS} array<long>, {COUNT} long, {REMOVED} long"
    return reduce(lambda one, other: one.union(other), (r.mapInArrow(stage, own) for r in several))


def _widen(
    cleaned: DataFrame, keys: DataFrame, groups: DataFrame
) -> tuple[DataFrame, DataFrame] | None:
    """The groups, and the nodes of those that grew, if what is left has a key that others have."""
    seams = settled(cleaned.select(F.explode(SEAMS).alias("key"), F.col(NODE).alias("node")))
    met = link(keys.join(seams.select("key").distinct(), "key", "left_semi").union(seams))
    for end in ("one", "node"):
        own = groups.select(F.col(NODE).alias(end), GROUP)
        group = F.coalesce(GROUP, end).alias(end)
        met = met.join(own, end, "left").select(*(set(met.columns) - {end}), group)
    crossing = settled(met.select("one", "node").where("one <> node").distinct())
    if crossing.isEmpty():
        return None
    merged = connect(crossing)  # groups, as if each were one node: its lowest
    into = merged.select(F.col(NODE).alias(GROUP), F.col(GROUP).alias("into"))
    moved = groups.join(into, GROUP, "left").select(NODE, F.coalesce("into", GROUP).alias(GROUP))
    alone = merged.join(groups, NODE, "left_anti").select(NODE, GROUP)
    wider = settled(moved.union(alone))
    return wider, settled(wider.join(merged.select(GROUP), GROUP, "left_semi").select(NODE))


def _rename(numbered: DataFrame, shape: Shape, order: Sequence[str]) -> DataFrame:
    """Rows (node, name) of the documents that are not called by their ids."""
    places = [NODE, *order]
    stage = partial(identify_batches, shape=shape, places=places)
    ids = numbered.mapInArrow(stage, f"{_ddl(numbered.select(*places))}, {ID} string")
    rooted = ids.withColumn("root", F.regexp_replace(ID, _ROOT, ""))
    several = rooted.groupBy("root").count().where("count > 1")
    among = rooted.join(several, "root", "left_semi").repartition("root")
    named = among.sortWithinPartitions("root", *order).select("root", NODE, ID)
    return named.mapInArrow(name_batches, f"{NODE} long, {NAME} string")


def check_columns(df: DataFrame, text: str, others: Sequence[str]) -> None:
    """Raises `InputError` if one of these is not there, or the text is none."""
    kinds = dict(df.dtypes)
    for name in (text, *others):
        if df.columns.count(name) != 1:
            listed = ", ".join(map(repr, df.columns[:8]))
            raise InputError(f"there is no column {name!r}, or several; there are {listed}")
    if kinds[text] != "string":
        raise InputError(f"the column {text!r} is of {kinds[text]}, not of strings")
    if CUTS in df.columns:
        raise InputError(f"there is a column {CUTS!r} already; rename it")


def _ddl(df: DataFrame) -> str:
    return ", ".join(f"{quoted(name)} {kind}" for name, kind in df.dtypes)


def quoted(name: str) -> str:
    """The name of a column, as Spark takes it whatever is in it."""
    return f"`{name.replace('`', '``')}`"
