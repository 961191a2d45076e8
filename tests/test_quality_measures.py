"""The measures of ``bench.quality`` on examples whose scores are known, and its generator."""

import gzip
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("bench.quality", reason="run as `python -m pytest`, from the repository")

from bench.quality import (
    across,
    floors,
    intact,
    pages,
    pan,
    planted,
    planting,
    prose,
    removals,
    reuse,
    run,
    sites,
    variants,
)

SENTENCES = (
    "On Monday {} people came to the market in Brenford to look at the new bridge over the river.",
    "The mayor, Anna {}, said that it had taken longer than anybody in the town had hoped for.",
    "Most of them had walked, because the car park behind the old station was closed again.",
    "“We counted every single bolt,” said an engineer from Lowell & Marsh, number {} on the list.",
)
ARTICLE = "\n\n".join(
    " ".join(sentence.format(f"{name} {number}") for sentence in SENTENCES)
    for number, name in enumerate(("Abel", "Burton", "Cole", "Dunn", "Ember", "Frost"), 11)
)
OTHER = "A quite different article by Victor Hale about slow green snails that never hurry home."
KNOWN = prose.Vocabulary.of([("own", ARTICLE), ("other", OTHER)])
EVERY = [(name, at) for name in (*variants.POSITIVE, "template") for at in planting.PLACEMENTS]


def planted_copy(variant: str, placement: str, seed: int = 1) -> planting.Planted:
    copy = planting.plant("own", ARTICLE, (variant, placement), seed, KNOWN)
    assert copy is not None
    return copy


def said(copy: planting.Planted) -> list[str]:
    return [copy.text[start:end] for start, end in copy.copy]


# --- the generator ---


@pytest.mark.parametrize(("variant", "placement"), EVERY)
def test_the_same_seed_plants_the_same_copy_and_another_seed_another(
    variant: str, placement: str
) -> None:
    assert planted_copy(variant, placement) == planted_copy(variant, placement)
    assert len({planted_copy(variant, placement, seed).text for seed in range(8)}) > 1


@pytest.mark.parametrize(("variant", "placement"), EVERY)
def test_without_what_was_inserted_the_article_is_what_it_was(variant: str, placement: str) -> None:
    copy = planted_copy(variant, placement)
    before, after = copy.gap
    rest = copy.text[:before], copy.text[before + copy.inserted :]
    assert ARTICLE[before:after].strip() == ""
    assert rest == (ARTICLE[:before], ARTICLE[after:])
    assert copy.original[-1][1] <= before <= copy.copy[0][0]


@pytest.mark.parametrize("placement", planting.PLACEMENTS)
def test_a_verbatim_copy_says_what_the_section_says(placement: str) -> None:
    copy = planted_copy("verbatim", placement)
    assert said(copy) == [ARTICLE[start:end] for start, end in copy.original]
    assert planting.FEWEST <= copy.words <= planting.MOST


@pytest.mark.parametrize("seed", range(20))
def test_advertisements_stand_between_the_paragraphs_of_a_copy_and_are_not_in_it(seed: int) -> None:
    copy = planted_copy("verbatim", "adverts", seed)
    between = copy.text[copy.copy[0][0] : copy.copy[-1][1]]
    assert any(advert in between for advert in planting.ADVERTS)
    assert not any(advert in part for advert in planting.ADVERTS for part in said(copy))


@pytest.mark.parametrize("seed", range(20))
def test_a_glued_copy_follows_a_sentence_by_one_space(seed: int) -> None:
    copy = planted_copy("verbatim", "glued", seed)
    start = copy.copy[0][0]
    assert copy.text[start - 1] == " "
    assert copy.text[start - 2] in ".”"


def test_typography_and_line_ends_change_no_word() -> None:
    for variant in ("typography", "rewrapped"):
        copy = planted_copy(variant, "whole")
        assert said(copy) != [ARTICLE[start:end] for start, end in copy.original]
        before = [prose.WORD_RE.findall(ARTICLE[start:end]) for start, end in copy.original]
        assert [prose.WORD_RE.findall(part) for part in said(copy)] == before


def test_so_many_lower_case_words_are_edited_and_no_other() -> None:
    text = " ".join(["word"] * 200 + ["Name 12"])
    edited = variants.edit(text, 0.15, Random(1), "own", KNOWN)
    assert edited.endswith("Name 12")
    inserted = sum(word not in ("word", "Name", "12") for word in edited.split())
    dropped_or_replaced = 200 - edited.split().count("word")
    assert max(inserted, dropped_or_replaced) < 30 < inserted + dropped_or_replaced


def test_a_template_holds_no_number_and_no_name_of_the_section() -> None:
    copy = planted_copy("template", "whole")
    for old, new in zip(copy.original, said(copy), strict=True):
        facts = {"Monday", "Brenford", "Anna", "Lowell", "Marsh"}
        facts |= {word for word in ARTICLE[slice(*old)].split() if word.strip(",.”").isdigit()}
        assert facts.isdisjoint(new.split())


# --- planted copies ---

HAND = planting.Planted(
    name="by hand",
    text="aaaa bbbb cccc\n\naaaa bbbb\n\ndddd",
    original=((0, 9),),
    copy=((16, 25),),
    words=2,
    gap=(14, 16),
    inserted=13,
)


@pytest.mark.parametrize(
    ("removed", "natural", "template", "known"),
    [
        ([(14, 25)], [], False, (8, 0, 0)),
        ([(0, 10)], [], False, (8, 0, 0)),
        ([(16, 21)], [], False, (4, 0, 4)),
        ([(10, 25)], [], False, (8, 4, 0)),
        ([(0, 4), (16, 25)], [], False, (8, 4, 0)),
        ([(10, 25)], [(10, 14)], False, (8, 0, 0)),
        ([(27, 31)], [(16, 20)], False, (0, 0, 8)),
        ([], [], False, (0, 0, 8)),
        ([], [], True, (0, 0, 0)),
        ([(16, 21)], [], True, (0, 4, 0)),
    ],
)
def test_removed_characters_are_right_wrong_or_missed(
    removed: list[tuple[int, int]],
    natural: list[tuple[int, int]],
    template: bool,
    known: tuple[int, int, int],
) -> None:
    marks = planted.marks(HAND, natural, removed, template)
    assert tuple(int(mark.sum()) for mark in marks) == known


def test_a_natural_repeat_is_found_again_behind_the_copy_and_on_both_sides_of_it() -> None:
    assert HAND.moved((16, 20)) == [(27, 31)]
    assert HAND.moved((0, 4)) == [(0, 4)]
    assert HAND.moved((10, 20)) == [(10, 14), (27, 31)]


def test_tallies_add_up_and_shares_are_of_characters() -> None:
    tally = planted.Tally(1, 90, 10, 100, 1, 0, 0) + planted.Tally(1, 0, 0, 300, 0, 1, 0)
    figures = tally.figures()
    assert (figures["precision"], figures["recall"]) == (0.9, 0.225)
    assert (figures["copies"], figures["hurt"], figures["missed"]) == (2, 0.5, 0.5)


# --- PAN's measures, on the examples of the task's own scorer ---


def passage(pair: str, start: int, size: int) -> pan.Passage:
    return pan.Passage(pair, (start, start + size), (start, start + size))


ONE, NEXT, BOTH, FAR = (
    passage("1", 0, 100),
    passage("1", 100, 100),
    passage("1", 0, 200),
    passage("2", 0, 100),
)


def test_pan_recall_is_the_mean_over_cases_and_precision_over_detections() -> None:
    assert pan.score([ONE, FAR], [ONE]) == pan.Scores(1, 0.5, 1)
    assert pan.score([ONE], [BOTH]) == pan.Scores(0.5, 1, 1)
    assert pan.score([ONE], [NEXT, BOTH]) == pan.Scores(0.25, 1, 1)
    assert pan.score([FAR], [passage("2", 50, 100), passage("2", 25, 75)]).recall == 0.75
    assert pan.score([ONE], []) == pan.Scores(0, 0, 1)
    assert pan.score([], []) == pan.Scores(1, 1, 1)


def test_pan_needs_both_sides_to_overlap() -> None:
    elsewhere = replace(ONE, source=(100, 200))
    assert pan.score([ONE], [elsewhere]) == pan.Scores(0, 0, 1)


def test_pan_granularity_is_the_mean_over_cases_that_are_found() -> None:
    assert pan.score([ONE, NEXT], [ONE, BOTH]).granularity == 1.5
    assert pan.score([ONE, FAR], [ONE]).granularity == 1


def test_plagdet_is_f1_less_for_pieces() -> None:
    assert pan.Scores(1, 0.5, 1).plagdet == pytest.approx(2 / 3)
    assert pan.Scores(1, 1, 2).plagdet == pytest.approx(0.63092975)
    assert pan.Scores(0.75, 0.25, 2).plagdet == pytest.approx(0.23659865)
    assert pan.Scores(0, 0, 1).plagdet == 0


# --- what people remove ---


def test_a_text_is_gone_when_no_copy_of_it_is_left() -> None:
    text = "The same few words again. " * 2
    first, second = (0, 25), (26, 51)
    one = planted.cover(len(text), [second])
    both = planted.cover(len(text), [first, second])
    assert removals.still_said(text, first, one)
    assert not removals.still_said(text, first, both)


# --- floors and the command ---


def test_a_figure_below_its_floor_or_missing_is_named() -> None:
    held = {"planted": {"verbatim": {"recall": 0.9, "hurt": 0.02}}}
    assert floors.below(held, held) == []
    worse = {"planted": {"verbatim": {"recall": 0.89, "hurt": 0.03}}}
    assert len(floors.below(worse, held)) == 2
    assert len(floors.below({"planted": {}}, held)) == 2
    assert floors.below({"reuse": {}}, held) == []


def test_floors_are_lowered_only_when_asked(tmp_path: Path) -> None:
    old = {"planted": {"verbatim/glued": {"recall": 0.9, "hurt": 0.02}}}
    now = {"planted": {"verbatim/glued": {"recall": 0.8, "hurt": 0.01}}}
    assert floors.raised(now, old, lower=False)["planted"]["verbatim/glued"] == {
        "recall": 0.9,
        "hurt": 0.01,
    }
    assert floors.raised(now, old, lower=True) == now
    floors.write_figures(tmp_path / "floors.toml", now)
    assert floors.read_figures(tmp_path / "floors.toml") == now
    assert floors.read_figures(tmp_path / "none.toml") == {}


CHROME = (
    "This site is made by volunteers in a barn beside the river, who thank all of their readers for"
    " the coffee, the cake and the many letters about the old mill; write to them about anything."
)
STORIES = (
    "A heron stood in the market square from early morning until the bells rang for noon.",
    "Nobody in the valley can remember a winter in which the lower road stayed open so long.",
    "The choir sang in the ferry shed, because the church had neither a roof nor a stove left.",
    "Two brothers have mended nets on this quay since before either of them could read a letter.",
)


def test_what_a_site_says_on_both_of_its_pages_is_measured_on_the_second(tmp_path: Path) -> None:
    lines = []
    for number, story in enumerate(STORIES):
        text = f"{story}\n\n{CHROME}\n"
        page = {"id": f"{number}", "site": f"site-{number // 2}", "text": text}
        page["article"] = [[0, len(story)]]
        page["boilerplate"] = [[len(story) + 2, len(text) - 1]]
        lines.append(json.dumps(page) + "\n")
    with gzip.open(tmp_path / "pages.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(lines)
    rows = pages.measure(run.Run(tmp_path)).rows
    assert rows["boilerplate"] == {"pages": 2, "precision": 1, "recall": 1, "hurt": 0}
    assert rows["baseline"]["pages"] == 2


NOTICE = "\n".join(f"All about {word} of the village" for word in CHROME.split())
MANY = [
    {"id": f"{number}", "text": ARTICLE.replace("On Monday", f"{word} of the year")}
    for number, word in enumerate(("Spring", "Summer", "Autumn", "Lent", "Advent", "Easter"))
]


@pytest.mark.parametrize("kind", sites.KINDS)
def test_what_is_planted_across_documents_stands_where_it_is_said_to(kind: str) -> None:
    collection = sites.collect(kind, MANY, [NOTICE], 1, KNOWN)
    assert collection == sites.collect(kind, MANY, [NOTICE], 1, KNOWN)
    assert collection.groups
    assert len({page.document.id for page in collection.pages}) == len(collection.pages)
    for row, places in collection.groups:
        pages = [collection.pages[place.page] for place in places]
        assert [page.said for page in pages] == [place.spans for place in places]
        texts = [[str(page.document.text)[start:end] for start, end in page.said] for page in pages]
        if row.endswith(("verbatim", "chrome")):
            assert all(text == texts[0] for text in texts)
        on = {page.document.site for page in pages}
        assert kind == "same" or len(on) == (1 if kind == "boilerplate" else len(pages))


def test_what_goes_across_documents_is_right_wrong_or_missed_and_labelled() -> None:
    texts = ["First said. ", "Again: said. ", "Nothing of it."]
    said = [((6, 11),), ((7, 12),), ()]
    pages_of = [
        sites.Page(across.Document(text, text), spans)
        for text, spans in zip(texts, said, strict=True)
    ]
    group = sites.Group("quotation/verbatim", (sites.Place(0, said[0]), sites.Place(1, said[1])))
    collection = sites.Collection("quotation", (*pages_of,), (group,))
    stays = across.Cleaned((), ())
    goes = across.Cleaned((across.Gone(5, 10, "syndicated"),), ("first",))
    first, again, other = across.score(collection, [stays, goes, goes], [stays, stays, goes])
    assert (first.label, first.failure) == ("", None)
    assert again.label == "syndicated"
    assert again.tally == across.Tally(1, 0, 0, planted=5, right=3, wrong=1, fate=5)
    assert (other.tally.others, other.tally.hurt, other.tally.wrong) == (1, 1, 4)


def test_absent_data_is_said_and_ends_with_2(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.quality", "--data", str(tmp_path)]
    done = subprocess.run(
        command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    with pytest.raises(run.DataError):
        intact.refrains(run.Run(tmp_path))


def test_a_case_on_which_the_tool_fails_is_named() -> None:
    broken = {"pair": "a-b", "set": "none", "source": None, "suspicious": "text", "cases": []}
    with pytest.raises(run.CaseError, match=r"a-b none: .+ at .+:"):
        reuse.detections(broken, reuse.REUSE)
