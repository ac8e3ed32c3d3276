"""Floors hold, break and are refused; the file beside the sample's set is sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import SetError
from evaluation.floors import below, read_floors
from evaluation.sets import load_set

SET = Path(__file__).resolve().parents[2] / "data" / "evaluation"
ENTRY = 'measure = "f1"\nat_least = 0.5\nmeasured = 0.6\non = 2026-01-01\nreason = "because"\n'


def written(folder: Path, *, entry: str = ENTRY, corpus: str = "abc") -> Path:
    path = folder / "floors.toml"
    path.write_text(f'corpus = "{corpus}"\n[[floor]]\n{entry}')
    return path


def test_a_floor_holds_at_its_very_value_and_not_below(tmp_path: Path) -> None:
    floors = read_floors(written(tmp_path))
    assert below(floors, corpus="abc", summary={"f1": 0.5}) == []
    assert "f1 is 0.4999, at least 0.5" in below(floors, corpus="abc", summary={"f1": 0.4999})[0]
    assert below(floors, corpus="abc", summary={"f1": None}) == ["f1 was not measured"]


def test_a_ceiling_within_a_group(tmp_path: Path) -> None:
    entry = ENTRY.replace('"f1"', '"abstention.answerable_declined"').replace("at_least", "at_most")
    floors = read_floors(written(tmp_path, entry=entry))
    assert below(floors, corpus="abc", summary={"abstention": {"answerable_declined": 0.5}}) == []
    assert below(floors, corpus="abc", summary={"abstention": {"answerable_declined": 0.6}}) != []


def test_another_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetError, match="measure anew"):
        below(read_floors(written(tmp_path)), corpus="other", summary={"f1": 1.0})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("at_least = 0.5\n", ""), "exactly one of at_least and at_most"),
        (("at_least = 0.5\n", "at_least = 0.5\nat_most = 0.9\n"), "exactly one"),
        (('reason = "because"\n', 'reason = ""\n'), "floor 1: no 'reason'"),
        (("on = 2026-01-01\n", 'on = "today"\n'), "floor 1: no 'on'"),
        (('measure = "f1"', "measure = "), "floors.toml: "),
    ],
)
def test_a_floor_without_reason_or_date_is_refused(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(SetError) as caught:
        read_floors(written(tmp_path, entry=ENTRY.replace(*change)))
    assert said in str(caught.value)


def test_the_samples_floors_are_of_its_corpus() -> None:
    floors = read_floors(SET / "floors.toml")
    assert floors.corpus == load_set(SET).fingerprint
    for floor in floors.floors:
        assert floor.holds(floor.measured), floor.measure
