"""Evidence to a prompt of numbered sources that never exceeds the budget or the model's context.

Small budgets hold the best sentences with their neighbours under one-line headers; large ones hold
whole stories in time order behind a table of contents, and sentences of what no longer fits. For a
question of many dates the best sentence of each day comes before the second of any. Tokens are counted by the model's own tokenizer,
and the finished prompt once more as the chat template renders it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from answering.evidence import EvidenceStory, gives_orders
from answering.prompts import as_data, messages, story_header
from answering.ranking import Ranked
from domain.errors import PromptTooLong
from domain.protocols import ChatMessage, Generator
from domain.query import Order

_GAP = " … "  # sentences of the story are left out here
# From this budget on stories are whole and in time order: such a prompt is read as a chronicle.
CHRONICLE = 4000
_NEIGHBOUR = 0.7  # of a sentence's score passes to those beside it: pronouns and figures lean on them


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedSource:
    """A story in the prompt, under the number a model cites it by."""

    number: int
    story: EvidenceStory
    kept: tuple[int, ...]  # its sentences that are in the prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPrompt:
    messages: tuple[ChatMessage, ...]
    sources: tuple[NumberedSource, ...]
    tokens: int

    def source(self, number: int) -> NumberedSource | None:
        return self.sources[number - 1] if 1 <= number <= len(self.sources) else None


def pack(
    ranked: Sequence[Ranked],
    *,
    question: str,
    language: str,
    generator: Generator,
    budget: int,
    max_tokens: int,
    order: Order = Order.RELEVANCE,
    asked_on: datetime | None = None,
    spread: bool = False,
) -> PackedPrompt:
    """The prompt for a question; `spread`: over as many days as there are. Raises PromptTooLong when not even one sentence fits the context."""
    room = generator.context - max_tokens
    empty = generator.count_prompt(messages((), question, language, asked_on=asked_on))
    if empty >= room:
        raise PromptTooLong(
            f"the question alone takes {empty} of {generator.context} tokens, {max_tokens} being kept back",
            hint="shorten the question or choose a model with a larger context",
        )
    chronicle = budget >= CHRONICLE
    pieces = _over_days(_by_worth(ranked)) if spread else _by_worth(ranked)
    if chronicle:
        pieces = _whole_stories_first(pieces, generator, min(budget, room - empty))
    chosen = _choose(pieces, generator, min(budget, room - empty), listed_twice=chronicle)
    while True:
        sources = _number(chosen, ranked, order=order, chronicle=chronicle)
        prompt = messages(
            [_block(s) for s in sources], question, language, asked_on=asked_on,
            contents=[_header(s.number, s.story) for s in sources] if chronicle else (),
        )  # fmt: skip
        tokens = generator.count_prompt(prompt)
        over = max(tokens - room, tokens - empty - budget)
        if over <= 0 or not chosen:
            break
        # Pieces counted apart may come to more together: the last chosen go, as many as make up for it.
        while chosen and over > 0:
            over -= _cost(chosen.pop(), generator)
    if not chosen and ranked:
        raise PromptTooLong(
            f"no sentence of the evidence fits {min(budget, room - empty)} tokens",
            hint="raise the budget, or lower the length of the answer",
        )
    return PackedPrompt(messages=prompt, sources=sources, tokens=tokens)


_Piece = tuple[EvidenceStory, int]


def _choose(
    pieces: Sequence[_Piece], generator: Generator, budget: int, *, listed_twice: bool
) -> list[_Piece]:
    """Sentences in order of worth until the budget is spent; a story's first brings its header's cost, twice
    where the header stands in a table of contents too."""
    chosen: list[_Piece] = []
    headed: set[int] = set()
    left = budget
    for piece in pieces:
        cost, story = _cost(piece, generator), piece[0]
        if story.hit.version_id not in headed:
            cost += _cost_of_header(story, generator) * (2 if listed_twice else 1)
        if cost > left:
            continue
        left -= cost
        headed.add(story.hit.version_id)
        chosen.append(piece)
    return chosen


def _cost(piece: _Piece, generator: Generator) -> int:
    story, index = piece
    return max(1, generator.count_tokens(f"{_GAP}{as_data(story.text(index, index))}"))


def _cost_of_header(story: EvidenceStory, generator: Generator) -> int:
    return generator.count_tokens(_header(10, story) + "\n")


def _whole_stories_first(pieces: Sequence[_Piece], generator: Generator, budget: int) -> list[_Piece]:
    """The stories that fit whole, the best one first; then the sentences of the others as they come."""
    of_story: dict[int, list[_Piece]] = {}
    for piece in pieces:
        of_story.setdefault(piece[0].hit.version_id, []).append(piece)
    whole: list[_Piece] = []
    left = budget
    for sentences in of_story.values():
        cost = 2 * _cost_of_header(sentences[0][0], generator) + sum(_cost(p, generator) for p in sentences)
        if cost <= left:
            left -= cost
            whole += sentences
    taken = {piece[0].hit.version_id for piece in whole}
    return [*whole, *(p for p in pieces if p[0].hit.version_id not in taken)]


def _over_days(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The best sentence of each day, then the second of each, and so on."""
    turns: dict[date, int] = {}
    placed: list[tuple[int, int, _Piece]] = []
    for position, piece in enumerate(pieces):
        day = piece[0].hit.published.date()
        turns[day] = turns.get(day, -1) + 1
        placed.append((turns[day], position, piece))
    return [piece for _, _, piece in sorted(placed, key=lambda one: one[:2])]


def _by_worth(ranked: Sequence[Ranked]) -> list[_Piece]:
    """Every sentence of the stories, by its score or what passes to it from its neighbours."""
    worth: dict[tuple[int, int], float] = {}
    stories: dict[int, EvidenceStory] = {}
    for item in ranked:
        key = item.story.hit.version_id
        stories[key] = item.story
        worth[key, item.index] = max(worth.get((key, item.index), 0.0), item.score)
        for beside in (item.index - 1, item.index + 1):
            if 0 <= beside < len(item.story.sentences):
                passed = item.score * _NEIGHBOUR
                worth[key, beside] = max(worth.get((key, beside), 0.0), passed)
    for key, story in stories.items():  # the rest last, so that a large budget holds whole stories
        for index in range(len(story.sentences)):
            worth.setdefault((key, index), 0.0)
    places = sorted(worth, key=lambda place: (-worth[place], place))
    return [(stories[k], i) for k, i in places if not gives_orders(stories[k].text(i, i))]


def _number(
    chosen: Sequence[_Piece], ranked: Sequence[Ranked], *, order: Order, chronicle: bool
) -> tuple[NumberedSource, ...]:
    kept: dict[int, list[int]] = {}
    stories: dict[int, EvidenceStory] = {}
    for story, index in chosen:
        kept.setdefault(story.hit.version_id, []).append(index)
        stories[story.hit.version_id] = story
    listed = list(stories.values())
    if order is Order.NEWEST:
        listed.sort(key=lambda s: s.hit.published, reverse=True)
    elif order is Order.OLDEST or chronicle:
        listed.sort(key=lambda s: s.hit.published)
    else:
        first = {r.story.hit.version_id: i for i, r in reversed(list(enumerate(ranked)))}
        listed.sort(key=lambda s: first.get(s.hit.version_id, len(ranked)))
    return tuple(
        NumberedSource(number=n, story=s, kept=tuple(sorted(kept[s.hit.version_id])))
        for n, s in enumerate(listed, start=1)
    )


def _block(source: NumberedSource) -> str:
    text = ""
    for position, index in enumerate(source.kept):
        if position:
            text += " " if index == source.kept[position - 1] + 1 else _GAP
        text += as_data(source.story.text(index, index))
    return f"{_header(source.number, source.story)}\n{text}"


def _header(number: int, story: EvidenceStory) -> str:
    return story_header(number, story.hit.published, story.hit.place, story.hit.headline)
