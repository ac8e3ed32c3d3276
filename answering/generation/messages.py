"""What a generation process and its owner say to each other: one JSON object a line.

Both sides import the forms from here. Errors of the product's own tree cross by name and come
out as what they were; nothing but those names can be raised on the other side.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import orjson

from answering.generation.usage import Finish, Usage
from domain import errors
from domain.protocols import ChatMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The first line: which model, and how. Field names are LlamaGenerator's."""

    path: str
    context: int
    threads: int | None
    seed: int
    temperature: float
    kv_type: str
    name: str | None
    gpu_layers: int
    chat_template: str | None
    tunings: str | None = None
    opening: tuple[ChatMessage, ...] = ()  # made ready before the first question
    states: str | None = None  # the folder where it is kept between runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`act`: stream, cancel, count, count_prompt, probabilities, warm. `number` is the reply's address."""

    act: str
    number: int
    messages: tuple[ChatMessage, ...] = ()
    texts: tuple[str, ...] = ()
    max_tokens: int = 0
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A piece of text, or the end of a request: with a value, a usage or an error."""

    number: int
    piece: str | None = None
    value: Any = None
    usage: Usage | None = None
    error: errors.ArchiveError | None = None

    @property
    def is_last(self) -> bool:
        return self.piece is None


READY = 0  # the number of the reply that says the model is loaded


def write_start(start: Start) -> bytes:
    return orjson.dumps(asdict(start)) + b"\n"


def read_start(line: bytes) -> Start:
    fields = orjson.loads(line)
    fields["opening"] = tuple(ChatMessage(**message) for message in fields["opening"])
    return Start(**fields)


def write_request(request: Request) -> bytes:
    return orjson.dumps(asdict(request)) + b"\n"


def read_request(line: bytes) -> Request:
    fields = orjson.loads(line)
    fields["messages"] = tuple(ChatMessage(**message) for message in fields["messages"])
    fields["texts"] = tuple(fields["texts"])
    return Request(**fields)


def write_reply(reply: Reply) -> bytes:
    fields: dict[str, Any] = {"number": reply.number}
    if reply.piece is not None:
        fields["piece"] = reply.piece
    if reply.value is not None:
        fields["value"] = reply.value
    if reply.usage is not None:
        fields["usage"] = asdict(reply.usage)
    if reply.error is not None:
        fields["error"] = [type(reply.error).__name__, reply.error.message, reply.error.hint]
    return orjson.dumps(fields) + b"\n"


def read_reply(line: bytes) -> Reply:
    fields = orjson.loads(line)
    usage = fields.get("usage")
    error = fields.get("error")
    return Reply(
        number=fields["number"],
        piece=fields.get("piece"),
        value=fields.get("value"),
        usage=Usage(**{**usage, "finish": Finish(usage["finish"])}) if usage else None,
        error=_error(*error) if error else None,
    )


def _error(name: str, message: str, hint: str | None) -> errors.ArchiveError:
    kind = getattr(errors, name, None)
    if not (isinstance(kind, type) and issubclass(kind, errors.ArchiveError)):
        kind = errors.GenerationFailed
    return kind(message, hint=hint)
