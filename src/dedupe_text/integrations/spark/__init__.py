"""Spark: the same answers as one machine gives, for more text than one machine holds.

It works with Apache Spark 4. The package has to be installed where the executors run.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

try:
    import pyarrow  # noqa: F401
    from pyspark.sql import functions as F  # noqa: N812
    from pyspark.sql.types import DataType, StructField, StructType
except ModuleNotFoundError as error:
    raise ImportError("Spark needs an extra: pip install 'dedupe-text[spark]'") from error

from dedupe_text.errors import InputError
from dedupe_text.integrations.spark.rounds import find_plans, settled
from dedupe_text.integrations.spark.shapes import CUT, CUTS, Columns
from dedupe_text.integrations.spark.stages import NODE, PLAN, apply_batches
from dedupe_text.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame

    from dedupe_text.integrations.spark.shapes import Shape


class Cleaned(NamedTuple):
    """Rows without what was cut from them, and the plans, of those from which something was."""

    rows: DataFrame
    plans: DataFrame


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
    places = df.groupBy(*order).agg(F.count("*").alias(NODE))
    if (twice := places.where(F.col(NODE) > 1).first()) is not None:
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(order, twice))
        raise InputError(f"several rows have {shown}; name columns to order_by that tell all apart")
    names = (text, id, site)
    return clean_columns(df, df.columns, names, order, settings or Settings()).rows


def clean_columns(
    df: DataFrame,
    kept: Sequence[str],
    names: tuple[str, str, str | None],
    order: Sequence[str],
    settings: Settings,
) -> Cleaned:
    """The columns that are `kept`, of the rows whose text, id and site have these `names`."""
    told = StructField(CUTS, DataType.fromDDL(f"array<struct<{CUT}>>"))
    schema = StructType([*df.select(*kept).schema, told])
    return clean_rows(df, Columns(*names, kept), schema, order, settings)


def clean_rows(
    rows: DataFrame,
    shape: Shape,
    schema: StructType | str,
    order: Sequence[str],
    settings: Settings,
) -> Cleaned:
    """The rows as `shape` writes them, in this schema."""
    # Numbers that rise with the order, not without gaps: sorted once, and held so.
    numbered = settled(rows.orderBy(*order).withColumn(NODE, F.monotonically_increasing_id()))
    plans = find_plans(numbered, shape, settings)
    named = plans.select(F.col("node").alias(NODE), F.col("plan").alias(PLAN))
    planned = numbered.join(named, NODE, "left")
    return Cleaned(planned.mapInArrow(partial(apply_batches, shape=shape), schema), plans)


def check_columns(df: DataFrame, text: str, others: Sequence[str]) -> None:
    """Raises `InputError` if one of these is not there, or the text is none."""
    kinds = dict(df.dtypes)
    for name in (text, *others):
        if df.columns.count(name) != 1:
            listed = ", ".join(map(repr, df.columns[:8])) or "none"
            raise InputError(f"there is no column {name!r}, or several; there are {listed}")
    if kinds[text] != "string":
        raise InputError(f"the column {text!r} is of {kinds[text]}, not of strings")
    for name in df.columns:
        if name.lower() in (CUTS, NODE, PLAN):  # Spark tells no capital from its small letter
            raise InputError(f"there is a column {name!r} already; rename it")
        if "." in name or "`" in name:  # to `mapInArrow` these are paths
            raise InputError(f"PySpark takes no dot or backtick in a name; rename {name!r}")
