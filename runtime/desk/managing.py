"""What admins may do: fetch and choose models, check and rebuild the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import User
from domain.errors import JobError, SettingsError
from runtime import inventory
from runtime.jobs import Job, JobKind, Jobs
from runtime.settings import load_settings

if TYPE_CHECKING:
    from runtime.archive import Archive

OWN_KINDS = (JobKind.PULL, JobKind.CHECK, JobKind.REBUILD)


class Managing:
    """Long work is a job, in a process of its own: see `runtime.jobs`."""

    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user
        self._jobs = Jobs(archive.settings.jobs_folder)

    def pull(self, name: str) -> Job:
        """Fetches a model of the catalogue; the job under way already, where there is one."""
        if name not in {row["name"] for row in inventory.models(self._archive.settings)}:
            raise SettingsError(f"no model is called {name!r}", hint="take one of the list")
        return self._only(JobKind.PULL, name)

    def choose(self, name: str) -> None:
        """Answers questions with this model from now on, here and after a restart.

        ModelNotInstalled for one that is not here; SettingsError where something that counts more than the
        archive's own file names another.
        """
        settings = self._archive.settings
        path = inventory.use_model(settings, name)
        read_again = load_settings(settings.archive).model.name
        if read_again != name:
            raise SettingsError(
                f"{path} names {name} now, but what counts more names {read_again}",
                hint="take DEPECHE_MODEL__NAME out of the server's environment",
            )
        self._archive.answer_with(name)

    def check(self) -> Job:
        """Proves that database and indexes agree; reads all of both."""
        return self._only(JobKind.CHECK)

    def rebuild(self) -> Job:
        """Makes the indexes again from the database; the old ones serve meanwhile."""
        return self._only(JobKind.REBUILD)

    def cancel(self, job_id: str) -> None:
        self._own(job_id)
        self._jobs.cancel(job_id)

    def log(self, job_id: str) -> str:
        self._own(job_id)
        return self._jobs.log(job_id)

    def _own(self, job_id: str) -> None:
        if self._jobs.get(job_id).kind not in OWN_KINDS:
            raise JobError(f"job {job_id} is of another page", hint="take one of this page")

    def _only(self, kind: JobKind, *arguments: str) -> Job:
        """Two of the same would do one work twice."""
        for job in self._jobs.all(kind=kind):
            if not job.is_finished and job.arguments == arguments:
                return job
        return self._jobs.start(kind, arguments, actor=self._user.name)
