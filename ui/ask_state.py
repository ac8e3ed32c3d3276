"""The thread of questions of one session: what was asked, which answers stand above, what is being asked now.

Answers are kept by id alone: each rerun reads them anew, so that a story killed meanwhile is gone from them.
A question that is being answered stays pending until its answer is there or the reader cancels, so that a
rerun for another reason (a widget, another page) asks it again and loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from domain.query import Filters, Query, TimeClue


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was sent, before its own words were read: what the reader chose beside it."""

    query: Query  # its filters are those the reader set
    typed: str
    extractive: bool
    ignored: tuple[str, ...] = ()  # words on time that the reader has set aside
    changed: tuple[TimeClue, ...] = ()  # those given another meaning
    again: bool = False  # in the place of the thread's last answer

    def without(self, clue: TimeClue) -> Asked:
        changed = tuple(one for one in self.changed if one.words != clue.words)
        return replace(self, ignored=(*self.ignored, clue.words), changed=changed, again=True)

    def counting(self, words: str) -> Asked:
        return replace(self, ignored=tuple(one for one in self.ignored if one != words), again=True)

    def reading(self, clue: TimeClue) -> Asked:
        """With these words taken as this clue says."""
        others = tuple(one for one in self.changed if one.words != clue.words)
        return replace(self, changed=(*others, clue), again=True)

    def within(self, filters: Filters) -> Asked:
        return replace(self, query=replace(self.query, filters=filters), again=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An answer of the thread. `asked` is None for one opened by its link."""

    answer_id: int
    asked: Asked | None = None
    model_error: str | None = None


def thread() -> list[Turn]:
    turns: list[Turn] = st.session_state.setdefault("thread", [])
    return turns


def pending() -> Asked | None:
    asked: Asked | None = st.session_state.get("pending")
    return asked


def send(asked: Asked) -> None:
    """Asked in this run, or in the one that a button's callback comes before."""
    st.session_state["pending"] = asked
    st.session_state.pop("cancelled", None)


def send_changed(change: Callable[[], Asked | None]) -> None:
    """As `send`, with what the widgets hold when their form is sent; None changes nothing."""
    if (asked := change()) is not None:
        send(asked)


def cancel() -> None:
    st.session_state["cancelled"] = st.session_state.pop("pending", None)


def cancelled() -> Asked | None:
    asked: Asked | None = st.session_state.get("cancelled")
    return asked


def answered(asked: Asked, answer_id: int, *, model_error: str | None) -> None:
    """Puts the answer at the end of the thread, or in the place of its last."""
    turns = thread()
    if asked.again and turns:
        turns.pop()
    turns.append(Turn(answer_id=answer_id, asked=asked, model_error=model_error))
    st.session_state.pop("pending", None)
    st.query_params["answer"] = str(answer_id)


def failed() -> None:
    """What was being asked is given up: asking it again at each rerun would fail each time."""
    st.session_state.pop("pending", None)


def begin_anew() -> None:
    for name in ("thread", "pending", "cancelled"):
        st.session_state.pop(name, None)
    st.query_params.pop("answer", None)


def follow_link() -> None:
    """Opens the answer that the address names, unless it is the thread's last already."""
    named = st.query_params.get("answer", "")
    turns = thread()
    if named.isdecimal() and len(named) < 16 and pending() is None:
        if not turns or turns[-1].answer_id != int(named):
            st.session_state["thread"] = [Turn(answer_id=int(named))]
    elif turns and not named:
        st.query_params["answer"] = str(turns[-1].answer_id)  # back from another page
