"""A backup restores to the same archive; a damaged or foreign one changes nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import ArchiveError, SourceError, StoreError
from runtime import Archive
from runtime.backup import backup, restore
from tests.conftest import quick_settings
from tests.end_to_end.contents import contents_of, feed_of

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def archive(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("original")
    with Archive.open(quick_settings(folder / "archive")) as opened:
        opened.ingest([feed_of(12, folder / "feed.jsonl")])
        opened.kill("urn:test:3", reason="withdrawn", actor="desk")
        opened.suppress("Maria Silva", reason="court order", actor="desk")
        yield opened


@pytest.fixture(scope="module")
def file(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("safe") / "archive.tar.zst"
    report = backup(archive.settings, archive.store, path)
    assert (report.stories, report.bytes) == (12, path.stat().st_size)
    assert [one.name for one in path.parent.iterdir()] == [path.name], "something was left beside it"
    return path


def test_the_restored_archive_is_the_same(archive: Archive, file: Path, tmp_path: Path) -> None:
    settings = quick_settings(tmp_path / "restored")
    report = restore(settings, file)
    assert report.stories == 12
    with Archive.open(settings) as restored:
        assert contents_of(restored) == contents_of(archive)
        assert restored.check_index().is_whole
        assert restored.search("harbour", limit=3).hits == archive.search("harbour", limit=3).hits != ()
        assert [one.name for one in restored.suppressions()] == ["Maria Silva"]
        assert restored.story("urn:test:3", history=True) == archive.story("urn:test:3", history=True)
    assert not list(settings.archive.glob(".*"))


def test_nothing_is_overwritten_unasked(archive: Archive, file: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="exists"):
        backup(archive.settings, archive.store, file)
    settings = quick_settings(tmp_path / "other")
    with Archive.open(settings) as other:
        other.ingest([feed_of(2, tmp_path / "feed.jsonl")])
    with pytest.raises(StoreError, match="holds an archive"):
        restore(settings, file)
    restore(settings, file, force=True)
    with Archive.open(settings) as other:
        assert contents_of(other) == contents_of(archive)
        assert other.check_index().is_whole
    smaller = tmp_path / "again.tar.zst"
    smaller.write_bytes(b"old")
    backup(archive.settings, archive.store, smaller, force=True)
    assert smaller.stat().st_size > 1000


def test_an_archive_in_use_is_not_replaced(archive: Archive, file: Path) -> None:
    before = contents_of(archive)
    with archive.store._database.read() as connection:
        connection.exec_driver_sql("SELECT 1 FROM story")
        with pytest.raises(StoreError, match="in use"):
            restore(archive.settings, file, force=True)
    assert contents_of(archive) == before
    assert archive.check_index().is_whole


@pytest.mark.parametrize("at", [5, 0.3, 0.9, 0.999])
def test_a_damaged_backup_changes_nothing(at: float, file: Path, tmp_path: Path) -> None:
    raw = bytearray(file.read_bytes())
    place = int(at * len(raw)) if at < 1 else int(at)
    raw[place] ^= 0xFF
    bad = tmp_path / "bad.tar.zst"
    for content in (bytes(raw), bytes(raw[:place])):
        bad.write_bytes(content)
        settings = quick_settings(tmp_path / "target")
        with pytest.raises(ArchiveError):
            restore(settings, bad)
        assert list(settings.archive.iterdir()) == []


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    settings = quick_settings(tmp_path / "target")
    for name, mode in (("x.tar.gz", "gztar"), ("x.tar", "tar")):
        (tmp_path / "papers").mkdir(exist_ok=True)
        (tmp_path / "papers" / "a.txt").write_text("x")
        made = Path(shutil.make_archive(str(tmp_path / name), mode, tmp_path / "papers"))
        with pytest.raises(SourceError):
            restore(settings, made)


def test_a_damaged_archive_can_be_replaced(file: Path, archive: Archive, tmp_path: Path) -> None:
    settings = quick_settings(tmp_path / "damaged")
    settings.archive.mkdir()
    (settings.archive / "archive.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    (settings.archive / "archive.sqlite-wal").write_bytes(b"\x37\x7f\x06\x82" + b"\xff" * 5000)
    restore(settings, file, force=True)
    with Archive.open(settings) as restored:
        assert contents_of(restored) == contents_of(archive)


def test_the_commands(archive: Archive, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("depeche")
    file = tmp_path / "a.tar.zst"
    for words in (["backup", file, "-a", archive.settings.archive], ["restore", file, "-a", tmp_path / "b"]):
        done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert "12 stories" in done.stdout
    done = subprocess.run(
        [program, "restore", str(file), "-a", str(tmp_path / "b")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "--force" in done.stderr
