"""A lock that goes round: whoever gives it up cannot take it again before one who already waits for it.

threading.Lock makes no such promise: a thread that embeds a hundred sentences, batch after batch, would take it
back each time, and a question that needs one vector would wait for them all.
"""

from __future__ import annotations

import threading
from types import TracebackType


class FairLock:
    """One may wait at the door; the others queue behind. Not reentrant."""

    def __init__(self) -> None:
        self._door = threading.Lock()
        self._room = threading.Lock()

    def __enter__(self) -> None:
        with self._door:
            self._room.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room.release()
