"""What archivists may do: feed the archive, and look after what could not be taken in.

A path that a person types is resolved, links and all, before it is checked: with a login, only what
`[access] ingest_roots` names can be read from this machine, and nothing tells what else there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from db.records import Failure
from domain.access import User
from domain.errors import JobError, NotPermitted, SettingsError, SourceError
from domain.story import place_in
from runtime.incoming import Incoming, Upload
from runtime.jobs import Job, JobKind, Jobs
from runtime.jobs.ingesting import IngestOrder
from runtime.quarantine import file_of

if TYPE_CHECKING:
    from runtime.archive import Archive


class Keeping:
    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self._user = archive, user
        self._settings, self._ledger = archive.settings, archive.store.ledger
        self._incoming = Incoming(archive.settings.incoming_folder)
        self._jobs = Jobs(archive.settings.jobs_folder)

    # -- what comes in -------------------------------------------------------------------------

    def formats(self) -> tuple[str, ...]:
        """What can be read; `auto` looks at the content."""
        from ingest import readers

        return ("auto", *sorted(readers.names()))

    def providers(self) -> Mapping[str, int]:
        """How many stories there are of each, from counts kept up with every batch."""
        return self._archive.holdings().by_provider

    def roots(self) -> tuple[Path, ...] | None:
        """The folders of this machine that may be named; None: any."""
        access = self._settings.access
        open_here = access.login == "none" and not access.open_to_all
        return None if open_here and not access.ingest_roots else access.ingest_roots

    def upload(self, name: str, stream: BinaryIO) -> Upload:
        """Keeps a file until it is taken in; LimitExceeded when it is too large."""
        busy = {path for job in self.ingestions() if not job.is_finished for path in self.order(job).paths}
        self._incoming.sweep(
            is_needed=lambda path: path in busy or bool(self._ledger.failing_paths(str(path)))
        )
        return self._incoming.receive(name, stream, by=self._user.name)

    def ingest(
        self,
        uploads: Sequence[Upload] = (),
        *,
        paths: Sequence[str] = (),
        format: str = "auto",
        provider: str | None = None,
    ) -> Job:
        """Starts taking in uploaded files and what is named on this machine."""
        if format not in self.formats():
            raise SettingsError(f"no format is called {format!r}", hint="take one of the list")
        named = tuple(self._allowed(Path(path).expanduser()) for path in paths if path.strip())
        whole = (*(one.path for one in uploads), *named)
        if not whole:
            raise SettingsError("nothing is named to take in", hint="upload a file, or name a folder")
        order = IngestOrder(paths=whole, format=format, provider=(provider or "").strip() or None)
        return self._start(order)

    def ingestions(self, limit: int = 10) -> list[Job]:
        """The latest first."""
        return self._jobs.all(limit, kind=JobKind.INGEST)

    def ingestion(self, job_id: str) -> Job:
        job = self._jobs.get(job_id)
        if job.kind is not JobKind.INGEST:
            raise JobError(f"job {job_id} takes nothing in", hint="take one of the list")
        return job

    def order(self, job: Job) -> IngestOrder:
        return IngestOrder.of(job.arguments)

    def sources(self, job: Job) -> list[str]:
        """What a job takes in, as people know it: an upload by the name it came with."""
        return [self._incoming.shown(str(path)) for path in self.order(job).paths]

    def cancel(self, job_id: str) -> None:
        """Stops an ingestion at its next border; what it stored stays."""
        self._jobs.cancel(self.ingestion(job_id).job_id)

    def again(self, job_id: str) -> Job:
        """Starts an ended ingestion again: it goes on where it was. What it names must still be allowed."""
        job = self.ingestion(job_id)
        if not job.is_finished:
            raise JobError(f"job {job_id} has not ended", hint="cancel it first, or wait for it")
        order = self.order(job)
        return self._start(replace(order, paths=tuple(map(self._allowed, order.paths))))

    def log(self, job_id: str) -> str:
        """The end of what an ingestion's process printed."""
        return self._jobs.log(self.ingestion(job_id).job_id)

    def _start(self, order: IngestOrder) -> Job:
        return self._jobs.start(JobKind.INGEST, order.arguments(), actor=self._user.name)

    def _allowed(self, path: Path) -> Path:
        """The path with its links resolved, if this person may have it read."""
        try:
            resolved = path.resolve()
        except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL in the name
            raise SourceError("that is not the path of a file or folder", hint="check the path") from error
        roots = self.roots()
        inside = roots is None or any(resolved.is_relative_to(root.resolve()) for root in roots)
        if not inside and not self._incoming.holds(resolved):
            raise NotPermitted(
                "that path is outside the folders that may be taken in from here",
                hint="an admin names them in the settings, [access] ingest_roots; or upload the file",
            )
        if not resolved.exists():
            raise SourceError(f"{path} does not exist", hint="check the path")
        return resolved

    # -- what could not be taken in ------------------------------------------------------------

    def failures(self, *, containing: str = "", limit: int = 20, offset: int = 0) -> list[Failure]:
        """What was kept aside, latest first, uploads under the names that they came with."""
        found = self._ledger.failures(containing=containing, limit=limit, offset=offset)
        return [self._shown(one) for one in found]

    def count_failures(self, *, containing: str = "") -> int:
        return self._ledger.count_failures(containing=containing)

    def failure_rows(self, *, containing: str = "") -> Iterator[Sequence[object]]:
        """For a table: file, position, reason, remedy, first and last seen, times."""
        offset = 0
        while found := self.failures(containing=containing, limit=1000, offset=offset):
            for one in found:
                seen = (one.first_seen.isoformat(), one.last_seen.isoformat(), one.times)
                yield (
                    one.path,
                    " ".join(map(str, place_in(one.path, one.position))),
                    one.reason,
                    one.remedy,
                    *seen,
                )
            offset += len(found)

    def can_be_tried(self, failure_id: int) -> bool:
        """Whether the file is there still."""
        return file_of(self._ledger.failure(failure_id).path) is not None

    def try_again(self, failure_id: int) -> Job:
        """Reads the failed item's file again; whatever is taken in this time leaves the list."""
        path = self._ledger.failure(failure_id).path
        file = file_of(path)
        if file is None:
            raise SourceError(
                f"{self._incoming.shown(path)} is no longer there", hint="send or upload it again"
            )
        return self._start(IngestOrder(paths=(self._allowed(file),)))

    def forget(self, failure_id: int) -> None:
        """Takes a failure off the list; an upload of which nothing else failed goes with it."""
        file = file_of(self._ledger.failure(failure_id).path)
        self._archive.store.clear_failure(failure_id)
        if file is not None:
            self._incoming.settle([file], self._ledger)

    def _shown(self, failure: Failure) -> Failure:
        return replace(failure, path=self._incoming.shown(failure.path))

    # -- messages that wait for their story ----------------------------------------------------

    def waiting(self) -> list[dict[str, Any]]:
        """See `Archive.waiting`."""
        return self._archive.waiting()

    def dismiss(self, directive_id: int, *, reason: str) -> None:
        self._archive.dismiss(directive_id, reason=needed(reason), actor=self._user.name)


def needed(reason: str) -> str:
    """A reason that says something; SettingsError otherwise."""
    if not reason.strip():
        raise SettingsError("a reason is needed", hint="it is kept, with your name, in the archive's history")
    return reason.strip()
