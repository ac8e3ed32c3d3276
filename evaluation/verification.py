"""How well the verifier tells supported sentences from others: sets of pairs, figures, calibration.

A set is a folder with `pairs.jsonl` (see data/verification/README.md) and either `stories.jsonl` or a
`set.toml` whose `stories` names ninjs files. Every event lies in one half: "calibrate" sets thresholds,
"report" is only measured. Supported means the verdict SUPPORTED; PARTLY counts as not supported.
"""

from __future__ import annotations

import hashlib
import time
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import orjson

from answering.citations import find_support
from answering.evidence import EvidenceStory
from answering.verify import Thresholds
from answering.verify.closeness import Closeness
from domain.answer import Verdict
from domain.errors import SetError
from domain.query import Hit

HALVES = ("calibrate", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One sentence, the story it is held against, and what a careful reader says."""

    pair_id: str
    story: str
    version: int
    story_language: str
    language: str
    sentence: str
    supported: bool
    kind: str  # "paraphrase" where supported, otherwise the kind of error
    half: str

    @property
    def across(self) -> bool:
        return self.language != self.story_language


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationSet:
    pairs: tuple[Pair, ...]
    stories: dict[tuple[str, int], EvidenceStory]
    fingerprint: str

    def of_half(self, half: str) -> tuple[Pair, ...]:
        return tuple(p for p in self.pairs if p.half == half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the verifier said of a pair. `clear`: no check but that of meaning objects."""

    pair: Pair
    supported: bool
    clear: bool
    meaning: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of a group of pairs: the shares of supported and of other sentences that were told right."""

    kept: float  # supported sentences called supported
    refused: float  # others not called supported
    supported: int
    others: int

    @property
    def balanced_accuracy(self) -> float:
        return (self.kept + self.refused) / 2


def load(folder: Path) -> VerificationSet:
    """Reads and validates a set. Raises SetError naming file and line."""
    path = folder / "pairs.jsonl"
    if not path.is_file():
        raise SetError(f"{folder} has no pairs.jsonl", hint="name a set: data/verification")
    data = path.read_bytes()
    pairs = tuple(_pair(line, f"{path}, line {n}") for n, line in enumerate(data.splitlines(), start=1))
    stories = dict(_stories(_story_files(folder)))
    for pair in pairs:
        if (pair.story, pair.version) not in stories:
            raise SetError(f"{path}: no story {pair.story} version {pair.version}")
    digest = hashlib.sha256(data)
    return VerificationSet(pairs=pairs, stories=stories, fingerprint=digest.hexdigest()[:16])


def _pair(line: bytes, where: str) -> Pair:
    try:
        row = orjson.loads(line)
        return Pair(
            pair_id=row["id"], story=row["story"], version=int(row["version"]), story_language=row["story_language"],
            language=row["language"], sentence=row["sentence"], supported=bool(row["supported"]), kind=row["kind"],
            half=row["half"],
        )  # fmt: skip
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise SetError(f"{where}: {error!r}") from error


def _story_files(folder: Path) -> list[Path]:
    if (folder / "stories.jsonl").is_file():
        return [folder / "stories.jsonl"]
    try:
        named = tomllib.loads((folder / "set.toml").read_text("utf-8"))["stories"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise SetError(f"{folder / 'set.toml'}: {error}") from error
    return [path for name in named for path in sorted((folder / name).resolve().glob("*.jsonl"))]


def _stories(files: Iterable[Path]) -> Iterable[tuple[tuple[str, int], EvidenceStory]]:
    for path in files:
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            row = orjson.loads(line)
            body = row["body_text"]
            hit = Hit(
                passage_id=number, version_id=number, story_id=number, guid=row["uri"], version=int(row["version"]),
                provider=path.stem, published=datetime.fromisoformat(row["versioncreated"]), language=row["language"],
                headline=row["headline"], place=row.get("located"), passage=body, start=0, end=len(body), score=1.0,
            )  # fmt: skip
            yield (hit.guid, hit.version), EvidenceStory(hit=hit, body=body)


def judge_pairs(
    of: VerificationSet,
    pairs: Sequence[Pair],
    *,
    closeness: Closeness | None,
    thresholds: Thresholds,
    progress: Callable[[int], None] | None = None,
) -> tuple[list[Judged], float]:
    """The verdict on each pair, and the pairs judged a second of processor time."""
    done: list[Judged] = []
    started = time.process_time()
    for pair in pairs:
        support = find_support(
            pair.sentence, of.stories[pair.story, pair.version], language=pair.language, closeness=closeness,
            thresholds=thresholds,
        )  # fmt: skip
        if support is None:
            raise SetError(f"{pair.story} has no words")
        judgement = support.judgement
        done.append(
            Judged(
                pair=pair,
                supported=judgement.verdict is Verdict.SUPPORTED,
                clear=all(o.kind == "meaning" for o in judgement.objections),
                meaning=judgement.meaning,
                reasons=judgement.reasons,
            )
        )
        if progress:
            progress(len(done))
    return done, len(done) / max(time.process_time() - started, 1e-9)


def figures(judged: Iterable[Judged], *, kept_of: Iterable[Judged] | None = None) -> Figures:
    """The two shares over `judged`; `kept_of` gives the supported pairs where the group has none of its own."""
    every = list(judged)
    supported = [j.supported for j in (every if kept_of is None else kept_of) if j.pair.supported]
    others = [not j.supported for j in every if not j.pair.supported]
    return Figures(
        kept=sum(supported) / len(supported) if supported else 0.0,
        refused=sum(others) / len(others) if others else 0.0,
        supported=len(supported),
        others=len(others),
    )


def by_kind(judged: Sequence[Judged]) -> dict[str, Figures]:
    """Each kind of error against all supported sentences: a paraphrase has no kind of error."""
    kinds = sorted({j.pair.kind for j in judged if not j.pair.supported})
    return {k: figures([j for j in judged if j.pair.kind == k], kept_of=judged) for k in kinds}


def by_language(judged: Sequence[Judged]) -> dict[str, Figures]:
    """By the language of the sentence; then by whether the story is in another."""
    codes = sorted({j.pair.language for j in judged})
    found = {c: figures([j for j in judged if j.pair.language == c]) for c in codes}
    for name, across in (("one language", False), ("two languages", True)):
        found[name] = figures([j for j in judged if j.pair.across == across])
    return found


# The strictest limit that costs at most this much balanced accuracy: absent facts are rarer in the set than in use.
SLACK, SLACK_ACROSS = 0.005, 0.01  # across languages the checks see less, so meaning has more to answer for
_STEPS = [step / 100 for step in range(81)]
_BELOW = 0.01  # of the supported sentences, the share that may fall under "partly"


def calibrate(
    of: VerificationSet, *, closeness: Closeness, progress: Callable[[int], None] | None = None
) -> Thresholds:
    """The thresholds that fit the calibrating half best, with the embedder and without it."""
    stored = Thresholds()
    open_ = replace(
        stored, supported=0.0, partly=0.0, supported_across=0.0, partly_across=0.0, supported_words=0.0,
        partly_words=0.0, supported_marks=0.0, partly_marks=0.0,
    )  # fmt: skip
    found: dict[str, float] = {}
    for with_embedder, names in ((closeness, ("", "_across")), (None, ("_words", "_marks"))):
        judged, _ = judge_pairs(
            of, of.of_half("calibrate"), closeness=with_embedder, thresholds=open_, progress=progress
        )
        for name, across in zip(names, (False, True), strict=True):
            group = [j for j in judged if j.pair.across == across]
            slack = SLACK_ACROSS if across else SLACK
            found[f"supported{name}"], found[f"partly{name}"] = _limits(group, slack=slack)
    return replace(stored, **found)


def _limits(judged: Sequence[Judged], *, slack: float) -> tuple[float, float]:
    def accuracy(limit: float) -> float:
        return figures(
            [replace(j, supported=j.clear and j.meaning >= limit) for j in judged]
        ).balanced_accuracy

    scores = {limit: accuracy(limit) for limit in _STEPS}
    best = max(scores.values())
    supported = max(limit for limit, score in scores.items() if score >= best - slack)
    meanings = sorted(j.meaning for j in judged if j.pair.supported)
    lowest = meanings[int(len(meanings) * _BELOW)] if meanings else 0.0
    return supported, round(min(lowest, supported), 2)
