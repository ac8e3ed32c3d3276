"""The one reader of the environment and of `depeche.toml`; everything below gets frozen sections.

Later wins: defaults, preset, `depeche.toml` (working folder, then archive folder),
`DEPECHE_*` variables (`DEPECHE_MODEL__NAME` for `[model] name`), the command's own options.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from domain.errors import SettingsError
from runtime.unknown_setting import no_such_setting

FILE_NAME = "depeche.toml"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
IMPORT_STRING = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")  # "package.module:callable"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelRule(_Section):
    """Questions that another model answers: in a language, or of a task."""

    use: str = Field(description="as model.name")
    language: str | None = Field(None, description="of the question: en, fr …; None: any")
    task: Literal["lookup", "synthesis"] | None = Field(
        None, description="lookup: one fact (who, when, where, how many); synthesis: all else; None: any"
    )


class ModelSettings(_Section):
    """Which language model reads the evidence, and how it is run."""

    name: str = Field(
        "qwen2.5-coder-1.5b",
        description="catalogue name, path of a .gguf, http(s):// endpoint, or package.module:callable giving "
        "a LangChain chat model",
    )
    rules: tuple[ModelRule, ...] = Field(
        (),
        description="[[model.rules]] with use, language, task: the first that fits a question names its model",
    )
    context: int = Field(8192, ge=1024, description="tokens, prompt and answer together")
    threads: int | None = Field(None, ge=1, description="None: the machine's cores")
    temperature: float = Field(0.0, ge=0, le=2, description="0: always the likeliest word")
    seed: int = Field(7, description="of the sampling, where the temperature is above 0")
    kv_type: Literal["auto", "f16", "q8_0", "q4_0"] = Field(
        "auto", description="precision of the model's own memory; auto: the finest that fits this machine"
    )
    endpoint_model: str | None = Field(None, description="model name sent to an OpenAI-compatible endpoint")
    api_key: str | None = Field(None, description="key for the endpoint, if it wants one", repr=False)


class EmbedderSettings(_Section):
    """Which model turns passages and questions into vectors."""

    name: str = Field(
        "multilingual-e5-small",
        description="for an archive without an index; an indexed one records its own. Catalogue name, a "
        "sentence-transformers folder, or package.module:callable giving LangChain Embeddings",
    )
    engine: Literal["openvino", "torch"] = Field(
        "openvino", description="torch: sentence-transformers itself"
    )


class RetrievalSettings(_Section):
    """How what was found is put in order."""

    reranker: str | None = Field(
        None,
        description="a sentence-transformers CrossEncoder that reads the best 20 passages: a folder, or the "
        "name on the hub of one already downloaded",
    )
    late_interaction: bool = Field(
        True,
        description="compare the tokens of the best 8 passages with the question's where their order is in "
        "doubt: better first places, above all across languages, for up to 0.2 s of one core",
    )


class AnswerSettings(_Section):
    """How much is read and how much is written."""

    evidence: int = Field(8, ge=1, le=100, description="stories offered to the packer")
    budget: int | None = Field(
        None, ge=200, description="prompt tokens; None: chosen for the model and machine"
    )
    max_wait: float | None = Field(
        None, gt=0, description="seconds to the first word at most, by the rate measured here; None: no limit"
    )
    max_tokens: int = Field(256, ge=16, description="tokens of an answer at most")


RoleName = Literal["reader", "archivist", "admin"]


class AccessSettings(_Section):
    """Who may open the pages. An archive's own depeche.toml may not say: it travels, this machine's doors do not."""

    login: Literal["none", "local", "oidc"] = Field(
        "none",
        description="none: whoever reaches the server, on this machine only; local: accounts of "
        "`depeche users`; oidc: an OpenID Connect provider. Also `depeche serve --login`",
    )
    open_to_all: bool = Field(
        False, description="serve without a login beyond this machine: whoever reaches it is admin"
    )
    session_hours: float = Field(
        12, gt=0, le=24 * 30, description="after signing in, whatever is done meanwhile"
    )
    address: str | None = Field(
        None, description="what people type, where it is not the server's own: https://archive.example.org"
    )
    roles: dict[str, RoleName] = Field(
        {}, description='[access.roles], for oidc: "anna@example.org" = "archivist"'
    )
    default_role: Literal["none", "reader"] = Field(
        "none", description="for oidc: of people whom [access.roles] does not name; none: they stay outside"
    )
    oidc_provider: str | None = Field(
        None, description="the provider's address, or that of its .well-known/openid-configuration"
    )
    oidc_client_id: str | None = Field(None, description="what the provider calls this server")
    oidc_client_secret: str | None = Field(
        None, description="as the provider gave it; better in DEPECHE_ACCESS__OIDC_CLIENT_SECRET", repr=False
    )
    oidc_unverified: bool = Field(
        False,
        description="take addresses that the provider does not say it verified; elsewhere anyone may claim any",
    )
    ingest_roots: tuple[Path, ...] = Field(
        (),
        description="folders of this machine whose files archivists may have taken in from the pages; none "
        "named: with a login none, without one any. In the variable, separated as in PATH",
    )

    @field_validator("ingest_roots", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value


class EvaluationSettings(_Section):
    """Which evaluation sets the pages offer besides those shipped and the archive's own."""

    sets: tuple[Path, ...] = Field(
        (), description="sets, or folders that hold some; in the variable, separated as in PATH"
    )

    @field_validator("sets", mode="before")
    @classmethod
    def _separated(cls, value: object) -> object:
        return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value


class VerifySettings(_Section):
    """What looks again at the sentences that the rules of the check leave in doubt. Nothing, unless named."""

    nli: str | None = Field(
        None,
        description="a sentence-transformers CrossEncoder that tells entailment (MiniCheck, FactCG, mDeBERTa): "
        "a folder, or the name on the hub of one already downloaded",
    )
    ask_model: bool = Field(
        False,
        description="ask the language model itself, yes or no, about at most 4 sentences of an answer and for "
        "at most 20 s; only where it runs from a file here",
    )


class Settings(_Section):
    """Everything that can be set, as read once at the start."""

    archive: Path = Field(description="folder of the archive: --archive, or DEPECHE_ARCHIVE")
    models_cache: Path = Field(
        description="weights, shared between archives: DEPECHE_MODELS; otherwise the user's cache"
    )
    model: ModelSettings = ModelSettings()
    embedder: EmbedderSettings = EmbedderSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    verify: VerifySettings = VerifySettings()
    access: AccessSettings = AccessSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    database: str | None = Field(
        None, description="SQLAlchemy URL; None: archive.sqlite in the archive's folder"
    )

    def answered_by(self, model: str) -> Self:
        """The same with another language model."""
        return self.model_copy(update={"model": self.model.model_copy(update={"name": model})})

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.archive / 'archive.sqlite'}"

    @property
    def has_archive(self) -> bool:
        """Whether an archive was made here. One whose database is elsewhere counts as made: it is asked itself."""
        return self.database is not None or (self.archive / "archive.sqlite").is_file()

    def make_archive_folder(self) -> None:
        """Raises SettingsError for a file of that name, a parent that is one, a place that may not be written."""
        try:
            self.archive.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"{self.archive} cannot be an archive's folder: {error.strerror}",
                hint="name a folder with --archive or DEPECHE_ARCHIVE",
            ) from error

    @property
    def index_folder(self) -> Path:
        return self.archive / "index"

    @property
    def jobs_folder(self) -> Path:
        return self.archive / "jobs"

    @property
    def incoming_folder(self) -> Path:
        return self.archive / "incoming"


def shared_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Material for measuring that may not be copied into the project: DEPECHE_SHARED, else beside it."""
    env = os.environ if environ is None else environ
    return (Path(__file__).resolve().parents[1] / env.get("DEPECHE_SHARED", "../shared")).resolve()


def preset_names() -> list[str]:
    """The presets shipped in runtime/presets, each a `depeche.toml`."""
    folder = resources.files("runtime") / "presets"
    return sorted(Path(p.name).stem for p in folder.iterdir() if p.name.endswith(".toml"))


def load_settings(
    archive: str | Path | None = None,
    *,
    preset: str | None = None,
    overrides: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settings for one archive folder.

    `overrides` uses dotted names ("model.name"); a None value there means "not given".
    Raises SettingsError naming the file or variable and the value it refused.
    """
    env = os.environ if environ is None else environ
    folder = Path(
        archive or env.get("DEPECHE_ARCHIVE") or platformdirs.user_data_path("depeche")
    ).expanduser()
    values: dict[str, object] = {}
    origin = "settings"
    layers: list[tuple[str, dict[str, object]]] = []
    if chosen := preset or env.get("DEPECHE_PRESET"):
        layers.append((f"preset {chosen}", _preset(chosen)))
    for path in dict.fromkeys((Path(FILE_NAME).absolute(), (folder / FILE_NAME).absolute())):
        if path.is_file():
            layers.append((str(path), _read_toml(path)))
            if path.parent == folder.absolute():
                _refuse_what_travels(path, layers[-1][1])
    layers.append(("environment", _from_environment(env)))
    layers.append(("command line", _from_dotted(overrides or {})))
    for name, layer in layers:
        if layer:
            values, origin = _merge(values, layer), name
    values.setdefault("models_cache", platformdirs.user_cache_path("depeche") / "models")
    values["archive"] = folder.absolute()
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise no_such_setting(first["loc"], layers, Settings) from error
        raise SettingsError(
            f"setting {where} = {first.get('input')!r}: {first['msg']} (last read: {origin})",
            hint="see `depeche settings` for every name, its default and its meaning",
        ) from error


def _preset(name: str) -> dict[str, object]:
    if name not in preset_names():
        raise SettingsError(f"no preset named {name!r}", hint=f"presets: {', '.join(preset_names())}")
    return tomllib.loads((resources.files("runtime") / "presets" / f"{name}.toml").read_text("utf-8"))


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path}: {error}", hint="mend or remove that file") from error


def _refuse_what_travels(path: Path, values: Mapping[str, object]) -> None:
    """An archive is data and travels; what it says may neither make this program import a module, nor send
    questions, stories and the reader's key to a server, nor open this machine's doors."""
    if "access" in values:
        raise SettingsError(
            f"{path} says who may come in: [access]",
            hint=f"an archive's own file may not; move it to {FILE_NAME} in the folder you serve from",
        )
    for section in ("embedder", "model"):
        table = values.get(section)
        named = table if isinstance(table, dict) else {}
        rules = named.get("rules")
        listed = (
            [rule.get("use") for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
        )
        for name in (named.get("name"), *listed):
            if not isinstance(name, str):
                continue
            if what := refused_in_archive(name):
                raise SettingsError(
                    f"{path} names {what}: {section}.name = {name!r}",
                    hint=f"if you trust it, set DEPECHE_{section.upper()}__NAME={name} instead",
                )


def refused_in_archive(name: str) -> str | None:
    """What `name` is that an archive's own file may not name; None where it may."""
    if IMPORT_STRING.fullmatch(name):
        return "code to run"
    address = urlsplit(name)
    if address.scheme in ("http", "https") and address.hostname not in LOOPBACK:
        return "a server to ask"
    return None


def _from_environment(env: Mapping[str, str]) -> dict[str, object]:
    """`DEPECHE_MODEL__NAME=x` → {"model": {"name": "x"}}; DEPECHE_MODELS → models_cache."""
    dotted: dict[str, object] = {}
    if cache := env.get("DEPECHE_MODELS"):
        dotted["models_cache"] = cache
    if database := env.get("DEPECHE_DATABASE"):
        dotted["database"] = database
    for key, value in env.items():
        section, _, field = key.removeprefix("DEPECHE_").lower().partition("__")
        if key.startswith("DEPECHE_") and field:
            dotted[f"{section}.{field}"] = value
    return _from_dotted(dotted)


def _from_dotted(values: Mapping[str, object]) -> dict[str, object]:
    nested: dict[str, object] = {}
    for dotted, value in values.items():
        if value is None:
            continue
        section, _, field = dotted.partition(".")
        nested = _merge(nested, {section: {field: value}} if field else {section: value})
    return nested


def _merge(base: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged
