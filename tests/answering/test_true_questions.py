"""True questions on the sample archive, of posts, prizes, days and persons: none is corrected, none is disputed.

Stories are ranked by the words they share with the question, without an embedder, so that more come into question
than in the real chain. About half a minute.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from answering.accounts import differing_accounts
from answering.evidence import EvidenceStory
from answering.outcome import Limits
from answering.questions import understand
from answering.ranking import Ranked
from answering.words import stem_set
from answering.wrong_person import against_person
from domain.query import Hit

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
QUESTIONS = [
    json.loads(line)
    for line in Path(__file__).with_name("true_questions.jsonl").read_text("utf-8").splitlines()
]
_STORIES, _SENTENCES = 12, 24  # found for a question; looked at for a person


@pytest.fixture(scope="module")
def stories() -> list[EvidenceStory]:
    rows = [
        json.loads(line)
        for file in sorted(SAMPLE.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    return [
        EvidenceStory(
            body=row["body_text"],
            hit=Hit(
                passage_id=n, version_id=n, story_id=n, guid=row["uri"], version=int(row["version"]), provider="p",
                published=datetime.fromisoformat(row["versioncreated"]), language=row["language"],
                headline=row["headline"], place=row.get("located"), passage=row["body_text"], start=0,
                end=len(row["body_text"]), score=1.0,
            ),
        )
        for n, row in enumerate(rows)
    ]  # fmt: skip


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row["text"])
def test_nothing_is_said_against_a_true_question(row: dict[str, str], stories: list[EvidenceStory]) -> None:
    asked = understand(row["text"], row["lang"])
    wanted = stem_set(row["text"], row["lang"])
    near = sorted(
        stories, key=lambda s: -len(wanted & stem_set(f"{s.hit.headline} {s.body}", s.hit.language))
    )
    ranked = [
        Ranked(story=s, index=i, score=1.0, closeness=0.6)
        for s in near[:_STORIES]
        for i in range(len(s.sentences))
    ]
    ranked.sort(key=lambda r: -len(wanted & stem_set(r.text, r.story.hit.language)))
    assert differing_accounts(asked, ranked, Limits()) == ()
    assert [r.text for r in ranked[:_SENTENCES] if against_person(asked, r, ranked)] == []
