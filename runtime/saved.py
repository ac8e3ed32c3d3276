"""Saved questions asked again: what matches and arrived or changed since the last report.

What matches is said in `retrieval.matching`; that each match is reported once and none is missed, in
`db.saved`. Hits that would say a hidden name wait, as those on hold do, until the name is shown again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from db.saved import Report, SavedQuery
from db.store import StoryStore
from domain.errors import ArchiveLocked, SettingsError
from domain.query import Filters, Hit, Query, SearchResult
from retrieval.matching import Matcher
from runtime.suppression import Screen

WINDOW = 50_000  # versions looked at in one search: bounds memory at about 10 MB
MOST_REPORTED = 1000  # stories in one report; the rest come in the next
ATTEMPTS = 3  # removed and saved again in the middle of a run: rare once


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMatch:
    """A story that arrived, or changed (`is_change`: an earlier version had been reported)."""

    hit: Hit
    is_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReport:
    """One report of a saved question, in order of arrival. `is_cut`: run it again for the rest."""

    name: str
    text: str
    run: int
    matches: tuple[NewMatch, ...]
    is_cut: bool = False


class Saved:
    """What `depeche saved` does. `matcher` is asked for at each use: the index may be made anew."""

    def __init__(
        self,
        store: StoryStore,
        screen: Screen,
        *,
        matcher: Callable[[], Matcher],
        understand: Callable[[Query], Query],
    ) -> None:
        self._store = store
        self._saved = store.saved
        self._screen = screen
        self._matcher = matcher
        self._understand = understand

    def add(
        self, name: str, text: str, *, filters: Filters = Filters(), existing: bool = False
    ) -> SavedQuery:
        """Saves a question. Stories that are here already are not new, unless `existing` is said; those
        on hold or under embargo are, once they may be shown."""
        if filters.as_of is not None:
            raise SettingsError("a saved question looks forward: --as-of cannot be used", hint="use --to")
        saved = self._saved.add(name, text, filters=filters, existing=existing)
        if not existing and (restricted := self._saved.restricted(upto=saved.reached)):
            self._saved.wait_for(name, self._matcher().among(self._query(saved), restricted))
        return saved

    def all(self) -> Sequence[SavedQuery]:
        """All of them, to be shown: hidden names are masked in their names too. Run those of `names()`."""
        mask = self._screen.names().in_full
        return [replace(one, name=mask.mask(one.name), text=mask.mask(one.text)) for one in self._saved.all()]

    def names(self) -> Sequence[str]:
        return [one.name for one in self._saved.all()]

    def remove(self, name: str) -> None:
        self._saved.remove(name)

    def run(self, name: str, *, limit: int = MOST_REPORTED) -> SavedReport:
        """Makes and records the next report."""
        for _ in range(ATTEMPTS):
            saved = self._saved.get(name)
            query = self._query(saved)
            matches, reached, is_cut = self._new(saved, query, limit=limit)
            hits = self._shown(query, (*matches, *saved.waiting))
            withheld = [one for one in (*matches, *saved.waiting) if one not in hits]
            report = self._saved.report(saved, matches=matches, withheld=withheld, reached=reached)
            if report is not None:
                return self._told(saved, report, hits, is_cut=is_cut)
        raise ArchiveLocked(f"{name!r} is being saved anew all the time", hint="try again")

    def again(self, name: str) -> SavedReport:
        """The last report that held anything, less what may not be shown any more."""
        saved = self._saved.get(name)
        report = self._saved.last_report(name)
        hits = self._shown(self._query(saved), [one.version_id for one in report.reported])
        return self._told(saved, report, hits, is_cut=False)

    def _query(self, saved: SavedQuery) -> Query:
        return self._understand(Query(text=saved.text, filters=saved.filters))

    def _new(self, saved: SavedQuery, query: Query, *, limit: int) -> tuple[list[int], int, bool]:
        """Matches since the last report, how far that looked, and whether it stopped at the limit."""
        upto = self._saved.indexed_upto()  # before searching: all up to it is then found by the search
        matcher, found, reached = self._matcher(), list[int](), saved.reached
        while reached < upto:
            end = min(upto, reached + WINDOW)
            found += matcher.versions(query, after=reached, upto=end).tolist()
            reached = end
            if len(found) > limit:
                return found[:limit], found[limit - 1], True
        return found, max(reached, saved.reached), False

    def _shown(self, query: Query, version_ids: Sequence[int]) -> dict[int, Hit]:
        """A hit for each version that says no hidden name, whatever the version's standing."""
        hits = self._matcher().hits(query, version_ids)
        if not hits:
            return {}
        found = SearchResult(query=query, hits=tuple(hits), seconds=0.0)
        shown = self._screen.search(replace(query, limit=len(hits)), lambda _: found)
        return {hit.version_id: hit for hit in shown.hits}

    def _told(self, saved: SavedQuery, report: Report, hits: dict[int, Hit], *, is_cut: bool) -> SavedReport:
        mask = self._screen.names().in_full
        return SavedReport(
            name=mask.mask(saved.name),
            text=mask.mask(saved.text),
            run=report.run,
            matches=tuple(
                NewMatch(hit=hits[one.version_id], is_change=one.is_change)
                for one in report.reported
                if one.version_id in hits
            ),
            is_cut=is_cut,
        )
