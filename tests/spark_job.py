"""A program of its own, for a session belongs to a process: cleans a collection as Spark would.

Arguments: the master, the file of the collection, and into how many partitions to shuffle it, each
in turn. It prints a line as soon as work is under way, and then one for each.
"""

import json
import random
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from dedupe_text.integrations.spark import clean_dataframe

KIND = "n int, id string, site string, text string"


def main(master: str, collection: str, *partitions: str) -> None:
    warnings.simplefilter("ignore")
    builder = SparkSession.builder.master(master).config("spark.log.level", "OFF")
    session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "20").getOrCreate()
    rows = [tuple(row) for row in json.loads(Path(collection).read_text("utf-8"))]
    random.Random(1).shuffle(rows)
    threading.Thread(target=tell_work, args=[session], daemon=True).start()
    for count in map(int, partitions):
        session.conf.set("spark.sql.shuffle.partitions", min(count, 4))
        df = session.createDataFrame(rows, KIND).repartition(count)
        cleaned = clean_dataframe(df, site="site", order_by="n").orderBy("n").collect()
        answers = [[row.text, [cut.asDict(recursive=True) for cut in row.cuts]] for row in cleaned]
        infos: Any = session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
        print(json.dumps({"answers": answers, "executors": len(infos) - 1}), flush=True)
    session.stop()


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
