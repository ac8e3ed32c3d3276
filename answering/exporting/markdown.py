"""Markdown (CommonMark): as plain text, with the sources as a list and their words as quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator

from answering.exporting.sources import one_line, title
from domain.answer import Answer, numbered

_MEANT = frozenset(r"\`*_{}[]()#|~<>$&")
# What makes a list, a heading's underline or a rule, at the beginning of a paragraph only.
_OPENING = re.compile(r"^(\d*)([-+=.)])")


def as_markdown(answer: Answer) -> str:
    return "\n".join(_lines(answer)) + "\n"


def _lines(answer: Answer) -> Iterator[str]:
    numbers = numbered(answer)
    said = [
        " ".join([_escaped(one.text), "".join(_mark(numbers[c]) for c in one.citations)]).rstrip()
        for one in answer.sentences
    ]
    yield f"**{_escaped(answer.question)}**"
    yield ""
    yield " ".join(said) or _escaped(answer.text)
    for citation, number in numbers.items():
        yield ""
        yield (
            f"{_mark(number)} *{_escaped(title(citation))}*. {_escaped(citation.provider)}, "
            f"{citation.published:%Y-%m-%d}. `{_in_code(citation.guid)}`, v{citation.version}"
        )
        yield ""
        yield f"> {_escaped(citation.quote)}"


def _escaped(text: str) -> str:
    escaped = "".join(f"\\{c}" if c in _MEANT else c for c in one_line(text))
    return _OPENING.sub(r"\1\\\2", escaped)


def _mark(number: int) -> str:
    return rf"\[{number}\]"


def _in_code(text: str) -> str:
    return one_line(text).replace("`", "'")
