"""AP's content API: fields as they stand in the answers; items without their text are set aside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.story import Rejected, Version
from ingest.readers.apapi import ApApiReader
from tests.ingest.readers.feeds import (
    assert_fields,
    codes,
    items_in,
    items_of,
    names,
    source_of,
    story_of,
    utc,
)

READER = ApApiReader()


@pytest.fixture
def answers(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "cp" / "ingest" / "parser" / "fixtures" / "ap"


@pytest.mark.shared
def test_item_with_its_text(answers: Path) -> None:
    story = story_of(READER, answers / "ap-text.json")
    assert_fields(
        story,
        guid="f14dd246c9b5efeb56de0141aa50c4fd",
        provider="ap",
        version=4,  # the API counts from 0 and says 3
        published=utc(2020, 6, 2, 19, 13, 57),
        first_published=utc(2020, 6, 2, 19, 13, 56),
        language="en",
        slugline="BC-US--Film Review-And We Go Green",
        byline="By MARK KENNEDY",
        ed_note="Eds: UPDATES: With AP Photos.",
        urgency=4,
        url="https://apnews.com/f14dd246c9b5efeb56de0141aa50c4fd",
    )
    assert story.headline is not None
    assert story.headline.startswith("The green motor sport equivalent to Formula One is called Formula E")
    assert story.body.startswith(
        "For proof that Leonardo DiCaprio can't save every film he touches, look no further"
    )
    assert "\n\n" in story.body
    assert "anpa:e" in codes(story)
    assert names(story, "ap:c189ae6088be10048dcfb097165a0203") == {"Movies"}


@pytest.mark.shared
def test_item_with_dateline_and_names(answers: Path) -> None:
    story = story_of(READER, answers / "item.json")
    assert_fields(
        story,
        guid="ba7d03f0cd24a17faa81bebc724bcf3f",
        version=1,
        published=utc(2020, 4, 5, 12, 10, 9),
        first_published=utc(2020, 4, 3, 22, 33, 11),
        dateline_place="CHEYENNE, Wyo.",
        byline="By MARGARET AUSTIN",
        places=("Cheyenne", "Wyoming"),  # not their ancestors, United States and North America
        organisations=("United States Congress", "Wells Fargo & Co"),
    )


@pytest.mark.shared
def test_picture_goes_in_with_its_caption(answers: Path) -> None:
    story = story_of(READER, answers / "ap-picture.json")
    assert_fields(story, genre="picture", dateline_place="Pamplona", people=("Santos Munoz",))
    assert story.body.startswith("Santo Munoz, left, wearing a face mask to protect against the coronavirus")


@pytest.mark.shared
def test_item_that_links_to_its_text_is_set_aside(shared_data: Path) -> None:
    core = shared_data / "press-formats" / "core"
    for file in ("ap_media_text_item.json", "ap_media_text_feed.json"):
        (item,) = items_of(READER, core / file)
        assert isinstance(item, Rejected)
        assert "nitf, anpa" in item.reason
        assert "download" in item.remedy


def test_other_json_is_not_taken() -> None:
    assert not READER.accepts(source_of(b'{"uri": "urn:x", "versioncreated": "2020-01-01", "data": {}}'))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        {},
        {"items": [None, 3, {"item": 7}]},
        {"item": {"uri": 5, "subject": [1, {"code": 2}]}},
    ],
)
def test_broken_answers_are_rejected(data: object) -> None:
    items = items_in(READER, json.dumps({"api_version": "1.1", "data": data, "nitf": 3}).encode())
    assert items
    assert all(isinstance(item, Rejected) for item in items)


def test_a_script_in_the_text_leaves_nothing() -> None:
    answer = {
        "api_version": "2.0",
        "data": {
            "item": {"altids": {"itemid": "a1"}, "type": "text", "versioncreated": "2020-01-01T00:00:00Z"}
        },
        "nitf": {"body_html": "<p>One.</p><script>alert(1)</script><p>Two.</p>"},
    }
    (story,) = items_in(READER, json.dumps(answer).encode())
    assert isinstance(story, Version)
    assert story.body == "One.\n\nTwo."
