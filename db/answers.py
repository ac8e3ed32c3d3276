"""Keeps answers with what they rest on, and says which no longer stand.

An answer is stale once a story it cites was killed, held, put under embargo or corrected after the question
was put. The text of one that quotes a story that may not be read is not given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from db.answer_tables import answer, citation, evidence, sentence
from db.asked import query_json, query_of
from db.reading import read_passages
from db.records import AnswerSeconds, AnswerTotals, StaleReason, StoredAnswer, StoredCitation, StoredSentence
from db.tables import passage, story, superseded, version
from db.visibility import readable
from domain.answer import (
    Answer,
    Citation,
    Energy,
    Outcome,
    Seconds,
    Sentence,
    StatedFigure,
    TokenCount,
    Verdict,
)
from domain.errors import AnswerNotFound, StoreError
from domain.query import Hit
from domain.story import Status, StoredPassage

CORRECTED = "corrected"
EMBARGOED = "embargoed"
_CAUSES = {Status.CANCELED.value: "killed", Status.WITHHELD.value: "withheld"}


def write_answer(
    connection: sa.Connection,
    given: Answer,
    *,
    settings: Mapping[str, str],
    asked_by: str | None,
    now: datetime,
) -> int:
    answer_id = connection.execute(
        sa.insert(answer).returning(answer.c.answer_id),
        {
            # Before retrieval, not at the end: a story corrected while the answer was written is news to it.
            "asked_at": now - timedelta(seconds=given.seconds.total),
            "question": given.question,
            "query": query_json(given.query),
            "outcome": given.outcome.value,
            "text": given.text,
            "language": given.language,
            "model": given.model,
            "prompt_tokens": given.tokens.prompt,
            "generated_tokens": given.tokens.generated,
            "retrieve_seconds": given.seconds.retrieve,
            "first_token_seconds": given.seconds.first_token,
            "total_seconds": given.seconds.total,
            "joules": given.energy.joules if given.energy else None,
            "joules_measured": given.energy.measured if given.energy else None,
            "settings": dict(settings),
            "asked_by": asked_by,
            "shared": False,
        },
    ).scalar_one()
    sentences = [*((one, False) for one in given.sentences), *((one, True) for one in given.withheld)]
    if sentences:
        connection.execute(sa.insert(sentence), _sentence_rows(answer_id, sentences))
    cited = _citation_rows(connection, answer_id, [one for one, _ in sentences])
    if cited:
        connection.execute(sa.insert(citation), cited)
    if given.evidence:
        connection.execute(sa.insert(evidence), _evidence_rows(answer_id, given.evidence))
    return int(answer_id)


def _evidence_rows(answer_id: int, hits: Iterable[Hit]) -> list[dict[str, Any]]:
    return [
        {"answer_id": answer_id, "rank": rank, "passage_id": hit.passage_id, "score": hit.score}
        for rank, hit in enumerate(hits)
    ]


def _sentence_rows(answer_id: int, sentences: Iterable[tuple[Sentence, bool]]) -> list[dict[str, Any]]:
    return [
        {
            "answer_id": answer_id,
            "ordinal": ordinal,
            "text": one.text,
            "verdict": one.verdict.value,
            "withheld": withheld,
            "reasons": list(one.reasons) or None,
            "figure": [one.figure.words, one.figure.value, one.figure.unit] if one.figure else None,
        }
        for ordinal, (one, withheld) in enumerate(sentences)
    ]


def _citation_rows(
    connection: sa.Connection, answer_id: int, sentences: list[Sentence]
) -> list[dict[str, Any]]:
    ids: dict[tuple[str, str, int], int] = {}
    rows = []
    for place, one in enumerate(sentences):
        for ordinal, cited in enumerate(one.citations):
            key = (cited.provider, cited.guid, cited.version)
            if key not in ids:
                ids[key] = _cited_version(connection, cited)
            rows.append(
                {
                    "answer_id": answer_id, "sentence": place, "ordinal": ordinal,
                    "version_id": ids[key], "begins": cited.start, "ends": cited.end,
                }
            )  # fmt: skip
    return rows


def _cited_version(connection: sa.Connection, cited: Citation) -> int:
    found = connection.scalar(
        sa.select(version.c.version_id)
        .join(story, story.c.story_id == version.c.story_id)
        .where(
            story.c.guid == cited.guid,
            story.c.provider == cited.provider,
            version.c.number == cited.version,
        )
    )
    if found is None:
        raise StoreError(
            f"the answer cites version {cited.version} of {cited.guid}, which is not stored",
            hint="cite only what the archive holds",
        )
    return int(found)


def read_answers(
    connection: sa.Connection, *, limit: int, stale_only: bool, now: datetime
) -> list[StoredAnswer]:
    """The latest answers first."""
    query = sa.select(answer).order_by(answer.c.answer_id.desc()).limit(limit)
    if stale_only:
        query = query.where(answer.c.answer_id.in_(_stale(now).with_only_columns(citation.c.answer_id)))
    rows = connection.execute(query).all()
    reasons = _reasons(connection, [row.answer_id for row in rows], now)
    return [_stored(row, reasons.get(row.answer_id, ())) for row in rows]


def read_totals(connection: sa.Connection) -> list[AnswerTotals]:
    """What the answers of each model cost, those without a model last; the most asked first."""
    estimated = sa.case((answer.c.joules_measured.is_(False), answer.c.joules), else_=0.0)
    query = (
        sa.select(
            answer.c.model,
            sa.func.count().label("answers"),
            sa.func.sum(sa.case((answer.c.outcome == Outcome.NOT_IN_ARCHIVE.value, 1), else_=0)).label(
                "declined"
            ),
            sa.func.sum(answer.c.prompt_tokens).label("prompt_tokens"),
            sa.func.sum(answer.c.generated_tokens).label("generated_tokens"),
            sa.func.sum(answer.c.total_seconds).label("seconds"),
            sa.func.coalesce(sa.func.sum(answer.c.joules), 0.0).label("joules"),
            sa.func.coalesce(sa.func.sum(estimated), 0.0).label("joules_estimated"),
            sa.func.min(answer.c.asked_at).label("first_asked"),
            sa.func.max(answer.c.asked_at).label("last_asked"),
        )
        .group_by(answer.c.model)
        .order_by(answer.c.model.is_(None), sa.func.count().desc(), answer.c.model)
    )
    return [AnswerTotals(**row._mapping) for row in connection.execute(query)]


def read_seconds(connection: sa.Connection, *, limit: int) -> list[AnswerSeconds]:
    """Of the latest answers."""
    query = (
        sa.select(answer.c.retrieve_seconds, answer.c.first_token_seconds, answer.c.total_seconds)
        .order_by(answer.c.answer_id.desc())
        .limit(limit)
    )
    return [
        AnswerSeconds(retrieve=row[0], first_token=row[1], total=row[2]) for row in connection.execute(query)
    ]


def read_answer(connection: sa.Connection, answer_id: int, *, now: datetime) -> StoredAnswer:
    row = connection.execute(sa.select(answer).where(answer.c.answer_id == answer_id)).one_or_none()
    if row is None:
        raise _unknown(answer_id)
    reasons = _reasons(connection, [answer_id], now).get(answer_id, ())
    stored = _stored(row, reasons)
    if stored.withdrawn:
        return stored
    return replace(
        stored,
        sentences=_sentences(connection, answer_id),
        evidence=_evidence(connection, answer_id, now),
    )


def set_shared(connection: sa.Connection, answer_id: int, *, shared: bool) -> None:
    done = connection.execute(sa.update(answer).where(answer.c.answer_id == answer_id).values(shared=shared))
    if done.rowcount == 0:
        raise _unknown(answer_id)


def _unknown(answer_id: int) -> AnswerNotFound:
    return AnswerNotFound(f"no answer {answer_id}", hint="`depeche answers` lists them")


def _stored(row: sa.Row[Any], reasons: tuple[StaleReason, ...]) -> StoredAnswer:
    return StoredAnswer(
        answer_id=row.answer_id,
        asked_at=row.asked_at,
        question=row.question,
        outcome=Outcome(row.outcome),
        text=None if _withdrawn(reasons) else row.text,
        language=row.language,
        model=row.model,
        settings=row.settings,
        stale=reasons,
        query=query_of(row.query),
        tokens=TokenCount(prompt=row.prompt_tokens, generated=row.generated_tokens),
        seconds=Seconds(
            retrieve=row.retrieve_seconds, first_token=row.first_token_seconds, total=row.total_seconds
        ),
        energy=None if row.joules is None else Energy(joules=row.joules, measured=row.joules_measured),
        asked_by=row.asked_by,
        shared=row.shared,
    )


def _withdrawn(reasons: Iterable[StaleReason]) -> bool:
    return any(one.cause != CORRECTED for one in reasons)


def _stale(now: datetime) -> sa.Select[Any]:
    """Citations whose story changed after the question was put."""
    return (
        sa.select(
            citation.c.answer_id, story.c.guid, story.c.provider, story.c.status, story.c.status_at,
            story.c.embargo_until, superseded.c.recorded_at, answer.c.asked_at,
        )
        .select_from(citation)
        .join(answer, answer.c.answer_id == citation.c.answer_id)
        .join(version, version.c.version_id == citation.c.version_id)
        .join(story, story.c.story_id == version.c.story_id)
        .outerjoin(superseded, superseded.c.version_id == version.c.version_id)
        .where(
            sa.or_(
                story.c.status != Status.USABLE.value,
                story.c.embargo_until > now,
                superseded.c.recorded_at > answer.c.asked_at,
            )
        )
    )  # fmt: skip


def _reasons(
    connection: sa.Connection, answer_ids: list[int], now: datetime
) -> dict[int, tuple[StaleReason, ...]]:
    found: dict[int, dict[StaleReason, None]] = {}
    query = _stale(now).where(citation.c.answer_id.in_(answer_ids))
    for row in connection.execute(query.order_by(citation.c.sentence, citation.c.ordinal)):
        cause, since = _CAUSES.get(row.status), row.status_at
        if cause is None and row.embargo_until is not None and row.embargo_until > now:
            cause, since = EMBARGOED, None
        if cause is None:
            cause, since = CORRECTED, row.recorded_at
        reason = StaleReason(cause=cause, guid=row.guid, provider=row.provider, since=since)
        found.setdefault(row.answer_id, {})[reason] = None
    return {answer_id: tuple(reasons) for answer_id, reasons in found.items()}


def _sentences(connection: sa.Connection, answer_id: int) -> tuple[StoredSentence, ...]:
    cited: dict[int, list[StoredCitation]] = {}
    joined = (
        sa.select(citation, version.c.number, story.c.guid, story.c.provider)
        .join(version, version.c.version_id == citation.c.version_id)
        .join(story, story.c.story_id == version.c.story_id)
        .where(citation.c.answer_id == answer_id)
        .order_by(citation.c.sentence, citation.c.ordinal)
    )
    for row in connection.execute(joined):
        cited.setdefault(row.sentence, []).append(
            StoredCitation(
                version_id=row.version_id, guid=row.guid, provider=row.provider, version=row.number,
                start=row.begins, end=row.ends,
            )
        )  # fmt: skip
    rows = connection.execute(
        sa.select(sentence).where(sentence.c.answer_id == answer_id).order_by(sentence.c.ordinal)
    )
    return tuple(
        StoredSentence(
            text=row.text,
            verdict=Verdict(row.verdict),
            withheld=row.withheld,
            reasons=tuple(row.reasons or ()),
            citations=tuple(cited.get(row.ordinal, ())),
            figure=_figure(row.figure),
        )
        for row in rows
    )


def _figure(stored: Sequence[Any] | None) -> StatedFigure | None:
    if stored is None:
        return None
    words, value, unit = stored
    return StatedFigure(words=words, value=value, unit=unit)


def _evidence(connection: sa.Connection, answer_id: int, now: datetime) -> tuple[Hit, ...]:
    """What was found, less the stories that may not be read now."""
    rows = connection.execute(
        sa.select(evidence.c.passage_id, evidence.c.score)
        .join(passage, passage.c.passage_id == evidence.c.passage_id)
        .join(version, version.c.version_id == passage.c.version_id)
        .join(story, story.c.story_id == version.c.story_id)
        .where(evidence.c.answer_id == answer_id, readable(now))
        .order_by(evidence.c.rank)
    ).all()
    found = read_passages(connection, [row.passage_id for row in rows])
    return tuple(_hit(found[row.passage_id], row.score) for row in rows)


def _hit(found: StoredPassage, score: float) -> Hit:
    return Hit(
        passage_id=found.passage_id, version_id=found.version_id, story_id=found.story_id, guid=found.guid,
        version=found.version, provider=found.provider, published=found.published, language=found.language,
        headline=found.headline, place=found.place, passage=found.text, start=found.start, end=found.end,
        score=score,
    )  # fmt: skip
