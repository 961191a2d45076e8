"""Repeats that somebody looked at and accepted: how many of each passage, by its fingerprint.

The list is a JSON file, one passage a line and sorted, without the places: it changes only when
what is accepted does. Values in, values out; who calls reads and writes the file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dedupe_text.cleaning import check_cuts, cut_spans, passage_span
from dedupe_text.columns import places
from dedupe_text.errors import InputError
from dedupe_text.fingerprint import DIGITS, fingerprint
from dedupe_text.model import Cut, Spared
from dedupe_text.pieces import Piece
from dedupe_text.report.text import excerpt, visible
from dedupe_text.words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dedupe_text.result import Result

SCHEMA = "dedupe-text/accept/1"
_MOST = 1_000_000


class Accepted(NamedTuple):
    """How many repeats of a passage are accepted, and how it begins, for who reads the list."""

    times: int
    begins: str = ""


def tally(results: Iterable[Result]) -> dict[str, Accepted]:
    """What there is to accept: the cuts of the results, counted."""
    counted: dict[str, Accepted] = {}
    for result in results:
        for cut in result.cuts:
            text = cut.removed.of(result.original.text)
            name = fingerprint(text)
            times, begins = counted.get(name, Accepted(0, excerpt(text)))
            counted[name] = Accepted(times + 1, begins)
    return counted


def accept(result: Result, left: Mapping[str, Accepted]) -> tuple[Result, Mapping[str, Accepted]]:
    """The result without the cuts that are accepted, and what of `left` is then left.

    A cut that is accepted is spared; one for which no more is left stays a cut. So results are
    given one after the other, each with what those before it left; what the last one leaves is
    stale.
    """
    if not left:
        return result, left
    after = dict(left)
    accepted: set[Cut] = set()
    for cut in result.cuts:
        name = fingerprint(cut.removed.of(result.original.text))
        if name in after:
            accepted.add(cut)
            one = after.pop(name)
            if one.times > 1:
                after[name] = one._replace(times=one.times - 1)
    return (_spare(result, accepted), after) if accepted else (result, left)


def spare_all(result: Result) -> Result:
    """The result with all of its cuts accepted: the document as it came."""
    return _spare(result, {*result.cuts})


def tell_stale(left: Mapping[str, Accepted]) -> str:
    """A line for each passage of which more is accepted than there is."""
    return "".join(
        f'stale: {name} is accepted {_times(one.times)} more than it is found: "'
        f'{visible(one.begins)}"\n'
        for name, one in sorted(left.items())
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _spare(result: Result, accepted: set[Cut]) -> Result:
    """The result with these of its cuts spared; the seams of the others are set anew.

    For where two passages went together, one of them took the white space of both.
    """
    text = result.original.text
    words = split_words(text)
    spared = [*result.spared]
    pieces: list[Piece] = []
    cuts: list[Cut] = []
    for cut in result.cuts:
        first, last = places(words.start, cut.removed).tolist()
        if cut in accepted:
            span = passage_span(text, words, first, last)
            spared.append(
                Spared(span, cut.kept, cut.similarity, "accepted", cut.words, cut.differs)
            )
        else:
            none = np.zeros(0, np.int64)
            pieces.append(Piece(first, last, none, none, None))
            cuts.append(cut)
    spans = cut_spans(text, words, pieces)
    cuts = [cut._replace(removed=span) for cut, span in zip(cuts, spans)]
    own = [cut for cut in cuts if cut.kept.document == result.id]
    check_cuts(text, own, result.settings.facts)
    return replace(result, cuts=tuple(cuts), spared=tuple(sorted(spared)))


# --- the list as a file --------------------------------------------------------------------------


def as_accepted(accepted: Mapping[str, Accepted]) -> str:
    """The list as a file: JSON, a line for each passage, the same for the same list."""
    import json

    lines = [
        f"    {json.dumps(name)}: "
        + json.dumps({"count": one.times, "begins": visible(one.begins)}, ensure_ascii=False)
        for name, one in sorted(accepted.items())
    ]
    passages = "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"
    return f'{{\n  "schema": "{SCHEMA}",\n  "accepted": {passages}\n}}\n'


def parse_accepted(source: str) -> dict[str, Accepted]:
    """The list that a file holds. Raises `InputError`, which says where it is none."""
    import json

    try:
        given = json.loads(source, object_pairs_hook=_once, parse_int=_number)
    except json.JSONDecodeError as error:
        raise InputError(
            f"line {error.lineno}, column {error.colno}: no JSON: {error.msg[:1].lower()}"
            f"{error.msg[1:]}; write the list anew or mend it by hand"
        ) from error
    except RecursionError as error:
        raise InputError("no list of accepted repeats: nested too deep") from error
    schema = given.get("schema") if isinstance(given, dict) else None
    if schema != SCHEMA:
        raise InputError(f'no list of accepted repeats: its "schema" is not "{SCHEMA}"')
    accepted = given.get("accepted")
    if not isinstance(accepted, dict):
        raise InputError('"accepted" is not an object of fingerprints')
    return {name: _parse_one(name, one) for name, one in accepted.items()}


def _parse_one(name: str, one: Any) -> Accepted:
    if len(name) != DIGITS or not set(name) <= set("0123456789abcdef"):
        shown = visible(name[:40])
        raise InputError(f'"{shown}" is not a fingerprint, {DIGITS} hexadecimal digits')
    count = one.get("count") if isinstance(one, dict) else None
    if type(count) is not int or not 1 <= count <= _MOST:
        raise InputError(f'"{name}": "count" must be a whole number from 1 to {_MOST}')
    begins = one.get("begins", "")
    if not isinstance(begins, str):
        raise InputError(f'"{name}": "begins" must be a string')
    return Accepted(count, begins)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs; Python's own would drop one of two with the same name."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InputError(f'"{visible(name[:40])}" stands there twice; leave one of them')
        found[name] = value
    return found


def _number(digits: str) -> int:
    """A number of any length, as far as it matters here: reading a long one takes long."""
    return int(digits[: len(str(_MOST)) + 1])
