"""What tests share: the real data beside the project, the real weights, an archive of the sample."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import Archive, Settings, load_settings

ROOT = Path(__file__).resolve().parent.parent
QUICK_MODEL = "qwen2.5-coder-0.5b"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data that stands beside the project; tests that need it skip where it is absent."""
    folder = (ROOT / os.environ.get("DEPECHE_SHARED", "../shared")).resolve() / "data"
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder}: set DEPECHE_SHARED to its folder")
    return folder


@pytest.fixture(scope="session")
def models_cache() -> Path:
    """The cache that `make test-models` fills. Missing weights are a failure, never a skip."""
    settings = load_settings()
    from runtime.wiring import model_path

    for name in (settings.embedder.name, QUICK_MODEL):
        if model_path(name, cache=settings.models_cache) is None:
            pytest.fail(f"{name} is not in {settings.models_cache}: run `make test-models` first")
    return settings.models_cache


def quick_settings(archive: Path) -> Settings:
    """Settings of a test archive: the small model, a short context, one answer's worth of tokens."""
    overrides = {"model.name": QUICK_MODEL, "model.context": 4096, "answer.max_tokens": 96}
    return load_settings(archive, overrides=overrides)


@pytest.fixture(scope="session")
def sample_archive(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The sample archive, ingested once for all tests that only read it."""
    with Archive.open(quick_settings(tmp_path_factory.mktemp("sample"))) as archive:
        archive.ingest([ROOT / "data" / "sample"])
        yield archive
