"""The reading process: takes Tasks on standard input, gives Frames on standard output.

Started by `ingest.pool` as `python -m ingest.worker`, never by hand. It holds no archive and no model;
when its parent is gone, its pipe breaks and it ends.
"""

from __future__ import annotations

import os
import signal
import sys

from ingest.frames import Task, frames, receive, send, unpack


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    try:
        while (payload := receive(sys.stdin.buffer)) is not None:
            task = unpack(payload)
            if not isinstance(task, Task):
                raise TypeError(f"expected a Task, not {type(task).__name__}")
            for frame in frames(task):
                send(sys.stdout.buffer, frame)
    except BrokenPipeError:
        os._exit(0)  # the parent is gone: a normal exit would fail again in flushing to it


if __name__ == "__main__":
    main()
