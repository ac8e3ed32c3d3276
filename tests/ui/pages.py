"""A page in a session of its own, before an archive made for the test. Whoever sits there is the admin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui import session


@contextmanager
def before(folder: Path) -> Iterator[None]:
    """The archive that the pages open until this ends."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DEPECHE_ARCHIVE", str(folder))
        patched.setenv(
            "DEPECHE_ACCESS__OPEN_TO_ALL", "true"
        )  # a test's session has no address of this machine
        session.archive.clear()
        yield
        session.archive().close()
        session.archive.clear()


def opened(page: Callable[[], None], params: Mapping[str, str | list[str]]) -> AppTest:
    """The page at that address."""
    app = AppTest.from_function(page, default_timeout=120)
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def html_of(app: AppTest) -> str:
    """All that was written as HTML, in order."""
    return "\n".join(element.proto.body for element in app.get("html"))


def said(app: AppTest) -> str:
    """All that was written as text or Markdown, without its escapes."""
    elements = [
        *app.markdown,
        *app.caption,
        *app.info,
        *app.warning,
        *app.error,
        *app.success,
        *app.header,
    ]
    return re.sub(r"\\(.)", r"\1", "\n".join(element.value for element in elements))
