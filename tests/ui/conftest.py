"""AppTest runs a page without a connection: it stands for a browser on this machine, which has no address there."""

from __future__ import annotations

import pytest
from streamlit.runtime.context import ContextProxy


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's word for loopback is None; AppTest's stand-in for a connection gives an object instead."""
    monkeypatch.setattr(ContextProxy, "ip_address", property(lambda _: None))
