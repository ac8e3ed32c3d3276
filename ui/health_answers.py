"""What answers took and cost: seconds by percentile, tokens, energy; each a small table with its meaning below."""

from __future__ import annotations

from typing import Any

import streamlit as st

from runtime.health import LATEST_ANSWERS, RANKS
from ui.counted import number
from ui.markup import plain
from ui.session import desk
from ui.strings import text

_KWH = 3.6e6  # joules


def draw() -> None:
    st.header(text("health.answers"))
    costs = desk().health.costs()
    if not costs["answers"]:
        st.info(text("health.no_answers"))
        return
    _latency()
    _costs(costs)


def _latency() -> None:
    rows = [
        {text("health.until"): text(f"health.until_{one.what}"), text("health.answers"): number(one.answers)}
        | {
            text("health.percentile", rank=rank): text("health.seconds", n=number(value, places=2))
            for rank, value in zip(RANKS, one.seconds, strict=True)
        }
        for one in desk().health.latency()
    ]
    st.dataframe(rows, hide_index=True)
    st.caption(text("health.latency_about", n=number(LATEST_ANSWERS)))


def _costs(costs: dict[str, Any]) -> None:
    rows = [
        {
            text("health.model"): row["model"] or text("model.none"),
            text("health.answers"): number(row["answers"]),
            text("health.declined"): number(row["declined"]),
            text("health.tokens_read"): number(row["prompt_tokens"]),
            text("health.tokens_written"): number(row["generated_tokens"]),
            text("health.joules_each"): number(row["joules"] / row["answers"]),
        }
        for row in costs["models"]
    ]
    st.dataframe(rows, hide_index=True)
    joules, estimated = costs["joules"], costs["joules_estimated"]
    how = "measured" if not estimated else "estimated" if estimated >= joules else "partly"
    said = text(
        "health.energy",
        kwh=number(joules / _KWH, places=4),
        prompt=number(costs["tokens"]["prompt"]),
        generated=number(costs["tokens"]["generated"]),
    )
    st.caption(plain(f"{said} {text(f'health.energy_{how}')}"))
