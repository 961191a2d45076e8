"""The doors of the command, each with documents on which it has something to do."""

from __future__ import annotations

import json
import random
from io import BytesIO
from typing import TYPE_CHECKING

import pyarrow.parquet
from faults.bed import Door

if TYPE_CHECKING:
    from faults.bed import Bed

WORDS = """
    harbour ferry council winter slipway engineer lantern orchard timber valley granite meadow
    bakery chapel copper drizzle ember fiddle gravel hollow island juniper kettle ladder mallet
    needle otter pebble quarry ribbon saddle thistle umber velvet willow yarrow
"""
OLD = b"What stood there before.\n"


def write_paragraph(seed: object, sentences: int = 3) -> str:
    """Sentences that no other seed has."""
    lots = random.Random(str(seed))
    return " ".join(
        " ".join(lots.choices(WORDS.split(), k=12)).capitalize() + "." for _ in range(sentences)
    )


def write_article(seed: object, paragraphs: int = 6) -> str:
    """Paragraphs, the second of which comes again at the end, and one that all articles have."""
    own = [write_paragraph(f"{seed} {number}") for number in range(paragraphs)]
    return "\n\n".join([*own, own[1], write_paragraph("of all")]) + "\n"


def write_records(seed: object, documents: int = 5) -> bytes:
    """Lines of JSON."""
    return b"".join(
        json.dumps({"id": f"{seed}-{number}", "text": write_article(f"{seed} {number}")}).encode()
        + b"\n"
        for number in range(documents)
    )


def write_parquet(seed: object) -> bytes:
    """The same in columns."""
    file = BytesIO()
    rows = map(json.loads, write_records(seed).splitlines())
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([*rows]), file, row_group_size=3)
    return file.getvalue()


ARTICLES = {f"article-{number}.txt": write_article(number).encode() for number in range(3)}
RECORDS = write_records("page")
FILTER = Door(("-",), {}, write_article("filter", 60).encode())
REPORT = Door(
    ("-o", "clean.txt", "--report", "cuts.json", "--report", "cuts.html", "article-0.txt"),
    {"article-0.txt": ARTICLES["article-0.txt"], "clean.txt": OLD, "cuts.json": OLD},
)
WRITE = Door(("--write", *ARTICLES), ARTICLES)
FOLDER = Door(("-o", "out", *ARTICLES), {**ARTICLES, "out/article-1.txt": OLD})
COLLECTION = Door(
    ("--across", "-o", "clean.jsonl", "pages.jsonl"), {"pages.jsonl": RECORDS, "clean.jsonl": OLD}
)
PARQUET = Door(
    ("--across", "-o", "clean.parquet", "pages.parquet"),
    {"pages.parquet": write_parquet("page"), "clean.parquet": OLD},
)
HELD_BACK = Door(("--across", "pages.jsonl"), {"pages.jsonl": RECORDS})
ACCEPT = Door(
    ("--accept", "accepted.json", "--accept-write", "article-0.txt"),
    {"article-0.txt": ARTICLES["article-0.txt"]},
)
NEW_MEMORY = Door(
    ("--memory", "seen.db", "-o", "clean.jsonl", "pages.jsonl"),
    {"pages.jsonl": RECORDS, "clean.jsonl": OLD},
)
DOORS = {
    "filter": FILTER,
    "write": WRITE,
    "report": REPORT,
    "folder": FOLDER,
    "collection": COLLECTION,
    "parquet": PARQUET,
    "held back": HELD_BACK,
    "accept": ACCEPT,
    "new memory": NEW_MEMORY,
}


MADE = ("memory", "memory, held back", "memory, in place", "restore")


def make_doors(bed: Bed) -> dict[str, Door]:
    """All of them, also those that need what a run has made."""
    earlier = Door(
        ("--memory", "seen.db", "earlier.jsonl"), {"earlier.jsonl": write_records("old")}
    )
    memory = {"seen.db": bed.run(earlier).files["seen.db"]}
    restore = bed.run(REPORT).files
    return DOORS | {
        "memory": Door(NEW_MEMORY.arguments, NEW_MEMORY.files | memory),
        "memory, held back": Door(
            ("--memory", "seen.db", "pages.jsonl"), {"pages.jsonl": RECORDS} | memory
        ),
        "memory, in place": Door(
            ("--memory", "seen.db", "--memory-forget", "30d", "--write", "pages.jsonl"),
            {"pages.jsonl": RECORDS} | memory,
        ),
        "restore": Door(
            ("--restore", "cuts.json", "-o", "article.txt", "clean.txt"),
            {name: restore[name] for name in ("cuts.json", "clean.txt")} | {"article.txt": OLD},
        ),
    }
