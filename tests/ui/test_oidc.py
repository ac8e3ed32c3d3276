"""Signing in through a real OpenID Connect provider on loopback: its pages, its codes, its signed tokens."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from domain.access import Role
from domain.errors import NotSignedIn
from runtime import load_settings
from runtime.access import Access
from tests.ui.test_gate import COOKIE, HERE, client_of

ROLES = {"anna@example.org": "archivist", "eve@example.org": "admin"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(240):
                with suppress(httpx.HTTPError):
                    httpx.get(f"http://127.0.0.1:{port}/jwks", timeout=1).raise_for_status()
                    break
                time.sleep(0.25)
            else:
                pytest.fail("the provider did not start within 60 s")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def asked(provider: str) -> dict[str, object]:
    return {
        "login": "oidc",
        "roles": ROLES,
        "oidc_provider": provider,
        "oidc_client_id": "depeche",
        "oidc_client_secret": "kept by both",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("oidc")


@pytest.fixture(scope="module")
def server(folder: Path, asked: dict[str, object]) -> Iterator[TestClient]:
    with client_of(folder, **asked) as opened:
        yield opened


@pytest.fixture
def client(server: TestClient) -> TestClient:
    server.cookies.clear()
    return server


def known_to(provider: str, person: str, **claims: object) -> None:
    httpx.put(f"{provider}/users/{person}", json=claims).raise_for_status()


def returned(client: TestClient, person: str, *, onward: str = "/", action: str = "authorize") -> str:
    """The address the provider sends the browser back to, once `person` has agreed there."""
    sent = client.get("/login/start", params={"next": onward})
    assert sent.status_code == 302, sent.text
    agreed = httpx.post(sent.headers["location"], data={"sub": person, "action": action})
    assert agreed.status_code in (302, 303), agreed.text
    return agreed.headers["location"].removeprefix(HERE)


def test_a_person_comes_in_with_the_role_of_the_settings(
    client: TestClient, provider: str, folder: Path, asked: dict[str, object]
) -> None:
    assert "/login/start?next=%2Fsearch" in client.get("/login?next=/search").text
    known_to(provider, "anna", email="Anna@Example.org", email_verified=True)
    entered = client.get(returned(client, "anna", onward="/search?q=wheat"))
    assert (entered.status_code, entered.headers["location"]) == (303, "/search?q=wheat")
    assert "samesite=strict" in entered.headers["set-cookie"].lower()
    assert client.get("/search").status_code == 200
    settings = load_settings(folder, overrides={f"access.{name}": value for name, value in asked.items()})
    access, token = Access.open(settings), client.cookies[COOKIE]
    assert (access.user(token).name, access.user(token).role) == ("anna@example.org", Role.ARCHIVIST)
    client.get("/auth/logout")
    with pytest.raises(NotSignedIn):
        access.user(token)


def test_what_is_sent_to_the_provider_cannot_be_used_by_another(client: TestClient) -> None:
    sent = parse_qs(urlsplit(client.get("/login/start").headers["location"]).query)
    assert sent["redirect_uri"] == [f"{HERE}/login/return"]
    assert sent["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= sent.keys()
    assert sent["scope"] == ["openid email"]


@pytest.mark.parametrize(
    ("person", "claims", "words"),
    [
        ("stranger", {"email": "stranger@example.org", "email_verified": True}, "has no role here"),
        ("eve", {"email": "eve@example.org", "email_verified": False}, "does not say that it verified"),
        ("eve2", {"email": "eve@example.org"}, "does not say that it verified"),
        ("mute", {"name": "No Address"}, "did not confirm"),
    ],
)
def test_who_stays_outside(
    client: TestClient, provider: str, person: str, claims: dict[str, object], words: str
) -> None:
    known_to(provider, person, **claims)
    answer = client.get(returned(client, person))
    assert answer.status_code == 403
    assert words in answer.text
    assert COOKIE not in answer.headers.get("set-cookie", "")
    assert client.get("/media/x").status_code == 401


def test_an_answer_that_was_not_asked_for_is_refused(client: TestClient, provider: str) -> None:
    known_to(provider, "anna", email="anna@example.org", email_verified=True)
    good = returned(client, "anna")
    client.cookies.clear()  # another browser than the one that asked: a forged return
    assert client.get(good).status_code == 403
    back = returned(client, "anna")
    assert client.get(back.replace("code=", "code=x")).status_code == 403
    assert client.get(back.replace("state=", "state=x")).status_code == 403
    assert client.get("/login/return").status_code == 403
    used = returned(client, "anna")
    assert client.get(used).status_code == 303
    client.cookies.clear()
    assert client.get(used).status_code == 403  # a code is good once


def test_a_person_who_declines_is_told(client: TestClient) -> None:
    answer = client.get(returned(client, "anna", action="deny"))
    assert answer.status_code == 403
    assert "did not confirm" in answer.text


def test_no_password_is_taken_where_a_provider_decides(client: TestClient) -> None:
    assert client.post("/login", data={"name": "anna", "password": "seven quiet harbours"}).status_code == 403
    assert 'name="password"' not in client.get("/login").text


def test_a_provider_that_is_down_is_said_to_be(folder: Path, asked: dict[str, object]) -> None:
    with client_of(folder, **asked | {"oidc_provider": "http://127.0.0.1:9"}) as opened:
        answer = opened.get("/login/start")
    assert answer.status_code == 502
    assert "did not confirm" in answer.text
