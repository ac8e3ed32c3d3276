"""What was kept aside: which file it is of, and when it is kept aside no longer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from db.ledger import Ledger


def file_of(path: str) -> Path | None:
    """The file that a failure's path names, which may be a member of an archive: "feed.zip!a/b.xml"."""
    while path:
        if Path(path).is_file():
            return Path(path)
        path = path.rpartition("!")[0]
    return None


def clear_mended(ledger: Ledger, paths: Iterable[Path], *, since: datetime) -> int:
    """After these paths were read, `since` then: failures there that did not happen again are over.

    Those of files that are no longer there stay: nobody has read them again.
    """
    over = [
        path
        for named in paths
        for path in ledger.failing_paths(str(named), before=since)
        if file_of(path) is not None
    ]
    return ledger.clear_failures(over, before=since) if over else 0
