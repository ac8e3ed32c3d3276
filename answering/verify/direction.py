"""Opposites are not exchanged: rose and fell, more and less, won and lost, kept and gave up, …

The sentence's word must not have its opposite, and its opposite alone, in the span; where the span has
both, the words around them tell which of the two is meant. Works across languages: the pairs are the
same in all six.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from answering.folding import fold
from answering.lexicon import lexicon
from answering.verify import order
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.words import content_stems

_PAIRS = (
    ("up", "down"), ("win", "lose"), ("buy", "sell"), ("import", "export"), ("before", "after"),
    ("begin", "end"), ("accept", "reject"), ("profit", "loss"), ("most", "least"), ("alive", "dead"),
    ("dead", "injured"), ("arrest", "free"), ("north", "south"), ("east", "west"), ("join", "leave"),
    ("men", "women"), ("more", "less"), ("keep", "give_up"), ("stay", "leave"), ("impose", "lift"),
    ("ahead", "behind"), ("destroy", "save"), ("cause", "prevent"), ("suspend", "continue"),
    ("criticise", "praise"), ("attend", "miss"), ("advise", "dissuade"), ("near", "far"),
    ("on_left", "on_right"), ("first", "last"), ("younger", "older"), ("qualified", "eliminated"),
    ("appoint", "dismiss"), ("rise_over", "fall_under"), ("in_favour", "opposed"), ("success", "failure"),
)  # fmt: skip
# Pairs whose words also say much else: refused only where sentence and span are otherwise close.
_WEAK = frozenset({"before", "after", "more", "less", "begin", "end", "accept", "reject", "men", "women"})
# Pairs so common that they are held against each other only where the same words stand around them.
_LOCAL = frozenset(
    {
        "first", "last", "in_favour", "opposed", "keep", "give_up", "impose", "lift", "attend", "miss", "cause",
        "prevent", "ahead", "behind", "younger", "older", "success", "failure", "appoint", "dismiss", "suspend",
        "continue", "criticise", "praise", "stay", "save", "destroy", "win", "lose",
    }
)  # fmt: skip
_OPPOSITES: dict[str, set[str]] = {}
for _one, _other in _PAIRS:
    _OPPOSITES.setdefault(_one, set()).add(_other)
    _OPPOSITES.setdefault(_other, set()).add(_one)
_COMPANY = 40  # characters on either side taken as what the word is said of
_SINCE = re.compile(r"(?<!\w)(?:since|depuis|desde|seit|منذ)(?!\w)")
_EDGE = re.compile(r"[.;:!?\n]")


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    claim, story = _directions(sentence, context.claim_language), _directions(span, context.language)
    objections: list[Objection] = []
    for name, said in claim.items():
        for opposite in sorted(_OPPOSITES[name] & set(story)):
            if opposite in claim or {name, opposite} == {"alive", "dead"} & set(story):
                continue
            if not _is_exchanged(name, opposite, claim, story, across=context.crosses_languages):
                continue
            if {name, opposite} == {"first", "last"} and _SINCE.search(fold(f"{sentence} {span}")):
                continue  # "the first since 1986" comes after "the last, in 1986"
            if name in ("before", "after") and order.is_told(sentence, context):
                continue  # "the first was handed over two years before", of "two years after the first"
            weak = name in _WEAK or name in _LOCAL or context.crosses_languages or name in story
            make = doubt if weak else veto
            objections.append(
                make(ErrorKind.DIRECTION, f"the story says “{story[opposite][0].word}”, not “{said[0].word}”")
            )
    return objections


def _is_exchanged(
    name: str,
    opposite: str,
    claim: dict[str, tuple[_Said, ...]],
    story: dict[str, tuple[_Said, ...]],
    *,
    across: bool,
) -> bool:
    """Whether the span says the opposite of what the sentence's word is said of."""
    if across:
        return name not in story
    if name in ("before", "after"):
        return any(_straight(c, s) for c in claim[name] for s in story[opposite]) and name not in story
    against = max(len(c.around & s.around) for c in claim[name] for s in story[opposite])
    if name not in story:
        return against >= 1 if name in _LOCAL else True
    for_it = max(len(c.around & s.around) for c in claim[name] for s in story[name])
    return against >= 2 and against > for_it


@dataclass(frozen=True, slots=True)
class _Said:
    """A direction word where it stands, with the stems around it."""

    word: str
    left: frozenset[str]
    right: frozenset[str]

    @property
    def around(self) -> frozenset[str]:
        return self.left | self.right


def _straight(one: _Said, other: _Said) -> bool:
    """Whether the same stands on the same sides: "B after A" only turns "A before B" round."""
    straight = len(one.left & other.left) + len(one.right & other.right)
    return straight > len(one.left & other.right) + len(one.right & other.left)


@lru_cache(maxsize=8192)
def _directions(text: str, language: str | None) -> dict[str, tuple[_Said, ...]]:
    """Name of a direction → the words that say it."""
    folded = fold(text)
    found: dict[str, tuple[_Said, ...]] = {}
    for name, pattern in lexicon(language).direction.items():
        said = [_said(match, folded, language) for match in pattern.finditer(folded)]
        if said:
            found[name] = tuple(said)
    return found


def _said(match: re.Match[str], folded: str, language: str | None) -> _Said:
    before = _EDGE.split(folded[max(0, match.start() - _COMPANY) : match.start()])[-1]
    after = _EDGE.split(folded[match.end() : match.end() + _COMPANY])[0]
    left, right = content_stems(before, language)[-3:], content_stems(after, language)[:3]
    return _Said(match.group(), frozenset(left), frozenset(right))
