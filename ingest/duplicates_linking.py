"""Links each stored version to its near-duplicates and to the chain of its event.

What is linked is found by what is missing: a version's bands, groups, chain and receipt are written in one
transaction, versions in rising order, so a run that was killed is taken up at the first version without a
receipt. The work on a version depends on the stories that share a band or a key with it, never on how many
the archive holds: bands and keys shared by more than CROWDED_BAND stories are neither followed nor fed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from db.groups import CROWDED_BAND
from db.records import ArchiveCounts
from domain.story import SentText
from ingest.duplicates import Text, bands, key_band, same_text, words_of

LINK_BATCH = 500
MOST_CANDIDATES = 30  # of a version, those that share most bands first

CHAIN_WITHIN = timedelta(hours=12)  # between one member and the next: an alert at noon, the wrap at midnight
OPENING_WORDS = 60  # an alert has no more, and a lead says in them what happened
SHARED_OPENING = 0.3  # of the content words of the shorter opening
FEWEST_SHARED = 3
CONTENT_LETTERS = 4  # shorter words are mostly articles and prepositions, in all six languages
TITLE_KEYS = 3  # words of a headline by which stories without a slugline meet


class LinkStore(Protocol):
    """What linking asks of the story store."""

    def counts(self) -> ArchiveCounts: ...

    def versions_after(self, version_id: int, *, limit: int) -> list[SentText]: ...

    def sent_texts(self, story_ids: Collection[int]) -> list[SentText]: ...

    def stories_of_bands(self, bands: Collection[int]) -> dict[int, list[int]]: ...

    def set_links(
        self,
        *,
        signatures: Mapping[int, Collection[int]],
        duplicates: Mapping[int, int],
        chains: Mapping[int, int],
    ) -> None: ...

    def duplicate_groups(self, story_ids: Collection[int]) -> dict[int, int]: ...

    def duplicate_members(self, group_ids: Collection[int]) -> dict[int, list[int]]: ...

    def event_chains(self, story_ids: Collection[int]) -> dict[int, int]: ...

    def event_chain_members(self, group_ids: Collection[int]) -> dict[int, list[int]]: ...


class Linker:
    """Goes through the versions in the order they were stored, from the first that is not linked."""

    def __init__(self, store: LinkStore) -> None:
        self._store = store
        self._linked = _last_linked(store)

    def catch_up(self) -> None:
        """Links every version stored since the last call, and those an earlier run left."""
        while found := self._store.versions_after(self._linked, limit=LINK_BATCH):
            _link(self._store, found)
            self._linked = found[-1].version_id


def _last_linked(store: LinkStore) -> int:
    """The highest version with a receipt: ids have no gaps and are linked in order, so halving finds it."""
    low, high = 0, store.counts().versions
    while low < high:
        middle = (low + high + 1) // 2
        if store.stories_of_bands([_receipt(middle)]):
            low = middle
        else:
            high = middle - 1
    return low


def _receipt(version_id: int) -> int:
    return key_band("linked", str(version_id))


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A version with the bands it is filed under and those under which others are looked for."""

    sent: SentText
    text: Text
    filed: list[int]  # by likeness of text
    keys: list[int]  # by slugline or headline, on its day
    sought: list[int]  # such keys, on its day and those beside it


def _link(store: LinkStore, versions: Sequence[SentText]) -> None:
    entries = _entries(versions)
    shelf = _Shelf(store.stories_of_bands({band for one in entries for band in (*one.filed, *one.sought)}))
    chosen = _candidates(entries, shelf)
    texts = _texts(store, entries, {story_id for some in chosen for story_id in some})
    copies: list[tuple[int, int]] = []
    events: list[tuple[int, int]] = []
    for one, candidates in zip(entries, chosen, strict=True):
        for story_id in candidates:
            others = [other for other in texts[story_id] if other.sent.version_id < one.sent.version_id]
            if any(same_text(one.text, other.text) for other in others):
                copies.append((one.sent.story_id, story_id))
            elif any(_same_event(one, other) for other in others):
                events.append((one.sent.story_id, story_id))
    store.set_links(
        signatures=shelf.added,
        duplicates=_joined(copies, store.duplicate_groups, store.duplicate_members),
        chains=_joined(events, store.event_chains, store.event_chain_members),
    )


def _entries(versions: Sequence[SentText]) -> list[_Entry]:
    texts = [
        Text(body=one.body, headline=one.headline, slugline=one.slugline, published=one.published)
        for one in versions
    ]
    filed = bands([one.words for one in texts], [one.language or "" for one in versions])
    return [
        _Entry(sent=one, text=text, filed=some, keys=[*_keys(one, 0)],
               sought=[key for day in (-1, 0, 1) for key in _keys(one, day)])
        for one, text, some in zip(versions, texts, filed, strict=True)
    ]  # fmt: skip


def _keys(sent: SentText, days: int) -> Iterator[int]:
    day = (sent.published.date() + timedelta(days=days)).isoformat() if _may_move(sent, days) else ""
    where = (sent.provider, sent.language or "", day)
    if sent.slugline:
        yield key_band("slugline", *where, sent.slugline.casefold())
        return
    for word in sorted(_content(words_of(sent.headline or "")), key=lambda one: (-len(one), one))[
        :TITLE_KEYS
    ]:
        yield key_band("headline", *where, word)


def _may_move(sent: SentText, days: int) -> bool:
    """Dates of the years 1 and 9999 have no day beside them."""
    return 1 < sent.published.year < 9999 or not days


@dataclass(slots=True)
class _Shelf:
    """Which stories are under a band: those stored, and those of the batch as they come."""

    stored: dict[int, list[int]]
    added: dict[int, set[int]] = field(default_factory=dict)

    def under(self, band: int) -> list[int]:
        stories = self.stored.get(band, [])
        return stories if len(stories) <= CROWDED_BAND else []

    def file(self, story_id: int, filed: Iterable[int], receipt: int) -> None:
        mine = self.added.setdefault(story_id, set())
        mine.add(receipt)
        for band in filed:
            stories = self.stored.setdefault(band, [])
            if story_id not in stories[-CROWDED_BAND - 1 :] and len(stories) <= CROWDED_BAND:
                stories.append(story_id)
                mine.add(band)


def _candidates(entries: Sequence[_Entry], shelf: _Shelf) -> list[list[int]]:
    """For each version, the stories sent before it that share a band or key; files it for those after."""
    chosen = []
    for one in entries:
        shared: Counter[int] = Counter()
        for band in (*one.filed, *one.sought):
            shared.update(shelf.under(band))
        del shared[one.sent.story_id]
        chosen.append([story_id for story_id, _ in shared.most_common(MOST_CANDIDATES)])
        shelf.file(one.sent.story_id, (*one.filed, *one.keys), _receipt(one.sent.version_id))
    return chosen


def _texts(store: LinkStore, entries: Sequence[_Entry], story_ids: set[int]) -> dict[int, list[_Entry]]:
    """Versions of the candidates: those of the batch as they are, the others from the store."""
    texts: dict[int, list[_Entry]] = {story_id: [] for story_id in story_ids}
    known = {one.sent.version_id for one in entries}
    for one in entries:
        if one.sent.story_id in texts:
            texts[one.sent.story_id].append(one)
    for sent in store.sent_texts(story_ids):
        if sent.version_id not in known:
            text = Text(
                body=sent.body, headline=sent.headline, slugline=sent.slugline, published=sent.published
            )
            texts[sent.story_id].append(_Entry(sent=sent, text=text, filed=[], keys=[], sought=[]))
    return texts


def _same_event(ours: _Entry, theirs: _Entry) -> bool:
    """Whether both tell of one event: one provider and language, hours apart, and openings that agree."""
    if (ours.sent.provider, ours.sent.language) != (theirs.sent.provider, theirs.sent.language):
        return False
    if abs(ours.sent.published - theirs.sent.published) > CHAIN_WITHIN:
        return False
    if (ours.sent.slugline or "").casefold() != (theirs.sent.slugline or "").casefold():
        return False
    first, second = _opening(ours.text), _opening(theirs.text)
    shared = len(first & second)
    return shared >= FEWEST_SHARED and shared >= SHARED_OPENING * min(len(first), len(second))


def _opening(text: Text) -> frozenset[str]:
    return _content([*words_of(text.headline or ""), *text.words[:OPENING_WORDS]])


def _content(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if len(word) >= CONTENT_LETTERS and not word[0].isdigit())


def _joined(
    pairs: Sequence[tuple[int, int]],
    groups_of: Callable[[Collection[int]], dict[int, int]],
    members_of: Callable[[Collection[int]], dict[int, list[int]]],
) -> dict[int, int]:
    """story_id → group, for stories whose group changes. A group is named by its lowest story."""
    if not pairs:
        return {}
    known = groups_of({story_id for pair in pairs for story_id in pair})
    group = dict(known)
    members = {name: [*some] for name, some in members_of(set(known.values())).items()}
    changed: dict[int, int] = {}
    for pair in pairs:
        for story_id in pair:
            if story_id not in group:
                group[story_id] = changed[story_id] = story_id
                members.setdefault(story_id, []).append(story_id)
        kept, left = sorted((group[pair[0]], group[pair[1]]))
        if kept == left:
            continue
        for story_id in members.pop(left):
            group[story_id] = changed[story_id] = kept
            members[kept].append(story_id)
    return changed
