"""What a peer's process is told and what it says: JSON, one object a line, on its standard input and output.

Standard library only, because this is read in every peer's environment and in the product's own. A process
gets one argument, the file of a Setup; it opens its store (or makes it of the stories, and says how many
seconds that took), says so in a first line, and then answers each question with one line. Whatever a
library prints goes to standard error, so a line of standard output is always one of these.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

_NUMBERS = re.compile(
    r"\[((?:sources?\s*)?\d+(?:\s*,\s*(?:sources?\s*)?\d+)*)\]|\bsource\s+(\d+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The same for all peers but `store`, the folder in which one keeps what it made of the stories."""

    stories: str  # file, a Story a line
    store: str
    embedder: str  # sentence-transformers folder
    query_prefix: str
    passage_prefix: str
    gguf: str
    context: int  # tokens
    max_tokens: int  # of an answer
    batch: int  # tokens of a prompt evaluated at once
    threads: int
    top: int  # passages given to the model


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    guid: str
    headline: str
    date: str  # as a reader is shown it
    published: float  # seconds since 1970
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`start`, `end`, `as_of`: seconds since 1970, None where the set does not bound the question."""

    query_id: str
    text: str
    start: float | None
    end: float | None
    as_of: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """`text`: the words that the peer shows as its source."""

    guid: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Seconds are by the peer's own clock from the moment it had read the question."""

    query_id: str
    text: str
    ranked: list[str]
    cited: list[Cited]
    evidence_seconds: float
    first_word_seconds: float | None  # None: nothing is shown before the whole answer
    total_seconds: float


class Side(Protocol):
    """One peer with its models loaded."""

    def ingest(self, stories: Sequence[Story]) -> None:
        """Cuts, embeds and keeps the stories under the setup's `store`."""

    def open(self) -> None:
        """Opens what `ingest` kept."""

    def ask(self, question: Question) -> Reply: ...


def headed(headline: str, date: str, text: str) -> str:
    """A chunk under its story's headline and date, where a peer has no place of its own for them."""
    return f"{headline} ({date})\n{text}"


def source_numbers(text: str) -> list[int]:
    """The sources an answer names, in order, each once: "[2]", "[1, 3]", "[Source 4]" and "Source 4"."""
    found = [bracketed or plain for bracketed, plain in _NUMBERS.findall(text)]
    return list(dict.fromkeys(int(number) for group in found for number in re.findall(r"\d+", group)))


def serve(load: Callable[[Setup], Side]) -> None:
    """Runs a side until its standard input ends."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    setup = Setup(**json.loads(Path(sys.argv[1]).read_text("utf-8")))
    side = load(setup)
    seconds = None
    store = Path(setup.store)
    if not (store / "complete").is_file():
        stories = [Story(**json.loads(line)) for line in Path(setup.stories).read_text("utf-8").splitlines()]
        store.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        side.ingest(stories)
        seconds = time.perf_counter() - began
        (store / "complete").touch()
    side.open()
    print(json.dumps({"ingest_seconds": seconds}), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(asdict(side.ask(Question(**json.loads(line))))), file=out, flush=True)
