"""Who did it to whom: the sentence gives a verb the doer and the sufferer that the story gives it.

Read from word order alone: the name that ends right before a verb is its doer, the one right after
it the sufferer; "by", "par", "por", "von" turn them round. Within one language, and where names are
written with capitals; a verb that the span does not have is looked for in the whole story.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from answering.folding import fold, fold_words
from answering.lexicon import lexicon
from answering.verify.claims import is_finite
from answering.verify.names import Name, find_names, name_stands
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.words import stem

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BY = frozenset({"by", "par", "por", "pelo", "pela", "von", "vom", "durch"})
# Words that may stand between a name and its verb: auxiliaries and pronouns.
_LINKS = fold_words(
    """has had have was were is are been be being a ont avait avaient est fut furent ete s se ha han habia fue fueron sido
    hat haben hatte hatten wurde wurden worden ist foi foram tinha also then now later aussi alors luego tambien auch
    dann tambem"""
)
_REACH = 3  # words between the verb and the name after it: "le Suédois", "the former president"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One verb with the names beside it."""

    verb: str  # stem
    word: str
    doer: Name | None = None
    sufferer: Name | None = None


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    if context.crosses_languages or context.claim_language == "ar":
        return []
    objections: list[Objection] = []
    stated = relations(span, context.language)
    for claim in relations(sentence, context.claim_language):
        near = [s for s in stated if s.verb == claim.verb]
        objection = _turned_round(claim, near, context)
        # English puts nouns bare beside names ("elected Gorbachev general secretary"): only what has a verb's form.
        verb = context.claim_language != "en" or is_finite(claim.word, "en")
        if objection is None and verb and context.claim_language != "de":
            objection = _another(claim, near, context)
        if objection:
            objections.append(objection)
    return objections


def _turned_round(claim: Relation, near: list[Relation], context: Context) -> Objection | None:
    """The doer of the sentence is the span's sufferer, or the sufferer its doer."""
    if context.claim_language == "de":  # doer and sufferer stand on either side: only pairs can be compared
        near = [s for s in near if s.doer and s.sufferer and claim.doer and claim.sufferer]
    for name, same, others in (
        (claim.doer, [s.doer for s in near], [s.sufferer for s in near]),
        (claim.sufferer, [s.sufferer for s in near], [s.doer for s in near]),
    ):
        if name and _among(name, others, context) and not _among(name, same, context):
            return veto(ErrorKind.ROLE, f"the story turns it round: who did it and to whom (“{claim.word}”)")
    return None


def _another(claim: Relation, near: list[Relation], context: Context) -> Objection | None:
    """The story gives the verb, here or elsewhere, to another name, and nowhere to the sentence's."""
    whole = f"{context.headline or ''}.\n{context.body}"
    told = near + [r for r in relations(whole, context.language) if r.verb == claim.verb]
    for role in ("doer", "sufferer"):
        name: Name | None = getattr(claim, role)
        fillers = [
            n
            for r in told
            if (n := getattr(r, role)) and name and n.placed == name.placed and n.common <= name.common
        ]  # a person is held against persons, a place against places
        if name and fillers and not _among(name, fillers, context) and name_stands(name, whole, context):
            shown = (
                f"{fillers[0].text} … {claim.word}" if role == "doer" else f"{claim.word} … {fillers[0].text}"
            )
            return doubt(ErrorKind.ROLE, f"the story says “{shown}”, not {name.text}")
    return None


def _among(name: Name, others: Sequence[Name | None], context: Context) -> bool:
    return any(
        other and (name_stands(name, other.text, context) or name_stands(other, name.text, context))
        for other in others
    )


@lru_cache(maxsize=4096)
def relations(text: str, language: str | None) -> tuple[Relation, ...]:
    """The verbs (any word but little ones and nouns) that stand right beside a name."""
    names = [n for n in find_names(text, language) if n.surely]
    if not names:
        return ()
    articles = _ARTICLES.get(language, frozenset())
    tokens = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]
    inside = {
        i for i, (start, end, _) in enumerate(tokens) for n in names if n.start <= start and end <= n.end
    }
    found: list[Relation] = []
    for i, (_, _, word) in enumerate(tokens):
        noun = i and fold(tokens[i - 1][2]) in articles
        if i in inside or noun or not _may_be_verb(word, language):
            continue
        after, by = _name_after(i, tokens, names, inside, text, language)
        before, passive = _name_before(i, tokens, names, inside, text, articles, over_comma=by)
        if before or after:
            doer, sufferer = (after if by else None, before) if by or passive else (before, after)
            found.append(Relation(verb=stem(fold(word), language), word=word, doer=doer, sufferer=sufferer))
    return tuple(found)


_Token = tuple[int, int, str]


def _may_be_verb(word: str, language: str | None) -> bool:
    folded = fold(word)
    return word[0].islower() and len(folded) > 2 and folded not in lexicon(language).stopwords | _LINKS | _BY


def _name_before(
    i: int,
    tokens: list[_Token],
    names: list[Name],
    inside: set[int],
    text: str,
    articles: frozenset[str],
    *,
    over_comma: bool,
) -> tuple[Name | None, bool]:
    """The name that ends right before the verb, and whether an auxiliary between makes it passive.

    `over_comma`: "Honecker, replaced by …" is told of Honecker; "in Bonn, won" is not told of Bonn.
    """
    j, passive = i - 1, False
    while j >= 0 and j not in inside and fold(tokens[j][2]) in _LINKS and i - j <= _REACH:
        passive = passive or fold(tokens[j][2]) in _PASSIVE
        j -= 1
    if j < 0 or j not in inside:
        return None, False
    if re.search(r"[.;:!?\n\d]" if over_comma else r"[.;:!?\n\d,]", text[tokens[j][1] : tokens[i][0]]):
        return None, False
    name = next(n for n in names if n.start <= tokens[j][0] and tokens[j][1] <= n.end)
    ahead = [w for w in fold(text[max(0, name.start - 20) : name.start]).split() if w not in articles]
    if ahead and ahead[-1] in _NOT_SUBJECT:
        return None, False  # "the mayor of Paris said", "Kohl and the CSU won"
    return name, passive


def _name_after(
    i: int, tokens: list[_Token], names: list[Name], inside: set[int], text: str, language: str | None
) -> tuple[Name | None, bool]:
    """The name after the verb, and whether "by" stands between."""
    by = False
    articles = _ARTICLES.get(language, frozenset())
    stopwords = lexicon(language).stopwords
    for j in range(i + 1, min(i + 2 + _REACH * 3, len(tokens))):
        if re.search(r"[.;:!?\n,]", text[tokens[j - 1][1] : tokens[j][0]]):
            return None, False
        word = fold(tokens[j][2])
        if j in inside:
            name = next(n for n in names if n.start <= tokens[j][0] and tokens[j][1] <= n.end)
            return (name, by) if by or j - i <= _REACH else (None, False)
        if word in _BY:
            by = True
        elif not by and word in stopwords - articles and not _by_follows(j, tokens):
            return None, False  # a preposition: "won in Paris" does nothing to Paris
    return None, False


def _by_follows(j: int, tokens: list[_Token]) -> bool:
    """ "sustituido el 18 de octubre por Egon Krenz": what lies before the "by" is skipped."""
    return any(fold(word) in _BY for _, _, word in tokens[j + 1 : j + 5])


_ARTICLES: dict[str | None, frozenset[str]] = {
    "en": fold_words("the a an"),
    "fr": fold_words("le la les l un une"),
    "es": fold_words("el la los las lo un una al a"),
    "de": fold_words("der die das den dem ein eine einen"),
    "pt": fold_words("o a os as um uma ao"),
}
_WITHIN = fold_words("en in im na no")
_PASSIVE = fold_words("was were been being ete fut furent wurde wurden worden fue fueron sido foi foram")
_NOT_SUBJECT = fold_words(
    "of and de du des del do da dos et y e und von in en im am at em with avec con mit com from"
)
