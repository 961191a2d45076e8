"""The tools: where each lives, what its version is, and how it is run on a collection."""

from __future__ import annotations

import gzip
import importlib.metadata
import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.measure import CACHE, DEDUPE, HERE

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPTS = Path(__file__).parent


class Text(NamedTuple):
    """A collection as JSON lines, the same compressed, and its texts alone, one after the other."""

    records: Path
    compressed: Path
    plain: Path
    size: int
    """Bytes of text, without names and JSON."""


class Tool(NamedTuple):
    """A tool and how it is run. The command is run in a new folder, and writes there."""

    name: str
    version: str
    does: str
    command: Callable[[Text], list[str]]
    makes: str
    """What its run leaves behind, as a pattern; a tool that leaves nothing has done nothing."""
    output: str = ""
    """The file that takes its standard output."""


class Missing(NamedTuple):
    """A tool that cannot be had here, and why."""

    name: str
    why: str


def of_path(records: Path) -> Text:
    """The three files of a collection. What is not there is made."""
    compressed, plain = records.with_suffix(".jsonl.gz"), records.with_suffix(".txt")
    if not compressed.exists():
        part = records.with_suffix(".part")
        with records.open("rb") as source, gzip.open(part, "wb", compresslevel=1) as target:
            shutil.copyfileobj(source, target)
        part.rename(compressed)
    if not plain.exists():
        part = records.with_suffix(".part")
        with records.open(encoding="utf-8") as lines, part.open("w", encoding="utf-8") as target:
            target.writelines(json.loads(line)["text"] + "\n" for line in lines)
        part.rename(plain)
    return Text(records, compressed, plain, plain.stat().st_size)


def all_tools() -> list[Tool | Missing]:
    """Those that are compared; what they need is installed, each in an environment of its own."""
    return [*ours(), limit(), awk(), *peers()]


def ours() -> list[Tool]:
    """dedupe-text, within each document and across them."""
    version = importlib.metadata.version("dedupe-text")
    return [
        Tool(
            "dedupe-text",
            version,
            "passages, within each document",
            lambda text: [*DEDUPE, str(text.records), "-o", "out.jsonl"],
            "out.jsonl",
        ),
        Tool(
            "dedupe-text --across",
            version,
            "passages, within and across documents",
            lambda text: [*DEDUPE, "--across", str(text.records), "-o", "out.jsonl"],
            "out.jsonl",
        ),
    ]


def limit() -> Tool | Missing:
    """A straight pass in C, compiled here."""
    program = CACHE / "limit"
    CACHE.mkdir(exist_ok=True)
    command = [shutil.which("cc") or "cc", "-O2", "-o", str(program), str(HERE / "limit/limit.c")]
    try:
        subprocess.run(command, check=True, capture_output=True)
        told = subprocess.run([command[0], "--version"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return Missing("bench/limit", f"no C compiler: {error}")
    return Tool(
        "bench/limit",
        told.stdout.split("\n", 1)[0],
        "one pass in C over the bytes: words, shingles, 128 minima a passage; finds nothing",
        lambda text: [str(program), str(text.plain)],
        "out.txt",
        "out.txt",
    )


def awk() -> Tool | Missing:
    """What a shell offers."""
    for option in (["--version"], ["-W", "version"]):
        told = subprocess.run(["awk", *option], capture_output=True, text=True, input="")
        if told.returncode == 0 and (version := told.stdout or told.stderr):
            return Tool(
                "awk '!seen[$0]++'",
                version.split("\n", 1)[0],
                "lines, word for word",
                lambda text: ["awk", "!seen[$0]++", str(text.plain)],
                "out.txt",
                "out.txt",
            )
    return Missing("awk", "it does not tell its version")


def peers() -> list[Tool | Missing]:
    """What the package index has."""
    stages = ["datatrove[processing]", "orjson", "spacy"]
    sets = "documents as sets of words, MinHash and LSH"
    return [
        of_package(
            "datatrove", stages, "documents, MinHash of word 5-grams", _datatrove, "out/kept/*"
        ),
        of_package("datatrove", stages, "signatures alone", _signatures, "out/signatures/*/*"),
        of_package(
            "dolma", ["dolma"], "paragraphs, Bloom filter of word 4-grams", _dolma, "attributes/*/*"
        ),
        of_package("datasketch", ["datasketch"], sets, _script("datasketch"), "out.jsonl"),
        of_package("rensa", ["rensa"], sets, _script("rensa"), "out.jsonl"),
    ]


def of_package(
    name: str, packages: list[str], does: str, command: Callable[[Text], list[str]], makes: str
) -> Tool | Missing:
    """A package in use, installed if it is not; or why that cannot be."""
    try:
        return Tool(name, install(name, packages), does, command, makes)
    except (OSError, subprocess.CalledProcessError) as error:
        lines = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        told = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
        version = ".".join(map(str, sys.version_info[:2]))
        return Missing(name, f"not installed on Python {version}: {told[0]}")


def install(name: str, packages: list[str]) -> str:
    """The version of the package in its environment."""
    folder = CACHE / "peers" / name
    ask = [
        str(python(name)), "-c",
        "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))", name,
    ]  # fmt: skip
    if not (folder / ".ready").exists():
        print(f"installing {name} …", file=sys.stderr, flush=True)
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(python(name)), "-m", "pip", "install", "--quiet", "--upgrade"]
        for wanted in (["pip>=25.1"], packages):
            subprocess.run([*pip, *wanted], check=True, capture_output=True, text=True)
        (folder / ".ready").touch()
    return subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()


def python(name: str) -> Path:
    """The interpreter of a package's environment."""
    return CACHE / "peers" / name / "bin" / "python"


def _script(name: str) -> Callable[[Text], list[str]]:
    script = str(SCRIPTS / f"with_{name}.py")
    return lambda text: [str(python(name)), script, str(text.records), "out.jsonl"]


def _datatrove(text: Text) -> list[str]:
    script = str(SCRIPTS / "with_datatrove.py")
    return [str(python("datatrove")), script, str(text.records), "out"]


def _signatures(text: Text) -> list[str]:
    return [*_datatrove(text), "signatures"]


def _dolma(text: Text) -> list[str]:
    """It writes beside a folder ``documents``, given by its whole path; so one is made."""
    options = {
        "dedupe.name": "paragraphs",
        "dedupe.paragraphs.attribute_name": "said_before",
        "dedupe.paragraphs.by_ngram.ngram_length": "4",
        "dedupe.paragraphs.by_ngram.overlap_threshold": "0.8",
        "bloom_filter.file": "bloom.bin",
        "bloom_filter.estimated_doc_count": str(max(text.size // 5, 1000)),
        "bloom_filter.desired_false_positive_rate": "0.0001",
        "processes": "1",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    flags = ["--dedupe.skip_empty", "--no-bloom_filter.read_only"]
    program = str(python("dolma").with_name("dolma"))
    link = 'mkdir documents && ln "$0" documents/in.jsonl.gz'
    start = f'{link} && exec "$@" --documents "$PWD/documents/in.jsonl.gz"'
    return ["sh", "-c", start, str(text.compressed), program, "dedupe", *words, *flags]
