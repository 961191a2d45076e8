"""The manual page and the shell completions, made from the command: ``make manual``.

``python tools/manual.py [FOLDER]`` writes them to ``share``, or to the folder. They hold no date,
so the same command always makes the same bytes.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupe_text import config
from dedupe_text._version import __version__
from dedupe_text.cli import SECTIONS, command

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "dedupe-text"
SHARE = Path(__file__).parent.parent / "share"
MADE = "Made from the command by tools/manual.py (make manual); not to be edited."
OPTIONS = {
    param.name: param
    for param in command.get_params(click.Context(command))
    if isinstance(param, click.Option)
}


def main() -> None:
    """Write all files below the folder that the command line names."""
    share = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARE
    files = {
        f"man/man1/{NAME}.1": as_man(),
        f"bash-completion/completions/{NAME}": as_bash(),
        f"zsh/site-functions/_{NAME}": as_zsh(),
        f"fish/vendor_completions.d/{NAME}.fish": as_fish(),
    }
    for name, text in files.items():
        (share / name).parent.mkdir(parents=True, exist_ok=True)
        (share / name).write_bytes(text.encode())


# What the options are, for all four.


def find_names(option: click.Option) -> list[str]:
    """All names of an option, those that switch it off at the end."""
    return [*option.opts, *option.secondary_opts]


def find_choices(option: click.Option) -> list[str]:
    """The values of an option that has a few."""
    return [*option.type.choices] if isinstance(option.type, click.Choice) else []


def takes_path(option: click.Option) -> bool:
    """Whether the value of an option is a path."""
    return isinstance(option.type, click.Path)


def find_default(option: click.Option) -> str:
    """The default as ``--help`` shows it; of a switch the name that it stands for."""
    if not option.show_default:
        return ""
    if option.secondary_opts:
        return (option.opts if option.default else option.secondary_opts)[0]
    return str(option.default)


def summarize(option: click.Option) -> list[tuple[list[str], str]]:
    """Names and what they do, in few words: a list of completions has one line for each."""
    told = (option.help or "").partition(";")[0].rstrip(".")
    rows = [(option.opts, told), (option.secondary_opts, f"Not {option.opts[0]}")]
    return [row for row in rows if row[0]]


# The manual page.


def as_man() -> str:
    """The page in the `man` macros of roff."""
    title, *description = inspect.cleandoc(command.help or "").split("\n\n")
    examples, settings, exit_codes = (
        block.removeprefix("\b\n") for block in (command.epilog or "").split("\n\n")
    )
    title = title[0].lower() + title[1:].rstrip(".")
    lines = [
        rf".\" {MADE}",
        f'.TH {NAME.upper()} 1 "" "{NAME} {__version__}" "User Commands"',
        ".SH NAME",
        rf"{_roff(NAME)} \- {_roff(title)}",
        ".SH SYNOPSIS",
        rf"\fB{_roff(NAME)}\fR [\fIOPTIONS\fR] [\fIPATH\fR]...",
        ".SH DESCRIPTION",
        "\n.PP\n".join(map(_roff, description)),
        ".SH OPTIONS",
        *(line for title, names in SECTIONS.items() for line in _man_section(title, names)),
        ".SH CONFIGURATION",
        _roff(settings),
        *(_man_item(_bold(key), kind) for key, kind in _list_keys()),
        ".SH ENVIRONMENT",
        *(_man_item(_bold(config.variable(name)), _tell_variable(name)) for name in config.KEYS),
        ".SH EXIT STATUS",
        *(_man_item(_bold(code), told) for code, told in _list_exit_codes(exit_codes)),
        ".SH EXAMPLES",
        ".nf",
        *(_roff(line.strip()) for line in examples.splitlines()[1:]),
        ".fi",
    ]
    return "\n".join(lines) + "\n"


def _man_section(title: str, names: Iterable[str]) -> list[str]:
    options = [OPTIONS[name] for name in names]
    return [f".SS {title}", *(_man_item(_man_usage(option), _tell(option)) for option in options)]


def _man_item(tag: str, told: str) -> str:
    return f".TP\n{tag}\n{_roff(told)}"


def _man_usage(option: click.Option) -> str:
    value = "|".join(map(_bold, find_choices(option))) or rf"\fI{_roff(option.metavar or '')}\fR"
    names = ", ".join(map(_bold, find_names(option)))
    return names if option.is_flag else f"{names} {value}"


def _tell(option: click.Option) -> str:
    default = find_default(option)
    return f"{option.help} Default: {default}." if default else option.help or ""


def _list_keys() -> list[tuple[str, str]]:
    return [
        (name.replace("_", "-"), f"As {' or '.join(find_names(OPTIONS[name]))}: {kind}.")
        for name, kind in config.KEYS.items()
    ]


def _tell_variable(name: str) -> str:
    on, *off = find_names(OPTIONS[name])
    return f"1 for {on}, 0 for {off[0]}." if off else f"The value of {on}."


def _list_exit_codes(told: str) -> list[tuple[str, str]]:
    return re.findall(r"(\d+) ([^;]+)", " ".join(told.split()).rstrip("."))


def _bold(text: str) -> str:
    return rf"\fB{_roff(text)}\fR"


def _roff(text: str) -> str:
    """The text, to be read as it is; a hyphen as the character that can be typed."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^(?=[.'])", r"\\&", text, flags=re.MULTILINE)


# The completions.


def as_bash() -> str:
    """A function that looks at the word before the cursor; files are what bash itself offers."""
    valued = [option for option in OPTIONS.values() if not option.is_flag]
    cases = [
        f"        {'|'.join(find_names(option))}) {_bash_values(option)} ;;" for option in valued
    ]
    names = " ".join(name for option in OPTIONS.values() for name in find_names(option))
    return BASH.format(made=MADE, name=NAME, cases="\n".join(cases), names=names)


def _bash_values(option: click.Option) -> str:
    choices = find_choices(option)
    if choices:
        return f"_dedupe_text_offer '{' '.join(choices)}'"
    return ":" if takes_path(option) else "compopt +o default 2>/dev/null"


BASH = """\
# {made}

_dedupe_text_offer() {{
    COMPREPLY=($(compgen -W "$1" -- "$word"))
}}

_dedupe_text() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
    # To bash --option=value is three words.
    if [[ $word == = ]]; then
        word=
    elif [[ $before == = ]]; then
        before=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    COMPREPLY=()
    case $before in
{cases}
        *) [[ $word != -* ]] || _dedupe_text_offer '{names}' ;;
    esac
}}

complete -o default -F _dedupe_text {name}
"""


def as_zsh() -> str:
    """A specification for each option, as `_arguments` takes it."""
    specs = [spec for option in OPTIONS.values() for spec in _zsh_specs(option)]
    arguments = " \\\n  ".join(["_arguments -s -S :", *specs, "'*:PATH:_files'"])
    return f"#compdef {NAME}\n# {MADE}\n\n{arguments}\n"


def _zsh_specs(option: click.Option) -> list[str]:
    times = "'*'" if option.multiple else f"'({' '.join(find_names(option))})'"
    specs = []
    for names, told in summarize(option):
        if not option.is_flag:
            names = [name + ("=" if name.startswith("--") else "+") for name in names]
        spelled = f"{{{','.join(names)}}}" if len(names) > 1 else names[0]
        shown = re.sub(r"([][\\:])", r"\\\1", told)
        specs.append(times + spelled + _quote(f"[{shown}]{_zsh_values(option)}", r"'\''"))
    return specs


def _zsh_values(option: click.Option) -> str:
    if option.is_flag:
        return ""
    choices = find_choices(option)
    if choices:
        return f":{option.name}:({' '.join(choices)})"
    return f":{option.metavar}:{'_files' if takes_path(option) else ''}"


def as_fish() -> str:
    """A `complete` for each option."""
    lines = [line for option in OPTIONS.values() for line in _fish_lines(option)]
    return "\n".join([f"# {MADE}", "", *lines, ""])


def _fish_lines(option: click.Option) -> list[str]:
    lines = []
    for names, told in summarize(option):
        words = ["complete", "-c", NAME]
        words += [f"-{'l' if name.startswith('--') else 's'} {name.lstrip('-')}" for name in names]
        words += _fish_values(option)
        shown = told.replace("\\", r"\\")
        lines.append(" ".join([*words, "-d", _quote(shown, r"\'")]))
    return lines


def _fish_values(option: click.Option) -> list[str]:
    if option.is_flag:
        return []
    choices = find_choices(option)
    if choices:
        return ["-x", "-k", "-a", _quote(" ".join(choices), r"\'")]
    return ["-r", "-F"] if takes_path(option) else ["-x"]


def _quote(text: str, apostrophe: str) -> str:
    return "'" + text.replace("'", apostrophe) + "'"


if __name__ == "__main__":
    main()
