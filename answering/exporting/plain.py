"""Plain text: the question, the sentences with [n], then what each number stands for."""

from __future__ import annotations

from collections.abc import Iterator

from answering.exporting.sources import one_line, title
from domain.answer import Answer, numbered


def as_text(answer: Answer) -> str:
    return "\n".join(_lines(answer)) + "\n"


def _lines(answer: Answer) -> Iterator[str]:
    numbers = numbered(answer)
    said = [
        f"{one_line(one.text)} {''.join(f'[{numbers[c]}]' for c in one.citations)}".rstrip()
        for one in answer.sentences
    ]
    yield one_line(answer.question)
    yield ""
    yield " ".join(said) or one_line(answer.text)
    for citation, number in numbers.items():
        yield ""
        yield f"[{number}] {title(citation)}. {one_line(citation.provider)}, {citation.published:%Y-%m-%d}."
        yield f"    “{one_line(citation.quote)}”"
        yield f"    {one_line(citation.guid)}, v{citation.version}, {citation.start}–{citation.end}"
