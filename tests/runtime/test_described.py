"""The list of settings: complete, with a meaning each, and without secrets."""

from __future__ import annotations

from pathlib import Path

from runtime.described import described
from runtime.settings import load_settings


def test_every_setting_has_a_meaning(tmp_path: Path) -> None:
    rows = list(described(load_settings(tmp_path, environ={})))
    assert len({row.name for row in rows}) == len(rows) > 10
    assert [row.name for row in rows if not row.meaning] == []


def test_a_variable_named_there_sets_the_value(tmp_path: Path) -> None:
    by_name = {row.name: row for row in described(load_settings(tmp_path, environ={}))}
    variable = by_name["answer.evidence"].variable
    changed = {row.name: row for row in described(load_settings(tmp_path, environ={variable: "12"}))}
    assert (changed["answer.evidence"].value, changed["answer.evidence"].default) == ("12", "8")


def test_a_key_is_not_shown(tmp_path: Path) -> None:
    rows = described(load_settings(tmp_path, environ={"DEPECHE_MODEL__API_KEY": "very-secret"}))
    assert "very-secret" not in repr(list(rows))
