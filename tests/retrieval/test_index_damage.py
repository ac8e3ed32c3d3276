"""Any file of the index cut, changed or gone: opening, searching or checking says so and how to mend it, and a
rebuild does. Nothing else is ever raised. And what is written is on the disk before it takes its name. 15 s.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import faiss
import numpy as np
import pytest

from db.store import StoryStore
from domain.errors import ArchiveError, IndexFault
from domain.query import Mode, Query
from retrieval.dense.build import write_segment
from retrieval.dense.rows import rows_of
from retrieval.files import write_json
from retrieval.index import SearchIndex
from retrieval.search import Searcher
from tests.retrieval.small_archive import HashedWords, varied_stories


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[tuple[StoryStore, Path]]:
    folder = tmp_path / "index"
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as store:
        store.add_batch(varied_stories(16))
        SearchIndex.open(folder, store=store, embedder=HashedWords()).index_pending(batch=16)
        yield store, folder


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def changed(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0x55
    file.write_bytes(content)


def removed(file: Path) -> None:
    file.unlink()


def complaint(store: StoryStore, folder: Path) -> str | None:
    """What opening, checking or searching says; None when all goes well."""
    try:
        index = SearchIndex.open(folder, store=store, embedder=HashedWords())
        for mode in Mode:
            Searcher(index, store, HashedWords()).retrieve(Query(text="wheat report", mode=mode))
        return " | ".join(index.check().problems) or None
    except IndexFault as error:
        return str(error)


@pytest.mark.parametrize("harm", [emptied, halved, changed, removed], ids=lambda harm: harm.__name__)
def test_damage_to_any_file_is_said_and_mended(
    archive: tuple[StoryStore, Path], tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    store, folder = archive
    assert complaint(store, folder) is None
    whole = tmp_path / "whole"
    shutil.copytree(folder, whole)
    files = [
        file.relative_to(whole)
        for file in sorted(whole.rglob("*"))
        if file.is_file() and file.suffix != ".lock" and file.stat().st_size > 1 and not _is_spare(file)
    ]
    assert {file.suffix for file in files} >= {".json", ".faiss", ".bin", ".idx", ".store", ".term"}
    unnoticed = []
    for name in files:
        shutil.rmtree(folder)
        shutil.copytree(whole, folder)
        harm(folder / name)
        said = complaint(store, folder)
        if said is None:
            unnoticed.append(str(name))
        else:
            assert "depeche index --" in said, (name, said)
    if harm is changed:  # a letter in a small list that still leads to files which prove whole
        unnoticed = [name for name in unnoticed if not name.endswith(".json")]
    made_anew = (
        ["generation-1/languages.npz"] if harm is removed else []
    )  # measured again, with the same result
    assert unnoticed == made_anew
    SearchIndex.unopened(folder, store=store, embedder=HashedWords()).rebuild()
    assert complaint(store, folder) is None


def _is_spare(file: Path) -> bool:
    """Files that are made again where they are not there or not whole: Tantivy's list of what to clean up."""
    return file.name == ".managed.json"


def test_what_is_written_is_on_the_disk_before_it_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that survives a power cut, as the calls show it: every file flushed, then the rename, then
    the folder flushed."""
    calls: list[tuple[str, str]] = []
    fsync, rename, replace = os.fsync, Path.rename, Path.replace

    def flushed(descriptor: int) -> None:
        calls.append(("fsync", os.path.realpath(f"/proc/self/fd/{descriptor}")))
        fsync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        calls.append(("rename", str(self)))
        return rename(self, target)

    def replaced(self: Path, target: Path) -> Path:
        calls.append(("rename", str(self)))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(Path, "replace", replaced)
    write_json(tmp_path / "list.json", {"a": 1})
    assert [what for what, _ in calls] == ["fsync", "rename", "fsync"]
    assert calls[0][1] == calls[1][1] == str(tmp_path / "list.json.tmp")
    assert calls[2][1] == str(tmp_path)

    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as store:
        store.add_batch(varied_stories(3))
        passages = store.pending_passages(limit=100)
    calls.clear()
    parent = tmp_path / "dense"
    parent.mkdir()
    vectors = HashedWords().embed_passages([one.text for one in passages])
    name = write_segment(parent, [rows_of(passages, np.asarray(vectors))], period="1985", dimensions=64)
    named = calls.index(("rename", str(parent / f".{name}")))
    before = {Path(path).name for what, path in calls[:named] if what == "fsync"}
    written = {file.name for file in (parent / name).iterdir()}
    assert {one.removesuffix(".tmp") for one in before} >= written
    assert ("fsync", str(parent)) in calls[named:]


@pytest.mark.parametrize("full", ["vectors", "columns", "list"])
def test_a_full_disk_is_said_and_the_next_run_completes(
    archive: tuple[StoryStore, Path], monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    """A fault injected where the file would be written: the disk here is not full."""
    store, folder = archive
    store.add_batch(varied_stories(36)[-20:])
    index = SearchIndex.open(folder, store=store, embedder=HashedWords())

    def no_space(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def no_space_in_faiss(*_: object) -> None:
        raise RuntimeError("Error in write_index: No space left on device")

    with monkeypatch.context() as patch:
        if full == "vectors":
            patch.setattr(faiss, "write_index", no_space_in_faiss)
        elif full == "columns":
            patch.setattr("retrieval.dense.build.write_columns", no_space)
        else:
            patch.setattr("retrieval.files.json.dump", no_space)
        with pytest.raises(ArchiveError, match="No space left") as caught:
            index.index_pending(batch=16)
    assert caught.value.hint
    assert store.count_pending() > 0
    assert {hit.guid for hit in Searcher(index, store, HashedWords()).retrieve(Query(text="wheat"))}
    index.index_pending(batch=16)
    assert complaint(store, folder) is None
    assert store.count_pending() == 0
