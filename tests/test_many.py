"""The command on several documents: folders, files in place, lists, and what one cannot undo."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from test_cli import ARTICLE, BETWEEN, CLEAN, SAID, run, told
from test_diff import apply_with
from test_json_report import SCHEMA as REPORT
from test_sarif_report import VALIDATOR

BINARY = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
ODD = ["two words.txt", "line\nbreak.txt", "\u202etxt.exe", "-x.txt", "$(touch x).txt", "été.txt"]
OTHER = (
    "The baker in the lane behind the theatre has sold the same six kinds of bread since spring, "
    "and asks each customer whether the crust was too hard. Most of them say that it was not. "
    "Only the conductor of the brass band, who has bad teeth, tells her every Saturday that it was."
)


def git(*arguments: str, cwd: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True)


def fill(folder: Path, **documents: str | bytes) -> None:
    """Files by their names, in which an underscore is a dot."""
    for name, given in documents.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(given.encode() if isinstance(given, str) else given)


def found(output: bytes) -> list[str]:
    """The places of the findings."""
    return [line.partition(": said ")[0] for line in output.decode().splitlines()]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# --- --write -------------------------------------------------------------------------------------


def test_files_are_rewritten_and_those_without_repeats_are_not_touched(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_txt=CLEAN, c_txt=ARTICLE)
    (tmp_path / "a.txt").chmod(0o640)
    before = (tmp_path / "b.txt").stat()
    done = run("--write", "a.txt", "b.txt", "c.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert {path.read_text() for path in tmp_path.iterdir()} == {CLEAN}
    after = (tmp_path / "b.txt").stat()  # but for the time at which it was read
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


def test_a_file_that_fails_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_png=BINARY, d_txt=ARTICLE)
    done = run("--write", "a.txt", "b.png", "c.txt", "d.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    binary, missing = done.stderr.decode().splitlines()
    assert binary.startswith("dedupe-text: b.png: looks binary (image/png), not text; ")
    assert missing == "dedupe-text: cannot read 'c.txt': no such file; check the name"
    assert (tmp_path / "a.txt").read_text() == (tmp_path / "d.txt").read_text() == CLEAN
    assert (tmp_path / "b.png").read_bytes() == BINARY


def test_what_cannot_be_written_leaves_the_others_done(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_txt=ARTICLE)
    (tmp_path / "out" / "a.txt").mkdir(parents=True)
    done = run("a.txt", "b.txt", "-o", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"dedupe-text: cannot write 'out/a.txt': it is a folder; ")
    assert (tmp_path / "out" / "b.txt").read_text() == CLEAN


@pytest.mark.parametrize(("given", "code"), [(ARTICLE, 1), (CLEAN, 0)])
def test_a_hook_fails_if_it_changed_something(given: str, code: int, tmp_path: Path) -> None:
    fill(tmp_path, a_txt=CLEAN, b_txt=given)
    done = run("--write", "--exit-one", "a.txt", "b.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")
    assert run("--write", "--exit-one", "a.txt", "b.txt", cwd=tmp_path).returncode == 0


def test_a_file_is_one_document_whatever_its_names(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=SAID)
    (tmp_path / "link.txt").symlink_to("a.txt")
    names = ("a.txt", "a.txt", "./a.txt", str(tmp_path / "a.txt"), "link.txt", ".")
    done = run("--write", "--across", *names, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "a.txt").read_text() == SAID


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_names_and_told_in_a_line(name: str, tmp_path: Path) -> None:
    fill(tmp_path, plain_txt=CLEAN)
    (tmp_path / name).write_text(ARTICLE)
    shown = "".join(f"\\u{ord(one):04x}" if one in "\n\u202e" else one for one in name)
    done = run("--check", "--", "plain.txt", name, cwd=tmp_path)
    assert (done.returncode, found(done.stdout)) == (1, [f"{shown}:5"])
    assert run("--write", "--", "plain.txt", name, cwd=tmp_path).returncode == 0
    assert (tmp_path / name).read_text() == CLEAN
    (tmp_path / name).write_bytes(BINARY)
    done = run("--check", "--", "plain.txt", name, cwd=tmp_path)
    assert done.stderr.decode().startswith(f"dedupe-text: {shown}: looks binary")
    assert files(tmp_path) == sorted(["plain.txt", name])


# --- folders -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with documents at several depths, hidden ones, a binary, and links."""
    (tmp_path / "docs" / "in").mkdir(parents=True)
    (tmp_path / "docs" / ".hidden").mkdir()
    for name in ("b.txt", "in/a.md", ".hidden/c.txt", ".hidden.txt"):
        (tmp_path / "docs" / name).write_text(ARTICLE)
    (tmp_path / "docs" / "image.png").write_bytes(BINARY)
    (tmp_path / "docs" / "link.txt").symlink_to("b.txt")
    (tmp_path / "docs" / "dangling.txt").symlink_to("nowhere.txt")
    return tmp_path


def test_a_folder_stands_for_what_git_tracks_in_it(folder: Path) -> None:
    git("init", "-q", cwd=folder)
    git("add", "docs/b.txt", "docs/.hidden", "docs/image.png", "docs/link.txt", cwd=folder)
    (folder / "docs" / "gone.txt").write_text(ARTICLE)
    git("add", "docs/gone.txt", cwd=folder)
    (folder / "docs" / "gone.txt").unlink()
    done = run("--check", "docs", cwd=folder)
    assert done.stderr == b""
    assert found(done.stdout) == ["docs/.hidden/c.txt:5", "docs/b.txt:5"]
    assert found(run("--check", ".", cwd=folder / "docs").stdout) == [".hidden/c.txt:5", "b.txt:5"]


def test_without_git_it_stands_for_all_that_is_not_hidden(folder: Path) -> None:
    done = run("--check", "docs", cwd=folder)
    assert (done.returncode, done.stderr) == (1, b"")
    assert found(done.stdout) == ["docs/b.txt:5", "docs/in/a.md:5"]
    assert found(run("--check", "docs/.hidden", cwd=folder).stdout) == ["docs/.hidden/c.txt:5"]


def test_a_repository_names_no_program_that_is_run(folder: Path) -> None:
    git("init", "-q", cwd=folder)
    git("add", "docs", cwd=folder)
    git("config", "core.fsmonitor", f"touch {folder / 'ran'}; false", cwd=folder)
    assert run("--check", ".", cwd=folder).returncode == 1
    assert not (folder / "ran").exists()


def test_a_file_that_is_called_as_standard_input_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "-").write_text(ARTICLE)
    done = run("--check", ".", "-", given=ARTICLE, cwd=tmp_path)
    assert found(done.stdout) == ["./-:5", "stdin:5"]


def test_a_folder_without_documents_is_an_empty_list(tmp_path: Path) -> None:
    done = run("--check", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert listed("json", ".", cwd=tmp_path)["documents"] == []
    assert listed("sarif", ".", cwd=tmp_path)["runs"][0]["results"] == []
    assert run("--check", "--format", "github", ".", cwd=tmp_path).stdout == b""


# --- -o FOLDER -----------------------------------------------------------------------------------


def test_an_output_folder_gets_the_tree(folder: Path) -> None:
    done = run("docs", "docs/.hidden.txt", "-", "-o", "out/new", given=ARTICLE, cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert files(folder / "out") == [
        "new/docs/.hidden.txt", "new/docs/b.txt", "new/docs/in/a.md", "new/stdin"
    ]  # fmt: skip
    assert {(folder / "out" / name).read_text() for name in files(folder / "out")} == {CLEAN}
    assert (folder / "docs" / "b.txt").read_text() == ARTICLE


def test_nothing_is_written_outside_of_the_output_folder(folder: Path) -> None:
    place = folder / "here" / "now"
    place.mkdir(parents=True)
    (folder / "docs" / "...").mkdir()
    (folder / "docs" / "..." / "d.txt").write_text(ARTICLE)
    names = ["../../docs/b.txt", str(folder / "docs/in/a.md"), "../../here/../docs/.../d.txt"]
    options = ("--stdin-filename", "../../up.txt", "-o", "out")
    assert run(*names, "-", *options, given=ARTICLE, cwd=place).returncode == 0
    absolute = str(folder / "docs/in/a.md").lstrip("/")
    assert files(place / "out") == sorted(["docs/b.txt", absolute, "docs/.../d.txt", "up.txt"])
    assert files(folder / "here") == [f"now/out/{name}" for name in files(place / "out")]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("b.txt", "../docs/in/../../docs/b.txt", "-o", "."), None),
        (("b.txt", "../b.txt", "-o", "out"), "two outputs have the same path, out/b.txt; "),
        ((".", "..", "-o", "out"), "two outputs have the same path, out/b.txt; "),
        (("../b.txt", "in/b.txt", "-o", "in"), "../b.txt would replace in/b.txt; "),
        (("..", "in", "-o", "in"), "../b.txt would replace in/b.txt; "),
        ((".", "--diff", "-o", "."), "a report would replace the document; "),
        ((".", "--check", "--report", "in/notes.json"), "a report would replace the document; "),
    ],
)
def test_no_output_replaces_what_is_not_its_own(
    names: tuple[str, ...], message: str | None, tmp_path: Path
) -> None:
    (tmp_path / "docs" / "in").mkdir(parents=True)
    for name in ("b.txt", "docs/b.txt", "docs/in/b.txt", "docs/in/notes.json"):
        (tmp_path / name).write_text(f"{ARTICLE}{name}\n")
    before = files(tmp_path)
    done = run(*names, cwd=tmp_path / "docs")
    if message is None:  # two names of one file
        assert (done.returncode, done.stderr) == (0, b"")
        assert (tmp_path / "docs" / "b.txt").read_text() == f"{CLEAN}docs/b.txt\n"
    else:
        assert told(done).startswith(message)
        assert all((tmp_path / name).read_text() == f"{ARTICLE}{name}\n" for name in before)
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--memory", "kept", "-o", "./kept"), "an output would replace the memory; "),
        (("--memory", "k.json", "-o", "o", "--report", "k.json"), "an output would replace the m"),
        (("--accept", "kept", "-o", "kept"), "an output would replace the list of accepted "),
    ],
)
def test_no_output_replaces_what_the_run_goes_by(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    (tmp_path / "b.txt").write_text(ARTICLE)
    assert told(run("b.txt", *arguments, cwd=tmp_path)).startswith(message)
    assert files(tmp_path) == ["b.txt"]


# --- what is told of several ---------------------------------------------------------------------


def listed(form: str, *arguments: str, cwd: Path) -> Any:
    """What ``--check --format`` gives, shown to be of its schema."""
    log = json.loads(run("--check", "--format", form, *arguments, cwd=cwd).stdout)
    if form == "json":
        REPORT.validate(log)
    elif VALIDATOR:
        VALIDATOR.validate(log)
    return log


def test_findings_come_as_one_list_in_every_format(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_txt=CLEAN, c_txt=OTHER, d_txt=f"{OTHER}\n\n{ARTICLE}")
    names = ("--across", "a.txt", "b.txt", "c.txt", "d.txt")
    report = listed("json", *names, cwd=tmp_path)
    assert [one["id"] for one in report["documents"]] == ["a.txt", "b.txt", "c.txt", "d.txt"]
    (only,) = listed("sarif", *names, cwd=tmp_path)["runs"]
    places = [
        [place["physicalLocation"] for place in one["locations"] + one["relatedLocations"]]
        for one in only["results"]
    ]
    lines = [
        [(at["artifactLocation"]["uri"], at["region"]["startLine"]) for at in pair]
        for pair in places
    ]
    done = run("--check", "--format", "github", *names, cwd=tmp_path)
    assert done.returncode == 1
    commands = re.findall(r"^::warning file=(.*?),line=(\d+),", done.stdout.decode(), re.MULTILINE)
    assert [(name, int(line)) for name, line in commands] == [here for here, _ in lines]
    text = run("--check", *names, cwd=tmp_path)
    told = re.findall(r"^(.*?):(\d+): said before at (.*?):(\d+) ", text.stdout.decode(), re.M)
    assert [[(a, int(b)), (c, int(d))] for a, b, c, d in told] == lines
    assert lines[0] == [("a.txt", 5), ("a.txt", 1)]
    assert {name for (name, _), _ in lines} == {"a.txt", "b.txt", "d.txt"}


def test_a_document_that_fails_leaves_a_whole_list(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_png=BINARY)
    done = run("--check", "--format", "json", "b.png", "a.txt", cwd=tmp_path)
    assert done.returncode == 2
    assert [one["id"] for one in json.loads(done.stdout)["documents"]] == ["a.txt"]
    done = run("--check", "--format", "json", "b.png", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")


def test_reports_tell_of_all_documents(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_txt=CLEAN, c_txt=ARTICLE)
    reports = [f"r.{suffix}" for suffix in ("json", "diff", "sarif")]
    options = [part for report in reports for part in ("--report", report)]
    done = run("--write", "a.txt", "b.txt", "c.txt", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["totals"]["documents"] == 3
    assert report["totals"]["cuts"] == 2
    assert len(json.loads((tmp_path / "r.sarif").read_text())["runs"][0]["results"]) == 2
    assert (tmp_path / "a.txt").read_text() == CLEAN
    apply_with("patch", (tmp_path / "r.diff").read_bytes(), tmp_path / "a.txt", "-R")
    assert (tmp_path / "a.txt").read_text() == (tmp_path / "c.txt").read_text() == ARTICLE


@pytest.mark.parametrize("tool", ["patch", "git"])
def test_a_diff_of_several_documents_applies_and_can_be_undone(tool: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    given = {
        "plain.txt": ARTICLE.encode(),
        "in/two words.txt": ARTICLE.replace("\n", "\r\n").encode(),
        "no end.txt": (SAID + BETWEEN + SAID).encode().rstrip(b"\n"),
        "no end, CRLF.txt": (SAID + BETWEEN + SAID).replace("\n", "\r\n").encode().rstrip(b"\r\n"),
        "clean.txt": CLEAN.encode(),
        "été.txt": ARTICLE.replace("cold", "früh").encode("windows-1252"),
    }
    for name, data in given.items():
        (tmp_path / name).write_bytes(data)
    done = run("--diff", "--encoding", "windows-1252", *given, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n+++ ") == 5
    run("--encoding", "windows-1252", *given, "-o", "wanted", cwd=tmp_path)
    apply_with(tool, done.stdout, tmp_path / "plain.txt")
    for name in given:
        assert (tmp_path / name).read_bytes() == (tmp_path / "wanted" / name).read_bytes()
    assert len((tmp_path / "no end, CRLF.txt").read_bytes()) < len(given["no end, CRLF.txt"])
    apply_with(tool, done.stdout, tmp_path / "plain.txt", "-R")
    assert {name: (tmp_path / name).read_bytes() for name in given} == given


# --- --across ------------------------------------------------------------------------------------


def test_across_documents_the_first_to_say_it_keeps_it(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=SAID, b_txt=f"{OTHER}\n\n{SAID}", c_txt=OTHER)
    names = ("a.txt", "b.txt", "c.txt")
    assert run("--check", *names, cwd=tmp_path).returncode == 0
    done = run("--check", "--across", *names, cwd=tmp_path)
    assert found(done.stdout) == ["b.txt:3", "c.txt:1"]
    assert b" said before at b.txt:1 (" in done.stdout
    done = run("--write", "--across", "--exit-one", *names, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == b"dedupe-text: c.txt: nothing is left: others said all of it\n"
    assert [(tmp_path / name).read_text() for name in names] == [SAID, f"{OTHER}\n", ""]
    before = (tmp_path / "b.txt").stat()
    assert run("--write", "--across", "--exit-one", *names, cwd=tmp_path).returncode == 0
    assert (tmp_path / "b.txt").stat() == before


def test_the_order_of_the_documents_is_that_of_the_command_line(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=SAID, b_txt=SAID)
    done = run("--check", "--across", "b.txt", "a.txt", cwd=tmp_path)
    assert found(done.stdout) == ["a.txt:1"]
    assert found(run("--check", "--across", ".", cwd=tmp_path).stdout) == ["b.txt:1"]


def test_a_document_that_cannot_be_read_keeps_nothing(tmp_path: Path) -> None:
    fill(tmp_path, a_png=BINARY + SAID.encode(), b_txt=SAID, c_txt=SAID)
    done = run("--check", "--across", "a.png", "b.txt", "c.txt", cwd=tmp_path)
    assert (done.returncode, found(done.stdout)) == (2, ["c.txt:1"])


# --- what is accepted ----------------------------------------------------------------------------

LIST = ("--accept", ".accept.json")


def test_what_was_accepted_is_no_finding_and_a_further_copy_is(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_txt=CLEAN)
    done = run(*LIST, "--accept-write", "a.txt", "b.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"dedupe-text: .accept.json: 1 accepted\n"
    written = (tmp_path / ".accept.json").read_bytes()
    assert json.loads(written)["schema"] == "dedupe-text/accept/1"
    done = run("--check", *LIST, ".", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    fill(tmp_path, b_txt=f"New lines above.\n\n{ARTICLE}")
    done = run("--check", *LIST, ".", cwd=tmp_path)
    assert (done.returncode, found(done.stdout), done.stderr) == (1, ["b.txt:7"], b"")
    assert run("--write", *LIST, ".", cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.txt").read_text() == ARTICLE
    assert (tmp_path / "b.txt").read_text() == f"New lines above.\n\n{CLEAN}"
    run(*LIST, "--accept-write", "a.txt", "b.txt", cwd=tmp_path)
    assert (tmp_path / ".accept.json").read_bytes() == written


def test_what_is_accepted_and_not_there_is_told_where_all_is_looked_through(
    tmp_path: Path,
) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_txt=CLEAN)
    run(*LIST, "--accept-write", "a.txt", cwd=tmp_path)
    assert run("--check", *LIST, "b.txt", cwd=tmp_path).stderr == b""  # it may be in another
    fill(tmp_path, a_txt=CLEAN)
    done = run("--check", *LIST, ".", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert re.fullmatch(
        rb'stale: \w{16} is accepted once more than it is found: "The harbour [^\n]*"\n',
        done.stderr,
    )
    assert run("--check", "--quiet", *LIST, ".", cwd=tmp_path).stderr == b""


def test_where_the_other_cuts_would_make_new_ones_of_what_is_accepted_all_stays(
    tmp_path: Path,
) -> None:
    text = "\n".join(
        [BETWEEN, "Winter came.\n", SAID, f"{OTHER}\n", "Nobody wrote.\n", SAID, BETWEEN, OTHER]
    )
    fill(tmp_path, a_txt=text)
    run(*LIST, "--accept-write", "a.txt", cwd=tmp_path)
    path = tmp_path / ".accept.json"
    accepted = json.loads(path.read_text())
    names = {one["begins"][:5]: name for name, one in accepted["accepted"].items()}
    assert names.keys() == {"The h", "The b", "Fishe"}
    del accepted["accepted"][names["Fishe"]]
    path.write_text(json.dumps(accepted))
    done = run("--check", *LIST, "a.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout.count(b"\n")) == (1, 1)
    before = (tmp_path / "a.txt").stat()
    for _ in range(2):
        assert run("--write", *LIST, "a.txt", cwd=tmp_path).returncode == 0
        assert (tmp_path / "a.txt").read_text() == text
    assert (tmp_path / "a.txt").stat() == before


def test_a_list_replaces_nothing_but_a_list(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_json='{"schema": "dedupe-text/accept/1", broken', c_json="")
    line = told(run("--accept", "a.txt", "--accept-write", "a.txt", cwd=tmp_path))
    assert line.startswith("a.txt: is no list of accepted repeats; ")
    assert (tmp_path / "a.txt").read_text() == ARTICLE
    for name in ("b.json", "c.json", "new.json"):
        assert run("--accept", name, "--accept-write", "a.txt", cwd=tmp_path).returncode == 0
        assert run("--accept", name, "--check", "a.txt", cwd=tmp_path).returncode == 0


def test_a_list_is_written_only_if_all_documents_were_read(tmp_path: Path) -> None:
    fill(tmp_path, a_txt=ARTICLE, b_png=BINARY)
    done = run(*LIST, "--accept-write", "a.txt", "b.png", cwd=tmp_path)
    assert done.returncode == 2
    assert not (tmp_path / ".accept.json").exists()
    assert told(run("--check", *LIST, "a.txt", cwd=tmp_path)).startswith("cannot read '.accept")


def test_the_list_of_a_project_is_found_from_below(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text(ARTICLE)
    fill(tmp_path, **{"dedupe-text_toml": 'accept = ".accept.json"\n'})
    assert run("--accept-write", "a.txt", cwd=tmp_path / "docs").returncode == 0
    assert run("--check", "docs/a.txt", cwd=tmp_path).returncode == 0
    assert files(tmp_path) == [".accept.json", "dedupe-text.toml", "docs/a.txt"]


def test_a_pragma_that_changes_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    pragma = "<!-- dedupe-text: ignore-next -->\n\n"
    fill(tmp_path, a_md=f"{SAID}\n{BETWEEN}\n{pragma}{SAID}", b_md=pragma + OTHER + "\n")
    done = run("--check", "a.md", "b.md", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == (
        b"dedupe-text: b.md:1: unused pragma ignore-next: it covers nothing that would be cut\n"
    )
    assert run("--check", "--quiet", "a.md", "b.md", cwd=tmp_path).stderr == b""
