"""The two sides in one table. A ratio above 1 is always in Dépêche's favour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from evaluation.measures.abstention import abstention
from evaluation.measures.answers import contains
from evaluation.measures.citations import citation_scores
from evaluation.results import Result
from evaluation.sets import EvalQuery, EvalSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one side over the same questions. Shares 0 to 1, seconds by the clock, None: of nothing."""

    answered_right: float | None
    answerable_right: float | None
    citation_precision: float | None
    citation_recall: float | None
    exact: float | None
    absent_declined: float | None
    present_declined: float | None
    evidence_seconds: float | None
    first_word_seconds: float | None
    total_seconds: float | None
    ingest_seconds: float | None


def figures(
    of: EvalSet, asked: Sequence[EvalQuery], results: Mapping[str, Result], ingest_seconds: float | None
) -> Figures:
    """Accuracy: an accepted answer stands in the text, word for word (evaluation.measures.answers)."""
    done = [results[q.query_id] for q in asked]
    right = {
        q.query_id: contains(results[q.query_id].text, q.answers) and not results[q.query_id].declined
        for q in asked
        if q.answerable and q.answers
    }
    answered = [is_right for query_id, is_right in right.items() if not results[query_id].declined]
    cited = citation_scores(done, of.qrels)
    refused = abstention(
        [(bool(q.answerable), results[q.query_id].declined) for q in asked if q.answerable is not None]
    )
    return Figures(
        answered_right=_share(answered),
        answerable_right=_share(list(right.values())),
        citation_precision=cited.precision,
        citation_recall=cited.recall,
        exact=cited.exact,
        absent_declined=refused.recall,
        present_declined=refused.answerable_declined,
        evidence_seconds=_middle([r.retrieve_seconds for r in done]),
        # A reader who is shown no draft has the first word when the answer is there.
        first_word_seconds=_middle([r.first_token_seconds or r.total_seconds or 0.0 for r in done]),
        total_seconds=_middle([r.total_seconds or 0.0 for r in done]),
        ingest_seconds=ingest_seconds,
    )


_ROWS: tuple[tuple[str, Callable[[Figures], float | None], str], ...] = (
    ("right, of the answerable questions answered", lambda f: f.answered_right, "higher"),
    ("right, of all answerable questions", lambda f: f.answerable_right, "higher"),
    ("citation precision", lambda f: f.citation_precision, "higher"),
    ("citation recall", lambda f: f.citation_recall, "higher"),
    ("absent answers declined", lambda f: f.absent_declined, "higher"),
    ("answerable questions declined", lambda f: f.present_declined, "lower"),
    ("first evidence, median s", lambda f: f.evidence_seconds, "lower"),
    ("first word, median s", lambda f: f.first_word_seconds, "lower"),
    ("whole answer, median s", lambda f: f.total_seconds, "lower"),
    ("ingestion, s", lambda f: f.ingest_seconds, "lower"),
)


def table(ours: Figures, theirs: Figures) -> str:
    lines = ["| measure | Dépêche | plain LangChain chain | ratio |", "|---|---|---|---|"]
    for name, value, better in _ROWS:
        lines.append(f"| {name} | {_written(value(ours))} | {_written(value(theirs))} | "
                     f"{_ratio(value(ours), value(theirs), better)} |")  # fmt: skip
    lines.append(
        f"| citations whose words stand where they say | {_written(ours.exact)} | whole chunks | – |"
    )
    return "\n".join(lines)


def _ratio(ours: float | None, theirs: float | None, better: str) -> str:
    if ours is None or theirs is None:
        return "–"
    over, under = (ours, theirs) if better == "higher" else (theirs, ours)
    if under == 0:
        return "–" if over == 0 else "∞"
    return f"{over / under:.2f}"


def _written(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _middle(values: Sequence[float]) -> float | None:
    return median(values) if values else None
