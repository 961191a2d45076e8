"""An explanation for people at a terminal: a line for everything that bears on the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedupe_text.model import Difference
from dedupe_text.report.text import REASONS, excerpt, opposed, with_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe_text.model import Explanation, Finding, Limit
    from dedupe_text.settings import Settings

_SHOWN_DIFFERENCES = 3


def as_explanation(explanation: Explanation, settings: Settings) -> str:
    """The explanation in words; `settings` are those that it was made with."""
    line = f"line {explanation.line}"
    if not explanation.words:
        goes = "goes with the passage beside it" if explanation.goes else "stays"
        return f"{line} has no words to compare; it {goes}\n"
    if not explanation.findings:
        return f"{line} stays: {_unlike_all(explanation, settings)}\n"
    told = [_told(finding, explanation, settings) for finding in explanation.findings]
    return "".join(f"{line} {each}\n" for each in told)


def _unlike_all(explanation: Explanation, settings: Settings) -> str:
    row = f"{settings.shingle_size} words in a row"
    if explanation.shared is None:
        return f"no other passage shares {row} with it"
    return f"no other passage is like it; {row} of it stand at {_at(explanation.shared)} too"


def _told(finding: Finding, explanation: Explanation, settings: Settings) -> str:
    verdict, other = finding.verdict, _at(finding.other_lines)
    part = ""
    if finding.share < explanation.words and verdict in ("cut", "kept"):
        part = f" in part ({finding.share} of its {explanation.words} words)"
    size = f"({finding.words} words, {finding.similarity:.2f} alike)"
    if verdict == "kept":
        return f"is kept{part} in the stead of {other} {size}{_differing(finding.differs)}"
    if verdict == "cut":
        return f"is cut{part}: {_said(finding)} {size}{_differing(finding.differs)}"
    if finding.limit is None:
        return f"stays: {_said(finding)} {size}, but {_spared(finding)}"
    alike = f"{finding.share} of its {explanation.words} words are aligned"
    limit = _limit(finding.limit, settings)
    if finding.limit.rule == "few":
        return f"stays: most like {other} ({alike}), but {limit}"
    if finding.similarity >= settings.similarity:
        return f"stays: {_said(finding)} {size}, but {limit}{_differing(finding.differs)}"
    return f"stays: like {other} ({alike}), but {limit}{_differing(finding.differs)}"


def _said(finding: Finding) -> str:
    """Where the other passage is, and on which side of this one."""
    earlier = finding.other.start < finding.here.start
    return f"said {'before' if earlier else 'again'} at {_at(finding.other_lines)}"


def _at(lines: tuple[int, int]) -> str:
    first, last = lines
    return f"line {first}" if first == last else f"lines {first}–{last}"


def _spared(finding: Finding) -> str:
    if finding.verdict == "facts":
        # What would be lost: the facts of the copy that would go.
        facts = with_facts(finding.differs, side=not finding.again)
        if facts:
            return f"{_listed(facts)} (facts)"
    return f"{REASONS[finding.verdict]} ({finding.verdict})"


def _differing(differs: Sequence[Difference]) -> str:
    return f"; {_listed(differs)}" if differs else ""


def _listed(differs: Sequence[Difference]) -> str:
    shown = [
        opposed(Difference(*map(excerpt, difference)))
        for difference in differs[:_SHOWN_DIFFERENCES]
    ]
    return "; ".join([*shown, "…"] if len(differs) > _SHOWN_DIFFERENCES else shown)


def _limit(limit: Limit, settings: Settings) -> str:
    has, needs = f"{limit.has:g}", f"{limit.needs:g}"
    words = f"--min-words {settings.min_words}"
    alike = f"--similarity {settings.similarity:g}"
    if limit.rule == "few":
        if limit.has >= limit.needs:
            return f"the same words stand in rows too short to be judged ({words})"
        return f"only {has} words are aligned, and fewer than {needs} are not judged ({words})"
    if limit.rule == "unlike":
        form = ".2f" if f"{limit.has:.2f}" != f"{limit.needs:.2f}" else ".16g"
        return f"{limit.has:{form}} is less alike than the {limit.needs:{form}} it takes ({alike})"
    if limit.rule == "scattered":
        return f"there its words lie scattered over {has}, where {needs} are the most"
    if limit.rule == "apart":
        return f"it is shorter than {needs} words, and apart from the rest of the repeat"
    if limit.rule == "short":
        return f"it counts {has} words, fewer than the {needs} it takes ({words})"
    if limit.rule == "form":
        return (
            "what comes back so often is meant, unless it is longer: "
            f"it counts {has} words, fewer than {needs} ({words})"
        )
    return "one of the two has a part in another cut"
