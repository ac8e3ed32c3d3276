"""What every reader may do to find stories and to read them: search, counts, saved questions, the story page.

Nothing here gives a word of a story that may not be shown, nor a name that is hidden by order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db.saved import SavedQuery
from domain.access import Role, User
from domain.facets import Facets
from domain.query import Filters, Hit, Mode, Query, SearchResult
from domain.related import StoryCard, StoryStanding
from domain.story import StoryRecord, Version
from runtime.saved import SavedReport

if TYPE_CHECKING:
    from retrieval.marking import Marker
    from retrieval.remarks import Remark
    from runtime.archive import Archive

ASKED_AT_ONCE = 50  # hits of a question: beyond them relevance says little, and each costs its passages
MOST_LISTED = 1000  # hits of an expression


@dataclass(frozen=True, slots=True, kw_only=True)
class HitPage:
    """Some hits of a query, in order. `is_last`: there is none after them; `is_cut`: there are, but so many
    are never listed."""

    query: Query
    hits: tuple[Hit, ...]
    first: int  # place of the first of them, from 1
    is_last: bool
    is_cut: bool
    is_expression: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What filters can be chosen from: codes and how many stories have each, most frequent first."""

    languages: tuple[str, ...]
    providers: tuple[str, ...]
    stories: int


class Finding:
    """A reader's searches. Nothing is written but a saved question and its reports."""

    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user

    # -- searching -----------------------------------------------------------------------------

    def offered(self) -> Offered:
        """From counters that are kept up: the same cost at any size."""
        held = self._archive.holdings()
        known = tuple(language for language in held.by_language if language != "und")
        return Offered(languages=known, providers=tuple(held.by_provider), stories=held.stories)

    def page(self, query: Query, *, number: int, size: int, without: Collection[str] = ()) -> HitPage:
        """Page `number` (from 1) of what the query finds.

        An expression is listed as far as MOST_LISTED. Of a question the ASKED_AT_ONCE best are found at
        once, so that the same story is on the same page whichever is asked for first.
        """
        from retrieval.syntax import is_expression

        understood = self._archive.understand(query, without=without)
        exact = is_expression(query.text)
        most = MOST_LISTED if exact else ASKED_AT_ONCE
        first = (max(1, number) - 1) * size
        limit = min(most, first + size + 1) if exact else most
        found = self._archive.search_query(replace(understood, limit=limit if first < most else 0))
        is_last = len(found.hits) <= first + size
        return HitPage(
            query=found.query,
            hits=found.hits[first : first + size],
            first=first + 1,
            is_last=is_last,
            is_cut=is_last and (len(found.hits) >= most or first >= most),
            is_expression=exact,
            seconds=found.seconds,
        )

    def facets(
        self, query: Query, *, language: str, values: int = 12, without: Collection[str] = ()
    ) -> Facets:
        """Counts of all that matches: seconds for a broad query of a large archive. Ask when asked.

        Subjects that no table names are called what stories call them, those in `language` first.
        """
        found = self._archive.facets(self._archive.understand(query, without=without), values=values)
        named = (
            one if one.name else replace(one, name=self._said(one.value, language) or self._said(one.value))
            for one in found.subjects
        )
        return replace(found, subjects=tuple(named))

    def _said(self, code: str, language: str | None = None) -> str | None:
        """What a story with that subject calls it."""
        spoken = frozenset({language}) if language else frozenset[str]()
        filters = Filters(languages=spoken)
        asked = Query(text=f'subject:"{code}"', mode=Mode.LEXICAL, limit=1, filters=filters)
        for hit in self._archive.search_query(asked).hits if '"' not in code else ():
            for subject in self._archive.version(hit.guid, number=hit.version).subjects:
                if subject.code == code:
                    return subject.name
        return None

    def remarks(self, text: str) -> list[Remark]:
        """What of an expression was not understood, and where."""
        from retrieval.remarks import remarks

        return remarks(text, labels=self._archive.index.generation().lexical.stories.labels)

    def marker(self, text: str) -> Marker:
        """Finds the query's words in what is shown."""
        from retrieval.marking import Marker

        return Marker(text, languages=self._archive.index.generation().lexical.languages())

    def stamp(self) -> str:
        """Changes with the archive, and when what may be shown of it does: what a page keeps is good for one."""
        store = self._archive.store
        return f"{store.fingerprint()}:{store.visibility_epoch()}"

    # -- saved questions -----------------------------------------------------------------------

    def saved(self) -> Sequence[SavedQuery]:
        return self._archive.saved.all()

    def save(self, name: str, text: str, *, filters: Filters) -> SavedQuery:
        return self._archive.saved.add(name, text, filters=filters)

    def run_saved(self, name: str, *, limit: int = 100) -> SavedReport:
        """What is new since the last report. The report counts for everybody: questions are the archive's."""
        return self._archive.saved.run(name, limit=limit)

    def remove_saved(self, name: str) -> None:
        """Archivists: a saved question is the archive's, not its maker's."""
        self._user.need(Role.ARCHIVIST)
        self._archive.saved.remove(name)

    # -- reading -------------------------------------------------------------------------------

    def standing(self, guid: str) -> StoryStanding:
        """Whether it may be shown, and since when not; StoryNotFound when there is no such story."""
        return self._archive.store.related.standing(guid)

    def story(self, guid: str) -> StoryRecord:
        """All versions of a story that may be shown. What people did to it, and why, is the archivists'."""
        return replace(self._archive.story(guid), history=())

    def version(self, guid: str, *, number: int | None = None) -> Version:
        """One version; the current one where none is named."""
        return self._archive.version(guid, number=number)

    def copies(self, guid: str) -> list[StoryCard]:
        """The story and its near-duplicates, the first sent first; empty when there are none."""
        self._require_shown(guid)
        return self._screened(self._archive.store.related.copies(guid))

    def chain(self, guid: str) -> list[StoryCard]:
        """The story and the others of its event, in the order they were sent; empty when there are none."""
        self._require_shown(guid)
        return self._screened(self._archive.store.related.chain(guid))

    def similar(self, guid: str, *, limit: int = 5) -> SearchResult:
        return self._archive.similar(guid, limit=limit)

    def subject_names(self, codes: Collection[str]) -> dict[str, str]:
        """What the loaded tables call them."""
        found = self._archive.store.subjects.names(codes)
        return {code: name for code, concept in found.items() if (name := concept.name())}

    def _require_shown(self, guid: str) -> None:
        self._archive.version(guid)

    def _screened(self, cards: Sequence[StoryCard]) -> list[StoryCard]:
        """Headlines with hidden names as blocks: by the measure of the whole story, which may name a person
        in full where its headline has the last name alone."""
        if not self._archive.suppressions():
            return list(cards)
        shown = [self._archive.version(card.guid, number=card.version) for card in cards]
        return [
            replace(card, headline=version.headline, slugline=version.slugline)
            for card, version in zip(cards, shown, strict=True)
        ]
