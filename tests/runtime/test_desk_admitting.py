"""What an admin may do about who comes in, at the desk: no page and no click can do more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.access import AccountAct, Role, User
from domain.errors import NotSignedIn, SettingsError, SignInRefused, StoreError
from runtime import Archive, load_settings
from runtime.access import Access
from runtime.access.users import Users
from runtime.desk import Desk
from runtime.desk.admitting import Admitting

PASSWORD = "seven quiet harbours"
ADA = User("ada", Role.ADMIN)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    settings = load_settings(tmp_path, overrides={"access.login": "local"})
    Users.open(settings).add("ada", role=Role.ADMIN, password=PASSWORD, actor="test")
    with Archive.open(settings) as opened:
        yield opened


@pytest.fixture
def admitting(archive: Archive) -> Admitting:
    return Desk(archive, ADA).admitting


@pytest.fixture
def access(archive: Archive) -> Access:
    return Access(archive.store.accounts, archive.settings.access)


def roles(admitting: Admitting) -> dict[str, Role | None]:
    return {one.name: one.role for one in admitting.people()}


def test_a_person_added_signs_in_with_the_password_that_was_drawn(
    admitting: Admitting, access: Access, archive: Archive
) -> None:
    made = admitting.add("Bob", Role.ARCHIVIST)
    assert made.name == "bob"
    token = access.sign_in("bob", made.password)
    assert access.user(token).role is Role.ARCHIVIST
    bob = next(one for one in admitting.people() if one.name == "bob")
    assert bob.sessions == 1
    assert bob.signed_in_at
    again = admitting.give_password("bob")
    assert again.password != made.password
    with pytest.raises(NotSignedIn):
        access.user(token)
    with pytest.raises(SignInRefused):
        access.sign_in("bob", made.password)
    access.sign_in("bob", again.password)
    kept = b"".join(path.read_bytes() for path in archive.settings.archive.glob("archive.sqlite*"))
    assert made.password.encode() not in kept
    assert again.password.encode() not in kept


@pytest.mark.parametrize(
    "act",
    [
        lambda one: one.remove("ada"),
        lambda one: one.disable("ada"),
        lambda one: one.set_role("ada", Role.ARCHIVIST),
    ],
    ids=["remove", "disable", "demote"],
)
def test_the_last_admin_stays_one(admitting: Admitting, act: Callable[[Admitting], None]) -> None:
    admitting.add("bob", Role.ARCHIVIST)
    admitting.add("bea", Role.ADMIN)
    admitting.disable("bea")  # an admin whom nobody lets in is none
    before = admitting.people()
    with pytest.raises(StoreError, match="ada is the last admin"):
        act(admitting)
    assert admitting.people() == before, "nothing of it was done"
    admitting.enable("bea")
    act(admitting)
    assert roles(admitting)["bea"] is Role.ADMIN


def test_an_admin_draws_no_password_of_their_own(admitting: Admitting, access: Access) -> None:
    token = access.sign_in("ada", PASSWORD)
    with pytest.raises(SettingsError, match="before you saw it"):
        admitting.give_password("ada")
    assert access.user(token).name == "ada"


def test_every_act_is_told_under_the_admin_s_name(archive: Archive, admitting: Admitting) -> None:
    admitting.add("bob", Role.READER)
    admitting.set_role("bob", Role.ARCHIVIST)
    admitting.give_password("bob")
    admitting.disable("bob")
    admitting.enable("bob")
    assert admitting.sign_out("bob") == 0
    admitting.remove("bob")
    told = Desk(archive, ADA).withdrawing.acts(containing="bob")
    assert [one.action for one in reversed(told)] == [
        AccountAct.ADDED, AccountAct.ROLE, AccountAct.PASSWORD, AccountAct.DISABLED, AccountAct.ENABLED,
        AccountAct.SIGNED_OUT, AccountAct.REMOVED,
    ]  # fmt: skip
    assert {one.actor for one in told} == {"ada"}


def test_where_a_provider_vouches_the_settings_give_roles(tmp_path: Path) -> None:
    named = {"Anna@example.org": "archivist", "late@example.org": "reader", "ada@example.org": "admin"}
    overrides = {"access.login": "oidc", "access.roles": named}
    with Archive.open(load_settings(tmp_path, overrides=overrides)) as archive:
        access = Access(archive.store.accounts, archive.settings.access)
        token = access.admit("anna@example.org")
        left = archive.settings.access.model_copy(update={"default_role": "reader"})
        Access(archive.store.accounts, left).admit("gone@example.org")  # when everybody had a role
        admitting = Desk(archive, User("ada@example.org", Role.ADMIN)).admitting
        people = {one.name: one for one in admitting.people()}
        assert {name: one.role for name, one in people.items()} == {
            "ada@example.org": Role.ADMIN,
            "anna@example.org": Role.ARCHIVIST,
            "gone@example.org": None,
            "late@example.org": Role.READER,
        }
        assert people["anna@example.org"].sessions == 1
        assert people["late@example.org"].signed_in_at is None
        for act in (
            lambda: admitting.add("bob", Role.ADMIN),
            lambda: admitting.set_role("anna@example.org", Role.ADMIN),
            lambda: admitting.remove("anna@example.org"),
            lambda: admitting.disable("anna@example.org"),
            lambda: admitting.give_password("anna@example.org"),
        ):
            with pytest.raises(SettingsError, match="login is oidc"):
                act()
        assert admitting.sign_out("anna@example.org") == 1
        with pytest.raises(NotSignedIn):
            access.user(token)
