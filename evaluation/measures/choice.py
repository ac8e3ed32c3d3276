"""Which choice of a multiple-choice question an answer in words makes.

The one choice whose words stand in the answer, where exactly one does. Otherwise (none stands there, or
several) the choice with the highest token F1, among those that stand there if any do. A tie chooses none.
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.measures.answers import contains, token_f1


def chosen(text: str, choices: Sequence[str]) -> str | None:
    """The choice made, or None for an empty answer, for one that shares no word with any, and for a tie."""
    said = [choice for choice in choices if contains(text, [choice])]
    if len(said) == 1:
        return said[0]
    ranked = sorted(((token_f1(text, [c]), c) for c in said or choices), reverse=True)
    if not ranked or ranked[0][0] == 0 or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]
