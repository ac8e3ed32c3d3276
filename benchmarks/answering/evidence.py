"""How soon the first evidence is there, without an answer: both sides in turn, question by question."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from statistics import fmean, median, quantiles

from benchmarks.answering.chain import Chain
from domain.answer import EvidenceFound
from domain.query import Query
from evaluation.sets import EvalQuery
from runtime import Archive

FIRST, SETTLED, CHAIN = "Dépêche, first evidence", "Dépêche, settled evidence", "plain LangChain chain"


def compare_first_evidence(archive: Archive, chain: Chain, asked: Sequence[EvalQuery]) -> str:
    """A line a side: median, ninth decile and mean milliseconds; the ratio is above 1 where Dépêche is sooner.

    The first pass over the questions loads what they need and does not count.
    """
    seconds: dict[str, list[float]] = {FIRST: [], SETTLED: [], CHAIN: []}
    for counts in (False, True):
        for query in asked:
            first, settled = _waited(archive, query)
            began = time.perf_counter()
            chain.retrieve(query)
            if counts:
                for name, value in ((FIRST, first), (SETTLED, settled), (CHAIN, time.perf_counter() - began)):
                    seconds[name].append(value)
    theirs = median(seconds[CHAIN])
    lines = ["| | median ms | ninth decile ms | mean ms |", "|---|---|---|---|"]
    for name, values in seconds.items():
        of = median(values)
        cells = (
            f"{of * 1e3:.0f} ({theirs / of:.2f})",
            *(f"{v * 1e3:.0f}" for v in (_ninth(values), fmean(values))),
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _ninth(values: Sequence[float]) -> float:
    return quantiles(values, n=10)[8] if len(values) > 1 else values[0]


def _waited(archive: Archive, query: EvalQuery) -> tuple[float, float]:
    """Seconds to the first evidence and to the settled."""
    began = time.perf_counter()
    asked = archive.understand(
        Query(text=query.text, filters=query.filters, limit=archive.settings.answer.evidence)
    )
    first: float | None = None
    with closing(archive.stream(asked, kept=False)) as events:
        for event in events:
            now = time.perf_counter() - began
            first = first or now
            if isinstance(event, EvidenceFound) and event.settled:
                return first, now
    raise AssertionError("a stream gives its evidence")
