"""Messages about other items: recognised in six languages and the styles of their agencies, and never in a story.

The cases are lines of messages.jsonl: what an item says, which act it asks for, and the words it names the
other by; "action" is absent where the item is a story. Takes 3 s, and as much again with the real archives.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest

from domain.story import Action, Directive, SourceRef, Status, Version
from ingest import directives
from ingest.reading import read_file
from ingest.sources import Meter
from tests.ingest.samples import version

CASES = [
    json.loads(line) for line in Path(__file__).with_name("messages.jsonl").read_text("utf-8").splitlines()
]
MESSAGES = [case for case in CASES if "action" in case]
STORIES = [case for case in CASES if "action" not in case]


def sent(case: dict[str, str]) -> Version:
    return version(
        case["body"], **{name: case[name] for name in ("headline", "slugline", "ed_note") if name in case}
    )


def test_the_cases_cover_every_act_in_every_language() -> None:
    assert len(MESSAGES) >= 60
    assert len(STORIES) >= 30
    styles = ({"AP", "AFP", "Reuters"}, {"AFP fr"}, {"dpa"}, {"EFE"}, {"Lusa", "Agência"}, {"AFP ar"})
    for some in styles:
        found = {case["action"] for case in MESSAGES if case["style"] in some}
        assert found == {action.value for action in Action}, some


@pytest.mark.parametrize("case", MESSAGES, ids=lambda case: f"{case['style']}: {case['headline']}")
def test_messages_of_desks(case: dict[str, str]) -> None:
    found = directives.find(sent(case))
    assert found is not None
    assert (found.action.value, found.reference or found.target) == (case["action"], case["reference"])
    assert found.reason


@pytest.mark.parametrize("case", STORIES, ids=lambda case: str(case["headline"]))
def test_stories_that_resemble_messages_are_stories(case: dict[str, str]) -> None:
    assert directives.find(sent(case)) is None


def test_an_item_that_takes_itself_off_names_nobody_else() -> None:
    assert directives.find(version("x", headline="STORY KILLED", status=Status.CANCELED)) is None


def test_a_kill_sent_as_a_revision_of_the_story_names_it_by_its_own_guid() -> None:
    found = directives.find(version("It was wrong.", headline="KILL KILL KILL", guid="urn:newsml:x.com:1"))
    assert found is not None
    assert found.target == "urn:newsml:x.com:1"
    made_here = directives.find(
        version("It was wrong.", headline="KILL KILL KILL", guid="urn:depeche:sha256-v1:0")
    )
    assert made_here is not None
    assert made_here.target is None


def test_a_correction_is_a_story_too_and_no_other_message_is(tmp_path: Path) -> None:
    line = {
        "guid": "c",
        "date": "2020-01-01",
        "headline": "CORRECTED-Ferry sinks",
        "body": "Three were saved.",
    }
    kill = {"guid": "k", "date": "2020-01-01", "headline": "STORY WITHDRAWN: Ferry sinks", "body": "Wrong."}
    file = tmp_path / "feed.jsonl"
    file.write_text(f"{json.dumps(line)}\n{json.dumps(kill)}\n")
    story, correction, withdrawal = (
        one.item for one in read_file(file, format="auto", provider=None, meter=Meter())
    )
    assert isinstance(story, Version)
    assert isinstance(correction, Directive)
    assert (correction.action, correction.reference, correction.replacement) == (
        Action.CORRECT,
        "Ferry sinks",
        "c",
    )
    assert correction.source == story.source == SourceRef(path=str(file), position=0)
    assert isinstance(withdrawal, Directive)
    assert withdrawal.action is Action.KILL


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "corrections"),
    [
        ("reuters21578/reut2-000.sgm.gz", 5),
        ("reuters21578/reut2-017.sgm.gz", 0),
        ("orangesum-fr/orangesum_parsed.jsonl.gz", 0),
    ],
)
def test_no_story_of_the_real_archives_is_taken_for_a_kill(
    shared_data: Path, name: str, corrections: int
) -> None:
    """And of the corrections, those that Reuters marked so, but not its errata ("please read ...")."""
    read = read_file(shared_data / name, format="auto", provider=None, meter=Meter())
    items = [one.item for one in islice(read, 3000)]
    assert len(items) >= 578
    found = [item for item in items if isinstance(item, Directive)]
    assert {item.action for item in found} <= {Action.CORRECT}
    headlines = {item.guid: item.headline or "" for item in items if isinstance(item, Version)}
    corrected = [headlines[item.replacement or ""] for item in found]
    assert all("CORRECTED" in headline for headline in corrected)
    assert len(corrected) == corrections
