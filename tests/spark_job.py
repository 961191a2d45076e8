"""A program of its own, for a session belongs to a process: does on one master what it is asked.

It reads lines of JSON, each the name of one of the functions below and what it takes, and answers
each with a line; and with one more, once, as soon as work is under way. Its sessions keep a log of
events, as most do.
"""

import json
import os
import random
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812

from dedupe_text.__main__ import main as run_command
from dedupe_text.errors import InputError
from dedupe_text.integrations.spark import clean_dataframe
from dedupe_text.integrations.spark.rounds import find_holders, mark
from dedupe_text.integrations.spark.stages import CLEANED, KEYS

KIND = "count int, id string, site string, text string"


def main(master: str, folder: str) -> None:
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        name, *given = json.loads(line)
        if name == "run":
            told: Any = run(*given)
        else:
            told = {"clean": clean, "show": show, "ask": ask, "refuse": refuse}[name](
                start(master, folder), *given
            )
        print(json.dumps(told), flush=True)


def start(master: str, folder: str) -> SparkSession:
    """The session that there is, or another."""
    if there := SparkSession.getActiveSession():
        return there
    settings = {
        "spark.eventLog.compress": "false",
        "spark.eventLog.dir": folder,
        "spark.eventLog.enabled": "true",
        "spark.eventLog.rolling.enabled": "false",
        "spark.log.level": "OFF",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "20",
    }
    session = SparkSession.builder.master(master).config(map=settings).getOrCreate()
    threading.Thread(target=tell_work, args=[session], daemon=True).start()
    return session


def clean(session: SparkSession, collection: str, count: int, checkpoints: str = "") -> Any:
    """What is left of a collection that is shuffled into so many partitions."""
    rows = [tuple(row) for row in json.loads(Path(collection).read_text("utf-8"))]
    random.Random(1).shuffle(rows)
    if checkpoints:
        session.sparkContext.setCheckpointDir(checkpoints)
    session.conf.set("spark.sql.shuffle.partitions", min(count, 3))
    df = session.createDataFrame(rows, KIND).repartition(count)
    cleaned = clean_dataframe(df, site="site", order_by="count").orderBy("count").collect()
    answers = [[row.text, [cut.asDict(recursive=True) for cut in row.cuts]] for row in cleaned]
    infos: Any = session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    return {"answers": answers, "executors": len(infos) - 1}


def refuse(session: SparkSession, kind: str) -> Any:
    """What is said of a frame without a row, of this kind."""
    try:
        clean_dataframe(session.createDataFrame([], kind))
    except InputError as error:
        return {"told": str(error)}


def show(session: SparkSession, folder: str, code: str) -> Any:
    """What the README's code makes of the rows in a folder."""
    names: dict[str, Any] = {"df": session.read.parquet(folder)}
    exec(code, names)
    return [row.asDict(recursive=True) for row in names["cleaned"].orderBy("url").collect()]


def ask(session: SparkSession) -> Any:
    """How many rows each task has of a line that all say: to mark it, and to tell who holds it."""
    rows = [(1, n, 0, 20, n - n % 40, n % 40 > 0, True) for n in range(4000)]
    session.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
    session.conf.set("spark.sql.shuffle.partitions", 8)
    marked = mark(session.createDataFrame(rows, KEYS))
    found = find_holders(marked.where("shared"), session.createDataFrame([], CLEANED))
    session.conf.unset("spark.sql.autoBroadcastJoinThreshold")
    told = [F.count("*").alias("rows"), F.min("holder"), F.max("holder").alias("holder")]
    tasks = [
        one.groupBy(F.spark_partition_id()).agg(*told).collect()
        for one in (marked.where("not follows"), marked.where("follows"), found)
    ]
    return {
        "rows": [[task.rows for task in some] for some in tasks],
        "holders": [*{task.holder for task in tasks[-1]}],
    }


def run(folder: str, arguments: list[str]) -> Any:
    """What the command answers; it makes a session of its own."""
    if there := SparkSession.getActiveSession():
        there.stop()
    os.chdir(folder)
    ours = os.dup(2)
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        sys.argv[1:] = arguments
        try:
            run_command()
        except SystemExit as done:
            code = done.code
        os.dup2(ours, 2)
        heard.seek(0)
        return {"code": code, "stderr": heard.read().decode()}


def tell_work(session: SparkSession) -> None:
    """Say when tasks run of a stage that comes behind others."""
    tracker = session.sparkContext.statusTracker()
    while True:
        for stage in map(tracker.getStageInfo, tracker.getActiveStageIds()):
            if stage is not None and stage.stageId > 5 and stage.numActiveTasks:
                print(json.dumps({"stage": stage.stageId}), flush=True)
                return
        time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
