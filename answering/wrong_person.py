"""A person for whom a question takes for granted what the archive gives another: an office, its end, a prize, a find.

The office must be one of a single holder, the year the question's, and all else that the question names must stand in
the story's own sentence or headline, which gives it to one other person; no story found gives it to whom the
question names. Of "A succeeded B" one of the two must be the story's, and the office or the year the question's.
Within one language, and where names are written with capitals. Sports are left out: of men and women, singles and
doubles the archive may have one alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from answering.evidence import EvidenceStory
from answering.folding import fold
from answering.happenings import Happening, dispute_words, office_spans, offices_in, told_in
from answering.lexicon import compile_words
from answering.names_told import holder
from answering.particulars import prizes_in, years_of
from answering.persons import persons, persons_in, same_person
from answering.questions import Asked, Kind
from answering.ranking import Ranked
from answering.verify.moments import find_moments
from answering.verify.names import Name, find_names, name_stands
from answering.words import same_language, stem_set

_FILE = Path(__file__).with_name("lexicons") / "holders.toml"
_PREMISES = ("enter", "exit", "prize", "discover", "follow")
_RIVAL_NEAR = 60  # characters from "against" to the rival
_LOOKED_AT = 48  # sentences in which what the question says may stand after all
_OTHER_WORDS = 0.6  # share of the question's other words that sentence and headline have, of a find
_NOT_A_PREMISE = frozenset({Kind.WHO, Kind.LIST})
_OF = re.compile(
    r"\s+(?:of|de|du|des|da|do|dos|das|del|der|von|d')\s?(?:the\s|la\s|l'|las\s|los\s|der\s|dem\s)?([\w'-]+)"
)
_SINGLE_PRIZES = frozenset({"literature"})  # the others are often shared


def against_person(asked: Asked, item: Ranked, ranked: Sequence[Ranked]) -> str | None:
    """How the sentence gives to another what the question takes for granted of a person; None where it does not."""
    if asked.kind in _NOT_A_PREMISE or not same_language(asked.language, item.story.hit.language):
        return None
    deeds = _deeds(asked.language)
    asked_for = [name for name in _PREMISES if deeds[name].asked.search(fold(asked.text))]
    people = persons_in(asked.text, asked.language, asked.text)
    if len(asked_for) != 1:
        return None
    if asked_for[0] == "follow":
        return _another_succession(asked, item, ranked, people) if len(people) == 2 else None
    # "General secretary of the Soviet Communist Party": what stands in the sentence too is no other person.
    claimed = [n for n in people if not name_stands(n, item.text, item.story.context(asked.language))]
    return (
        _another_holder(asked, item, ranked, claimed[0], deeds[asked_for[0]]) if len(claimed) == 1 else None
    )


def _another_holder(
    asked: Asked, item: Ranked, ranked: Sequence[Ranked], claimed: Name, deed: Happening
) -> str | None:
    if not _is_of_it(asked, item, claimed, deed):
        return None
    found = holder(_without(claimed, asked), item.text, item.story, deed)
    if found is None or _may_be_same(found, claimed):
        return None
    if any(_may_hold(claimed, s, asked, deed) for s in _stories(ranked)):
        return None
    if deed.name in ("enter", "exit") and not _is_known(claimed, ranked):
        return None  # an office may change hands twice in a year, and the archive have one time alone
    return f"the story says {found.text}, not {claimed.text}"


def _is_of_it(asked: Asked, item: Ranked, claimed: Name, deed: Happening) -> bool:
    """Whether the sentence is of the question's office, prize or find, and of its year."""
    story = item.story
    near = f"{story.hit.headline or ''}. {item.text}"
    others = [n for n in asked.names if not set(n.parts) & set(claimed.parts)]
    context = story.context(asked.language)
    around = f"{near} {story.hit.place or ''}"
    if not all(name_stands(n, around, context) for n in others):
        return False
    if deed.name in ("enter", "exit"):
        offices = offices_in(asked.text, asked.language)
        folded = fold(item.text)
        told = " . ".join(folded[a:b] for a, b in told_in(item.text, story.hit.language, deed))
        return (
            bool(offices)
            and offices == offices_in(told, story.hit.language)
            and _is_of_the_same_body(asked, item)
            and _is_of_its_year(asked, item)
        )
    if deed.name == "prize":
        prizes = set(prizes_in(asked.text, asked.language))
        given = set(prizes_in(item.text, story.hit.language))
        return prizes == given and prizes <= _SINGLE_PRIZES and bool(prizes) and _is_of_its_year(asked, item)
    wanted = asked.focus - stem_set(claimed.text, asked.language)
    found = wanted & stem_set(near, story.hit.language)
    return (
        bool(others)
        and len(found) >= len(wanted) * _OTHER_WORDS
        and (not asked.years or _is_of_its_year(asked, item))
    )


def _is_of_the_same_body(asked: Asked, item: Ranked) -> bool:
    """Whether what follows the office is alike: not "president of the university" for "president of the country"."""
    offices = offices_in(asked.text, asked.language)
    ours = _body(asked.text, asked.language, offices)
    theirs = _body(item.text, item.story.hit.language, offices)
    if ours is None or theirs is None:
        return True
    context = item.story.context(asked.language)
    return all(name_stands(a, b.text, context) for a, b in ((ours, theirs), (theirs, ours)))


def _body(text: str, language: str | None, offices: frozenset[str]) -> Name | None:
    """What the office is of, where the text says it; a word that is no name stands for itself."""
    folded = fold(text)
    spans = sorted(span for span, name in office_spans(text, language) if name in offices)
    led = _OF.match(folded, spans[0][1]) if spans and len(folded) == len(text) else None
    if led is None:
        return None
    named = [n for n in find_names(text, language) if n.start <= led.start(1) < n.end]
    word = Name(text=text[led.start(1) : led.end()], parts=(led[1],), start=led.start(1), end=led.end())
    return named[0] if named else word


def _is_of_its_year(asked: Asked, item: Ranked) -> bool:
    """The one year of the question is the one that the sentence names, or else that of its story."""
    language, day = item.story.hit.language, item.story.hit.published.date()
    named = {m.year for m in find_moments(item.text, language) if m.year}
    return len(asked.years) == 1 and (named or {day.year}) == set(asked.years)


def _may_hold(claimed: Name, story: EvidenceStory, asked: Asked, deed: Happening) -> bool:
    """Whether the story may give it to whom the question names after all, in the question's year."""
    language = story.hit.language
    texts = [story.text(i, i) for i in range(len(story.sentences))]
    for index, text in enumerate(texts):
        named = [n for n in persons(text, story) if _may_be_same(n, claimed)]
        years = {m.year for m in find_moments(text, language) if m.year} or {story.hit.published.year}
        if not named or (asked.years and not years & asked.years):
            continue
        if not same_language(asked.language, language):
            return True
        around = " ".join(texts[max(0, index - 1) : index + 2])
        if not _is_of_something_else(named, text, around, asked, deed, story):
            return True
    return False


def _is_of_something_else(
    named: Sequence[Name], text: str, around: str, asked: Asked, deed: Happening, story: EvidenceStory
) -> bool:
    """Whether what a sentence says of the person leaves no room for the question's: he was a rival of who entered
    the office, or entered another; nobody near him gives one up, or finds anything."""
    language = story.hit.language or ""
    deeds = _deeds(language)
    if deed.name in ("exit", "discover"):
        return not (deed.asked.search(fold(around)) or deed.told.search(fold(around)))
    if deed.name != "enter":
        return False
    offices = offices_in(text, language)
    if deed.told.search(fold(text)) and offices and not offices & offices_in(asked.text, asked.language):
        return True
    ahead = (fold(text[max(0, n.start - _RIVAL_NEAR) : n.start]) for n in named)
    return all(deeds["against"].asked.search(words) for words in ahead)


def _may_be_same(one: Name, other: Name) -> bool:
    """Whether they share a name: precision comes before brothers."""
    return bool(set(one.parts) & set(other.parts))


def _is_known(name: Name, ranked: Sequence[Ranked]) -> bool:
    """Whether the stories found name the person at all: of whom they know nothing they say nothing."""
    return any(same_person(n, name) for s in _stories(ranked) for n in persons(s.body, s))


def _stories(ranked: Sequence[Ranked]) -> list[EvidenceStory]:
    return list({r.story.hit.version_id: r.story for r in ranked[:_LOOKED_AT]}.values())


def _another_succession(
    asked: Asked, item: Ranked, ranked: Sequence[Ranked], claimed: Sequence[Name]
) -> str | None:
    wanted = _in_order(asked.text, asked.language, claimed)
    told = _succession(item.text, item.story) or _by_headline(item)
    if wanted is None or told is None or not _is_of_the_office(asked, item):
        return None
    (follower, before), (other_follower, other_before) = wanted, told
    same = same_person(follower, other_follower), same_person(before, other_before)
    if same == (True, True) or not any(same):
        return None
    if any(_may_follow(follower, before, r) for r in ranked[:_LOOKED_AT]):
        return None
    wrong, right = (before, other_before) if same[0] else (follower, other_follower)
    if not asked.years and not _is_known(wrong, ranked):
        return None  # one may hold an office twice, and the archive have one time alone
    return f"the story says {right.text}, not {wrong.text}"


def _is_of_the_office(asked: Asked, item: Ranked) -> bool:
    """Whether office and year of the question are the story's, one of them at least being given."""
    story = item.story
    offices = offices_in(asked.text, asked.language)
    if asked.years and not asked.years <= years_of(item):
        return False
    others = [n for n in asked.names if n.placed]
    near = f"{story.hit.headline or ''}. {story.hit.place or ''}. {story.body}"
    if not all(name_stands(n, near, story.context(asked.language)) for n in others):
        return False
    lead = f"{story.hit.headline or ''}. {story.text(0, min(1, len(story.sentences) - 1))} {item.text}"
    if dispute_words(story.hit.language)["again"].search(fold(lead)):
        return False
    named = offices_in(lead, story.hit.language)
    return bool(offices & named) if offices else bool(asked.years)


def _may_follow(follower: Name, before: Name, item: Ranked) -> bool:
    """Whether a sentence has both, or its succession is the question's."""
    told = _succession(item.text, item.story)
    if told is not None:
        return same_person(told[0], follower) and same_person(told[1], before)
    people = persons(item.text, item.story)
    both = [any(same_person(n, one) for n in people) for one in (follower, before)]
    return all(both) and bool(_deeds(item.story.hit.language or "")["follow"].asked.search(fold(item.text)))


def _by_headline(item: Ranked) -> tuple[Name, Name] | None:
    """What the headline says, where the first sentence names both: "Brown takes over from Blair"."""
    told = _succession(item.story.hit.headline or "", item.story) if item.index == 0 else None
    people = persons(item.text, item.story)
    named = told is not None and all(any(same_person(p, n) for p in people) for n in told)
    return told if named else None


def _succession(text: str, story: EvidenceStory) -> tuple[Name, Name] | None:
    """Who follows whom by the sentence; "she" is the one person that the headline names."""
    told = _deeds(story.hit.language or "")["follow"].told.search(fold(text))
    if told is None or len(fold(text)) != len(text):
        return None
    people = persons(text, story)
    ahead, behind = [n for n in people if n.end <= told.start()], [n for n in people if n.start >= told.end()]
    if (
        not behind and len(ahead) == 2 and story.hit.language == "de"
    ):  # "hatte Krenz den SED-Chef Honecker abgelöst"
        return (ahead[1], ahead[0]) if _is_passive(text, ahead[0].end, ahead[1]) else (ahead[0], ahead[1])
    if not behind:
        return None
    if _is_passive(text, told.end(), behind[0]):
        return (behind[0], ahead[-1]) if ahead else None
    if ahead:
        return (ahead[0], behind[0]) if len({n.parts[-1] for n in ahead}) == 1 else None
    heads = persons(story.hit.headline or "", story)
    alone = heads and all(same_person(n, heads[0]) for n in heads) and not same_person(heads[0], behind[0])
    return (heads[0], behind[0]) if alone else None


def _in_order(text: str, language: str, people: Sequence[Name]) -> tuple[Name, Name] | None:
    """Follower and predecessor of the question: in that order, but for "was replaced by"."""
    told = _deeds(language)["follow"].asked.search(fold(text))
    if told is None or len(fold(text)) != len(text):
        return None
    first, second = people
    return (second, first) if _is_passive(text, first.end, second) else (first, second)


def _is_passive(text: str, after: int, name: Name) -> bool:
    """Whether "by" stands between and right ahead of the name, one word of a title apart at most."""
    between = fold(text)[after : name.start].split()
    return any(_by().fullmatch(word) for word in between[-2:])


def _without(claimed: Name, asked: Asked) -> Asked:
    """The question less the person it names: the holder may share no part with its other names."""
    return replace(asked, names=tuple(n for n in asked.names if not set(n.parts) & set(claimed.parts)))


@cache
def _deeds(language: str) -> Mapping[str, Happening]:
    raw = tomllib.loads(_FILE.read_text("utf-8"))

    def words(held: Mapping[str, str], key: str) -> re.Pattern[str]:
        listed = (held.get(key, ""), held.get(f"{key}_{language}", ""))
        return compile_words("|".join(w for w in listed if w), language=language)

    return {
        name: Happening(name=name, asked=words(held, "asked"), told=words(held, "told"), once=False, one=True)
        for name, held in raw.items()
    }


@cache
def _by() -> re.Pattern[str]:
    return compile_words(tomllib.loads(_FILE.read_text("utf-8"))["follow"]["by"], language="en")
