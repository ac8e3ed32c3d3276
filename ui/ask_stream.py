"""A question while it is answered: evidence, place in the queue, draft. Leaving by a rerun ends the model's work.

`is_unwanted` is asked by whatever waits for the model, every 20 ms: reading the session's state there is where
Streamlit stops a script that is no longer wanted, so Cancel acts while nothing has been written yet.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from domain.answer import AnswerReady, EvidenceFound, TextDelta
from runtime.desk.reading import Reading
from ui import ask_state
from ui.ask_answer import draw_hits
from ui.ask_chips import clue_line
from ui.ask_state import Asked
from ui.markup import plain
from ui.session import desk
from ui.strings import text


def ask(asked: Asked) -> None:
    """Asks, shows what comes, and reruns the page with the answer at the end of the thread."""
    reading = desk().reading
    with st.chat_message(text("ask.you"), avatar=":material/person:"):
        st.markdown(plain(asked.typed))
    if asked.query.text != asked.typed:
        st.caption(plain(text("ask.understood", question=asked.query.text)))
    st.button(text("ask.cancel"), key="cancel", icon=":material/stop_circle:", on_click=ask_state.cancel)
    waiting = _Waiting(reading=reading, place=st.empty())
    waiting.say(text("ask.searching"))
    draft, evidence = st.empty(), st.empty()
    query = reading.understand(asked.query, without=asked.ignored, instead=asked.changed)
    written = ""
    shown: list[int] = []
    with closing(reading.stream(query, extractive=asked.extractive, stop=waiting.is_unwanted)) as events:
        for event in events:
            if isinstance(event, EvidenceFound):
                if (found := [hit.passage_id for hit in event.hits]) != shown:
                    shown = found
                    with evidence.container():
                        _draw_evidence(event)
                waiting.say(text("ask.checking" if asked.extractive else "ask.reading"))
            elif isinstance(event, TextDelta):
                waiting.clear()
                written += event.text
                with draft.container(border=True):
                    st.caption(text("ask.draft"))
                    st.markdown(plain(written))
            elif isinstance(event, AnswerReady) and event.answer.answer_id is not None:
                answer = event.answer
                ask_state.answered(asked, event.answer.answer_id, model_error=answer.model_error)
    st.rerun()


def _draw_evidence(found: EvidenceFound) -> None:
    st.header(text("ask.evidence"))
    for clue in found.query.clues:
        st.caption(clue_line(clue))
    draw_hits(found.hits)


@dataclass(slots=True)
class _Waiting:
    """The line that says what is waited for."""

    reading: Reading
    place: DeltaGenerator
    _said: str = ""
    _queued: bool = False

    def is_unwanted(self) -> bool:
        """Never says so itself: the script is stopped here by Streamlit, in the middle of the wait."""
        ask_state.pending()
        before = self.reading.questions_before()
        if before is not None:
            self._queued = True
            self.say(text("ask.queue_one" if before == 1 else "ask.queue", before=before))
        elif self._queued:
            self._queued = False
            self.say(text("ask.reading"))
        return False

    def say(self, words: str) -> None:
        if words != self._said:
            self._said = words
            self.place.caption(f":material/hourglass_top: {words}")

    def clear(self) -> None:
        if self._said:
            self._said = ""
            self.place.empty()
