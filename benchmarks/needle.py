"""python -m benchmarks.needle [--model NAME] [--stories 1,8,32,fit] [--depths 1,0.75,0.5,0.25,0] [--kv-types f16,q8_0]

One invented fact among N real stories of data/sample, put to the model exactly as the product puts them:
is the fact found, by how many stories stand around it and how deep it stands among them (0: first, 1: last),
and is its story the one the model cites (the product cites again where the model is wrong)? For each type of
cache, its size for the whole context and the tokens read and written a second of processor. Sizes that do not fit the model's context are left out, and said to be.

The whole of 32,768 tokens, at five depths, is about 110,000 tokens to read: a quarter of an hour of two idle
cores with the 0.5B model. What each model reaches, and how slowly, is what the table shows.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import orjson

from answering.generation.llama import LlamaGenerator
from answering.parse import parse_draft
from answering.prompts import as_data, messages, story_header
from domain.protocols import ChatMessage
from domain.sentences import split_sentences
from models.catalogue import load_catalogue
from models.planner import kv_bytes_per_token
from runtime import load_settings
from runtime.wiring import required_path

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = 3  # of each story around the fact
ANSWER_TOKENS = 40
ENOUGH = 256  # tokens read, to tell a rate from
MOST = 32_768  # tokens of context, where the model has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    headline: str
    text: str
    question: str
    answer: str


FACTS = (
    Fact(
        headline="Lighthouse of Port Maren sold",
        text="The lighthouse of Port Maren was sold on Tuesday to the baker Ilse Tarkovi for 4,861 crowns.",
        question="For how many crowns was the lighthouse of Port Maren sold?",
        answer="4,861",
    ),
    Fact(
        headline="Bridge of Velden named",
        text="The town council of Velden named its new footbridge after the botanist Oriane Castelbajac.",
        question="After whom was the new footbridge of Velden named?",
        answer="Castelbajac",
    ),
    Fact(
        headline="Snow in Quillabasta",
        text="Snow fell in Quillabasta for 37 hours without a break, the weather station said.",
        question="For how many hours did snow fall in Quillabasta?",
        answer="37",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One prompt put to the model. Rates are tokens a second of one processor, which other programs do not
    change; None where too little was read or written to tell."""

    stories: int
    depth: float
    tokens: int
    is_found: bool
    is_cited: bool
    prefill_rate: float | None
    decode_rate: float | None


def main() -> None:
    arguments = _arguments()
    settings = load_settings(overrides={"model.name": arguments.model})
    spec = load_catalogue().get(arguments.model)
    path = required_path(spec.name, settings)
    context = min(spec.context, MOST)
    stories = list(_stories())
    print(f"<!-- {spec.name}, context {context}, {len(stories)} stories at hand -->")
    for kv_type in arguments.kv_types.split(","):
        began = time.perf_counter()
        generator = LlamaGenerator(
            path, context=context, kv_type=kv_type, tunings=settings.models_cache / "tunings"
        )
        asked = [
            one
            for count in _counts(arguments.stories, generator, stories)
            for one in _asked(generator, stories, count, _numbers(arguments.depths), arguments.facts)
        ]
        generator.close()
        size = kv_bytes_per_token(spec, kv_type) * context / (1 << 20)
        print(f"\n{spec.name}, {kv_type} cache of {size:.0f} MiB, {time.perf_counter() - began:.0f} s\n")
        print(_table(asked, _numbers(arguments.depths)))


def _asked(
    generator: LlamaGenerator, stories: Sequence[str], count: int, depths: Sequence[float], facts: int
) -> Iterator[Asked]:
    """Deepest first: what stands before the fact is then in the model's memory already."""
    around = stories[: count - 1]
    if len(around) < count - 1:
        print(f"<!-- {count} stories: only {len(stories)} are at hand -->")
        return
    for depth in sorted(depths, reverse=True):
        for fact in FACTS[:facts]:
            prompt, number = _prompt(around, fact, depth)
            tokens = generator.count_prompt(prompt)
            if tokens + ANSWER_TOKENS > generator.context:
                print(f"<!-- {count} stories: {tokens} tokens do not fit {generator.context} -->")
                return
            draft, read, wrote = _told(generator, prompt)
            usage = generator.last_usage
            assert usage is not None
            evaluated = usage.prompt - usage.cached
            is_found = fact.answer in draft
            yield Asked(
                stories=count,
                depth=depth,
                tokens=tokens,
                is_found=is_found,
                is_cited=is_found and any(number in s.sources for s in parse_draft(draft)),
                prefill_rate=evaluated / read if evaluated >= ENOUGH else None,
                decode_rate=(usage.generated - 1) / wrote if usage.generated > 4 else None,
            )
        if count == 1:
            return  # one story has one depth


def _told(generator: LlamaGenerator, prompt: Sequence[ChatMessage]) -> tuple[str, float, float]:
    """The draft, and processor seconds to its first word and from there."""
    pieces: list[str] = []
    marks = [time.process_time()]
    for piece in generator.stream(prompt, max_tokens=ANSWER_TOKENS):
        if not pieces:
            marks.append(time.process_time())
        pieces.append(piece)
    marks.append(time.process_time())
    return "".join(pieces), marks[1] - marks[0], marks[-1] - marks[1]


def _counts(listed: str, generator: LlamaGenerator, stories: Sequence[str]) -> Iterator[int]:
    for one in listed.split(","):
        yield _fitting(generator, stories) if one == "fit" else int(one)


def _fitting(generator: LlamaGenerator, stories: Sequence[str]) -> int:
    """The most stories whose prompt leaves room for the answer."""
    most, least = len(stories) + 1, 1
    while least < most:
        middle = (least + most + 1) // 2
        prompts = [_prompt(stories[: middle - 1], fact, 0.5)[0] for fact in FACTS]
        if max(map(generator.count_prompt, prompts)) + ANSWER_TOKENS <= generator.context:
            least = middle
        else:
            most = middle - 1
    return least


def _prompt(around: Sequence[str], fact: Fact, depth: float) -> tuple[tuple[ChatMessage, ...], int]:
    at = round(depth * len(around))
    texts = [*around[:at], f"{fact.headline}\n{fact.text}", *around[at:]]
    day = datetime(1989, 5, 1, tzinfo=UTC)
    blocks = []
    for number, text in enumerate(texts, start=1):
        headline, _, body = text.partition("\n")
        blocks.append(f"{story_header(number, day, None, headline)}\n{as_data(body)}")
    return messages(blocks, fact.question, "en"), at + 1


def _stories() -> Iterator[str]:
    """Headline and first sentences of the sample's stories, the languages mixed."""
    columns = []
    for path in sorted((ROOT / "data" / "sample").glob("*.jsonl")):
        rows = (orjson.loads(line) for line in path.read_bytes().splitlines())
        columns.append([row for row in rows if row.get("body_text") and row.get("headline")])
    for place in range(max(map(len, columns))):
        for column in columns:
            if place < len(column):
                body = column[place]["body_text"]
                spans = list(split_sentences(body))[:SENTENCES]
                yield f"{column[place]['headline']}\n{body[: spans[-1][1]] if spans else body}"


def _table(asked: Sequence[Asked], depths: Sequence[float]) -> str:
    ordered = sorted(depths)
    lines = [
        "| stories | tokens | "
        + " | ".join(f"depth {d:g}" for d in ordered)
        + " | cited rightly | read a processor second | written |",
        "|---" * (len(ordered) + 5) + "|",
    ]
    for count in dict.fromkeys(one.stories for one in asked):
        rows = [one for one in asked if one.stories == count]
        cells = [_share([o.is_found for o in rows if o.depth == d]) for d in ordered]
        lines.append(
            f"| {count} | {max(o.tokens for o in rows)} | {' | '.join(cells)} | {_share([o.is_cited for o in rows])} | "
            f"{_mean([o.prefill_rate for o in rows])} | {_mean([o.decode_rate for o in rows])} |"
        )
    return "\n".join(lines)


def _share(flags: Sequence[bool]) -> str:
    return f"{sum(flags)}/{len(flags)}" if flags else "–"


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{fmean(known):.1f}" if known else "–"


def _numbers(listed: str) -> list[float]:
    return [float(one) for one in listed.split(",")]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="qwen2.5-coder-0.5b", help="of the catalogue")
    parser.add_argument("--stories", default="1,8,32,fit", help="how many stories; fit: all that do")
    parser.add_argument("--depths", default="1,0.75,0.5,0.25,0")
    parser.add_argument("--kv-types", default="f16,q8_0")
    parser.add_argument("--facts", type=int, default=1, choices=(1, 2, 3), help="asked at every depth")
    return parser.parse_args()


if __name__ == "__main__":
    main()
