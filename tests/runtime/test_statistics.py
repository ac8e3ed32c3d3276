"""What answers cost is kept with each and summed; an estimate is called one."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app
from runtime import Archive

pytestmark = pytest.mark.model


def test_the_sum_is_that_of_the_answers(sample_archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(sample_archive.settings.archive)

    def told() -> dict[str, object]:
        done = CliRunner().invoke(app, ["--archive", folder, "stats", "--json"])
        assert done.exit_code == 0, done.output
        found: dict[str, object] = orjson.loads(done.stdout)
        return found

    before = told()
    answers = [sample_archive.ask("Who commanded the space shuttle Challenger?", extractive=True)]
    answers.append(sample_archive.ask("When did the Berlin Wall open?"))
    after = told()
    for answer in answers:
        assert answer.energy is not None
        assert answer.energy.joules > 0
    model = answers[1].model
    assert model is not None
    assert answers[1].tokens.prompt > 100
    tokens = [found["tokens"] for found in (before, after)]
    assert tokens[1]["prompt"] - tokens[0]["prompt"] == sum(a.tokens.prompt for a in answers)  # type: ignore[index]
    assert tokens[1]["generated"] - tokens[0]["generated"] == answers[1].tokens.generated  # type: ignore[index]
    spent = float(after["joules"]) - float(before["joules"])  # type: ignore[arg-type]
    assert spent == pytest.approx(sum(a.energy.joules for a in answers if a.energy), abs=0.2)
    is_measured = answers[0].energy.measured if answers[0].energy else None
    assert (after["joules_estimated"] == before["joules_estimated"]) is is_measured
    assert {row["model"] for row in after["models"]} >= {model, None}  # type: ignore[attr-defined]
    (latest,) = sample_archive.answers(limit=1)
    assert latest.settings["model"] == model
    assert len(latest.settings["model.sha256"]) == 64
    lines = CliRunner().invoke(app, ["--archive", folder, "stats"]).stdout
    assert model in lines
    assert ("estimated" in lines) is not is_measured


def test_an_archive_without_answers_says_so(tmp_path: Path) -> None:
    Archive.open(tmp_path).close()
    done = CliRunner().invoke(app, ["--archive", str(tmp_path), "stats"])
    assert done.exit_code == 0, done.output
    assert "no answers yet" in done.stdout
