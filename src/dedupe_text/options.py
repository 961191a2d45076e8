"""The command line once it is understood."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from dedupe_text.model import Spread
    from dedupe_text.settings import Keep

STANDARD = "-"
"""Standard input as a PATH, standard output as an --output."""


ANONYMOUS = "stdin"
"""What standard input is called unless a name is given."""


class Options(NamedTuple):
    """The command line; a field for every parameter."""

    paths: tuple[str, ...]
    output: str
    write: bool
    check: bool
    diff: bool
    explain: int | None
    report: tuple[str, ...]
    format: str | None
    restore: str | None
    accept: str | None
    accept_write: bool
    encoding: str
    input_format: Literal["auto", "text", "jsonl", "parquet"]
    field: str
    id_field: str
    site_field: str
    skip_bad: bool
    stdin_filename: str
    similarity: float
    min_words: int
    keep: Keep
    facts: bool
    across: bool
    cut: tuple[Spread, ...]
    memory: str | None
    memory_forget: float | None
    engine: Literal["local", "spark"]
    master: str | None
    jobs: int
    progress: bool | None
    break_links: bool
    quiet: bool
    verbose: bool
    color: str
    exit_zero: bool
    exit_one: bool

    @property
    def path(self) -> str:
        """Where the document is, if it is one."""
        return self.paths[0] if self.paths else STANDARD

    @property
    def several(self) -> bool:
        """Whether there may be several documents."""
        return len(self.paths) > 1 or self.whole

    @property
    def whole(self) -> bool:
        """Whether a whole folder is looked through: what is not found then is nowhere."""
        return any(path != STANDARD and os.path.isdir(path) for path in self.paths)

    @property
    def listed(self) -> bool:
        """Whether all findings come as one list, not document by document."""
        return self.check and self.format not in (None, "text")

    @property
    def answers_at_once(self) -> bool:
        """Whether standard output gets an answer before the last document is done."""
        return self.several and self.output == STANDARD and not self.write

    def name(self, path: str) -> str:
        """What reports call the document at this path."""
        return self.stdin_filename if path == STANDARD else path

    def target(self, path: str) -> str:
        """Where the answer for the document at this path goes."""
        if self.write:
            return path
        if self.several and self.output != STANDARD:
            parts = os.path.normpath(self.name(path)).split(os.sep)
            inside = [part for part in parts if part not in ("", os.curdir, os.pardir)]
            return os.path.join(self.output, *inside)
        return self.output
