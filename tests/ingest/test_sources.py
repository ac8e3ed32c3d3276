"""Files, folders and archives: order, layers, and what is refused."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
from pathlib import Path

import pytest

from domain.errors import LimitExceeded, SourceError
from domain.protocols import Source
from domain.story import Rejected
from ingest import sources
from ingest.sources import MAX_LAYERS, Meter, files_of, sources_of


def contents(file: Path) -> dict[str, bytes | str]:
    """What each stream holds, by its path below the file; the reason where there is none."""
    found: dict[str, bytes | str] = {}
    for one in sources_of(file):
        if isinstance(one, Rejected):
            found[one.source.path.removeprefix(str(file))] = one.reason
        else:
            with one.open() as stream:
                found[one.path.removeprefix(str(file))] = stream.read()
    return found


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_folders_are_walked_in_order_without_links_hidden_files_and_companions(tmp_path: Path) -> None:
    feed, outside = tmp_path / "feed", tmp_path / "secret.json"
    outside.write_text("{}")
    (feed / "b").mkdir(parents=True)
    (feed / ".git").mkdir()
    for name in (
        "b/2.json",
        "b/1.json",
        "c.json",
        "README.md",
        "SOURCE",
        "licence.txt",
        ".hidden",
        ".git/x",
        "source.json",
    ):
        (feed / name).write_text("{}")
    (feed / "a-link.json").symlink_to(outside)
    (feed / "a-folder").symlink_to(tmp_path, target_is_directory=True)
    names = [str(path.relative_to(feed)) for path in files_of([feed])]
    assert names == ["c.json", "source.json", "b/1.json", "b/2.json"]
    assert list(files_of([feed / "README.md", feed / "a-link.json"])) == [
        feed / "README.md",
        feed / "a-link.json",
    ]


def test_layers_are_removed(tmp_path: Path) -> None:
    file = tmp_path / "feed.zip"
    inner = zipped({"deep.txt": b"four"})
    file.write_bytes(
        zipped({"z.txt": b"one", "a/b.gz": gzip.compress(b"two"), "c.zip": inner, "README": b"-"})
    )
    assert contents(file) == {"!z.txt": b"one", "!a/b.gz": b"two", "!c.zip!deep.txt": b"four"}
    packed = tmp_path / "twice.gz"
    packed.write_bytes(gzip.compress(gzip.compress(b"text")))
    assert contents(packed) == {"": b"text"}


def test_a_source_opens_again_from_the_start_and_tells_its_head(tmp_path: Path) -> None:
    file = tmp_path / "a.gz"
    file.write_bytes(gzip.compress(b"x" * 100_000))
    meter = Meter()
    (source,) = sources_of(file, meter)
    assert isinstance(source, Source)
    assert source.head == b"x" * (1 << 16)
    for _ in range(2):
        with source.open() as stream:
            assert stream.readline(10) == b"x" * 10
    assert meter.bytes_read >= file.stat().st_size


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "..\\windows"])
def test_names_that_lead_out_are_refused_and_the_rest_goes_on(tmp_path: Path, name: str) -> None:
    file = tmp_path / "feed.zip"
    file.write_bytes(zipped({name: b"x", "good.txt": b"y"}))
    found = contents(file)
    assert found.pop("!good.txt") == b"y"
    assert "leads out" in str(found.popitem()[1])


def test_links_in_archives_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "feed.zip"
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert contents(file) == {"!link": "the archive's member is a link"}


@pytest.mark.parametrize("form", ["gzip", "zip"])
def test_bombs_are_stopped_early(tmp_path: Path, form: str) -> None:
    blob = bytes(64 * 1024 * 1024)
    file = tmp_path / "bomb"
    file.write_bytes(gzip.compress(blob) if form == "gzip" else zipped({"a": blob}))
    source = next(streams := sources_of(file))
    assert isinstance(source, Source)
    with source.open() as stream:
        assert len(stream.read(sources.RATIO_FREE_BYTES)) == sources.RATIO_FREE_BYTES
        with pytest.raises(LimitExceeded, match="unpacks to more than"):
            stream.read(1 << 20)
    assert list(streams) == []


def test_russian_dolls_are_refused(tmp_path: Path) -> None:
    blob = b"x"
    for _ in range(MAX_LAYERS + 1):
        blob = gzip.compress(blob)
    file = tmp_path / "doll.gz"
    file.write_bytes(blob)
    (found,) = sources_of(file)
    assert isinstance(found, Rejected)
    assert "packed more than" in found.reason


def test_damage_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "cut.gz"
    file.write_bytes(gzip.compress(bytes(range(256)) * 4000)[:-500])
    (source,) = sources_of(file)
    assert isinstance(source, Source)
    with source.open() as stream, pytest.raises(SourceError, match="is damaged after byte"):
        stream.read()
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 no archive")
    (rejected,) = sources_of(broken)
    assert isinstance(rejected, Rejected)
    assert "damaged zip" in rejected.reason
    (missing,) = sources_of(tmp_path / "nothing")
    assert isinstance(missing, Rejected)
