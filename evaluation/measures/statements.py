"""ALCE's citation recall and precision (Gao et al. 2023): whether the words cited carry each sentence.

Recall of a sentence: 1 where all its quotes together support it, 0 where they do not or it cites nothing.
Precision of a citation: 1 where its sentence is supported, and the citation is needed or enough: it
supports the sentence alone, or the others without it do not. Both are averaged over an answer, then over
answers; one without a sentence has neither. ALCE asks a 11B NLI model and shows it whole passages; here our
verifier (`answering.verify`) is shown only the quotes. It also let these sentences through when the answer was
written, so that the figure says whether the quotes alone still carry them, not whether the verifier is right.
An entailment model named by the setting `verify.nli` judges the same quotes besides (`nli_…`), and how far the two
agree is said (measures/agreement.py): that one did not write the answer, but is no arbiter either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence shown. `precise` has an entry for each of its citations."""

    supported: bool
    precise: tuple[bool, ...]


def judge_statement(quotes: Sequence[T], supports: Callable[[Sequence[T]], bool]) -> Statement:
    """`supports`: whether these quotes, taken together, carry the sentence. Asked at most 2 n + 1 times."""
    if not quotes or not supports(quotes):
        return Statement(supported=False, precise=(False,) * len(quotes))
    if len(quotes) == 1:
        return Statement(supported=True, precise=(True,))
    precise = tuple(
        supports([quote]) or not supports([*quotes[:at], *quotes[at + 1 :]])
        for at, quote in enumerate(quotes)
    )
    return Statement(supported=True, precise=precise)


def statement_recall(statements: Sequence[Statement]) -> float | None:
    return fmean(one.supported for one in statements) if statements else None


def statement_precision(statements: Sequence[Statement]) -> float | None:
    precise = [flag for one in statements for flag in one.precise]
    return fmean(precise) if precise else None
