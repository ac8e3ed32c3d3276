"""Progress bars on standard error: count, rate and time left; plain lines when it is not a terminal."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from ingest.pipeline import IngestProgress
    from retrieval.index import IndexProgress

PLAIN_EVERY = 10.0  # seconds between lines where no bar can be drawn


class _Bars:
    """Bars on a terminal, a line every so often elsewhere, nothing at all where not `enabled`."""

    def __init__(self, *columns: TextColumn, rates: bool, enabled: bool) -> None:
        console = Console(stderr=True)
        self._plain = enabled and not console.is_terminal
        self._last_line = time.monotonic()
        self._bars = Progress(
            *columns,
            BarColumn(),
            MofNCompleteColumn(),
            *((TextColumn("{task.fields[rate]}"),) if rates else ()),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not enabled or self._plain,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def _line(self, words: str) -> None:
        if self._plain and time.monotonic() - self._last_line >= PLAIN_EVERY:
            self._last_line = time.monotonic()
            typer.echo(words, err=True)


class IngestBars(_Bars):
    """Two bars, reading and indexing."""

    def __init__(self, *, enabled: bool) -> None:
        super().__init__(TextColumn("{task.description:8}"), rates=True, enabled=enabled)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if self._plain:
            typer.echo(f"at work: a line every {PLAIN_EVERY:.0f} s", err=True)
        return super().__enter__()

    def reading(self, progress: IngestProgress) -> None:
        self._show("reading", progress.items, None, f"{progress.rate:.0f} items/s")
        if self._tasks and progress.bytes_total:
            done = progress.bytes_done / progress.bytes_total
            self._bars.update(
                self._tasks["reading"], total=max(progress.items, round(progress.items / max(done, 1e-6)))
            )

    def indexing(self, progress: IndexProgress) -> None:
        self._show("indexing", progress.done, progress.total, f"{progress.rate:.0f} passages/s")

    def _show(self, what: str, done: int, total: int | None, rate: str) -> None:
        if self._plain:
            self._line(f"{what}: {done}{f' of {total}' if total else ''}, {rate}")
            return
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total, rate=rate)
        self._bars.update(self._tasks[what], completed=done, total=total, rate=rate)


class QuestionsBar(_Bars):
    """One bar, questions answered."""

    def __init__(self, *, enabled: bool) -> None:
        super().__init__(TextColumn("questions"), rates=False, enabled=enabled)
        self._task = self._bars.add_task("questions", total=None)

    def show(self, done: int, total: int) -> None:
        self._line(f"questions: {done} of {total}")
        self._bars.update(self._task, completed=done, total=total)
