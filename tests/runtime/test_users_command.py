"""`depeche users` and the refusals of `depeche serve`: what a person types, and what the machine answers."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app, run
from domain.access import Role
from domain.errors import SettingsError
from runtime import load_settings
from runtime.access.opening import serving_warnings
from runtime.access.users import Users

PASSWORD = "seven quiet harbours"


def users(folder: Path, *words: str, stdin: str = "") -> dict[str, object]:
    done = CliRunner().invoke(app, ["--archive", str(folder), "users", *words, "--json"], input=stdin)
    assert done.exit_code == 0, (done.output, done.exception)
    found: dict[str, object] = orjson.loads(done.stdout)
    return found


def test_an_account_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    added = users(tmp_path, "add", "Anna", "--role", "archivist", stdin=f"{PASSWORD}\n")
    assert added == {"added": "anna", "role": "archivist"}
    assert users(tmp_path, "role", "anna", "admin") == {"changed": "anna", "role": "admin"}
    assert users(tmp_path, "password", "anna", stdin="eleven loud harbours\n") == {"changed": "anna"}
    assert users(tmp_path, "sign-out", "anna") == {"ended": 0}
    (row,) = users(tmp_path, "list")["users"]  # type: ignore[misc]
    assert (row["name"], row["role"], row["sessions"]) == ("anna", "admin", 0)
    assert not any("argon2" in str(value) or "harbours" in str(value) for value in row.values())
    assert users(tmp_path, "disable", "anna") == {"disabled": "anna"}
    assert users(tmp_path, "list")["users"][0]["disabled_at"]  # type: ignore[index]
    assert users(tmp_path, "enable", "anna") == {"enabled": "anna"}
    assert users(tmp_path, "remove", "anna") == {"removed": "anna"}
    assert users(tmp_path, "list") == {"users": []}


def test_no_command_takes_a_password_as_a_word(tmp_path: Path) -> None:
    for words in (
        ["add", "anna", PASSWORD],
        ["add", "anna", "--password", PASSWORD],
        ["password", "anna", PASSWORD],
    ):
        assert CliRunner().invoke(app, ["--archive", str(tmp_path), "users", *words]).exit_code == 2


def test_a_person_at_a_terminal_is_asked_twice_and_sees_nothing(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cli.main", "--archive", str(tmp_path), "users", "add", "anna"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=_root()) as asked:
        os.close(theirs)
        shown = b""
        for _ in range(2):
            while not shown.endswith(b": "):
                shown += os.read(ours, 1024)
            os.write(ours, f"{PASSWORD}\n".encode())
            shown += b"\n"
        try:
            while piece := os.read(ours, 1024):
                shown += piece
        except OSError:  # how Linux says that the other end of a terminal is closed
            pass
        assert asked.wait(60) == 0, shown
    assert PASSWORD.encode() not in shown
    assert b"anna: added as reader" in shown


def _root() -> Path:
    return Path(__file__).resolve().parents[2]


def serve(folder: Path, *words: str) -> int | None:
    """The exit status of a `serve` that does not serve."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["depeche", "--archive", str(folder), "serve", *words])
        with pytest.raises(SystemExit) as left:
            run()
    return left.value.code


def test_a_server_for_others_needs_a_login(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert serve(tmp_path, "--address", "0.0.0.0") == 2
    said = capfd.readouterr().err
    assert "no login is asked for" in said
    assert "--login local" in said
    assert "--open-to-all" in said


def test_a_provider_must_be_named_whole(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert serve(tmp_path, "--login", "oidc") == 2
    said = capfd.readouterr().err
    assert "access.oidc_provider, access.oidc_client_id, access.oidc_client_secret" in said


def told(folder: Path, *, address: str, over_tls: bool = False, **access: object) -> list[str]:
    settings = load_settings(folder, overrides={f"access.{name}": value for name, value in access.items()})
    return list(serving_warnings(settings, address=address, over_tls=over_tls))


def test_what_is_told_before_serving(tmp_path: Path) -> None:
    assert told(tmp_path, address="127.0.0.1") == told(tmp_path, address="::1") == []
    (open_door,) = told(tmp_path, address="0.0.0.0", open_to_all=True)
    assert "whoever reaches it is admin" in open_door
    (nobody,) = told(tmp_path, address="localhost", login="local")
    assert "no account is admin" in nobody
    Users.open(load_settings(tmp_path)).add("anna", role=Role.ADMIN, password=PASSWORD, actor="test")
    assert told(tmp_path, address="127.0.0.1", login="local") == []
    (in_clear,) = told(tmp_path, address="0.0.0.0", login="local")
    assert "in clear" in in_clear
    assert told(tmp_path, address="0.0.0.0", login="local", over_tls=True) == []


def test_an_archive_that_travels_does_not_say_who_may_come_in(tmp_path: Path) -> None:
    (tmp_path / "depeche.toml").write_text('[access]\nlogin = "none"\nopen_to_all = true\n')
    with pytest.raises(SettingsError, match="says who may come in"):
        load_settings(tmp_path)
