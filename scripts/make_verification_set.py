"""Writes data/verification/pairs.jsonl from the sentences written by hand in data/verification/written.

.venv/bin/python scripts/make_verification_set.py          writes it
.venv/bin/python scripts/make_verification_set.py --check  fails where the file parts from its sources

A line of written/ is "language: sentence" under "@ story", and its braces hold what stands in the true
sentence and then what makes it false: "{12|21:n} percent" gives a supported sentence and one with a
wrong number. "=" makes another true wording; "!k" a whole line that is false. Letters: `KINDS`.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from answering.words import stem_set  # noqa: E402

FOLDER = ROOT / "data" / "verification"
SAMPLE = ROOT / "data" / "sample"
URN = "urn:depeche:sample:"
LANGUAGES = ("en", "fr", "es", "de", "pt", "ar")
KINDS = {
    "n": "number", "u": "unit", "p": "percent_points", "r": "rounding", "d": "date", "m": "name", "o": "role",
    "q": "quotation", "s": "speaker", "g": "negation", "y": "modality", "c": "direction", "b": "order",
    "a": "attribution", "-": "content",
}  # fmt: skip
# Which half an event falls in: the parity of its hash. The salt was chosen, before anything was measured,
# so that every language and kind has its share in both halves.
SALT = "depeche"
# Other stories that do say it, or nearly.
SAID_ELSEWHERE = frozenset(
    {
        "2012-05-06-hollande-elected:fr#3", "2023-04-04-nato-finland:en#2", "2023-04-04-nato-finland:en#6",
        "2024-03-07-nato-sweden:en#6", "1996-01-08-mitterrand-death:fr#6",
    }
)  # fmt: skip
_SLOT = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One pair: a sentence, the version of the story it is held against, and what a careful reader says."""

    id: str
    story: str
    version: int
    story_language: str
    language: str
    sentence: str
    supported: bool
    kind: str
    half: str


@dataclass(frozen=True, slots=True)
class _Story:
    uri: str
    version: int
    language: str
    event: str


def main() -> None:
    rows = "".join(json.dumps(asdict(p), ensure_ascii=False) + "\n" for p in pairs())
    path = FOLDER / "pairs.jsonl"
    if "--check" in sys.argv:
        if not path.is_file() or path.read_text("utf-8") != rows:
            sys.exit(f"{path} parts from written/: run scripts/make_verification_set.py")
        return
    path.write_text(rows, "utf-8")


def pairs() -> Iterator[Written]:
    """Every pair of the set, in the order of its sources."""
    made: list[Written] = []
    for language in LANGUAGES:
        text = (FOLDER / "written" / f"{language}.txt").read_text("utf-8")
        made += _of_file(text, language)
    seen: dict[tuple[str, str], Written] = {}
    for pair in made:  # two slots may give the same words: once is enough
        seen.setdefault((pair.story, pair.sentence), pair)
    kept = list(seen.values())
    yield from kept
    yield from _of_other_stories(kept)


def half(event: str) -> str:
    """All stories of one event, in all languages, fall in one half."""
    return "calibrate" if hashlib.sha256(f"{SALT}:{event}".encode()).digest()[0] % 2 else "report"


def _of_file(text: str, language: str) -> Iterator[Written]:
    story: _Story | None = None
    number = 0
    for line in text.splitlines():
        if line.startswith("@ "):
            story, number = _story(line[2:].strip(), language), 0
            continue
        match = re.fullmatch(r"(?:!(?P<kind>.) )?(?P<language>[a-z]{2}): (?P<sentence>.+)", line)
        if not match or story is None:
            raise SystemExit(f"written/{language}.txt: no sentence: {line!r}")
        number += 1
        base = Written(
            id=f"{story.uri.removeprefix(URN)}#{number}", story=story.uri, version=story.version,
            story_language=story.language, language=match["language"], sentence=match["sentence"],
            supported=True, kind="paraphrase", half=half(story.event),
        )  # fmt: skip
        if match["kind"]:
            yield replace(base, supported=False, kind=KINDS[match["kind"]])
        else:
            yield from _variants(base)


def _story(name: str, language: str) -> _Story:
    guid, _, version = name.partition(" v")
    event = guid.split(":")[0]
    return _Story(URN + guid, int(version or 1), language, event)


def _variants(base: Written) -> Iterator[Written]:
    """The true sentence, its other true wordings at once, then one false sentence for each slot's wrong fillings."""
    slots = [_fillings(m.group(1)) for m in _SLOT.finditer(base.sentence)]
    true = [slot[0][0] for slot in slots]
    yield replace(base, sentence=_filled(base.sentence, true))
    others = [next((words for words, kind in slot[1:] if kind == "="), slot[0][0]) for slot in slots]
    if others != true:
        yield replace(base, id=f"{base.id}=", sentence=_filled(base.sentence, others))
    swapped = _swaps(slots)
    for i, j in swapped.items():
        if i < j:
            changed = [*true]
            changed[i], changed[j] = true[j], true[i]
            kind = next(kind for _, kind in slots[i][1:] if kind != "=")
            sentence = _filled(base.sentence, changed)
            yield replace(
                base, id=f"{base.id}.{i + 1}s", sentence=sentence, supported=False, kind=KINDS[kind]
            )
    for i, slot in enumerate(slots):
        if i in swapped:
            continue
        wrong = [(words, kind) for words, kind in slot[1:] if kind != "="]
        for j, (words, kind) in enumerate(wrong):
            sentence = _filled(base.sentence, [*true[:i], words, *true[i + 1 :]])
            yield replace(
                base,
                id=f"{base.id}.{i + 1}{'abcdef'[j]}",
                sentence=sentence,
                supported=False,
                kind=KINDS[kind],
            )


def _swaps(slots: list[list[tuple[str, str]]]) -> dict[int, int]:
    """Slots that are wrong by each other's words: they change places in one false sentence, "A 12 and B 7"."""
    found: dict[int, int] = {}
    for i, one in enumerate(slots):
        for j, other in enumerate(slots):
            if i != j and one[0][0] in {w for w, _ in other[1:]} and other[0][0] in {w for w, _ in one[1:]}:
                found[i] = j
    return found


def _fillings(slot: str) -> list[tuple[str, str]]:
    first, *rest = slot.split("|")
    found = [(first, "")]
    for one in rest:
        words, colon, kind = one.rpartition(":")
        found.append((words, kind) if colon and len(kind) == 1 else (one.removeprefix("="), "="))
    return found


def _filled(sentence: str, words: list[str]) -> str:
    remaining = iter(words)
    return re.sub(r" {2,}", " ", _SLOT.sub(lambda _: next(remaining), sentence)).strip()


def _of_other_stories(made: list[Written]) -> Iterator[Written]:
    """True sentences held against the likest story of another event of their half, which does not say them."""
    stories = _sample_words()
    events = {uri: uri.removeprefix(URN).split(":")[0] for uri, _ in stories}
    used = {(p.story, p.version) for p in made}
    first_of: dict[str, list[Written]] = {}
    for pair in made:
        if pair.supported and not pair.id.endswith("="):
            first_of.setdefault(pair.story, []).append(pair)
    for uri, sentences in first_of.items():
        foreign = [p for p in sentences if p.language != p.story_language][-1:]
        for pair in [*[p for p in sentences[1:3] if p not in foreign], *foreign]:
            wanted = stem_set(pair.sentence, pair.language)
            rivals = [
                (len(wanted & stems), other, version)
                for (other, version), (language, stems) in stories.items()
                if events[other] != events[uri] and half(events[other]) == pair.half
                and language == pair.story_language and (other, version) in used
            ]  # fmt: skip
            shared, other, version = max(rivals, default=(0, "", 0))
            if shared >= (1 if pair in foreign else 2) and pair.id not in SAID_ELSEWHERE:
                yield replace(
                    pair, id=f"{pair.id}~{other.removeprefix(URN)}", story=other, version=version,
                    supported=False, kind="absent",
                )  # fmt: skip


def _sample_words() -> dict[tuple[str, int], tuple[str, frozenset[str]]]:
    found: dict[tuple[str, int], tuple[str, frozenset[str]]] = {}
    for language in LANGUAGES:
        for line in (SAMPLE / f"{language}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            found[row["uri"], int(row["version"])] = (language, stem_set(row["body_text"], language))
    return found


if __name__ == "__main__":
    main()
