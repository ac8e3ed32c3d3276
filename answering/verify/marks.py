"""What needs no translation: the share of a sentence's numbers, dates and names that a span has.

Across languages this stands beside closeness of meaning, as shared words do within one; with no embedder at hand it
alone says how near the two are.
"""

from __future__ import annotations

from answering.verify.moments import agree, find_moments
from answering.verify.names import find_names, name_stands
from answering.verify.objection import Context
from answering.verify.quantities import find_quantities, matches

_DOUBT = 0.5  # as of a mark not found: one mark alone says less than three


def share(sentence: str, span: str, context: Context) -> float | None:
    """0 (none found) to nearly 1 (many, and all of them found); None where the sentence has none."""
    stated = find_quantities(span, context.language)
    told = find_moments(span, context.language, anchor=context.day)
    near = f"{context.before} {span} {context.headline or ''}"
    found = [any(matches(q, s) for s in stated) for q in find_quantities(sentence, context.claim_language)]
    found += [any(agree(m, t) for t in told) for m in find_moments(sentence, context.claim_language)]
    found += [
        name_stands(name, near, context)
        for name in find_names(sentence, context.claim_language)
        if name.surely
    ]
    return sum(found) / (len(found) + _DOUBT) if found else None
