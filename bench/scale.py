"""What Spark shuffles, computes and holds for a GB of text, and what skew does to it.

``python -m bench.scale [COLLECTION=DOCUMENTS]…`` cleans collections of DEDUPE_TEXT_DATA with Spark
on two cores, compares the answers with those of one machine, and prints the figures of
docs/scale.md: from Spark's own log of events, and from /proc. ``articles=375x4`` are four times as
many, the same again in other letters: what grows with the text, and what does not. ``python -m
bench.scale parity`` compares the answers alone, shuffled into 1, 3 and 16 partitions. ``python -m
bench.scale skew=DOCUMENTS`` takes keys through Spark as lines that many documents say make them: as
many say one as a word occurs in the articles, which is a real heavy tail.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import sys
import time
import warnings
from collections import Counter
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.spark_log import cpu_seconds, session, tasks_of, totals
from bench.text import DATA, FIELDS, other_words
from dedupe_text import Document, clean_many
from dedupe_text.integrations.spark import clean_dataframe, rounds
from dedupe_text.integrations.spark.shapes import tell_cuts
from dedupe_text.integrations.spark.stages import CLEANED, KEYS, _collapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyspark.sql import DataFrame

COLLECTIONS = ("articles=375", "pages=225", "speed-en_cpp_docs=400")
ACCURACY = {"articles": 375, "pages": 225, "refrains": 176, "removals": 139, "pan13-train": 60}
"""Records of the collections that tell how right it is; of PAN's there are 1,200."""
HOLDERS = "holders"
LARGE = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "20000",
    "spark.sql.shuffle.partitions": "16",
}
"""So that few keys go the way of many: nothing is broadcast, and a block has 200,000 keys."""
KIND = "n int, id string, site string, text string"


def read(name: str, most: str) -> list[tuple[int, str, str, str]]:
    """The documents of the first records of a collection; of ``375x4`` these four times."""
    records, _, turns = most.partition("x")
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        first = [json.loads(line) for line in islice(lines, int(records))]
    found = [
        (str(one.get("id", number)), one.get("site", ""), one[field])
        for number, one in enumerate(first)
        for field in FIELDS
        if field in one
    ]
    again = range(int(turns or 1))
    rows = [
        (id_, site, text.translate(table) if turn else text)
        for turn, table in ((turn, other_words(turn)) for turn in again)
        for id_, site, text in found
    ]
    return [(n, *row) for n, row in enumerate(rows)]


def answer(rows: list[tuple[int, str, str, str]]) -> list[Any]:
    """Of one machine: what is left of each document, and what is told of its cuts."""
    documents = [Document(id_, text, site) for _, id_, site, text in rows]
    results = clean_many(documents, across=True)
    return [[one.text, json.loads(json.dumps(tell_cuts(one)))] for one in results]


def asked(df: DataFrame) -> list[Any]:
    """The same of Spark."""
    cleaned = clean_dataframe(df, site="site", order_by="n").orderBy("n").collect()
    return [[row.text, [cut.asDict(recursive=True) for cut in row.cuts]] for row in cleaned]


def measure(name: str, most: str) -> None:
    """Print what it takes, and whether the answers are those of one machine."""
    rows = read(name, most)
    size = sum(len(row[3].encode()) for row in rows) / 1e6
    start = time.process_time()
    wanted = answer(rows)
    alone = time.process_time() - start
    again: list[int] = []
    differing = rounds._differing

    def counted(*frames: Any) -> Any:
        stale = differing(*frames).persist()
        again.append(stale.count())
        return stale

    rounds._differing = counted
    with session() as (spark, events):
        df = spark.createDataFrame(rows, KIND).repartition(4)
        spark.range(1).mapInArrow(lambda batches: batches, "id long").collect()
        began, start = cpu_seconds(), time.perf_counter()
        same = asked(df) == wanted
        used, took = cpu_seconds().since(began), time.perf_counter() - start
    rounds._differing = differing
    print(f"{name}: {len(rows)} documents, {size:.2f} MB, same as one machine: {same}")
    print(f"  CPU seconds: one machine {alone:.1f}; Spark's Python {used.python:.1f}, and Java")
    print(f"  {used.java:.1f}, of which to make machine code {used.compiling:.1f}, and to collect")
    print(f"  garbage {used.collecting:.1f}; it took {took:.0f} s")
    print(f"  cleaned again in rounds: {again}")
    for what, value in totals(events).items():
        print(f"  {what}: {value:,.2f}  for a MB of text: {value / size:,.2f}", flush=True)


def compare(name: str, most: str) -> None:
    """Print whether the answers are those of one machine, however the rows are partitioned."""
    rows = read(name, most)
    wanted = answer(rows)
    with session() as (spark, _):
        for count in (1, 3, 16):
            random.Random(count).shuffle(rows)
            spark.conf.set("spark.sql.shuffle.partitions", count)
            same = asked(spark.createDataFrame(rows, KIND).repartition(count)) == wanted
            print(f"{name}: {len(rows)} documents, {count} partitions: {same}", flush=True)


def make_keys(batches: Iterable[Any], counts: Any) -> Iterator[Any]:
    """The keys of documents of which each says five lines of many, and five of its own."""
    for batch in batches:
        node = batch["id"].to_numpy()
        lots = np.random.default_rng(int(node[0]))
        said = lots.choice(len(counts), (len(node), 5), p=counts / counts.sum())
        own = lots.integers(1 << 40, 1 << 62, (len(node), 5))
        key, none = np.hstack([said, own]).ravel(), np.zeros(10 * len(node), np.int64)
        yield _collapse(key, np.repeat(node, 10), none, none)


def skew(documents: int) -> None:
    """Print how many rows the largest task has where it is asked who holds a key."""
    words = Counter(re.findall(r"\w+", " ".join(row[3].lower() for row in read("articles", "375"))))
    counts = np.array(sorted(words.values(), reverse=True))
    with session(**LARGE) as (spark, events):
        nodes = spark.range(0, documents, 1, 2)
        marked = rounds.settled(
            rounds.mark(nodes.mapInArrow(partial(make_keys, counts=counts), KEYS))
        )
        shared = marked.where("shared")
        most = shared.groupBy("key").count().orderBy("count", ascending=False).first()
        spark.sparkContext.setJobGroup(HOLDERS, "")
        plans = spark.createDataFrame([], CLEANED)
        found = rounds.find_holders(shared, plans)
        told = found.agg({"*": "count", "holder": "max"}).first()
        marked.unpersist()
    print(f"{documents:,} documents, {documents * 10:,} keys; {told} are told of a holder")
    print(f"the hottest key has {most} members")
    for what, values in tasks_of(events, HOLDERS).items():
        print(f"  {what}: largest task {max(values):,} rows, mean {sum(values) / len(values):,.0f}")


def main(*asked_for: str) -> None:
    """Measure what is asked for, or all."""
    warnings.simplefilter("ignore")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for one in asked_for or ("skew=1000000", *COLLECTIONS):
        name, _, most = one.partition("=")
        if name == "skew":
            skew(int(most))
        elif name == "parity":
            for collection, number in ACCURACY.items():
                compare(collection, str(number))
        else:
            measure(name, most)


if __name__ == "__main__":
    main(*sys.argv[1:])
