"""The models: what is here, what fits this machine and why, and for admins fetching and choosing."""

from __future__ import annotations

from typing import Any

import streamlit as st

from domain.access import Role
from domain.errors import ArchiveError
from ui.counted import number, size
from ui.markup import plain
from ui.session import desk, show_error
from ui.strings import text

_KINDS = ("llm", "embedder")


def draw() -> None:
    st.header(text("health.models"))
    health = desk().health
    rows, machine = health.models(), health.machine()
    plans = _best_plans(machine["here"])
    st.markdown(plain(_machine_line(machine["machine"])))
    if machine["advised"]:
        st.markdown(text("health.advised", name=plain(machine["advised"]), chosen=plain(machine["model"])))
    _table(rows, plans)
    names = [row["name"] for row in rows]
    chosen = next((n for n, row in enumerate(rows) if row["name"] == machine["model"]), 0)
    name = st.selectbox(text("health.model"), names, index=chosen, key="health-model")
    row = next(row for row in rows if row["name"] == name)
    if plan := plans.get(name):
        st.markdown(plain(_arithmetic(plan)))
    if desk().user.may(Role.ADMIN):
        _acts(row, is_in_use=name == machine["model"])


def _best_plans(plans: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By model: the place where it fits, the fastest first; else the fastest."""
    best: dict[str, dict[str, Any]] = {}
    for plan in plans:
        known = best.get(plan["model"])
        if known is None or (plan["fits"] and not known["fits"]):
            best[plan["model"]] = plan
    return best


def _machine_line(machine: dict[str, Any]) -> str:
    said = [text("health.cores", n=number(machine["cores"])), size(machine["memory_bytes"])]
    said += [f"{gpu['name']} {size(gpu['memory_bytes'])}" for gpu in machine["gpus"]]
    return ", ".join([machine["processor"] or machine["system"], *said])


def _table(rows: list[dict[str, Any]], plans: dict[str, dict[str, Any]]) -> None:
    def fits(name: str) -> str:
        plan = plans.get(name)
        return "" if plan is None else text("health.fits" if plan["fits"] else "health.fits_not")

    def state(row: dict[str, Any]) -> str:
        if not row["installed"]:
            return text("health.absent")
        return text("health.in_use" if row["chosen"] else "health.installed")

    table = [
        {
            text("health.model"): row["name"],
            text("health.kind"): text(f"health.kind_{row['kind']}") if row["kind"] in _KINDS else row["kind"],
            text("health.state"): state(row),
            text("health.this_machine"): fits(row["name"]),
            text("health.size"): size(row["size"]),
            text("health.licence"): row["licence"],
            text("health.languages"): ", ".join(row["languages"]),
        }
        for row in rows
    ]
    st.dataframe(table, hide_index=True)


def _arithmetic(plan: dict[str, Any]) -> str:
    said = text(
        "health.arithmetic",
        weights=size(plan["weights_bytes"]),
        context=number(plan["context"]),
        token=size(plan["kv_bytes_per_token"]),
        kv=plan["kv_type"],
        overhead=size(plan["overhead_bytes"]),
        total=size(plan["total_bytes"]),
        usable=size(plan["usable_bytes"]),
        place=text(f"health.place_{plan['place']}"),
    )
    if plan["fits"]:
        return f"{said} {text('health.arithmetic_fits')}"
    return f"{said} {text('health.arithmetic_not', largest=number(plan['largest_context']))}"


def _acts(row: dict[str, Any], *, is_in_use: bool) -> None:
    with st.container(horizontal=True):
        if not row["installed"]:
            label = text("health.pull", size=size(row["size"]))
            if st.button(label, icon=":material/download:", key="health-pull"):
                _act(lambda: desk().managing.pull(row["name"]))
        elif row["kind"] == "llm" and not is_in_use:
            if st.button(text("health.choose"), icon=":material/check:", key="health-choose"):
                _act(lambda: desk().managing.choose(row["name"]))
        elif is_in_use:
            st.caption(text("health.answers_now"))


def _act(act: Any) -> None:
    try:
        act()
    except ArchiveError as error:
        show_error(error)
    else:
        st.rerun()
