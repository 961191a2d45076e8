"""What Spark shuffles, computes and holds for a GB of text, and what skew does to it.

``python -m bench.scale [PARTITIONS]`` cleans collections of DEDUPE_TEXT_DATA on this machine and
prints the figures of docs/scale.md, from Spark's own log of events. The skew is simulated: as many
documents say a line as there are occurrences of a word in the articles, which is a real heavy tail.
"""

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

from dedupe_text.integrations.spark import clean_dataframe
from dedupe_text.integrations.spark.stages import _BLOCK, _collapse

DATA = Path(os.environ.get("DEDUPE_TEXT_DATA") or "../shared/data")
COLLECTIONS = {"articles": 375, "pages": 225, "speed-en_cpp_docs": 1500}


def read(name: str, most: int) -> list[tuple[int, str, str, str]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for _, line in zip(range(most), lines)]
    return [(n, str(one["id"]), one.get("site", ""), one["text"]) for n, one in enumerate(records)]


def measure(name: str, most: int, partitions: int) -> None:
    rows = read(name, most)
    size = sum(len(row[3].encode()) for row in rows)
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "spark.log.level": "OFF",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.shuffle.partitions": str(partitions),
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": folder,
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false",
            "spark.eventLog.logStageExecutorMetrics": "true",
            "spark.executor.processTreeMetrics.enabled": "true",
            "spark.executor.metrics.pollingInterval": "200",
        }
        builder = SparkSession.builder.master("local[2]")
        for key, value in settings.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        df = session.createDataFrame(rows, "n int, id string, site string, text string")
        start = time.perf_counter()
        cleaned = clean_dataframe(df.repartition(partitions), site="site", order_by="n")
        cuts = cleaned.selectExpr("sum(size(cuts))").first()
        took = time.perf_counter() - start
        session.stop()
        events = [json.loads(line) for path in Path(folder).iterdir() for line in path.open()]
    print(f"{name}: {len(rows)} documents, {size / 1e6:.1f} MB, cuts {cuts[0] if cuts else 0}")
    for told, value in totals(events).items():
        print(f"  {told}: {value:,.1f}")
    print(f"  seconds {took:.1f}")


def totals(events: list[dict[str, Any]]) -> dict[str, float]:
    tasks = [one for one in events if one["Event"] == "SparkListenerTaskEnd"]
    found = [one["Task Metrics"] for one in tasks if one.get("Task Metrics")]
    memory = [one["Executor Metrics"] for one in events if one.get("Executor Metrics")]
    memory += [one["Task Executor Metrics"] for one in tasks if one.get("Task Executor Metrics")]
    peak = {
        name: max((one.get(name, 0) for one in memory), default=0) / 1e6
        for name in ("ProcessTreePythonRSSMemory", "JVMHeapMemory")
    }
    return {
        "shuffled MB": sum(m["Shuffle Write Metrics"]["Shuffle Bytes Written"] for m in found)
        / 1e6,
        "spilled MB": sum(m["Disk Bytes Spilled"] for m in found) / 1e6,
        "task seconds": sum(m["Executor Run Time"] for m in found) / 1e3,
        "longest task, seconds": max(m["Executor Run Time"] for m in found) / 1e3,
        "tasks": len(tasks),
        **{f"peak MB, {name}": value for name, value in peak.items()},
    }


def skew(documents: int = 2_000_000, own: int = 20) -> None:
    """A line said by as many documents as a word occurs, in proportion; and lines of their own."""
    words = Counter(re.findall(r"\w+", " ".join(row[3].lower() for row in read("articles", 375))))
    counts = np.array(sorted(words.values(), reverse=True))
    chance = counts / counts.sum()
    lots = np.random.default_rng(1)
    said = lots.choice(len(counts), (documents, 5), p=chance).astype(np.uint64)
    nodes = np.repeat(np.arange(documents), 5 + own)
    alone = lots.integers(1 << 40, 1 << 63, (documents, own), dtype=np.uint64)
    keys = np.hstack([said, alone]).ravel()
    hot_before = int(np.bincount(said.ravel().astype(np.int64)).max())
    rows = edges = 0
    hot: Counter[int] = Counter()
    for start in range(0, len(keys), _BLOCK):
        found = _collapse(keys[start : start + _BLOCK], nodes[start : start + _BLOCK])
        key = found["key"].to_numpy(zero_copy_only=False)
        rows += int((~np.isnan(key.astype(float))).sum())
        edges += found["key"].null_count
        hot.update(found["key"].drop_null().filter(less(found["key"])).to_pylist())
    print(f"skew: {documents:,} documents, {len(keys):,} keys, largest bucket {hot_before:,}")
    print(f"  rows shuffled {rows:,}, edges {edges:,}, largest bucket {max(hot.values()):,}")


def less(keys: Any) -> Any:
    import pyarrow.compute as compute

    kept = keys.drop_null()
    return compute.less(kept, 1 << 40)


def main(partitions: str = "4") -> None:
    warnings.simplefilter("ignore")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    skew()
    for name, most in COLLECTIONS.items():
        measure(name, most, int(partitions))


if __name__ == "__main__":
    main(*sys.argv[1:])
