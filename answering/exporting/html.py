"""HTML: one <article>, to be pasted into a page. Everything is escaped; there is no script, style or image."""

from __future__ import annotations

import html
from collections.abc import Iterator
from urllib.parse import quote

from answering.exporting.sources import one_line, title
from domain.answer import Answer, Citation, Sentence, numbered

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def as_html(answer: Answer) -> str:
    return "\n".join(_lines(answer)) + "\n"


def _lines(answer: Answer) -> Iterator[str]:
    numbers = numbered(answer)
    direction = "rtl" if answer.language in _RIGHT_TO_LEFT else "ltr"
    yield f'<article lang="{_escaped(answer.language)}" dir="{direction}">'
    yield f"<h2>{_escaped(answer.question)}</h2>"
    said = [_sentence(one, numbers, answer.answer_id) for one in answer.sentences]
    yield f"<p>{' '.join(said) or _escaped(answer.text)}</p>"
    if numbers:
        yield "<ol>"
        for citation, number in numbers.items():
            yield _source(citation, _anchor(number, answer.answer_id))
        yield "</ol>"
    yield "</article>"


def _sentence(sentence: Sentence, numbers: dict[Citation, int], answer_id: int | None) -> str:
    marks = "".join(
        f'<a href="#{_anchor(numbers[c], answer_id)}">[{numbers[c]}]</a>' for c in sentence.citations
    )
    return _escaped(sentence.text) + (f" <sup>{marks}</sup>" if marks else "")


def _source(citation: Citation, anchor: str) -> str:
    day = f"{citation.published:%Y-%m-%d}"
    return (
        f'<li id="{anchor}"><cite>{_escaped(title(citation))}</cite>, {_escaped(citation.provider)}, '
        f'<time datetime="{day}">{day}</time> '
        f"(<code>{_escaped(citation.guid)}</code>, v{citation.version}): "
        f'<q cite="{_escaped(_address(citation.guid))}" dir="auto">{_escaped(citation.quote)}</q></li>'
    )


def _address(guid: str) -> str:
    """The guid where an address is due: one that is no urn is never taken for a link's scheme."""
    return guid if guid.startswith("urn:") else f"urn:guid:{quote(guid, safe='')}"


def _anchor(number: int, answer_id: int | None) -> str:
    """Unlike those of another answer on the same page."""
    return f"depeche-{answer_id or 0}-{number}"


def _escaped(text: str) -> str:
    return html.escape(one_line(text), quote=True)
