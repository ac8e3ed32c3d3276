"""The meter read from a folder like the kernel's, an overflow, and the estimate where there is none."""

from pathlib import Path

import pytest

from evaluation.energy import WATTS_A_CORE, Reading, read_meter, used


def zone(folder: Path, name: str, microjoules: int) -> None:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "energy_uj").write_text(f"{microjoules}\n")
    (folder / name / "max_energy_range_uj").write_text("1000000000\n")


def test_packages_are_added_and_their_parts_are_not(tmp_path: Path) -> None:
    zone(tmp_path, "intel-rapl:0", 1_000_000)
    zone(tmp_path, "intel-rapl:1", 900_000_000)
    zone(tmp_path, "intel-rapl:0:0", 5)
    before = read_meter(tmp_path)
    zone(tmp_path, "intel-rapl:0", 3_500_000)
    zone(tmp_path, "intel-rapl:1", 100_000_000)  # ran over at 1,000 J: 200 J spent
    spent = used(before, read_meter(tmp_path), powercap=tmp_path)
    assert spent.measured
    assert spent.value == pytest.approx(2.5 + 200.0)


def test_without_a_meter_it_is_an_estimate_of_work_done(tmp_path: Path) -> None:
    before = read_meter(tmp_path)
    sum(i * i for i in range(2_000_000))
    spent = used(before, read_meter(tmp_path), powercap=tmp_path)
    assert not spent.measured
    assert 0 < spent.value < 60 * WATTS_A_CORE
    assert used(Reading({}, 5.0), Reading({}, 7.0)).value == 2 * WATTS_A_CORE
