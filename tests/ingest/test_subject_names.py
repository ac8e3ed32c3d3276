"""A subject keeps its code and every name that the item gives it, whatever the language."""

from __future__ import annotations

import json

import pytest

from domain.story import Version
from ingest.readers.newsml_g2 import NewsMLG2Reader
from ingest.readers.ninjs import NinjsReader
from tests.ingest.samples import source

NAMES = {("medtop:04000000", "economy"), ("medtop:04000000", "économie"), ("subj:04000000", "Wirtschaft")}


def test_ninjs() -> None:
    item = {
        "uri": "urn:1", "version": "1", "type": "text", "versioncreated": "2020-01-01T00:00:00Z",
        "body_text": "Words of a story.",
        "subject": [
            {"code": "medtop:04000000", "name": "economy"},
            {"code": "medtop:04000000", "name": "économie"},
            {"code": "medtop:04000000", "name": "economy"},
            {"code": "04000000", "name": "Wirtschaft"},
        ],
    }  # fmt: skip
    (version,) = NinjsReader().read(source(json.dumps(item).encode()), provider="p")
    assert isinstance(version, Version)
    assert {(one.code, one.name) for one in version.subjects} == NAMES
    assert len(version.subjects) == len(NAMES)


@pytest.mark.parametrize(
    "names", ["", '<name xml:lang="en">economy</name><name xml:lang="fr">économie</name>']
)
def test_newsml_g2(names: str) -> None:
    text = f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:1" version="1">
      <itemMeta><itemClass qcode="ninat:text"/><provider qcode="p"/>
        <versionCreated>2020-01-01T00:00:00Z</versionCreated></itemMeta>
      <contentMeta><subject qcode="medtop:04000000">{names}
        <sameAs qcode="subj:04000000"><name>Wirtschaft</name></sameAs></subject></contentMeta>
      <contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">
        <body><p>Words of a story.</p></body></html></inlineXML></contentSet></newsItem>"""
    (version,) = NewsMLG2Reader().read(source(text.encode()), provider="p")
    assert isinstance(version, Version)
    expected = NAMES if names else {("medtop:04000000", None), ("subj:04000000", "Wirtschaft")}
    assert {(one.code, one.name) for one in version.subjects} == expected
