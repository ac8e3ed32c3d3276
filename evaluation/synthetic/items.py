"""What a made question is, and the stories it is made of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.story import Version
from evaluation.measures.answers import tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeQuery:
    """A question with what answers it. `removed`: stories that must not be in the set's corpus."""

    text: str
    kind: str
    language: str | None
    relevant: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answerable: bool | None = None
    removed: tuple[str, ...] = ()


class Drawn:
    """Stories drawn from an archive, current versions only. `copies`: guid → guids telling the same, itself too."""

    def __init__(self, stories: Sequence[Version], copies: Mapping[str, frozenset[str]]) -> None:
        self.stories = tuple(stories)
        self._by_guid = {story.guid: story for story in stories}
        self._copies = copies
        words = {s.guid: tokens(f"{s.headline or ''} {s.body}") for s in stories}
        self._texts = {guid: f" {' '.join(found)} " for guid, found in words.items()}
        self._words = {guid: frozenset(found) for guid, found in words.items()}
        self.rarity = Rarity(self._words.values())

    def family(self, guid: str) -> frozenset[str]:
        return self._copies.get(guid, frozenset({guid}))

    def others(self, guid: str) -> Iterator[str]:
        """Stories that are no copy of this one."""
        family = self.family(guid)
        return (other for other in self._texts if other not in family)

    def story(self, guid: str) -> Version:
        return self._by_guid[guid]

    def says(self, guid: str, text: str) -> bool:
        """Whether the words stand in the story in a row, after normalising."""
        return f" {' '.join(tokens(text))} " in self._texts[guid]

    def words(self, guid: str) -> frozenset[str]:
        return self._words[guid]


class Rarity:
    """How telling a word is among the drawn stories: inverse document frequency, in nats."""

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        held = list(texts)
        self._known = Counter(word for text in held for word in text)
        self._count = len(held)

    def of(self, word: str) -> float:
        return math.log((1 + self._count) / (1 + self._known[word]))

    def rarest(self, words: Sequence[str], count: int) -> list[str]:
        """The most telling, in the order in which they stand; words of a letter or two tell nothing."""
        once = [word for word in dict.fromkeys(words) if len(word) > 2]
        best = set(sorted(once, key=lambda word: (-self.of(word), word))[:count])
        return [word for word in once if word in best]
