"""Reading processes beside the one that stores: frames come back in the order of the tasks.

Each process is fed by a thread of its own and stalls when its frames are not taken, so that memory
stays bounded. A process that dies (a crash in a parser, the system's memory killer) costs the file it
was reading, which is rejected; a new process takes up the files after it.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar, cast

from domain.child import child_environment
from domain.errors import SourceError
from domain.story import SourceRef
from ingest.frames import Frame, Task, receive, send, unpack
from ingest.normalise import reject
from ingest.reading import ReadItem
from ingest.sources import shown

_FRAMES_AHEAD = 8  # of one process; times FRAME_CHARACTERS bounds what waits
_TASKS_AHEAD = 2  # a process
_PATIENCE = 0.5  # seconds between looks at whether the pool is being closed

_Value = TypeVar("_Value")
_Frames = queue.Queue[Frame]
_Process = subprocess.Popen[bytes]


class ReadingPool:
    """`frames(tasks)` within a `with` block; leaving it ends the processes, whatever happened."""

    def __init__(self, *, processes: int) -> None:
        self._processes = processes
        self._closing = threading.Event()
        self._running: set[_Process] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        with self._lock:
            for process in self._running:
                process.kill()
        for thread in self._threads:
            thread.join()

    def frames(self, tasks: Iterable[Task]) -> Iterator[Frame]:
        """The frames of all tasks, task by task."""
        in_order: queue.Queue[_Frames | None] = queue.Queue(_TASKS_AHEAD * self._processes)
        waiting = iter(tasks)
        taking = threading.Lock()

        def next_task() -> tuple[Task, _Frames] | None:
            with taking:  # a task and its place in the order are taken together
                task = next(waiting, None)
                frames: _Frames = queue.Queue(_FRAMES_AHEAD)
                return (task, frames) if task and self._put(in_order, frames) else None

        def work() -> None:
            try:
                self._feed(next_task)
            finally:
                self._put(in_order, None)

        self._threads = [threading.Thread(target=work, daemon=True) for _ in range(self._processes)]
        for thread in self._threads:
            thread.start()
        finished = 0
        while finished < self._processes:
            if (frames := in_order.get()) is None:
                finished += 1
                continue
            while not (frame := frames.get()).is_last:
                yield frame

    def _feed(self, next_task: Callable[[], tuple[Task, _Frames] | None]) -> None:
        process: _Process | None = None
        try:
            while taken := next_task():
                process = self._run(*taken, process)
        finally:
            if process:
                self._end(process)

    def _run(self, task: Task, frames: _Frames, process: _Process | None) -> _Process | None:
        """Has a task read; returns the process that may take the next one."""
        remaining = task.files
        while remaining and not self._closing.is_set():
            process = process or self._start()
            unfinished = self._relay(Task(remaining, task.format, task.provider), frames, process)
            if unfinished is None or self._closing.is_set():
                return process
            lost = _lost(unfinished, self._end(process))
            process = None
            self._put(frames, Frame(items=(lost,)))
            remaining = remaining[remaining.index(unfinished) + 1 :]
        self._put(frames, Frame(is_last=True))
        return process

    def _relay(self, task: Task, frames: _Frames, process: _Process) -> Path | None:
        """Passes on the frames of a task. None when it is complete, else the file the process died in."""
        reading = task.files[0]
        try:
            send(cast(BinaryIO, process.stdin), task)
        except BrokenPipeError:
            return reading
        while (payload := receive(cast(BinaryIO, process.stdout))) is not None:
            frame = unpack(payload)
            if not isinstance(frame, Frame):
                break
            reading = frame.started or reading
            if not self._put(frames, frame) or frame.is_last:
                return None
        return reading

    def _put(self, where: queue.Queue[_Value], value: _Value) -> bool:
        """Waits for room; False when the pool is closing instead."""
        while not self._closing.is_set():
            try:
                where.put(value, timeout=_PATIENCE)
            except queue.Full:
                continue
            return True
        return False

    def _start(self) -> _Process:
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
        )
        with self._lock:
            self._running.add(process)
        return process

    def _end(self, process: _Process) -> int:
        """Ends a process that is dead or idle; its exit code, negative for a signal."""
        with self._lock:
            self._running.discard(process)
        cast(BinaryIO, process.stdin).close()
        try:
            process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        cast(BinaryIO, process.stdout).close()
        return process.returncode


def _lost(file: Path, code: int) -> ReadItem:
    error = SourceError(
        f"the reading process ended (exit code {code}) in this file",
        hint="items before the fault are stored; split the file to find it",
    )
    return ReadItem(reject(SourceRef(path=shown(file), position=0), error.message, error.hint or ""))
