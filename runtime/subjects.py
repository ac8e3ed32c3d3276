"""The code tables of an archive: loaded from the files IPTC publishes, listed, and looked up.

A file that breaks off keeps what was read of it; loaded again, whole, it completes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from db.store import StoryStore
from db.subjects import BATCH, SubjectCounts, require
from domain.errors import SourceError
from domain.subjects import Concept, RejectedConcept, Relation
from ingest.subject_tables import Found, read_table
from runtime.suppression import Mask, Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectReport:
    """What loading a file did. Every entry is in exactly one of new … rejected."""

    new: int
    updated: int
    unchanged: int
    set_aside: int  # people, places and events: no subjects
    rejected: tuple[RejectedConcept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPage:
    """A concept with its neighbours, and every code that a search for it takes in."""

    concept: Concept
    broader: tuple[Concept, ...]
    narrower: tuple[Concept, ...]
    same: tuple[Concept, ...]  # in other tables, exactly or nearly
    searched: tuple[str, ...]


class Subjects:
    """What `depeche subjects` does."""

    def __init__(self, store: StoryStore, screen: Screen) -> None:
        self._tables = store.subjects
        self._screen = screen

    def load(self, path: str | Path) -> SubjectReport:
        """Loads a knowledge item or the JSON of cv.iptc.org. Loaded again, it changes nothing."""
        entries = read_table(Path(path))
        counts, set_aside, rejected = SubjectCounts(), 0, list[RejectedConcept]()
        for batch in _batches(entries):
            counts += self._tables.add([one for one in batch if isinstance(one, Concept)])
            set_aside += sum(one is None for one in batch)
            rejected += [one for one in batch if isinstance(one, RejectedConcept)]
        if not (counts.new or counts.updated or counts.unchanged):
            reason = f": {rejected[0].reason}" if rejected else ""
            raise SourceError(
                f"{path} holds no subject{reason}",
                hint="give a knowledge item or JSON of cv.iptc.org with all languages (lang=x-all)",
            )
        return SubjectReport(
            new=counts.new,
            updated=counts.updated,
            unchanged=counts.unchanged,
            set_aside=set_aside,
            rejected=tuple(rejected),
        )

    def all(self, *, scheme: str | None = None) -> list[Concept]:
        mask = self._screen.names().in_full
        return [_masked(one, mask) for one in self._tables.concepts(scheme=scheme)]

    def show(self, text: str) -> list[SubjectPage]:
        """Each concept of the code or name. StoreError when no table knows it."""
        mask = self._screen.names().in_full
        return [self._page(one, mask) for one in require(self._tables.named(text), text)]

    def _page(self, concept: Concept, mask: Mask) -> SubjectPage:
        def linked(*relations: Relation) -> tuple[Concept, ...]:
            codes = [link.code for link in concept.links if link.relation in relations]
            known = self._tables.names(codes)
            return tuple(_masked(known.get(code, Concept(code=code, names=())), mask) for code in codes)

        return SubjectPage(
            concept=_masked(concept, mask),
            broader=linked(Relation.BROADER),
            narrower=tuple(_masked(one, mask) for one in self._tables.narrower(concept.code)),
            same=linked(Relation.EXACT, Relation.CLOSE),
            searched=self._tables.codes(concept.code),
        )


def _batches(entries: Iterator[Found]) -> Iterator[list[Found]]:
    while batch := list(islice(entries, BATCH)):
        yield batch


def _masked(concept: Concept, mask: Mask) -> Concept:
    return replace(concept, names=tuple((tag, mask.mask(name)) for tag, name in concept.names))
