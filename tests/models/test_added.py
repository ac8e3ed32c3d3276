"""Models of one's own: added by name, chosen, given rules, removed; files that cannot be changed are left alone."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.errors import ModelCorrupt, ModelNotInstalled, SettingsError
from models.added import catalogue_at
from models.fetch import installed, verify
from runtime import Settings, load_settings
from runtime.inventory import add_model, remove_model, use_model
from runtime.model_choice import add_rule, use
from tests.answering.generation.mistral import write_vocabulary
from tests.answering.generation.tiny import CONTEXT, write_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("a folder with blanks") / 'my "own" model.gguf')


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "archive", environ={"DEPECHE_MODELS": str(tmp_path / "cache")})


def test_a_file_is_known_by_the_facts_it_states(settings: Settings, tiny: Path) -> None:
    plain = tiny.with_name('a "house" model.gguf')
    plain.write_bytes(tiny.read_bytes())
    add_model(settings, "house", plain)
    spec = catalogue_at(settings.models_cache).get("house")
    assert (spec.context, spec.layers, spec.kv_heads, spec.head_dim) == (CONTEXT, 1, 1, 32)
    assert spec.sha256 == hashlib.sha256(plain.read_bytes()).hexdigest()
    assert installed(spec, settings.models_cache) == plain
    assert verify(spec, settings.models_cache) == plain
    with plain.open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelCorrupt):
        verify(spec, settings.models_cache)
    add_model(settings, "house", plain)  # again: the entry is the file's as it is now
    assert verify(catalogue_at(settings.models_cache).get("house"), settings.models_cache) == plain
    assert catalogue_at(settings.models_cache).names().count("house") == 1
    remove_model(settings, "house")
    assert plain.is_file()
    assert "house" not in catalogue_at(settings.models_cache).names()
    with pytest.raises(ModelNotInstalled):
        remove_model(settings, "house")


def test_what_cannot_be_added_changes_nothing(settings: Settings, tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="name of the catalogue"):
        add_model(settings, "qwen2.5-coder-0.5b", tiny)
    with pytest.raises(SettingsError, match="name"):
        add_model(settings, "../escape", tiny)
    with pytest.raises(SettingsError, match="layers"):
        add_model(settings, "words", write_vocabulary(tmp_path / "v7.gguf"))
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(ModelCorrupt):
        add_model(settings, "broken", broken)
    assert [p for p in settings.models_cache.glob("models.toml*") if p.stat().st_size] == []


def test_use_needs_a_model_that_is_here(settings: Settings, tiny: Path) -> None:
    with pytest.raises(ModelNotInstalled) as caught:
        use_model(settings, "mistral-small-3.1-24b")
    assert caught.value.hint == "depeche models pull mistral-small-3.1-24b"
    with pytest.raises(ModelNotInstalled):
        use_model(settings, "no-such-model")
    use_model(settings, str(tiny))
    use_model(settings, "http://127.0.0.1:8080/v1", task="synthesis")
    use_model(settings, str(tiny), language="ar")
    model = load_settings(settings.archive, environ={}).model
    assert model.name == str(tiny)
    assert [(rule.use, rule.language, rule.task) for rule in model.rules] == [
        ("http://127.0.0.1:8080/v1", None, "synthesis"),
        (str(tiny), "ar", None),
    ]


FILES = [
    "",
    "# mine\n[answer]\nbudget = 900\n",
    '[model]\n# which\nname = "old"  # was\ncontext = 4096\n\n[answer]\nbudget = 900\n',
    '[model] # here\ncontext = 4096\n[[model.rules]]\nuse = "x"\nlanguage = "ar"\n[answer]\nbudget = 900',
    '[[model.rules]]\nuse = "x"\nlanguage = "ar"\n',
    'database = "sqlite:///x"\n',
]


@pytest.mark.parametrize("text", FILES)
def test_only_the_choice_changes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "depeche.toml"
    path.write_text(text)
    before = tomllib.loads(text)
    use('a "quoted" name', tmp_path)
    add_rule("b", tmp_path, language="fr", task="lookup")
    after = tomllib.loads(path.read_text())
    assert after["model"].pop("name") == 'a "quoted" name'
    assert after["model"]["rules"].pop() == {"use": "b", "language": "fr", "task": "lookup"}
    before.setdefault("model", {}).pop("name", None)
    before["model"].setdefault("rules", [])
    assert after == before
    for line in text.splitlines():
        assert line in path.read_text() or line.startswith("name")


@pytest.mark.parametrize("text", ['model = { name = "old" }\n', '[model]\nname = """\nold"""\n', "[model"])
def test_a_file_written_otherwise_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "depeche.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match="cannot be changed safely"):
        use("new", tmp_path)
    assert path.read_text() == text


def test_the_choice_may_not_be_code(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DEPECHE_MODEL__NAME"):
        use("package.module:made", tmp_path)
    assert not (tmp_path / "depeche.toml").exists()


def test_from_the_command_line(tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPECHE_MODELS", str(tmp_path / "cache"))
    archive, plain = tmp_path / "archive", tmp_path / "house.gguf"
    plain.write_bytes(tiny.read_bytes())

    def run(*words: str) -> dict[str, object]:
        done = CliRunner().invoke(app, ["models", *words, "--archive", str(archive), "--json"])
        assert done.exit_code == 0, done.output
        found: dict[str, object] = orjson.loads(done.stdout)
        return found

    assert run("add", "house", str(plain))["model"]
    run("use", "house")
    run("use", "house", "--language", "ar", "--task", "synthesis")
    assert load_settings(archive).model.name == "house"
    listed = run("list")["models"]
    assert isinstance(listed, list)
    (row,) = [row for row in listed if row["name"] == "house"]
    assert row["installed"] == str(plain)
    assert row["chosen"] is True
    assert run("verify", "house") == {"verified": ["house"]}
    assert run("remove", "house") == {"removed": ["house"]}
