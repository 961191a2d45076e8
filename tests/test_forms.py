"""What is said again on purpose stays; a slip goes, however much is like it."""

from dedupe_text import clean

WORKSHOPS = (
    ("weaving", "wind the first thread on a loom of their own"),
    ("pottery", "throw a tall bowl and fire it twice"),
    ("joinery", "plane a rough plank until it shines"),
)
RESPONSE = "Let the bells of the harbour ring over the water, and let the boats come home.\n"


def item(craft: str, task: str) -> str:
    return (
        f"- The workshop for {craft} shows beginners of any age and from any part of the valley"
        f" how to {task}.\n"
    )


def test_an_item_said_twice_in_a_row_goes_though_its_neighbours_are_like_it() -> None:
    items = [item(*workshop) for workshop in WORKSHOPS]
    assert clean("\n".join(items)).text == "\n".join(items)
    for place, twice in enumerate(items):
        slip = [*items[:place], 2 * twice, *items[place + 1 :]]
        assert clean("\n".join(slip)).text == "\n".join(items)


def test_a_section_pasted_twice_in_a_row_goes_with_the_last_lines_of_its_code() -> None:
    before = "Leave your bicycle in the yard by the gate.\n\n"
    once = (
        "Walkers who reach the landing after the last boat can ring the bell beside the shed, and"
        " somebody will row over:\n\n```\nring the bell twice\nwait {\n  by the gate\n\n}\n```\n\n"
    )
    after = "Dogs are welcome on deck.\n"
    assert clean(before + 2 * once + after).text == before + once + after


def test_a_line_that_comes_back_later_too_stays_where_it_is_said_twice_in_a_row() -> None:
    song = f"{2 * RESPONSE}\nThe nets hang dry on every wall.\n\n{RESPONSE}"
    assert clean(song).text == song
