"""Code tables in the database: loaded again, a table changes nothing; searched, no index is made anew.

What a code stands for is worked out when it is asked: itself, its equals in other tables, all that is
narrower, and the near equals (closeMatch) of each of these. A near equal's own near equals are not
taken: one old code close to two new topics does not make the two topics one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from db.database import Database, lock_archive
from db.rows import chunks
from db.search_tables import subject_concept, subject_link, subject_name
from domain.errors import StoreError
from domain.subjects import Concept, Link, Relation, codes_meant, name_key

BATCH = 500  # concepts a transaction: about 8,000 names, 0.2 s of the write lock
MOST_CODES = 20_000  # both of IPTC's tables together have about 2,700
_WIDER, _NARROWER = Relation.BROADER.value, Relation.NARROWER.value


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectCounts:
    """What became of the concepts of a file."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: SubjectCounts) -> SubjectCounts:
        return SubjectCounts(
            new=self.new + other.new,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
        )


class SubjectTables:
    """The tables of one archive. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, concepts: Sequence[Concept]) -> SubjectCounts:
        """Stores or replaces the concepts, in one transaction."""
        with self._database.write() as connection:
            lock_archive(connection)
            return _store(connection, {concept.code: concept for concept in concepts})

    def concepts(self, *, scheme: str | None = None) -> list[Concept]:
        """All of them, or those of one scheme ("medtop"), by code."""
        wanted = sa.select(subject_concept.c.code).order_by(subject_concept.c.code)
        if scheme is not None:
            wanted = wanted.where(subject_concept.c.code.startswith(f"{scheme}:", autoescape=True))
        with self._database.read() as connection:
            return _read(connection, connection.scalars(wanted).all())

    def named(self, text: str) -> list[Concept]:
        """The concepts of this code or name: a name in full where one is, otherwise words of one."""
        with self._database.read() as connection:
            return _read(connection, _meant(connection, text))

    def narrower(self, code: str) -> list[Concept]:
        """One step down."""
        with self._database.read() as connection:
            return _read(connection, sorted(_down(connection, [code])))

    def codes(self, text: str) -> tuple[str, ...]:
        """Every code that this code or name stands for; none where no table knows it."""
        with self._database.read() as connection:
            return tuple(sorted(_expanded(connection, _meant(connection, text))))

    def names(self, codes: Iterable[str]) -> dict[str, Concept]:
        """Those of the codes that a table knows."""
        with self._database.read() as connection:
            return {concept.code: concept for concept in _read(connection, sorted(set(codes)))}


def _store(connection: sa.Connection, concepts: dict[str, Concept]) -> SubjectCounts:
    digests = {code: _digest(concept) for code, concept in concepts.items()}
    known: dict[str, bytes] = {}
    for some in chunks(sorted(concepts)):
        query = sa.select(subject_concept).where(subject_concept.c.code.in_(some))
        known.update((row.code, row.digest) for row in connection.execute(query))
    changed = [code for code in concepts if known.get(code) != digests[code]]
    for table in (subject_link, subject_name, subject_concept):
        for some in chunks([code for code in changed if code in known]):
            connection.execute(sa.delete(table).where(table.c.code.in_(some)))
    _insert(connection, [(concepts[code], digests[code]) for code in changed])
    updated = sum(code in known for code in changed)
    return SubjectCounts(new=len(changed) - updated, updated=updated, unchanged=len(concepts) - len(changed))


def _insert(connection: sa.Connection, concepts: Sequence[tuple[Concept, bytes]]) -> None:
    rows = [{"code": one.code, "is_retired": one.is_retired, "digest": digest} for one, digest in concepts]
    names = [
        {"code": one.code, "ordinal": ordinal, "language": tag, "name": name, "key": name_key(name)}
        for one, _ in concepts
        for ordinal, (tag, name) in enumerate(one.names)
    ]
    links = [
        {"code": one.code, "relation": link.relation.value, "target": link.code}
        for one, _ in concepts
        for link in one.links
    ]
    for table, values in ((subject_concept, rows), (subject_name, names), (subject_link, links)):
        if values:
            connection.execute(sa.insert(table), values)


def _digest(concept: Concept) -> bytes:
    return hashlib.sha256(repr(concept).encode("utf-8", "surrogatepass")).digest()


def _read(connection: sa.Connection, codes: Sequence[str]) -> list[Concept]:
    """In the order of `codes`; unknown ones are left out."""
    found: dict[str, tuple[bool, list[tuple[str, str]], list[Link]]] = {}
    for some in chunks(codes):
        query = sa.select(subject_concept).where(subject_concept.c.code.in_(some))
        found.update((row.code, (row.is_retired, [], [])) for row in connection.execute(query))
        names = sa.select(subject_name).where(subject_name.c.code.in_(some))
        for row in connection.execute(names.order_by(subject_name.c.code, subject_name.c.ordinal)):
            found[row.code][1].append((row.language, row.name))
        links = sa.select(subject_link).where(subject_link.c.code.in_(some))
        for row in connection.execute(
            links.order_by(subject_link.c.code, subject_link.c.relation, subject_link.c.target)
        ):
            found[row.code][2].append(Link(relation=Relation(row.relation), code=row.target))
    return [
        Concept(
            code=code, is_retired=found[code][0], names=tuple(found[code][1]), links=tuple(found[code][2])
        )
        for code in dict.fromkeys(codes)
        if code in found
    ]


def _meant(connection: sa.Connection, text: str) -> list[str]:
    """Codes of the tables, or codes that a link of a table names, that the text is or names."""
    meant = codes_meant(text)
    known = sa.select(subject_concept.c.code).where(subject_concept.c.code.in_(meant))
    named_by_others = sa.select(subject_link.c.target).where(subject_link.c.target.in_(meant))
    codes = connection.scalars(known.union(named_by_others)).all()
    if codes:
        return sorted(codes)
    key = name_key(text)
    if not key.strip():
        return []
    named = sa.select(subject_name.c.code).distinct().order_by(subject_name.c.code)
    in_full = connection.scalars(named.where(subject_name.c.key == key)).all()
    return list(in_full or connection.scalars(named.where(subject_name.c.key.contains(key, autoescape=True))))


def _expanded(connection: sa.Connection, codes: Sequence[str]) -> set[str]:
    firm, near = set(codes), set[str]()  # near: reached over a closeMatch
    fringe, near_fringe = set(codes), set[str]()
    while (fringe or near_fringe) and len(firm | near) <= MOST_CODES:
        reached = _down(connection, fringe) | _across(connection, fringe, Relation.EXACT)
        reached_near = _across(connection, fringe, Relation.CLOSE) | _down(connection, near_fringe)
        reached_near |= _across(connection, near_fringe, Relation.EXACT)
        fringe, near_fringe = reached - firm, reached_near - near - firm
        firm, near = firm | fringe, near | near_fringe
    return firm | near


def _down(connection: sa.Connection, codes: Iterable[str]) -> set[str]:
    """Codes one step narrower, whichever of the two concepts says so."""
    return set(_linked(connection, codes, stated=_NARROWER, inverse=_WIDER))


def _across(connection: sa.Connection, codes: Iterable[str], relation: Relation) -> set[str]:
    return set(_linked(connection, codes, stated=relation.value, inverse=relation.value))


def _linked(connection: sa.Connection, codes: Iterable[str], *, stated: str, inverse: str) -> Iterator[str]:
    for some in chunks(sorted(codes)):
        forth = sa.select(subject_link.c.target).where(
            subject_link.c.code.in_(some), subject_link.c.relation == stated
        )
        back = sa.select(subject_link.c.code).where(
            subject_link.c.target.in_(some), subject_link.c.relation == inverse
        )
        yield from connection.scalars(forth)
        yield from connection.scalars(back)


def require(found: Sequence[Concept], text: str) -> Sequence[Concept]:
    """StoreError where no table knows the code or name."""
    if not found:
        raise StoreError(f"no table has a subject {text!r}", hint="list them: depeche subjects list")
    return found
