"""The answerer as a LangChain Runnable: a question in, an `Answer` out; the events that lead to it by `events`.

answerer = archive.as_runnable()
answerer.invoke("Who won?").text
for event in answerer.events("Who won?"): ...   # EvidenceFound, TextDelta …, AnswerReady
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from langchain_core.runnables import Runnable, RunnableConfig

from domain.answer import Answer, AnswerEvent, checked_answer
from domain.query import Query

if TYPE_CHECKING:
    from typing import Any

Events = Callable[[Query], Iterator[AnswerEvent]]


class AnswerRunnable(Runnable[str | Query, Answer]):
    """`invoke`, `batch`, `ainvoke` and `abatch` give the checked answer; `events` streams what leads to it."""

    def __init__(self, events: Events, *, understand: Callable[[Query], Query] = lambda query: query) -> None:
        """`understand` reads what a question in words says of time; a Query is taken as it is."""
        self._events = events
        self._understand = understand

    def invoke(self, input: str | Query, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        return self._call_with_config(self._answer, input, config)

    def events(self, question: str | Query) -> Iterator[AnswerEvent]:
        """Evidence first, then the draft as it is written, then the checked answer."""
        query = question if isinstance(question, Query) else self._understand(Query(text=question))
        return self._events(query)

    def _answer(self, question: str | Query) -> Answer:
        return checked_answer(self.events(question))
