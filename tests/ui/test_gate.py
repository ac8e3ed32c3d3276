"""The server as `depeche serve` makes it, asked over HTTP and WebSocket: who passes, and what nobody gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.runtime.runtime import Runtime

from domain.access import Role
from runtime import load_settings
from runtime.access.users import Users
from ui.serving import make_app
from ui.web.sign_in import safe_onward

PASSWORD = "seven quiet harbours"
COOKIE = "depeche_session_8501"
HERE = "http://127.0.0.1:8501"
SOCKET = "ws://127.0.0.1:8501/_stcore/stream"
PROTECTED = (
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/upload_file/session/file",
    "/_stcore/agent/openapi.json",
    "/_stcore/script-health-check",
    "/media/0123456789abcdef.png",
    "/component/x/index.html",
    "/story/_stcore/health",
    "/login/../media/x",
    "/nothing",
)


@contextmanager
def client_of(folder: Path, **access: object) -> Iterator[TestClient]:
    settings = load_settings(folder, overrides={f"access.{name}": value for name, value in access.items()})
    Runtime._instance = None  # Streamlit has one a process; the next test's is another
    app = make_app(settings, address="127.0.0.1", port=8501, over_tls=False)
    try:
        with TestClient(app, base_url=HERE, follow_redirects=False) as opened:
            yield opened
    finally:
        Runtime._instance = None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gate")
    users = Users.open(load_settings(path))
    for name, role in (("anna", Role.ADMIN), ("bob", Role.READER)):
        users.add(name, role=role, password=PASSWORD, actor="test")
    return path


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[TestClient]:
    with client_of(folder, login="local") as opened:
        yield opened


@pytest.fixture
def client(server: TestClient) -> TestClient:
    server.cookies.clear()
    return server


def sign_in(client: TestClient, name: str = "anna", **fields: str) -> None:
    answer = client.post("/login", data={"name": name, "password": PASSWORD, **fields})
    assert answer.status_code == 303, answer.text


@pytest.mark.parametrize("path", PROTECTED)
def test_nothing_passes_without_a_session(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401
    assert client.put(path, content=b"x").status_code == 401
    client.cookies.set(COOKIE, "0" * 43)
    assert client.get(path).status_code == 401


def test_no_socket_opens_without_a_session(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET):
        pass
    sign_in(client)
    with client.websocket_connect(SOCKET):
        pass  # accepted
    client.get("/auth/logout")
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(SOCKET):
        pass


def test_a_page_leads_to_the_sign_in_and_back(client: TestClient) -> None:
    onward = client.get("/story?guid=urn:x&version=2")
    assert onward.status_code == 200  # a step of this site's own, so that a strict cookie comes along
    assert 'url=/login?next=%2Fstory%3Fguid%3Durn%3Ax%26version%3D2"' in onward.text
    client.cookies.set(COOKIE, "of an old session")
    back = client.get("/story?guid=urn:x&version=2")
    assert back.headers["location"] == "/login?next=%2Fstory%3Fguid%3Durn%3Ax%26version%3D2"
    form = client.get(back.headers["location"])
    assert 'value="/story?guid=urn:x&amp;version=2"' in form.text
    entered = client.post(
        "/login", data={"name": "anna", "password": PASSWORD, "next": "/story?guid=urn:x&version=2"}
    )
    assert entered.headers["location"] == "/story?guid=urn:x&version=2"
    assert client.get("/story?guid=urn:x").status_code == 200
    assert client.get("/login").headers["location"] == "/"


def test_the_cookie_is_out_of_reach(client: TestClient) -> None:
    answer = client.post("/login", data={"name": "anna", "password": PASSWORD})
    given = answer.headers["set-cookie"].lower()
    for word in ("httponly", "samesite=strict", "path=/", "max-age=43200"):
        assert word in given, word
    assert "secure" not in given  # this server has no TLS


def test_a_wrong_password_says_no_more_than_that(client: TestClient) -> None:
    known = client.post("/login", data={"name": "anna", "password": "wrong"})
    unknown = client.post("/login", data={"name": "nobody", "password": "wrong"})
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("anna", "nobody") == unknown.text
    assert "set-cookie" not in known.headers


def test_guessing_is_slowed_down(client: TestClient) -> None:
    statuses = [client.post("/login", data={"name": "x", "password": "y"}).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


def test_what_was_typed_comes_back_as_text(client: TestClient) -> None:
    hostile = '"><script>alert(1)</script>'
    answer = client.post("/login", data={"name": hostile, "password": "wrong", "next": hostile})
    assert "<script>" not in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text


def test_a_form_of_another_site_is_refused(client: TestClient) -> None:
    data = {"name": "anna", "password": PASSWORD}
    for origin in ("https://evil.example", "null", "http://127.0.0.1:9999"):
        answer = client.post("/login", data=data, headers={"Origin": origin})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert client.post("/login", data=data, headers={"Origin": HERE}).status_code == 303


def test_forms_have_a_size(client: TestClient) -> None:
    assert client.post("/login", content=b"name=" + b"x" * 100_000).status_code == 413
    assert client.post("/login", content=b"&".join([b"a=b"] * 50)).status_code == 413
    assert client.post("/login", content=b"\xff\xfe").status_code == 413


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/login",
        "/media/x",
        "x",
        "",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(address: str) -> None:
    assert safe_onward(address) == "/"


def test_another_site_signs_nobody_out(client: TestClient) -> None:
    """Its link comes without the strict cookie: the answer leaves that cookie, and the session, alone."""
    sign_in(client)
    token = client.cookies[COOKIE]
    client.cookies.clear()
    assert "set-cookie" not in client.get("/auth/logout").headers
    client.cookies.set(COOKIE, token)
    assert client.get("/").status_code == 200


def test_every_answer_keeps_the_browser_here(client: TestClient) -> None:
    sign_in(client)
    for path in ("/", "/login", "/nothing", "/_stcore/health", "/depeche/language.js"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path


def test_the_first_page_has_one_address(client: TestClient) -> None:
    sign_in(client)
    moved = client.get("/ask?answer=7")
    assert (moved.status_code, moved.headers["location"]) == (307, "/?answer=7")
