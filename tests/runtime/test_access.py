"""Who comes in: sessions end at once, guesses are limited, an unknown name looks like a wrong password."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.store import StoryStore
from domain.access import Origin, Role
from domain.errors import NotSignedIn, SettingsError, SignInRefused, StoreError
from runtime.access import FREE_ATTEMPTS, LONGEST_WAIT, Access, wait_after
from runtime.access.users import Users
from runtime.settings import AccessSettings

PASSWORD = "seven quiet harbours"
LOCAL = AccessSettings(login="local", session_hours=2)


class Clock:
    """The time the database is told, moved by the test."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[StoryStore]:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}", clock=clock) as opened:
        yield opened


@pytest.fixture
def users(store: StoryStore) -> Users:
    made = Users(store.accounts)
    made.add("Anna", role=Role.ARCHIVIST, password=PASSWORD, actor="test")
    return made


@pytest.fixture
def access(store: StoryStore, users: Users) -> Access:
    return Access(store.accounts, LOCAL)


def test_a_session_is_the_persons_until_it_runs_out(access: Access, clock: Clock) -> None:
    token = access.sign_in(" ANNA ", PASSWORD)
    assert (access.user(token).name, access.user(token).role) == ("anna", Role.ARCHIVIST)
    clock.now += timedelta(hours=2) - timedelta(seconds=1)
    assert access.user(token).name == "anna"
    clock.now += timedelta(seconds=1)
    with pytest.raises(NotSignedIn):
        access.user(token)


@pytest.mark.parametrize("token", [None, "", "x", "0" * 43])
def test_nobody_is_signed_in_by_anything_else(access: Access, token: str | None) -> None:
    access.sign_in("anna", PASSWORD)
    with pytest.raises(NotSignedIn):
        access.user(token)


def test_signing_out_ends_one_session_and_not_the_other(access: Access) -> None:
    here, there = access.sign_in("anna", PASSWORD), access.sign_in("anna", PASSWORD)
    access.sign_out(here)
    with pytest.raises(NotSignedIn):
        access.user(here)
    assert access.user(there).name == "anna"


def test_a_changed_role_is_the_role_of_sessions_in_force(access: Access, users: Users) -> None:
    token = access.sign_in("anna", PASSWORD)
    users.set_role("anna", Role.READER, actor="test")
    assert access.user(token).role is Role.READER


@pytest.mark.parametrize("act", ["remove", "disable", "password", "sign_out"])
def test_what_ends_every_session_of_a_person(access: Access, users: Users, act: str) -> None:
    users.add("bob", role=Role.READER, password=PASSWORD, actor="test")
    tokens = [access.sign_in("anna", PASSWORD) for _ in range(2)]
    other = access.sign_in("bob", PASSWORD)
    if act == "remove":
        users.remove("anna", actor="test")
    elif act == "disable":
        users.disable("anna", actor="test")
    elif act == "password":
        users.set_password("anna", "eleven loud harbours", actor="test")
    else:
        assert users.sign_out("anna", actor="test") == 2
    for token in tokens:
        with pytest.raises(NotSignedIn):
            access.user(token)
    assert access.user(other).name == "bob"


def test_an_account_made_again_does_not_bring_old_sessions_back(access: Access, users: Users) -> None:
    token = access.sign_in("anna", PASSWORD)
    users.remove("anna", actor="test")
    users.add("anna", role=Role.ADMIN, password=PASSWORD, actor="test")
    with pytest.raises(NotSignedIn):
        access.user(token)


def test_a_disabled_account_looks_like_none_until_it_is_enabled(access: Access, users: Users) -> None:
    users.disable("anna", actor="test")
    with pytest.raises(SignInRefused, match="no such name with that password"):
        access.sign_in("anna", PASSWORD)
    users.enable("anna", actor="test")
    assert access.user(access.sign_in("anna", PASSWORD)).role is Role.ARCHIVIST


def test_a_session_opened_as_its_account_is_disabled_is_worth_nothing(
    access: Access, users: Users, store: StoryStore
) -> None:
    """The password was looked at before, the session kept after."""
    users.disable("anna", actor="test")
    store.accounts.open_session(b"late", name="anna", origin=Origin.LOCAL, lasts=timedelta(hours=1))
    assert store.accounts.session(b"late") is None


def test_when_somebody_last_signed_in_outlives_the_session(
    access: Access, users: Users, clock: Clock
) -> None:
    assert users.all()[0].signed_in_at is None
    access.sign_out(access.sign_in("anna", PASSWORD))
    clock.now += timedelta(days=3)
    last = clock.now
    access.sign_in("anna", PASSWORD)
    clock.now += timedelta(days=3)
    assert (users.all()[0].signed_in_at, users.all()[0].sessions) == (last, 0)
    users.remove("anna", actor="test")
    users.add("anna", role=Role.READER, password=PASSWORD, actor="test")
    assert users.all()[0].signed_in_at is None, "an account made again is somebody else's"


def test_two_admins_who_remove_each_other_at_once_leave_one(store: StoryStore, users: Users) -> None:
    admins = ("ada", "bea")
    for name in admins:
        users.add(name, role=Role.ADMIN, password=PASSWORD, actor="test")

    def removed(name: str) -> bool:
        try:
            users.remove(name, actor="test", keeps_an_admin=True)
        except StoreError:
            return False
        return True

    with ThreadPoolExecutor(2) as pair:
        assert sorted(pair.map(removed, admins)) == [False, True]
    assert len([one for one in users.all() if one.role is Role.ADMIN]) == 1


def test_the_database_holds_neither_password_nor_token(access: Access, tmp_path: Path) -> None:
    token = access.sign_in("anna", PASSWORD)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"$argon2id$" in kept
    assert PASSWORD.encode() not in kept
    assert token.encode() not in kept


def test_guesses_wait_longer_each_time_whether_or_not_the_name_exists(access: Access, clock: Clock) -> None:
    for name in ("anna", "nobody"):
        for _ in range(FREE_ATTEMPTS):
            with pytest.raises(SignInRefused, match="no such name"):
                access.sign_in(name, "wrong password")
        with pytest.raises(SignInRefused, match="too many attempts") as refused:
            access.sign_in(name, PASSWORD)
        assert refused.value.wait == wait_after(FREE_ATTEMPTS).total_seconds()
    clock.now += wait_after(FREE_ATTEMPTS)
    with pytest.raises(SignInRefused, match="no such name"):
        access.sign_in("anna", "wrong password")
    clock.now += wait_after(FREE_ATTEMPTS)  # not yet: the wait has doubled
    with pytest.raises(SignInRefused, match="too many attempts"):
        access.sign_in("anna", PASSWORD)
    clock.now += wait_after(FREE_ATTEMPTS)
    assert access.user(access.sign_in("anna", PASSWORD)).name == "anna"
    with pytest.raises(SignInRefused, match="no such name"):  # the count began again
        access.sign_in("anna", "wrong password")


def test_a_thousand_guesses_at_once_are_five(access: Access) -> None:
    def guess(number: int) -> bool:
        with pytest.raises(SignInRefused) as refused:
            access.sign_in("anna", f"wrong password {number}")
        return refused.value.wait is None

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(guess, range(40))) == FREE_ATTEMPTS


def test_the_wait_has_an_end() -> None:
    waits = [wait_after(times) for times in range(100)]
    assert waits == sorted(waits)
    assert waits[FREE_ATTEMPTS - 1] == timedelta(0) < waits[FREE_ATTEMPTS]
    assert waits[-1] == wait_after(10**9) == LONGEST_WAIT


def test_an_unknown_name_takes_as_long_as_a_wrong_password(store: StoryStore, users: Users) -> None:
    access = Access(store.accounts, LOCAL)

    def seconds(name: str) -> float:
        store.accounts.forget_attempts(_key(name))
        started = time.process_time()  # of all threads: what other programs do does not count
        with pytest.raises(SignInRefused, match="no such name"):
            access.sign_in(name, "wrong password")
        return time.process_time() - started

    seconds("anna")  # what is made once
    known = statistics.median(seconds("anna") for _ in range(5))
    unknown = statistics.median(seconds("nobody") for _ in range(5))
    assert 0.5 < unknown / known < 2, (unknown, known)


def _key(name: str) -> bytes:
    import hashlib

    return hashlib.sha256(name.encode()).digest()


@pytest.mark.parametrize("password", ["", "short", "anna has a horse", "aaaaaaaaaaaaaaaa", "x" * 300])
def test_weak_passwords_are_refused(users: Users, password: str) -> None:
    with pytest.raises(SettingsError):
        users.set_password("anna", password, actor="test")


def test_a_short_name_may_stand_in_a_password(users: Users) -> None:
    assert users.add("eve", role=Role.READER, password=PASSWORD, actor="test") == "eve"  # s-eve-n


def test_one_password_whatever_the_keyboard_sends(users: Users, access: Access) -> None:
    users.set_password("anna", "été à la forêt", actor="test")
    assert access.sign_in("anna", "e\u0301te\u0301 a\u0300 la fore\u0302t")


@pytest.mark.parametrize("name", ["", "a b", "a\nb", "\u202eanna", "x" * 101])
def test_names_that_would_not_show_as_they_are(users: Users, name: str) -> None:
    with pytest.raises(SettingsError):
        users.add(name, role=Role.READER, password=PASSWORD, actor="test")


def test_an_account_is_added_once_and_changed_only_if_it_exists(users: Users) -> None:
    with pytest.raises(StoreError, match="already"):
        users.add("ANNA", role=Role.READER, password=PASSWORD, actor="test")
    for act in (
        lambda: users.remove("bob", actor="test"),
        lambda: users.set_role("bob", Role.ADMIN, actor="test"),
        lambda: users.set_password("bob", PASSWORD, actor="test"),
    ):
        with pytest.raises(StoreError, match="no account"):
            act()


def test_a_provider_s_people_have_the_role_of_the_settings(store: StoryStore) -> None:
    settings = AccessSettings(login="oidc", roles={"Anna@Example.org": "archivist"}, session_hours=1)
    access = Access(store.accounts, settings)
    token = access.admit("anna@example.ORG")
    assert access.user(token).role is Role.ARCHIVIST
    with pytest.raises(SignInRefused, match="no role"):
        access.admit("stranger@example.org")
    # The settings of the next start decide, not those at the time of signing in.
    lowered = settings.model_copy(update={"roles": {"anna@example.org": "reader"}})
    assert Access(store.accounts, lowered).user(token).role is Role.READER
    with pytest.raises(NotSignedIn):
        Access(store.accounts, settings.model_copy(update={"roles": {}})).user(token)
    assert Access(store.accounts, settings.model_copy(update={"default_role": "reader"})).admit("x@y.org")


def test_a_session_of_one_kind_of_login_is_none_of_the_other(store: StoryStore, users: Users) -> None:
    roles = AccessSettings(login="oidc", roles={"anna": "admin"})
    vouched = Access(store.accounts, roles).admit("anna")
    with pytest.raises(NotSignedIn):
        Access(store.accounts, LOCAL).user(vouched)
    local = Access(store.accounts, LOCAL).sign_in("anna", PASSWORD)
    with pytest.raises(NotSignedIn):
        Access(store.accounts, roles).user(local)
