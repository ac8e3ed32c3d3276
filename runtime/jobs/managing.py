"""The work of the jobs PULL, CHECK and REBUILD: what `depeche models pull` and `depeche index` do, told as it goes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from runtime.jobs.ingesting import NICENESS
from runtime.jobs.report import Report
from runtime.settings import Settings


def pull(settings: Settings, arguments: Sequence[str], report: Report) -> Mapping[str, object]:
    """One model by its name. Stopped anywhere, the next pull goes on from what has come."""
    from runtime.inventory import pull_model

    (name,) = arguments
    # A catalogue's words for a stage ("fetching …") are not the page's: bytes are counted under one name.
    path = pull_model(settings, name, lambda done, total, _: report("fetching", done, total or None))
    return {"model": name, "path": str(path)}


def check(settings: Settings, arguments: Sequence[str], report: Report) -> Mapping[str, object]:
    """What `depeche index --check --json` prints."""
    from runtime.archive import Archive

    os.nice(NICENESS)
    report("checking", 0)
    with Archive.open(settings) as archive:
        found = archive.check_index()
    return asdict(found) | {"ok": found.is_whole}


def rebuild(settings: Settings, arguments: Sequence[str], report: Report) -> Mapping[str, object]:
    """Waits for its turn while another process writes to the archive; interrupted, it goes on where it was."""
    from runtime.archive import Archive

    os.nice(NICENESS)
    with Archive.open(settings) as archive:
        done = report.when_free(
            lambda: archive.rebuild_index(lambda at: report("indexing", at.done, at.total))
        )
        return {"indexed": done, "embedder": archive.embedder_in_use}
