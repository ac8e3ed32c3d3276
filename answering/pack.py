"""Evidence to a prompt of numbered sources that never exceeds the budget or the model's context.

Small budgets hold the best sentences with their neighbours under one-line headers; a budget that
holds everything gets whole stories, in time order. Tokens are counted by the model's own tokenizer,
and the finished prompt once more as the chat template renders it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from answering.evidence import EvidenceStory, gives_orders
from answering.prompts import as_data, messages, story_header
from answering.ranking import Ranked
from domain.errors import PromptTooLong
from domain.protocols import ChatMessage, Generator
from domain.query import Order

_GAP = " … "  # sentences of the story are left out here
# From this budget on sources stand in time order: such a prompt is read whole, and a chronicle reads best.
_CHRONICLE = 4000
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
) -> PackedPrompt:
    """The prompt for a question. Raises PromptTooLong when not even one sentence fits the context."""
    room = generator.context - max_tokens
    empty = generator.count_prompt(messages((), question, language, asked_on=asked_on))
    if empty >= room:
        raise PromptTooLong(
            f"the question alone takes {empty} of {generator.context} tokens, {max_tokens} being kept back",
            hint="shorten the question or choose a model with a larger context",
        )
    chosen = _choose(ranked, generator, min(budget, room - empty))
    while True:
        sources = _number(chosen, ranked, order=order, chronicle=budget >= _CHRONICLE)
        prompt = messages([_block(s) for s in sources], question, language, asked_on=asked_on)
        tokens = generator.count_prompt(prompt)
        if (tokens <= room and tokens - empty <= budget) or not chosen:
            break
        chosen.pop()  # pieces counted apart may come to more together: the last chosen goes
    if not chosen and ranked:
        raise PromptTooLong(
            f"no sentence of the evidence fits {min(budget, room - empty)} tokens",
            hint="raise the budget, or lower the length of the answer",
        )
    return PackedPrompt(messages=prompt, sources=sources, tokens=tokens)


_Piece = tuple[EvidenceStory, int]


def _choose(ranked: Sequence[Ranked], generator: Generator, budget: int) -> list[_Piece]:
    """Sentences in order of worth until the budget is spent; a story's first brings its header's cost."""
    chosen: list[_Piece] = []
    headed: set[int] = set()
    left = budget
    for story, index in _by_worth(ranked):
        cost = generator.count_tokens(f"{_GAP}{as_data(story.text(index, index))}")
        if story.hit.version_id not in headed:
            cost += generator.count_tokens(_header(10, story) + "\n")
        if cost > left:
            continue
        left -= cost
        headed.add(story.hit.version_id)
        chosen.append((story, index))
    return chosen


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
