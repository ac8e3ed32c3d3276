"""The sides in one table, Dépêche first. A ratio above 1 is always in Dépêche's favour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from evaluation.measures.citations import citation_scores
from evaluation.results import Result
from evaluation.scores import score
from evaluation.sets import EvalQuery, EvalSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one side over the same questions. Shares 0 to 1, seconds by the clock, None: of nothing."""

    answered_right: float | None
    answerable_right: float | None
    f1: float | None
    citation_precision: float | None
    citation_recall: float | None
    exact: float | None
    cited_characters: float | None  # median over the citations
    absent_declined: float | None
    present_declined: float | None
    evidence_seconds: float | None
    first_word_seconds: float | None
    total_seconds: float | None
    ingest_seconds: float | None


def figures(
    of: EvalSet, asked: Sequence[EvalQuery], results: Mapping[str, Result], ingest_seconds: float | None
) -> Figures:
    """By the measures of `depeche eval`: an accepted answer stands in the text, word for word; citations are
    judged by the set's own judgements."""
    done = [results[q.query_id] for q in asked]
    scores = score(of, {result.query_id: result for result in done})
    right = scores.get("answer_accuracy", {})
    cited = citation_scores(done, of.qrels)
    return Figures(
        answered_right=_mean([value for q, value in right.items() if not results[q].declined]),
        answerable_right=_mean(right.values()),
        f1=_mean(scores.get("f1", {}).values()),
        citation_precision=cited.precision,
        citation_recall=cited.recall,
        exact=cited.exact,
        cited_characters=_middle([float(len(span.quote)) for r in done for span in r.shown]),
        absent_declined=_mean(scores.get("absent_declined", {}).values()),
        present_declined=_mean(scores.get("answerable_declined", {}).values()),
        evidence_seconds=_middle([r.retrieve_seconds for r in done]),
        # A reader who is shown no draft has the first word when the answer is there.
        first_word_seconds=_middle([r.first_token_seconds or r.total_seconds or 0.0 for r in done]),
        total_seconds=_middle([r.total_seconds or 0.0 for r in done]),
        ingest_seconds=ingest_seconds,
    )


_ROWS: tuple[tuple[str, Callable[[Figures], float | None], str], ...] = (
    ("right, of the answerable questions answered", lambda f: f.answered_right, "higher"),
    ("right, of all answerable questions", lambda f: f.answerable_right, "higher"),
    ("F1, of all answerable questions", lambda f: f.f1, "higher"),
    ("citation precision", lambda f: f.citation_precision, "higher"),
    ("citation recall", lambda f: f.citation_recall, "higher"),
    ("citations whose words stand so in the story", lambda f: f.exact, "higher"),
    ("words a citation shows, median characters", lambda f: f.cited_characters, "lower"),
    ("absent answers declined", lambda f: f.absent_declined, "higher"),
    ("answerable questions declined", lambda f: f.present_declined, "lower"),
    ("first evidence, median s", lambda f: f.evidence_seconds, "lower"),
    ("first word, median s", lambda f: f.first_word_seconds, "lower"),
    ("whole answer, median s", lambda f: f.total_seconds, "lower"),
    ("ingestion, s", lambda f: f.ingest_seconds, "lower"),
)


def table(ours: Figures, theirs: Mapping[str, Figures]) -> str:
    """A column a side, by the name it has in `theirs`; the ratio stands in brackets behind its figure."""
    lines = [f"| measure | Dépêche | {' | '.join(theirs)} |", f"|---|---|{'---|' * len(theirs)}"]
    for name, value, better in _ROWS:
        cells = [_against(value(ours), value(side), better) for side in theirs.values()]
        lines.append(f"| {name} | {_written(value(ours))} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _against(ours: float | None, theirs: float | None, better: str) -> str:
    """A figure and its ratio; neither of a side that has none."""
    return "–" if theirs is None else f"{_written(theirs)} ({_ratio(ours, theirs, better)})"


def _ratio(ours: float | None, theirs: float | None, better: str) -> str:
    if ours is None or theirs is None:
        return "–"
    over, under = (ours, theirs) if better == "higher" else (theirs, ours)
    if under == 0:
        return "–" if over == 0 else "∞"
    return f"{over / under:.2f}"


def _written(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return fmean(listed) if listed else None


def _middle(values: Sequence[float]) -> float | None:
    return median(values) if values else None
