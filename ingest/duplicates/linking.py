"""Links each stored version to its near-duplicates and to the chain of its event.

Versions are linked in the order of their ids, whatever the batches: a version is compared with those before
it that share a key with it. Its keys, its groups and the mark that it is linked are written in one
transaction, so a run that was killed is taken up where it was, and linking again what is linked does
nothing. Keys shared by more than CROWDED_KEY stories are neither followed nor fed, and no group grows
beyond MOST_MEMBERS: what a version costs does not depend on how many the archive holds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from db.groups import CROWDED_KEY, Groups, Links, Unlinked
from ingest.duplicates.copies import same_text
from ingest.duplicates.events import is_kin, same_event, tells_by_itself
from ingest.duplicates.keys import Meeting, meetings
from ingest.duplicates.texts import MOST_CHARACTERS, Text, TokenHashes, read_texts

LINK_BATCH = 1_000  # versions a transaction: 24 million characters of texts at most
KEYS_TO_MEET = 2  # words in both headlines; one band is worth as much, and to an alert one word is enough
MOST_CANDIDATES = 15  # of a version by its text, and as many by its headline
MOST_MEMBERS = 50  # a larger group is a form that is filled in again and again
TEXTS_AT_HAND = 4_000  # texts of candidates kept between batches: some 40 MB


class Linker:
    """Goes through the versions that are not linked yet. One at a time: the writer's lock is the caller's."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._hashes = TokenHashes()
        self._at_hand: OrderedDict[int, list[Text]] = OrderedDict()  # versions linked, by story

    def keep_up(self) -> None:
        """Links while a whole batch is waiting: a transaction for few versions costs as much as for many."""
        while self._links.backlog() >= LINK_BATCH and self._link_next():
            pass

    def catch_up(self) -> None:
        """Links all that is not linked: what was stored since the last call, and what an earlier run left."""
        while self._link_next():
            pass

    def _link_next(self) -> bool:
        of = self._links.unlinked(limit=LINK_BATCH, characters=MOST_CHARACTERS)
        return of.until > of.since and self._link(of)

    def _link(self, of: Unlinked) -> bool:
        texts = read_texts(of.sent, self._hashes)
        met = meetings(texts)
        shelf = _Shelf(self._links.stories_under({key for one in met for key in (*one.bands, *one.titles)}))
        chosen = _candidates(texts, met, shelf)
        self._bring_to_hand({story_id for some in chosen for story_id in some}, until=of.since)
        fresh: dict[int, list[Text]] = {}
        copies: list[tuple[int, int]] = []
        told: list[_Told] = []
        for text, candidates in zip(texts, chosen, strict=True):
            story_id = text.sent.story_id
            near: dict[int, Sequence[Text]] = {
                other: [
                    one
                    for one in (*self._at_hand[other], *fresh.get(other, ()))
                    if keys >= KEYS_TO_MEET or text.is_alert or one.is_alert
                ]
                for other, keys in candidates.items()
            }
            related = {other: _relation(text, some) for other, some in near.items()}
            copies += [(story_id, other) for other, is_what in related.items() if is_what is _Relation.COPY]
            told += _told(
                text, {other: near[other] for other in related if related[other] is _Relation.EVENT}, near
            )
            fresh.setdefault(story_id, []).append(text)
        is_added = self._links.add(
            of,
            keys=shelf.added,
            duplicates=_merged(copies, self._links.duplicates),
            chains=_chained(told, self._links.chains),
        )
        self._keep(fresh if is_added else {})
        return is_added

    def _bring_to_hand(self, story_ids: Collection[int], *, until: int) -> None:
        """All linked versions of these stories."""
        for story_id in story_ids:
            if story_id in self._at_hand:
                self._at_hand.move_to_end(story_id)
        missing = [story_id for story_id in story_ids if story_id not in self._at_hand]
        found = self._links.sent(missing, until=until, characters=MOST_CHARACTERS)
        brought: dict[int, list[Text]] = {story_id: [] for story_id in missing}
        for text in read_texts(found, self._hashes):
            brought[text.sent.story_id].append(text)
        self._at_hand.update(brought)

    def _keep(self, fresh: Mapping[int, Sequence[Text]]) -> None:
        """Adds to the stories at hand, whole as they are: of others, earlier versions may be missing."""
        for story_id, texts in fresh.items():
            if story_id in self._at_hand:
                self._at_hand[story_id].extend(texts)
        while len(self._at_hand) > TEXTS_AT_HAND:
            self._at_hand.popitem(last=False)


class _Relation(Enum):
    COPY = auto()
    EVENT = auto()


def _relation(ours: Text, others: Sequence[Text]) -> _Relation | None:
    """What a text is to a story, all of whose versions are given."""
    if any(same_text(ours, one) for one in others):
        return _Relation.COPY
    return _Relation.EVENT if any(same_event(ours, one) for one in others) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Two stories of one event."""

    pair: tuple[int, int]
    alert: int | None  # None: certain, whatever else has told it
    kin: Collection[int]  # stories that share some of their text with the one that tells the alert


def _told(
    text: Text, events: Mapping[int, Sequence[Text]], near: Mapping[int, Sequence[Text]]
) -> list[_Told]:
    found = []
    for other, versions in events.items():
        pair = (text.sent.story_id, other)
        last = versions[-1]
        story, alert = (last, text) if text.is_alert else (text, last)
        if text.is_alert == last.is_alert or tells_by_itself(story, alert):
            found.append(_Told(pair=pair, alert=None, kin=()))
            continue
        kin = [one for one, some in near.items() if one != other and any(is_kin(story, two) for two in some)]
        found.append(_Told(pair=pair, alert=alert.sent.story_id, kin=kin))
    return found


@dataclass(slots=True)
class _Shelf:
    """Which stories are under a key: those stored, and those of the batch as they come."""

    stored: dict[int, list[int]]
    added: list[tuple[int, int]] = field(default_factory=list)

    def met(self, keys: Iterable[int], but: int) -> dict[int, int]:
        """Stories under most of the keys, and how many, `but` for one. Crowded keys are passed over."""
        counts: dict[int, int] = {}
        for key in keys:
            stories = self.stored.get(key)
            if stories is not None and len(stories) <= CROWDED_KEY:
                for story_id in stories:
                    counts[story_id] = counts.get(story_id, 0) + 1
        counts.pop(but, None)
        if len(counts) <= MOST_CANDIDATES:
            return counts
        # Not most_common: where as many keys are shared, batches must not decide who is looked at.
        ranked = sorted(counts, key=lambda story_id: (-counts[story_id], -story_id))
        return {story_id: counts[story_id] for story_id in ranked[:MOST_CANDIDATES]}

    def file(self, story_id: int, keys: Iterable[int]) -> None:
        for key in keys:
            stories = self.stored.setdefault(key, [])
            if len(stories) <= CROWDED_KEY and story_id not in stories:
                stories.append(story_id)
                self.added.append((key, story_id))


def _candidates(texts: Sequence[Text], met: Sequence[Meeting], shelf: _Shelf) -> list[dict[int, int]]:
    """For each version, the stories sent before it that share a key, and how many; files it for those after it."""
    chosen = []
    for text, meeting in zip(texts, met, strict=True):
        story_id = text.sent.story_id
        found = shelf.met(meeting.titles, but=story_id)
        for other in shelf.met(meeting.bands, but=story_id):
            found[other] = found.get(other, 0) + KEYS_TO_MEET
        # The nearest first: a story joins one chain only.
        chosen.append(dict(sorted(found.items(), key=lambda one: (-one[1], -one[0]))))
        shelf.file(story_id, meeting.filed)
    return chosen


def _merged(pairs: Sequence[tuple[int, int]], groups: Groups) -> dict[int, int]:
    """story_id → group, for stories whose group changes."""
    joined = _Joined.of(pairs, groups)
    for pair in pairs:
        joined.add(pair)
    return joined.changed


def _chained(told: Sequence[_Told], chains: Groups) -> dict[int, int]:
    """story_id → chain, for stories whose chain changes.

    Two chains stay two whatever stands between them: a roundup tells many events. And an alert that a story has
    told is told again by what takes over some of that story: others recall it and tell what came of it.
    """
    joined = _Joined.of(
        [one.pair for one in told], chains, also=[story_id for one in told for story_id in one.kin]
    )
    for one in told:
        first, second = map(joined.group.get, one.pair)
        if first is not None and second is not None:
            continue
        chain = None if one.alert is None else joined.group.get(one.alert)
        if chain is None or chain in map(joined.group.get, one.kin):
            joined.add(one.pair)
    return joined.changed


@dataclass(frozen=True, slots=True)
class _Joined:
    """Groups as they grow. A group is named by its lowest story."""

    group: dict[int, int]  # of each story that is in one
    members: dict[int, list[int]]
    changed: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Sequence[tuple[int, int]], groups: Groups, also: Sequence[int] = ()) -> _Joined:
        group = groups.of({*(story_id for pair in pairs for story_id in pair), *also}) if pairs else {}
        return cls(group, {name: [*some] for name, some in groups.members(set(group.values())).items()})

    def add(self, pair: tuple[int, int]) -> None:
        for story_id in pair:
            if story_id not in self.group:
                self.group[story_id] = story_id
                self.members[story_id] = [story_id]
        kept, left = sorted(self.group[story_id] for story_id in pair)
        if kept == left or len(self.members[kept]) + len(self.members[left]) > MOST_MEMBERS:
            return
        self.members[kept] += self.members.pop(left)
        joined = dict.fromkeys(self.members[kept], kept)
        self.changed.update(joined)
        self.group.update(joined)
