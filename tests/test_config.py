"""Configuration: what a file and the environment may say, what they may not, and who wins."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, tomllib

from dedupe_text import config
from dedupe_text.cli import command
from dedupe_text.errors import DedupeTextError, InputError, SettingsError
from dedupe_text.settings import Settings

SECTION = "[tool.dedupe-text]\n"
DEFAULTS = {name: getattr(Settings(), name, None) for name in config.KEYS} | {"across": False}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set but what a test sets."""
    for name in [name for name in os.environ if name.startswith("DEDUPE_TEXT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"), prepend=os.pathsep)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, in which we are."""
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repository")
    return tmp_path / "repository"


def run(*arguments: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dedupe_text", *arguments],
        input=given,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **variables},
        timeout=60,
    )


def shown(*arguments: str, **variables: str) -> dict[str, tuple[Any, str]]:
    """Each key, its value and where it came from, as ``--show-config`` tells."""
    done = run("--show-config", *arguments, **variables)
    assert (done.returncode, done.stderr) == (0, "")
    values = tomllib.loads(done.stdout)
    line_re = re.compile(r"^(?:([\w-]+) = .*?|# ([\w-]+) is not set) +# (.*)$", re.MULTILINE)
    origins = [(key or unset, origin) for key, unset, origin in line_re.findall(done.stdout)]
    assert [key for key, _ in origins] == [name.replace("_", "-") for name in config.KEYS]
    return {key: (values.get(key), origin) for key, origin in origins}


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on stderr of a run that failed and wrote nothing else."""
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"dedupe-text: [^\n]+\n", done.stderr), done.stderr
    return done.stderr.removeprefix("dedupe-text: ").rstrip("\n")


# --- who wins ------------------------------------------------------------------------------------


def test_without_any_configuration_all_is_as_in_the_library(project: Path) -> None:
    assert project.is_dir()
    for key, (value, origin) in shown().items():
        assert (value, origin) == (DEFAULTS[key.replace("-", "_")], "default")


def test_the_command_line_wins_over_the_environment_over_the_file_over_the_default(
    project: Path,
) -> None:
    (project / "dedupe-text.toml").write_text("min-words = 40\nkeep = 'last'\nfacts = true\n")
    assert shown("--no-facts", "--keep", "first", DEDUPE_TEXT_KEEP="fullest") == {
        "similarity": (0.8, "default"),
        "min-words": (40, "dedupe-text.toml: min-words"),
        "keep": ("first", "command line"),
        "facts": (False, "command line"),
        "across": (False, "default"),
        "accept": (None, "default"),
        "encoding": ("auto", "default"),
    }
    found = shown(DEDUPE_TEXT_MIN_WORDS="50")
    assert found["min-words"] == (50, "environment variable DEDUPE_TEXT_MIN_WORDS")
    assert found["keep"] == ("last", "dedupe-text.toml: keep")


def test_every_key_reaches_the_engine_from_a_file_and_from_the_environment(project: Path) -> None:
    wanted: dict[str, Any] = {
        "similarity": 0.9, "min_words": 40, "keep": "last", "facts": False, "encoding": "utf-8"
    }  # fmt: skip
    assert wanted.keys() | {"across", "accept"} == config.KEYS.keys()
    (project / "a.txt").write_text("A line.\n")
    variables = {config.variable(name): str(value) for name, value in wanted.items()}
    assert run("--report", "by-environment.json", given="A line.\n", **variables).returncode == 0
    lines = [f"{name.replace('_', '-')} = {json.dumps(value)}" for name, value in wanted.items()]
    (project / "pyproject.toml").write_text(SECTION + "\n".join(lines))
    assert run("--report", "by-file.json", "a.txt").returncode == 0
    for report in ("by-environment.json", "by-file.json"):
        settings = json.loads((project / report).read_text())["settings"]
        assert Settings(**settings) == Settings(**wanted)


@pytest.mark.parametrize("option", ["--facts", "--no-facts"])
@pytest.mark.parametrize("said", ["true", "false"])
def test_a_switch_can_be_turned_either_way_over_the_file(
    option: str, said: str, project: Path
) -> None:
    (project / "dedupe-text.toml").write_text(f"facts = {said}\n")
    assert shown()["facts"] == (said == "true", "dedupe-text.toml: facts")
    assert shown(option)["facts"] == (option == "--facts", "command line")


@pytest.mark.parametrize("said", ["0", "no", "false", "off", "1", "yes", "true", "on"])
def test_a_switch_in_the_environment_is_said_in_words_or_numbers(said: str, project: Path) -> None:
    (project / "dedupe-text.toml").write_text(f"facts = {str(said in '0 no false off').lower()}\n")
    wanted = said not in ("0", "no", "false", "off")
    assert shown(DEDUPE_TEXT_FACTS=said)["facts"] == (
        wanted,
        "environment variable DEDUPE_TEXT_FACTS",
    )


def test_an_empty_variable_is_none(project: Path) -> None:
    (project / "dedupe-text.toml").write_text("keep = 'last'\n")
    found = shown(DEDUPE_TEXT_KEEP="", DEDUPE_TEXT_FACTS="", DEDUPE_TEXT_MIN_WORDS="")
    origins = {key: origin for key, (_, origin) in found.items() if origin != "default"}
    assert origins == {"keep": "dedupe-text.toml: keep"}


def test_no_other_option_reads_the_environment(project: Path) -> None:
    names = {name.upper() for param in command.params if (name := param.name)}
    others = {*names, "DATA", "NO_SKIPS", "EXAMPLES", "CONFIG", "COMPLETE"}
    others -= {name.upper() for name in config.KEYS}
    variables = {f"DEDUPE_TEXT_{name}": "out.json" for name in others}
    done = run(given="A line.\n", **variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "A line.\n", "")
    assert [path.name for path in project.iterdir()] == [".git"]
    for said in ("1", "true"):
        done = run(given="A line.\n", **dict.fromkeys(variables, said))
        assert (done.returncode, done.stdout, done.stderr) == (0, "A line.\n", "")


def test_what_is_shown_can_be_a_configuration(project: Path) -> None:
    before = shown("--similarity", "0.95", "--keep", "last", "--no-facts", "--encoding", 'ü"\x7f')
    (project / "dedupe-text.toml").write_text(
        run("--show-config", "--keep", "last", "--no-facts", "--similarity", "0.95").stdout
    )
    assert before["encoding"] == ('ü"\x7f', "command line")
    for key, (value, origin) in shown().items():
        assert origin == ("default" if key == "accept" else f"dedupe-text.toml: {key}")
        assert value == before[key][0] or key == "encoding"


# --- which file ----------------------------------------------------------------------------------


def test_the_nearest_folder_wins_and_in_a_folder_the_file_of_our_own(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = project / "docs" / "inner"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    wanted = None
    for number, name in enumerate(
        ["pyproject.toml", "dedupe-text.toml", "docs/pyproject.toml", "docs/inner/dedupe-text.toml"]
    ):
        section = SECTION if name.endswith("pyproject.toml") else ""
        (project / name).write_text(f"{section}min-words = {50 + number}\n")
        wanted = os.path.relpath(project / name)
        found = config.find()
        assert found == (wanted, {"min_words": 50 + number})
    assert wanted == "dedupe-text.toml"


def test_a_project_file_that_says_nothing_of_us_is_passed_by(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "docs").mkdir()
    (project / "pyproject.toml").write_text(SECTION + "min-words = 50\n")
    monkeypatch.chdir(project / "docs")
    for text in (
        "",
        "[tool.other]\nmin-words = 60\n",
        "this is = not = TOML",
        "[tool.dedupe-texts]\n",
        "[project]\ndependencies = ['dedupe-text']\n",
    ):
        (project / "docs" / "pyproject.toml").write_text(text)
        assert config.find() == ("../pyproject.toml", {"min_words": 50})
    (project / "docs" / "pyproject.toml").write_text(SECTION)
    assert config.find() == ("pyproject.toml", {})


def test_the_search_ends_at_the_root_of_the_repository(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.parent / "dedupe-text.toml").write_text("min-words = 50\n")
    assert config.find() is None
    (project / ".git").rmdir()
    (project / ".git").write_text("gitdir: elsewhere\n")  # as in a worktree
    assert config.find() is None
    monkeypatch.chdir(project.parent)
    assert config.find() == ("dedupe-text.toml", {"min_words": 50})


def test_outside_a_repository_only_the_current_folder_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "dedupe-text.toml").write_text("min-words = 50\n")
    monkeypatch.chdir(tmp_path / "inner")
    assert config.find() is None


def test_a_folder_that_is_gone_has_no_configuration(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "gone").mkdir()
    monkeypatch.chdir(project / "gone")
    (project / "gone").rmdir()
    assert config.find() is None


def test_a_pipe_reads_no_configuration_unless_it_is_asked_for(project: Path) -> None:
    (project / "dedupe-text.toml").write_text("nonsense\n")
    for arguments in ((), ("-",)):
        done = run(*arguments, given="A line.\n")
        assert (done.returncode, done.stdout, done.stderr) == (0, "A line.\n", "")
    assert "dedupe-text.toml" in told(run("--config", "dedupe-text.toml", given="A line.\n"))
    assert "DEDUPE_TEXT_KEEP" in told(run(given="A line.\n", DEDUPE_TEXT_KEEP="none"))
    assert "dedupe-text.toml" in told(run("a.txt"))


def test_what_is_shown_is_what_files_get_and_with_a_dash_what_a_pipe_gets(project: Path) -> None:
    (project / "dedupe-text.toml").write_text("min-words = 40\n")
    assert shown()["min-words"] == shown("a.txt")["min-words"]
    assert shown()["min-words"] == (40, "dedupe-text.toml: min-words")
    assert shown("-")["min-words"] == (30, "default")


def test_a_file_that_is_named_is_the_only_one(project: Path) -> None:
    (project / "dedupe-text.toml").write_text("min-words = 40\n")
    (project / "strict.toml").write_text("keep = 'last'\n")
    (project / "sub").mkdir()
    (project / "sub" / "pyproject.toml").write_text(SECTION + "keep = 'fullest'\n")
    for path, value in (("strict.toml", "last"), ("sub/pyproject.toml", "fullest")):
        for arguments in ((), ("-",), ("a.txt",)):
            found = shown("--config", path, *arguments)
            assert found["min-words"] == (30, "default")
            assert found["keep"] == (value, f"{path}: keep")


def test_no_config_reads_no_file_but_the_environment_counts(project: Path) -> None:
    (project / "dedupe-text.toml").write_text("nonsense\n")
    found = shown("--no-config", "a.txt", DEDUPE_TEXT_MIN_WORDS="50")
    assert found["min-words"] == (50, "environment variable DEDUPE_TEXT_MIN_WORDS")
    assert told(run("--no-config", "--config", "dedupe-text.toml")).startswith(
        "--no-config reads no file; leave out --config; "
    )


def test_a_file_that_is_named_must_say_something_of_us(project: Path) -> None:
    (project / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    assert told(run("--config", "pyproject.toml")).startswith(
        "pyproject.toml: has no [tool.dedupe-text]; add it, "
    )
    assert told(run("--config", "no.toml")) == "cannot read 'no.toml': no such file; check the name"


# --- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("min_word = 40", "unknown key 'min_word' in dedupe-text.toml: did you mean 'min-words'?"),
        ("min_words = 4", "unknown key 'min_words' in dedupe-text.toml: did you mean 'min-words'?"),
        ("Keep = 'last'", "unknown key 'Keep' in dedupe-text.toml: did you mean 'keep'?"),
        (
            "output = 'a.txt'",
            "unknown key 'output' in dedupe-text.toml: take one of similarity, min-words, keep, ",
        ),
        ("[tool.dedupe-text]", "unknown key 'tool' in dedupe-text.toml: take one of similarity, "),
        (
            "min-words = 3",
            "dedupe-text.toml: min-words: must be a whole number from 4 to 1000000, not 3; ",
        ),
        (
            "min-words = '40'",
            "dedupe-text.toml: min-words: must be a whole number, without quotes, not '40'",
        ),
        ("min-words = 40.0", "dedupe-text.toml: min-words: must be a whole number, without quotes"),
        ("min-words = true", "dedupe-text.toml: min-words: must be a whole number, without quotes"),
        ("min-words = 0x1" + "0" * 99, "dedupe-text.toml: min-words: must be a whole number, "),
        ("min-words = 0x" + "f" * 9999, "dedupe-text.toml: min-words: must be a whole number, "),
        ("min-words = " + "9" * 9999, "dedupe-text.toml: not TOML: "),
        (
            "similarity = 2",
            "dedupe-text.toml: similarity: must be a number from 0.5 to 1, not 2; ",
        ),
        ("similarity = nan", "dedupe-text.toml: similarity: must be a number from 0.5 to 1, "),
        ("similarity = [1]", "dedupe-text.toml: similarity: must be a number, without quotes, "),
        ("similarity = true", "dedupe-text.toml: similarity: must be a number, without quotes, "),
        (
            "keep = 'best'",
            "dedupe-text.toml: keep: 'best' is not one of 'first', 'last', 'fullest'; ",
        ),
        ("keep = 1", "dedupe-text.toml: keep: must be text, in quotes, not 1"),
        (
            "facts = 'no'",
            "dedupe-text.toml: facts: must be true or false, without quotes, not 'no'",
        ),
        ("facts = 0", "dedupe-text.toml: facts: must be true or false, without quotes, not 0"),
        (
            "encoding = 'utf-9'",
            "dedupe-text.toml: encoding: must be 'auto' or the name of an encoding, in quotes, ",
        ),
        ("encoding = 'a\\u0000'", "dedupe-text.toml: encoding: must be 'auto' or the name of "),
        ("encoding = true", "dedupe-text.toml: encoding: must be 'auto' or the name of "),
        ("keep = 'last'\nfacts = ", "dedupe-text.toml: not TOML: Invalid value (at "),
        ("keep = 'last'\nfacts = x\n", "dedupe-text.toml: not TOML: Invalid value (at line 2, "),
        ("keep = 'last'\nkeep = 'last'\n", "dedupe-text.toml: not TOML: Cannot overwrite a value"),
        ("a = " + "{a = " * 99_999, "dedupe-text.toml: nested too deeply; make it flat"),
        ("a." * 99_999 + "a = 1", "dedupe-text.toml: nested too deeply; make it flat"),
        ("['!'" + " . '!'" * 99_999 + "]", "dedupe-text.toml: nested too deeply; make it flat"),
        ("a" * 99_999 + " = 1", "unknown key 'aaaaaaaaaa"),
        ("keep = '\u202e'", "dedupe-text.toml: keep: '\\u202e' is not one of "),
        ("'a\x7f' = 1", "dedupe-text.toml: not TOML: "),
        ("'\u202e' = 1", "unknown key '\\u202e' in dedupe-text.toml: "),
    ],
)
def test_what_makes_no_sense_gets_a_line_that_names_the_place(
    text: str, message: str, project: Path
) -> None:
    (project / "dedupe-text.toml").write_text(text, "utf-8")
    line = told(run("--show-config"))
    assert line.startswith(message)
    assert len(line) < 400


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool]\ndedupe-text = 3", "pyproject.toml: dedupe-text: must be a table, not 3"),
        ("[[tool.dedupe-text]]", "pyproject.toml: dedupe-text: must be a table, not [{}]"),
        ("tool = 'dedupe-text'", "pyproject.toml: tool: must be a table, not 'dedupe-text'"),
        (SECTION + "min_word = 4", "unknown key 'min_word' in pyproject.toml: did you mean "),
        (SECTION + "keep = ", "pyproject.toml: not TOML: Invalid value (at "),
    ],
)
def test_so_does_what_makes_no_sense_in_a_project_file(
    text: str, message: str, project: Path
) -> None:
    (project / "pyproject.toml").write_text(text)
    with pytest.raises(DedupeTextError, match=f"^{re.escape(message)}"):
        config.find()


def test_what_is_no_text_or_too_much_is_not_read(project: Path) -> None:
    path = project / "dedupe-text.toml"
    for data, message in (
        (b"\x89PNG\r\n\x1a\n\0\0\0\r", "dedupe-text.toml: not UTF-8, as TOML is; mend byte 0"),
        (b"a = '\0'", "dedupe-text.toml: not TOML: "),
        (b"#" * 1_000_001, "cannot read 'dedupe-text.toml': a configuration of more than 1 MB; "),
    ):
        path.write_bytes(data)
        with pytest.raises(InputError, match=f"^{re.escape(message)}"):
            config.find()
    path.write_bytes(b"#" * 1_000_000)
    assert config.find() == ("dedupe-text.toml", {})
    path.write_bytes("\ufeffkeep = 'last'\r\n".encode())
    assert config.find() == ("dedupe-text.toml", {"keep": "last"})


def test_a_file_without_an_end_is_read_to_the_limit() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("needs a file without an end")
    with pytest.raises(InputError, match="a configuration of more than 1 MB; shorten it"):
        config.read("/dev/zero")


@pytest.mark.parametrize("kind", ["folder", "pipe", "dangling link"])
@pytest.mark.parametrize("name", [config.FILE, config.PROJECT])
def test_what_is_no_file_is_told_and_not_waited_for(name: str, kind: str, project: Path) -> None:
    if kind == "folder":
        (project / name).mkdir()
    elif kind == "pipe":
        os.mkfifo(project / name)
    else:
        (project / name).symlink_to("nowhere.toml")
    with pytest.raises(InputError, match=f"^cannot read '{name}': it is no file; "):
        config.find()


def test_a_file_that_may_not_be_read_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "dedupe-text.toml"
    path.write_text("keep = 'last'\n")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read all

        def refuse(*_: object) -> None:
            raise PermissionError

        monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match=r"^cannot read 'dedupe-text.toml': permission denied; "):
        config.find()
    assert stat.S_IMODE(path.stat().st_mode) == 0


def test_a_variable_that_makes_no_sense_is_named(project: Path) -> None:
    assert project.is_dir()
    for name, value, message in (
        ("MIN_WORDS", "3", "must be a whole number from 4 to 1000000, not '3'"),
        ("SIMILARITY", "much", "must be a number from 0.5 to 1, not 'much'"),
        ("KEEP", "best", "'best' is not one of 'first', 'last', 'fullest'"),
        ("FACTS", "perhaps", "'perhaps' is not a valid boolean"),
    ):
        line = told(run(given="A line.\n", **{f"DEDUPE_TEXT_{name}": value}))
        assert line.startswith(f"environment variable DEDUPE_TEXT_{name}: {message}")


def test_an_option_of_the_command_line_is_named_though_the_file_has_it(project: Path) -> None:
    (project / "dedupe-text.toml").write_text("min-words = 40\n")
    assert told(run("a.txt", "--min-words", "3")).startswith("--min-words: must be a whole number ")


# --- paths ---------------------------------------------------------------------------------------


def test_a_path_is_relative_to_its_file_and_given_as_it_is_from_here(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "docs" / "inner").mkdir(parents=True)
    for here, file, value, wanted in (
        (".", "dedupe-text.toml", "accept.json", "accept.json"),
        (".", "docs/pyproject.toml", "accept.json", "docs/accept.json"),
        ("docs/inner", "../../dedupe-text.toml", "docs/accept.json", "../accept.json"),
        ("docs/inner", "../pyproject.toml", "../accept.json", "../../accept.json"),
    ):
        monkeypatch.chdir(project / here)
        assert config.read_values({"accept": value}, file) == {"accept": wanted}


def test_a_path_stays_in_the_repository(project: Path) -> None:
    (project / "docs").mkdir()
    (project / "out").symlink_to(project.parent)
    (project / "etc").symlink_to("/etc/passwd")
    (project.parent / "repository-2").mkdir()
    for value in (
        "/etc/passwd",
        str(project / "accept.json"),
        "../../accept.json",
        "../../repository-2/accept.json",
        "../out/accept.json",
        "../etc",
        "../etc/../../accept.json",
        "nowhere/../../../accept.json",
        "a\0b",
    ):
        with pytest.raises(
            SettingsError,
            match=r"^docs/pyproject\.toml: accept: must be a path in the repository, in quotes, "
            "relative to this file, not ",
        ):
            config.read_values({"accept": value}, "docs/pyproject.toml")
    with pytest.raises(SettingsError, match="accept: must be a path in the repository, in quotes"):
        config.read_values({"accept": 3}, "pyproject.toml")


def test_outside_a_repository_a_path_stays_in_the_folder_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    inside = config.read_values({"accept": "accept.json"}, "sub/dedupe-text.toml")
    assert inside == {"accept": "sub/accept.json"}
    with pytest.raises(SettingsError, match="must be a path in the repository"):
        config.read_values({"accept": "../accept.json"}, "sub/dedupe-text.toml")


def test_a_repository_that_is_reached_by_a_link_is_the_same(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.parent / "link").symlink_to(project)
    monkeypatch.chdir(project.parent)
    found = config.read_values({"accept": "a.json"}, "link/pyproject.toml")
    assert found == {"accept": "repository/a.json"}


def test_what_is_not_set_is_shown_as_a_comment() -> None:
    shown = config.as_toml([("accept", None, "default"), ("keep", "last", "a\n.toml: keep")])
    assert shown == '# accept is not set  # default\nkeep = "last"        # a\\u000a.toml: keep\n'
    assert tomllib.loads(shown) == {"keep": "last"}


# --- what it costs -------------------------------------------------------------------------------


def test_no_parser_is_loaded_where_there_is_nothing_to_parse(project: Path) -> None:
    (project / "a.txt").write_text("A line.\n")
    (project / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    program = (
        "import sys\n"
        "from dedupe_text.cli import run\n"
        "run(sys.argv[1:])\n"
        "print({'tomllib', 'tomli', 'difflib'} & {*sys.modules})\n"
    )
    for arguments in (["--version"], [], ["a.txt"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            input="A line.\n",
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "set()"


def test_every_key_is_an_option_with_the_default_of_the_settings() -> None:
    params = {param.name: param for param in command.params}
    defaults = command.make_context("dedupe-text", []).params
    for name in config.KEYS:
        assert defaults[name] == DEFAULTS[name]
        assert defaults[name] is None or config._FITS[config.KEYS[name]](defaults[name])
        assert f"--{name.replace('_', '-')}" in params[name].opts
