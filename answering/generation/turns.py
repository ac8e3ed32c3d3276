"""One model, several askers: who is next.

One holds the turn at a time. Sessions take turns round and round, and within a session the
requests are served in the order in which they came: somebody who asks twenty questions delays
another's single question by one answer at most.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

POLL_SECONDS = 0.02  # how soon a waiting request notices that it is no longer wanted


class Turns:
    """A queue that is fair between sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Hashable, deque[threading.Event]] = OrderedDict()
        self._taken = False

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn."""
        with self._lock:
            return sum(len(queue) for queue in self._waiting.values())

    @property
    def is_taken(self) -> bool:
        """Whether somebody holds the turn."""
        with self._lock:
            return self._taken

    def before(self, session: Hashable) -> int | None:
        """Turns that come before the session's next one, the one held now included; None when it does not
        wait. A session served in between takes one turn however much it asks."""
        with self._lock:
            return next((place + 1 for place, one in enumerate(self._waiting) if one == session), None)

    @contextmanager
    def turn(self, session: Hashable, stop: Callable[[], bool] | None = None) -> Iterator[bool]:
        """Wait for the turn and hold it. Gives False when `stop()` became true before."""
        called = self._join(session)
        try:
            while not called.wait(POLL_SECONDS if stop else None):
                if stop and stop() and self._leave(session, called):
                    yield False
                    return
            yield True
        finally:
            # An exception while waiting gives up the place; one while holding, the turn.
            if called.is_set():
                self._pass_on()
            else:
                self._leave(session, called)

    def _join(self, session: Hashable) -> threading.Event:
        called = threading.Event()
        with self._lock:
            if not self._taken:
                self._taken = True
                called.set()
            else:
                self._waiting.setdefault(session, deque()).append(called)
        return called

    def _leave(self, session: Hashable, called: threading.Event) -> bool:
        """Give up a place in the queue; False when the turn came just before."""
        with self._lock:
            queue = self._waiting.get(session)
            if queue is None or called not in queue:
                return not called.is_set()
            queue.remove(called)
            if not queue:
                del self._waiting[session]
            return True

    def _pass_on(self) -> None:
        with self._lock:
            if not self._waiting:
                self._taken = False
                return
            session, queue = next(iter(self._waiting.items()))
            called = queue.popleft()
            if queue:
                self._waiting.move_to_end(session)
            else:
                del self._waiting[session]
            called.set()
