"""The frame: pages by role, the way out, the language, and what is said when a page fails.

AppTest has no browser: what one brings along with its connection, the cookie, is put in its place. Everything
behind it is real.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from domain.access import Role
from domain.errors import NotSignedIn
from runtime import load_settings
from runtime.access import Access
from runtime.access.users import Users
from ui import session

PROGRAM = Path(__file__).resolve().parents[2] / "ui" / "main.py"
PASSWORD = "seven quiet harbours"
WAY_OUT = ("Sign out", "Se déconnecter")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("frame")
    users = Users.open(load_settings(path))
    for role in Role:
        users.add(role, role=role, password=PASSWORD, actor="test")
    return path


@pytest.fixture
def access(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Access]:
    """The door of a server that asks for names and passwords."""
    monkeypatch.setenv("DEPECHE_ARCHIVE", str(folder))
    monkeypatch.setenv("DEPECHE_ACCESS__LOGIN", "local")
    session.archive.clear()
    yield Access.open(load_settings())
    session.archive().close()
    session.archive.clear()


@pytest.fixture
def cookies(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Those of the connection; empty: of somebody who has not signed in."""
    held: dict[str, str] = {}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: held))
    monkeypatch.setattr(ContextProxy, "headers", property(lambda _: {"Host": "archive.example.org"}))
    return held


def opened(**params: str) -> AppTest:
    app = AppTest.from_file(str(PROGRAM), default_timeout=120)
    for name, value in params.items():
        app.query_params[name] = value
    return app.run()


def sign_in(access: Access, cookies: dict[str, str], name: str) -> str:
    token = access.sign_in(name, PASSWORD)
    cookies[session.cookie_name()] = token
    return token


def sidebar_of(app: AppTest) -> str:
    return " ".join(element.value for element in app.sidebar.caption)


@pytest.mark.parametrize("role", Role)
def test_the_sidebar_says_who_and_as_what(access: Access, cookies: dict[str, str], role: Role) -> None:
    sign_in(access, cookies, role)
    app = opened()
    assert not app.exception
    assert sidebar_of(app) == f"{role}, {role}"
    assert [button.label for button in app.sidebar.button] == ["Change my password", "Sign out"]


@pytest.mark.parametrize("role", Role)
def test_accounts_are_an_admin_s_page_where_people_sign_in(
    access: Access, cookies: dict[str, str], role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    navigation = st.navigation
    monkeypatch.setattr(
        st, "navigation", lambda pages: drawn.extend(one.url_path for one in pages) or navigation(pages)
    )
    sign_in(access, cookies, role)
    assert not opened().exception
    assert ("accounts" in drawn) is (role is Role.ADMIN)
    drawn.clear()
    monkeypatch.setenv("DEPECHE_ACCESS__LOGIN", "none")
    monkeypatch.setenv("DEPECHE_ACCESS__OPEN_TO_ALL", "true")
    session.archive().close()
    session.archive.clear()
    assert not opened().exception
    assert "health" in drawn
    assert "accounts" not in drawn


def test_nobody_sees_a_page_before_signing_in(access: Access, cookies: Mapping[str, str]) -> None:
    app = opened()
    assert not app.exception
    assert [one.value for one in app.info] == ["You are signed out, or the session is over."]
    assert not app.title
    assert not app.sidebar.button


def test_signing_out_ends_the_session_for_good(access: Access, cookies: dict[str, str]) -> None:
    token = sign_in(access, cookies, Role.READER)
    app = opened()
    app.session_state["question"] = "what bob asked"
    app.sidebar.button(key="sign-out").click().run()
    assert [one.value for one in app.info] == ["You are signed out, or the session is over."]
    assert not app.title
    with pytest.raises(NotSignedIn):
        access.user(token)


def test_a_person_changes_the_password_and_signs_in_anew(access: Access, cookies: dict[str, str]) -> None:
    users = Users.open(load_settings())
    users.add("nina", role=Role.READER, password=PASSWORD, actor="test")
    token = sign_in(access, cookies, "nina")
    app = opened()
    app.sidebar.button(key="own-password").click().run()

    def sent(old: str, new: str, again: str) -> str:
        for name, words in (("old", old), ("new", new), ("again", again)):
            app.text_input(key=f"own-password-{name}").input(words)
        app.button(key="own-password-go").click().run()
        assert not app.exception
        return " ".join(one.value for one in (*app.warning, *app.text, *app.info))

    assert "The two new ones differ." in sent(PASSWORD, "eleven loud harbours", "eleven loud harbour")
    assert "no such name with that password" in sent("wrong", "eleven loud harbours", "eleven loud harbours")
    assert access.user(token).name == "nina"
    sent(PASSWORD, "eleven loud harbours", "eleven loud harbours")
    with pytest.raises(NotSignedIn):
        access.user(token)
    assert access.sign_in("nina", "eleven loud harbours")
    assert "eleven" not in repr(app.session_state)
    users.remove("nina", actor="test")


def test_a_role_taken_away_is_gone_at_the_next_click(
    access: Access, cookies: dict[str, str], folder: Path
) -> None:
    users = Users.open(load_settings())
    users.add("eve", role=Role.ADMIN, password=PASSWORD, actor="test")
    sign_in(access, cookies, "eve")
    app = opened()
    assert sidebar_of(app) == "eve, admin"
    users.set_role("eve", Role.READER, actor="test")
    assert sidebar_of(app.run()) == "eve, reader"
    users.remove("eve", actor="test")
    assert [one.value for one in app.run().info] == ["You are signed out, or the session is over."]


def test_nothing_of_one_person_is_left_for_the_next(access: Access, cookies: dict[str, str]) -> None:
    sign_in(access, cookies, Role.READER)
    app = opened()
    app.session_state["question"] = "a secret"
    sign_in(access, cookies, Role.ARCHIVIST)
    app.run()
    assert "question" not in app.session_state or app.session_state["question"] != "a secret"
    assert sidebar_of(app) == "archivist, archivist"


def test_a_connection_lost_for_a_moment_signs_nobody_out(
    access: Access, cookies: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sign_in(access, cookies, Role.READER)
    app = opened()
    monkeypatch.setattr(ContextProxy, "headers", property(lambda _: {}))
    cookies.clear()
    assert sidebar_of(app.run()) == "reader, reader"
    access.sign_out(token)
    assert not app.run().sidebar.button


def test_the_language_is_the_address_s_then_the_reader_s_choice(
    access: Access, cookies: dict[str, str]
) -> None:
    sign_in(access, cookies, Role.READER)
    app = opened(lang="fr")
    assert app.sidebar.button(key="sign-out").label == "Se déconnecter"
    assert sidebar_of(app) == "reader, lecteur"
    choice = app.sidebar.selectbox(key="language-choice")
    assert (choice.label, choice.value, choice.options) == ("Langue", "fr", ["English", "Français"])
    choice.set_value("en").run()
    assert app.sidebar.button(key="sign-out").label == "Sign out"
    assert app.query_params["lang"] in ("en", ["en"])
    cookies["depeche_lang"] = "fr"  # of an earlier visit
    assert opened().sidebar.button(key="sign-out").label == "Se déconnecter"
    assert opened(lang="xx").sidebar.button(key="sign-out").label == "Se déconnecter"


def test_without_a_login_a_stranger_is_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the pages were started by hand, past `depeche serve` and its gate."""
    monkeypatch.setenv("DEPECHE_ARCHIVE", str(folder))
    session.archive.clear()
    for address, is_here in (
        (None, True),
        ("127.0.0.2", True),
        ("192.0.2.7", False),
        ("not an address", False),
    ):
        monkeypatch.setattr(ContextProxy, "ip_address", property(lambda _, address=address: address))
        app = opened()
        assert not app.exception
        assert bool(app.title) is is_here, address
        assert is_here or "depeche serve --login local" in " ".join(one.value for one in app.text)
        assert not any(button.label in WAY_OUT for button in app.sidebar.button)
    session.archive().close()
    session.archive.clear()


def test_a_failure_is_told_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    def page() -> None:
        from domain.errors import StoreError
        from ui.telling import tell

        tell(StoreError("the disk <b>is</b> **full**", hint="make *room*"))
        tell(ZeroDivisionError("a secret of the program"))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert [one.value for one in app.error] == ["This page could not be shown."] * 2
    texts = [one.value for one in app.text]
    assert texts[:2] == ["the disk <b>is</b> **full**", "make *room*"]  # st.text: as it is
    assert "secret" not in " ".join(texts)
    number = texts[2].split("under ")[1].strip(".")
    assert any(number in record.message and record.exc_info for record in caplog.records)


def test_streamlit_shows_no_traceback_either() -> None:
    config = tomllib.loads((PROGRAM.parent / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["client"]["showErrorDetails"] == "none"
    assert config["server"]["address"] == "127.0.0.1"
