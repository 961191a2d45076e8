"""What ``--engine spark`` does: files of records on any file system of Hadoop's, in and out."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import warnings
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812

from dedupe_text import console
from dedupe_text.errors import DedupeTextError, InputError, OutputError
from dedupe_text.integrations.spark import check_columns, clean_columns, clean_rows
from dedupe_text.integrations.spark.shapes import JsonLines
from dedupe_text.processes import unheard
from dedupe_text.records import Fields
from dedupe_text.records.names import find_format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    from dedupe_text.integrations.spark import Cleaned
    from dedupe_text.options import Options
    from dedupe_text.records import Format
    from dedupe_text.settings import Settings

_ORDER = ("_dedupe_input", "_dedupe_place", "_dedupe_start", "_dedupe_row")
"""Where a record is: in which input, file, part of it and row. Files of a folder are in the order
of their names. A part of a file is read from its start to its end, in one task."""
_OURS_RE = re.compile(r"dedupe_text\.errors\.\w+: (.+)")
_CAUSE_RE = re.compile(r"^(?:Caused by)?: (.+)", re.MULTILINE)
_PATIENCE = 5
"""Seconds to reach a master; Spark itself would try for a minute."""


def clean_files(options: Options, settings: Settings) -> int:
    """Clean the records in the files, and write them to a folder; the exit code."""
    format_ = _find_format(options)
    written = find_format(options.output.rstrip("/"))
    written = format_ if written == "text" else written
    _check_names(options.paths)
    _check_java()
    master = options.master or "local[*]"
    _check_master(master)
    with _explained(), _session(master, options) as session:
        _check_output(session, options.output)
        rows = _read(session, options.paths, format_)
        _spread(session, rows.rdd.getNumPartitions())
        fields = Fields(options.field, options.id_field, options.site_field)
        if (format_, written) == ("jsonl", "jsonl"):
            cleaned = clean_rows(rows, JsonLines(fields), "value binary", _ORDER, settings)
            lines = cleaned.rows.select(F.col("value").cast("string").alias("value"))
            lines.write.option("lineSep", "\n").text(options.output)
        else:
            if format_ == "jsonl":
                rows = _parse(rows, session.read.json([*options.paths], mode="FAILFAST").schema)
            cleaned = _clean_columns(rows, fields, settings)
            told = cleaned.rows.write
            (told.parquet if written == "parquet" else told.json)(options.output)
        changed = cleaned.plans.agg(F.count("*"), F.sum("count"), F.sum("removed")).first()
    if not options.quiet:
        records, cuts, characters = (value or 0 for value in changed or (0, 0, 0))
        console.warn(
            f"{options.output}: {cuts} cuts in {records} records, {characters} characters removed"
        )
    return 0


def _find_format(options: Options) -> Format:
    if options.input_format != "auto":
        return options.input_format
    formats: set[Format] = {find_format(path.rstrip("/")) for path in options.paths}
    if len(formats) > 1 or "text" in formats:
        raise InputError(
            "Spark takes records, all in JSON lines or all in Parquet; --input-format names the"
            " format of files whose names do not"
        )
    return formats.pop()


def _check_names(paths: Sequence[str]) -> None:
    """Raises `InputError` for a path that Spark would pass over, and say nothing."""
    for path in paths:
        name = path.rstrip("/").rpartition("/")[2]
        if name.strip(".") and name[0] in "._":
            raise InputError(
                f"{path}: Spark passes over names that begin with {name[0]!r}; rename it"
            )


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not shutil.which(os.path.join(home, "bin", "java") if home else "java"):
        where = f"in JAVA_HOME, {home}" if home else "here"
        raise DedupeTextError(
            f"Spark needs Java 17 or newer, and there is none {where}; install one, such as"
            " Debian's openjdk-17-jre-headless"
        )


def _check_master(master: str) -> None:
    """Raises `DedupeTextError` if it is a standalone master that does not answer."""
    if not master.startswith("spark://"):
        return
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        with suppress(OSError, ValueError, OverflowError):
            socket.create_connection((host, int(port)), _PATIENCE).close()
            return
    raise DedupeTextError(f"the master {master} does not answer; start it, or name another")


@contextmanager
def _session(master: str, options: Options) -> Iterator[SparkSession]:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = (
        SparkSession.builder.master(master)
        .appName("dedupe-text")
        .config("spark.log.level", "WARN" if options.verbose else "OFF")
        .config("spark.ui.showConsoleProgress", str(bool(options.progress)).lower())
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
        .config("spark.sql.execution.arrow.maxBytesPerBatch", str(64 << 20))
    )
    sys.stderr.flush()
    # What Java says is not heard; our own lines are written afterwards.
    with nullcontext() if options.verbose else unheard(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, which Spark wants and we do not use
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()


@contextmanager
def _explained() -> Iterator[None]:
    """What Spark raises becomes an error of ours, in one line."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        text = str(error)
        ours = _OURS_RE.search(text)
        if ours is not None:
            raise InputError(ours[1]) from error
        *_, line = [type(error).__name__, *_CAUSE_RE.findall(text)]
        if isinstance(error, PySparkException):
            line = text.strip().partition("\n")[0] or line
        raise DedupeTextError(f"Spark: {line}") from error


def _check_output(session: SparkSession, output: str) -> None:
    java: Any = session._jvm
    path = java.org.apache.hadoop.fs.Path(output)
    there = path.getFileSystem(session._jsparkSession.sessionState().newHadoopConf())
    if there.exists(path):
        raise OutputError(f"{output}: it is there already; name another, or remove it")
    # Made and taken away again: what cannot be written is told before the work, not after it.
    if not (there.mkdirs(path) and there.delete(path, False)):
        raise OutputError(f"{output}: it cannot be made; name another")


def _spread(session: SparkSession, parts: int) -> None:
    """Shuffles go to so many partitions as suit the parts of the input, unless that is configured.

    A part has 128 MB at most; what is shuffled, keys and then texts, is about as much.
    """
    context, name = session.sparkContext, "spark.sql.shuffle.partitions"
    if not context.getConf().contains(name):
        session.conf.set(name, max(2 * parts, context.defaultParallelism))


def _read(session: SparkSession, paths: Sequence[str], format_: str) -> DataFrame:
    """The rows of all inputs, with where they are; lines of JSON as they are."""
    frames = []
    for number, path in enumerate(paths):
        if format_ == "parquet":
            frame, row = session.read.parquet(path), F.col("_metadata.row_index")
        else:
            frame = session.read.text(path, lineSep="\n")
            frame = frame.withColumn("value", F.col("value").cast("binary"))
            row = F.monotonically_increasing_id()
        place = F.col("_metadata.file_path"), F.col("_metadata.file_block_start")
        order = zip((F.lit(number), *place, row), _ORDER)
        frames.append(frame.select("*", *(column.alias(name) for column, name in order)))
    rows, *more = frames
    for frame in more:
        rows = rows.unionByName(frame)
    return rows


def _parse(lines: DataFrame, kind: StructType) -> DataFrame:
    """The fields of lines of JSON as columns; a line that is none ends the job."""
    line = F.validate_utf8(F.col("value").cast("string"))
    parsed = F.from_json(line, kind, {"mode": "FAILFAST"}).alias("record")
    return lines.where(F.trim(line) != "").select(parsed, *_ORDER).select("record.*", *_ORDER)


def _clean_columns(rows: DataFrame, fields: Fields, settings: Settings) -> Cleaned:
    records = rows.drop(*_ORDER)
    kept = records.columns
    check_columns(records, fields.text, [fields.id])
    site = fields.site if fields.site in kept else None
    return clean_columns(rows, kept, (fields.text, fields.id, site), _ORDER, settings)
