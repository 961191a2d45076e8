"""What Spark shuffles, computes and holds for a GB of text, and what skew does to it.

``python -m bench.scale [COLLECTION=DOCUMENTS]…`` cleans collections of DEDUPE_TEXT_DATA with Spark
on two cores, compares the answers with those of one machine, and prints the figures of
docs/scale.md: from Spark's own log of events, and from /proc. ``python -m bench.scale parity``
compares the answers alone, shuffled into 1, 3 and 16 partitions. ``python -m bench.scale
skew=DOCUMENTS`` takes keys through Spark as lines that many documents say make them: as many say
one as a word occurs in the articles, which is a real heavy tail.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import sys
import tempfile
import time
import warnings
from collections import Counter
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pyspark.sql import SparkSession

from bench.text import DATA, FIELDS
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
SETTINGS = {
    "spark.log.level": "OFF",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "4",
    "spark.eventLog.enabled": "true",
    "spark.eventLog.rolling.enabled": "false",
    "spark.eventLog.compress": "false",
    "spark.eventLog.logStageExecutorMetrics": "true",
    "spark.executor.processTreeMetrics.enabled": "true",
    "spark.executor.metrics.pollingInterval": "500",
}


def read(name: str, most: int) -> list[tuple[int, str, str, str]]:
    """The documents of the first records of a collection."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in islice(lines, most)]
    found = [
        (str(one.get("id", number)), one.get("site", ""), one[field])
        for number, one in enumerate(records)
        for field in FIELDS
        if field in one
    ]
    return [(n, *row) for n, row in enumerate(found)]


def answer(rows: list[tuple[int, str, str, str]]) -> list[Any]:
    """Of one machine: what is left of each document, and what is told of its cuts."""
    documents = [Document(id_, text, site) for _, id_, site, text in rows]
    results = clean_many(documents, across=True)
    return [[one.text, json.loads(json.dumps(tell_cuts(one)))] for one in results]


def asked(df: DataFrame) -> list[Any]:
    """The same of Spark."""
    cleaned = clean_dataframe(df, site="site", order_by="n").orderBy("n").collect()
    return [[row.text, [cut.asDict(recursive=True) for cut in row.cuts]] for row in cleaned]


@contextmanager
def session(**more: str) -> Iterator[tuple[SparkSession, list[dict[str, Any]]]]:
    """A session on two cores, and once it is stopped what its log of events says."""
    events: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        builder = SparkSession.builder.master("local[2]").config("spark.eventLog.dir", folder)
        for key, value in {**SETTINGS, **more}.items():
            builder = builder.config(key, value)
        spark = builder.getOrCreate()
        try:
            yield spark, events
        finally:
            spark.stop()
        for path in Path(folder).iterdir():
            events += map(json.loads, path.open())


def cpu_seconds() -> tuple[float, float]:
    """Of Java and of Python: of all processes below this one, and of those of them that ended."""
    parents, used, java = {}, {}, set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        pid, fields = int(path.parent.name), rest.split()
        parents[pid], used[pid] = int(fields[1]), sum(map(int, fields[11:15]))
        java |= {pid} if "(java" in name else set()
    ours = {os.getpid()}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    ticks = os.sysconf("SC_CLK_TCK")
    ours -= {os.getpid()}
    return sum(used[n] for n in ours & java) / ticks, sum(used[n] for n in ours - java) / ticks


def measure(name: str, most: int) -> None:
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
        used, took = cpu_seconds(), time.perf_counter() - start
    rounds._differing = differing
    print(f"{name}: {len(rows)} documents, {size:.2f} MB, same as one machine: {same}")
    print(f"  CPU seconds: one machine {alone:.1f}, Spark {sum(used) - sum(began):.1f}, of which")
    print(f"  Java {used[0] - began[0]:.1f}, Python {used[1] - began[1]:.1f}; it took {took:.0f} s")
    print(f"  cleaned again in rounds: {again}")
    for what, value in totals(events).items():
        print(f"  {what}: {value:,.2f}  for a MB of text: {value / size:,.2f}", flush=True)


def compare(name: str, most: int) -> None:
    """Print whether the answers are those of one machine, however the rows are partitioned."""
    rows = read(name, most)
    wanted = answer(rows)
    with session() as (spark, _):
        for count in (1, 3, 16):
            random.Random(count).shuffle(rows)
            spark.conf.set("spark.sql.shuffle.partitions", count)
            same = asked(spark.createDataFrame(rows, KIND).repartition(count)) == wanted
            print(f"{name}: {len(rows)} documents, {count} partitions: {same}", flush=True)


def totals(events: list[dict[str, Any]]) -> dict[str, float]:
    """What the log of events says of all tasks."""
    tasks = [one for one in events if one["Event"] == "SparkListenerTaskEnd"]
    found = [one["Task Metrics"] for one in tasks if one.get("Task Metrics")]
    memory = [one["Executor Metrics"] for one in events if one.get("Executor Metrics")]
    memory += [one["Task Executor Metrics"] for one in tasks if one.get("Task Executor Metrics")]
    written = [one["Shuffle Write Metrics"]["Shuffle Bytes Written"] for one in found]
    stages: Counter[int] = Counter()
    for one, size in zip((one for one in tasks if one.get("Task Metrics")), written):
        stages[one["Stage ID"]] += size
    return {
        "shuffled MB": sum(written) / 1e6,
        "shuffled MB, the three largest": sum(size for _, size in stages.most_common(3)) / 1e6,
        "spilled MB": sum(one["Disk Bytes Spilled"] for one in found) / 1e6,
        "seconds of tasks": sum(one["Executor Run Time"] for one in found) / 1e3,
        "seconds of the longest": max(one["Executor Run Time"] for one in found) / 1e3,
        "tasks": len(tasks),
        "peak MB of Python": max(one.get("ProcessTreePythonRSSMemory", 0) for one in memory) / 1e6,
        "peak MB of the heap": max(one.get("JVMHeapMemory", 0) for one in memory) / 1e6,
    }


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
    words = Counter(re.findall(r"\w+", " ".join(row[3].lower() for row in read("articles", 375))))
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
    for what, values in tasks_of(events).items():
        print(f"  {what}: largest task {max(values):,} rows, mean {sum(values) / len(values):,.0f}")


def tasks_of(events: list[dict[str, Any]]) -> dict[str, list[int]]:
    """The rows that each task of the look-up read from a shuffle, by stages of many."""
    stages = {
        stage
        for one in events
        if one["Event"] == "SparkListenerJobStart"
        and one["Properties"].get("spark.jobGroup.id") == HOLDERS
        for stage in one["Stage IDs"]
    }
    found: dict[str, list[int]] = {}
    for one in events:
        if one["Event"] == "SparkListenerTaskEnd" and one["Stage ID"] in stages:
            read = one["Task Metrics"]["Shuffle Read Metrics"]["Total Records Read"]
            found.setdefault(f"stage {one['Stage ID']}", []).append(read)
    return {what: values for what, values in found.items() if sum(values) > 1000}


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
                compare(collection, number)
        else:
            measure(name, int(most))


if __name__ == "__main__":
    main(*sys.argv[1:])
