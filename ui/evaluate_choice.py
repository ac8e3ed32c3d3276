"""Which view, set and runs the reader has chosen: kept in the address, so that it outlives the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from runtime.runs import RunCard
from ui.counted import number
from ui.session import desk
from ui.strings import text

VIEW = "evaluate_view"
LISTED = 200  # runs that a list offers: more of them help nobody to choose, and each is sent to the browser


def kept(name: str, options: Sequence[str]) -> str | None:
    """What the address says, as far as it is still to be had."""
    found = st.query_params.get(name)
    return found if found in options else None


def choose(name: str, label: str, options: Sequence[str], called: Callable[[str], str]) -> str:
    """One of the options, by a select box; `called` is shown as plain text."""
    key = f"evaluate_{name}"
    if st.session_state.get(key) not in options:  # nothing was chosen, or it is not there any more
        st.session_state[key] = kept(name, options) or options[0]
    chosen = st.selectbox(label, options, format_func=called, key=key)
    st.query_params[name] = chosen
    return chosen


def latest_runs(*names: str) -> dict[str, RunCard]:
    """The latest by their keys; older ones too, if the address names them under these names."""
    cards = desk().evaluating.runs()
    if len(cards) > LISTED:
        st.caption(text("evaluate.runs_latest", shown=number(LISTED), total=number(len(cards))))
    named = {st.query_params.get(name) for name in names}
    return {card.key: card for at, card in enumerate(cards) if at < LISTED or card.key in named}


def open_run(key: str) -> None:
    """For a button's callback: the next drawing is of that run."""
    st.session_state[VIEW], st.session_state["evaluate_run"] = "run", key


def called(card: RunCard) -> str:
    return f"{card.name} · {card.set_name} · {answered_by(card)}"


def answered_by(card: RunCard) -> str:
    if card.model is None:
        return text("evaluate.retrieval_only")
    return text("evaluate.extractive") if card.model == "extractive" else card.model


def gloss(measure: str) -> str:
    """What a measure is, in a few words; its name stays that of the documentation."""
    try:
        return text(f"evaluate.measure.{measure}")
    except KeyError:
        return ""
