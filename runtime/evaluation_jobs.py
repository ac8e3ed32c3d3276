"""What an evaluation job does in its own process: runs a set, or makes one of the archive.

A run's questions are kept as they come: the same order again goes on where an earlier one stopped.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from domain.errors import SetError
from runtime.archive import Archive
from runtime.evaluation import Prepared, prepare
from runtime.jobs.report import Report
from runtime.sets import Origin, Shelf
from runtime.settings import Settings
from runtime.synthetic import make_set_of

RUN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
Answering = Literal["retrieval", "extractive", "model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """A set to run. `title` is what the set is called in the run's report; `model` None: that of the settings."""

    path: Path
    title: str
    name: str
    answering: Answering
    model: str | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        if not RUN_NAME.fullmatch(self.name):
            raise SetError(
                f"{self.name[:80]!r} cannot be a run's name",
                hint="at most 64 letters, digits, dots, hyphens and underscores, a letter or digit first",
            )

    def arguments(self) -> tuple[str, ...]:
        told: dict[str, object] = {"name": self.name, "title": self.title, "answering": self.answering}
        chosen = {"model": self.model, "limit": self.limit}
        return (
            "run",
            *_options(told | {name: value for name, value in chosen.items() if value}),
            "--",
            str(self.path),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeOrder:
    """A set to make of the archive; its folder is drawn by the shelf."""

    path: Path
    title: str
    by: str
    questions: int
    stories: int
    seed: int

    def arguments(self) -> tuple[str, ...]:
        told: dict[str, object] = {
            "title": self.title,
            "by": self.by,
            "questions": self.questions,
            "stories": self.stories,
            "seed": self.seed,
        }
        return ("make", *_options(told), "--", str(self.path))


def run_order(arguments: Sequence[str]) -> RunOrder | None:
    """The run that a job's arguments order; None where they order something else."""
    if not arguments or arguments[0] != "run":
        return None
    asked = _run_arguments().parse_args(arguments[1:])
    return RunOrder(
        path=asked.path,
        title=asked.title,
        name=asked.name,
        answering=asked.answering,
        model=asked.model,
        limit=asked.limit,
    )


def evaluate(settings: Settings, arguments: Sequence[str], report: Report) -> Mapping[str, object]:
    """Result: {"run", "folder", "questions"} of a run, {"set", "questions"} of a set made."""
    if (order := run_order(arguments)) is not None:
        return _run(settings, order, report)
    asked = _make_arguments().parse_args(arguments[1:])
    return _make(settings, MakeOrder(**vars(asked)), report)


def _run(settings: Settings, order: RunOrder, report: Report) -> Mapping[str, object]:
    if order.model:
        settings = settings.answered_by(order.model)
    report("reading the set", 0)
    with _prepared(settings, order.path, report) as prepared:
        # The set's own name is that of its file, which was drawn.
        prepared.set = replace(prepared.set, name=order.title)
        run = prepared.run(
            name=order.name,
            retrieval_only=order.answering == "retrieval",
            extractive=order.answering == "extractive",
            limit=order.limit,
            progress=lambda done, total: report("asking", done, total),
        )
    return {"run": run.name, "folder": str(run.folder), "questions": len(run.results)}


def _prepared(settings: Settings, path: Path, report: Report) -> Prepared:
    return report.when_free(
        lambda: prepare(
            path,
            settings,
            reading=lambda progress: report("reading stories", progress.items),
            indexing=lambda progress: report("indexing stories", progress.done, progress.total),
        )
    )


def _make(settings: Settings, order: MakeOrder, report: Report) -> Mapping[str, object]:
    shelf = Shelf(settings)
    if order.path.parent.resolve() != shelf.own.resolve():
        raise SetError(f"{order.path} is not among the archive's own sets")
    if order.path.exists():
        raise SetError(f"{order.path} exists already", hint="order another set")
    report("drawing stories", 0)
    beside = order.path.with_name(f".{order.path.name}")  # a set is listed when it is whole
    try:
        with Archive.open(settings) as archive:
            made = make_set_of(
                archive, beside, questions=order.questions, stories=order.stories, seed=order.seed
            )
        beside.rename(order.path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    shelf.note(order.path, title=order.title, origin=Origin.MADE, by=order.by)
    return {"set": order.path.name, "questions": len(made.queries)}


def _options(values: Mapping[str, object]) -> list[str]:
    # With "=": a title may begin with a hyphen.
    return [f"--{name}={value}" for name, value in values.items()]


def _run_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="evaluation job", allow_abbrev=False)
    parser.add_argument("--name", required=True)
    parser.add_argument("--title", required=True)
    parser.add_argument("--answering", choices=("retrieval", "extractive", "model"), required=True)
    parser.add_argument("--model")
    parser.add_argument("--limit", type=int)
    parser.add_argument("path", type=Path)
    return parser


def _make_arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="set job", allow_abbrev=False)
    for name in ("--title", "--by"):
        parser.add_argument(name, required=True)
    for name in ("--questions", "--stories", "--seed"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("path", type=Path)
    return parser
