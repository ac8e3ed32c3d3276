"""What goes on now: the models' queues and the memory, looked at every few seconds; and the disk."""

from __future__ import annotations

import streamlit as st

from runtime.health import ModelQueue
from ui.counted import number, size
from ui.markup import plain
from ui.session import desk
from ui.strings import text

LOOK_EVERY = 5.0  # seconds


def draw() -> None:
    st.header(text("health.now"))
    st.fragment(_now, run_every=LOOK_EVERY)()
    space = desk().health.space()
    parts = [
        text("health.disk_index", size=size(space.index)),
        text("health.disk_models", size=size(space.models)),
        text("health.disk_jobs", size=size(space.jobs)),
    ]
    if space.database is not None:
        parts.insert(0, text("health.disk_database", size=size(space.database)))
    free = text("health.disk_free", free=size(space.free), whole=size(space.whole))
    st.markdown(f"**{text('health.disk')}** " + plain(" · ".join([*parts, free])))


def _now() -> None:
    queues = desk().health.queues()
    for queue in queues:
        st.markdown(_line(queue))
    if not queues:
        st.markdown(text("health.no_queue"))
    memory = desk().health.memory()
    said = text(
        "health.memory_parts",
        server=size(memory.server),
        models=size(memory.models),
        available=size(memory.available),
        whole=size(memory.whole),
    )
    st.markdown(f"**{text('health.memory')}** {plain(said)}")


def _line(queue: ModelQueue) -> str:
    state = "busy" if queue.is_busy else "idle" if queue.is_loaded else "loading"
    said = [text(f"health.queue_{state}")]
    if queue.waiting:
        said.append(text("health.queue_waiting", n=number(queue.waiting)))
    if queue.prefill_rate and queue.decode_rate:
        said.append(
            text("health.rates", reads=number(queue.prefill_rate), writes=number(queue.decode_rate, places=1))
        )
    return f"**{plain(queue.name)}** {plain(', '.join(said))}"
