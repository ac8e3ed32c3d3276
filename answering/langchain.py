"""The answerer as a LangChain Runnable: a question in, an `Answer` out, events when streamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from langchain_core.runnables import Runnable, RunnableConfig

from answering.pipeline import Answerer
from domain.answer import Answer, AnswerEvent
from domain.query import Query

if TYPE_CHECKING:
    from typing import Any


class AnswerRunnable(Runnable[str | Query, Answer]):
    """`invoke("…")` gives the checked answer; `events("…")` streams evidence, draft and answer."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def invoke(self, input: str | Query, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        return self._call_with_config(lambda asked: self._answerer.ask(_query(asked)), input, config)

    def events(self, question: str | Query) -> Iterator[AnswerEvent]:
        return self._answerer.stream(_query(question))


def _query(question: str | Query) -> Query:
    return question if isinstance(question, Query) else Query(text=question)
