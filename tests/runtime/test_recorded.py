"""What of the settings is stored beside an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime import load_settings
from runtime.wiring import recorded
from tests.retrieval.small_archive import HashedWords


@pytest.mark.parametrize(
    ("overrides", "reranker"),
    [
        ({}, "late interaction"),
        ({"retrieval.late_interaction": False}, "none"),
        ({"retrieval.reranker": "some/cross-encoder"}, "some/cross-encoder"),
        ({"retrieval.reranker": "some/cross-encoder", "retrieval.late_interaction": False},
         "some/cross-encoder"),
    ],
)  # fmt: skip
def test_what_put_the_evidence_in_order(tmp_path: Path, overrides: dict[str, object], reranker: str) -> None:
    settings = load_settings(tmp_path, overrides=overrides, environ={})
    values = recorded(settings, embedder=HashedWords())
    assert values["reranker"] == reranker
    assert values["embedder"] == "hashed-words:1"


def test_the_key_of_an_endpoint_is_not_recorded(tmp_path: Path) -> None:
    overrides = {"model.name": "http://localhost:1", "model.api_key": "s3cret"}
    values = recorded(load_settings(tmp_path, overrides=overrides, environ={}), embedder=HashedWords())
    assert "s3cret" not in repr(values)
