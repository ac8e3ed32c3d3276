"""The process that holds a model for its owner: python -m answering.generation.worker_process

Requests come on standard input, replies go to standard output, one JSON object a line. Counting
is answered at once, also while a text is being generated; generations follow one another. The
process ends when its input ends: it never outlives its owner.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from dataclasses import asdict, fields
from pathlib import Path
from typing import BinaryIO

from answering.generation.llama import LlamaGenerator
from answering.generation.messages import (
    READY,
    Reply,
    Request,
    Start,
    read_request,
    read_start,
    write_reply,
)
from domain.errors import ArchiveError

BEHIND = 5  # steps of priority: what is written for one must not keep the others from their evidence


class _Desk:
    """Takes requests, sends replies; one thread generates."""

    def __init__(self, generator: LlamaGenerator, replies: BinaryIO, start: Start) -> None:
        self._generator = generator
        self._start = start
        self._replies = replies
        self._writing = threading.Lock()
        self._jobs: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._cancelled: dict[int, threading.Event] = {}

    def accept(self, request: Request) -> None:
        match request.act:
            case "cancel":
                event = self._cancelled.get(request.number)
                if event:
                    event.set()
            case "count" | "count_prompt":
                self._answer(request)
            case _:
                self._cancelled[request.number] = threading.Event()
                self._jobs.put(request)

    def work(self) -> None:
        if sys.platform == "linux":  # where priority is of a thread; those that compute for it inherit it
            os.nice(BEHIND)
        self._warm()
        while True:
            request = self._jobs.get()
            if request.act == "stream":
                self._stream(request)
            else:
                self._answer(request)
            self._cancelled.pop(request.number, None)

    def _warm(self) -> None:
        """The opening of every prompt, while the first question is still being searched for."""
        if self._start.opening and self._start.states:
            try:
                self._generator.warm(self._start.opening, Path(self._start.states))
            except (ArchiveError, OSError) as fault:
                print(f"the opening is not kept: {fault}", file=sys.stderr)  # noqa: T201 - to the owner's log

    def _stream(self, request: Request) -> None:
        stop = self._cancelled[request.number].is_set
        try:
            pieces = self._generator.stream(request.messages, max_tokens=request.max_tokens, stop=stop)
            for piece in pieces:
                self._send(Reply(number=request.number, piece=piece))
        except ArchiveError as fault:
            self._send(Reply(number=request.number, error=fault))
        else:
            self._send(Reply(number=request.number, usage=self._generator.last_usage))

    def _answer(self, request: Request) -> None:
        try:
            value = self._value(request)
        except ArchiveError as fault:
            self._send(Reply(number=request.number, error=fault))
        else:
            self._send(Reply(number=request.number, value=value))

    def _value(self, request: Request) -> object:
        match request.act:
            case "count":
                return [self._generator.count_tokens(text) for text in request.texts]
            case "count_prompt":
                return self._generator.count_prompt(request.messages)
            case "probabilities":
                return self._generator.probabilities(request.messages, request.texts)
            case "warm":
                return self._generator.warm(request.messages, Path(request.folder))
        raise ValueError(f"unknown request {request.act!r}")

    def _send(self, reply: Reply) -> None:
        with self._writing:
            self._replies.write(write_reply(reply))
            self._replies.flush()


def _load(start: Start) -> LlamaGenerator:
    options = {f.name: getattr(start, f.name) for f in fields(start)}
    tunings = options.pop("tunings")
    for other in ("opening", "states"):
        del options[other]
    return LlamaGenerator(Path(options.pop("path")), tunings=Path(tunings) if tunings else None, **options)


def main() -> None:
    # Ctrl-C reaches every process of the terminal; only the owner decides what it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Replies keep the real standard output; whatever a library prints goes to standard error.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests = sys.stdin.buffer
    try:
        start = read_start(requests.readline())
        generator = _load(start)
    except ArchiveError as fault:
        replies.write(write_reply(Reply(number=READY, error=fault)))
        replies.flush()
        return
    desk = _Desk(generator, replies, start)
    threading.Thread(target=desk.work, name="generation", daemon=True).start()
    replies.write(write_reply(Reply(number=READY, value=asdict(generator.tuning))))
    replies.flush()
    for line in requests:
        desk.accept(read_request(line))
    os._exit(0)  # the owner is gone: a computation under way is of no use to anybody


if __name__ == "__main__":
    main()
