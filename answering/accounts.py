"""A day, or a person, that stories give differently for one event, told as a dated sequence.

Asked when it happened or who it was, each part of the sequence is one sentence that cites one story. The event
must be the same beyond doubt. A later story that says outright that the other is wrong settles it. Else: the days
are of what comes once, or lie close together; the persons are of a post or title that falls to one, on a day that
both stories name; and neither story names what the other says. Two elections are no dispute, nor is a preview.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.core import UnknownLocaleError
from babel.dates import format_date

from answering.citations import cite
from answering.days_told import as_date, day_told, is_by_night, mentions
from answering.evidence import EvidenceStory
from answering.folding import fold
from answering.happenings import Happening, dispute_words, happening_of, offices_in, told_in
from answering.lexicon import lexicon
from answering.names_told import denied, holder
from answering.outcome import Bearing, Limits, bears_on
from answering.persons import persons, same_person
from answering.phrases import day_in_words, in_sequence, phrase
from answering.questions import Asked, Kind
from answering.ranking import Ranked
from answering.verify.moments import Moment, contradict, find_moments
from answering.verify.names import Name, name_stands
from answering.words import same_language, stem_set
from domain.answer import Sentence, Verdict

# As for figures (`answering.changes`).
_LOOKED_AT, _NEAR_BEST = 24, 0.6
# What comes once may be dated years apart by mistake; what may come again is one event within some days. A report
# and its correction follow each other closely. Set by hand; docs/evaluation.md has what is told wrongly (nothing).
_ONCE, _ONE_EVENT, _FOLLOWS = timedelta(days=5 * 366), timedelta(days=3), timedelta(days=31)
_WORDS = (
    0.7  # share of the question's other words that sentence and headline have; all where it names nothing
)
_LEAST = 5  # letters of a stem that may be another form's beginning


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one story says: the day, or the person."""

    said: Moment | Name
    day: Moment | None  # on which it happened by the story, where the account is of a person
    item: Ranked
    bearing: Bearing

    @property
    def story(self) -> EvidenceStory:
        return self.item.story


def differing_accounts(asked: Asked, ranked: Sequence[Ranked], limits: Limits) -> tuple[Account, ...]:
    """What the stories say, in their order, where two of them cannot both be right; none where they can."""
    happening = happening_of(asked) if asked.kind in (Kind.WHEN, Kind.WHO) else None
    if happening is None or _asks_for_several(asked):
        return ()
    told = _accounts(asked, ranked, limits, happening)
    pairs = [(a, b) for i, a in enumerate(told) for b in told[i + 1 :] if _contradict(a, b, asked, happening)]
    if not pairs:
        return ()
    involved = [account for account in told if any(account is one for pair in pairs for one in pair)]
    steps: list[Account] = []
    for account in involved:
        if not steps or _differ(steps[-1].said, account.said):
            steps.append(account)
    return tuple(steps)


def accounts_as_sentences(steps: Sequence[Account], asked: Asked) -> tuple[tuple[Sentence, Bearing], ...]:
    """ "The archive gives different dates: 8 March 1998 (story of 9 March 1998)," [1] "then …" [2]"""
    language = asked.language
    sentences = []
    for position, step in enumerate(steps):
        text = phrase("told_by", language, what=_in_words(step.said, language),
                      date=day_in_words(_published(step), language))  # fmt: skip
        opening = "names_differ" if isinstance(step.said, Name) else "days_differ"
        text = in_sequence(text, position, [_published(s) for s in steps], language, opening=opening)
        citation = cite(step.story, *step.story.sentences[step.item.index])
        sentences.append(
            (Sentence(text=text, verdict=Verdict.SUPPORTED, citations=(citation,)), step.bearing)
        )
    return tuple(sentences)


def still_differing(steps: Sequence[Account]) -> bool:
    """Whether what is left of a sequence, once stories are taken away, still differs."""
    return any(_differ(a.said, b.said) for i, a in enumerate(steps) for b in steps[i + 1 :])


def without_accounts(
    kept: Sequence[tuple[Sentence, Bearing]], steps: Sequence[Account]
) -> tuple[tuple[Sentence, Bearing], ...]:
    """The sentences that do not rest on a story of the sequence as if it were the only one."""
    cited = {(s.story.hit.guid, s.story.hit.version) for s in steps}
    return tuple((s, b) for s, b in kept if not any((c.guid, c.version) in cited for c in s.citations))


def _accounts(asked: Asked, ranked: Sequence[Ranked], limits: Limits, happening: Happening) -> list[Account]:
    """One for each story, by its best sentence that tells it, the earliest story first."""
    found: dict[int, Account] = {}
    for item in ranked[:_LOOKED_AT]:
        version = item.story.hit.version_id
        if item.score < ranked[0].score * _NEAR_BEST or version in found:
            continue
        if not same_language(asked.language, item.story.hit.language) or not _is_the_event(
            asked, item, happening
        ):
            continue
        day = day_told(asked, item, happening)
        said = day if asked.kind is Kind.WHEN else holder(asked, item.text, item.story, happening)
        bears = bears_on(asked, item)
        if said is not None and bears.answers(limits):
            found[version] = Account(said=said, day=day, item=item, bearing=bears)
    return sorted(found.values(), key=lambda a: a.story.hit.published)


def _is_the_event(asked: Asked, item: Ranked, happening: Happening) -> bool:
    """Whether sentence and headline have every name of the question, and most of its words beside the happening."""
    story = item.story
    near = f"{story.hit.headline or ''}. {item.text}"
    if not all(name_stands(name, near, story.context(asked.language)) for name in asked.names):
        return False
    of_happening = [m.group() for m in happening.asked.finditer(fold(asked.text))]
    wanted = asked.focus - stem_set(" ".join(of_happening), asked.language)
    stems = stem_set(near, story.hit.language)
    found = [w for w in wanted if any(_akin(w, s) for s in stems)]
    return len(found) >= len(wanted) * (_WORDS if asked.names else 1) and bool(asked.names or len(found) > 1)


def _akin(one: str, other: str) -> bool:
    """ "alcalde", "alcaldesa"."""
    return one == other or (min(len(one), len(other)) >= _LEAST and (one in other or other in one))


def _contradict(one: Account, other: Account, asked: Asked, happening: Happening) -> bool:
    if not _differ(one.said, other.said):
        return False
    earlier, later = sorted((one, other), key=lambda a: a.story.hit.published)
    if _mends(later, earlier):
        return True
    if _names(earlier, later.said) or _names(later, earlier.said):
        return False
    if isinstance(one.said, Moment) and isinstance(other.said, Moment):
        first, second = (_beside(a, asked, happening) for a in (one, other))
        alike = first <= second or second <= first if happening.once else first == second
        return alike and _days_contradict(one, other, happening)
    return happening.one and _same_day(one, other) and _same_prize(one, other, asked, happening)


def _days_contradict(one: Account, other: Account, happening: Happening) -> bool:
    days = [as_date(a.said) for a in (one, other) if isinstance(a.said, Moment)]
    if None in days:
        years = [a.said.year for a in (one, other) if isinstance(a.said, Moment) and a.said.year]
        return happening.once and len(years) == 2 and abs(years[0] - years[1]) * 366 <= _ONCE.days
    first, second = sorted(d for d in days if d)
    apart = second - first
    if apart.days == 1 and (is_by_night(one.item) or is_by_night(other.item)):
        return False
    close = abs(one.story.hit.published - other.story.hit.published) <= _FOLLOWS
    return apart <= (_ONCE if happening.once else _ONE_EVENT) and (happening.once or close)


def _same_day(one: Account, other: Account) -> bool:
    """Whether both stories say in so many words that it was the same day."""
    days = [as_date(a.day) if a.day else None for a in (one, other)]
    return days[0] is not None and days[0] == days[1]


def _same_prize(one: Account, other: Account, asked: Asked, happening: Happening) -> bool:
    """Whether both sentences tell of the same post or title, with no word more: no other round, class or sex."""
    language = one.story.hit.language
    first, second = (_beside(a, asked, happening) for a in (one, other))
    if first != second or any(_of_one_sex(a) for a in (one, other)):
        return False
    if happening.name == "win":
        return True
    offices = [offices_in(text, language) for text in (asked.text, one.item.text, other.item.text)]
    return bool(offices[0]) and offices[0] == offices[1] == offices[2]


def _beside(account: Account, asked: Asked, happening: Happening) -> frozenset[str]:
    """What the clauses that tell of it say beside what the question says: stems, without persons and days."""
    text, folded, language = account.item.text, fold(account.item.text), account.story.hit.language
    for moment in find_moments(text, language):
        folded = folded[: moment.start] + " " * (moment.end - moment.start) + folded[moment.end :]
    told = " ".join(folded[a:b] for a, b in told_in(text, language, happening))
    people = {part for n in persons(text, account.story) for part in n.parts}
    words = [w for w in happening.told.sub(" ", told).split() if w.strip(".,") not in people]
    said = stem_set(asked.text, asked.language)
    return frozenset(s for s in stem_set(" ".join(words), language) if not any(_akin(s, w) for w in said))


def _of_one_sex(account: Account) -> bool:
    """Whether the story is of a contest of men or of women: the other may be of the other's."""
    direction = lexicon(account.story.hit.language).direction
    near = fold(f"{account.story.hit.headline or ''}. {account.item.text}")
    return any(name in direction and direction[name].search(near) for name in ("men", "women"))


def _mends(later: Account, earlier: Account) -> bool:
    """Whether the later story says that what the earlier one says is wrong, and follows it closely."""
    apart = later.story.hit.published - earlier.story.hit.published
    if not timedelta() < apart <= _FOLLOWS:
        return False
    story, language = later.story, later.story.hit.language
    for index in range(max(0, later.item.index - 1), min(len(story.sentences), later.item.index + 3)):
        text = story.text(index, index)
        wrong = dispute_words(language)["mends"].search(fold(text))
        if isinstance(earlier.said, Name):
            people = [n for n in persons(text, story) if same_person(n, earlier.said)]
            if people and (wrong or any(denied(n, text, language) for n in people)):
                return True
        elif wrong and mentions(text, language, earlier.said, story.hit.published.date()):
            return True
    return False


def _names(account: Account, said: Moment | Name) -> bool:
    """Whether the story names the other day or person too: it then contradicts nobody."""
    story = account.story
    if isinstance(said, Name):
        whole = f"{story.hit.headline or ''}. {story.body}"
        return any(same_person(n, said) for n in persons(whole, story))
    return mentions(story.body, story.hit.language, said, story.hit.published.date())


def _differ(one: Moment | Name, other: Moment | Name) -> bool:
    if isinstance(one, Name) and isinstance(other, Name):
        return not same_person(one, other)
    return isinstance(one, Moment) and isinstance(other, Moment) and contradict(one, other)


def _asks_for_several(asked: Asked) -> bool:
    return asked.listed is not None or bool(dispute_words(asked.language)["several"].search(fold(asked.text)))


def _published(account: Account) -> date:
    return account.story.hit.published.date()


def _in_words(said: Moment | Name, language: str) -> str:
    if isinstance(said, Name):
        return said.text
    if day := as_date(said):
        return day_in_words(day, language)
    if said.month is None:
        return str(said.year)
    day = date(said.year or 1, said.month, 1)
    try:
        return format_date(day, format="MMMM y" if said.year else "MMMM", locale=language)
    except UnknownLocaleError:
        return str(said)
