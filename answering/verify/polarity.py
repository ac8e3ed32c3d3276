"""The sentence denies what the span denies, and asserts what it asserts.

Within one language the words after a negation are compared: a "not" about something else in the
span does not count. Across languages only the presence of a negation can be compared.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

from answering.folding import fold
from answering.lexicon import compile_words, lexicon
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.words import content_stems, stem_set, words

_FILE = Path(__file__).parents[1] / "lexicons" / "implied.toml"
_REACH = 60  # characters after (and, in German, before) a negation that it may bear on
_BORN = re.compile(r"\b[Nn]é(?=e?s?\b)")  # without its accent "né" is "ne"
_FEW = 14  # words: a span this short is about one thing


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    claim, story = _negated(sentence, context.claim_language), _negated(span, context.language)
    if context.crosses_languages:
        if bool(claim) != bool(story) and (claim or len(words(span)) <= _FEW * 2):
            return [doubt(ErrorKind.NEGATION, _reason(denies=bool(story)))]
        return []
    if claim and not story and not _is_implied(claim, span, context.language):
        return [veto(ErrorKind.NEGATION, _reason(denies=False))]
    if claim and story and not any(set(c) & set(s) for c in claim for s in story):
        told = stem_set(span, context.language)
        # A word that the story has nowhere may be its own in other words: "no threat", "no danger".
        if any(set(c[:1]) & told for c in claim):
            return [doubt(ErrorKind.NEGATION, "the story denies something else")]
    if story and not claim:
        stems = stem_set(sentence, context.claim_language)
        if any(_bears_on(scope, stems) for scope in story):
            return [veto(ErrorKind.NEGATION, _reason(denies=True))]
    return []


def _is_implied(claim: tuple[tuple[str, ...], ...], span: str, language: str | None) -> bool:
    """Whether the span denies what the sentence negates by verbs that mean it: "gave up running"."""
    folded = fold(span)
    denied = {
        stem
        for m in _implied(language).finditer(folded)
        for stem in content_stems(_to_clause_end(folded[m.end() : m.end() + _REACH]), language)
    }
    return all(denied & set(scope) for scope in claim)


@cache
def _implied(language: str | None) -> re.Pattern[str]:
    raw = tomllib.loads(_FILE.read_text("utf-8"))
    return compile_words(raw.get(language or "", ""), language=language or "")


def _bears_on(scope: tuple[str, ...], stems: frozenset[str]) -> bool:
    """Whether what is negated is what the sentence asserts: its nearest word and half of the rest, or nearly all."""
    if not scope:
        return False
    share = sum(s in stems for s in scope) / len(scope)
    return (scope[0] in stems and share >= 0.5) or share >= 0.75


@lru_cache(maxsize=8192)
def _negated(text: str, language: str | None) -> tuple[tuple[str, ...], ...]:
    """For each negation, the stems of what it bears on, nearest first."""
    held = lexicon(language)
    folded = held.not_negation.sub(
        lambda m: " " * len(m.group()), fold(_BORN.sub("nai", text)).replace("n't", " n't")
    )
    scopes: list[tuple[str, ...]] = []
    last = -1
    for match in held.negation.finditer(folded):
        if match.start() - last < 25 and language == "fr" and last >= 0:
            continue  # "ne … pas" is one negation
        last = match.start()
        after = content_stems(_to_clause_end(folded[match.end() : match.end() + _REACH]), language)
        if language == "de":  # "wurde die Mauer nicht geöffnet", "kam er nicht": both sides
            after = (
                after[:2] or content_stems(folded[max(0, match.start() - 30) : match.start()], language)[::-1]
            )
        scopes.append(after[:4])
    return tuple(scopes)


def _to_clause_end(text: str) -> str:
    for mark in (".", ";", ":", "?", "!", "\n", ", "):
        text = text.split(mark, 1)[0]
    return text


def _reason(*, denies: bool) -> str:
    return "the story denies it" if denies else "the story does not deny it"
