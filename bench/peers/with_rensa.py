"""R-MinHash and LSH of rensa, used as its documentation shows: IN.jsonl OUT.jsonl.

The set of a document is its words; one that is like an earlier one is left out.
"""

import json
import sys
from pathlib import Path

from rensa import RMinHashDeduplicator

source, out = map(Path, sys.argv[1:])
index = RMinHashDeduplicator(threshold=0.8, num_perm=128, use_lsh=True)
with source.open(encoding="utf-8") as lines:
    keep = index.add_pairs(
        (str(number), json.loads(line)["text"].split()) for number, line in enumerate(lines)
    )
with source.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as kept:
    kept.writelines(line for line, stays in zip(lines, keep) if stays)
