"""Draws stories from an archive, finds translations among them, and makes a set of questions of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from domain.errors import SetError, StoryNotFound
from domain.query import Filters
from domain.story import Kind, StoredPassage, Version
from evaluation.synthetic.cloze import DAYS
from evaluation.synthetic.items import Drawn
from evaluation.synthetic.make import Made, make, write
from evaluation.synthetic.translated import is_translation
from runtime.archive import Archive
from runtime.manifest import archive_digest

_BATCH = 500  # passages looked up at a time
_MOST_TRIED = 1_000_000  # passages drawn: memory does not grow with the archive beyond this
_SHORTEST = 200  # characters of a body: an alert of a line gives no question
_TRIED_A_PAIR = 20  # stories whose translation is looked for, for each pair wanted
_NEAREST = 3  # hits looked at


def make_set_of(archive: Archive, out: Path, *, questions: int, stories: int, seed: int) -> Made:
    """Writes the set into `out`. Every text passes through what the archive may show now.

    SetError where the archive gives no question at all.
    """
    drawn = _drawn(archive, stories, seed)
    pairs = list(_pairs(archive, drawn, questions // 10, seed))
    made = make(drawn, pairs, questions=questions, seed=seed)
    if not made.queries:
        raise SetError(
            f"no question could be made of {len(drawn.stories)} stories",
            hint="ingest stories, or raise --stories",
        )
    about: dict[str, str | int] = {
        "archive": archive_digest(archive),
        "seed": seed,
        "drawn": len(drawn.stories),
    }
    write(made, out, about=about)
    return made


def _drawn(archive: Archive, count: int, seed: int) -> Drawn:
    """Stories taken by passages drawn at random (a long story is likelier), with all copies of each."""
    chosen: dict[str, Version] = {}
    for passage in _random_passages(archive, seed):
        if len(chosen) >= count:
            break
        if passage.guid not in chosen and passage.kind is Kind.STORY:
            _keep(archive, passage.guid, chosen)
    copies = _copies(archive, chosen)
    for guid in {copy for family in copies.values() for copy in family} - chosen.keys():
        _keep(archive, guid, chosen)
    held = {guid: frozenset(family & chosen.keys()) for guid, family in copies.items()}
    return Drawn(sorted(chosen.values(), key=lambda story: story.guid), held)


def _random_passages(archive: Archive, seed: int) -> Iterator[StoredPassage]:
    """No passage twice, in an order that the seed gives; ids are looked up, not read through."""
    last = archive.store.last_passage_id()
    numbers = Random(seed).sample(range(1, last + 1), min(last, _MOST_TRIED))  # noqa: S311 - likewise
    for at in range(0, len(numbers), _BATCH):
        some = numbers[at : at + _BATCH]
        found = archive.store.passages(some)
        yield from (found[number] for number in some if number in found)


def _keep(archive: Archive, guid: str, chosen: dict[str, Version]) -> None:
    try:
        version = archive.version(guid)
    except StoryNotFound:
        return  # killed, on hold, under embargo: no question may be made of it
    if len(version.body) >= _SHORTEST:
        chosen[guid] = version


def _copies(archive: Archive, chosen: Iterable[str]) -> dict[str, set[str]]:
    """guid → guids of its duplicate group and of its chain of one event, itself too."""
    links, ids = archive.store.links, archive.store.links.story_ids(list(chosen))
    guids = {number: guid for guid, number in ids.items()}
    families = {guid: {guid} for guid in chosen}
    for groups in (links.duplicates, links.chains):
        of = groups.of(list(ids.values()))
        members = groups.members(set(of.values()))
        strangers = {number for found in members.values() for number in found} - guids.keys()
        guids |= links.guids(strangers)
        for guid, number in ids.items():
            if number in of:
                families[guid] |= {guids[member] for member in members[of[number]] if member in guids}
    return families


def _pairs(archive: Archive, drawn: Drawn, wanted: int, seed: int) -> Iterator[tuple[Version, Version]]:
    """Stories that are each other's nearest across languages, as far as both were drawn."""
    held = {story.guid: story for story in drawn.stories}
    languages = {story.language for story in drawn.stories if story.language}
    if len(languages) < 2:
        return
    order = [story for story in drawn.stories if story.language]
    Random(seed).shuffle(order)  # noqa: S311 - a draw to be repeated, no secret
    found = 0
    seen: set[str] = set()
    for story in order[: wanted * _TRIED_A_PAIR]:
        if found >= wanted:
            return
        for guid in _near(archive, story, languages - {story.language}):
            other = held.get(guid)
            if other is None or {story.guid, guid} & seen or not is_translation(story, other):
                continue
            if story.guid in _near(archive, other, {story.language}):
                seen |= {story.guid, guid}
                found += 1
                yield story, other
                break


def _near(archive: Archive, story: Version, languages: Iterable[str | None]) -> list[str]:
    filters = Filters(
        start=story.published - timedelta(days=DAYS),
        end=story.published + timedelta(days=DAYS),
        languages=frozenset(language for language in languages if language),
    )
    return [hit.guid for hit in archive.similar(story.guid, filters=filters, limit=_NEAREST).hits]
