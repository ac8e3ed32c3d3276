"""Whether a sentence stands on the words it cites.

One check a file, each `check(sentence, span, context) -> list[Objection]`, pure and free of models;
`verdict.judge` joins them with closeness of meaning.
"""

from answering.verify.claims import split_claims
from answering.verify.judgement import Judgement
from answering.verify.objection import Context, ErrorKind, Objection, Severity
from answering.verify.thresholds import Thresholds
from answering.verify.verdict import judge, objections

__all__ = [
    "Context", "ErrorKind", "Judgement", "Objection", "Severity", "Thresholds", "judge", "objections", "split_claims",
]  # fmt: skip
