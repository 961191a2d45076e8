"""Folders in which others write too: no name, no id and no link leads out of where we were sent."""

from collections.abc import Iterator

import pytest
from faults.bed import STOP, Bed, Door, Fault
from faults.doors import ARTICLES, write_paragraph, write_records
from faults.shim import build

ARTICLE = ARTICLES["article-0.txt"]
PAGES = write_records("page", 2)
VICTIM = f"{write_paragraph('victim', 9)}\n".encode()
"""Says nothing twice, so whoever cleans it leaves it as it is."""
KINDS = ("open", "read", "write", "sync", "rename", "close")
FILE = (("shared/NAME", "shared/before"), ("evil-file", "shared/NAME"))
FOLDER = (("shared", "before"), ("evil-folder", "shared"))


@pytest.fixture(scope="module")
def bed(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    folder = tmp_path_factory.mktemp("shared")
    bed = Bed(folder / "bed", environment, build(folder))
    yield bed
    bed.close()


@pytest.mark.parametrize("swaps", [FILE, FOLDER], ids=["file", "folder"])
@pytest.mark.parametrize(
    ("name", "text"), [("article.txt", ARTICLE), ("pages.jsonl", PAGES)], ids=["text", "records"]
)
def test_a_link_that_is_put_in_place_at_any_call_leads_nowhere_else(
    name: str,
    text: bytes,
    swaps: tuple[tuple[str, str], ...],
    bed: Bed,
) -> None:
    """Somebody stops the run before each of its calls, and swaps what it works on for a link."""
    door = Door(
        ("--write", f"shared/{name}"),
        {f"shared/{name}": text, f"victim/{name}": VICTIM},
        links={"evil-file": f"../victim/{name}", "evil-folder": "victim"},
        swaps=tuple(
            (one.replace("NAME", name), other.replace("NAME", name)) for one, other in swaps
        ),
    )
    counts = bed.run(door).counts
    trials = [Fault(kind, at, STOP) for kind in KINDS for at in range(1, counts[kind] + 1)]
    assert len(trials) > 10
    for trial in trials:
        found = bed.run(door, trial)
        victims = {path: data for path, data in found.files.items() if path.startswith("victim/")}
        assert victims == {f"victim/{name}": VICTIM}, f"{trial}: {found.said}"
        assert found.code in (0, 2), found.said
