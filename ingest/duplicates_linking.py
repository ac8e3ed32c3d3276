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
from ingest.duplicates import (
    MOST_CHARACTERS,
    Text,
    TokenHashes,
    read_texts,
    same_text,
)
from ingest.duplicates_events import same_event
from ingest.duplicates_keys import Meeting, meetings

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
        events: list[tuple[int, int]] = []
        for text, candidates in zip(texts, chosen, strict=True):
            for story_id, keys in candidates.items():
                relations = {
                    _relation(text, one)
                    for one in (*self._at_hand[story_id], *fresh.get(story_id, ()))
                    if keys >= KEYS_TO_MEET or text.is_alert or one.is_alert
                }
                if _Relation.COPY in relations:
                    copies.append((text.sent.story_id, story_id))
                elif _Relation.EVENT in relations:
                    events.append((text.sent.story_id, story_id))
            fresh.setdefault(text.sent.story_id, []).append(text)
        is_added = self._links.add(
            of,
            keys=shelf.added,
            duplicates=_joined(copies, self._links.duplicates, merging=True),
            chains=_joined(events, self._links.chains, merging=False),
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


def _relation(ours: Text, theirs: Text) -> _Relation | None:
    if same_text(ours, theirs):
        return _Relation.COPY
    return _Relation.EVENT if same_event(ours, theirs) else None


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


def _joined(pairs: Sequence[tuple[int, int]], groups: Groups, *, merging: bool) -> dict[int, int]:
    """story_id → group, for stories whose group changes. A group is named by its lowest story.

    Without `merging` two groups stay two whatever stands between them: a roundup tells many events.
    """
    if not pairs:
        return {}
    group = groups.of({story_id for pair in pairs for story_id in pair})
    members = {name: [*some] for name, some in groups.members(set(group.values())).items()}
    changed: dict[int, int] = {}
    for pair in pairs:
        if not merging and pair[0] in group and pair[1] in group:
            continue
        for story_id in pair:
            if story_id not in group:
                group[story_id] = story_id
                members[story_id] = [story_id]
        kept, left = sorted((group[pair[0]], group[pair[1]]))
        if kept == left or len(members[kept]) + len(members[left]) > MOST_MEMBERS:
            continue
        members[kept] += members.pop(left)
        changed |= dict.fromkeys(members[kept], kept)
        group |= dict.fromkeys(members[kept], kept)
    return changed
