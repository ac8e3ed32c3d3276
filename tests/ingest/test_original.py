"""The item a version came from is found in its file again, or it is said why not; nothing else is ever read."""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import SourceError
from domain.story import SourceRef, Version
from ingest.original import MOST_CHARACTERS, read_original
from ingest.reading import read_file
from ingest.sources import Meter
from tests.conftest import ROOT

NITF = """<nitf><head><docdata><doc-id id-string="nitf-{n}"/><date.issue norm="19870402T090000Z"/></docdata></head><body><body.head>
<hedline><hl1>Headline number {n}</hl1></hedline></body.head><body.content><p>Text of number {n}.</p></body.content>
</body></nitf>"""


def versions(file: Path, format: str = "auto") -> list[Version]:
    read = [one.item for one in read_file(file, format=format, provider="test", meter=Meter())]
    return [one for one in read if isinstance(one, Version)]


@pytest.fixture
def jsonl(tmp_path: Path) -> Path:
    sample = ROOT / "data" / "sample" / "fr.jsonl"
    copy = tmp_path / "some!thing.jsonl"  # "!" also divides an archive from its member
    copy.write_bytes(sample.read_bytes())
    return copy


def test_a_line_of_a_file(jsonl: Path) -> None:
    found = versions(jsonl)
    for version in (found[0], found[7], found[-1]):
        original = read_original(version)
        assert version.guid in original.text
        assert original.text.startswith("{")
        assert sum(other.guid in original.text for other in found) >= 1
        assert len(original.text) < 20_000, "one item, not the file"
        assert not original.is_whole_file


@pytest.mark.parametrize("packed", ["zip", "gz", "plain"])
def test_an_element_of_a_packed_file(tmp_path: Path, packed: str) -> None:
    text = f"<nitf-items>{''.join(NITF.format(n=n) for n in range(4))}</nitf-items>"
    file = tmp_path / f"feed.{packed}"
    if packed == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a/one.xml", text.replace("nitf-", "other-"))
            archive.writestr("a/two.xml", text)
    else:
        file.write_bytes(gzip.compress(text.encode()) if packed == "gz" else text.encode())
    version = versions(file, "nitf")[-2]
    original = read_original(version)
    assert "Headline number 2" in original.text
    assert "Headline number 1" not in original.text


def test_a_file_without_items_is_shown_whole(tmp_path: Path) -> None:
    file = tmp_path / "story.txt"
    file.write_text(
        "DOCK STRIKE IN MARSEILLE\n\n1987-04-02\n\nDockers struck on Thursday, the port said, and ships waited.\n"
    )
    (version,) = versions(file)
    original = read_original(version)
    assert original.is_whole_file
    assert original.text == file.read_text()


def test_a_file_that_was_replaced_gives_nothing(jsonl: Path) -> None:
    version = versions(jsonl)[3]
    jsonl.write_text('{"uri": "urn:other", "headline": "Other", "body_text": "Secret words."}\n')
    with pytest.raises(SourceError, match="does not hold this story"):
        read_original(version)


def test_a_file_that_is_gone_gives_nothing(jsonl: Path) -> None:
    version = versions(jsonl)[3]
    jsonl.unlink()
    with pytest.raises(SourceError, match="not there any more"):
        read_original(version)
    with pytest.raises(SourceError, match="names no file"):
        read_original(replace(version, source=None))


def test_a_position_beyond_the_file_and_a_folder_give_nothing(jsonl: Path) -> None:
    version = versions(jsonl)[3]
    beyond = replace(version, source=SourceRef(path=str(jsonl), position=10**9))
    small = read_original(beyond) if jsonl.stat().st_size < 4 * MOST_CHARACTERS else None
    assert small is None or small.is_whole_file
    with pytest.raises(SourceError, match="not there any more"):
        read_original(replace(version, source=SourceRef(path=str(jsonl.parent), position=0)))


def test_a_large_item_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "big.jsonl"
    body = "Words upon words. " * 20_000
    file.write_text(
        f'{{"uri": "urn:big", "type": "text", "headline": "Big", "versioncreated": "1987-04-02T09:00:00Z", "body_text": "{body}"}}\n'
    )
    (version,) = versions(file)
    original = read_original(version)
    assert original.is_cut
    assert len(original.text) == MOST_CHARACTERS
