"""The pages' server with a stopwatch on its database: each SQL statement is written down as it ends.

`python -m benchmarks.pages.statements LOG -- SERVER'S ARGUMENTS` is what `depeche serve` starts, with
SQLAlchemy's events listened to. A line of LOG: seconds since the epoch, seconds taken, the statement.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    at: float
    seconds: float
    sql: str


def listen(log: Path) -> None:
    """From now on, for every engine of this process."""
    file = log.open("a", encoding="utf-8", buffering=1)

    @event.listens_for(Engine, "before_cursor_execute")
    def begin(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        conn.info["began"] = time.perf_counter()

    @event.listens_for(Engine, "after_cursor_execute")
    def end(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        took = time.perf_counter() - conn.info.pop("began", time.perf_counter())
        file.write(json.dumps([time.time(), took, statement]) + "\n")


def written(log: Path, *, since: float) -> Sequence[Statement]:
    """Those that ended after `since`."""
    rows = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())
    return [Statement(at=at, seconds=took, sql=sql) for at, took, sql in rows if at > since]


def main() -> None:
    log, _, *arguments = sys.argv[1:]
    listen(Path(log))
    from ui import serving

    # Streamlit looks for its configuration beside the program that was started.
    sys.argv[0] = serving.__file__
    serving.main(arguments)


if __name__ == "__main__":
    main()
