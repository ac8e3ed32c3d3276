"""Settings: who wins, what is refused, and that every preset loads."""

from pathlib import Path

import pytest

from domain.errors import SettingsError
from runtime.settings import load_settings, preset_names


def test_later_layers_win(tmp_path: Path) -> None:
    (tmp_path / "depeche.toml").write_text('[model]\nname = "from-file"\nseed = 1\n[answer]\nevidence = 3\n')
    env = {"DEPECHE_MODEL__NAME": "from-env", "DEPECHE_ANSWER__MAX_TOKENS": "99"}
    settings = load_settings(
        tmp_path, environ=env, overrides={"model.name": "from-command", "answer.budget": None}
    )
    assert settings.model.name == "from-command"
    assert settings.model.seed == 1
    assert settings.answer.evidence == 3
    assert settings.answer.max_tokens == 99
    assert load_settings(tmp_path, environ=env).model.name == "from-env"


def test_archive_from_environment(tmp_path: Path) -> None:
    assert load_settings(environ={"DEPECHE_ARCHIVE": str(tmp_path)}).archive == tmp_path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[model]\ncontext = 12\n", "model.context = 12"),
        ("[model]\nnmae = 'x'\n", "model.nmae"),
        ("[model\n", "depeche.toml"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "depeche.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, environ={})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "env", "said"),
    [
        ("[model]\nnmae = 'x'\n", {}, ("no such setting: model.nmae", "depeche.toml", "model.name")),
        ("[modle]\nname = 'x'\n", {}, ("no such setting: modle", "model")),
        ("temperature = 1\n", {}, ("no such setting: temperature", "model.temperature")),
        (
            "[[model.rules]]\nuse = 'x'\nlangauge = 'en'\n",
            {},
            ("model.rules.langauge", "model.rules.language"),
        ),
        ("", {"DEPECHE_ANSWER__BUGDET": "900"}, ("answer.bugdet (environment)", "answer.budget")),
    ],
)
def test_a_misspelled_setting_is_told_with_the_nearest(
    tmp_path: Path, text: str, env: dict[str, str], said: tuple[str, ...]
) -> None:
    (tmp_path / "depeche.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, environ=env)
    for part in said:
        assert part in str(caught.value)


@pytest.mark.parametrize("name", preset_names())
def test_presets_load(tmp_path: Path, name: str) -> None:
    from models.catalogue import load_catalogue

    settings = load_settings(tmp_path, preset=name, environ={})
    spec = load_catalogue().get(settings.model.name)
    assert settings.model.context <= spec.context


def test_unknown_preset_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="newsroom"):
        load_settings(tmp_path, preset="none", environ={})


def test_key_of_an_endpoint_is_not_printed(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, environ={"DEPECHE_MODEL__API_KEY": "sk-very-secret"})
    assert "sk-very-secret" not in repr(settings)


@pytest.mark.parametrize(
    "text",
    [
        '[model]\nname = "http://203.0.113.7/v1"\n',
        '[model]\nrules = [{use = "HTTPS://203.0.113.7/v1", language = "ar"}]\n',
    ],
)
def test_an_archive_that_travels_sends_nothing_to_a_server(tmp_path: Path, text: str) -> None:
    (tmp_path / "depeche.toml").write_text(text)
    with pytest.raises(SettingsError, match="names a server to ask"):
        load_settings(tmp_path, environ={})
    server = "http://203.0.113.7/v1"
    assert load_settings(tmp_path / "x", environ={"DEPECHE_MODEL__NAME": server}).model.name == server


def test_an_archive_may_name_a_server_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "depeche.toml").write_text('[model]\nname = "http://127.0.0.1:8080/v1"\n')
    assert load_settings(tmp_path, environ={}).model.name == "http://127.0.0.1:8080/v1"
