"""Exact match: the whole answer is an accepted one, after SQuAD's normalisation.

Answers here are whole sentences, so that it is near 0 by nature; it is here to be compared with
systems that answer in a few words.
"""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.measures.answers import tokens


def exact_match(text: str, accepted: Sequence[str]) -> bool:
    """An answer or an accepted one without any word matches nothing."""
    said = tokens(text)
    return bool(said) and any(said == tokens(answer) for answer in accepted)
