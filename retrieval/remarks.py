"""What of an expression was not understood, and where: no text is an error, but a reader may have meant another.

Each remark names a place in the text as it was typed: `text[start:end]` is what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.story import Kind
from retrieval.syntax import DATE_FIELDS, LABEL_FIELDS, TEXT_FIELDS, date_range, has_operator, is_expression


class Trouble(StrEnum):
    UNCLOSED_QUOTE = "unclosed_quote"
    UNCLOSED_BRACKET = "unclosed_bracket"
    UNOPENED_BRACKET = "unopened_bracket"
    UNKNOWN_FIELD = "unknown_field"
    NOT_A_DATE = "not_a_date"
    UNKNOWN_VALUE = "unknown_value"  # no story has this language, provider or kind
    NOTHING_BESIDE = "nothing_beside"  # AND, OR, NOT without words on the side that needs them
    READ_AS_QUESTION = "read_as_question"  # its operators are words: it ends in a question mark
    READ_AS_HEADLINE = "read_as_headline"  # or is in capitals from end to end


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    trouble: Trouble
    start: int
    end: int


_FIELD = re.compile(r"(?<![\w:/.])([^\W\d_]\w*):(?=[^\s/])")
_VALUE = re.compile(r'"([^"]*)"|[^\s()"]+')
_OPERATOR = re.compile(r"(?<!\S)(AND|OR|NOT)(?!\S)")
_COMPARED = re.compile(r"[<>]=?")
_KNOWN = {*TEXT_FIELDS, *LABEL_FIELDS, *DATE_FIELDS}


def remarks(text: str, *, labels: Callable[[str], Collection[str]] | None = None) -> list[Remark]:
    """In the order of their places. `labels`: the values that a label field has in this archive."""
    if not is_expression(text):
        return _unread(text)
    quoted = _quoted(text)
    outside = [*_quotes(text), *_brackets(text, quoted), *_beside(text, quoted)]
    return sorted([*outside, *_fields(text, quoted, labels)], key=lambda one: (one.start, one.end))


def _unread(text: str) -> list[Remark]:
    """Operators in what is taken for a question or a headline; quotes alone open no expression when unclosed."""
    if has_operator(text):
        trouble = Trouble.READ_AS_HEADLINE if text.isupper() else Trouble.READ_AS_QUESTION
        return [Remark(trouble=trouble, start=0, end=len(text))]
    fields = [match for match in _FIELD.finditer(text) if match[1].casefold() not in ("http", "https")]
    return [*_quotes(text), *(_about(Trouble.UNKNOWN_FIELD, *match.span()) for match in fields)]


def _about(trouble: Trouble, start: int, end: int) -> Remark:
    return Remark(trouble=trouble, start=start, end=end)


def _quoted(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r'"[^"]*"', text)]


def _is_in(place: int, spans: Collection[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _quotes(text: str) -> Iterator[Remark]:
    if text.count('"') % 2:
        yield _about(Trouble.UNCLOSED_QUOTE, text.rindex('"'), len(text))


def _brackets(text: str, quoted: Collection[tuple[int, int]]) -> Iterator[Remark]:
    opened: list[int] = []
    for place, sign in enumerate(text):
        if sign not in "()" or _is_in(place, quoted):
            continue
        if sign == "(":
            opened.append(place)
        elif opened:
            opened.pop()
        else:
            yield _about(Trouble.UNOPENED_BRACKET, place, place + 1)
    yield from (_about(Trouble.UNCLOSED_BRACKET, place, place + 1) for place in opened)


def _beside(text: str, quoted: Collection[tuple[int, int]]) -> Iterator[Remark]:
    for match in _OPERATOR.finditer(text):
        if _is_in(match.start(), quoted):
            continue
        before, after = text[: match.start()].rstrip("( \t"), text[match.end() :].lstrip(") \t")
        if not after or (match[1] != "NOT" and not before):
            yield _about(Trouble.NOTHING_BESIDE, *match.span())


def _fields(
    text: str, quoted: Collection[tuple[int, int]], labels: Callable[[str], Collection[str]] | None
) -> Iterator[Remark]:
    for match in _FIELD.finditer(text):
        name, value = match[1], _VALUE.match(text, match.end())
        if _is_in(match.start(), quoted) or name.casefold() in ("http", "https"):
            continue
        if name not in _KNOWN:
            yield _about(Trouble.UNKNOWN_FIELD, *match.span())
        elif value is not None:
            yield from _values(name, value, labels)


def _values(
    name: str, value: re.Match[str], labels: Callable[[str], Collection[str]] | None
) -> Iterator[Remark]:
    said = value[1] if value[1] is not None else value[0]
    if name in DATE_FIELDS:
        if said[:1] not in "[{" and date_range(_COMPARED.sub("", said, count=1)) is None:
            yield _about(Trouble.NOT_A_DATE, *value.span())
    elif name in LABEL_FIELDS:
        field = LABEL_FIELDS[name]
        held = [kind.value for kind in Kind] if field == "kind" else labels(field) if labels else None
        if held is not None and said.casefold() not in {one.casefold() for one in held}:
            yield _about(Trouble.UNKNOWN_VALUE, *value.span())
