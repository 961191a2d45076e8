"""The command line: arguments become `Options` and `Settings`. Nothing is decided here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_args

import click
from click.core import ParameterSource

from dedupe_text import config, console
from dedupe_text._version import __version__
from dedupe_text.errors import DedupeTextError
from dedupe_text.filter import (
    accept_documents,
    clean_documents,
    clean_on_spark,
    explain_line,
    restore_document,
)
from dedupe_text.folders import find_documents
from dedupe_text.formats import FORMATS, LISTS
from dedupe_text.model import Spread
from dedupe_text.options import ANONYMOUS, STANDARD, Options
from dedupe_text.records import Fields
from dedupe_text.settings import Keep, Settings
from dedupe_text.usage import check_formats, check_targets, check_usage

if TYPE_CHECKING:
    from collections.abc import Callable

_DEFAULTS = Settings()
SECTIONS = {
    "What comes out": ("output", "write", "diff", "report", "restore"),
    "What is told": ("check", "format", "accept", "accept_write", "explain"),
    "What goes in": (
        "encoding",
        "input_format",
        "field",
        "id_field",
        "site_field",
        "skip_bad",
        "stdin_filename",
    ),
    "What counts as said twice": ("similarity", "min_words", "keep", "facts"),
    "Across documents": ("across", "cut", "memory", "memory_forget", "engine", "master"),
    "Where settings come from": ("config_path", "no_config", "show_config"),
    "How": (
        "jobs",
        "progress",
        "break_links",
        "quiet",
        "verbose",
        "color",
        "exit_zero",
        "exit_one",
        "version",
        "help",
    ),
}
"""The options in the order in which ``--help`` and the manual page tell of them."""
_DAYS = {"h": 1 / 24, "d": 1, "w": 7}
_EPILOG = """\b
Examples:
  dedupe-text < article.txt > clean.txt
  dedupe-text --diff article.txt
  dedupe-text article.txt -o clean.txt --report cuts.json
  dedupe-text clean.txt -o article.txt --restore cuts.json

\b
Settings that the command line does not give come from the environment
(DEDUPE_TEXT_MIN_WORDS=40) or, if there is a PATH, from the nearest
dedupe-text.toml (min-words = 40) or [tool.dedupe-text] in pyproject.toml.

\b
Exit codes: 0 done; 1 --check found something, or --exit-one cut something;
2 an error, and one line about it on standard error; 130 interrupted;
141 the reader of the pipe went away."""


def run(arguments: list[str]) -> int:
    """Carry out the command line; the exit code. Raises what the console entry explains."""
    try:
        # Not `command.main`, which answers Ctrl-C and closed pipes with lines of its own.
        with _make_context(arguments) as context:
            if context.params["show_config"]:
                console.write_output(console.encode(_show_config(context)))
                return 0
            code: int = command.invoke(context)
            return code
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        raise DedupeTextError(f"{_describe(error)}; see dedupe-text --help") from error


def _make_context(arguments: list[str]) -> click.Context:
    """The command line over the environment over the configuration over the defaults."""
    # Read once to learn which file is asked for, and again with what it says for defaults.
    context = command.make_context("dedupe-text", [*arguments])
    found = _find_config(**context.params)
    if found is None:
        return context
    return command.make_context("dedupe-text", [*arguments], default_map=found.values, obj=found)


def _find_config(
    *, paths: tuple[str, ...], config_path: str | None, no_config: bool, show_config: bool, **_: Any
) -> config.Config | None:
    """The file that the command line asks for, or that of the project; a pipe has no project."""
    if no_config and config_path is not None:
        raise click.UsageError("--no-config reads no file; leave out --config")
    if config_path is not None:
        return config.read(config_path)
    in_project = any(path != STANDARD for path in paths) or (show_config and not paths)
    return config.find() if in_project and not no_config else None


def _show_config(context: click.Context) -> str:
    values = context.params
    return config.as_toml((name, values[name], _origin(context, name)) for name in config.KEYS)


def _origin(context: click.Context, name: str) -> str:
    """Where the value of a parameter came from."""
    source = context.get_parameter_source(name)
    if source is ParameterSource.ENVIRONMENT:
        return f"environment variable {config.variable(name)}"
    if source is ParameterSource.DEFAULT_MAP:
        found: config.Config = context.obj
        return found.origin(name)
    return "default" if source is ParameterSource.DEFAULT else "command line"


def _describe(error: click.UsageError) -> str:
    if isinstance(error, click.BadParameter) and error.param is not None and error.ctx is not None:
        origin = _origin(error.ctx, error.param.name or "")
        where = max(error.param.opts, key=len) if origin == "command line" else origin
        return f"{where}: {error.message.rstrip('.')}"
    return error.format_message().rstrip(".")


class _Command(click.Command):
    """A command whose options are listed in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = {param.name: param.get_help_record(ctx) for param in self.get_params(ctx)}
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([record for name in names if (record := records[name])])


def _between(
    kind: str, cast: Callable[[str], float], least: float, most: float
) -> Callable[[str], float]:
    """What reads a number within limits; whatever else is given, the message names them."""

    def convert(value: str) -> float:
        try:
            number = cast(value)
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            limits = f"from {least} to {most}"
            raise click.BadParameter(f"must be a {kind} {limits}, not {value!r}")
        return number

    return convert


def _spreads(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    """The names in a list with commas; an empty one cuts nothing of what earlier ones said."""
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    for name in names:
        if name not in get_args(Spread):
            known = ", ".join(get_args(Spread))
            raise click.BadParameter(f"must name {known}, with commas, not {name!r}")
    return names


def _days(value: str) -> float:
    """How many days an age is."""
    number, unit = value[:-1], value[-1:]
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 1_000_000):
        unit = ""
    if unit not in _DAYS:
        units = "of hours, days or weeks, such as 12h, 30d, 8w"
        raise click.BadParameter(f"must be a whole number {units}, not {value!r}")
    return int(number) * _DAYS[unit]


def _line(value: str) -> int:
    """The number of a line; the text has to be read before its limit is known."""
    try:
        line = int(value)
    except ValueError:
        line = 0
    if line < 1:
        limits = "from 1 to the number of lines"
        raise click.BadParameter(f"must be a whole number {limits}, not {value!r}")
    return line


@click.command(cls=_Command, epilog=_EPILOG)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    type=click.Path(allow_dash=True),
    default=STANDARD,
    help="Write there, not to standard output; a folder for several documents.",
)
@click.option("-w", "--write", is_flag=True, help="Rewrite the files in place.")
@click.option(
    "--check", is_flag=True, help="Write nothing, list findings, exit 1 if there are any."
)
@click.option("--diff", is_flag=True, help="A unified diff, for patch -p1, instead of the text.")
@click.option(
    "--explain",
    metavar="LINE",
    type=_line,
    help="Tell why this line goes or stays, instead of the text.",
)
@click.option(
    "--report",
    metavar="PATH",
    type=click.Path(),
    multiple=True,
    help=f"Also write a report, {' or '.join(FORMATS)}; may be repeated.",
)
@click.option("--format", type=click.Choice([*LISTS]), help="How --check lists findings.")
@click.option(
    "--accept",
    metavar="FILE",
    type=click.Path(),
    help="A list of repeats that are meant and stay; a further copy does not.",
)
@click.option(
    "--accept-write",
    is_flag=True,
    help="Write that list: all that these documents repeat.",
)
@click.option(
    "--restore",
    metavar="REPORT.json",
    type=click.Path(),
    help="Rebuild the original, to the byte, from the cleaned text and its JSON report.",
)
@click.option(
    "--encoding",
    metavar="NAME",
    default=_DEFAULTS.encoding,
    show_default=True,
    help="Of the input; auto: byte order mark, else UTF-8, else a guess.",
)
@click.option(
    "--input-format",
    type=click.Choice(["auto", "text", "jsonl", "parquet"]),
    default="auto",
    show_default=True,
    help="Of the input; auto: by the name of the file, else text.",
)
@click.option(
    "--field",
    metavar="NAME",
    default=Fields().text,
    show_default=True,
    help="Of a record, what holds its text.",
)
@click.option(
    "--id-field",
    metavar="NAME",
    default=Fields().id,
    show_default=True,
    help="What reports call it by; if it has none, its line.",
)
@click.option(
    "--site-field",
    metavar="NAME",
    default=Fields().site,
    show_default=True,
    help="Its site, or its URL, of which the host counts.",
)
@click.option("--skip-bad", is_flag=True, help="Let records pass that are none, and count them.")
@click.option(
    "--stdin-filename",
    metavar="NAME",
    default=ANONYMOUS,
    show_default=True,
    help="What reports call standard input.",
)
@click.option(
    "--similarity",
    metavar="F",
    type=_between("number", float, 0.5, 1),
    default=_DEFAULTS.similarity,
    show_default=True,
    help="Share of the words that must be the same, 0.5 to 1.",
)
@click.option(
    "--min-words",
    metavar="N",
    type=_between("whole number", int, 4, 1_000_000),
    default=_DEFAULTS.min_words,
    show_default=True,
    help="Leave repeats of fewer words; at once after the first, 0.4 N are enough.",
)
@click.option(
    "--keep",
    type=click.Choice(get_args(Keep)),
    default=_DEFAULTS.keep,
    show_default=True,
    help="Which copy stays; fullest: the one of most words.",
)
@click.option(
    "--facts/--no-facts",
    default=_DEFAULTS.facts,
    show_default=True,
    help="Spare sentences with a number, a name or a clause that the kept copy lacks.",
)
@click.option(
    "--across/--no-across",
    default=False,
    show_default=True,
    help="Also cut what an earlier one of the documents said.",
)
@click.option(
    "--cut",
    metavar="LIST",
    callback=_spreads,
    default=",".join(_DEFAULTS.cut),
    show_default=True,
    help="Which passages of earlier documents go; also syndicated, quotation.",
)
@click.option(
    "--memory",
    metavar="PATH",
    type=click.Path(),
    help="Remember passages across runs, in this SQLite file or at redis://HOST:PORT/DB; implies "
    "--across.",
)
@click.option(
    "--memory-forget",
    metavar="AGE",
    type=_days,
    help="First forget what was not seen for so long, such as 12h, 30d, 8w.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="Where --across works: here, or on Apache Spark, with the same answers.",
)
@click.option(
    "--master",
    metavar="URL",
    help="Of Spark, such as spark://HOST:7077, yarn, local[8]; else all cores here.",
)
@click.option(
    "--config",
    "config_path",
    metavar="PATH",
    type=click.Path(),
    help="Read this .toml file, not that of the project.",
)
@click.option("--no-config", is_flag=True, help="Read no configuration file.")
@click.option(
    "--show-config",
    is_flag=True,
    help="Show each setting and where it comes from, instead of the text.",
)
@click.option(
    "-j",
    "--jobs",
    metavar="N",
    type=_between("whole number", int, 1, 256),
    default=1,
    show_default=True,
    help="Processes that clean documents; the answers are the same.",
)
@click.option(
    "--progress/--no-progress",
    default=None,
    help="Show how far the work is; without either, at a terminal if it takes over a second.",
)
@click.option(
    "--break-links",
    is_flag=True,
    help="Also rewrite files with other hard links, which keep the old text.",
)
@click.option("-q", "--quiet", is_flag=True, help="No warnings.")
@click.option("-v", "--verbose", is_flag=True, help="Tell what is cut, what is left, and why.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Of what --verbose tells; auto: at a terminal, unless NO_COLOR is set.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if --check finds something.")
@click.option("--exit-one", is_flag=True, help="Exit 1 if anything was cut, as hooks should.")
@click.version_option(__version__, message="%(prog)s %(version)s", help="Show the version.")
@click.help_option(help="Show this.")
def command(**values: Any) -> int:
    """Cut what a text says twice.

    Reads PATH, or standard input, and writes the text without the second copy of each repeated
    passage. Bytes that are not cut are not touched. Several PATHs need --write, --check, --diff or
    an --output folder; a folder stands for the text files that git tracks in it.
    """
    options = Options(**{name: values[name] for name in Options._fields})
    check_usage(options)
    names = ("similarity", "min_words", "keep", "facts", "cut", "encoding")
    settings = Settings(**{name: values[name] for name in names})
    if options.engine == "spark":
        return clean_on_spark(options, settings)
    documents = [*find_documents(options.paths or (STANDARD,), options.input_format)]
    check_formats(options, documents)
    check_targets(options, documents)
    if options.restore is not None:
        return restore_document(options, options.restore)
    if options.accept_write and options.accept is not None:
        return accept_documents(options, options.accept, settings, documents)
    if options.explain is not None:
        return explain_line(options, options.explain, settings)
    return clean_documents(options, settings, documents)


for _param in command.params:
    if _param.name in config.KEYS:  # and no other reads the environment
        _param.envvar = config.variable(_param.name)
