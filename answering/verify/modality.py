"""What the story calls planned, possible, alleged, denied or failed is not told as a fact.

The other way round (the sentence more careful than the story) is no error. Plans that a later
story could have fulfilled are doubted, denials and failures refused.
"""

from __future__ import annotations

from functools import lru_cache

from answering.folding import fold
from answering.lexicon import lexicon
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.verify.tenses import asserts_past
from answering.words import stem_set

_READABLE = {
    "planned": "the story speaks of a plan or expectation, not of what happened",
    "possible": "the story calls it possible, not certain",
    "alleged": "the story reports it as alleged",
    "denied": "the story says that it was denied",
    "failed": "the story says that it failed or was refused",
    "conditional": "the story says it under a condition",
}
_REFUSED = frozenset({"denied", "failed", "alleged"})
_CAREFUL = frozenset({"planned", "possible", "alleged", "denied", "failed", "conditional"})
_REACH = 48  # characters after the word that it may bear on


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    claim, story = _kinds(sentence, context.claim_language), _kinds(span, context.language)
    objections: list[Objection] = []
    stems = stem_set(sentence, context.claim_language)
    for kind, scopes in story.items():
        if kind in claim or (kind != "denied" and _CAREFUL & set(claim)):
            continue
        if kind == "conditional" or (context.crosses_languages and kind in ("planned", "possible")):
            continue
        if kind == "planned" and not asserts_past(sentence, context.claim_language):
            continue  # a plan may be told in the present: "the contributions are renewed every five years"
        if not context.crosses_languages and not any(_bears_on(s, stems) for s in scopes):
            continue
        make = veto if kind in _REFUSED and not context.crosses_languages else doubt
        objections.append(make(ErrorKind.MODALITY, _READABLE[kind]))
    for kind in ("denied", "failed"):
        if kind in claim and not story and not context.crosses_languages:
            objections.append(veto(ErrorKind.MODALITY, f"the story does not say that it {_verb(kind)}"))
    return objections


def _bears_on(scope: frozenset[str], stems: frozenset[str]) -> bool:
    return bool(scope) and len(scope & stems) >= min(2, (len(scope) + 1) // 2)


def _verb(kind: str) -> str:
    return "was denied" if kind == "denied" else "failed or was refused"


@lru_cache(maxsize=8192)
def _kinds(text: str, language: str | None) -> dict[str, list[frozenset[str]]]:
    """Kind of care → the stems each such word bears on."""
    folded = fold(text)
    found: dict[str, list[frozenset[str]]] = {}
    for kind, pattern in lexicon(language).modality.items():
        for match in pattern.finditer(folded):
            reach = folded[match.end() : match.end() + _REACH].split(".")[0]
            found.setdefault(kind, []).append(stem_set(reach, language))
    return found
