"""Which embedder an archive uses, and how it is made.

The index's own record decides: an archive re-embedded with another model opens with that model,
in every process, without a word in any file. A setting that names another one is refused.

An embedder may also be code ("package.module:callable"): only the environment, the command line
and the working folder's file may name it. An archive is data that travels: neither its own
`depeche.toml` nor its index can make this program import anything.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from domain.errors import ArchiveError, IndexStale, ModelNotInstalled, SettingsError
from domain.protocols import Embedder
from retrieval.recorded import read_current
from runtime import wiring
from runtime.settings import IMPORT_STRING, Settings


def embedder_name(settings: Settings) -> str:
    """The setting where one is given, otherwise what the index records, otherwise the default."""
    if "name" in settings.embedder.model_fields_set:
        return settings.embedder.name
    current = read_current(settings.index_folder)
    if current is None or current.fingerprint is None:
        return settings.embedder.name
    if current.embedder is None or IMPORT_STRING.fullmatch(current.embedder):
        raise IndexStale(
            f"this archive was embedded by {current.embedder or current.fingerprint.rpartition(':')[0]}, "
            "which is code of your own",
            hint="hand it to Archive.open(…, embedder=…), set DEPECHE_EMBEDDER__NAME, "
            "or re-embed: depeche index --switch multilingual-e5-small",
        )
    return current.embedder


def make_embedder(settings: Settings, name: str | None = None) -> Embedder:
    """The embedder `name`: of the catalogue, a sentence-transformers folder, or an import string."""
    chosen = name or embedder_name(settings)
    if IMPORT_STRING.fullmatch(chosen):
        return recognised(_imported(chosen), settings)
    return _from_folder(chosen, settings)


def named(name: str, settings: Settings) -> Settings:
    """The settings with `name` in place of the embedder they name. Those that name none are not touched,
    for the index's record serves them; but code is taken from no record."""
    if "name" not in settings.embedder.model_fields_set and not IMPORT_STRING.fullmatch(name):
        return settings
    embedder = settings.embedder.model_copy(update={"name": name})
    return settings.model_copy(update={"embedder": embedder})


def recognised(embedder: Embedder, settings: Settings) -> Embedder:
    """The same embedder, having met the fingerprint that the index records for it; see LangChainEmbedder."""
    current = read_current(settings.index_folder)
    if current and current.fingerprint and embedder.fingerprint.startswith("langchain:"):
        from retrieval.langchain import LangChainEmbedder

        if isinstance(embedder, LangChainEmbedder):
            embedder.recognise(current.fingerprint)
    return embedder


def _from_folder(name: str, settings: Settings) -> Embedder:
    from models.added import catalogue_at
    from models.catalogue import ModelKind
    from models.fetch import weights_digest
    from retrieval.embedder import SentenceTransformerEmbedder
    from retrieval.fast_embedder import OpenVinoEmbedder

    catalogue = catalogue_at(settings.models_cache)
    known = [spec.name for spec in catalogue.of_kind(ModelKind.EMBEDDER)]
    if name not in known and not Path(name).expanduser().is_dir():
        raise ModelNotInstalled(
            f"no embedder named {name!r}",
            hint=f"known: {', '.join(known)}; or give a sentence-transformers folder",
        )
    folder = wiring.required_path(name, settings)
    engine: Callable[..., SentenceTransformerEmbedder] = SentenceTransformerEmbedder
    if settings.embedder.engine == "openvino":
        engine = partial(OpenVinoEmbedder, apart=True)
    digest = weights_digest(folder)
    if name not in known:
        return engine(folder, name=folder.name, digest=digest, **_of_folder(folder))
    spec = catalogue.get(name)
    return engine(
        folder,
        name=spec.name,
        query_prefix=spec.query_prefix,
        passage_prefix=spec.passage_prefix,
        max_tokens=spec.context,
        digest=digest,
    )


def _of_folder(folder: Path) -> dict[str, Any]:
    """Prefixes and longest input as a sentence-transformers folder states them itself."""
    prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
    longest = _json(folder / "sentence_bert_config.json").get("max_seq_length") or 512
    return {
        "query_prefix": str(prompts.get("query") or ""),
        "passage_prefix": str(prompts.get("document") or prompts.get("passage") or ""),
        "max_tokens": int(longest),
    }


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}", hint="fetch the model's folder again") from error
    return content if isinstance(content, dict) else {}


def _imported(name: str) -> Embedder:
    """What the callable gives: LangChain Embeddings, or an Embedder as it is."""
    from langchain_core.embeddings import Embeddings

    from retrieval.langchain import LangChainEmbedder

    module, _, attribute = name.partition(":")
    try:
        made = getattr(importlib.import_module(module), attribute)()
    except ArchiveError:
        raise
    except (ImportError, AttributeError, TypeError) as error:
        raise SettingsError(
            f"embedder.name = {name!r}: {error}",
            hint="name a callable without arguments that gives LangChain Embeddings or an Embedder",
        ) from error
    if isinstance(made, Embeddings):
        return LangChainEmbedder(made)
    embedder: Embedder = made
    if not all(
        hasattr(made, wanted) for wanted in ("fingerprint", "dimensions", "max_tokens", "embed_query")
    ):
        raise SettingsError(
            f"embedder.name = {name!r} gives {type(made).__name__}",
            hint="it should give LangChain Embeddings or an Embedder (domain.protocols)",
        )
    return embedder
