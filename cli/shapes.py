"""Domain values as the JSON that DESIGN.md promises to tools. Datetimes are ISO 8601 in UTC."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import orjson

from domain.answer import Answer, Citation, Sentence
from domain.facets import Facet, Facets
from domain.feedback import Feedback
from domain.query import Hit, SearchResult, TimeClue
from domain.story import IngestReport, StoryRecord, Version

if TYPE_CHECKING:
    from db.store import StoredAnswer
    from runtime.answers import GivenAnswer


def print_json(value: object) -> None:
    """One document on standard output, UTF-8, with a final line break."""
    sys.stdout.buffer.write(
        orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )
    sys.stdout.buffer.flush()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(type(value).__name__)


def ingest_shape(report: IngestReport) -> dict[str, Any]:
    return asdict(report) | {"seconds": round(report.seconds, 3)}


def hit_shape(hit: Hit) -> dict[str, Any]:
    return {
        "guid": hit.guid,
        "version": hit.version,
        "published": hit.published,
        "lang": hit.language,
        "headline": hit.headline,
        "passage": hit.passage,
        "start": hit.start,
        "end": hit.end,
        "score": round(hit.score, 6),
        "provider": hit.provider,
        "duplicates": list(hit.duplicates),
    }


def search_shape(result: SearchResult) -> dict[str, Any]:
    return {
        "hits": [hit_shape(hit) for hit in result.hits],
        "clues": [clue_shape(clue) for clue in result.query.clues],
        "seconds": round(result.seconds, 4),
    }


def facets_shape(facets: Facets) -> dict[str, Any]:
    """`stories` is the number that match; each story counts once under each value it has."""
    return {
        "counted": "stories",
        "stories": facets.stories,
        "year": [_facet_shape(one) for one in facets.years],
        "lang": [_facet_shape(one) for one in facets.languages],
        "provider": [_facet_shape(one) for one in facets.providers],
        "subject": [_facet_shape(one) | {"name": one.name} for one in facets.subjects],
    }


def _facet_shape(facet: Facet) -> dict[str, Any]:
    return {"value": facet.value, "stories": facet.stories}


def clue_shape(clue: TimeClue) -> dict[str, Any]:
    return {"words": clue.words, "from": clue.start, "to": clue.end, "hard": clue.hard, "order": clue.order}


def citation_shape(citation: Citation) -> dict[str, Any]:
    return {
        "guid": citation.guid,
        "version": citation.version,
        "published": citation.published,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "provider": citation.provider,
        "headline": citation.headline,
    }


def sentence_shape(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "verdict": sentence.verdict,
        "citations": [citation_shape(c) for c in sentence.citations],
        "reasons": list(sentence.reasons),
    }


def answer_shape(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "outcome": answer.outcome,
        "text": answer.text,
        "sentences": [sentence_shape(s) for s in answer.sentences],
        "withheld": [sentence_shape(s) for s in answer.withheld],
        "evidence": [hit_shape(hit) for hit in answer.evidence],
        "clues": [clue_shape(clue) for clue in answer.query.clues],
        "model": answer.model,
        "tokens": {"prompt": answer.tokens.prompt, "generated": answer.tokens.generated},
        "seconds": {
            "retrieve": round(answer.seconds.retrieve, 4),
            "first_token": None
            if answer.seconds.first_token is None
            else round(answer.seconds.first_token, 3),
            "total": round(answer.seconds.total, 3),
        },
        "energy": {"joules": answer.energy.joules, "measured": answer.energy.measured}
        if answer.energy
        else None,
        "language": answer.language,
        "answer_id": answer.answer_id,
    }


def version_shape(version: Version) -> dict[str, Any]:
    shape = asdict(version)
    return {
        "version": shape.pop("version"),
        "published": shape.pop("published"),
        "status": shape.pop("status"),
        "lang": shape.pop("language"),
        "headline": shape.pop("headline"),
        "dateline": " ".join(filter(None, (shape.pop("dateline_place"), shape.pop("dateline_date")))) or None,
        "body": shape.pop("body"),
    } | {name: value for name, value in shape.items() if name not in ("guid", "provider")}


def story_shape(story: StoryRecord, *, number: int | None, history: bool) -> dict[str, Any]:
    versions = [v for v in story.versions if number in (None, v.version)]
    shape: dict[str, Any] = {
        "guid": story.guid,
        "provider": story.provider,
        "status": story.status,
        "embargo_until": story.embargo_until,
        "versions": [version_shape(v) for v in versions],
    }
    return shape | ({"history": [asdict(entry) for entry in story.history]} if history else {})


def stored_answer_shape(answer: StoredAnswer) -> dict[str, Any]:
    return {
        "answer_id": answer.answer_id,
        "asked_at": answer.asked_at,
        "asked_by": answer.asked_by,
        "question": answer.question,
        "outcome": answer.outcome,
        "text": answer.text,
        "language": answer.language,
        "model": answer.model,
        "settings": dict(answer.settings),
        "stale": [asdict(reason) for reason in answer.stale],
    }


def given_answer_shape(given: GivenAnswer) -> dict[str, Any]:
    """An answer given earlier, with what became of it; of one that is withdrawn nothing is told but why."""
    about = {
        "asked_at": given.asked_at,
        "asked_by": given.asked_by,
        "withdrawn": given.withdrawn,
        "stale": [asdict(reason) for reason in given.stale],
    }
    return answer_shape(given.answer) | about


def feedback_shape(given: GivenAnswer, said: Sequence[Feedback]) -> dict[str, Any]:
    return {
        "answer_id": given.answer.answer_id,
        "question": given.answer.question,
        "text": None if given.withdrawn else given.answer.text,
        "said": [
            {
                "at": one.at,
                "person": one.person,
                "judgement": one.judgement,
                "answer": one.answer,
                "comment": one.comment,
            }
            for one in said
        ],
    }
