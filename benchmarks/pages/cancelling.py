"""How soon a press of Cancel is obeyed: what the reader sees, and when the model stops computing.

The question is sent over the WebSocket as a tab would; the press follows some time after the evidence was
drawn, while the model still reads, or after its first words. The model is at rest when the processor time of
its process no longer grows (the kernel counts it in steps of 10 ms).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.pages.session import Seen, Session, find, words
from ui.markup import plain
from ui.strings import words as words_in

AT_REST_SECONDS = 0.15  # without a step of the processor's clock
WATCHED_SECONDS = 3.0
PHASES = ("reading", "writing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Seconds since the press was sent."""

    phase: str
    page: float  # until the page said so
    model: float  # until the model's process was at rest


def cancel(address: str, question: str, *, phase: str, server: int) -> Cancelled:
    """One question, asked and cancelled in this phase. `server`: its process. Raises LookupError, TimeoutError."""
    said = words_in("en")
    with Session(address) as session:
        page = session.draw()
        field, button = (
            find(page, "text_input"),
            find(page, "button", lambda one: one.button.is_form_submitter),
        )
        session.send(
            WidgetState(id=field.text_input.id, string_value=question),
            WidgetState(id=button.button.id, trigger_value=True),
        )
        awaited = said["ask.draft" if phase == "writing" else "ask.evidence"]
        for seen in session.follow(seconds=120):
            if any(words(one) == awaited for one in seen.elements[-8:]):
                break
        else:
            raise LookupError(f"the page never said {awaited!r}")
        press = find(seen, "button", lambda one: said["ask.cancel"] in one.button.label)
        time.sleep(0.3)  # in the midst of it, not at its beginning
        rest = _Rest(server)
        began = time.monotonic()
        session.send(WidgetState(id=press.button.id, trigger_value=True))
        rest.watch(began)
        shown = _until_said(session, plain(said["ask.cancelled"].split("{")[0]))
        return Cancelled(phase=phase, page=shown - began, model=rest.seconds())


def _until_said(session: Session, beginning: str) -> float:
    for seen in session.follow(seconds=60):
        if _says(seen, beginning):
            return time.monotonic()
    raise LookupError("the page never said that the question was cancelled")


def _says(seen: Seen, beginning: str) -> bool:
    return any(words(one).startswith(beginning) for one in seen.elements[-6:])


class _Rest:
    """Watches the model's process until its processor time stands still."""

    def __init__(self, server: int) -> None:
        children = psutil.Process(server).children(recursive=True)
        self._model = next(one for one in children if any("worker_process" in word for word in one.cmdline()))
        self._last = 0.0
        self._thread: threading.Thread | None = None

    def watch(self, began: float) -> None:
        self._thread = threading.Thread(target=self._watch, args=(began,))
        self._thread.start()

    def _watch(self, began: float) -> None:
        spent, self._last = self._spent(), 0.0
        while (now := time.monotonic() - began) < WATCHED_SECONDS and now - self._last < AT_REST_SECONDS:
            time.sleep(0.005)
            if (spends := self._spent()) > spent:
                spent, self._last = spends, time.monotonic() - began

    def _spent(self) -> float:
        times = self._model.cpu_times()
        return float(times.user + times.system)

    def seconds(self) -> float:
        """When the last step was seen."""
        assert self._thread is not None
        self._thread.join()
        return self._last


def table(taken: Sequence[Cancelled]) -> str:
    rows = ["| while the model is | presses | page says so, median / longest (ms) | model at rest, median / longest (ms) |",
            "|---|---|---|---|"]  # fmt: skip
    for phase in PHASES:
        of = [one for one in taken if one.phase == phase]
        if of:
            cells = " | ".join(_times([getattr(one, what) for one in of]) for what in ("page", "model"))
            rows.append(f"| {phase} | {len(of)} | {cells} |")
    return "\n".join(rows)


def _times(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    return f"{ordered[len(ordered) // 2] * 1e3:.0f} / {ordered[-1] * 1e3:.0f}"
