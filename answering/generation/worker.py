"""A GGUF model in a process of its own: a crash of the native library costs one answer.

The process starts at the first use (or `start`), and again after it died. A request that was
under way then raises GenerationFailed; nothing else is lost. `stop()` and an abandoned iteration
are obeyed within 100 ms whatever the library is computing. Sessions take turns (turns.py).
"""

from __future__ import annotations

import itertools
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from answering.generation.llama import DEFAULT_CONTEXT, DEFAULT_SEED
from answering.generation.messages import READY, Reply, Request, Start, read_reply, write_request, write_start
from answering.generation.tuning import Tuning
from answering.generation.turns import POLL_SECONDS, Turns
from answering.generation.usage import Finish, Usage
from domain.errors import ArchiveError, GenerationFailed, ModelNotInstalled
from domain.protocols import ChatMessage

LOAD_SECONDS = 300.0  # a 14 GB file from a cold, slow disk
CALL_SECONDS = 60.0  # to count tokens, which is never behind a generation; then it is taken for hung
ANSWER_SECONDS = 900.0  # for a whole answer, its prompt included; then the process is taken for hung
USAGE_WAIT_SECONDS = 0.06  # after a cancellation, for the counts; part of the 100 ms promised


class WorkerGenerator:
    """Implements domain.protocols.Generator. Options as LlamaGenerator's."""

    def __init__(
        self,
        path: Path,
        *,
        context: int = DEFAULT_CONTEXT,
        threads: int | None = None,
        seed: int = DEFAULT_SEED,
        temperature: float = 0.0,
        kv_type: str = "f16",
        name: str | None = None,
        gpu_layers: int = -1,
        chat_template: str | None = None,
        tunings: Path | None = None,
        opening: Sequence[ChatMessage] = (),
        states: Path | None = None,
        answer_seconds: float = ANSWER_SECONDS,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        """`opening`: the messages that begin every prompt, made ready at each start and kept in `states`."""
        if not path.is_file():
            raise ModelNotInstalled(f"no model file at {path}", hint="depeche models list")
        self._start = Start(
            path=str(path), context=context, threads=threads, seed=seed, temperature=temperature,
            kv_type=kv_type, name=name, gpu_layers=gpu_layers, chat_template=chat_template,
            tunings=str(tunings) if tunings else None, opening=tuple(opening),
            states=str(states) if states else None,
        )  # fmt: skip
        self._answer_seconds = answer_seconds
        self._call_seconds = call_seconds
        self._turns = Turns()
        self._starting = threading.Lock()
        self._process: _Process | None = None
        self._prefill_rate: float | None = None
        self._last = threading.local()
        self.name = name or path.stem
        self.context = context

    @property
    def last_usage(self) -> Usage | None:
        """Of the stream that this thread finished last."""
        usage: Usage | None = getattr(self._last, "usage", None)
        return usage

    @property
    def waiting(self) -> int:
        """Questions that wait for their turn."""
        return self._turns.waiting

    @property
    def is_busy(self) -> bool:
        """Whether an answer is being written."""
        return self._turns.is_taken

    @property
    def questions_before(self) -> int | None:
        """How many answers come before the one that this thread waits for; None while it waits for none."""
        return self._turns.before(threading.get_ident())

    @property
    def tuning(self) -> Tuning | None:
        """How the model is run here and how fast; None before it was loaded."""
        process = self._process
        return process.tuning if process else None

    @property
    def prefill_rate(self) -> float | None:
        """Prompt tokens read a second: in the last answer, before it as measured at the first start."""
        measured = self.tuning.prefill_rate if self.tuning else None
        return self._prefill_rate or measured

    @property
    def pid(self) -> int | None:
        """The process that holds the model now."""
        process = self._process
        return process.pid if process and process.alive else None

    def start(self) -> None:
        """Begin to load the model and return at once."""
        self._running()

    def until_loaded(self, stop: Callable[[], bool]) -> bool:
        """Waits until a use would not wait for the model to load; False when `stop()` became true before.

        A load that failed, or takes too long, ends the wait: the use raises what it must.
        """
        process = self._running()
        deadline = time.monotonic() + LOAD_SECONDS
        while not process.has_answered and time.monotonic() < deadline:
            if stop():
                return False
            time.sleep(POLL_SECONDS)
        return True

    def close(self) -> None:
        """End the process. A later use starts another."""
        with self._starting:
            if self._process:
                self._process.end()
                self._process = None

    def count_tokens(self, text: str) -> int:
        return self.count_many([text])[0]

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, in one exchange with the process."""
        counts: list[int] = self._call(Request(act="count", number=_number(), texts=tuple(texts)))
        return counts

    def count_prompt(self, messages: Sequence[ChatMessage]) -> int:
        count: int = self._call(Request(act="count_prompt", number=_number(), messages=tuple(messages)))
        return count

    def probabilities(
        self, messages: Sequence[ChatMessage], options: Sequence[str], *, session: Hashable = None
    ) -> dict[str, float]:
        """How likely the model is to begin its reply with each option rather than the others."""
        request = Request(
            act="probabilities", number=_number(), messages=tuple(messages), texts=tuple(options)
        )
        with self._turns.turn(session or threading.get_ident()):
            shares: dict[str, float] = self._call(request, seconds=self._answer_seconds)
        return shares

    def warm(self, opening: Sequence[ChatMessage], folder: Path) -> bool:
        """As LlamaGenerator.warm."""
        request = Request(act="warm", number=_number(), messages=tuple(opening), folder=str(folder))
        with self._turns.turn(threading.get_ident()):
            from_disk: bool = self._call(request, seconds=self._answer_seconds)
        return from_disk

    def stream(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int,
        stop: Callable[[], bool] | None = None,
        session: Hashable = None,
    ) -> Iterator[str]:
        """Pieces of text as they are generated, after the turns of other sessions.

        Raises PromptTooLong, GenerationFailed.
        """
        self._last.usage = None
        with self._turns.turn(session or threading.get_ident(), stop) as mine:
            if not mine:
                self._last.usage = Usage(finish=Finish.CANCELLED)
                return
            process = self._ready()
            request = Request(act="stream", number=_number(), messages=tuple(messages), max_tokens=max_tokens)
            replies = process.send(request)
            ended = False
            try:
                for reply in self._until_end(process, replies, stop):
                    if reply.piece is not None:
                        yield reply.piece
                        continue
                    ended = True
                    self._last.usage = reply.usage
                    self._prefill_rate = (reply.usage and reply.usage.prefill_rate) or self._prefill_rate
                    if reply.error is not None:
                        raise reply.error
            finally:
                if not ended:  # stop() was true, or the reader went away
                    self._last.usage = process.cancel(request.number, replies)

    def _until_end(
        self, process: _Process, replies: queue.SimpleQueue[Reply], stop: Callable[[], bool] | None
    ) -> Iterator[Reply]:
        """Replies up to the last, or up to `stop()`."""
        deadline = time.monotonic() + self._answer_seconds
        while True:
            try:
                reply = replies.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if time.monotonic() > deadline:
                    process.end()
                    raise GenerationFailed(
                        f"no answer within {self._answer_seconds:g} s", hint="a smaller model or prompt"
                    ) from None
                reply = None
            if stop and stop():
                return
            if reply is not None:
                yield reply
                if reply.is_last:
                    return

    def _call(self, request: Request, *, seconds: float | None = None) -> Any:
        """One request, one reply. What a crash under another's answer took along is sent once more."""
        limit = seconds or self._call_seconds
        for is_last in (False, True):
            process = self._ready()
            try:
                reply = process.send(request).get(timeout=limit)
            except queue.Empty:
                process.end()
                raise GenerationFailed(
                    f"the process of the language model did not answer within {limit:g} s",
                    hint="ask again: it is started anew",
                ) from None
            except GenerationFailed:  # it died between being found alive and being asked
                if is_last:
                    raise
                continue
            if reply.error is None:
                break
            if is_last or process.alive:
                raise reply.error
        return reply.value

    def _ready(self) -> _Process:
        process = self._running()
        process.wait_until_loaded()
        return process

    def _running(self) -> _Process:
        with self._starting:
            if self._process is None or not self._process.alive:
                self._process = _Process(self._start)
            return self._process


class _Process:
    """One run of the worker process."""

    def __init__(self, start: Start) -> None:
        root = str(Path(__file__).resolve().parents[2])
        # The child finds the same packages as this process, however they were put on its path.
        paths = os.pathsep.join(dict.fromkeys([root, *filter(None, sys.path)]))
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "answering.generation.worker_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": paths},
        )
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # lines of two threads must not mix
        self._loaded: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._pending: dict[int, queue.SimpleQueue[Reply]] = {READY: self._loaded}
        self._is_loaded = False
        self.tuning: Tuning | None = None
        self._death: ArchiveError | None = None
        self._write(write_start(start))
        threading.Thread(target=self._read, name="generation-replies", daemon=True).start()
        self._finalizer = weakref.finalize(self, _end, self._popen)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._death is None and self._popen.poll() is None

    @property
    def has_answered(self) -> bool:
        """Whether it said that it loaded or why not, or died."""
        return self._is_loaded or not self._loaded.empty() or not self.alive

    def wait_until_loaded(self) -> None:
        """Raises what loading raised, or GenerationFailed."""
        with self._lock:
            if self._is_loaded:
                return
            try:
                reply = self._loaded.get(timeout=LOAD_SECONDS)
            except queue.Empty:
                self.end()
                raise GenerationFailed(f"the model did not load within {LOAD_SECONDS:g} s") from None
            if reply.error is not None:
                self._loaded.put(reply)  # for the others who wait
                raise reply.error
            self._is_loaded = True
            self.tuning = Tuning(**reply.value)

    def send(self, request: Request) -> queue.SimpleQueue[Reply]:
        """The queue on which the replies arrive. Raises GenerationFailed when the process is dead."""
        replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._pending[request.number] = replies
        if self._death is not None:
            self._pending.pop(request.number, None)
            raise self._death
        self._write(write_request(request))
        return replies

    def cancel(self, number: int, replies: queue.SimpleQueue[Reply]) -> Usage:
        """Stop a generation; its counts if they come soon."""
        if self.alive:
            self._write(write_request(Request(act="cancel", number=number)))
        deadline = time.monotonic() + USAGE_WAIT_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            try:
                reply = replies.get(timeout=left)
            except queue.Empty:
                break
            if reply.is_last:
                return reply.usage or Usage(finish=Finish.CANCELLED)
        return Usage(finish=Finish.CANCELLED)

    def end(self) -> None:
        self._finalizer()

    def _write(self, line: bytes) -> None:
        stdin = self._popen.stdin
        if stdin is None:
            raise AssertionError("the process was started with a pipe")
        try:
            with self._writing:
                stdin.write(line)
                stdin.flush()
        except (BrokenPipeError, ValueError):
            return  # it has died: the reading thread tells every waiting request

    def _read(self) -> None:
        for line in self._popen.stdout or ():
            reply = read_reply(line)
            replies = self._pending.get(reply.number)
            if reply.is_last:
                self._pending.pop(reply.number, None)
            if replies is not None:
                replies.put(reply)
        code = self._popen.wait()
        if self._popen.stdout:
            self._popen.stdout.close()
        self._death = GenerationFailed(self._epitaph(code), hint="ask again: it is started anew")
        for number, replies in list(self._pending.items()):
            replies.put(Reply(number=number, error=self._death))

    def _epitaph(self, code: int) -> str:
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 2000))
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        self._errors.close()
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        return f"the process of the language model ended {how}" + (f": {lines[-1]}" if lines else "")


_NUMBERS = itertools.count(READY + 1)


def _number() -> int:
    return next(_NUMBERS)


def _end(popen: subprocess.Popen[bytes]) -> None:
    popen.kill()  # it keeps nothing that could be lost
    popen.wait()
    if popen.stdin:
        with suppress(BrokenPipeError):  # what was still to be written is of no use now
            popen.stdin.close()
