"""The conductor: it calls the stages in their order, and knows the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dedupe_text import textio
from dedupe_text.cleaning import check_cuts, plan_cuts, standing, without
from dedupe_text.errors import InputError, SelfCheckError, SettingsError, attempt
from dedupe_text.model import Document, Repeat
from dedupe_text.passes import find_all
from dedupe_text.pieces import spare
from dedupe_text.result import Result
from dedupe_text.settings import Settings
from dedupe_text.split import Batch, Split, split_batch, split_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dedupe_text.memory import Memory
    from dedupe_text.memory.known import Known
    from dedupe_text.memory.signed import Signed
    from dedupe_text.model import Cut, Location, Spared
    from dedupe_text.passes import Found
    from dedupe_text.pieces import Near


def clean(
    document: str | bytes | Document,
    settings: Settings | None = None,
    *,
    memory: Memory | None = None,
) -> Result:
    """The document without the passages that it says again.

    With a `memory` also without those that documents in it said before; then it is added. Cleaning
    the result again changes nothing. Raises `InputError` for bytes that are no text,
    `SettingsError` for a free order and `SelfCheckError` if the plan fails its own check.
    """
    settings = settings or Settings()
    if memory is None:
        return look(document, settings).result
    document = _as_document(document)
    return remember(document._replace(id=memory.name(document.id)), settings, memory)


def clean_batch(
    documents: Sequence[Document], settings: Settings
) -> list[Result | InputError | SelfCheckError]:
    """`clean` for each document, or what it raises: many small ones cost what a large one does."""
    _check_order(settings)
    decoded = [attempt(one.id, _decode, one.text, settings) for one in documents]
    texts = [one for one in decoded if isinstance(one, textio.Decoded)]
    if not texts:
        return [one for one in decoded if not isinstance(one, textio.Decoded)]
    batch = split_batch(
        [
            one._replace(text=text.text)
            for one, text in zip(documents, decoded)
            if isinstance(text, textio.Decoded)
        ]
    )
    results = (
        attempt(split.id, _conclude, text, split, found, settings)
        for text, split, found in zip(texts, batch.splits, find_all(batch, settings))
    )
    return [next(results) if isinstance(one, textio.Decoded) else one for one in decoded]


class Looked(NamedTuple):
    """A result, and the document that it came from, split."""

    result: Result
    split: Split


def look(
    document: str | bytes | Document, settings: Settings, near: list[Near] | None = None
) -> Looked:
    """`clean`, which adds to `near`, where it is given, what was turned down on the way."""
    decoded, split = _split(_as_document(document), settings)
    (found,) = find_all(Batch.of([split]), settings, near=near)
    return Looked(_conclude(decoded, split, found, settings), split)


class Arrival(NamedTuple):
    """A document as it came, and what earlier ones that say the same are found by."""

    decoded: textio.Decoded
    came: Signed


class Beside(NamedTuple):
    """The result of a document beside earlier ones; what is `left` of it, None if all is."""

    result: Result
    left: Signed | None


def arrive(document: Document, settings: Settings) -> Arrival:
    """The document, decoded, split and signed."""
    from dedupe_text.memory.signed import sign_split  # not for those who clean one by one

    decoded, split = _split(document, settings)
    return Arrival(decoded, sign_split(split))


def set_beside(
    decoded: textio.Decoded, split: Split, known: Sequence[Known], settings: Settings
) -> Beside:
    """What `clean` with a memory answers where these are the earlier documents."""
    from dedupe_text.memory.signed import sign_split

    earlier = Batch.of([one.split for one in known]) if known else None
    (found,) = find_all(Batch.of([split]), settings, earlier)
    result = _conclude(decoded, split, found, settings, earlier, known)
    spans = [cut.removed for cut in result.cuts]
    if not spans:
        return Beside(result, None)
    left = split_text(without(split.text, spans), split.id, spans, split.site)
    return Beside(result, sign_split(left))


def remember(document: Document, settings: Settings, memory: Memory) -> Result:
    """`clean` with a memory, in which the document has this id."""
    decoded, came = arrive(document, settings)
    while True:
        found = memory.find(came, least_said(settings))
        result, left = set_beside(decoded, came.split, found.known, settings)
        if memory.add(left or came, found):
            return result


def least_said(settings: Settings) -> int:
    """Words that an earlier document must say of one to be set beside it."""
    return settings.min_words // 2


def _as_document(document: str | bytes | Document) -> Document:
    return document if isinstance(document, Document) else Document("text", document)


def _split(document: Document, settings: Settings) -> tuple[textio.Decoded, Split]:
    _check_order(settings)
    decoded = _decode(document.text, settings)
    return decoded, split_text(decoded.text, document.id, site=document.site)


def _check_order(settings: Settings) -> None:
    if settings.order == "free":
        raise SettingsError(
            "order must be kept, not free, to clean: what is cut is shown word by word;"
            " find_repeats takes both"
        )


def _conclude(
    decoded: textio.Decoded,
    split: Split,
    found: Found,
    settings: Settings,
    earlier: Batch | None = None,
    known: Sequence[Known] = (),
) -> Result:
    """The result of a document; what is `known` of `earlier` ones, where it is set beside some."""
    pieces = found.pieces if decoded.sliceable else spare(found.pieces, "encoding")
    cuts, spared = plan_cuts(pieces, split, earlier)
    stands, lines = _elsewhere([*cuts, *spared], known)
    check_cuts(decoded.text, cuts, settings.facts, stands)
    return Result(split.id, decoded, tuple(cuts), tuple(spared), settings, found.unused, lines)


def _elsewhere(
    findings: Iterable[Cut | Spared], known: Sequence[Known]
) -> tuple[dict[Location, str], dict[Location, tuple[int, int]]]:
    """What stands in earlier documents where the findings say, and in which lines."""
    there = {one.split.id: one for one in known}
    stands: dict[Location, str] = {}
    lines: dict[Location, tuple[int, int]] = {}
    for at in {one.kept for one in findings}:
        if at.document in there:
            one = there[at.document]
            stands[at] = standing(one.entry.text, at.span, one.entry.cuts)
            lines[at] = one.lines.of(at.span)
    return stands, lines


def clean_many(
    documents: Iterable[str | bytes | Document],
    settings: Settings | None = None,
    *,
    across: bool = False,
    memory: str | None = None,
) -> Iterator[Result]:
    """`clean` for each document, in order of arrival.

    `across` documents, what an earlier one says stays there, and goes from those that follow. A
    `memory`, which is a path, makes those of earlier runs earlier ones too. Documents are told
    apart by their ids: a second one of the same is called "7 (2)".
    """
    if not across and memory is None:
        return (clean(document, settings) for document in documents)
    from dedupe_text.memory import open_memory  # not for those who clean one by one

    seen = open_memory(memory or "")
    return (clean(document, settings, memory=seen) for document in documents)


def _decode(text: str | bytes, settings: Settings) -> textio.Decoded:
    if isinstance(text, bytes):
        return textio.decode(text, settings.encoding)
    return textio.from_text(text)


# --- repeats, nothing cut ----------------------------------------------------------------------


def find_repeats(documents: Sequence[Document], settings: Settings | None = None) -> list[Repeat]:
    """What is said more than once, inside a document or in several; nothing is cut.

    In the order of the kept passages.
    """
    from dedupe_text.batch import find_said, gather_repeats  # not for those who only clean

    settings = settings or Settings()
    if not documents:
        return []
    batch = Batch.of(
        [split_text(_decode(document.text, settings).text, document.id) for document in documents]
    )
    return gather_repeats(find_said(batch, settings), batch) if len(batch.passages) > 1 else []
