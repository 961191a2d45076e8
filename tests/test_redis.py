"""A memory in Redis, on a server of its own: the answers of SQLite, and what can go wrong."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import CASES, read_jsonl
from test_cli import run, told
from test_memory import check_that_four_processes_agree, found, results, said, signed

from dedupe_text import Document, clean_many
from dedupe_text.errors import DedupeTextError, InputError, OutputError
from dedupe_text.memory import open_memory
from dedupe_text.memory.signed import PARAMETERS
from dedupe_text.model import Cut

PASSWORD = "hush-hush"  # of a server that ends with the tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server(NamedTuple):
    """A server on this machine."""

    port: int

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Any:
        import redis

        return redis.Redis(host="127.0.0.1", port=self.port)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def serving(program: str, folder: Path, *options: str) -> Iterator[Server]:
    """A server on a free port, killed in the end; it keeps nothing on disk."""
    server = Server(free_port())
    command = [program, "--port", f"{server.port}", "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(
        [*command, "--dir", str(folder), *options], stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(400):
            if server.answers():
                break
            time.sleep(0.05)
        yield server
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def running(redis_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(redis_server, tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    """The server, empty."""
    running.client().flushall()
    yield running
    running.client().flushall()


# --- what it answers -----------------------------------------------------------------------------


def all_of(documents: list[Document], seen: str) -> list[tuple[str, str, tuple[Cut, ...]]]:
    cleaned = clean_many(documents, memory=seen)
    return [(result.id, result.text, result.cuts) for result in cleaned]


def test_what_is_cut_is_what_sqlite_cuts(server: Server, tmp_path: Path) -> None:
    documents = [
        Document(case.name, text, site)
        for case in [*CASES.values()][::4]
        for text, site in ((case.text, ""), (case.cleaned_text, "one"), (case.text, "one"))
    ]
    documents += [Document("a", f"{said(n)}\n\n{said(n + 1)}\n\n{said(n % 3)}") for n in range(9)]
    seen = str(tmp_path / "seen.db")
    once = all_of(documents, server.address)
    assert once == all_of(documents, seen)
    # Then the same again, and other texts under the same ids.
    later = [
        Document(one.id, other.text if number % 2 else one.text, one.site)
        for number, (one, other) in enumerate(zip(documents, documents[7:]))
    ]
    assert all_of(later, server.address) == all_of(later, seen)


def test_on_real_pages_too(server: Server, data: Path, tmp_path: Path) -> None:
    documents = [
        Document(page["id"], page["text"], page["site"])
        for page in read_jsonl(data / "pages.jsonl.gz", 30)
    ]
    once = all_of(documents, server.address)
    assert once == all_of(documents, str(tmp_path / "seen.db"))
    assert any(cuts for _, _, cuts in once)


def test_datasketch_finds_there_what_was_added(server: Server) -> None:
    from datasketch import MinHash, MinHashLSH

    memory = open_memory(server.address)
    for number in range(3):
        memory.add(signed(said(number), f"{number}"))
    index = MinHashLSH(
        num_perm=16,
        params=(8, 2),
        storage_config={
            "type": "redis",
            "basename": b"dedupe-text:",
            "redis": {"host": "127.0.0.1", "port": server.port},
        },
        prepickle=False,
    )
    (signature,) = signed(said(1), "").signatures
    assert index.query(MinHash(hashvalues=signature, scheme="affine32")) == [b"\0" * 7 + b"\2"]


def test_what_many_say_leads_to_the_first_of_them(server: Server) -> None:
    memory = open_memory(server.address)
    for number in range(20):
        memory.add(signed(f"{said(1)} {said(2)[:-9]} Number {number}.", f"{number}"))
    client = server.client()
    buckets = [
        key for key in client.scan_iter("dedupe-text:_bucket_*") if client.type(key) == b"set"
    ]
    assert len(buckets) > 20
    assert {client.scard(bucket) for bucket in buckets} == {1}


def test_what_was_forgotten_is_new_and_leaves_nothing(server: Server) -> None:
    client = server.client()
    memory = open_memory(server.address)
    client.set("others", "theirs")
    before = {*client.keys()}
    memory.add(signed(said(1), "old", "one"))
    memory.add(signed(said(2), "new"))
    client.zincrby("dedupe-text:seen", -40 * 86400, 1)
    assert memory.forget(30) == 1
    assert memory.forget(30) == 0
    assert found(memory, f"{said(1)} {said(2)}") == ["new"]
    assert memory.forget(-1) == 1
    assert {*client.keys()} == {*before, b"dedupe-text:writes"}
    memory.add(signed(said(1), "again"))
    (known,) = memory.find(signed(said(1), "b"), 20).known
    assert known.entry.number > 2


def test_a_new_version_takes_the_old_one_with_it(server: Server) -> None:
    results(server.address, ("a", f"{said(1)}\n\n{said(2)}\n"), ("b", said(3)))
    assert results(server.address, ("a", f"{said(2)}\n\n{said(3)}\n")) == [f"{said(2)}\n"]
    assert results(server.address, ("c", f"{said(1)}\n\n{said(2)}\n")) == [f"{said(1)}\n"]
    assert server.client().zcard("dedupe-text:seen") == 3


def test_what_another_process_wrote_in_between_is_seen(server: Server) -> None:
    one, other = open_memory(server.address), open_memory(server.address)
    before = one.find(signed(said(1), "b"), 20)
    other.add(signed(said(1), "a"))
    assert not one.add(signed(said(1), "b"), before)
    assert found(one, said(1), "b") == ["a"]
    other.add(signed(said(2), "c"))
    assert one.add(signed(said(1), "b"), one.find(signed(said(1), "b"), 20))


def test_four_processes_share_one_though_one_is_killed(server: Server, tmp_path: Path) -> None:
    check_that_four_processes_agree(server.address, tmp_path)
    client = server.client()
    assert client.zcard("dedupe-text:seen") == client.hlen("dedupe-text:ids") == 120
    assert len([*client.scan_iter("dedupe-text:document:*")]) == 120


def test_the_command_takes_its_address(server: Server) -> None:
    both = f"{said(1)}\n\n{said(2)}\n"
    for given, left in ((said(1), said(1)), (both, f"{said(2)}\n")):
        done = run("--memory", server.address, "--stdin-filename", left[:9], given=given)
        assert (done.returncode, done.stdout.decode(), done.stderr) == (0, left, b"")
    server.client().zincrby("dedupe-text:seen", -40 * 86400, 1)
    done = run("--memory", server.address, "--memory-forget", "30d", given=said(1))
    assert done.stderr == b"dedupe-text: 1 forgotten of what the memory held\n"
    assert done.stdout.decode() == said(1)


@pytest.mark.usefixtures("redis_server")
def test_the_command_tells_in_a_line_that_there_is_no_server() -> None:
    where = f"127.0.0.1:{free_port()}/0"
    line = told(run("--memory", f"redis://me:{PASSWORD}@{where}", given=said(1)))
    assert line.startswith(f"cannot write redis://{where}: ")
    assert PASSWORD not in line


# --- what can go wrong ---------------------------------------------------------------------------


def refused(address: str, kind: type[DedupeTextError]) -> str:
    with pytest.raises(kind) as told:
        open_memory(address).add(signed(said(1), "a"))
    message = str(told.value)
    assert "\n" not in message
    assert PASSWORD not in message
    assert "127.0.0.1" in message or "redis://…" in message
    return message


@pytest.mark.usefixtures("redis_server")
def test_a_server_that_is_away_is_told() -> None:
    address = f"redis://me:{PASSWORD}@127.0.0.1:{free_port()}/0"
    assert "refused" in refused(address, OutputError)


def test_a_server_that_goes_away_is_told(redis_server: str, tmp_path: Path) -> None:
    with serving(redis_server, tmp_path) as server:
        memory = open_memory(server.address)
    with pytest.raises(OutputError, match=rf"cannot write redis://127\.0\.0\.1:{server.port}/0: "):
        memory.add(signed(said(1), "a"))


def test_a_wrong_password_is_told_without_it(redis_server: str, tmp_path: Path) -> None:
    with serving(redis_server, tmp_path, "--requirepass", "another") as server:
        address = f"127.0.0.1:{server.port}/0"
        assert "password" in refused(f"redis://:{PASSWORD}@{address}", InputError)
        assert "password" in refused(f"redis://{address}", InputError)
        assert open_memory(f"redis://:another@{address}").add(signed(said(1), "a"))


def test_a_full_server_is_told_and_holds_no_part_of_the_document(server: Server) -> None:
    memory = open_memory(server.address)
    memory.add(signed(said(1), "a"))
    client = server.client()
    before = {*client.keys()}
    client.config_set("maxmemory", "1mb")
    try:
        with pytest.raises(OutputError, match=r"cannot write redis://.*memory > 'maxmemory'"):
            memory.add(signed(said(2), "b"))
    finally:
        client.config_set("maxmemory", "0")
    assert {*client.keys()} == before
    assert memory.add(signed(said(2), "b"))


@pytest.mark.parametrize("key", ["meta", "writes", "ids", "content", "seen"])
def test_what_others_put_in_its_place_is_told_and_left(key: str, server: Server) -> None:
    client = server.client()
    client.rpush(f"dedupe-text:{key}", "theirs")
    assert "not a memory of dedupe-text; name another" in refused(server.address, InputError)
    assert client.lrange(f"dedupe-text:{key}", 0, -1) == [b"theirs"]


@pytest.mark.parametrize("field", ["revision", "id", "text", "characters", "cuts"])
def test_a_document_that_others_changed_is_told_and_left(field: str, server: Server) -> None:
    memory, client = open_memory(server.address), server.client()
    assert memory.add(signed(said(1), "a"))
    (key,) = client.keys("dedupe-text:document:*")
    client.hset(key, field, b"\xff")
    before = client.hgetall(key)
    with pytest.raises(InputError, match="damaged, or not a memory of dedupe-text; name another"):
        open_memory(server.address).find(signed(said(1), "b"), 1)
    assert client.hgetall(key) == before


def test_a_memory_of_other_parameters_is_refused(server: Server) -> None:
    server.client().set("dedupe-text:meta", "format 0")
    assert "other parameters" in refused(server.address, InputError)
    server.client().set("dedupe-text:meta", PARAMETERS)
    assert open_memory(server.address).add(signed(said(1), "a"))


@pytest.mark.parametrize(
    "address",
    [
        f"redis://:{PASSWORD}@127.0.0.1:port/0",
        f"redis://:{PASSWORD}/@127.0.0.1:6379/0",
        f"redis://:{PASSWORD}#@127.0.0.1:6379/0",
        f"redis://:{PASSWORD}?@127.0.0.1:6379/0",
        f"redis://[{PASSWORD}",
        f"redis://127.0.0.1:6379/0?{PASSWORD}=1",
        "redis://127.0.0.1:6379/first",
    ],
)
@pytest.mark.usefixtures("redis_server")
def test_an_address_that_is_none_is_told_without_its_password(address: str) -> None:
    refused(address, InputError)


def test_without_redis_for_python_it_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    for name in [name for name in sys.modules if name.startswith("dedupe_text.memory.redis")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(InputError, match=r"pip install 'dedupe-text\[redis\]'"):
        open_memory("redis://127.0.0.1/0")


def test_only_such_an_address_loads_datasketch() -> None:
    program = (
        "import sys; from dedupe_text.memory import open_memory; open_memory().close();"
        "print({'datasketch', 'redis', 'scipy'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"set()\n"
