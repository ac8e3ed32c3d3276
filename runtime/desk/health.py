"""What archivists may know of the archive's health; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from db.records import ArchiveCounts
from domain.access import User
from runtime import health, inventory
from runtime.health import LATEST_ANSWERS, IndexState, Memory, ModelQueue, Percentiles, Space
from runtime.jobs import Job, JobKind, Jobs
from runtime.statistics import statistics

if TYPE_CHECKING:
    from runtime.archive import Archive

SHOWN_JOBS = 5


class Health:
    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user

    def counts(self) -> ArchiveCounts:
        return self._archive.counts()

    def index(self) -> IndexState:
        return health.index_state(self._archive)

    def space(self) -> Space:
        """Walks the folders of archive and models: some milliseconds for some thousand files."""
        return health.space(self._archive.settings)

    def memory(self) -> Memory:
        return health.memory(self._archive.model_processes())

    def queues(self) -> Sequence[ModelQueue]:
        """The language models that this server asks."""
        return self._archive.model_queues()

    def latency(self) -> Sequence[Percentiles]:
        """Of the latest answers, whoever asked."""
        return health.percentiles(self._archive.store.answer_seconds(limit=LATEST_ANSWERS))

    def costs(self) -> dict[str, Any]:
        """What `depeche stats` sums: answers, tokens, seconds, joules, by model and in all."""
        return statistics(self._archive.store)

    def models(self) -> list[dict[str, Any]]:
        """What `depeche models list` tells."""
        return inventory.models(self._archive.settings)

    def machine(self) -> dict[str, Any]:
        """What `depeche doctor` tells: this machine, what fits it, with the arithmetic."""
        return inventory.examine(self._archive.settings)

    def jobs(self, *kinds: JobKind) -> list[Job]:
        """The latest of these kinds first."""
        jobs = Jobs(self._archive.settings.jobs_folder)
        found = [job for kind in kinds for job in jobs.all(SHOWN_JOBS, kind=kind)]
        return sorted(found, key=lambda job: job.started, reverse=True)[:SHOWN_JOBS]
