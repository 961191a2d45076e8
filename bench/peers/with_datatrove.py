"""The MinHash pipeline of datatrove, with the settings of its example: IN.jsonl OUT [signatures].

The example also counts tokens, which takes a model from elsewhere; that is left out.
"""

import sys
from pathlib import Path

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from datatrove.utils.hashing import HashConfig

source, out, *only = sys.argv[1:]
config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, hashes_per_bucket=8)


def run(stage, *steps, tasks=1):
    """One stage."""
    logs = f"{out}/logs/{stage}"
    LocalPipelineExecutor(pipeline=list(steps), tasks=tasks, workers=1, logging_dir=logs).run()


def reader():
    """The documents."""
    return JsonlReader(str(Path(source).parent), glob_pattern=Path(source).name)


run("signatures", reader(), MinhashDedupSignature(f"{out}/signatures", config=config))
if not only:
    buckets = MinhashDedupBuckets(f"{out}/signatures", f"{out}/buckets", config=config)
    run("buckets", buckets, tasks=config.num_buckets)
    run("cluster", MinhashDedupCluster(f"{out}/buckets", f"{out}/remove", config=config))
    run(
        "filter",
        reader(),
        MinhashDedupFilter(f"{out}/remove", exclusion_writer=JsonlWriter(f"{out}/removed")),
        JsonlWriter(f"{out}/kept"),
    )
