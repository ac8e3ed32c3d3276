"""Who said it: a sentence that names a speaker names the span's speaker.

A plain "said" may be left out of an answer; hedged speech ("alleged", "accused") is the modality
check's. What is refused here is the wrong speaker.
"""

from __future__ import annotations

import re

from answering.folding import fold
from answering.lexicon import lexicon
from answering.verify.names import Name, find_names, name_stands
from answering.verify.objection import Context, ErrorKind, Objection, doubt

_NEAR = 40  # characters between a speaker's name and the verb


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    speakers = _speakers(sentence, context.claim_language)
    if not speakers:
        return []
    if not lexicon(context.language).speech.search(fold(span)):
        return [doubt(ErrorKind.ATTRIBUTION, f"the story does not give this as words of {speakers[0].text}")]
    said_by = _speakers(span, context.language)
    if not said_by:
        return []
    if any(name_stands(s, f"{context.before} {span}", context) for s in speakers):
        return []
    return [doubt(ErrorKind.ATTRIBUTION, f"in the story {said_by[0].text} says so, not {speakers[0].text}")]


def _speakers(text: str, language: str | None) -> list[Name]:
    """Names that stand beside a verb of saying."""
    positions = [m.span() for m in _speech(language).finditer(text.lower())]
    return [
        name
        for name in find_names(text, language)
        if any(
            0 <= name.start - end <= _NEAR // 2 or 0 <= start - name.end <= _NEAR // 2
            for start, end in positions
        )
    ]


def _speech(language: str | None) -> re.Pattern[str]:
    return lexicon(language).speech
