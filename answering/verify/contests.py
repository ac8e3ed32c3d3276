"""Who won and who lost: the sentence's winner is the story's, by whatever verb either of them says it.

"Won", "beat", "a remporté", "besiegte" are one class here, "lost" and "perdió" its opposite, so that a
false winner is seen across verbs and languages. Elections are left out ("was elected" has its winner
as a passive's subject), and so is Arabic, which does not show names by capitals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from answering.folding import fold, fold_words
from answering.lexicon import lexicon
from answering.verify.names import Name, find_names, name_stands
from answering.verify.objection import Context, ErrorKind, Objection, veto

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLAUSE = re.compile(r"[.;:!?\n]+")
_ELECTED = re.compile(r"elect|elu|reelu|elig|eleg|eleit|gewahlt|wiedergewahlt|reelei|reeleg|champion|campe|meister|victor|vainqu|"
                      r"vencedor|ganador|gewinner|sieger|winner|victoire|victoria|vitoria|sieg$|triumph|triunf")  # fmt: skip
_BY = fold_words("by par por pelo pela von vom durch")
_PASSIVE = fold_words("was were been being ete fut wurde wurden worden fue fueron sido foi foram")
# After these a name is not the doer of what follows: "the final against Brazil, won …".
_ASIDE = fold_words(
    """of in at from with against over on to for since de du des del do da dos en contre sur avec pour depuis a contra con
    sobre para desde em com von in gegen mit fur seit uber"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    winners: tuple[Name, ...]
    losers: tuple[Name, ...]


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    claim = contest(sentence, context.claim_language)
    told = contest(span, context.language)
    for name in claim.winners:
        if _among(name, told.losers, context) and not _among(name, told.winners, context):
            return [veto(ErrorKind.ROLE, f"in the story {name.text} lost")]
    for name in claim.losers:
        if _among(name, told.winners, context) and not _among(name, told.losers, context):
            return [veto(ErrorKind.ROLE, f"in the story {name.text} won")]
    elsewhere = contest(context.body, context.language).winners  # another match, told by other words
    if (
        claim.winners
        and told.winners
        and not any(_among(n, (*told.winners, *elsewhere), context) for n in claim.winners)
    ):
        return [veto(ErrorKind.ROLE, f"in the story {told.winners[0].text} won, not {claim.winners[0].text}")]
    return []


def _among(name: Name, others: tuple[Name, ...], context: Context) -> bool:
    return any(name_stands(name, other.text, context) or _share_a_part(other, name) for other in others)


def _share_a_part(one: Name, other: Name) -> bool:
    """ "Helmut Kohl's Christian Democrats" for "Chancellor Helmut Kohl": one of them speaks of the other."""
    return bool(set(one.parts) & set(other.parts))


@lru_cache(maxsize=4096)
def contest(text: str, language: str | None) -> Contest:
    """The names that stand as winners and losers, clause by clause."""
    names = [n for n in find_names(text, language) if n.surely]
    held = lexicon(language).direction
    winners: list[Name] = []
    losers: list[Name] = []
    if not names or "win" not in held or language == "ar":
        return Contest(winners=(), losers=())
    for start, end in _clauses(text):
        tokens = list(_WORD.finditer(text, start, end))
        here = [n for n in names if start <= n.start and n.end <= end]
        for i, token in enumerate(tokens):
            word = fold(token.group())
            if not token.group()[0].islower():
                continue
            if _CHOSEN.match(word):
                chosen = (
                    _doer(token.start(), here, text)
                    if _was(tokens, i)
                    else _after(i, tokens, here, text, passive=True)[0]
                )
                winners += [chosen] if chosen else []
                continue
            if _ELECTED.match(word):
                continue
            wins, loses = _is_said(held["win"], tokens, i), _is_said(held["lose"], tokens, i)
            if not wins and not loses:
                continue
            doer = _doer(token.start(), here, text)
            # German "von" is also "of": only "wurde … geschlagen" is passive.
            may_be_passive = language != "de" or bool({fold(t.group()) for t in tokens} & _PASSIVE)
            after, by = _after(i, tokens, here, text, passive=may_be_passive)
            passive = by or (i > 0 and fold(tokens[i - 1].group()) in _PASSIVE)
            if wins and not passive and doer is None and after and _is_given(word, after, text):
                winners.append(after)
            elif wins and not passive:
                winners += [doer] if doer else []
                losers += [after] if after and word.startswith(_DEFEATS) else []
            elif wins or loses:
                losers += [doer] if doer else []
                winners += [after] if by and after else []
    return Contest(winners=tuple(winners), losers=tuple(losers))


def _is_given(word: str, name: Name, text: str) -> bool:
    """ "Which move won Kasparov the match": the name behind the verb is who won, not what or whom."""
    return word in ("won", "win", "wins") and bool(
        re.match(r"\s+(?:the|a|an|his|her|their)\s", text[name.end :])
    )


def _is_said(pattern: re.Pattern[str], tokens: list[re.Match[str]], i: int) -> bool:
    """Whether the word says it, or with the one ahead of it ("a battu") or after it ("derrotó a")."""
    word = fold(tokens[i].group())
    ahead = fold(tokens[i - 1].group()) if i else ""
    behind = fold(tokens[i + 1].group()) if i + 1 < len(tokens) else ""
    return any(pattern.fullmatch(said) for said in (word, f"{ahead} {word}", f"{word} {behind}"))


_CHOSEN = re.compile(r"(?:re-?)?(?:elected|elue?s?|eleg\w+|elig\w+|eleit\w+|(?:wieder)?gewahlt)$")


def _was(tokens: list[re.Match[str]], i: int) -> bool:
    """Whether an auxiliary of the passive stands up to three words ahead."""
    return any(fold(t.group()) in _PASSIVE | {"ist", "sido"} for t in tokens[max(0, i - 3) : i])


_DEFEATS = ("beat", "defeat", "bat", "vainc", "derrot", "venc", "besieg", "schlug", "bezw", "schlag")


def _clauses(text: str) -> list[tuple[int, int]]:
    edges = [0, *(i for m in _CLAUSE.finditer(text) for i in (m.start(), m.end())), len(text)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _doer(position: int, names: list[Name], text: str) -> Name | None:
    """The first name of the clause before the verb that no preposition leads in."""
    for name in names:
        if name.end > position:
            return None
        if not _is_led(name, text) and not _is_cut_off(name, position, text):
            return name
    return None


def _is_led(name: Name, text: str) -> bool:
    """Whether a preposition leads the name: "de l'UMP", "gegen Brasilien", "von Trainer Lippi"."""
    before = re.findall(r"\w+", re.split(r"[,;:()]", text[max(0, name.start - 24) : name.start])[-1])
    ahead = [w for w in before if fold(w) not in _ARTICLES]
    if len(ahead) > 1 and ahead[-1][0].isupper():  # a noun of German, or a title
        ahead.pop()
    return bool(ahead) and fold(ahead[-1]) in _ASIDE


def _is_cut_off(name: Name, position: int, text: str) -> bool:
    """Whether one comma stands between name and verb: "to preside over Brazil, was elected" is not told of Brazil."""
    alone = text[: name.start].rstrip().endswith(",")  # "the candidate, Nicolas Sarkozy, was elected"
    return text.count(",", name.end, position) % 2 == 1 and not alone


def _after(
    i: int, tokens: list[re.Match[str]], names: list[Name], text: str, *, passive: bool
) -> tuple[Name | None, bool]:
    """The name after the verb, within eight words, and whether "by" leads it in ("won by 3 points" does not)."""
    by_at: int | None = None
    for j, token in enumerate(tokens[i + 1 : i + 9], start=i + 1):
        name = next((n for n in names if n.start <= token.start() < n.end), None)
        if name and by_at is None and fold(tokens[j - 1].group()) in _PLACES:
            continue  # "beat in Rome the holders"
        if name:
            near = by_at is not None and j - by_at <= _BY_REACH and by_at - i <= _BY_REACH
            figures = by_at is not None and re.search(r"\d", text[tokens[by_at].end() : token.start()])
            return name, near and not figures
        if by_at is None and passive and fold(token.group()) in _BY:
            by_at = j
    return None, False


_PLACES = fold_words("of in at on de du del do da en em no na im am von vom auf")
_BY_REACH = 3  # words: "beaten in Paris by", "by the Swede"
_ARTICLES = fold_words("the a an le la les l un une el los las o a os as der die das den dem")
