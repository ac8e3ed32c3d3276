"""Domain values as lines for a terminal. Control characters in story text never reach it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.answer import Answer, Citation, Outcome
from domain.facets import Facets
from domain.feedback import Feedback
from domain.query import Hit, TimeClue
from domain.story import IngestReport, Status, StoryRecord, place_in

if TYPE_CHECKING:
    from db.store import StaleReason, StoredAnswer
    from runtime.answers import GivenAnswer

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
STATUSES = {Status.USABLE: "usable", Status.WITHHELD: "held", Status.CANCELED: "killed"}
_MOMENT = timedelta(microseconds=1)  # the ends of clues are not of their spans
OUTCOMES = {
    Outcome.ANSWERED: "answered",
    Outcome.PARTIAL: "partly answered",
    Outcome.DISPUTED: "the sources disagree",
    Outcome.NOT_IN_ARCHIVE: "not in the archive",
}


def clean(text: str | None) -> str:
    """Story text made safe for a terminal: no escape sequences, no direction overrides."""
    return _CONTROL.sub(" ", text or "").strip()


def day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def report_line(report: IngestReport) -> str:
    rate = report.read / report.seconds if report.seconds else 0.0
    return (
        f"{report.read} items read: {report.new} new, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.killed} killed or held, {report.quarantined} kept aside; {report.passages} passages; "
        f"{report.seconds:.1f} s ({rate:.0f} items/s)"
    )


def failure_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not rows:
        yield "nothing is kept aside"
    for row in rows:
        yield f"{clean(row['path'])}, {_place(row)}: {clean(row['reason'])}\n  → {clean(row['remedy'])}"


def _place(row: Mapping[str, Any]) -> str:
    counted_in, place = place_in(row["path"], row["position"])
    return f"{counted_in} {place}"


def clue_lines(clues: Sequence[TimeClue]) -> Iterator[str]:
    for clue in clues:
        span = _span(clue.start, clue.end)
        meant = (
            f"only stories published {span}"
            if clue.hard
            else f"stories published {span} rank a little higher"
        )
        yield f"“{clean(clue.words)}”: {meant}"


def _span(start: datetime | None, end: datetime | None) -> str:
    """From `start` to just before `end`, as a person says it: "in 2031", "in 2031-03", "on 2031-03-05"."""
    if start is None or end is None:
        bounds = (f"from {day(start)}" if start else "", f"until {day(end - _MOMENT)}" if end else "")
        return " ".join(filter(None, bounds)) or "at any time"
    last = end - _MOMENT
    if (start.month, start.day, last.month, last.day) == (1, 1, 12, 31):
        return f"in {start.year}" if start.year == last.year else f"from {start.year} to {last.year}"
    if day(start) == day(last):
        return f"on {day(start)}"
    if start.day == 1 and f"{start:%Y-%m}" == f"{last:%Y-%m}" and end.day == 1:
        return f"in {start:%Y-%m}"
    return f"from {day(start)} to {day(last)}"


def hit_lines(hits: Sequence[Hit], *, brief: bool = False) -> Iterator[str]:
    for rank, hit in enumerate(hits, start=1):
        place = f", {clean(hit.place)}" if hit.place else ""
        yield f"{rank:>3}. {day(hit.published)}{place}  {clean(hit.headline) or '(no headline)'}  [{hit.provider}, {hit.language}]"
        if not brief:
            yield f"     {' '.join(clean(hit.passage).split())}"
            yield f"     {hit.guid} v{hit.version}, characters {hit.start}–{hit.end}"
            if hit.duplicates:
                yield f"     also: {', '.join(hit.duplicates)}"


def facet_lines(facets: Facets) -> Iterator[str]:
    yield f"\n{facets.stories} stories match"
    for title, counted in (
        ("year", facets.years),
        ("language", facets.languages),
        ("provider", facets.providers),
        ("subject", facets.subjects),
    ):
        named = (
            f"{clean(one.value)}{f' ({clean(one.name)})' if one.name else ''} {one.stories}"
            for one in counted
        )
        if counted:
            yield f"{title}: {', '.join(named)}"


def answer_lines(answer: Answer) -> Iterator[str]:
    """The checked sentences with numbered citations, then each citation's words, then what was withheld."""
    numbers: dict[Citation, int] = {}
    sentences = []
    for sentence in answer.sentences:
        marks = "".join(f"[{numbers.setdefault(c, len(numbers) + 1)}]" for c in sentence.citations)
        sentences.append(f"{clean(sentence.text)} {marks}".rstrip())
    yield " ".join(sentences) or clean(answer.text)
    if numbers:
        yield ""
    for citation, number in numbers.items():
        yield f"[{number}] {day(citation.published)}  {clean(citation.headline) or citation.guid}"
        yield f"    “{clean(citation.quote)}”"
        yield f"    {citation.guid} v{citation.version}, characters {citation.start}–{citation.end}"
    for sentence in answer.withheld:
        yield f"\nwithheld: {clean(sentence.text)}"
        for reason in sentence.reasons:
            yield f"    {clean(reason)}"
    if answer.outcome is Outcome.NOT_IN_ARCHIVE and answer.evidence:
        yield "\nnearest stories:"
        yield from hit_lines(answer.evidence[:3], brief=True)
    tokens = f"{answer.tokens.prompt} + {answer.tokens.generated} tokens" if answer.model else None
    called = None if answer.answer_id is None else f"answer {answer.answer_id}"
    about = (called, OUTCOMES[answer.outcome], answer.model or "quoted without a model", tokens)
    yield f"\n({'; '.join(filter(None, about))}; {answer.seconds.total:.1f} s)"


def story_lines(record: StoryRecord, *, number: int | None, history: bool) -> Iterator[str]:
    yield f"{record.guid}  [{record.provider}]  {STATUSES[record.status]}"
    for version in record.versions:
        if number not in (None, version.version):
            continue
        yield f"\nversion {version.version}, {version.published.isoformat()}, {version.language or '?'}, {STATUSES[version.status]}"
        yield clean(version.headline) or "(no headline)"
        if version.ed_note:
            yield f"({clean(version.ed_note)})"
        place = clean(version.dateline_place)
        yield ""
        for paragraph in version.body.split("\n\n"):
            yield f"{place} — {clean(paragraph)}" if place else clean(paragraph)
            place = ""
    if history:
        yield "\nhistory:"
        if not record.history:
            yield "  nothing was done to it"
        for entry in record.history:
            yield f"  {entry.at.isoformat()}  {entry.action}  {entry.actor}  {clean(entry.reason)}"


def stored_answer_lines(rows: Sequence[StoredAnswer]) -> Iterator[str]:
    for row in rows:
        yield f"{row.answer_id:>5}  {row.asked_at:%Y-%m-%d %H:%M}  {OUTCOMES[row.outcome]}: {clean(row.question)}"
        if row.text:
            yield f"       {clean(row.text)}"
        yield from _stale_lines(row.stale)


def given_answer_lines(given: GivenAnswer) -> Iterator[str]:
    """An answer given earlier; of one that is withdrawn nothing but why."""
    by = f" by {clean(given.asked_by)}" if given.asked_by else ""
    yield f"asked on {given.asked_at:%Y-%m-%d %H:%M} UTC{by}: {clean(given.answer.question)}"
    yield from _stale_lines(given.stale)
    yield ""
    if given.withdrawn:
        yield "It quoted a story that may not be shown now."
    else:
        yield from answer_lines(given.answer)


def feedback_lines(given: GivenAnswer, said: Sequence[Feedback]) -> Iterator[str]:
    yield f"{given.answer.answer_id:>5}  {clean(given.answer.question)}"
    for one in said:
        right = f", right is: {clean(one.answer)}" if one.answer else ""
        comment = f" ({clean(one.comment)})" if one.comment else ""
        yield f"       {day(one.at)} {clean(one.person)}: {one.judgement}{right}{comment}"


def _stale_lines(reasons: Iterable[StaleReason]) -> Iterator[str]:
    for reason in reasons:
        since = f" since {day(reason.since)}" if reason.since else ""
        yield f"       stale: {reason.guid} was {reason.cause}{since}"
