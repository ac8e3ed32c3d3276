"""Asks several sides the same questions in turn, and keeps every answer as it comes.

An interrupted run, or one with more questions, goes on after the last answer kept. Both sides of a question
follow each other, so that both meet the machine as it is just then.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import orjson

from benchmarks.retrieval.sets import ROOT
from evaluation.results import Result, append, drop_torn_line, read
from evaluation.sets import EvalQuery

Made = TypeVar("Made")


def ask_in_turn(
    asked: Sequence[EvalQuery], sides: Mapping[str, Callable[[EvalQuery], Result]], folder: Path
) -> dict[str, dict[str, Result]]:
    """Results by side and query id; `folder` keeps them, a file a side."""
    results = kept(sides, folder)
    is_warm = False
    for number, query in enumerate(asked, start=1):
        if all(query.query_id in results[side] for side in sides):
            continue
        if not is_warm:  # models are loaded by a question whose time does not count
            for side in sides:
                # Not the next one: what a model has just read, it need not read again.
                sides[side](asked[-1])
            is_warm = True
        for side in sides:
            if query.query_id not in results[side]:
                results[side][query.query_id] = sides[side](query)
                append(folder / f"{side}.jsonl", results[side][query.query_id])
        print(f"{number}/{len(asked)}", end="\r", file=sys.stderr, flush=True)
    return results


def kept(sides: Mapping[str, object] | Sequence[str], folder: Path) -> dict[str, dict[str, Result]]:
    for side in sides:
        drop_torn_line(folder / f"{side}.jsonl")
    return {side: read(folder / f"{side}.jsonl") for side in sides}


def timed_once(note: Path, work: Callable[[], Made]) -> Made:
    """Seconds of the first time go into `note`; what was done then is not timed again."""
    began = time.perf_counter()
    made = work()
    if not note.is_file():
        write_seconds(note, time.perf_counter() - began)
    return made


def write_seconds(note: Path, seconds: float) -> None:
    note.write_bytes(orjson.dumps({"seconds": seconds}))


def noted_seconds(note: Path) -> float | None:
    return float(orjson.loads(note.read_bytes())["seconds"]) if note.is_file() else None


def commit() -> str:
    """Of the code that runs, so that answers of another are not mixed in."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "no-commit"
