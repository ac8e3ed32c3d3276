"""What is still to come is not told as done: "will succeed" is not "succeeded".

Two ways to see it: the story puts the matter in the future and the sentence in the past; or the sentence,
in the past, names a day that was still ahead when the story was published. Read from the forms of verbs,
before accents are folded away ("prometerá", "organisera"); Arabic is read by its future prefixes alone.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from answering.verify.moments import Moment, find_moments
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.words import stem_set

PAST = {
    "en": r"\b(?:was|were|has|have|had|did|took|became|won|held|ended|began|went|came|gave|got|made|met|sent|left)\b|\b\w{3,}ed\b",
    "fr": r"\b(?:a|ont|avait|avaient|fut|furent|était|étaient|est|sont)\s(?:\w+ment\s)?(?:été\s)?\w+(?:é|ée|és|ées|i|is|ie|it|u|us|ue|ues|ert|ait|aient)\b|"
          r"\bs'(?:est|était)\s\w+|\bn'a\b|\b\w{3,}(?:èrent|irent|urent)\b",
    "es": r"\b(?:ha|han|había|habían|fue|fueron|era|eran|tuvo|hizo|dijo)\b|\b\w{2,}(?:ó|aron|ieron|aba|aban|ía|ían)\b",
    "de": r"\b(?:wurde|wurden|war|waren|hat|haben|hatte|hatten|fand|fanden|kam|ging|galt|zog|zogen|gab)\b|\b\w{3,}(?:te|ten)\b",
    "pt": r"\b(?:foi|foram|tinha|tinham|teve|houve|havia|era|eram|fez|disse)\b|\b\w{2,}(?:ou|aram|eram|iram|iu|eu|ava|avam)\b",
    "ar": r"(?<!\w)(?:تم|تمت|كان|كانت|انتهت|انتهى|وصلت|وصل|فتح|فتحت|جرت|جرى|حصل|حدث|أصبح|أصبحت|بدأ|بدأت)(?!\w)",
}  # fmt: skip
# Arabic words that begin as its future does: "years", "policy", "cars", "control", "walking".
_NO_FUTURE = (
    r"نوا?ت|نوي\w*|نتين|نين|نغاف\w*|ني\w?|يار\w*|ياس\w*|ياح\w*|ياد\w*|ياق\w*|يد|يدة|يدات|يدي|يدني|ير|يرا|يرة|يره|يطر\w?|يطرة|"
    r"يطروا|يناء|ينما\w*|يناريو\w*|يول|يل|تين|تون|تة عشر|تار\w?|تاد|تالين|تراتيج\w*|تيفن|توكهولم"
)
_FUTURE = {
    "en": r"\b(?:will|shall|is to|are to|is due to|are due to|is set to|takes office|take office|is expected to|plans? to|wants? to|promise\w*|yet to)\b",
    "fr": r"\b\w{2,}(?:era|eront|ira|iront|dra|dront|vra|vront)\b|\b(?:va|vont|doit|doivent|devait|devaient|aura|auront|sera|seront|prévue?s?|promis|attente)\b",
    "es": r"\b\w{2,}(?:ará|arán|erá|erán|irá|irán|drá|drán)\b|\b(?:va a|van a|deberá|debe|previst[oa]s?|promes\w+|comienza mañana)\b",
    "de": r"\b(?:wird|werden|soll|sollen|will|wollen|muss|müssen|geplant\w*|angesetzt|vorgesehen|kommt am|gilt bis)\b",
    "pt": r"\b\w{2,}(?:ará|arão|erá|erão|irá|irão|drá)\b|\b(?:vai|vão|marcad[oa]|previst[oa]s?|deve|devem|tem de|têm de|decorre até)\b",
    "ar": rf"(?<!\w)[وف]?س(?!(?:{_NO_FUTURE})(?!\w))[يتن]\w{{2,}}|(?<!\w)(?:من المقرر|سوف|على أن|يعتزم|تستمر حتى|يتوقع)(?!\w)",
}  # fmt: skip
# "He would succeed her", "n'est pas": the sentence itself is careful, or its "est" is a present.
_REACH = 60  # characters after a future form that it may bear on


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    if not asserts_past(sentence, context.claim_language) or _futures(sentence, context.claim_language):
        return []
    claimed = find_moments(sentence, context.claim_language)
    for moment in claimed:
        if _is_after(moment, context.day) and asserts_past(
            _clause_of(moment, sentence), context.claim_language
        ):
            return [veto(ErrorKind.MODALITY, f"when the story was published, {moment} was still to come")]
    scopes = _futures(span, context.language)
    if not scopes:
        return []
    if context.crosses_languages:
        if not asserts_past(span, context.language):
            return [doubt(ErrorKind.MODALITY, "the story speaks of what is to come, not of what happened")]
        return []
    stems = stem_set(sentence, context.claim_language)
    if any(len(scope & stems) >= max(2, (len(stems) + 1) // 2) for scope in scopes):
        return [doubt(ErrorKind.MODALITY, "the story speaks of what is to come, not of what happened")]
    return []


@lru_cache(maxsize=8192)
def asserts_past(text: str, language: str | None) -> bool:
    pattern = PAST.get(language or "")
    return bool(pattern and re.search(pattern, text.lower()))


@lru_cache(maxsize=8192)
def _futures(text: str, language: str | None) -> tuple[frozenset[str], ...]:
    """For each form of the future, the stems it bears on, its own verb's included."""
    pattern = _FUTURE.get(language or "")
    if pattern is None:
        return ()
    lowered = text.lower()
    return tuple(_scope(lowered, m, language) for m in re.finditer(pattern, lowered))


def _scope(lowered: str, match: re.Match[str], language: str | None) -> frozenset[str]:
    after = re.split(r"[.;:!?\n]", lowered[match.start() : match.end() + _REACH])[0]
    # German puts the day ahead of the verb, and the participle at the end.
    before = re.split(r"[.;:!?\n]\s", lowered[max(0, match.start() - _REACH) : match.start()])[-1]
    return stem_set(f"{before} {after}" if language == "de" else after, language)


def _clause_of(moment: Moment, sentence: str) -> str:
    """The part of the sentence that names the day: "opened in May and closes in September" tells two things."""
    start, end = 0, len(sentence)
    for join in _JOIN.finditer(sentence):
        if join.start() >= moment.end:
            end = min(end, join.start())
        elif len(sentence[join.end() : moment.start].split()) >= _CLAUSE:
            start = join.end()
    return sentence[start:end]


_JOIN = re.compile(r"\s(?:and|et|y|e|und)\s")
_CLAUSE = 2  # words at least between a conjunction and the day, of which one may be the verb


def _is_after(moment: Moment, day: date) -> bool:
    if not moment.surely or (moment.year is None and (moment.month is None or moment.day is None)):
        return False
    year = moment.year or day.year
    if moment.year is None and (moment.month or 0) - day.month > _MONTHS_AHEAD:
        return False  # "in December", told in January: last year's
    said = (year, moment.month or 0, moment.day or 0)
    return said > (day.year, day.month if moment.month else 0, day.day if moment.day else 0)


_MONTHS_AHEAD = 6
