"""The arithmetic by which two measured sizes speak of a third."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from benchmarks.scale_slope import MEASURED, TARGET, Measured, Trend, extrapolate, measured_sizes, save


def trend(first: float, second: float, *, limit: float, falls: bool = False) -> Trend:
    return Trend(name="one", sizes=(1_000_000, 10_000_000), values=(first, second), limit=limit, falls=falls)


def test_a_line_through_two_sizes_is_followed_to_the_target_and_to_the_limit() -> None:
    rising = trend(20, 110, limit=510)
    assert rising.at(TARGET) == pytest.approx(1010)
    assert rising.crossing() == pytest.approx(50_000_000)


def test_recall_falls_by_as_much_each_time_the_archive_is_ten_times_as_large() -> None:
    falling = trend(1.0, 0.98, limit=0.97, falls=True)
    assert falling.at(TARGET) == pytest.approx(0.96)
    assert falling.crossing() == pytest.approx(10**7.5)


@pytest.mark.parametrize(
    ("line", "crossing"),
    [
        (trend(20, 10, limit=500), math.inf),
        (trend(20, 20, limit=500), math.inf),
        (trend(0.9, 0.98, limit=0.97, falls=True), math.inf),
        (trend(20, 600, limit=500), 10_000_000),
        (trend(0.98, 0.9, limit=0.97, falls=True), 10_000_000),
    ],
)
def test_what_moves_away_from_its_limit_never_reaches_it(line: Trend, crossing: float) -> None:
    assert line.crossing() == crossing


def test_what_gives_way_first_is_printed_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for passages, slow, fast in ((1_000, 10.0, 1.0), (2_000, 20.0, 1.5)):
        (tmp_path / str(passages)).mkdir()
        measured = Measured(
            passages=passages,
            clock_p95={},
            processor_p95={"fast": fast, "slow": slow},
            resident={},
            recall={},
            once={},
        )
        save(tmp_path / str(passages) / MEASURED, measured)
    extrapolate(measured_sizes(tmp_path), folder=tmp_path)
    printed = capsys.readouterr().out
    assert printed.index("slow: p95") < printed.index("fast: p95")
    assert "50,000" in printed  # (500 − 20) ms at 10 ms a thousand passages, after 2,000
