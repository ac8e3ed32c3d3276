"""One question's result as a line of a run file: enough to score again without asking again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from domain.answer import Answer, Outcome, Sentence, Verdict
from domain.query import Hit, SearchResult
from evaluation.measures.statements import Statement

EVIDENCE_KEPT = 10  # places of a question, best first: what a reader looks at when an answer went wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSpan:
    """A citation as the reader saw it; `exact` was checked against the store when it was made."""

    guid: str
    version: int
    start: int
    end: int
    quote: str
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A passage that was found, by where it stands; its words stay in the archive."""

    guid: str
    version: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence as it was judged. `citations`: how many of the result's spans, in their order, are its own."""

    text: str
    verdict: Verdict
    reasons: tuple[str, ...]
    citations: int
    withheld: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`ranked`: guids best first. `shown` and `withheld`: citations of the two kinds of sentences."""

    query_id: str
    ranked: tuple[str, ...]
    retrieve_seconds: float
    outcome: Outcome | None = None  # None: only retrieval was run
    text: str = ""
    shown: tuple[CitedSpan, ...] = ()
    withheld: tuple[CitedSpan, ...] = ()
    first_token_seconds: float | None = None
    total_seconds: float | None = None
    prompt_tokens: int = 0
    generated_tokens: int = 0
    # Its order among a run's answers, not its size, means something: evaluation.runner.confidence.
    confidence: float | None = None
    statements: tuple[Statement, ...] = ()  # of the sentences shown
    entailed: tuple[Statement, ...] = ()  # of the same, by the entailment model, where one was configured
    violations: tuple[str, ...] = ()  # kinds of evaluation.measures.violations.Violation, one a story shown
    year: int | None = None  # when the first story that holds the answer was published, where it is known
    joules: float | None = None
    joules_measured: bool = False
    said: tuple[Said, ...] = ()  # sentences shown, then those withheld
    evidence: tuple[Place, ...] = ()

    @property
    def declined(self) -> bool:
        return self.outcome is Outcome.NOT_IN_ARCHIVE


def from_search(query_id: str, found: SearchResult) -> Result:
    """A story folded into another's hit ranks right behind it: the judgements may name either."""
    ranked = tuple(dict.fromkeys(guid for hit in found.hits for guid in (hit.guid, *hit.duplicates)))
    return Result(
        query_id=query_id, ranked=ranked, retrieve_seconds=found.seconds, evidence=_places(found.hits)
    )


def with_answer(
    result: Result, answer: Answer, spans: tuple[tuple[CitedSpan, ...], tuple[CitedSpan, ...]]
) -> Result:
    """`spans`: those of the sentences shown, and of those withheld."""
    return replace(
        result,
        retrieve_seconds=answer.seconds.retrieve,
        outcome=answer.outcome,
        text=answer.text,
        shown=spans[0],
        withheld=spans[1],
        first_token_seconds=answer.seconds.first_token,
        total_seconds=answer.seconds.total,
        prompt_tokens=answer.tokens.prompt,
        generated_tokens=answer.tokens.generated,
        said=(
            *(_said(sentence, withheld=False) for sentence in answer.sentences),
            *(_said(sentence, withheld=True) for sentence in answer.withheld),
        ),
        evidence=_places(answer.evidence),
    )


def _places(hits: Sequence[Hit]) -> tuple[Place, ...]:
    return tuple(
        Place(guid=hit.guid, version=hit.version, start=hit.start, end=hit.end)
        for hit in hits[:EVIDENCE_KEPT]
    )


def _said(sentence: Sentence, *, withheld: bool) -> Said:
    return Said(
        text=sentence.text,
        verdict=sentence.verdict,
        reasons=sentence.reasons,
        citations=len(sentence.citations),
        withheld=withheld,
    )


def append(path: Path, result: Result) -> None:
    """One line, flushed, so that an interrupted run resumes after it."""
    with path.open("ab") as stream:
        stream.write(orjson.dumps(asdict(result)) + b"\n")


def drop_torn_line(path: Path) -> None:
    """Cuts off a last line that a crash left unfinished, so that the next one does not join it."""
    if path.is_file() and not (content := path.read_bytes()).endswith(b"\n"):
        with path.open("r+b") as stream:
            stream.truncate(content.rfind(b"\n") + 1)


def read(path: Path) -> dict[str, Result]:
    """Results by query id."""
    return {result.query_id: result for result in each(path)}


def each(path: Path) -> Iterator[Result]:
    """One after the other. A last line cut short by a crash is dropped: its question is asked again."""
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                return
            yield parse(line)


def parse(line: bytes) -> Result:
    """A line of results.jsonl; one that an earlier program wrote lacks what was added since."""
    row = orjson.loads(line)
    row["outcome"] = Outcome(row["outcome"]) if row["outcome"] else None
    row["ranked"] = tuple(row["ranked"])
    for kind in ("shown", "withheld"):
        row[kind] = tuple(CitedSpan(**span) for span in row[kind])
    for kind in ("statements", "entailed"):
        row[kind] = tuple(
            Statement(supported=one["supported"], precise=tuple(one["precise"])) for one in row.get(kind, ())
        )
    row["violations"] = tuple(row.get("violations", ()))
    row["said"] = tuple(
        Said(**one | {"verdict": Verdict(one["verdict"]), "reasons": tuple(one["reasons"])})
        for one in row.get("said", ())
    )
    row["evidence"] = tuple(Place(**one) for one in row.get("evidence", ()))
    return Result(**row)
