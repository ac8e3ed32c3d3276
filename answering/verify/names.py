"""Every name in the sentence is the story's: persons, places, bodies.

A name is a run of capitalised words (with "de", "von", "bin" between). It is found when each of
its parts is, allowing for inflection ("Moskaus"), transliteration ("Gorbatschow", "غورباتشوف") and
the six languages' names of places and bodies. In scripts without capitals, the rarer words of the
sentence stand for its names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from answering.folding import fold, fold_words, skeleton
from answering.lexicon import country_names, lexicon, places
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.words import is_dictionary_word, stem, words

_TOKEN = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?|\S")
_PARTICLES = fold_words(
    "de da do dos das del della di du des la le van von der den bin ibn al el ter zu y e of the"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A run of words that looks like a name. `surely` is false where a capital may mean nothing."""

    text: str
    parts: tuple[str, ...]  # folded
    start: int
    end: int
    surely: bool = True
    common: bool = False  # a dictionary has every word of it: "Supreme Court", but "Bush" too


@lru_cache(maxsize=8192)
def find_names(text: str, language: str | None) -> tuple[Name, ...]:
    """The names in `text`; offsets are into it."""
    found: list[Name] = []
    run: list[re.Match[str]] = []
    opens = True  # whether the next token begins a sentence
    run_opens = False
    for token in _TOKEN.finditer(text):
        word = token.group()
        capital = word[0].isupper() and word[0].isalpha()
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


def _close(run: list[re.Match[str]], opens: bool, language: str | None, found: list[Name]) -> None:
    """Adds the name a run of tokens makes, less what is no name: particles, stopwords, months, days."""
    held = lexicon(language)
    calendar = held.months.keys() | held.weekdays.keys()
    tokens = [t for t in run if fold(t.group()).strip(".") not in calendar]
    while tokens and not tokens[-1].group()[0].isupper():
        tokens.pop()
    while tokens and _is_no_head(tokens[0].group(), held.stopwords):
        tokens.pop(0)
        opens = opens and not tokens
    if language == "de" and len(tokens) > 1:  # "Bundeskanzler Kohl", "Schaf Dolly": the noun ahead is no name
        tokens = [t for t in tokens[:-1] if not _is_common(t.group(), language)] + tokens[-1:]
        opens = False
    parts = tuple(p for t in tokens for p in _parts(t.group()) if p not in _TITLES and p not in _PARTICLES)
    if not parts:
        return
    common = all(_is_common(t.group(), language) for t in tokens)
    placed = all(place_lines(p) for p in parts)
    # German writes every noun with a capital: one alone is a name where no dictionary has it.
    alone = len(run) == 1 and (opens or language == "de")
    surely = placed or not (common and alone)
    start, end = tokens[0].start(), tokens[-1].end()
    found.append(
        Name(
            text=run[0].string[start:end].rstrip("."),
            parts=parts,
            start=start,
            end=end,
            surely=surely,
            common=common,
        )
    )


def _is_no_head(word: str, stopwords: frozenset[str]) -> bool:
    if not word[0].isupper():
        return True
    head, apostrophe, rest = fold(word).partition("'")
    return head in stopwords and not (apostrophe and len(rest) > 2)  # "L'Allemagne" keeps its name


def _is_common(word: str, language: str | None) -> bool:
    plain = re.sub(r"^\w{1,2}['’]|['’]s?$", "", word.strip("."))
    return all(is_dictionary_word(piece, language) for piece in plain.split("-") if piece)


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
            continue
        if name_stands(name, context.body, context):
            objections.append(
                doubt(ErrorKind.NAME, f"{name.text} stands elsewhere in the story, not in these words")
            )
        elif name.surely:
            objections.append(_missing(name, context))
        elif not context.crosses_languages and context.claim_language != "de":
            objections.append(doubt(ErrorKind.NAME, f"the story does not say “{name.text}”"))
    if context.claim_language == "ar" and context.language == "ar":
        objections += _unknown_words(sentence, context)
    return objections


def _unknown_words(sentence: str, context: Context) -> list[Objection]:
    """Arabic has no capitals: two words in a row that the story has in no form are taken for a name."""
    story = _index(f"{context.body} {context.headline or ''} {context.place or ''}", "ar")
    held = lexicon("ar")
    run: list[str] = []
    for word in [*words(sentence), ""]:
        plain = word.removeprefix("و").removeprefix("ب").removeprefix("ل").removeprefix("ال")
        known = not word or word.isdigit() or word in held.stopwords or plain in held.months
        if known or _part_stands(word, story, context) or _part_stands(plain, story, context):
            if len(run) >= 2:
                return [doubt(ErrorKind.NAME, f"the story does not say “{' '.join(run)}”")]
            run = []
        else:
            run.append(word)
    return []


def _missing(name: Name, context: Context) -> Objection:
    reason = f"the story does not name {name.text}"
    if context.crosses_languages and (context.language == "ar" or context.claim_language == "ar"):
        # Arabic leaves short vowels out: a name not recognised is not a name not there.
        return doubt(ErrorKind.NAME, reason)
    if name.common and (context.crosses_languages or context.claim_language == "de"):
        return doubt(
            ErrorKind.NAME, reason
        )  # "Supreme Court", "Académie française": translated, not carried over
    return veto(ErrorKind.NAME, reason)


def name_stands(name: Name, text: str, context: Context) -> bool:
    """Whether `text` names the same: every part of it, or the whole under another form."""
    index = _index(text, context.language)
    if all(_part_stands(p, index, context) for p in name.parts):
        return True
    whole = " ".join(name.parts)
    groups = place_lines(whole)
    if groups and groups & index.lines:
        return True
    return _is_acronym_of(name, text)


@dataclass(frozen=True, slots=True)
class _Index:
    """What a text says, ready to be looked up."""

    words: frozenset[str]
    stems: frozenset[str]
    skeletons: frozenset[str]
    lines: frozenset[str]


@lru_cache(maxsize=2048)
def _index(text: str, language: str | None) -> _Index:
    found = words(text)
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
    lines = {line for line, pattern in places().items() if pattern.fullmatch(folded)}
    for form in (folded, folded.removeprefix("ال"), "ال" + folded):
        if code := country_names().get(form):
            lines.add(code)
    return frozenset(lines)


def _part_stands(part: str, index: _Index, context: Context) -> bool:
    if part in index.words or part in _TITLES or stem(part, context.language) in index.stems:
        return True
    if place_lines(part) & index.lines:
        return True
    if len(part) >= 5 and process.extractOne(
        part, index.words, scorer=fuzz.ratio, score_cutoff=SAME_SPELLING
    ):
        return True
    if not context.crosses_languages:
        return False
    sound = skeleton(part)
    if len(sound) < 3:
        return sound in index.skeletons and len(sound) == 2
    return bool(process.extractOne(sound, index.skeletons, scorer=fuzz.ratio, score_cutoff=SAME_SOUND))


def _is_acronym_of(name: Name, text: str) -> bool:
    """ "IAEA" for "International Atomic Energy Agency", either way round."""
    if len(name.parts) == 1 and name.text.isupper() and 2 <= len(name.parts[0]) <= 6:
        letters = name.parts[0]
        said = [w for w in words(text) if w not in _PARTICLES]
        return letters in "".join(w[0] for w in said)
    initials = "".join(p[0] for p in name.parts)
    return len(initials) >= 3 and initials in words(text)
