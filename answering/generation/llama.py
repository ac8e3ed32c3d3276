"""A GGUF model in this process, through llama.cpp.

The prompt is the model's own chat template, exactly; text of messages cannot act as control
tokens. The context is never exceeded: what does not fit is refused before anything is evaluated.
Consecutive prompts share the evaluation of their common beginning. One instance may be used by
several threads: generations follow one another, tokens can be counted meanwhile.
"""

from __future__ import annotations

import codecs
import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from answering.generation.native import KV_TYPES, Aborted, Context, Model, sampler_chain
from answering.generation.prefix import common_prefix, prepare
from answering.generation.template import ChatTemplate
from answering.generation.tuning import Tuning, tuned
from answering.generation.usage import Finish, Usage
from domain.errors import ModelError, PromptTooLong, SettingsError
from domain.protocols import ChatMessage

DEFAULT_CONTEXT = 8192
DEFAULT_SEED = 20240101
TOP_P = 0.95
# How often a cancellation is looked for while the library computes: well inside the promised 100 ms.
STOP_POLL_SECONDS = 0.02


class LlamaGenerator:
    """Implements domain.protocols.Generator."""

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
    ) -> None:
        """`tunings`: the folder where what runs fastest here is recorded; None: the library's defaults."""
        if kv_type not in KV_TYPES:
            raise SettingsError(f"unknown KV cache type {kv_type!r}", hint="one of " + ", ".join(KV_TYPES))
        self._model = Model(path, gpu_layers=gpu_layers)
        trained = self._model.trained_context
        if context > trained:
            raise SettingsError(
                f"a context of {context} tokens, but {path.name} was trained for {trained}",
                hint=f"set the context to {trained} or less",
            )
        cores = threads or _cores()
        self.tuning = (
            tuned(self._model, file=path, threads=cores, kv_type=kv_type, folder=tunings)
            if tunings
            else Tuning()
        )
        self._context = Context(
            self._model,
            tokens=context,
            threads=cores,
            kv_type=kv_type,
            batch=self.tuning.batch,
            flash=self.tuning.flash,
            sampler=lambda: sampler_chain(temperature=temperature, top_p=TOP_P, seed=seed),
        )
        source = chat_template or self._model.metadata("tokenizer.chat_template")
        if source is None:
            raise ModelError(
                f"{path.name} has no chat template", hint="use an instruct model, or give a template"
            )
        self._template = ChatTemplate(
            source,
            bos=self._model.token_text(self._model.bos),
            eos=self._model.token_text(self._model.eos),
        )
        self._vocabulary = self._model.vocabulary()
        self._lock = threading.Lock()
        self._last = threading.local()
        self._path = path
        self._kv_type = kv_type
        self.name = name or path.stem
        self.context = context

    @property
    def last_usage(self) -> Usage | None:
        """Of the stream that this thread finished last."""
        usage: Usage | None = getattr(self._last, "usage", None)
        return usage

    def count_tokens(self, text: str) -> int:
        return self._vocabulary.count(text)

    def count_prompt(self, messages: Sequence[ChatMessage]) -> int:
        return len(self.encode(messages))

    def encode(self, messages: Sequence[ChatMessage]) -> list[int]:
        """The token ids of the prompt."""
        return self._vocabulary.encode(self._template.render(messages))

    def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, stop: Callable[[], bool] | None = None
    ) -> Iterator[str]:
        """Pieces of text as they are generated. `stop` is asked from another thread as well.

        Raises PromptTooLong, GenerationFailed.
        """
        prompt = self.encode(messages)
        self._require_room(len(prompt), max_tokens)
        with self._lock, self._watched(stop):
            run = _Run(self._model, self._context, prompt, max_tokens, stop)
            try:
                yield from run.pieces()
            finally:
                self._last.usage = run.usage()

    def probabilities(self, messages: Sequence[ChatMessage], options: Sequence[str]) -> dict[str, float]:
        """How likely the model is to begin its reply with each option rather than the others."""
        prompt = self.encode(messages)
        self._require_room(len(prompt), 0)
        first = [self._vocabulary.tokenize(option, False)[0] for option in options]
        with self._lock, self._watched(None):
            kept = self._context.keep_common(prompt)
            for start in range(kept, len(prompt), self._context.batch):
                self._context.evaluate(prompt[start : start + self._context.batch])
            logits = self._context.logits(first)
        top = max(logits)
        weights = [math.exp(logit - top) for logit in logits]
        return {option: weight / sum(weights) for option, weight in zip(options, weights, strict=True)}

    def warm(self, opening: Sequence[ChatMessage], folder: Path) -> bool:
        """Make the messages that open every prompt ready in memory, from `folder` where they were
        kept before; whether they were."""
        ends = (ChatMessage(role="user", content="a"), ChatMessage(role="user", content="b"))
        first, second = (self.encode([*opening, end]) for end in ends)
        prefix = common_prefix(first, second)
        self._require_room(len(prefix), 1)
        with self._lock, self._watched(None):
            return prepare(self._context, prefix, model_file=self._path, kv_type=self._kv_type, folder=folder)

    def close(self) -> None:
        """Free the memory. The instance cannot be used afterwards."""
        with self._lock:
            self._context.close()
            self._model.close()

    def _require_room(self, prompt: int, answer: int) -> None:
        if prompt + answer > self.context:
            raise PromptTooLong(
                f"a prompt of {prompt} tokens and {answer} for the answer exceed "
                f"the context of {self.context}",
                hint="fewer passages, a shorter answer, or a larger context",
            )

    @contextmanager
    def _watched(self, stop: Callable[[], bool] | None) -> Iterator[None]:
        """Abort the library's computation within STOP_POLL_SECONDS of `stop()` becoming true."""
        self._context.rearm()
        if stop is None:
            yield
            return
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(STOP_POLL_SECONDS):
                if stop():
                    self._context.abort()
                    return

        watcher = threading.Thread(target=watch, name="generation-stop", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()


class _Run:
    """One generation: prompt evaluated, tokens sampled, text joined."""

    def __init__(
        self,
        model: Model,
        context: Context,
        prompt: list[int],
        max_tokens: int,
        stop: Callable[[], bool] | None,
    ) -> None:
        self._model = model
        self._context = context
        self._prompt = prompt
        self._max_tokens = max_tokens
        self._stop = stop or (lambda: False)
        self._cached = 0
        self._generated = 0
        self._prefill = 0.0
        self._decode = 0.0
        self._finish = Finish.CANCELLED  # until the text has come to an end of its own

    def usage(self) -> Usage:
        return Usage(
            prompt=len(self._prompt), cached=self._cached, generated=self._generated,
            prefill_seconds=self._prefill, decode_seconds=self._decode, finish=self._finish,
        )  # fmt: skip

    def pieces(self) -> Iterator[str]:
        try:
            self._read_prompt()
            yield from self._write_answer()
        except Aborted:
            return

    def _read_prompt(self) -> None:
        started = time.perf_counter()
        try:
            self._context.restart_sampler()
            self._cached = self._context.keep_common(self._prompt)
            for start in range(self._cached, len(self._prompt), self._context.batch):
                if self._stop():
                    raise Aborted
                self._context.evaluate(self._prompt[start : start + self._context.batch])
        finally:
            self._prefill = time.perf_counter() - started

    def _write_answer(self) -> Iterator[str]:
        # A token may end inside a character: the decoder keeps the beginning for the next one.
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        started = time.perf_counter()
        while self._generated < self._max_tokens:
            if self._stop():
                raise Aborted
            token = self._context.sample()
            if self._model.ends_turn(token):
                self._finish = Finish.STOP
                break
            self._generated += 1
            text = decoder.decode(self._model.piece(token))
            self._decode += time.perf_counter() - started
            if text:
                yield text
            started = time.perf_counter()  # the reader's own time is not the model's
            if self._generated < self._max_tokens:
                self._context.evaluate([token])
        else:
            self._finish = Finish.LENGTH
        self._decode += time.perf_counter() - started
        rest = decoder.decode(b"", final=True)
        if rest:
            yield rest


def _cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
