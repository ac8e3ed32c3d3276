"""The server that asks for no login, and the one behind a proxy: names it answers to, languages, cookies over TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from domain.access import Role
from runtime import load_settings
from runtime.access.users import Users
from tests.ui.test_gate import PASSWORD, SOCKET, client_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("open")
    Users.open(load_settings(path)).add("anna", role=Role.ADMIN, password=PASSWORD, actor="test")
    return path


def test_over_tls_the_cookie_says_so(folder: Path) -> None:
    with client_of(folder, login="local", address="https://archive.example.org") as behind:
        answer = behind.post("/login", data={"name": "anna", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()


def test_without_a_login_only_this_machine_s_names_are_answered(folder: Path) -> None:
    with client_of(folder) as opened:
        assert opened.get("/").status_code == 200
        for host in ("evil.example", "evil.example:8501", "127.0.0.1.evil.example"):
            assert opened.get("/", headers={"Host": host}).status_code == 421
            with (
                pytest.raises(WebSocketDisconnect),
                opened.websocket_connect(SOCKET, headers={"Host": host}),
            ):
                pass
        for host in ("localhost:8501", "[::1]:8501", "127.0.0.1"):
            assert opened.get("/", headers={"Host": host}).status_code == 200
    with client_of(folder, open_to_all=True) as opened:
        assert opened.get("/", headers={"Host": "archive.example.org"}).status_code == 200


@pytest.fixture(scope="module")
def anyone(folder: Path) -> Iterator[TestClient]:
    with client_of(folder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ({"headers": {"Accept-Language": "fr-CA,fr;q=0.9"}}, "fr"),
        ({"headers": {"Accept-Language": "xx,fr;q=0.5"}}, "fr"),
        ({"headers": {"Accept-Language": "xx"}}, "en"),
        ({"params": {"lang": "fr"}, "headers": {"Accept-Language": "en"}}, "fr"),
        ({"params": {"lang": '"><script>'}, "headers": {"Accept-Language": "en"}}, "en"),
        ({"headers": {"Accept-Language": "en", "Cookie": "depeche_lang=fr"}}, "fr"),
    ],
)
def test_a_page_says_its_language(
    anyone: TestClient, asked: dict[str, dict[str, str]], language: str
) -> None:
    page = anyone.get("/story", **asked)
    assert f'<html lang="{language}">' in page.text
    assert "<title>Dépêche</title>" in page.text
    assert '<script src="/depeche/language.js" data-languages="en fr">' in page.text
