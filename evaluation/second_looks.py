"""What a second look is worth on a set of pairs: the pairs in doubt put to a checker, and its bounds set on them.

The pairs are drawn at random from all that the rules leave in doubt, so that what is gained on them is what
would be gained on all, in proportion.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from answering.citations import find_support
from answering.review import question_of
from answering.verify import Judgement, Thresholds
from answering.verify.checkers import Bounds, Checker, Question, in_doubt, settled
from answering.verify.closeness import Closeness
from domain.answer import Verdict
from evaluation.verification import Figures, Pair, VerificationSet, judge_pairs
from evaluation.verification import figures as figures_of

SEED = 5
_GRID = [step / 20 for step in range(21)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """A pair that the rules leave in doubt, and how likely the checker finds it."""

    pair: Pair
    judgement: Judgement
    likely: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Bounds that fit, and what they do to the pairs asked about and, in proportion, to the half."""

    bounds: Bounds
    asked: int
    in_doubt: int  # of the half, those asked among them
    seconds: float  # a pair
    before: Figures  # of the pairs asked about
    after: Figures
    half_before: float  # balanced accuracy
    half_after: float


def weigh(
    of: VerificationSet,
    pairs: Sequence[Pair],
    checker: Checker,
    *,
    closeness: Closeness | None,
    thresholds: Thresholds,
    near: float,
    most: int,
    fitted: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Worth:
    """Asks about `most` of the pairs in doubt. `fitted`: sets the bounds on them; otherwise the stored ones hold."""
    stored = Bounds(yes=thresholds.asked_yes, no=thresholds.asked_no, near=near)
    doubtful = list(_in_doubt(of, pairs, closeness, thresholds, stored))
    chosen = random.Random(SEED).sample(doubtful, min(most, len(doubtful)))  # noqa: S311 - a sample, no secret
    began = time.perf_counter()
    asked: list[Doubtful] = []
    for pair, judgement, question in chosen:
        asked.append(Doubtful(pair=pair, judgement=judgement, likely=checker.supported(question)))
        if progress:
            progress(len(asked))
    seconds = (time.perf_counter() - began) / max(1, len(asked))
    judged, _ = judge_pairs(of, pairs, closeness=closeness, thresholds=thresholds)
    half = figures_of(judged)
    bounds = fit(asked, half, near=near) if fitted else stored
    return Worth(
        bounds=bounds, asked=len(asked), in_doubt=len(doubtful), seconds=seconds,
        before=_figures(asked, None), after=_figures(asked, bounds), half_before=half.balanced_accuracy,
        half_after=half.balanced_accuracy + _gain(asked, bounds, half) * len(doubtful) / max(1, len(asked)),
    )  # fmt: skip


def _in_doubt(
    of: VerificationSet,
    pairs: Sequence[Pair],
    closeness: Closeness | None,
    thresholds: Thresholds,
    bounds: Bounds,
) -> list[tuple[Pair, Judgement, Question]]:
    found = []
    for pair in pairs:
        story = of.stories[pair.story, pair.version]
        support = find_support(
            pair.sentence, story, language=pair.language, closeness=closeness, thresholds=thresholds
        )
        if support is None:
            continue
        limit, _ = thresholds.limits(across=pair.across, embedded=closeness is not None)
        if in_doubt(support.judgement, limit, bounds):
            found.append((pair, support.judgement, question_of(pair.sentence, support)))
    return found


def fit(asked: Sequence[Doubtful], half: Figures, *, near: float) -> Bounds:
    """The bounds that gain most balanced accuracy; of equals, those that change least."""
    never = Bounds(yes=2.0, no=-1.0, near=near)
    yes = max(_GRID, key=lambda at: (round(_gain(asked, replace(never, yes=at), half), 6), at))
    no = max(_GRID, key=lambda at: (round(_gain(asked, replace(never, no=at), half), 6), -at))
    return Bounds(yes=yes, no=no, near=near)


def _gain(asked: Sequence[Doubtful], bounds: Bounds, half: Figures) -> float:
    """Balanced accuracy of the half gained by these pairs alone."""
    kept = refused = 0
    for one in asked:
        change = _is_kept(one, bounds) - _is_kept(one, None)
        kept += change * one.pair.supported
        refused -= change * (not one.pair.supported)
    return (kept / max(1, half.supported) + refused / max(1, half.others)) / 2


def _is_kept(one: Doubtful, bounds: Bounds | None) -> bool:
    judgement = one.judgement if bounds is None else settled(one.judgement, one.likely, bounds)
    return judgement.verdict is Verdict.SUPPORTED


def _figures(asked: Sequence[Doubtful], bounds: Bounds | None) -> Figures:
    supported = [_is_kept(one, bounds) for one in asked if one.pair.supported]
    others = [not _is_kept(one, bounds) for one in asked if not one.pair.supported]
    return Figures(
        kept=sum(supported) / max(1, len(supported)), refused=sum(others) / max(1, len(others)),
        supported=len(supported), others=len(others),
    )  # fmt: skip
