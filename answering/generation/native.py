"""llama.cpp's C interface, as far as Dépêche uses it: load, tokenize, evaluate, sample.

Nothing is printed: the library's log goes to the logger "depeche.llama". A Context remembers
which tokens are in its memory, so that a prompt with the same beginning is evaluated from where
it differs. Neither class is safe for several threads at once; tokenizing is.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import re
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import llama_cpp

from answering.generation.vocabulary import Vocabulary
from domain.errors import GenerationFailed, ModelCorrupt, ModelNotInstalled, PromptTooLong

KV_TYPES = {"f16": 1, "q8_0": 8, "q4_0": 2}  # ggml's numbers of the types a KV cache may have
BATCH_TOKENS = 512  # llama.cpp's default

# The library cuts text into words by std::regex, which recurses once a character: with the vocabulary of
# Mistral's v7-tekken a run of 30,000 letters, blanks or signs overflows a stack of 8 MB, 16,000 do not.
_UNBROKEN = re.compile(r"\S{4000}(?=\S)|\s{4000}(?=\s)")

_log = logging.getLogger("depeche.llama")
_log.addHandler(logging.NullHandler())  # without one, Python prints warnings to stderr
_LEVELS = {1: logging.DEBUG, 2: logging.INFO, 3: logging.WARNING, 4: logging.ERROR, 5: logging.DEBUG}


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _to_logger(level: int, text: bytes, _: object) -> None:
    _log.log(_LEVELS.get(level, logging.DEBUG), "%s", text.decode("utf-8", "replace").rstrip("\n"))


@functools.cache
def _start_library() -> None:
    llama_cpp.llama_log_set(_to_logger, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()


def _abort_callback() -> Any:
    """A C function that reads "0" or "1" from the buffer it is given: libc's atoi.

    The library asks about 500 times a token whether to go on. Asking Python instead would wait
    each time for the interpreter's lock, which a busy interface holds for milliseconds.
    """
    library = ctypes.CDLL("msvcrt" if os.name == "nt" else None)
    return ctypes.cast(library.atoi, llama_cpp.ggml_abort_callback)


class Model:
    """Weights and vocabulary of one GGUF file."""

    def __init__(self, path: Path, *, vocabulary_only: bool = False, gpu_layers: int = -1) -> None:
        if not path.is_file():
            raise ModelNotInstalled(f"no model file at {path}", hint="depeche models list")
        _start_library()
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = vocabulary_only
        parameters.n_gpu_layers = gpu_layers
        handle = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        if not handle:
            raise ModelCorrupt(
                f"llama.cpp cannot load {path}", hint="depeche models verify, or another quantisation"
            )
        self.handle = handle
        self._vocabulary = llama_cpp.llama_model_get_vocab(handle)
        self.close = weakref.finalize(self, llama_cpp.llama_model_free, handle)

    @property
    def trained_context(self) -> int:
        return int(llama_cpp.llama_model_n_ctx_train(self.handle))

    @property
    def vocabulary_size(self) -> int:
        return int(llama_cpp.llama_vocab_n_tokens(self._vocabulary))

    def metadata(self, key: str) -> str | None:
        """A value of the file's metadata as text."""
        size = 1 << 16
        while True:
            buffer = ctypes.create_string_buffer(size)
            length = llama_cpp.llama_model_meta_val_str(self.handle, key.encode(), buffer, size)
            if length < 0:
                return None
            if length < size:
                return buffer.value.decode("utf-8", "replace")
            size = length + 1

    def tokenize(self, text: str, special: bool) -> list[int]:
        """Ids of `text`; control tokens written in it are found only if `special`."""
        ids: list[int] = []
        at = 0
        for match in _UNBROKEN.finditer(text):
            ids += self._tokenize(text[at : match.end()], special)
            at = match.end()
        return ids + self._tokenize(text[at:], special)

    def _tokenize(self, text: str, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8  # no token is shorter than a byte; a blank may be put before
        ids = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self._vocabulary, data, len(data), ids, room, False, special)
        if count < 0:
            raise GenerationFailed(f"the tokenizer wants {-count} places for {len(data)} bytes")
        return list(ids[:count])

    def piece(self, token: int) -> bytes:
        """The bytes a token adds to the text: none for control tokens."""
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            length = llama_cpp.llama_token_to_piece(self._vocabulary, token, buffer, size, 0, False)
            if length >= 0:
                return buffer.raw[:length]
            size = -length

    def ends_turn(self, token: int) -> bool:
        return bool(llama_cpp.llama_vocab_is_eog(self._vocabulary, token))

    def token_text(self, token: int) -> str:
        """How a token is written in the vocabulary; "" for none."""
        if token < 0:
            return ""
        text = llama_cpp.llama_vocab_get_text(self._vocabulary, token)
        return text.decode("utf-8", "replace") if text else ""

    def vocabulary(self) -> Vocabulary:
        control, added = set(), set()
        for token in range(self.vocabulary_size):
            kind = llama_cpp.llama_vocab_get_attr(self._vocabulary, token)
            if kind & (llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_UNKNOWN):
                control.add(self.token_text(token))
            elif kind & llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED:
                added.add(self.token_text(token))
        puts_bos = llama_cpp.llama_vocab_get_add_bos(self._vocabulary)
        return Vocabulary(
            tokenize=self.tokenize,
            control=frozenset(control - {""}),
            added=frozenset(added - {""}),
            bos=self.bos if puts_bos and self.bos >= 0 else None,
        )

    @property
    def bos(self) -> int:
        return int(llama_cpp.llama_vocab_bos(self._vocabulary))

    @property
    def eos(self) -> int:
        return int(llama_cpp.llama_vocab_eos(self._vocabulary))


class Aborted(Exception):
    """The evaluation was stopped on request."""


class Context:
    """One conversation's memory of a model, reused from prompt to prompt."""

    def __init__(
        self,
        model: Model,
        *,
        tokens: int,
        threads: int,
        kv_type: str,
        sampler: Callable[[], Any],
        batch: int = BATCH_TOKENS,
        flash: bool | None = None,
    ) -> None:
        """`flash` None: the library decides whether to use flash attention."""
        self._flag = ctypes.create_string_buffer(b"0")
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = tokens
        parameters.n_batch = parameters.n_ubatch = min(batch, tokens)
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.type_k = parameters.type_v = KV_TYPES[kv_type]
        # A quantised value cache exists only with flash attention.
        self.flash = True if kv_type != "f16" else flash
        parameters.flash_attn_type = -1 if self.flash is None else int(self.flash)
        parameters.no_perf = True
        parameters.abort_callback = _abort_callback()
        parameters.abort_callback_data = ctypes.cast(self._flag, ctypes.c_void_p)
        handle = llama_cpp.llama_init_from_model(model.handle, parameters)
        if not handle:
            raise GenerationFailed(
                f"no memory for a context of {tokens} tokens ({kv_type})",
                hint="a smaller context or --kv-type q8_0; depeche doctor shows the arithmetic",
            )
        self._model = model  # freed after this
        self._handle = handle
        self._memory = llama_cpp.llama_get_memory(handle)
        self._sampler = sampler()
        self.resident: list[int] = []  # the tokens in memory, in order
        self.tokens = tokens
        self.batch = min(batch, tokens)  # at most so many are evaluated at once
        self.close = weakref.finalize(self, _free, handle, self._sampler)

    def abort(self) -> None:
        """From any thread: make the evaluation under way raise Aborted."""
        self._flag.value = b"1"

    def rearm(self) -> None:
        self._flag.value = b"0"

    def keep_common(self, prompt: Sequence[int]) -> int:
        """Forget what differs from `prompt`; how many of its tokens need no evaluation.

        At least the last token is left to evaluate: it gives the first prediction.
        """
        common = 0
        for mine, new in zip(self.resident, prompt[:-1], strict=False):
            if mine != new:
                break
            common += 1
        self._cut(common)
        return len(self.resident)

    def evaluate(self, tokens: Sequence[int]) -> None:
        """Append at most a batch of tokens. Raises Aborted, GenerationFailed."""
        if len(self.resident) + len(tokens) > self.tokens:
            raise PromptTooLong(f"{len(self.resident) + len(tokens)} tokens in a context of {self.tokens}")
        array = (llama_cpp.llama_token * len(tokens))(*tokens)
        code = llama_cpp.llama_decode(self._handle, llama_cpp.llama_batch_get_one(array, len(tokens)))
        if code == 0:
            self.resident += tokens
            return
        # Part of the batch may be in memory: go back to what is known.
        self._cut(len(self.resident))
        if code == 2:
            raise Aborted
        raise GenerationFailed(f"llama.cpp could not evaluate {len(tokens)} tokens (code {code})")

    def sample(self) -> int:
        return int(llama_cpp.llama_sampler_sample(self._sampler, self._handle, -1))

    def restart_sampler(self) -> None:
        """The same question gives the same answer: the random sequence begins anew."""
        llama_cpp.llama_sampler_reset(self._sampler)

    def logits(self, wanted: Sequence[int]) -> list[float]:
        """The last token's raw predictions for these tokens."""
        row = llama_cpp.llama_get_logits_ith(self._handle, -1)
        return [float(row[token]) for token in wanted]

    def save(self, path: Path) -> None:
        """Write memory and its tokens to a file, whole or not at all."""
        scratch = path.with_name(f"{path.name}.{os.getpid()}.new")
        array = (llama_cpp.llama_token * len(self.resident))(*self.resident)
        written = llama_cpp.llama_state_seq_save_file(
            self._handle, str(scratch).encode(), 0, array, len(self.resident)
        )
        if not written:
            scratch.unlink(missing_ok=True)
            raise GenerationFailed(f"the state of {len(self.resident)} tokens cannot be written to {path}")
        scratch.replace(path)

    def load(self, path: Path, expected: Sequence[int]) -> bool:
        """Take memory from a file that holds exactly these tokens; whether it did."""
        self._cut(0)
        array = (llama_cpp.llama_token * self.tokens)()
        count = ctypes.c_size_t()
        read = llama_cpp.llama_state_seq_load_file(
            self._handle, str(path).encode(), 0, array, self.tokens, ctypes.byref(count)
        )
        found = array[: count.value] if read else []
        if list(found) != list(expected):
            self._cut(0)
            return False
        self.resident = list(found)
        return True

    def _cut(self, keep: int) -> None:
        """Forget everything from position `keep` on."""
        if not llama_cpp.llama_memory_seq_rm(self._memory, 0, keep, -1):
            # Memories that cannot forget a part (recurrent, sliding window) forget all.
            llama_cpp.llama_memory_clear(self._memory, True)
            keep = 0
        del self.resident[keep:]


def sampler_chain(*, temperature: float, top_p: float, seed: int) -> Any:
    """Greedy at temperature 0; otherwise nucleus sampling with a fixed seed."""
    chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
    if temperature <= 0:
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_greedy())
        return chain
    llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_top_p(top_p, 1))
    llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_temp(temperature))
    llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_dist(seed))
    return chain


def _free(handle: Any, sampler: Any) -> None:
    llama_cpp.llama_sampler_free(sampler)
    llama_cpp.llama_free(handle)
