"""The accounts page: who opens it, what is done on it, and that a password is shown once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from domain.access import Role, User
from runtime import load_settings
from runtime.access import Access
from runtime.access.users import Users
from tests.ui.pages import before, opened, said
from ui import session

PASSWORD = "seven quiet harbours"


def _page() -> None:
    from ui.accounts import page

    page()


def _trail() -> None:
    from ui.ingest_page_trail import draw

    draw()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An archive with an admin and a reader, behind a login by names and passwords."""
    users = Users.open(load_settings(tmp_path))
    users.add("ada", role=Role.ADMIN, password=PASSWORD, actor="test")
    users.add("rita", role=Role.READER, password=PASSWORD, actor="test")
    monkeypatch.setenv("DEPECHE_ACCESS__LOGIN", "local")
    monkeypatch.setattr("ui.session.user", lambda: User("ada", Role.ADMIN))
    with before(tmp_path):
        yield tmp_path


def access() -> Access:
    archive = session.archive()
    return Access(archive.store.accounts, archive.settings.access)


def listed(app: AppTest) -> dict[str, dict[str, str]]:
    assert not app.exception
    table = app.dataframe[0].value
    return {row["Name"]: {str(k): str(v) for k, v in row.items()} for _, row in table.iterrows()}


def errors(app: AppTest) -> str:
    return " ".join(one.value for one in app.text) if app.error else ""


def chosen(app: AppTest, name: str) -> AppTest:
    return app.selectbox(key="accounts_person").set_value(name).run()


def confirmed(app: AppTest, act: str) -> AppTest:
    app.button(key=f"accounts_{act}").click().run()
    app.button(key="accounts_yes").click().run()
    assert not app.exception
    return app


def test_who_there_is_since_when_and_with_how_many_sessions(folder: Path) -> None:
    app = opened(_page, {})
    rows = listed(app)
    assert (rows["rita"]["Role"], rows["rita"]["Last signed in"]) == ("reader", "not yet")
    for _ in range(2):
        access().sign_in("rita", PASSWORD)
    rows = listed(app.run())
    assert rows["rita"]["Sessions now"] == "2"
    assert rows["rita"]["Last signed in"].endswith("UTC")
    assert rows["ada"]["State"] == "may sign in"


def test_a_person_is_added_and_the_password_is_shown_once(folder: Path) -> None:
    app = opened(_page, {})
    app.text_input(key="accounts_name").input("Bob")
    app.selectbox(key="accounts_new_role").set_value(Role.ARCHIVIST)
    next(one for one in app.button if one.label.startswith("Add")).click().run()
    assert not app.exception
    assert "bob added as archivist." in said(app)
    (password,) = (one.value for one in app.code)
    assert access().user(access().sign_in("bob", password)).role is Role.ARCHIVIST
    assert listed(app)["bob"]["Role"] == "archivist"
    assert not app.text_input(key="accounts_name").value
    app.run()
    assert not app.code
    assert password not in repr(app.session_state)

    app.text_input(key="accounts_name").input("BOB")
    next(one for one in app.button if one.label.startswith("Add")).click().run()
    assert "there is an account 'bob' already" in errors(app)
    assert app.text_input(key="accounts_name").value == "BOB", "what was typed stays to be mended"


def test_a_role_is_changed(folder: Path) -> None:
    app = chosen(opened(_page, {}), "rita")
    token = access().sign_in("rita", PASSWORD)
    app.selectbox(key="accounts_role_rita_reader").set_value(Role.ARCHIVIST)
    next(one for one in app.button if one.label == "Change the role").click().run()
    assert "rita: now archivist." in said(app)
    assert access().user(token).role is Role.ARCHIVIST
    assert app.selectbox(key="accounts_person").value == "rita"


def test_what_takes_something_from_a_person_is_asked_twice(folder: Path) -> None:
    token = access().sign_in("rita", PASSWORD)
    app = chosen(opened(_page, {}), "rita")
    app.button(key="accounts_remove").click().run()
    assert "What the person did and asked stays" in said(app)
    app.button(key="accounts_no").click().run()
    assert "rita" in listed(app)
    assert access().user(token).name == "rita", "nothing is done before it is confirmed"

    assert "The sessions of rita have ended." in said(confirmed(app, "sign_out"))
    assert listed(app)["rita"]["Sessions now"] == "0"
    assert "rita is disabled." in said(confirmed(app, "disable"))
    assert listed(app)["rita"]["State"].startswith("disabled since")
    app.button(key="accounts_enable").click().run()
    assert listed(app)["rita"]["State"] == "may sign in"
    confirmed(app, "password")
    (password,) = (one.value for one in app.code)
    assert access().sign_in("rita", password)
    assert "rita is removed." in said(confirmed(app, "remove"))
    assert "rita" not in listed(app)
    assert app.selectbox(key="accounts_person").value == "ada"


def test_the_last_admin_is_told_why_not(folder: Path) -> None:
    app = chosen(opened(_page, {}), "ada")
    for act in ("remove", "disable"):
        assert "ada is the last admin" in errors(confirmed(app, act))
    app.selectbox(key="accounts_role_ada_admin").set_value(Role.READER)
    next(one for one in app.button if one.label == "Change the role").click().run()
    assert "ada is the last admin" in errors(app)
    assert "before you saw it" in errors(confirmed(app, "password"))
    assert listed(app)["ada"]["Role"] == "admin"


@pytest.mark.parametrize("role", [Role.READER, Role.ARCHIVIST])
def test_nobody_else_opens_it(folder: Path, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.session.user", lambda: User("eve", role))
    app = opened(_page, {})
    assert f"eve is a {role}; this takes the role of admin" in errors(app)
    assert not app.dataframe
    assert not app.button


def test_what_was_done_is_told_under_who_did_what(folder: Path) -> None:
    confirmed(chosen(opened(_page, {}), "rita"), "disable")
    table = opened(_trail, {}).dataframe[0].value
    assert (table["Story or name"][0], table["What was done"][0]) == ("rita", "Disable an account")
    assert table["By whom"][0] == "ada"


def test_where_a_provider_vouches_sessions_alone_are_ended_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "server"  # the settings of the machine, not of an archive
    own.mkdir()
    (own / "depeche.toml").write_text(
        '[access]\nlogin = "oidc"\n[access.roles]\n"anna@example.org" = "archivist"\n'
    )
    monkeypatch.chdir(own)
    monkeypatch.setattr("ui.session.user", lambda: User("ada@example.org", Role.ADMIN))
    with before(tmp_path / "archive"):
        access().admit("anna@example.org")
        app = opened(_page, {})
        assert "[access.roles]" in said(app)
        anna = listed(app)["anna@example.org"]
        assert (anna["Role"], anna["Sessions now"]) == ("archivist", "1")
        assert [one.key for one in app.button] == ["accounts_sign_out"]
        confirmed(app, "sign_out")
        assert listed(app)["anna@example.org"]["Sessions now"] == "0"
