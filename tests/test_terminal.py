"""Nothing that came with a text or its name is live in what is told of it, in any format."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedupe_text import Document, Settings, clean, explain
from dedupe_text.errors import InputError, naming
from dedupe_text.formats import FORMATS, LISTS
from dedupe_text.report.explanation import as_explanation
from dedupe_text.report.text import UNSAFE_RE, as_text, coloured, summarize, visible

SENTENCE = (
    "The harbour {0}office{0} stays closed on Monday{0} while Nairn {0}mends the crane again. "
)
UNSAFE = [chr(point) for point in range(0x110000) if UNSAFE_RE.match(chr(point))]
ATTACKS = ["\x1b]0;x\x07", "\x1b[2J", "\x9b2J", "\u202e", "\u2066", "\r", "\b", "\x1b[8m", "\ud800"]
FOR_PEOPLE = {**LISTS, **{name: FORMATS[name] for name in (".html", ".md", ".sarif", ".json")}}
"""A diff is data: it has to hold what the text holds, for `patch` to apply it."""

attacks = st.one_of(
    st.sampled_from(ATTACKS), st.text(st.sampled_from(UNSAFE), min_size=1, max_size=3)
)


def live(told: str) -> str:
    return "".join(UNSAFE_RE.findall(told.replace("\n", "").replace("\t", "")))


@pytest.mark.parametrize("name", FOR_PEOPLE)
@given(attacks, attacks)
@example("\x1b[31m", "\u202e")
def test_no_format_holds_a_character_that_is_live(name: str, inside: str, around: str) -> None:
    sentence = SENTENCE.format(inside)
    text = f"{sentence}{around}\n\n{sentence}{around}\n\n{sentence.replace('Nairn', '7')}"
    result = clean(Document(f"a{inside}b{around}", text), Settings(min_words=8))
    assert result.cuts or result.spared
    assert not live(FOR_PEOPLE[name]([result]).decode("utf-8", "surrogatepass"))


@given(attacks)
def test_no_line_for_a_terminal_holds_one_but_for_its_own_colours(attack: str) -> None:
    sentence = SENTENCE.format(attack)
    text = f"{sentence}\n\n{sentence}\n\n{sentence.replace('Nairn', '7')}"
    settings = Settings(min_words=8)
    result = clean(Document(f"a{attack}", text), settings)
    told = [as_text([result], spared=True, paint=coloured), summarize(result, coloured)]
    told += [as_explanation(explain(text, line, settings), settings) for line in (1, 3, 5)]
    with pytest.raises(InputError) as error, naming(f"a{attack}"):
        raise InputError(attack)
    told.append(visible(str(error.value)))
    assert not live(re.sub(r"\x1b\[\d+m", "", "".join(told)))
