"""Dépêche asked one question, by the clock of whoever asks: evidence, first word, whole checked answer."""

from __future__ import annotations

import time

from benchmarks.answering.given import ReadStory
from domain.answer import AnswerReady, EvidenceFound, TextDelta
from domain.query import Query
from evaluation.results import CitedSpan, Result
from evaluation.sets import EvalQuery
from runtime import Archive
from runtime.clock import utc_now


def ask(archive: Archive, query: EvalQuery) -> Result:
    began = time.perf_counter()
    asked = archive.understand(
        Query(text=query.text, filters=query.filters, limit=archive.settings.answer.evidence)
    )
    evidence: float | None = None
    first: float | None = None
    for event in archive.stream(asked):
        now = time.perf_counter() - began
        if isinstance(event, EvidenceFound):
            evidence = evidence or now
        elif isinstance(event, TextDelta):
            first = first or now
        elif isinstance(event, AnswerReady):
            answer, total = event.answer, now
    spans = [
        tuple(
            CitedSpan(
                guid=c.guid, version=c.version, start=c.start, end=c.end, quote=c.quote,
                exact=archive.body(c.guid, c.version)[c.start : c.end] == c.quote,
            )
            for sentence in sentences
            for c in sentence.citations
        )
        for sentences in (answer.sentences, answer.withheld)
    ]  # fmt: skip
    return Result(
        query_id=query.query_id,
        ranked=tuple(dict.fromkeys(hit.guid for hit in answer.evidence)),
        retrieve_seconds=evidence if evidence is not None else total,
        outcome=answer.outcome,
        text=answer.text,
        shown=spans[0],
        withheld=spans[1],
        first_token_seconds=first,
        total_seconds=total,
        prompt_tokens=answer.tokens.prompt,
        generated_tokens=answer.tokens.generated,
    )


def stories(archive: Archive) -> list[ReadStory]:
    """Every story that may be shown now, as it stands now."""
    passages = [passage for batch in archive.store.iter_passages() for passage in batch]
    allowed = archive.store.visible_versions([p.version_id for p in passages], now=utc_now(), as_of=None)
    shown = {p.version_id: p for p in passages if p.version_id in allowed}
    bodies = archive.store.bodies(list(shown))
    return [
        ReadStory(
            guid=p.guid, version=p.version, published=p.published, headline=p.headline, body=bodies[version]
        )
        for version, p in shown.items()
    ]
