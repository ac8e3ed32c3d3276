"""Which model answers a question: rules by its language and by how much it asks for, the first that fits.

A lookup asks for one fact (who, when, where, how many); everything else (lists, reasons, comparisons,
accounts) is synthesis: it is worth a larger model's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from answering.languages import question_language
from answering.questions import Kind, understand

_ONE_FACT = frozenset({Kind.WHO, Kind.WHEN, Kind.WHERE, Kind.HOW_MANY})


class Task(StrEnum):
    LOOKUP = "lookup"
    SYNTHESIS = "synthesis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`use` names a model as the setting `model.name` does; a condition that is None always holds."""

    use: str
    language: str | None = None
    task: Task | None = None


def task_of(question: str, language: str) -> Task:
    return Task.LOOKUP if understand(question, language).kind in _ONE_FACT else Task.SYNTHESIS


def choose(rules: Sequence[Rule], question: str, *, filtered: frozenset[str] = frozenset()) -> str | None:
    """The model of the first rule that fits the question; None when none does.

    `filtered`: languages the stories are filtered by, which help to tell the question's own.
    """
    if not rules:
        return None
    language = question_language(question, filtered=filtered)
    task = task_of(question, language)
    for rule in rules:
        if rule.language in (None, language) and rule.task in (None, task):
            return rule.use
    return None
