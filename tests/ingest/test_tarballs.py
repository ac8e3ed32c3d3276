"""Tar archives, plain and packed: every member in order, opened as often as wanted."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from domain.protocols import Source
from ingest.sources import sources_of
from ingest.tarballs import is_tar
from tests.ingest.test_hostile import tarred
from tests.ingest.test_sources import contents

MEMBERS = {
    "b.txt": b"one",
    "a/c.gz": gzip.compress(b"two"),
    "large": bytes(range(256)) * 1000,
    "README": b"-",
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_members_come_in_order_whatever_is_around_them(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    file = tmp_path / "feed"
    file.write_bytes(pack(tarred(MEMBERS | {"d.tar": tarred({"deep.txt": b"three"})})))
    assert contents(file) == {
        "!b.txt": b"one",
        "!a/c.gz": b"two",
        "!large": MEMBERS["large"],
        "!d.tar!deep.txt": b"three",
    }


def test_a_member_opens_again_and_twice_at_once(tmp_path: Path) -> None:
    file = tmp_path / "feed.tar"
    file.write_bytes(tarred({"large": MEMBERS["large"]}))
    (source,) = sources_of_while_open(file)
    assert source == (MEMBERS["large"], MEMBERS["large"][:7], MEMBERS["large"][7:9], len(MEMBERS["large"]))


def sources_of_while_open(file: Path) -> list[tuple[bytes, bytes, bytes, int | None]]:
    found = []
    for source in sources_of(file):
        assert isinstance(source, Source)
        with source.open() as first, source.open() as second:
            start = second.read(7)
            found.append((first.read(), start, second.read(2), source.size))
    return found


@pytest.mark.parametrize("packed", [bz2.compress, lzma.compress, zstd.compress])
def test_streams_one_after_another_are_one_file(packed: Callable[[bytes], bytes], tmp_path: Path) -> None:
    file = tmp_path / "twice"
    file.write_bytes(packed(b"one ") + packed(b"two"))
    assert contents(file) == {"": b"one two"}


def test_what_is_no_tar() -> None:
    assert not is_tar(bytes(1024))
    assert not is_tar(b"<newsItem>" * 100)
    assert not is_tar(b"")
