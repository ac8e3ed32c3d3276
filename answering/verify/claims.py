"""A sentence taken apart into the claims it makes, so that each can be held against words of its own.

Only where the edge is plain: a semicolon; "and" or "but" before a clause that has its own subject and verb,
or a verb whose subject the sentence begins with; a relative clause between commas, told of the name ahead of
it. In doubt a sentence stays whole: under "if" and "that", in someone's words, between quotation marks. A
claim is made of the sentence's own words, in their order.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from answering.folding import fold
from answering.lexicon import lexicon
from answering.verify.judgement import Judgement
from answering.verify.names import find_names
from answering.verify.tenses import PAST
from answering.words import words
from domain.answer import Verdict

_FILE = Path(__file__).parents[1] / "lexicons" / "claims.toml"
_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"|\([^)]*\)")
_WORD = re.compile(r"(?<!\w)[^\W\d_][\w’'-]*")
_MOST = 4  # claims of one sentence: what falls into more is a list, and is checked whole
_LEAST_WORDS = 3  # of a claim
_HEAD = 6  # words at most ahead of a clause's verb: its subject


@dataclass(frozen=True, slots=True)
class _Edges:
    """One language's patterns, over lower-case text."""

    join: re.Pattern[str]
    relative: re.Pattern[str]
    subject: re.Pattern[str]
    verb: re.Pattern[str]
    whole: re.Pattern[str]


@cache
def _edges(language: str | None) -> _Edges | None:
    raw = _read()
    if language is None or language not in raw:
        return None
    held = raw[language]
    marks = "[,،]" if language == "ar" else ","
    verbs = "|".join(filter(None, (PAST.get(language, ""), rf"(?<!\w)(?:{held['verbs']})(?!\w)")))
    subjects = held["subjects"] or r"(?!)"
    return _Edges(
        join=re.compile(rf"(?P<mark>{marks})?\s+(?:{held['joins']})\s+"),
        relative=re.compile(
            rf"{marks}\s+(?P<word>{held['relatives']})\s+(?P<clause>[^,،]+?)(?:{marks}|[.]?$)"
        ),
        subject=re.compile(rf"(?:{subjects})(?!\w)"),
        verb=re.compile(verbs if held["verbs"] else PAST[language]),
        whole=re.compile(rf"(?<!\w)(?:{held['whole']})(?!\w)"),
    )


@cache
def _read() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@lru_cache(maxsize=4096)
def split_claims(sentence: str, language: str | None) -> tuple[str, ...]:
    """The sentence's claims in order; the sentence alone where it is one, or where the edges are in doubt."""
    edges = _edges(language)
    hidden = _hidden(sentence)
    if edges is None or edges.whole.search(hidden) or _is_said(sentence, language):
        return (sentence,)
    claims: list[str] = []
    for start, end in _between(r"[;؛]", hidden):
        for claim in _without_relative(sentence[start:end].strip(), language, edges):
            claims += _coordinated(claim, language, edges)
    sound = all(len(words(c)) >= _LEAST_WORDS for c in claims)
    told = all(_verb(c, edges) for c in claims)
    return tuple(claims) if 1 < len(claims) <= _MOST and sound and told else (sentence,)


def _hidden(text: str) -> str:
    """The text with what stands in quotation marks or brackets, and every word with a capital, blotted out:
    neither holds an edge, nor a verb ("United")."""
    bare = _QUOTED.sub(lambda m: "·" * len(m.group()), text)
    return _WORD.sub(lambda m: "·" * len(m.group()) if m.group()[0].isupper() else m.group(), bare)


def _is_said(sentence: str, language: str | None) -> bool:
    """Whether it is someone's word: what follows "said" would be told as fact by itself."""
    held = lexicon(language)
    folded = fold(sentence)
    return bool(held.speech.search(folded) or held.opinion.search(folded))


def _between(mark: str, hidden: str) -> list[tuple[int, int]]:
    edges = [0, *(i for m in re.finditer(mark, hidden) for i in m.span()), len(hidden)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _verb(text: str, edges: _Edges) -> re.Match[str] | None:
    """The first finite verb of a text."""
    return edges.verb.search(_hidden(text))


def is_finite(word: str, language: str | None) -> bool:
    """Whether a word has the form of a finite verb; True for languages whose forms are not known here."""
    edges = _edges(language)
    return edges is None or edges.verb.fullmatch(word.lower()) is not None


def _without_relative(text: str, language: str | None, edges: _Edges) -> list[str]:
    """The sentence without its relative clause, and that clause told of the name ahead of it."""
    hidden = _hidden(text)
    found = edges.relative.search(hidden)
    if found is None or not _has_verb(found, edges, language):
        return [text]
    name = next((n for n in find_names(text, language) if n.surely and n.end == found.start()), None)
    rest = f"{text[: found.start()]} {text[found.end() :].lstrip()}".strip()
    if name is None or not _verb(rest, edges):
        return [text]
    return [rest, f"{name.text} {text[found.start('clause') : found.end('clause')]}"]


def _has_verb(found: re.Match[str], edges: _Edges, language: str | None) -> bool:
    clause = found["clause"]
    if language == "de":  # the verb ends a German clause: "Kohl, der Kanzler aus Mainz, …" has none
        return any(m.end() == len(clause.rstrip()) for m in edges.verb.finditer(clause))
    return bool(edges.verb.search(clause))


def _coordinated(text: str, language: str | None, edges: _Edges) -> list[str]:
    """The clauses that "and" or "but" joins, the last first looked for: what is left may be joined again."""
    hidden = _hidden(text)
    first = edges.verb.search(hidden)
    if first is None:
        return [text]
    for join in reversed(list(edges.join.finditer(hidden))):
        left, right = text[: join.start()], text[join.end() :]
        if first.end() > join.start():
            continue
        verb = edges.verb.search(hidden, join.end())
        if verb is None:
            continue
        ahead = hidden[join.end() : verb.start()]
        if not ahead.strip():
            head = text[: first.start()].strip()
            if _is_subject(head, edges, language):
                return [*_coordinated(left, language, edges), f"{head} {right}"]
        elif _is_subject(text[join.end() : verb.start()].strip(), edges, language):
            return [*_coordinated(left, language, edges), right]
    return [text]


def _is_subject(head: str, edges: _Edges, language: str | None) -> bool:
    """Whether the words ahead of a verb are its subject alone: few, and a name, pronoun or article first."""
    count = len(head.split())
    if not 1 <= count <= _HEAD or re.search(r"[,،:;]", head):
        return False
    return bool(edges.subject.match(head.lower())) or any(
        n.surely and n.start == 0 for n in find_names(head, language)
    )


def weakest(claims: Sequence[str], judgements: Sequence[Judgement]) -> Judgement:
    """The verdict on a sentence from those on its claims: the weakest one's, each reason naming its claim.

    Where some claims hold and others do not, the sentence is partly supported; one that a story speaks
    against still keeps it from being shown.
    """
    verdicts = {j.verdict for j in judgements}
    weak = Verdict.UNSUPPORTED if Verdict.UNSUPPORTED in verdicts else Verdict.PARTLY
    verdict = Verdict.SUPPORTED
    if verdicts != {Verdict.SUPPORTED}:
        verdict = Verdict.PARTLY if Verdict.SUPPORTED in verdicts else weak
    objections = tuple(
        replace(o, reason=f"“{claim.rstrip(' .')}”: {o.reason}")
        for claim, judgement in zip(claims, judgements, strict=True)
        for o in judgement.objections
    )
    return Judgement(
        verdict=verdict, objections=objections, meaning=min(judgement.meaning for judgement in judgements)
    )
