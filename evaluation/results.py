"""One question's result as a line of a run file: enough to score again without asking again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from domain.answer import Answer, Outcome
from domain.query import SearchResult
from evaluation.measures.statements import Statement


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
    violations: tuple[str, ...] = ()  # kinds of evaluation.measures.violations.Violation, one a story shown
    year: int | None = None  # when the first story that holds the answer was published, where it is known
    joules: float | None = None
    joules_measured: bool = False

    @property
    def declined(self) -> bool:
        return self.outcome is Outcome.NOT_IN_ARCHIVE


def from_search(query_id: str, found: SearchResult) -> Result:
    """A story folded into another's hit ranks right behind it: the judgements may name either."""
    ranked = tuple(dict.fromkeys(guid for hit in found.hits for guid in (hit.guid, *hit.duplicates)))
    return Result(query_id=query_id, ranked=ranked, retrieve_seconds=found.seconds)


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
    """Results by query id. A last line cut short by a crash is dropped: its question is asked again."""
    if not path.is_file():
        return {}
    results: dict[str, Result] = {}
    with path.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            row = orjson.loads(line)
            row["outcome"] = Outcome(row["outcome"]) if row["outcome"] else None
            row["ranked"] = tuple(row["ranked"])
            for kind in ("shown", "withheld"):
                row[kind] = tuple(CitedSpan(**span) for span in row[kind])
            row["statements"] = tuple(
                Statement(supported=one["supported"], precise=tuple(one["precise"]))
                for one in row.get("statements", ())
            )
            row["violations"] = tuple(row.get("violations", ()))
            results[row["query_id"]] = Result(**row)
    return results
