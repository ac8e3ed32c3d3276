"""What each kind of job does: a short function a kind, called in the job's own process.

A function takes the archive's settings, the job's arguments and a report; what it returns becomes the
job's `result`, in JSON. It may be killed at any instant and started again with the same arguments.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

from runtime.jobs.ingesting import NICENESS, ingest
from runtime.jobs.job import JobKind
from runtime.jobs.managing import check, pull, rebuild
from runtime.jobs.report import Report
from runtime.settings import Settings

Work = Callable[[Settings, Sequence[str], Report], Mapping[str, object]]


def evaluate(settings: Settings, arguments: Sequence[str], report: Report) -> Mapping[str, object]:
    """Runs an evaluation set, or makes one: `runtime.evaluation_jobs` says with which arguments."""
    from runtime import evaluation_jobs

    os.nice(NICENESS)
    return evaluation_jobs.evaluate(settings, arguments, report)


KINDS: Mapping[JobKind, Work] = {
    JobKind.INGEST: ingest,
    JobKind.EVALUATE: evaluate,
    JobKind.PULL: pull,
    JobKind.CHECK: check,
    JobKind.REBUILD: rebuild,
}
