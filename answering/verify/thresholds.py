"""Where meaning is close enough, as calibrated: read once from thresholds.toml beside this file.

`depeche verify calibrate` writes that file, with where its numbers come from; nothing else does.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STORED = Path(__file__).with_name("thresholds.toml")


@cache
def _stored() -> dict[str, float]:
    values = tomllib.loads(STORED.read_text("utf-8"))["thresholds"]
    return {name: float(value) for name, value in values.items()}


def _default(name: str) -> float:
    return _stored()[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Limits on the scale of `verdict.meaning`, 0 to 1, one pair for each way it is measured."""

    supported: float = _default("supported")  # one language, with an embedder
    partly: float = _default("partly")
    supported_across: float = _default("supported_across")  # two languages, with an embedder
    partly_across: float = _default("partly_across")
    supported_words: float = _default("supported_words")  # one language, no embedder: shared words
    partly_words: float = _default("partly_words")
    supported_marks: float = _default("supported_marks")  # two languages, no embedder: numbers, dates, names
    partly_marks: float = _default("partly_marks")
    margin: float = _default(
        "margin"
    )  # how much less near than the nearest words others may be that clear a sentence

    asked_yes: float = _default("asked_yes")  # the language model's yes, from where on it takes a doubt away
    asked_no: float = _default("asked_no")  # … and below which it raises one
    asked_near: float = _default("asked_near")  # support nearer than the limit by this is not asked about
    # An entailment model's, likewise. By hand: no such model can be had where the others were calibrated.
    nli_yes: float = _default("nli_yes")
    nli_no: float = _default("nli_no")
    nli_near: float = _default("nli_near")

    def limits(self, *, across: bool, embedded: bool) -> tuple[float, float]:
        """From where on a sentence is supported, and from where on partly."""
        if embedded:
            return (self.supported_across, self.partly_across) if across else (self.supported, self.partly)
        return (
            (self.supported_marks, self.partly_marks) if across else (self.supported_words, self.partly_words)
        )
