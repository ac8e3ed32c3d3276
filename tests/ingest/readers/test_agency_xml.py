"""Ritzau's and the Canadian Press's own XML: fields as they stand in the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.story import Action, Directive, SetAside, Status, Version
from ingest.readers.jimi import JimiReader
from ingest.readers.ritzau import RitzauReader
from tests.ingest.readers.feeds import assert_fields, codes, items_in, items_of, names, story_of, utc


@pytest.mark.shared
def test_ritzau(shared_data: Path) -> None:
    story = story_of(RitzauReader(), shared_data / "press-formats/core/ritzau_news.xml")
    assert_fields(
        story,
        guid="9a6955fc-11da-46b6-9903-439ebb288f2d",
        version=1,
        provider="ritzau",
        published=utc(2018, 1, 30, 16, 32, 18, 397_000),  # 17:32 in Copenhagen
        headline=None,
        slugline="NU/FLASH-U",
        byline="Peder Top Poulsen",
        dateline_place="Haag",
        genre="Flash",
        urgency=3,
        language="da",
    )
    assert story.body.startswith('Hollandske forskere har "i årevis" lavet forsøg på både mennesker og dyr')
    assert story.body.count("\n\n") == 2
    assert names(story, "ritzau:U") == {"Udland"}


@pytest.mark.shared
def test_ritzau_queue(shared_data: Path) -> None:
    release, sport = items_of(RitzauReader(), shared_data / "press-formats/core/ritzau_feed.xml")
    assert isinstance(release, Version)
    assert isinstance(sport, Version)
    assert_fields(release, headline="PR / Spire Global, Inc.", dateline_place="København", urgency=5)
    assert (
        "including 'parallel super-computing', UK Government ministers" in release.body
    )  # escaped three times
    assert_fields(sport, headline="Kort om sport", byline="Mikkel Lundby Madsen")
    assert "subj:15000000" in codes(sport)


@pytest.mark.shared
def test_ritzau_note_to_editors(shared_data: Path) -> None:
    story = story_of(RitzauReader(), shared_data / "press-formats/core/ritzau_news_test_ednote.xml")
    assert story.ed_note is not None
    assert story.ed_note.startswith("Lasse Norman Hansen skifter til Corendon-Circus. Der i næste sæson")


@pytest.mark.parametrize(
    ("annulled", "status", "action"),
    [("true", Status.CANCELED, Action.KILL), ("false", Status.USABLE, Action.CORRECT)],
)
def test_ritzau_replaces_another_item(annulled: str, status: Status, action: Action) -> None:
    raw = (
        "<RBNews><NewsID>b</NewsID><PublishDate>2018-01-30T17:32:18</PublishDate><headline>Regn</headline>"
        f"<content>&lt;p&gt;Regn.&lt;/p&gt;</content><replacedID>a</replacedID><Annuleret>{annulled}</Annuleret></RBNews>"
    )
    story, directive = items_in(RitzauReader(), raw.encode())
    assert isinstance(story, Version)
    assert isinstance(directive, Directive)
    assert (story.status, directive.action, directive.target) == (status, action, "a")


@pytest.mark.shared
def test_canadian_press(shared_data: Path) -> None:
    folder = shared_data / "press-formats/cp/output/formatter/samples/jimi"
    story = story_of(JimiReader(), folder / "88f32173-afdb-4d95-b380-9026f1ceadb1.xml")
    assert_fields(
        story,
        guid="03729EEEADD247A49C5AE3F6E57A967C",
        provider="cp",
        published=utc(2020, 3, 27, 15, 53, 7, 627_000),
        embargo_until=None,
        status=Status.USABLE,
        language="en",
        headline="Police in New Brunswick charge man with assault for coughing in person's face",
        slugline="COVID-Atlantic",
        genre="News - Need to know",
        ed_note="Will be updated RECASTS. ADD quotes and details from police.",
    )
    assert story.body.startswith(
        "A man in\u00a0New Brunswick who recently travelled to the Dominican Republic"
    )
    assert codes(story) == ["keyword:pharma", "keyword:justice", "keyword:atlantic"]


@pytest.mark.shared
def test_canadian_press_photo_is_its_caption(shared_data: Path) -> None:
    story = story_of(JimiReader(), shared_data / "press-formats/cp/io/fixtures/AB101-65_2020_101001.xml")
    assert_fields(story, provider="ap", genre="photo", dateline_place="Pamplona", byline="Alvaro Barrientos")
    assert story.body.startswith("Santo Munoz, left, wearing a face mask to protect against the coronavirus")


def test_canadian_press_flags_and_wordless_photo() -> None:
    item = (
        "<ContentItem><SystemSlug>1</SystemSlug><UpdatedDateTime>2020-01-02T03:04:05Z</UpdatedDateTime>"
        "<ContentType>{kind}</ContentType>{fields}</ContentItem>"
    )
    held = item.format(kind="Text", fields="<HoldFlag>true</HoldFlag><ContentText>Rain.</ContentText>")
    trashed = item.format(kind="Text", fields="<TrashFlag>true</TrashFlag>")
    found = items_in(
        JimiReader(), f"<Publish>{held}{trashed}{item.format(kind='Photo', fields='')}</Publish>".encode()
    )
    assert [one.status for one in found if isinstance(one, Version)] == [Status.WITHHELD, Status.CANCELED]
    assert isinstance(found[2], SetAside)
