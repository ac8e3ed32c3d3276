"""The evaluation sets that an archive's people may choose from: listed without being read, read once.

Those shipped in data/, those that the setting `[evaluation] sets` names, and the archive's own in its sets/
folder: uploaded, made of the archive, or exported from feedback. Beside each of the last stands a file that
says what it was called, who brought it and when. A set is named to the outside by a key, never by a path.
"""

from __future__ import annotations

import hashlib
import secrets
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import orjson

from domain.errors import SetError
from evaluation.sets import EvalQuery, EvalSet, load_set, recognise, set_paths
from evaluation.sets.beir import as_made
from runtime.settings import Settings, shared_folder

SHIPPED = Path(__file__).resolve().parents[1] / "data"
_NOTE = ".origin"  # the file beside a set of the archive's own
_REVIEWED = ("review.jsonl", "set.toml")  # change at every decision of a reviewer, and not what was made
_READ = 4  # sets kept in memory, some 100 MB each where they have 100,000 questions


class Origin(StrEnum):
    SHIPPED = "shipped"
    NAMED = "named"  # by the setting
    UPLOADED = "uploaded"
    MADE = "made"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCard:
    """A set as it is listed. `title` is data: what its file was called, or its path."""

    key: str
    path: Path
    title: str
    origin: Origin
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetContents:
    """What is in a set that was read wholly and found to be in order."""

    format: str
    questions: int
    with_answers: int
    unanswerable: int
    not_scored: int
    judged: int
    stories: int | None  # that came with it; None: in files, or those of an archive
    has_corpus: bool
    synthetic: bool
    languages: tuple[str, ...]
    kinds: tuple[str, ...]
    reviewed: int
    rejected: int


class Shelf:
    """The sets of one archive. Cheap: looks at folders when asked."""

    def __init__(self, settings: Settings) -> None:
        self._named = settings.evaluation.sets
        self.own = settings.archive / "sets"

    def all(self) -> list[SetCard]:
        """Shipped ones first, then those named, then the archive's own, latest first."""
        cards = [_card(path, Origin.SHIPPED) for path in _paths_in([SHIPPED] if SHIPPED.is_dir() else [])]
        cards += [_card(path, Origin.NAMED) for path in _paths_in(self._named)]
        own = [self._own_card(path) for path in _visible(self.own) if path.suffix != _NOTE]
        own.sort(key=lambda card: card.at or datetime.min.replace(tzinfo=UTC), reverse=True)
        return list({card.key: card for card in (*cards, *own)}.values())

    def get(self, key: str) -> SetCard:
        """SetError where no set has that key now."""
        for card in self.all():
            if card.key == key:
                return card
        raise SetError("that set is not here any more", hint="choose one of the list")

    def drawn(self, suffix: str = "") -> Path:
        """A new place for a set of the archive's own; what a person calls it never becomes a path."""
        self.own.mkdir(parents=True, exist_ok=True)
        return self.own / f"set-{secrets.token_hex(4)}{suffix}"

    def note(self, path: Path, *, title: str, origin: Origin, by: str) -> SetCard:
        """Says what the set at `path` is called, where it comes from and who brought it."""
        about = {
            "title": title,
            "origin": origin,
            "by": by,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        path.with_name(path.name + _NOTE).write_bytes(orjson.dumps(about))
        return self._own_card(path)

    def _own_card(self, path: Path) -> SetCard:
        note = path.with_name(path.name + _NOTE)
        about = orjson.loads(note.read_bytes()) if note.is_file() else {}
        return _card(
            path,
            Origin(about.get("origin", Origin.UPLOADED)),
            title=about.get("title"),
            by=about.get("by"),
            at=datetime.fromisoformat(about["at"]) if "at" in about else None,
        )


class Identity:
    """A set as a key of a cache: by which object it is. read_set gives the same one until its files change."""

    def __init__(self, of: EvalSet) -> None:
        self.of = of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self.of is other.of

    def __hash__(self) -> int:
        return id(self.of)


def read_set(path: Path) -> EvalSet:
    """The set, read anew only when one of its files changed. SetError names file, line and field."""
    return _read(path, _signature(path))


def read_as_made(path: Path) -> EvalSet:
    """A made set before its review. SetError where it is none."""
    if (
        recognise(path) != "beir"
        or not (made := _read_as_made(path, _signature(path, without=_REVIEWED))).synthetic
    ):
        raise SetError(
            f"{path.name} is not a made set", hint="only sets made by `depeche eval make` are reviewed"
        )
    return made


def says_synthetic(path: Path) -> bool:
    """Whether set.toml says so; nothing else of the set is read."""
    try:
        return tomllib.loads((path / "set.toml").read_text("utf-8")).get("synthetic") is True
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False


def queries_by_id(of: EvalSet) -> Mapping[str, EvalQuery]:
    return _by_id(Identity(of))


@lru_cache(maxsize=_READ)
def _by_id(one: Identity) -> Mapping[str, EvalQuery]:
    return {query.query_id: query for query in one.of.queries}


def contents(of: EvalSet) -> SetContents:
    """Counted once for a set that read_set gave."""
    return _contents(Identity(of))


@lru_cache(maxsize=_READ)
def _contents(one: Identity) -> SetContents:
    of = one.of
    return SetContents(
        format=of.format,
        questions=len(of.queries),
        with_answers=sum(bool(q.answers) for q in of.queries),
        unanswerable=sum(q.answerable is False for q in of.queries),
        not_scored=sum(q.answerable is None for q in of.queries),
        judged=len(of.qrels),
        stories=len(of.stories) if of.stories else None,
        has_corpus=of.has_corpus,
        synthetic=of.synthetic,
        languages=tuple(sorted({q.language for q in of.queries if q.language})),
        kinds=tuple(sorted({q.kind for q in of.queries if q.kind})),
        reviewed=of.review.reviewed if of.review else 0,
        rejected=of.review.rejected if of.review else 0,
    )


def _card(
    path: Path, origin: Origin, *, title: str | None = None, by: str | None = None, at: datetime | None = None
) -> SetCard:
    key = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:12]
    return SetCard(key=key, path=path, title=title or path.name, origin=origin, by=by, at=at)


def _paths_in(roots: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for root in roots:
        if root.exists():
            changed = tuple(child.stat().st_mtime_ns for child in _visible(root)) if root.is_dir() else ()
            found += _sets_below(root, root.stat().st_mtime_ns, changed)
    return found


@lru_cache(maxsize=64)
def _sets_below(root: Path, changed: int, children: tuple[int, ...]) -> tuple[Path, ...]:
    """Recognising a set opens its files: done again only when something in the folder changed."""
    return tuple(set_paths(root))


def _visible(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [child for child in sorted(folder.iterdir()) if not child.name.startswith(".")]


def _signature(path: Path, *, without: Sequence[str] = ()) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every file of the set."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return tuple(
        (one.name, (stat := one.stat()).st_mtime_ns, stat.st_size) for one in files if one.name not in without
    )


@lru_cache(maxsize=_READ)
def _read(path: Path, signature: tuple[tuple[str, int, int], ...]) -> EvalSet:
    return load_set(path, shared=shared_folder())


@lru_cache(maxsize=_READ)
def _read_as_made(path: Path, signature: tuple[tuple[str, int, int], ...]) -> EvalSet:
    return as_made(path, shared_folder())
