"""What Spark shuffles, computes and holds for a GB of text, and what skew does to it.

``python -m bench.scale [COLLECTION=DOCUMENTS]…`` cleans collections of DEDUPE_TEXT_DATA with Spark
on two cores, compares the answers with those of one machine, and prints the figures of
docs/scale.md: from Spark's own log of events, and from /proc. ``python -m bench.scale skew``
simulates what lines that many documents say do to the shuffle of keys: as many say one as a word
occurs in the articles, which is a real heavy tail.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from pyspark.sql import SparkSession

from bench.text import DATA
from dedupe_text import Document, clean_many
from dedupe_text.integrations.spark import clean_dataframe, rounds
from dedupe_text.integrations.spark.stages import _BLOCK, _collapse

COLLECTIONS = ("articles=375", "pages=225", "speed-en_cpp_docs=400")
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
    """The first documents of a collection."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for _, line in zip(range(most), lines)]
    return [(n, str(one["id"]), one.get("site", ""), one["text"]) for n, one in enumerate(records)]


def cpu_seconds() -> float:
    """Of all processes below this one, and of those of them that ended."""
    parents, used = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
        used[int(path.parent.name)] = sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(used[one] for one in ours - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


def measure(name: str, most: int) -> None:
    """Print what it takes, and whether the answers are those of one machine."""
    rows = read(name, most)
    size = sum(len(row[3].encode()) for row in rows) / 1e6
    start = time.process_time()
    documents = [Document(id_, text, site) for _, id_, site, text in rows]
    wanted = [[result.text, len(result.cuts)] for result in clean_many(documents, across=True)]
    alone = time.process_time() - start
    again: list[int] = []
    differing = rounds._differing

    def counted(*frames: Any) -> Any:
        stale = differing(*frames).persist()
        again.append(stale.count())
        return stale

    rounds._differing = counted
    with tempfile.TemporaryDirectory() as folder:
        builder = SparkSession.builder.master("local[2]").config("spark.eventLog.dir", folder)
        for key, value in SETTINGS.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        df = session.createDataFrame(rows, KIND).repartition(4)
        session.range(1).mapInArrow(lambda batches: batches, "id long").collect()
        began = cpu_seconds()
        cleaned = clean_dataframe(df, site="site", order_by="n")
        told = cleaned.orderBy("n").selectExpr("text", "size(cuts)").collect()
        used = cpu_seconds() - began
        session.stop()
        events = [json.loads(line) for path in Path(folder).iterdir() for line in path.open()]
    rounds._differing = differing
    same = [[text, cuts] for text, cuts in told] == wanted
    print(f"{name}: {len(rows)} documents, {size:.2f} MB, same as one machine: {same}")
    print(f"  CPU seconds: one machine {alone:.1f}, Spark {used:.1f}")
    print(f"  cleaned again in rounds: {again}")
    for what, value in totals(events).items():
        print(f"  {what}: {value:,.2f}  for a MB of text: {value / size:,.2f}")


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


def skew(documents: int = 1_000_000) -> None:
    """Each document says five of many lines, by a heavy tail, and five lines of its own."""
    words = Counter(re.findall(r"\w+", " ".join(row[3].lower() for row in read("articles", 375))))
    counts = np.array(sorted(words.values(), reverse=True))
    lots = np.random.default_rng(1)
    said = lots.choice(len(counts), (documents, 5), p=counts / counts.sum())
    own = lots.integers(1 << 40, 1 << 62, (documents, 5))
    keys, nodes = np.hstack([said, own]).ravel(), np.repeat(np.arange(documents), 10)
    asked: Counter[int] = Counter()
    rows = 0
    for start in range(0, len(keys), _BLOCK):
        key, node = keys[start : start + _BLOCK], nodes[start : start + _BLOCK]
        none = np.zeros(len(key), np.int64)
        first = _collapse(key, node, none, none).to_pydict()
        kept = np.array(first["key"])[~np.array(first["follows"])]
        rows += len(kept)
        asked.update(kept[kept < len(counts)].tolist())
    hot = int(np.bincount(said.ravel()).max())
    print(f"{documents:,} documents, {len(keys):,} keys, the largest bucket {hot:,}")
    print(f"shuffled to learn which are shared: {rows:,}, largest bucket {max(asked.values()):,}")


def main(*asked: str) -> None:
    """Measure what is asked for, or all."""
    warnings.simplefilter("ignore")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for one in asked or ("skew", *COLLECTIONS):
        name, _, most = one.partition("=")
        if name == "skew":
            skew()
        else:
            measure(name, int(most))


if __name__ == "__main__":
    main(*sys.argv[1:])
