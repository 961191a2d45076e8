"""The command as a shell meets it: bytes, exit codes, and one line for what went wrong."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dedupe_text import __version__
from dedupe_text.cli import command
from dedupe_text.console import is_coloured
from dedupe_text.settings import Settings

if os.name != "posix":
    pytest.skip("pipes, signals and devices as POSIX has them", allow_module_level=True)

COMMAND = (sys.executable, "-m", "dedupe_text")
SAID = (
    "The harbour council met on a cold morning to talk about the old stone bridge, which has "
    "carried carts, buses and far too many lorries since long before anyone in the room was born. "
    "Nobody wanted to close it, yet nobody could say how the repairs should be paid for, and so "
    "the talk went round and round until the tea was cold and the windows were grey with rain.\n"
)
BETWEEN = (
    "Fishermen watched from the quay while gulls argued over scraps beside the empty crates.\n"
    "A painter set up her easel near the lighthouse and waited for the clouds to move along.\n"
    "Children ran past with paper boats, bound for the puddles behind the market hall.\n"
)
ARTICLE = SAID + BETWEEN + SAID + "Then everybody went home.\n"
CLEAN = SAID + BETWEEN + "Then everybody went home.\n"


def run(
    *arguments: str, given: str | bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    given = given.encode() if isinstance(given, str) else given
    return subprocess.run([*COMMAND, *arguments], input=given, capture_output=True, cwd=cwd)


def told(done: subprocess.CompletedProcess[bytes]) -> str:
    """The one line on stderr of a run that failed and wrote nothing else."""
    assert done.returncode == 2
    assert done.stdout == b""
    line = done.stderr.decode()
    assert re.fullmatch(r"dedupe-text: [^\n]+\n", line), line
    return line.removeprefix("dedupe-text: ").rstrip("\n")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)
    return path


# --- what comes out ----------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), ("-",), ("-o", "-"), ("-q",)])
def test_a_filter_cuts_the_second_copy_and_is_silent(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, given=ARTICLE)
    assert (done.returncode, done.stdout, done.stderr) == (0, CLEAN.encode(), b"")


def test_a_file_is_read_and_left_as_it_is(article: Path) -> None:
    done = run(str(article))
    assert (done.returncode, done.stdout, done.stderr) == (0, CLEAN.encode(), b"")
    assert article.read_text() == ARTICLE


@pytest.mark.parametrize("given", [b"", b"\n", b"\xef\xbb\xbf", b"One line, no end"])
def test_what_has_no_repeats_comes_out_as_it_went_in(given: bytes) -> None:
    done = run(given=given)
    assert (done.returncode, done.stdout, done.stderr) == (0, given, b"")


def test_output_goes_to_a_file_and_not_to_stdout(article: Path, tmp_path: Path) -> None:
    done = run(str(article), "-o", str(tmp_path / "clean.txt"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "clean.txt").read_text() == CLEAN


def test_output_may_be_the_document_itself_which_is_written_once(article: Path) -> None:
    assert run(str(article), "-o", str(article)).returncode == 0
    assert article.read_text() == CLEAN
    before = article.stat()
    assert run(str(article), "--output", str(article)).returncode == 0
    assert article.stat() == before


def test_check_lists_findings_and_exits_1(article: Path, tmp_path: Path) -> None:
    done = run("--check", "article.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert re.fullmatch(
        r"article\.txt:5: said before at article\.txt:1 \(\d+ words, 1\.00 alike\): "
        r'"The harbour council met on a cold morning to talk about the …"\n',
        done.stdout.decode(),
    )
    assert article.read_text() == ARTICLE


def test_check_of_a_clean_text_and_check_with_exit_zero_exit_0(article: Path) -> None:
    assert run("--check", given=CLEAN).returncode == 0
    done = run("--check", "--exit-zero", "--format", "text", str(article))
    assert done.returncode == 0
    assert done.stdout.count(b"\n") == 1


def test_a_finding_shows_hostile_characters_as_code_points() -> None:
    text = ARTICLE.replace("The harbour", "\x1b[31m\u202eThe\u2028harbour")
    done = run("--check", "--stdin-filename", "a\n\x1b.txt", given=text)
    assert done.stdout.decode().startswith("a\\u000a\\u001b.txt:5: said before at ")
    assert '"\\u001b[31m\\u202eThe harbour' in done.stdout.decode()


def test_a_finding_says_again_when_the_later_copy_stays() -> None:
    done = run("--check", "--keep", "last", given=ARTICLE)
    assert done.stdout.startswith(b"stdin:1: said again at stdin:5 (")


def test_diff_is_one_that_patch_applies(article: Path, tmp_path: Path) -> None:
    done = run("--diff", "article.txt", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(b"--- a/article.txt\n+++ b/article.txt\n@@ -2,5 +2,4 @@\n")
    if shutil.which("patch"):
        subprocess.run(["patch", "-s", "-p1"], input=done.stdout, cwd=tmp_path, check=True)
        assert article.read_text() == CLEAN


def test_diff_of_a_legacy_text_is_in_its_bytes() -> None:
    text = ARTICLE.replace("harbour", "порт")
    done = run("--diff", "--encoding", "windows-1251", given=text.encode("windows-1251"))
    assert "-The порт council".encode("windows-1251") in done.stdout


def test_check_with_diff_shows_the_diff_and_exits_1(article: Path) -> None:
    done = run("--check", "--diff", str(article))
    assert done.returncode == 1
    assert done.stdout.startswith(b"--- a/")
    assert run("--check", "--diff", given=CLEAN).stdout == b""


def test_reports_are_written_beside_the_text(article: Path, tmp_path: Path) -> None:
    done = run("article.txt", "--report", "r.json", "--report", "R.DIFF", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, CLEAN.encode(), b"")
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["totals"]["cuts"] == 1
    assert report["documents"][0]["cuts"][0]["removed"]["line"] == 5
    assert (tmp_path / "R.DIFF").read_bytes() == run(
        "--diff", str(article.name), cwd=tmp_path
    ).stdout


def test_standard_input_has_a_name_in_reports() -> None:
    assert b"--- a/stdin\n" in run("--diff", given=ARTICLE).stdout
    done = run("--diff", "--stdin-filename", "news.txt", given=ARTICLE)
    assert b"--- a/news.txt\n" in done.stdout


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
def test_restore_rebuilds_the_original_to_the_byte(encoding: str, tmp_path: Path) -> None:
    original = ARTICLE.replace("cold", "frühlingshaft").replace("\n", "\r\n").encode(encoding)
    name = "auto" if encoding.startswith("utf") else encoding
    cleaned = run("--encoding", name, "--report", "r.json", given=original, cwd=tmp_path).stdout
    assert len(cleaned) < len(original)
    done = run("--restore", "r.json", given=cleaned, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, original, b"")


def test_restore_may_replace_the_cleaned_file(article: Path, tmp_path: Path) -> None:
    run("article.txt", "-o", "article.txt", "--report", "r.json", cwd=tmp_path)
    done = run("article.txt", "-o", "article.txt", "--restore", "r.json", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert article.read_text() == ARTICLE


def test_verbose_tells_what_is_cut_and_what_is_left() -> None:
    done = run("-v", given=ARTICLE)
    assert (done.returncode, done.stdout) == (0, CLEAN.encode())
    cut, total = done.stderr.decode().splitlines()
    assert cut.startswith("stdin:5: said before at stdin:1 (70 words, 1.00 alike): ")
    assert re.fullmatch(r"stdin: 1 cut, 0 left; \d+ of \d+ characters stay", total)
    done = run("-v", given=SAID + BETWEEN + SAID.replace("cold morning", "cold morning in 1987"))
    assert b"stdin:5: left (facts: " in done.stderr
    assert b'1987" only here' in done.stderr


def test_settings_reach_the_engine(article: Path) -> None:
    assert run("--min-words", "1000", given=ARTICLE).stdout == ARTICLE.encode()
    assert run("--keep", "last", given=ARTICLE).stdout.startswith(BETWEEN.encode())
    report = article.with_name("r.json")
    options = ("--similarity", "0.9", "--min-words", "20", "--keep", "fullest", "--no-facts")
    run(*options, "--encoding", "utf-8", "--report", str(report), given=ARTICLE)
    settings = json.loads(report.read_text())["settings"]
    wanted = Settings(similarity=0.9, min_words=20, keep="fullest", facts=False, encoding="utf-8")
    assert Settings(**settings) == wanted


def test_a_text_that_cannot_be_sliced_goes_out_as_it_came_with_a_warning() -> None:
    said = (
        "市は今朝、古い橋を来月から閉鎖すると発表した。工事は長くかかり、バスの路線も変わる。"
        "漁師たちは港の入り口で網を直しながら、遠回りになる道のことを話していた。"
        "商店の主人は、客が減るのではないかと心配している。それでも子どもたちは喜んだ。"
    )
    given = f"{said}\n海は静かで、鳥が鳴いていた。\n{said}\n".encode("iso-2022-jp")
    for options in ((), ("--diff",), ("--check",)):
        done = run("--encoding", "iso-2022-jp", *options, given=given)
        assert (done.returncode, done.stdout) == (0, b"" if options else given)
        assert re.fullmatch(rb"dedupe-text: stdin: .*iso-2022-jp.*UTF-8[^\n]*\n", done.stderr)
    assert run("-q", "--encoding", "iso-2022-jp", given=given).stderr == b""


# --- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.txt",), "cannot read 'nowhere.txt': no such file; check the name"),
        ((".",), "several documents need --write, --check, --diff or -o FOLDER; "),
        (("image.png",), "image.png: looks binary (image/png), not text; "),
        (("a.txt", "--encoding", "utf-9"), "encoding must be "),
        (("--similarity", "2"), "--similarity: must be a number from 0.5 to 1, not '2'; "),
        (("--similarity", "nan"), "--similarity: must be a number from 0.5 to 1, not 'nan'; "),
        (("--similarity", "much"), "--similarity: must be a number from 0.5 to 1, not 'much'; "),
        (("--min-words", "3"), "--min-words: must be a whole number from 4 to 1000000, not '3'; "),
        (
            ("--min-words", "4.5"),
            "--min-words: must be a whole number from 4 to 1000000, not '4.5'",
        ),
        (("--keep", "best"), "--keep: 'best' is not one of 'first', 'last', 'fullest'; "),
        (("--chekc",), "No such option"),
        (("a.txt", "b.txt"), "several documents need --write, --check, --diff or -o FOLDER; "),
        (("--write",), "--write rewrites files; name a PATH, not standard input; "),
        (("a.txt", "--write", "--diff"), "--write rewrites the files; leave out --check, --diff, "),
        (("a.txt", "b.txt", "--explain", "1"), "--explain and --restore take one document; "),
        (
            ("--report", "r.txt"),
            "--report r.txt: its suffix names the format; take .json or .diff or ",
        ),
        (
            ("--report", "json"),
            "--report json: its suffix names the format; take .json or .diff or ",
        ),
        (("--check", "-o", "b.txt"), "--check writes nothing; leave out --output; "),
        (("--format", "text"), "--format is how --check lists findings; give it with --check; "),
        (("--restore", "r.json", "--diff"), "--restore writes the original; leave out --write, "),
        (("-o", "r.json", "--report", "./r.json"), "two outputs have the same path, ./r.json; "),
        (("a.json", "--report", "a.json"), "a report would replace the document; "),
        (("a.txt", "--diff", "-o", "a.txt"), "a report would replace the document; "),
        (("--restore", "r.json", "-o", "r.json"), "the text would replace its report; "),
        (
            ("a.txt", "--report", "no/r.json"),
            "cannot write 'no/r.json': its folder does not exist; ",
        ),
        (("a.txt", "-o", "."), "cannot write '.': it is a folder; name a file in it"),
        (("--restore", "nowhere.json"), "cannot read 'nowhere.json': no such file; check the name"),
        (("--restore", "a.txt"), "a.txt: not a JSON report of dedupe-text; "),
        (("--restore", "image.png"), "image.png: not a JSON report of dedupe-text; "),
    ],
)
def test_bad_input_gets_one_line(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "image.png").write_bytes(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0"
    )
    assert told(run(*arguments, cwd=tmp_path)).startswith(message)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "image.png"]
    assert (tmp_path / "a.txt").read_text() == ARTICLE


def test_when_one_output_cannot_be_written_none_is(article: Path, tmp_path: Path) -> None:
    for arguments in (
        ("--report", "r.json", "-o", "no/clean.txt"),
        ("--report", "no/r.json", "-o", "clean.txt"),
        ("--report", "r.json", "--report", "no/r.diff"),
        ("--report", "r.json", "-o", "."),
    ):
        told(run("article.txt", *arguments, cwd=tmp_path))
        assert list(tmp_path.iterdir()) == [article]


def test_a_message_shows_hostile_characters_as_code_points(tmp_path: Path) -> None:
    assert "\\x1b" in told(run("a\x1b\n.txt", cwd=tmp_path))
    (tmp_path / "\u202e.txt").write_bytes(b"\0\1\2\3" * 99)
    assert told(run("\u202e.txt", cwd=tmp_path)).startswith("\\u202e.txt: looks binary")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("--version",), ("--diff",)])
def test_a_full_disk_gets_one_line(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *arguments], input=ARTICLE.encode(), stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 2
    assert re.fullmatch(rb"dedupe-text: [^\n]*no space left on device; [^\n]+\n", done.stderr)


def test_streams_that_are_closed_get_one_line() -> None:
    shell = 'exec "$0" -m dedupe_text '
    for redirection, message in (
        (">&-", b"cannot write standard output"),
        ("--check >&-", b"cannot write standard output"),
        ("<&-", b"cannot read "),
    ):
        done = subprocess.run(
            ["sh", "-c", shell + redirection, sys.executable],
            input=ARTICLE.encode(),
            capture_output=True,
        )
        assert done.returncode == 2
        assert done.stderr.startswith(b"dedupe-text: " + message)
        assert done.stderr.count(b"\n") == 1


def fail(error: str) -> "subprocess.CompletedProcess[bytes]":
    """The command, where nothing is cleaned for this error."""
    spoiled = (
        "import dedupe_text.dedupe as d, runpy\n"
        f"def find_all(*_, **__): raise {error}\n"
        "d.find_all = find_all\n"
        "runpy.run_module('dedupe_text', run_name='__main__')\n"
    )
    return subprocess.run([sys.executable, "-c", spoiled], input=b"text", capture_output=True)


@pytest.mark.parametrize(
    "error",
    [
        "MemoryError",
        "type('OfNumPy', (MemoryError,), {})",
        "SystemError('<function f> returned NULL without setting an exception')",
        "SystemError('<ufunc f> returned a result with an exception set') from MemoryError()",
        "ImportError('libx.so: failed to map segment from shared object')",
        "ValueError('it needs an extra') from ImportError('y.so: cannot allocate memory')",
    ],
)
def test_want_of_memory_is_told_as_that_however_a_library_tells_it(error: str) -> None:
    assert "not enough memory for this text; give it in smaller files" in told(fail(error))


def test_an_internal_error_is_told_as_one() -> None:
    assert told(fail(r"IndexError('out\nof range')")).endswith(
        r": IndexError: out\u000aof range; nothing was written; "
        "this is a bug in dedupe-text, please report it"
    )


# --- pipes, signals, terminals -----------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_a_closed_pipe_is_silent(arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [*COMMAND, *arguments], input=ARTICLE.encode(), stdout=closed, stderr=subprocess.PIPE
        )
    assert (done.returncode, done.stderr) == (141, b"")


def test_head_gets_its_line_from_a_long_text(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("".join(f"Line {number} stands alone.\n" for number in range(20_000)))
    shell = f'"$0" -m dedupe_text {path} | head -1'
    done = subprocess.run(["sh", "-c", shell, sys.executable], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"Line 0 stands alone.\n", b"")


def test_a_terminal_gets_a_hint_and_ctrl_c_is_silent() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(COMMAND, stdin=theirs, stdout=-1, stderr=-1) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"dedupe-text: reading standard input; ")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert process.stdout.read() + process.stderr.read() == b""
    os.close(ours)
    os.close(theirs)


# --- the command itself ------------------------------------------------------------------------


def test_version_and_help_load_nothing_heavy() -> None:
    heavy = re.compile(rb"\b(numpy|scipy|datasketch|chardet)\b")
    for option in ("--version", "--help"):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "dedupe_text", option], capture_output=True
        )
        assert not heavy.search(done.stderr)
    assert run("--version").stdout.decode() == f"dedupe-text {__version__}\n"


def test_help_shows_every_option_and_fits_a_terminal() -> None:
    shown = run("--help").stdout.decode()
    for param in command.params:
        assert all(option in shown for option in param.opts if option.startswith("-"))
    assert max(map(len, shown.splitlines())) <= 80


def test_the_limits_of_the_options_are_those_of_the_settings() -> None:
    for name, (least, most) in {"similarity": (0.5, 1), "min_words": (4, 1_000_000)}.items():
        (param,) = (param for param in command.params if param.name == name)
        for value in (least, most):
            assert getattr(Settings(**{name: param.type(value)}), name) == value
        for value in (least * 0.9, most * 1.1):
            with pytest.raises(ValueError, match=f"{name} must be from {least} to {most}, "):
                Settings(**{name: value})


# --- colour ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "set_to", "terminal", "coloured"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    choice: str,
    set_to: dict[str, str],
    terminal: bool,
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in set_to.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    assert is_coloured(choice) == coloured


@pytest.mark.parametrize(("choice", "coloured"), [("always", True), ("auto", False)])
def test_what_is_told_aside_has_colours_and_the_text_has_none(choice: str, coloured: bool) -> None:
    done = run("--color", choice, "--verbose", "--check", given=ARTICLE)
    assert (b"\x1b[" in done.stderr) == coloured
    assert b"\x1b" not in done.stdout
