"""Ten readers ask at once: when each has evidence before them, a first word, an answer; and in which order.

Each is a session of its own over the WebSocket, asking with the language model, which answers one at a time.
"""

from __future__ import annotations

import json
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.pages.session import Seen, Session, find, words
from ui.strings import words as words_in

ANSWER_SECONDS = 1_800.0  # ten answers, one after the other
APART_SECONDS = 0.05  # between one question and the next, so that there is an order to keep
EVIDENCE_AIM = 2.0  # seconds


@dataclass(slots=True, kw_only=True)
class Reader:
    """Seconds since the question was sent."""

    number: int
    question: str
    evidence: float | None = None
    word: float | None = None
    answer: float | None = None
    sent_at: float = 0.0
    ended_at: float = 0.0
    errors: tuple[str, ...] = ()


def questions(count: int, *, file: Path) -> list[str]:
    """The first answerable ones of an evaluation set, in English."""
    rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    found = [row["text"] for row in rows if row.get("metadata", {}).get("lang") == "en"]
    return found[:count]


def ask_at_once(address: str, asked: Sequence[str]) -> list[Reader]:
    """All of them, from threads; each has drawn its page before the first question is sent."""
    readers = [Reader(number=number, question=one) for number, one in enumerate(asked)]
    ready = threading.Barrier(len(readers))
    threads = [threading.Thread(target=_ask, args=(address, one, ready)) for one in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return readers


def ask_one(address: str, question: str) -> Reader:
    """Before the clock starts: the first question of a server loads the embedder and the model."""
    return ask_at_once(address, [question])[0]


def _ask(address: str, reader: Reader, ready: threading.Barrier) -> None:
    said = words_in("en")
    try:
        with Session(address) as session:
            page = session.draw()
            field = find(page, "text_input").text_input
            button = find(page, "button", lambda one: one.button.is_form_submitter).button
            ready.wait()
            time.sleep(reader.number * APART_SECONDS)
            reader.sent_at = time.monotonic()
            states = (WidgetState(id=field.id, string_value=reader.question),
                      WidgetState(id=button.id, trigger_value=True))  # fmt: skip
            seen = Seen()
            for seen in session.run(*states, seconds=ANSWER_SECONDS):
                _note(reader, seen, evidence=said["ask.evidence"], draft=said["ask.draft"])
            if seen.query is None:
                reader.errors = (*reader.errors, "no answer")
            if any(said["ask.model_failed"] in words(one) for one in seen.elements):
                reader.errors = (*reader.errors, "the model failed")
            reader.errors = (*reader.errors, *seen.exceptions)
    except (OSError, TimeoutError, LookupError) as error:
        reader.errors = (*reader.errors, repr(error))
        ready.abort()


def _note(reader: Reader, seen: Seen, *, evidence: str, draft: str) -> None:
    since = time.monotonic() - reader.sent_at
    if seen.query is not None and reader.answer is None:
        reader.answer, reader.ended_at = since, time.monotonic()
    if reader.answer is not None:
        return
    said = {words(one) for one in seen.elements[-8:]}
    if reader.evidence is None and evidence in said:
        reader.evidence = since
    if reader.word is None and draft in said:
        reader.word = since


def table(readers: Sequence[Reader]) -> str:
    rows = ["| reader | evidence (s) | first word (s) | answer (s) | errors |", "|---|---|---|---|---|"]
    for one in readers:
        times = " | ".join("-" if t is None else f"{t:.1f}" for t in (one.evidence, one.word, one.answer))
        rows.append(f"| {one.number + 1} | {times} | {'; '.join(one.errors) or 'none'} |")
    evidence = [one.evidence for one in readers if one.evidence is not None]
    ended = [one.number for one in sorted(readers, key=lambda one: one.ended_at)]
    in_time = sum(one <= EVIDENCE_AIM for one in evidence)
    rows += [
        "",
        f"evidence within {EVIDENCE_AIM:.0f} s: {in_time} of {len(readers)}"
        + (f", median {statistics.median(evidence):.2f} s, last {max(evidence):.2f} s" if evidence else ""),
        f"errors: {sum(bool(one.errors) for one in readers)}",
        f"answered in this order: {', '.join(str(n + 1) for n in ended)}"
        + (" (as asked)" if ended == sorted(ended) else ""),
    ]
    return "\n".join(rows)
