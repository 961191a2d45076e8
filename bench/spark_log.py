"""What a session of Spark says of itself: its log of events, and its processes in /proc."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = {
    "spark.log.level": "OFF",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "4",
    "spark.eventLog.enabled": "true",
    "spark.eventLog.rolling.enabled": "false",
    "spark.eventLog.compress": "false",
    "spark.eventLog.logBlockUpdates.enabled": "true",
    "spark.eventLog.logStageExecutorMetrics": "true",
    "spark.executor.processTreeMetrics.enabled": "true",
    "spark.executor.metrics.pollingInterval": "500",
}
TICKS = os.sysconf("SC_CLK_TCK")


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


class Seconds(NamedTuple):
    """Of CPU, of all processes below this one, and of those of them that ended."""

    python: float
    java: float
    compiling: float
    """Of Java: threads that make machine code of what runs often."""
    collecting: float
    """Of Java: threads that collect garbage."""

    def since(self, began: Seconds) -> Seconds:
        """What came on top."""
        return Seconds(*(now - then for now, then in zip(self, began)))


def cpu_seconds() -> Seconds:
    """What was used until now."""
    parents, used, ended, java = {}, {}, {}, set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        if (found := _read(path)) is None:
            continue
        name, fields = found
        pid = int(path.parent.name)
        java |= {pid} if name.startswith("java") else set()
        # What Java waited for is Python's; that of Python, its workers.
        parents[pid] = int(fields[1])
        used[pid], ended[pid] = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
    ours = {os.getpid()}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    ours -= {os.getpid()}
    threads: Counter[str] = Counter()
    for path in (path for pid in ours & java for path in Path(f"/proc/{pid}/task").glob("*/stat")):
        if (found := _read(path)) is not None:
            name, fields = found
            threads[name[:2]] += sum(map(int, fields[11:13]))
    ticks = (
        sum(used[one] for one in ours - java) + sum(ended[one] for one in ours),
        sum(used[one] for one in ours & java),
        threads["C1"] + threads["C2"],
        threads["GC"] + threads["G1"],
    )
    return Seconds(*(one / TICKS for one in ticks))


def _read(path: Path) -> tuple[str, list[str]] | None:
    """The name of a process or thread, and the fields behind it; None if it ended."""
    try:
        name, _, rest = path.read_text().rpartition(")")
    except OSError:
        return None
    return name.partition("(")[2], rest.split()


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
    most, last = held(events)
    return {
        "shuffled MB": sum(written) / 1e6,
        "shuffled MB, the three largest": sum(size for _, size in stages.most_common(3)) / 1e6,
        "held MB, at most": most / 1e6,
        "held MB, at the end": last / 1e6,
        "spilled MB": sum(one["Disk Bytes Spilled"] for one in found) / 1e6,
        "seconds of tasks": sum(one["Executor Run Time"] for one in found) / 1e3,
        "seconds of the longest": max(one["Executor Run Time"] for one in found) / 1e3,
        "CPU seconds of tasks in Java": sum(
            one["Executor CPU Time"] + one["Executor Deserialize CPU Time"] for one in found
        )
        / 1e9,
        "jobs": sum(one["Event"] == "SparkListenerJobStart" for one in events),
        "tasks": len(tasks),
        "peak MB of Python": max(one.get("ProcessTreePythonRSSMemory", 0) for one in memory) / 1e6,
        "peak MB of the heap": max(one.get("JVMHeapMemory", 0) for one in memory) / 1e6,
    }


def held(events: list[dict[str, Any]]) -> tuple[int, int]:
    """Bytes of persisted frames on disks: at most, and when the session ended."""
    blocks: dict[str, Counter[str]] = {}
    most = now = 0
    for one in events:
        if one["Event"] == "SparkListenerBlockUpdated":
            block = one["Block Updated Info"]
            kind, _, rest = block["Block ID"].partition("_")
            if kind == "rdd":
                frame = blocks.setdefault(rest.partition("_")[0], Counter())
                frame[block["Block ID"]] = block["Disk Size"]
        elif one["Event"] == "SparkListenerUnpersistRDD":
            blocks.pop(str(one["RDD ID"]), None)
        now = sum(frame.total() for frame in blocks.values())
        most = max(most, now)
    return most, now


def tasks_of(events: list[dict[str, Any]], group: str) -> dict[str, list[int]]:
    """The rows that each task of a group of jobs read from a shuffle, by stages of many."""
    stages = {
        stage
        for one in events
        if one["Event"] == "SparkListenerJobStart"
        and one["Properties"].get("spark.jobGroup.id") == group
        for stage in one["Stage IDs"]
    }
    found: dict[str, list[int]] = {}
    for one in events:
        if one["Event"] == "SparkListenerTaskEnd" and one["Stage ID"] in stages:
            read = one["Task Metrics"]["Shuffle Read Metrics"]["Total Records Read"]
            found.setdefault(f"stage {one['Stage ID']}", []).append(read)
    return {what: values for what, values in found.items() if sum(values) > 1000}
