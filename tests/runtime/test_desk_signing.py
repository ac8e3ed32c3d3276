"""Everybody changes their own password, and nobody another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.access import Role, User
from domain.errors import NotSignedIn, SettingsError, SignInRefused
from runtime import Archive, load_settings
from runtime.access import FREE_ATTEMPTS, Access
from runtime.access.users import Users
from runtime.desk import Desk

OLD, NEW = "seven quiet harbours", "eleven loud harbours"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    settings = load_settings(tmp_path, overrides={"access.login": "local"})
    Users.open(settings).add("rita", role=Role.READER, password=OLD, actor="test")
    with Archive.open(settings) as opened:
        yield opened


def test_a_new_password_needs_the_old_one_and_ends_every_session(archive: Archive) -> None:
    access = Access(archive.store.accounts, archive.settings.access)
    token = access.sign_in("rita", OLD)
    signing = Desk(archive, User("rita", Role.READER)).signing
    for old, new, refused in (
        (NEW, NEW, SignInRefused),
        (OLD, "too short", SettingsError),
        (OLD, "rita is my name", SettingsError),
    ):
        with pytest.raises(refused):
            signing.change_password(old, new)
    assert access.user(token).name == "rita", "nothing was done"
    signing.change_password(OLD, NEW)
    with pytest.raises(NotSignedIn):
        access.user(token)
    with pytest.raises(SignInRefused):
        access.sign_in("rita", OLD)
    assert access.user(access.sign_in("rita", NEW)).role is Role.READER
    assert archive.store.ledger.acts(containing="rita")[0].actor == "rita"


def test_a_window_left_open_is_no_place_to_guess_at(archive: Archive) -> None:
    signing = Desk(archive, User("rita", Role.READER)).signing
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(SignInRefused, match="no such name"):
            signing.change_password("a wrong guess", NEW)
    with pytest.raises(SignInRefused, match="too many attempts"):
        signing.change_password(OLD, NEW)


def test_where_there_are_no_passwords_none_is_changed(tmp_path: Path) -> None:
    for login in ("none", "oidc"):
        with Archive.open(load_settings(tmp_path, overrides={"access.login": login})) as archive:
            signing = Desk(archive, User("rita", Role.READER)).signing
            assert not signing.has_password
            with pytest.raises(SettingsError, match="has no password here"):
                signing.change_password(OLD, NEW)
