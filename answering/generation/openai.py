"""A language model behind a server, through LangChain's chat-model interface.

`ChatModelGenerator` drives any LangChain chat model; `OpenAIGenerator` makes one for a server that
speaks OpenAI's protocol (llama-server, vLLM, Mistral's API). The server applies its own chat
template and may read control tokens in what it is sent, so delimiters of the known templates are
broken by a space in every message. Tokens are counted by the server where it can count, otherwise
estimated from above.
"""

from __future__ import annotations

import asyncio
import math
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial
from typing import Any

import httpx
import openai
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_openai.chat_models.base import BaseChatOpenAI
from pydantic import SecretStr

from answering.generation.usage import Finish, Usage
from domain.errors import GenerationFailed, PromptTooLong, SettingsError
from domain.protocols import ChatMessage

# Qwen2.5's and Mistral's tokenizers make one token of each digit and at most one of each sign; of
# other text they take 3.4 to 4.6 UTF-8 bytes a token in English, French, Spanish, German, Portuguese
# and Arabic news. CJK characters have 3 bytes and about one token each.
BYTES_PER_TOKEN = 2.8
_SIGN = re.compile(r"[^\w\s]|[\d_]")
# What a template adds around a message, and before and after all of them.
TOKENS_AROUND_MESSAGE = 8
PROBE_SECONDS = 3.0
# A server that has just lost a reader may finish evaluating that prompt before it counts the next one.
COUNT_SECONDS = 30.0
ANSWER_SECONDS = 900.0
POLL_SECONDS = 0.02

FAULTS: tuple[type[Exception], ...] = (openai.OpenAIError, httpx.HTTPError, OSError, ValueError)

_DELIMITER = re.compile(
    r"(<)(?=\|[^|<>\n]{1,40}\|>|/?s>|(?:start|end)_of_turn>|/?(?:tools?|tool_[a-z_]{1,20}|think|function[a-z_]{0,20})>|｜[^<>\n]{1,40}｜>)"
    r"|(\[)(?=/?(?:INST|SYSTEM_PROMPT|TOOL_[A-Z_]+|AVAILABLE_TOOLS|IMG[A-Z_]*|THINK)\])"
)


def defused(text: str) -> str:
    """The text with the delimiters of chat templates made harmless: "<|im_start|>" → "< |im_start|>"."""
    return _DELIMITER.sub(lambda match: match[0] + " ", text)


def estimated_tokens(text: str) -> int:
    """More tokens than any of the catalogue's models makes of `text`."""
    words, signs = _SIGN.subn("", text)
    return signs + math.ceil(len(words.encode("utf-8", "replace")) / BYTES_PER_TOKEN)


class ChatModelGenerator:
    """Implements domain.protocols.Generator over a LangChain chat model.

    `faults` are the exceptions that the model raises when a call fails; they become GenerationFailed.
    """

    def __init__(
        self,
        chat: BaseChatModel,
        *,
        name: str,
        context: int,
        count: Callable[[str], int] = estimated_tokens,
        faults: tuple[type[Exception], ...] = FAULTS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._chat = chat
        self._count = lru_cache(maxsize=4096)(count)
        self._faults = faults
        self._answer_seconds = answer_seconds
        self._last = threading.local()
        self._prefill_rate: float | None = None
        self.name = name
        self.context = context

    @property
    def last_usage(self) -> Usage | None:
        """Of the stream that this thread finished last."""
        usage: Usage | None = getattr(self._last, "usage", None)
        return usage

    @property
    def prefill_rate(self) -> float | None:
        """Prompt tokens a second up to the first word of the last answer, its wait in the server's queue included."""
        return self._prefill_rate

    def count_tokens(self, text: str) -> int:
        return self._count(defused(text))

    def count_prompt(self, messages: Sequence[ChatMessage]) -> int:
        """From above: templates of servers cannot be seen."""
        return TOKENS_AROUND_MESSAGE + sum(
            self.count_tokens(message.content) + TOKENS_AROUND_MESSAGE for message in messages
        )

    def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, stop: Callable[[], bool] | None = None
    ) -> Iterator[str]:
        """Pieces of text as they arrive. Raises PromptTooLong, GenerationFailed."""
        prompt = self.count_prompt(messages)
        if prompt + max_tokens > self.context:
            raise PromptTooLong(
                f"a prompt of {prompt} tokens and {max_tokens} for the answer exceed "
                f"the context of {self.context}",
                hint="fewer passages, a shorter answer, or a model with a larger context",
            )
        call = _Call(self._chat, [_message(m) for m in messages], max_tokens, self._faults)
        started = time.perf_counter()
        first: float | None = None
        finish = Finish.CANCELLED
        received = 0
        try:
            for piece in call.pieces(stop, started + self._answer_seconds):
                first = first or time.perf_counter()
                received += 1
                yield piece
            finish = call.finish
        finally:
            call.leave()
            now = time.perf_counter()
            usage = Usage(
                prompt=call.prompt_tokens or prompt,
                generated=call.generated_tokens or received,
                prefill_seconds=(first or now) - started,
                decode_seconds=now - first if first else 0.0,
                finish=finish,
            )
            self._last.usage = usage
            if first:
                self._prefill_rate = usage.prefill_rate or self._prefill_rate


class _Call:
    """One streamed request. It runs beside its reader, who can leave it at any moment."""

    def __init__(
        self,
        chat: BaseChatModel,
        messages: list[BaseMessage],
        max_tokens: int,
        faults: tuple[type[Exception], ...],
    ) -> None:
        self.prompt_tokens = 0
        self.generated_tokens = 0
        self.finish = Finish.CANCELLED
        self._chunks: queue.SimpleQueue[AIMessageChunk | Exception | None] = queue.SimpleQueue()
        self._task = asyncio.run_coroutine_threadsafe(self._read(chat, messages, max_tokens, faults), _loop())

    def leave(self) -> None:
        """Nobody reads any longer: the connection is closed, by which the server knows it too."""
        self._task.cancel()

    def pieces(self, stop: Callable[[], bool] | None, deadline: float) -> Iterator[str]:
        while True:
            try:
                chunk = self._chunks.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if time.perf_counter() > deadline:
                    raise GenerationFailed("the server sent nothing more in time") from None
                chunk = AIMessageChunk(content="")
            if stop and stop():
                self.finish = Finish.CANCELLED
                return
            if chunk is None:
                return
            if isinstance(chunk, Exception):
                raise GenerationFailed(
                    f"the model's server failed: {chunk}", hint="check its address, key and log"
                ) from chunk
            self._note(chunk)
            if text := str(chunk.text):
                yield text

    def _note(self, chunk: AIMessageChunk) -> None:
        if chunk.usage_metadata:
            self.prompt_tokens = chunk.usage_metadata["input_tokens"] or self.prompt_tokens
            self.generated_tokens = chunk.usage_metadata["output_tokens"] or self.generated_tokens
        reason = chunk.response_metadata.get("finish_reason")
        if reason:
            self.finish = Finish.LENGTH if reason == "length" else Finish.STOP

    async def _read(
        self,
        chat: BaseChatModel,
        messages: list[BaseMessage],
        max_tokens: int,
        faults: tuple[type[Exception], ...],
    ) -> None:
        try:
            async for chunk in chat.astream(messages, max_tokens=max_tokens):
                self._chunks.put(chunk)
        except faults as fault:
            self._chunks.put(fault)
        else:
            self._chunks.put(None)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop of all requests: clients keep connections that belong to the loop they began in."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="chat-models", daemon=True).start()
    return loop


class OpenAIGenerator(ChatModelGenerator):
    """The model of a server at `base_url` ("http://127.0.0.1:8080/v1").

    Without `model` the first that the server offers is used; without `context` the server is
    asked for it, and one that does not tell must be given it.
    """

    def __init__(
        self,
        base_url: str,
        *,
        model: str | None = None,
        api_key: str | None = None,
        context: int | None = None,
        temperature: float = 0.0,
        seed: int | None = None,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        server = _Server(base_url, api_key)
        chosen = model or server.first_model()
        if chosen is None:
            raise SettingsError(f"the server at {base_url} names no model", hint="set the endpoint's model")
        size = context or server.context(chosen)
        if size is None:
            raise SettingsError(
                f"the server at {base_url} does not tell its context size", hint="set the model's context"
            )
        # Not ChatOpenAI: it renames max_tokens to a parameter that only OpenAI's own servers know.
        chat = BaseChatOpenAI(
            model=chosen,
            base_url=base_url,
            api_key=SecretStr(api_key or "none"),  # the client insists on one
            temperature=temperature,
            seed=seed,
            streaming=True,
            stream_usage=True,
            max_retries=1,
        )
        super().__init__(
            chat,
            name=chosen,
            context=size,
            count=server.counter(chosen) or estimated_tokens,
            answer_seconds=answer_seconds,
        )


class _Server:
    """What servers tell beyond OpenAI's protocol, each in its own way."""

    def __init__(self, base_url: str, api_key: str | None) -> None:
        self._base = base_url.rstrip("/")
        self._root = self._base.removesuffix("/v1")
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    def first_model(self) -> str | None:
        entries = self._entries()
        return str(entries[0]["id"]) if entries else None

    def context(self, model: str) -> int | None:
        properties = self._ask("GET", f"{self._root}/props")  # llama-server
        settings = properties.get("default_generation_settings")
        if isinstance(settings, dict) and isinstance(settings.get("n_ctx"), int):
            return int(settings["n_ctx"])
        for entry in self._entries():
            if entry["id"] == model:
                for key in ("max_model_len", "max_context_length"):  # vLLM, Mistral
                    if isinstance(entry.get(key), int):
                        return int(entry[key])
        return None

    def counter(self, model: str) -> Callable[[str], int] | None:
        """The first way of counting that the server knows; None without any."""
        for count in (self._llama_server, self._vllm, self._llama_cpp_python):
            if count("one two three", model) is not None:
                return partial(_counted, count, model)
        return None

    def _entries(self) -> list[dict[str, Any]]:
        entries = self._ask("GET", f"{self._base}/models").get("data")
        known = entries if isinstance(entries, list) else []
        return [entry for entry in known if isinstance(entry, dict) and "id" in entry]

    def _llama_server(self, text: str, _: str) -> int | None:
        url = f"{self._root}/tokenize"
        tokens = self._ask("POST", url, {"content": text}, seconds=COUNT_SECONDS).get("tokens")
        return len(tokens) if isinstance(tokens, list) else None

    def _vllm(self, text: str, model: str) -> int | None:
        body = {"model": model, "prompt": text, "add_special_tokens": False}
        count = self._ask("POST", f"{self._root}/tokenize", body, seconds=COUNT_SECONDS).get("count")
        return count if isinstance(count, int) else None

    def _llama_cpp_python(self, text: str, _: str) -> int | None:
        url = f"{self._root}/extras/tokenize/count"
        count = self._ask("POST", url, {"input": text}, seconds=COUNT_SECONDS).get("count")
        return count if isinstance(count, int) else None

    def _ask(
        self,
        method: str,
        url: str,
        body: dict[str, object] | None = None,
        *,
        seconds: float = PROBE_SECONDS,
    ) -> dict[str, object]:
        """The JSON object a server answers; an empty one when it has no such address."""
        try:
            response = httpx.request(method, url, json=body, headers=self._headers, timeout=seconds)
            answer = response.json() if response.is_success else {}
        except (httpx.HTTPError, ValueError):
            return {}
        return answer if isinstance(answer, dict) else {}


def _counted(count: Callable[[str, str], int | None], model: str, text: str) -> int:
    """A server that stops counting half-way must not stop the answer."""
    number = count(text, model)
    return estimated_tokens(text) if number is None else number


def _message(message: ChatMessage) -> BaseMessage:
    content = defused(message.content)
    match message.role:
        case "system":
            return SystemMessage(content)
        case "assistant":
            return AIMessage(content)
        case _:
            return HumanMessage(content)
