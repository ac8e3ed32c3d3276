"""A peer in a process of its own, asked a question at a time, and what it said as a run's result.

Only here is a peer's reply judged to be a refusal, and its sources held against the stored stories: a citation
is exact when its words stand in the story.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import IO

import orjson

from answering.declines import is_decline
from answering.parse import parse_draft
from benchmarks.answering.given import ReadStory
from benchmarks.peers.sides.protocol import Cited, Question, Reply, Setup
from domain.answer import Outcome
from evaluation.results import CitedSpan, Result
from evaluation.sets import EvalQuery

# Nothing is fetched nor reported while a peer runs.
QUIET = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}
NOTHING_FOUND = "Empty Response"  # LlamaIndex's answer when no chunk passes the filters
# Ways of declining that peers' models were seen to have and the product's drafts have not: "According to the
# context, it is not specified how much …". In the peers' favour.
_ALSO = re.compile(
    r"\b(?:is|are|was|were|has|have) not (?:been )?(?:explicitly |directly )?"
    r"(?:specified|mentioned|stated|provided|given|disclosed|known|possible)\b|\bnone of the (?:sources|documents)\b",
    re.IGNORECASE,
)


class Peer:
    """`ingest_seconds`: None when its store was kept from an earlier run. What it logs goes into `log`."""

    def __init__(
        self, script: Path, *, python: Path, setup: Setup, log: Path, stories: Mapping[str, ReadStory]
    ) -> None:
        self._script = script
        self._stories = stories
        self._log_path = log
        log.parent.mkdir(parents=True, exist_ok=True)
        settings = log.with_suffix(".json")
        settings.write_text(json.dumps(asdict(setup)), encoding="utf-8")
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [python, script, settings],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, env=os.environ | QUIET,
        )  # fmt: skip
        self.ingest_seconds: float | None = orjson.loads(self._line())["ingest_seconds"]

    def ask(self, query: EvalQuery) -> Result:
        stdin = _piped(self._process.stdin)
        stdin.write(orjson.dumps(asdict(question(query))) + b"\n")
        stdin.flush()
        row = orjson.loads(self._line())
        return as_result(Reply(**row | {"cited": [Cited(**one) for one in row["cited"]]}), self._stories)

    def close(self) -> None:
        _piped(self._process.stdin).close()
        self._process.wait(timeout=60)
        _piped(self._process.stdout).close()
        self._log.close()

    def _line(self) -> bytes:
        line = _piped(self._process.stdout).readline()
        if not line:
            raise SystemExit(f"{self._script.name} stopped ({self._process.wait()}); see {self._log_path}")
        return line

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def question(query: EvalQuery) -> Question:
    asked = query.filters
    return Question(
        query_id=query.query_id,
        text=query.text,
        start=asked.start.timestamp() if asked.start else None,
        end=asked.end.timestamp() if asked.end else None,
        as_of=asked.as_of.timestamp() if asked.as_of else None,
    )


def is_refusal(text: str) -> bool:
    """Whether a reply says nothing, or begins by saying that the sources do not tell."""
    sentences = parse_draft(text)
    if not sentences or text.strip() == NOTHING_FOUND:
        return True
    return is_decline(sentences[0].text) or bool(_ALSO.search(sentences[0].text))


def judged(result: Result) -> Result:
    """A peer's kept answer by what counts as a refusal now."""
    outcome = Outcome.NOT_IN_ARCHIVE if is_refusal(result.text) else Outcome.ANSWERED
    return replace(result, outcome=outcome)


def as_result(reply: Reply, stories: Mapping[str, ReadStory]) -> Result:
    return Result(
        query_id=reply.query_id,
        ranked=tuple(reply.ranked),
        retrieve_seconds=reply.evidence_seconds,
        outcome=Outcome.NOT_IN_ARCHIVE if is_refusal(reply.text) else Outcome.ANSWERED,
        text=" ".join(sentence.text for sentence in parse_draft(reply.text)),
        shown=tuple(_span(cited, stories[cited.guid]) for cited in reply.cited),
        first_token_seconds=reply.first_word_seconds,
        total_seconds=reply.total_seconds,
    )


def _span(cited: Cited, story: ReadStory) -> CitedSpan:
    start = story.body.find(cited.text)
    return CitedSpan(
        guid=cited.guid, version=story.version, start=start, end=start + len(cited.text),
        quote=cited.text, exact=bool(cited.text) and start >= 0,
    )  # fmt: skip


def _piped(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # both were asked for as pipes
    return stream
