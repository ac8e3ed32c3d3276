"""Whose it is: what the sentence says of a name is not what the story, in one breath, says of another.

"Kuneva will deal with consumer protection and Orban with multilingualism": a story names several and gives each
a clause. Where the clause that has the sentence's words belongs to one name alone, and the sentence's name has a
clause of its own beside it, the two were exchanged. Within one language, where names have capitals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from answering.folding import fold, fold_words
from answering.verify.names import Name, find_names, name_stands
from answering.verify.objection import Context, ErrorKind, Objection, doubt
from answering.words import stem_set

# Commas and conjunctions, but not those between two names: a list of names is one owner.
_CLAUSE = re.compile(
    r"[,;:()\n]|[.!?](?=\s)|(?<!\w)(?:and|et|y|e|und|while|but|mais|pero|aber|mas|mientras|enquanto|tandis que|contre|against|gegen|contra)(?!\w)"
)
_ASIDE = fold_words(
    """of in at on for to with by from over de du des d en a au aux par pour avec sur del al con para por do da dos das em
    no na com ao von vom im am in an auf zu zum zur mit fur bei aus nach"""
)
_TO_AND_BY = fold_words(
    "to by a au aux par al por ao an zu zum zur von vom"
)  # a person after these has a part in it
_ARTICLES = fold_words("the a an le la les l un une el los las o os um uma der die das den dem ein eine")
_LEAST_SHARE = 0.5  # of the words said, that the other's clause must have


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clause:
    owners: tuple[Name, ...]
    said: frozenset[str]  # the stems beside the names


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    if context.crosses_languages or "ar" in (context.language, context.claim_language):
        return []
    told = _clauses(span, context.language)
    for claim in _clauses(sentence, context.claim_language):
        if len(claim.owners) == 1 and claim.said and (other := _of_another(claim, told, context)):
            reason = f"the story says this of {other.text}, not of {claim.owners[0].text}"
            return [doubt(ErrorKind.ROLE, reason)]
    return []


def _of_another(claim: _Clause, told: tuple[_Clause, ...], context: Context) -> Name | None:
    """The one name whose clause has what is said, where the sentence's own has another clause."""
    owner = claim.owners[0]
    shares = [len(claim.said & c.said) for c in told]
    most = max(shares, default=0)
    if most < max(1, len(claim.said) * _LEAST_SHARE) or shares.count(most) > 1:
        return None
    nearest = told[shares.index(most)]
    if len(nearest.owners) != 1 or not _alike(nearest.owners[0], owner):
        return None
    if _among(owner, nearest.owners, context):
        return None
    return nearest.owners[0] if any(_among(owner, c.owners, context) for c in told) else None


def _alike(one: Name, other: Name) -> bool:
    """A person is held against persons, a place against places, initials against initials."""
    return one.placed == other.placed and one.text.isupper() == other.text.isupper()


def _among(name: Name, others: tuple[Name, ...], context: Context) -> bool:
    return any(
        set(name.parts) & set(o.parts)
        or name_stands(name, o.text, context)
        or name_stands(o, name.text, context)
        for o in others
    )


@lru_cache(maxsize=4096)
def _clauses(text: str, language: str | None) -> tuple[_Clause, ...]:
    folded = fold(text)
    if len(folded) != len(text):  # offsets must mean the same in both
        return ()
    names = [n for n in find_names(text, language) if n.surely]
    edges = [0]
    for match in _CLAUSE.finditer(folded):
        if not _between_names(match, names, folded):
            edges += match.span()
    edges.append(len(text))
    return tuple(
        _clause(text, folded, start, end, names, language)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if folded[start:end].strip()
    )


def _between_names(mark: re.Match[str], names: list[Name], folded: str) -> bool:
    """ "Denmark, Ireland and the United Kingdom"."""
    ahead = max((n.end for n in names if n.end <= mark.start()), default=-1)
    behind = min((n.start for n in names if n.start >= mark.end()), default=-1)
    if ahead < 0 or behind < 0:
        return False
    between = folded[ahead : mark.start()] + " " + folded[mark.end() : behind]
    return all(word in _ARTICLES for word in re.findall(r"\w+", between))


def _clause(text: str, folded: str, start: int, end: int, names: list[Name], language: str | None) -> _Clause:
    here = [n for n in names if start <= n.start and n.end <= end]
    owners = tuple(n for n in here if not _is_led(n, folded, start))
    said = folded[start:end]
    for name in here:
        said = said.replace(fold(name.text), " ")
    return _Clause(owners=owners, said=stem_set(said, language))


def _is_led(name: Name, folded: str, start: int) -> bool:
    """Whether a preposition leads the name: "in Madrid", "of the CSU"."""
    ahead = [
        w for w in re.findall(r"\w+", folded[max(start, name.start - 16) : name.start]) if w not in _ARTICLES
    ]
    return bool(ahead) and ahead[-1] in (_ASIDE if name.placed else _ASIDE - _TO_AND_BY)
