"""What the name of a file tells of the records in it."""

from __future__ import annotations

import re
from typing import Literal

Format = Literal["text", "jsonl", "parquet"]
Compression = Literal["gzip", "zstd", "none"]

_JSONL_RE = re.compile(r"\.(?:jsonl|jsonlines|jl|ndjson)(\.gz|\.zst)?$", re.IGNORECASE)
_COMPRESSIONS: dict[str, Compression] = {"": "none", ".gz": "gzip", ".zst": "zstd"}


def find_format(name: str) -> Format:
    """The format of a file by its name: text, unless it says otherwise.

    >>> find_format("news.jsonl.gz"), find_format("news.parquet"), find_format("news.json")
    ('jsonl', 'parquet', 'text')
    """
    if _JSONL_RE.search(name):
        return "jsonl"
    return "parquet" if name.lower().endswith(".parquet") else "text"


def find_compression(name: str) -> Compression | None:
    """How lines of JSON in a file of this name are compressed; None if it does not tell.

    >>> find_compression("news.jsonl.gz"), find_compression("news.jsonl"), find_compression("news")
    ('gzip', 'none', None)
    """
    match = _JSONL_RE.search(name)
    return _COMPRESSIONS[(match[1] or "").lower()] if match else None
