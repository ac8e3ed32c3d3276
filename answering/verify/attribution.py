"""Who said it: a sentence that names a speaker names the span's, and a speaker's view is not told as fact.

What a body announces of its own acts may be told without the "announced"; what someone calls, thinks,
fears or accuses another of may not.
"""

from __future__ import annotations

import re
from functools import lru_cache

from answering.folding import fold
from answering.lexicon import lexicon
from answering.verify.names import Name, find_names, name_stands
from answering.verify.objection import Context, ErrorKind, Objection, doubt
from answering.words import stem_set

_BEFORE, _AFTER = 20, 14  # characters between a speaker's name and the verb: "X said", "said X"
_REACH = 70  # characters on either side of a word of opinion that it may bear on
_MARKS = re.compile(r"[“”„«»\"]")


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    speakers = _speakers(sentence, context.claim_language)
    if not speakers:
        return _told_as_fact(sentence, span, context)
    if not lexicon(context.language).speech.search(fold(span)):
        return [doubt(ErrorKind.ATTRIBUTION, f"the story does not give this as words of {speakers[0].text}")]
    said_by = _speakers(span, context.language)
    if not said_by:
        return []
    told = " . ".join(name.text for name in said_by)
    if any(name_stands(s, told, context) for s in speakers):
        return []
    if any(name_stands(s, span, context) for s in speakers) and len(said_by) > 1:
        return []
    return [doubt(ErrorKind.ATTRIBUTION, f"in the story {said_by[0].text} says so, not {speakers[0].text}")]


def _told_as_fact(sentence: str, span: str, context: Context) -> list[Objection]:
    """What the span gives as someone's view, and the sentence as plain fact."""
    if context.crosses_languages or _MARKS.search(sentence):
        return []
    held = lexicon(context.claim_language)
    folded = fold(sentence)
    careful = [held.modality.get(k) for k in ("alleged", "denied", "possible")]
    if (
        held.speech.search(folded)
        or held.opinion.search(folded)
        or any(p and p.search(folded) for p in careful)
    ):
        return []
    stems = stem_set(sentence, context.claim_language)
    for word, scope in _opinions(span, context.language):
        # Half of what the sentence says, or nearly all of what the view is.
        if len(scope & stems) >= max(2, min((len(stems) + 1) // 2, (len(scope) * 3 + 3) // 4)):
            return [
                doubt(
                    ErrorKind.ATTRIBUTION, f"the story gives this as someone's word (“{word}”), not as fact"
                )
            ]
    return []


@lru_cache(maxsize=8192)
def _opinions(text: str, language: str | None) -> tuple[tuple[str, frozenset[str]], ...]:
    """Words of opinion, each with the stems of what follows it (or stands before it, in "…, he said")."""
    folded = fold(text)
    found: list[tuple[str, frozenset[str]]] = []
    for match in lexicon(language).opinion.finditer(folded):
        sentence_end = re.search(r"[.;!?\n]", folded[match.end() :])
        after = folded[
            match.end() : match.end() + min(_REACH, sentence_end.start() if sentence_end else _REACH)
        ]
        scope = stem_set(after, language)
        if len(scope) < 2:
            before = re.split(r"[.;!?\n]", folded[max(0, match.start() - _REACH) : match.start()])[-1]
            scope = stem_set(before, language)
        found.append((match.group(), scope))
    return tuple(found)


@lru_cache(maxsize=8192)
def _speakers(text: str, language: str | None) -> tuple[Name, ...]:
    """Names that stand beside a verb of saying."""
    lowered = text.lower()
    verbs = [
        (m.start(), m.end(), m.group() in _SOURCES)
        for m in lexicon(language).speech.finditer(lowered)
        if not _NAMED.search(lowered[: m.end()])
    ]
    return tuple(
        name
        for name in find_names(text, language)
        if name.surely
        and any(
            0 <= name.start - end <= _AFTER or (not source and 0 <= start - name.end <= _BEFORE)
            for start, end, source in verbs
        )
    )


# "The mascot is called Gil" gives a name, no words; "l'annonce" is a noun.
_NAMED = re.compile(
    r"(?<!\w)(?:(?:is|are|was|were|be|been|being) called|(?:l['’]|(?:la|une|the|an|el|un) )\w+)$"
)
# "According to X": only what follows is the speaker.
_SOURCES = frozenset({"according to", "selon", "d'après", "según", "segun", "segundo", "de acordo com", "laut", "zufolge",
                      "حسب", "بحسب", "وفقا"})  # fmt: skip
