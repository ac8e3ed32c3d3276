"""What archivists may do with evaluation sets: list, bring, make, run, compare, review.

Sets and runs are named by the keys of their lists; nothing from a page becomes a path, a model that is not
installed, or code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from domain.access import User
from domain.errors import SetError, SettingsError
from evaluation.comparison import Comparison
from evaluation.figures import RunFigures
from runtime import run_choice, runs, uploads
from runtime.evaluation_jobs import Answering, MakeOrder, RunOrder, run_order
from runtime.feedback import feedback_set_of
from runtime.feedback import write as write_feedback
from runtime.jobs import Job, JobKind, Jobs
from runtime.reviewing import Review
from runtime.run_questions import QuestionShown, show_question
from runtime.runs import RunCard
from runtime.sets import Origin, SetCard, SetContents, Shelf, contents, read_set, says_synthetic
from runtime.suppression import Mask

if TYPE_CHECKING:
    from evaluation.sets import EvalSet
    from runtime.archive import Archive

ROWS = 50  # of a list, at a time


class RunFile(StrEnum):
    """A file of a run that may be taken home."""

    ANSWERS = "results.jsonl"
    RANKING = "run.trec"
    MANIFEST = "manifest.json"
    REPORT = "report.html"


class Evaluating:
    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user
        self._settings = archive.settings
        self._shelf = Shelf(archive.settings)
        self._jobs = Jobs(archive.settings.jobs_folder)

    # -- sets ------------------------------------------------------------------------------------

    def sets(self) -> list[SetCard]:
        return self._shelf.all()

    def contents(self, key: str) -> SetContents:
        """Reads the set wholly. SetError names file, line and field of what is wrong with it."""
        return contents(read_set(self._shelf.get(key).path))

    def upload(self, content: bytes, *, called: str) -> SetCard:
        """See `runtime.uploads`."""
        return uploads.take_in(content, called=called, shelf=self._shelf, by=self._user.name)

    def make(self, *, title: str, questions: int, stories: int, seed: int) -> Job:
        """A job that makes a set of the archive's stories, to be reviewed."""
        order = MakeOrder(
            path=self._shelf.drawn(),
            title=title.strip() or f"{datetime.now(UTC):%Y-%m-%d %H:%M}, {questions} questions",
            by=self._user.name,
            questions=questions,
            stories=stories,
            seed=seed,
        )
        return self._jobs.start(JobKind.EVALUATE, order.arguments(), actor=self._user.name)

    def from_feedback(self) -> SetCard:
        """A set of what readers judged. SetError where nothing that was judged gives a question."""
        made = feedback_set_of(self._archive)
        path = self._shelf.drawn()
        write_feedback(made, path)
        title = f"feedback {datetime.now(UTC):%Y-%m-%d %H:%M}"
        return self._shelf.note(path, title=title, origin=Origin.FEEDBACK, by=self._user.name)

    def is_made(self, key: str) -> bool:
        """Whether the set says that a program made it, and people may review it."""
        return says_synthetic(self._shelf.get(key).path)

    def review(self, key: str) -> Review:
        return Review(self._archive, self._user, self._shelf.get(key))

    # -- running ---------------------------------------------------------------------------------

    def models(self) -> tuple[str, ...]:
        """Language models that can answer here: that of the settings first."""
        from models.catalogue import ModelKind, load_catalogue
        from runtime.wiring import model_installed

        named = [self._settings.model.name, *(rule.use for rule in self._settings.model.rules)]
        named += [spec.name for spec in load_catalogue().models if spec.kind is ModelKind.LLM]
        return tuple(name for name in dict.fromkeys(named) if model_installed(self._settings, name))

    def start(
        self,
        key: str,
        *,
        answering: Answering,
        model: str | None = None,
        limit: int | None = None,
        name: str | None = None,
    ) -> Job:
        """A job that runs the set; under the name of an interrupted run it goes on with that.

        SetError where the name cannot be one or is being run, SettingsError where the model is not here.
        """
        card = self._shelf.get(key)
        if answering == "model" and (model or self._settings.model.name) not in self.models():
            raise SettingsError(
                f"the model {model or self._settings.model.name} is not installed",
                hint="choose an installed one, or quote without a model",
            )
        drawn = f"{_slug(card.title)}-{answering}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        return self._start(
            RunOrder(
                path=card.path,
                title=card.title,
                name=(name or "").strip() or drawn,
                answering=answering,
                model=model if answering == "model" else None,
                limit=limit,
            )
        )

    def resume(self, key: str) -> Job:
        """A job that goes on with an interrupted run, as it was ordered."""
        card = self.run(key)
        answering: Answering = (
            "retrieval" if card.model is None else "extractive" if card.model == "extractive" else "model"
        )
        return self._start(
            RunOrder(
                path=card.set_path,
                title=card.set_name,
                name=card.name,
                answering=answering,
                model=card.model if answering == "model" else None,
                limit=card.limit,
            )
        )

    def jobs(self) -> list[Job]:
        """The latest first."""
        return [job for job in self._jobs.all() if job.kind is JobKind.EVALUATE]

    def cancel(self, job_id: str) -> None:
        if self._jobs.get(job_id).kind is not JobKind.EVALUATE:
            raise SetError("that job is no evaluation", hint="cancel it where it was started")
        self._jobs.cancel(job_id)

    def _start(self, order: RunOrder) -> Job:
        for job in self.jobs():
            running = None if job.is_finished else run_order(job.arguments)
            if running and running.name == order.name:
                raise SetError(f"run {order.name} is under way", hint="wait for it, or give another name")
        return self._jobs.start(JobKind.EVALUATE, order.arguments(), actor=self._user.name)

    # -- runs ------------------------------------------------------------------------------------

    def runs(self) -> list[RunCard]:
        """The latest first."""
        return runs.find_runs(self._settings)

    def run(self, key: str) -> RunCard:
        return runs.find_card(self._settings, key)

    def run_named(self, name: str) -> RunCard | None:
        """The latest run of that name."""
        return next((card for card in self.runs() if card.name == name), None)

    def figures(self, key: str) -> RunFigures:
        return runs.run_figures(self.run(key))

    def manifest(self, key: str) -> dict[str, Any]:
        return runs.run_manifest(self.run(key))

    def measures(self, key: str) -> tuple[str, ...]:
        """Those with a value for each question."""
        return tuple(one.measure for one in self.figures(key).measures)

    def set_of(self, key: str) -> EvalSet:
        """The set that a run asked, as it is now. SetError where it is gone, or cannot be read."""
        return read_set(self.run(key).set_path)

    def contents_of_run(self, key: str) -> SetContents:
        return contents(self.set_of(key))

    def questions(self, key: str, choice: run_choice.Choice, *, at: int = 0) -> run_choice.Page:
        """At most ROWS of those chosen, from the one at `at` on."""
        found = runs.run_questions(self.run(key), self.set_of(key))
        return run_choice.choose(found, choice, at=at, count=ROWS, mask=self._mask())

    def question(self, key: str, query_id: str) -> QuestionShown:
        card, of = self.run(key), self.set_of(key)
        listed = runs.run_questions(card, of).listed(query_id)
        if listed is None:
            raise SetError(f"run {card.name} has no question {query_id!r}")
        return show_question(self._archive, card, of, listed)

    def compare(self, before: str, after: str) -> Comparison:
        """Two runs of the same questions; SetError where they have none in common."""
        if before == after:
            raise SetError("these are the same run", hint="choose two")
        return runs.run_comparison(self.run(before), self.run(after))

    def changes(
        self, before: str, after: str, *, measure: str, order: run_choice.ChangeOrder, at: int = 0
    ) -> run_choice.ChangePage:
        try:
            of: EvalSet | None = self.set_of(after)
        except SetError:
            of = None
        found = self.compare(before, after)
        return run_choice.choose_changes(found, of, measure, order, at=at, count=ROWS, mask=self._mask())

    def file(self, key: str, kind: RunFile) -> Callable[[], BinaryIO] | None:
        """Opens one of the run's files when it is asked for; None where the run has not got it."""
        path = self.run(key).folder / kind
        return partial(_opened, path) if path.is_file() else None

    def _mask(self) -> Mask:
        return self._archive.hidden_names().in_full


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _slug(title: str) -> str:
    """The letters of a title that may stand in a run's name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", title.rsplit(".", 1)[0]).strip("-")[:24] or "set"
