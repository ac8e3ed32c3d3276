"""Every name in the sentence is the story's: persons, places, bodies.

A name is a run of capitalised words (with "de", "von", "bin" between). It is found when each of
its parts is, allowing for inflection ("Moskaus"), transliteration ("Gorbatschow", "غورباتشوف") and
the six languages' names of places and bodies. In scripts without capitals, the rarer words of the
sentence stand for its names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from answering.folding import fold, fold_words, skeleton
from answering.lexicon import any_place, city_names, country_names, given_names, lexicon, places, units
from answering.verify.cardinals import cardinal_words
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.words import is_dictionary_word, is_no_noun, is_plain_word, stem, words

_TOKEN = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?|\S")
_PARTICLES = fold_words(
    "de da do dos das del della di du des la le van von der den bin ibn al el ter zu of the"
)
_TITLES = fold_words(
    """mr mrs ms dr sir lord president premier minister king queen prince princess general colonel pope mme m
    mlle herr frau senor senora don dona sr sra presidente ministre ministro bundeskanzler kanzler roi reine
    rey reina rei rainha papst pape papa"""
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
# Similarity (0–100, rapidfuzz ratio) from which two spellings are one name; set by hand on data/sample.
SAME_SPELLING = 86.0
SAME_SOUND = 80.0
SAME_SHORT = 75.0
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A run of words that looks like a name. `surely` is false where a capital may mean nothing."""

    text: str
    parts: tuple[str, ...]  # folded
    start: int
    end: int
    surely: bool = True
    placed: bool = False  # a place or body that is known by name
    common: bool = False  # a dictionary has every word of it: "Supreme Court", but "Bush" too


@lru_cache(maxsize=8192)
def find_names(text: str, language: str | None) -> tuple[Name, ...]:
    """The names in `text`; offsets are into it."""
    found: list[Name] = []
    run: list[re.Match[str]] = []
    opens = True  # whether the next token begins a sentence
    run_opens = False
    for token in _tokens(text):
        word = token.group()
        capital = word[0].isupper() and word[0].isalpha()
        if run and _follows_elision(token):  # "Combien d'États"
            _close(run, run_opens, language, found)
            run = []
        if capital:
            if not run:
                run_opens = opens
            run.append(token)
        elif not (run and fold(word) in _PARTICLES):
            _close(run, run_opens, language, found)
            run = []
        else:
            run.append(token)
        ends = capital and word.endswith(".") and len(word) > 3
        if ends:  # "… Bernard. Noah": a stop, where "St." and "J." are none
            _close(run, run_opens, language, found)
            run = []
        opens = ends or word in ".!?:“«\"'" or (opens and not word[0].isalnum())
    _close(run, run_opens, language, found)
    return tuple(found)


_ELIDED = re.compile(r"(?<!\w)(?:[lLdDnNsSjJ]|[qQ]u)['’](?=[^\W\d_])")


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Words and marks; what French elides in front of a word ("d'Auckland") is a mark of its own."""
    start = 0
    for elided in [*_ELIDED.finditer(text), None]:
        end = elided.start() if elided else len(text)
        yield from _TOKEN.finditer(text, start, end)
        start = elided.end() if elided else end


def _close(run: list[re.Match[str]], opens: bool, language: str | None, found: list[Name]) -> None:
    """Adds the name a run of tokens makes, less what is no name: particles, stopwords, months, days."""
    held = lexicon(language)
    calendar = held.months.keys() | held.weekdays.keys()
    counts = cardinal_words(language)
    tokens = [t for t in run if (word := fold(t.group()).strip(".")) not in calendar and word not in counts]
    while tokens and not tokens[-1].group()[0].isupper():
        tokens.pop()
    single = len(tokens) == 1  # "Recibió el premio" begins with a word, though "el" may be part of a name
    while tokens and _is_no_head(tokens[0].group(), held.stopwords):
        tokens.pop(0)
        opens = opens and not tokens
    if language == "de" and len(tokens) > 1:  # "Bundeskanzler Kohl", "Schaf Dolly": the noun ahead is no name
        tokens = [t for t in tokens[:-1] if not _is_common(t.group(), language)] + tokens[-1:]
        if _OF_A_NAME.search(tokens[0].group()):  # "Halleyschen Kometen": the noun behind is none either
            tokens = tokens[:1] if all(_is_common(t.group(), language) for t in tokens[1:]) else tokens
        opens = False
    parts = tuple(p for t in tokens for p in _parts(t.group()) if p not in _TITLES and p not in _PARTICLES)
    if not parts:
        return
    common = all(_is_common(t.group(), language) for t in tokens)
    placed = all(place_lines(p) for p in parts)
    # German writes every noun with a capital: one alone is a name where no dictionary has it. So is what
    # follows an elision: "d'Auckland" names, "l'Union" and "d'États" may not.
    alone = single and (opens or language == "de" or _follows_elision(run[0]))
    # German words that a dictionary has are a phrase where the first is no noun ("Rote Karte", "Politische
    # Bildung"); "Angela Merkel" and "ICE-Unglück" name.
    phrase = language == "de" and is_no_noun(run[0].group()) and not _has_acronym(tokens[0].group())
    surely = placed or not (common and (alone or phrase))
    start = tokens[0].start()
    text = run[0].string[start : tokens[-1].end()].rstrip(".")  # the stop ends the sentence, not the name
    found.append(
        Name(
            text=text,
            parts=parts,
            start=start,
            end=start + len(text),
            surely=surely,
            placed=placed or bool(place_lines(" ".join(parts))),
            common=common,
        )
    )


_OF_A_NAME = re.compile(r"(?<=\w{4})sche[nrsm]?$")  # German makes an adjective of any name


def _follows_elision(token: re.Match[str]) -> bool:
    return token.string[: token.start()].endswith(("'", "’"))


def _has_acronym(word: str) -> bool:
    """ "ICE-Unglück"."""
    return any(len(piece) > 1 and piece.isupper() for piece in word.split("-"))


def _is_no_head(word: str, stopwords: frozenset[str]) -> bool:
    if not word[0].isupper():
        return True
    head, apostrophe, rest = fold(word).partition("'")
    return head in stopwords and not (apostrophe and len(rest) > 2)  # "L'Allemagne" keeps its name


_VERBS = re.compile(r"\w{2,}(?:ó|aron|ieron|aba|aban|ía|ían|ará|erá|irá|ou|aram|eram|iram|iu|eu|ava|avam)")


def _is_common(word: str, language: str | None) -> bool:
    plain = re.sub(r"^\w{1,2}['’]|['’]s?$", "", word.strip("."))
    if language in ("es", "pt") and _VERBS.fullmatch(plain.lower()):
        return True  # "Asistieron más de 100": forms that the dictionary lacks
    return all(
        is_dictionary_word(piece, language) or (language == "de" and _is_compound(piece))
        for piece in plain.split("-")
        if piece
    )


@lru_cache(maxsize=16_384)
def _is_compound(word: str) -> bool:
    """ "Beitrittsurkunden": two German words with or without an s, n or en between them."""
    low = word.lower()
    for cut in range(4, len(low) - 3):
        head, tail = low[:cut], low[cut:]
        if is_dictionary_word(tail.capitalize(), "de") and any(
            head.endswith(link) and is_dictionary_word(head[: len(head) - len(link)].capitalize(), "de")
            for link in ("", "s", "n", "en", "es")
        ):
            return True
    return False


def _parts(word: str) -> list[str]:
    plain = re.sub(r"['’]s?$|['’]s$", "", word)
    folded = fold(plain).strip(".")
    if _INITIALS.fullmatch(folded):  # "U.S." stands as one word, as `words` has it
        folded = folded.replace(".", "")
    if "'" in folded:  # l'Allemagne, d'Estaing, but O'Neill whole
        head, _, tail = folded.partition("'")
        return [tail] if len(head) <= 2 and head != "o" else [folded.replace("'", "")]
    pieces = folded.split("-")
    return [p for p in pieces if p and (p not in _PARTICLES or len(pieces) == 1)]


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    objections: list[Objection] = []
    near = (
        f"{span} {context.before} {context.headline or ''} {context.place or ''} {' '.join(context.people)}"
    )
    for name in find_names(sentence, context.claim_language):
        if name_stands(name, near, context):
            if other := _another_place(name, sentence, span, context):
                objections.append(
                    doubt(ErrorKind.NAME, f"the story says {other.text} there, not {name.text}")
                )
            continue
        if name.common and not name.placed and context.crosses_languages and context.claim_language == "de":
            continue  # a noun: German writes them all with a capital
        if name_stands(name, context.body, context):
            if not name.surely or stands_by_last(name, near, context):
                continue
            objections.append(
                doubt(ErrorKind.NAME, f"{name.text} stands elsewhere in the story, not in these words")
            )
        elif context.crosses_languages and _is_translated(name, context.claim_language):
            continue
        elif name.surely:
            objections.append(_missing(name, context))
        elif not context.crosses_languages and context.claim_language != "de" and name.start:
            objections.append(doubt(ErrorKind.NAME, f"the story does not say “{name.text}”"))
    if context.claim_language == "ar" and context.language == "ar":
        objections += _unknown_words(sentence, context)
    return objections


def _is_translated(name: Name, language: str | None) -> bool:
    """ "Supreme Court", "Académie française", "27 Estados": another language says them in words of its own."""
    if len(name.parts) == 1:
        return name.common and not name.placed and is_plain_word(name.text, language)
    return name.common


def _another_place(name: Name, sentence: str, span: str, context: Context) -> Name | None:
    """The place that the span itself gives, where the sentence's "in X" is taken from the sentences around it."""
    if not name.placed or not _is_where(name, sentence) or name_stands(name, span, context):
        return None
    for other in find_names(span, context.language):
        if other.placed and _is_where(other, span) and not name_stands(other, sentence, _turned(context)):
            return other
    return None


_WHERE = fold_words("in at en a au aux im am em no na de da do dans ao")


def _is_where(name: Name, text: str) -> bool:
    ahead = words(text[max(0, name.start - 12) : name.start])
    return bool(ahead) and ahead[-1] in _WHERE


def _turned(context: Context) -> Context:
    return replace(context, language=context.claim_language, claim_language=context.language)


def _unknown_words(sentence: str, context: Context) -> list[Objection]:
    """Arabic has no capitals: a word that the story has in no form is taken for a name.

    Not the first, which is the verb more often than not, nor a word that says a direction or a saying.
    """
    story = _index(f"{context.body} {context.headline or ''} {context.place or ''}", "ar")
    held = lexicon("ar")
    patterns = (*held.direction.values(), *held.rounding.values(), held.speech, held.negation)
    for word in words(sentence)[1:]:
        plain = word.removeprefix("و").removeprefix("ب").removeprefix("ل").removeprefix("ال")
        if len(plain) < _LEAST_ARABIC or word.isdigit() or word in held.stopwords or plain in held.months:
            continue
        if _NO_ARABIC_NAME.search(word):
            continue
        if (
            any(p.fullmatch(word) for p in patterns)
            or word in cardinal_words("ar")
            or units()[0].fullmatch(word)
        ):
            continue
        if not (_part_stands(word, story, context) or _part_stands(plain, story, context)):
            return [doubt(ErrorKind.NAME, f"the story does not say “{word}”")]
    return []


# Endings of plurals, of verbs and of feminine adjectives, which hardly any name has: "المحتجين", "دامت", "مغلقه".
_NO_ARABIC_NAME = re.compile(r"^ال\w{3,}(?:ين|ون|ات)$|^(?!ال)\w{2,3}ت$|^(?:ال)?م\w{3}ه$")
_LEAST_ARABIC = 4  # letters; shorter words have too many forms


def _missing(name: Name, context: Context) -> Objection:
    reason = f"the story does not name {name.text}"
    if context.crosses_languages and (context.language == "ar" or context.claim_language == "ar"):
        # Arabic leaves short vowels out: a name not recognised is not a name not there.
        return doubt(ErrorKind.NAME, reason)
    if name.common and (context.crosses_languages or context.claim_language == "de"):
        return doubt(ErrorKind.NAME, reason)
    return veto(ErrorKind.NAME, reason)


def name_stands(name: Name, text: str, context: Context) -> bool:
    """Whether `text` names the same: every part of it, or the whole under another form."""
    index = _index(text, context.language)
    if all(_part_stands(p, index, context) for p in name.parts):
        return True
    groups = place_lines(" ".join(name.parts)) | place_lines(
        fold(name.text)
    )  # "Afrique du Sud": with its "du"
    if groups and groups & index.lines:
        return True
    return _is_acronym_of(name, text)


def stands_by_last(name: Name, text: str, context: Context) -> bool:
    """Whether `text` has a person's last name, as stories do once they have given it in full: "Biden"."""
    return (
        len(name.parts) > 1
        and not name.placed
        and not name.common
        and _part_stands(name.parts[-1], _index(text, context.language), context)
    )


@dataclass(frozen=True, slots=True)
class _Index:
    """What a text says, ready to be looked up."""

    words: frozenset[str]
    stems: frozenset[str]
    skeletons: frozenset[str]
    lines: frozenset[str]
    given: frozenset[int]


@lru_cache(maxsize=2048)
def _index(text: str, language: str | None) -> _Index:
    found = words(text)
    if language == "ar":  # "والسنغال": what is set onto a name is taken off
        found += [w[1:] for w in found if len(w) > 4 and w[0] in "وبلفك"]
    if language == "de":
        found += [_OF_A_NAME.sub("", w) for w in found if _OF_A_NAME.search(w)]
    unique = frozenset(w for w in found if not w.isdigit())
    # Only what may be a name is compared by sound; Arabic writes names like other words.
    sounded = (
        unique if language == "ar" else frozenset(w for n in find_names(text, language) for w in n.parts)
    )
    bare = (
        sounded | {w[2:] for w in sounded if w.startswith("ال")} | {w[1:] for w in sounded if w[0] in "وبلفك"}
    )
    return _Index(
        unique,
        frozenset(stem(w, language) for w in unique),
        frozenset(s for w in bare if len(s := skeleton(w)) >= 2),
        _lines_of(found),
        frozenset(line for w in unique for line in given_names().get(w, _NONE)),
    )


def _lines_of(found: list[str]) -> frozenset[str]:
    lines: set[str] = set()
    for size in (1, 2, 3):
        for i in range(len(found) - size + 1):
            lines |= place_lines(" ".join(found[i : i + size]))
    return frozenset(lines)


@lru_cache(maxsize=65_536)
def place_lines(folded: str) -> frozenset[str]:
    """The places and bodies a folded word or phrase may mean, whatever its language."""
    lines: set[str] = set()
    if any_place().fullmatch(folded):
        lines = {line for line, pattern in places().items() if pattern.fullmatch(folded)}
    for form in (folded, folded.removeprefix("ال"), "ال" + folded):
        if code := country_names().get(form) or city_names().get(form):
            lines.add(code)
    return frozenset(lines)


def _part_stands(part: str, index: _Index, context: Context) -> bool:
    if part in index.words or part in _TITLES or stem(part, context.language) in index.stems:
        return True
    if lines := place_lines(part):
        return bool(lines & index.lines)  # a place that is known is not taken for another by its sound
    if len(part) >= 5 and process.extractOne(
        part, index.words, scorer=fuzz.ratio, score_cutoff=SAME_SPELLING
    ):
        return True
    if context.claim_language == "de" and (bare := _OF_A_NAME.sub("", part)) != part:
        return _part_stands(bare, index, context)
    if not context.crosses_languages:
        return False
    if given_names().get(part, _NONE) & index.given:
        return True
    sound = skeleton(part)
    if len(sound) < 3:
        if "ar" not in (context.language, context.claim_language):
            # Both in Latin letters: a short name is written alike ("Elba", "Elbe"), or it is another ("Rau").
            return any(fuzz.ratio(part, w) >= SAME_SHORT for w in index.words if w[:1] == part[:1])
        return (sound in index.skeletons and len(sound) == 2) or (len(part) <= 3 and len(sound) == 1)
    return bool(process.extractOne(sound, index.skeletons, scorer=fuzz.ratio, score_cutoff=SAME_SOUND))


def _is_acronym_of(name: Name, text: str) -> bool:
    """ "IAEA" for "International Atomic Energy Agency", either way round."""
    if len(name.parts) == 1 and name.text.isupper() and 2 <= len(name.parts[0]) <= 6:
        letters = name.parts[0]
        said = [w for w in words(text) if w not in _PARTICLES]
        return letters in "".join(w[0] for w in said)
    initials = "".join(p[0] for p in name.parts)
    return len(initials) >= 3 and initials in words(text)
