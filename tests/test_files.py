"""Whole files in, whole files out."""

import os
import stat
import struct
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dedupe_text.errors import DedupeTextError, InputError, OutputError
from dedupe_text.files import read_bytes, replace_bytes, replacing

if os.name != "posix":
    pytest.skip("modes, owners, links and pipes as POSIX has them", allow_module_level=True)


NOBODY = 65534


def refusal(action: Callable[[], object]) -> str:
    """The error of an action that root may do and others may not, as others meet it."""
    receiver, sender = os.pipe()
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            action()
        except Exception as error:
            os.write(sender, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(sender)
    os.waitpid(child, 0)
    with os.fdopen(receiver, "rb") as answer:
        return answer.read().decode()


def refuse(*_: object, **__: object) -> None:
    raise OSError(1, "Operation not permitted")


@pytest.fixture(params=["nameless", "named", "never linked"], autouse=True)
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way of making a temporary file, also where this system would not take it."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    if request.param == "never linked":
        monkeypatch.setattr(os, "link", refuse)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter and write in."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(b"before\r\n")
    return path


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def full_disk(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_what_is_written_is_read_to_the_byte(tmp_path: Path) -> None:
    path = str(tmp_path / "new.txt")
    replace_bytes(path, bytes(range(256)) + b"\r\n\x1a")
    assert read_bytes(path) == bytes(range(256)) + b"\r\n\x1a"
    assert names_in(tmp_path) == ["new.txt"]


def test_a_new_file_gets_the_mode_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    replace_bytes(str(tmp_path / "new"), b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_mode_and_owner_are_kept(article: Path, mode: int) -> None:
    article.chmod(mode)
    before = article.stat()
    replace_bytes(str(article), b"after")
    after = article.stat()
    assert stat.S_IMODE(after.st_mode) == mode
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_of_somebody_elses_file_is_kept(article: Path) -> None:
    os.chown(article, 12345, 23456)
    replace_bytes(str(article), b"after")
    assert (article.stat().st_uid, article.stat().st_gid) == (12345, 23456)


def test_a_private_text_is_never_seen_by_others(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article.chmod(0o600)
    modes: list[int] = []
    sync = os.fsync

    def look(descriptor: int) -> None:
        modes.append(os.fstat(descriptor).st_mode)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    monkeypatch.setattr(os, "fchmod", lambda *_: None)
    replace_bytes(str(article), b"secret")
    assert stat.S_IMODE(modes[0]) == 0o600


def test_extended_attributes_are_kept(article: Path) -> None:
    if not hasattr(os, "setxattr"):
        pytest.skip("no extended attributes here")
    try:
        os.setxattr(article, "user.origin", b"https://example.org/")
    except OSError:
        pytest.skip("a file system without extended attributes")
    replace_bytes(str(article), b"after")
    assert os.getxattr(article, "user.origin") == b"https://example.org/"


def test_an_access_list_that_only_the_folder_has_is_not_taken_on(article: Path) -> None:
    # Version 2; the owner and user 12345 read and write, the group reads, others nothing.
    entries = [(1, 6, -1), (2, 6, 12345), (4, 4, -1), (16, 6, -1), (32, 0, -1)]
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    try:
        os.setxattr(article.parent, "system.posix_acl_default", acl)
    except (AttributeError, OSError):
        pytest.skip("a file system without access lists")
    article.chmod(0o664)
    replace_bytes(str(article), b"after")
    assert "system.posix_acl_access" not in os.listxattr(article)
    assert stat.S_IMODE(article.stat().st_mode) == 0o664
    os.setxattr(article, "system.posix_acl_access", acl)
    replace_bytes(str(article), b"later")
    assert os.getxattr(article, "system.posix_acl_access") == acl


def test_other_names_of_a_file_are_not_left_behind_unasked(article: Path) -> None:
    other = article.with_name("other.txt")
    subprocess.run(["ln", article, other], check=True)
    with pytest.raises(OutputError) as caught:
        replace_bytes(str(article), b"after")
    assert str(caught.value) == (
        f"cannot write {str(article)!r}: other hard links to it would keep the old text;"
        " allow that with --break-links"
    )
    assert article.read_bytes() == other.read_bytes() == b"before\r\n"
    replace_bytes(str(article), b"after", break_links=True)
    assert (article.read_bytes(), other.read_bytes()) == (b"after", b"before\r\n")
    assert names_in(article.parent) == ["article.txt", "other.txt"]


def test_a_link_stays_and_its_target_is_replaced(article: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.txt"
    link.symlink_to("../article.txt")
    replace_bytes(str(link), b"after")
    assert link.is_symlink()
    assert article.read_bytes() == b"after"
    assert names_in(tmp_path / "elsewhere") == ["link.txt"]


def test_a_link_to_nothing_gets_its_target(tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to("target.txt")
    replace_bytes(str(link), b"after")
    assert (tmp_path / "target.txt").read_bytes() == b"after"
    assert link.is_symlink()


def test_a_full_disk_leaves_the_file_as_it_was(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutputError, match=r"no space left on device; mend that and run again$"):
        replace_bytes(str(article), b"after")
    assert article.read_bytes() == b"before\r\n"
    assert names_in(article.parent) == ["article.txt"]


def test_a_file_that_cannot_be_renamed_leaves_nothing_behind(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError):
        replace_bytes(str(article), b"after")
    assert article.read_bytes() == b"before\r\n"
    assert names_in(article.parent) == ["article.txt"]


def test_an_interruption_leaves_the_file_as_it_was(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_bytes(str(article), b"after")
    assert article.read_bytes() == b"before\r\n"
    assert names_in(article.parent) == ["article.txt"]


def test_a_folder_that_cannot_be_synced_is_no_failure(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def refuse_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse_folders)
    replace_bytes(str(article), b"after")
    assert article.read_bytes() == b"after"


def test_a_file_that_changed_since_it_was_read_is_left_alone(article: Path) -> None:
    was = read_bytes(str(article))
    article.write_bytes(b"before, and a line more\r\n")
    with pytest.raises(OutputError, match="it changed while it was being cleaned"):
        replace_bytes(str(article), b"after", was)
    assert article.read_bytes() == b"before, and a line more\r\n"
    assert names_in(article.parent) == ["article.txt"]


def test_a_file_that_did_not_change_since_it_was_read_is_replaced(article: Path) -> None:
    replace_bytes(str(article), b"after", was=b"before\r\n")
    assert article.read_bytes() == b"after"


def test_a_file_that_is_gone_since_it_was_read_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="it changed while it was being cleaned"):
        replace_bytes(str(tmp_path / "gone.txt"), b"after", was=b"before")
    assert names_in(tmp_path) == []


def test_a_read_only_file_is_left_alone(open_folder: Path) -> None:
    article = open_folder / "article.txt"
    article.write_bytes(b"before\r\n")
    article.chmod(0o444)
    error = refusal(lambda: replace_bytes(str(article), b"after"))
    assert error.startswith("OutputError")
    assert "permission denied" in error
    assert article.read_bytes() == b"before\r\n"
    assert names_in(open_folder) == ["article.txt"]


def test_a_device_is_written_straight_into() -> None:
    replace_bytes(os.devnull, b"after")
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_device_is_an_error_of_one_line() -> None:
    with pytest.raises(OutputError) as caught:
        replace_bytes("/dev/full", b"after")
    message = "cannot write '/dev/full': no space left on device; mend that and run again"
    assert str(caught.value) == message


def test_a_pipe_is_written_straight_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    listener = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    listener.start()
    replace_bytes(str(pipe), b"after" * 50_000)
    listener.join()
    assert heard == [b"after" * 50_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.txt", "no such file; check the name"),
        (".", "it is a folder; name a file in it"),
        ("article.txt/part", "a part of its path is no folder; check the name"),
        ("a\0b", "embedded null byte; mend that and run again"),
    ],
)
@pytest.mark.usefixtures("article")
def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path, name: str, why: str) -> None:
    path = f"{tmp_path}/{name}"
    with pytest.raises(InputError) as caught:
        read_bytes(path)
    assert str(caught.value) == f"cannot read {path!r}: {why}"


def test_a_file_that_may_not_be_read_is_said_so(open_folder: Path) -> None:
    article = open_folder / "article.txt"
    article.write_bytes(b"before\r\n")
    article.chmod(0)
    error = refusal(lambda: read_bytes(str(article)))
    assert error.startswith("InputError")
    assert error.endswith("permission denied; check its mode and owner")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".", "it is a folder; name a file in it"),
        ("missing/new.txt", "its folder does not exist; create it first"),
        ("article.txt/part", "a part of its path is no folder; check the name"),
        ("n" * 300, "file name too long; mend that and run again"),
    ],
)
@pytest.mark.usefixtures("article")
def test_what_cannot_be_written_is_said_in_one_line(tmp_path: Path, name: str, why: str) -> None:
    path = f"{tmp_path}/{name}"
    with pytest.raises(OutputError) as caught:
        replace_bytes(path, b"after")
    assert str(caught.value) == f"cannot write {path!r}: {why}"
    assert isinstance(caught.value, DedupeTextError)
    assert isinstance(caught.value, OSError)
    assert names_in(tmp_path) == ["article.txt"]


# --- piece by piece -----------------------------------------------------------------------------


def write_in_pieces(path: Path, was: os.stat_result | None = None) -> None:
    with replacing(str(path), was) as new:
        new.file.write(b"af")
        assert path.read_bytes() == b"before\r\n"
        new.file.write(b"ter")
        new.commit()


def test_a_file_that_is_written_in_pieces_is_the_old_one_until_it_is_whole(article: Path) -> None:
    article.chmod(0o640)
    write_in_pieces(article, article.stat())
    assert article.read_bytes() == b"after"
    assert stat.S_IMODE(article.stat().st_mode) == 0o640
    assert names_in(article.parent) == ["article.txt"]


def fail_in_pieces(path: Path) -> None:
    with replacing(str(path)) as new:
        new.commit()
        raise InputError("bad")


def test_what_is_not_committed_is_gone(article: Path) -> None:
    before = article.stat()
    with replacing(str(article)) as new:
        new.file.write(b"after")
    with pytest.raises(InputError, match=r"^bad$"):
        fail_in_pieces(article)
    assert article.stat() == before
    assert names_in(article.parent) == ["article.txt"]


def test_a_new_file_can_be_written_in_pieces(tmp_path: Path) -> None:
    with replacing(str(tmp_path / "new")) as new:
        new.file.write(b"text")
        new.commit()
    assert (tmp_path / "new").read_bytes() == b"text"


def test_a_file_that_changed_while_it_was_read_in_pieces_is_left_alone(article: Path) -> None:
    was = article.stat()
    os.utime(article, ns=(0, 0))
    with pytest.raises(OutputError, match="it changed while it was being cleaned; run again"):
        write_in_pieces(article, was)
    assert article.read_bytes() == b"before\r\n"
    assert names_in(article.parent) == ["article.txt"]


def test_a_file_with_hard_links_is_left_alone_by_pieces_too(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    os.link(article, article.with_name("other"))
    with pytest.raises(OutputError, match=r"cannot write .* other hard links"):
        write_in_pieces(article)


def test_a_full_disk_and_a_missing_folder_are_told_of_pieces_too(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutputError, match=r"cannot write .* no space left on device"):
        write_in_pieces(article)
    assert article.read_bytes() == b"before\r\n"
    assert names_in(article.parent) == ["article.txt"]
    with pytest.raises(OutputError, match="its folder does not exist"):
        fail_in_pieces(article.with_name("none") / "new")


def test_a_device_is_written_straight_into_by_pieces_too() -> None:
    with replacing(os.devnull) as new:
        new.file.write(b"after")
    assert not Path(os.devnull).is_file()
