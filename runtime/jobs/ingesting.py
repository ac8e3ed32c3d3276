"""The work of an INGEST job: what `depeche ingest` does, told as it goes.

It waits for its turn while another process is writing to the archive. Interrupted anywhere, the same
arguments finish it. Uploaded files go once all they hold has been taken in.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from runtime.incoming import Incoming
from runtime.jobs.report import Report
from runtime.settings import Settings

if TYPE_CHECKING:
    from domain.story import IngestReport
    from ingest.pipeline import IngestProgress
    from runtime.archive import Archive

NICENESS = 10  # a question asked meanwhile goes first


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOrder:
    """What to take in, and how it is to be read."""

    paths: tuple[Path, ...]
    format: str = "auto"
    provider: str | None = None

    def arguments(self) -> tuple[str, ...]:
        # With "=": a provider's name may begin with a hyphen.
        named = (f"--provider={self.provider}",) if self.provider else ()
        return (f"--format={self.format}", *named, "--", *map(str, self.paths))

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Self:
        parser = argparse.ArgumentParser(prog="ingest job", allow_abbrev=False)
        parser.add_argument("--format", default="auto")
        parser.add_argument("--provider")
        parser.add_argument("paths", nargs="+", type=Path)
        asked = parser.parse_args(arguments)
        return cls(paths=tuple(asked.paths), format=asked.format, provider=asked.provider)


def ingest(settings: Settings, arguments: Sequence[str], report: Report) -> Mapping[str, object]:
    """Result: the counts that `depeche ingest --json` prints."""
    from runtime.archive import Archive

    os.nice(NICENESS)
    order = IngestOrder.of(arguments)
    with Archive.open(settings) as archive:
        archive.embedder  # noqa: B018 loaded before the archive is held for writing
        done = _ingest(archive, order, report)
        Incoming(settings.incoming_folder).settle(order.paths, archive.store.ledger)
    return asdict(done)


def _ingest(archive: Archive, order: IngestOrder, report: Report) -> IngestReport:
    def reading(progress: IngestProgress) -> None:
        share = progress.bytes_done / progress.bytes_total if progress.bytes_total else 1.0
        report("reading", progress.items, round(progress.items / share) if share else None)

    return report.when_free(
        lambda: archive.ingest(
            order.paths,
            format=order.format,
            provider=order.provider,
            reading=reading,
            indexing=lambda progress: report("indexing", progress.done, progress.total),
        )
    )
