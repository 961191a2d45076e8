"""MinHash and MinHashLSH of datasketch, used as its documentation shows: IN.jsonl OUT.jsonl.

The set of a document is its words; one that is like an earlier one is left out.
"""

import json
import sys
from pathlib import Path

from datasketch import MinHash, MinHashLSH

source, out = map(Path, sys.argv[1:])
index = MinHashLSH(threshold=0.8, num_perm=128)
with source.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as kept:
    for number, line in enumerate(lines):
        minhash = MinHash(num_perm=128)
        for word in set(json.loads(line)["text"].split()):
            minhash.update(word.encode("utf-8"))
        if not index.query(minhash):
            index.insert(str(number), minhash)
            kept.write(line)
