"""What the checks make of a sentence: a verdict, what was said against it, and how near the words came."""

from __future__ import annotations

from dataclasses import dataclass

from answering.verify.objection import ErrorKind, Objection, Severity
from domain.answer import Verdict

_DECISIVE = frozenset(
    {ErrorKind.MEANING, ErrorKind.NAME, ErrorKind.ROLE, ErrorKind.NEGATION, ErrorKind.DIRECTION}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    verdict: Verdict
    objections: tuple[Objection, ...]
    meaning: float

    @property
    def may_be_shown(self) -> bool:
        """Whether a reader may be given the sentence: supported, or in doubt only of a detail.

        A doubt of the meaning, or of who did what, is too much: on data/evaluation three in four
        sentences with such a doubt were wrong, all of them echoing a question's false premise.
        """
        if self.verdict is Verdict.UNSUPPORTED:
            return False
        return not any(o.kind in _DECISIVE or o.severity is Severity.VETO for o in self.objections)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(o.reason for o in self.objections))
