"""A chat template rendered so that it stays known which characters are the template's own.

`render` returns segments: the template's text, where `<|im_start|>` and its like mean what they
say, and the messages' text, where they are only characters. Joined, the segments are what the
template gives; the tokenizer (vocabulary.py) never looks for control tokens in a message.
The template comes with the model file: it runs in Jinja's sandbox, as transformers runs it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.errors import ModelError
from domain.protocols import ChatMessage

# Stand for a message's text while the template runs; private-use characters, numbered between.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of a prompt. `own` is true of the template's characters, false of a message's."""

    text: str
    own: bool


class ChatTemplate:
    """A model's chat template, compiled once."""

    def __init__(self, source: str, *, bos: str, eos: str) -> None:
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.globals["raise_exception"] = _raise
        environment.globals["strftime_now"] = lambda layout: datetime.now(UTC).strftime(layout)
        environment.filters["tojson"] = _to_json
        try:
            self._template = environment.from_string(source)
        except jinja2.TemplateError as fault:
            raise ModelError(f"the model's chat template cannot be read: {fault}") from fault
        self._bos = bos
        self._eos = eos

    def render(self, messages: Sequence[ChatMessage]) -> tuple[Segment, ...]:
        """The prompt up to where the model is to go on. Raises ModelError."""
        try:
            return self._segments(messages)
        except jinja2.TemplateError as fault:
            merged = _without_system(messages)
            if merged is None:
                raise ModelError(f"the model's chat template refuses these messages: {fault}") from fault
        try:  # some templates know no system role
            return self._segments(merged)
        except jinja2.TemplateError as fault:
            raise ModelError(f"the model's chat template refuses these messages: {fault}") from fault

    def _segments(self, messages: Sequence[ChatMessage]) -> tuple[Segment, ...]:
        marked = self._fill([_OPEN + str(i) + _CLOSE for i in range(len(messages))], messages)
        contents = [message.content for message in messages]
        exact = self._fill(contents, messages)
        segments = _split(marked, contents)
        if _join(segments) != exact:
            # Many templates trim what they are given; the marks hide that from them.
            trimmed = _split(marked, [content.strip() for content in contents])
            segments = trimmed if _join(trimmed) == exact else segments
        return segments

    def _fill(self, contents: Sequence[str], messages: Sequence[ChatMessage]) -> str:
        turns = [
            {"role": message.role, "content": content}
            for message, content in zip(messages, contents, strict=True)
        ]
        return self._template.render(
            messages=turns, add_generation_prompt=True, bos_token=self._bos, eos_token=self._eos
        )


def _split(marked: str, contents: Sequence[str]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    rest = marked
    while rest:
        before, opened, rest = rest.partition(_OPEN)
        if before:
            segments.append(Segment(text=before, own=True))
        if opened:
            number, _, rest = rest.partition(_CLOSE)
            segments.append(Segment(text=contents[int(number)], own=False))
    return tuple(segments)


def _join(segments: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def _without_system(messages: Sequence[ChatMessage]) -> list[ChatMessage] | None:
    """The system message put at the head of the user's; None where there is none to move."""
    if len(messages) < 2 or messages[0].role != "system":
        return None
    system, first, *others = messages
    return [ChatMessage(role=first.role, content=f"{system.content}\n\n{first.content}"), *others]


def _raise(message: str) -> None:
    raise jinja2.TemplateError(message)


def _to_json(value: object, indent: int | None = None) -> str:
    """As transformers defines it: Jinja's own escapes HTML characters."""
    return json.dumps(value, ensure_ascii=False, indent=indent)
