"""A job's own process: `python -m runtime.jobs.work ARCHIVE/jobs/ID`.

It signs its folder, does the work of its kind, and has the last word on its state, whatever happens short
of being killed. An error is told in words; its traceback goes to the log.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from domain.errors import ArchiveError, JobError
from runtime.jobs.folder import CANCEL, ORDER, JobFolder
from runtime.jobs.job import JobKind, JobState
from runtime.jobs.report import JobStopped, Report
from runtime.settings import load_settings

_Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def run(folder: JobFolder) -> None:
    """Does the job of this folder."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    folder.sign(os.getpid())
    report = Report(folder, stop=stop)
    sys.excepthook = _last_word(report)
    if folder.read(CANCEL) is not None:
        stop.set()
    try:
        report("starting", 0)
        result = _work(folder, report)
    except JobStopped:
        report.ended(JobState.CANCELLED, ended=_now())
    except ArchiveError as error:
        traceback.print_exc()
        report.ended(JobState.FAILED, error=error.message, hint=error.hint, ended=_now())
    except SystemExit:  # argparse has said what it does not understand
        error_said = "the job's arguments are not understood"
        report.ended(JobState.FAILED, error=error_said, hint="see the job's log", ended=_now())
    else:
        report.ended(JobState.DONE, result=result, ended=_now())


def _work(folder: JobFolder, report: Report) -> object:
    from runtime.jobs.kinds import KINDS

    order = folder.read(ORDER)
    if order is None:
        raise JobError(f"{folder.path} holds no order", hint="start the job anew")
    arguments = order.get("arguments")
    work = KINDS.get(JobKind(str(order.get("kind"))))
    if work is None or not isinstance(arguments, list):
        raise JobError(f"no work is known for {order.get('kind')}", hint="start the job anew")
    return work(load_settings(folder.path.parent.parent), [str(one) for one in arguments], report)


def _last_word(report: Report) -> _Hook:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """A fault of ours, or of what we stand on: told in one line, kept whole in the log."""
        sys.__excepthook__(kind, error, trace)
        first = str(error).strip().splitlines()[:1]
        words = f"{kind.__name__}: {first[0]}" if first else kind.__name__
        report.ended(
            JobState.FAILED, error=words, hint="the job's log has the details; start it again", ended=_now()
        )

    return hook


def _now() -> str:
    return datetime.now(UTC).isoformat()


def main() -> None:
    # As for the command line: the libraries' own progress and telemetry are nobody's business here.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    run(JobFolder(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
