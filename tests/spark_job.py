"""A program of its own, for a session belongs to a process: does on one master what it is asked.

It reads a line of JSON for each: into how many partitions to shuffle the collection, which
it then cleans; or a folder and the arguments of a command, or a folder and code of the README. It
answers with a line; and with one more, once, as soon as work is under way.
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

from dedupe_text.__main__ import main as run
from dedupe_text.integrations.spark import clean_dataframe

KIND = "n int, id string, site string, text string"


def main(master: str, collection: str) -> None:
    warnings.simplefilter("ignore")
    rows = [tuple(row) for row in json.loads(Path(collection).read_text("utf-8"))]
    random.Random(1).shuffle(rows)
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, int):
            told = clean(start(master), rows, asked)
        elif isinstance(asked[1], str):
            told = example(start(master), *asked)
        else:
            told = command(*asked)
        print(json.dumps(told), flush=True)
    SparkSession.builder.getOrCreate().stop()


def start(master: str) -> SparkSession:
    """The session that there is, or another."""
    builder = SparkSession.builder.master(master).config("spark.log.level", "OFF")
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "20")
    began = SparkSession.getActiveSession() is None
    session = builder.getOrCreate()
    if began:
        threading.Thread(target=tell_work, args=[session], daemon=True).start()
    return session


def clean(session: SparkSession, rows: list[Any], count: int) -> dict[str, Any]:
    session.conf.set("spark.sql.shuffle.partitions", min(count, 4))
    df = session.createDataFrame(rows, KIND).repartition(count)
    cleaned = clean_dataframe(df, site="site", order_by="n").orderBy("n").collect()
    answers = [[row.text, [cut.asDict(recursive=True) for cut in row.cuts]] for row in cleaned]
    infos: Any = session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    return {"answers": answers, "executors": len(infos) - 1}


def example(session: SparkSession, folder: str, code: str) -> list[Any]:
    """What the README's code makes of the rows in a folder."""
    names: dict[str, Any] = {"df": session.read.parquet(folder)}
    exec(code, names)
    return [row.asDict(recursive=True) for row in names["cleaned"].orderBy("url").collect()]


def command(folder: str, arguments: list[str]) -> dict[str, Any]:
    """What the command answers; it makes a session of its own."""
    if session := SparkSession.getActiveSession():
        session.stop()
    os.chdir(folder)
    ours = os.dup(2)
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        sys.argv[1:] = arguments
        try:
            run()
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
