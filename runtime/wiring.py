"""How the parts are made from the settings: the only place that knows every constructor.

Heavy libraries (torch, faiss, llama.cpp) are imported by the functions that need them, so that
`depeche story` answers at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from db.store import StoryStore
from domain.errors import ModelNotInstalled, SettingsError
from domain.protocols import Chooser, Embedder, Generator
from domain.query import Query, SearchResult, TimeClue
from runtime.clock import utc_now
from runtime.settings import IMPORT_STRING, Settings

if TYPE_CHECKING:
    from answering.pipeline import Answerer
    from answering.verify.checkers import Bounds, Checker
    from answering.verify.closeness import Closeness
    from retrieval.index import IndexProgress, SearchIndex
    from retrieval.matching import Matcher
    from retrieval.search import Searcher


def is_endpoint(name: str) -> bool:
    return name.startswith(("http://", "https://"))


def model_path(name: str, *, cache: Path) -> Path | None:
    """Where the model's file or folder is on this machine; None when it is not here.

    `name` is a path, or a name of the catalogue (ModelNotInstalled when it is neither).
    """
    from models.added import catalogue_at
    from models.fetch import installed

    given = Path(name).expanduser()
    if given.exists():
        return given
    return installed(catalogue_at(cache).get(name), cache)


def model_installed(settings: Settings, name: str | None = None) -> bool:
    """Whether the model, that of the settings unless another is named, can be asked on this machine."""
    named = name or settings.model.name
    return is_elsewhere(named) or model_path(named, cache=settings.models_cache) is not None


def is_elsewhere(name: str) -> bool:
    """A server's model or one made by code: there is no file of it here."""
    return is_endpoint(name) or bool(IMPORT_STRING.fullmatch(name))


def required_path(name: str, settings: Settings) -> Path:
    path = model_path(name, cache=settings.models_cache)
    if path is None:
        raise ModelNotInstalled(f"{name} is not installed", hint=f"depeche models pull {name}")
    return path


def close(part: object) -> None:
    if callable(closing := getattr(part, "close", None)):
        closing()


def open_index(
    settings: Settings, store: StoryStore, embedder: Embedder, *, called: str | None
) -> SearchIndex:
    from retrieval.index import SearchIndex

    return SearchIndex.open(settings.index_folder, store=store, embedder=embedder, called=called)


def rebuild_index(
    settings: Settings,
    store: StoryStore,
    embedder: Embedder,
    progress: Callable[[IndexProgress], None] | None,
    *,
    called: str | None,
) -> int:
    """Makes the indexes again from the database alone, whatever state their folder is in."""
    return any_index(settings, store, embedder, called=called).rebuild(progress)


def any_index(
    settings: Settings, store: StoryStore, embedder: Embedder, *, called: str | None
) -> SearchIndex:
    """The index whatever its state, to be made anew."""
    from retrieval.index import SearchIndex

    return SearchIndex.unopened(settings.index_folder, store=store, embedder=embedder, called=called)


def make_searcher(
    settings: Settings, *, index: SearchIndex, store: StoryStore, embedder: Embedder
) -> Searcher:
    from retrieval.search import Searcher

    if settings.retrieval.reranker is None:
        return Searcher(index, store, embedder, late_interaction=settings.retrieval.late_interaction)
    from retrieval.rerank import CrossEncoderScorer

    return Searcher(index, store, embedder, scorer=CrossEncoderScorer(settings.retrieval.reranker))


def make_closeness(embedder: Embedder) -> Closeness:
    """One for all questions of an archive: it measures the embedder's scale once and keeps what it embeds."""
    from answering.verify.closeness import Closeness

    return Closeness(embedder)


def load_reading(closeness: Closeness, *, languages: Iterable[str]) -> None:
    """Loads what reading evidence takes beside the models: the embedder's scale, the language detector, and the
    dictionary of each language (a second of one core each, in which nothing else runs).
    """
    from answering.words import is_dictionary_word
    from ingest.language import detect

    closeness.to_question("?", ["."], across=[False])
    detect("any words long enough to tell")
    for language in languages:
        is_dictionary_word("?", language)


def make_answerer(
    settings: Settings,
    *,
    search: Callable[[Query], SearchResult],
    glance: Callable[[Query], SearchResult],
    store: StoryStore,
    closeness: Closeness,
    generator: Generator | None,
) -> Answerer:
    from answering.pipeline import Answerer, AnswerOptions

    options = AnswerOptions(
        budget=settings.answer.budget,
        max_wait=settings.answer.max_wait,
        max_tokens=settings.answer.max_tokens,
    )
    return Answerer(
        search=search, glance=glance, store=store, closeness=closeness, generator=generator, options=options,
        checkers=make_checkers(settings, generator),
    )  # fmt: skip


def make_checkers(settings: Settings, generator: Generator | None) -> list[tuple[Checker, Bounds]]:
    """What looks again at sentences in doubt. Raises SettingsError where the model cannot be asked."""
    from answering.verify import Thresholds
    from answering.verify.checkers import AskedModel, Bounds

    limits = Thresholds()
    found: list[tuple[Checker, Bounds]] = []
    if settings.verify.nli is not None:
        bounds = Bounds(yes=limits.nli_yes, no=limits.nli_no, near=limits.nli_near)
        found.append((_entailment_model(settings.verify.nli), bounds))
    if settings.verify.ask_model and generator is not None:
        if not isinstance(generator, Chooser):
            raise SettingsError(
                f"verify.ask_model: {generator.name} does not tell how likely its words are",
                hint="only a model that runs from a file here does; unset it, or name one under [model]",
            )
        bounds = Bounds(yes=limits.asked_yes, no=limits.asked_no, near=limits.asked_near)
        found.append((AskedModel(generator, name=generator.name), bounds))
    return found


def entailment(settings: Settings) -> Checker | None:
    """The entailment model of the settings, loaded when it is first asked; None where none is named."""
    return None if settings.verify.nli is None else _entailment_model(settings.verify.nli)


@cache
def _entailment_model(name: str) -> Checker:
    """One for all archives of the process: it is loaded once."""
    from answering.verify.checkers import EntailmentModel

    return EntailmentModel(name)


def make_matcher(index: SearchIndex, store: StoryStore) -> Matcher:
    from retrieval.matching import Matcher

    return Matcher(index, store, clock=utc_now)


def with_clues(
    query: Query, *, now: datetime, without: Collection[str] = (), instead: Collection[TimeClue] = ()
) -> Query:
    from retrieval.syntax import is_expression
    from retrieval.time import apply, understand

    if is_expression(query.text):
        return query  # "NOT date:1987" states its dates itself

    read = understand(query.text, as_of=query.filters.as_of or now)
    changed = {clue.words: clue for clue in instead}
    clues = tuple(changed.get(clue.words, clue) for clue in read if clue.words not in without)
    return replace(query, clues=clues, filters=apply(clues, query.filters))


def recorded(settings: Settings, *, embedder: Embedder, model: str | None = None) -> dict[str, str]:
    """What of the settings is stored beside an answer, and the digest of the model that wrote it, where its
    file was verified here. Never the key of an endpoint."""
    name = model or settings.model.name
    digest = _digest(name, settings)
    return ({"model.sha256": digest} if digest else {}) | {
        "model": name,
        "context": str(settings.model.context),
        "temperature": str(settings.model.temperature),
        "seed": str(settings.model.seed),
        "embedder": embedder.fingerprint,
        "reranker": _reranked_by(settings),
        "evidence": str(settings.answer.evidence),
        "budget": str(settings.answer.budget),
        "verify": _looked_at_again_by(settings),
    }


def _reranked_by(settings: Settings) -> str:
    if settings.retrieval.reranker is not None:
        return settings.retrieval.reranker
    return "late interaction" if settings.retrieval.late_interaction else "none"


def _looked_at_again_by(settings: Settings) -> str:
    named = (settings.verify.nli or "", "model" if settings.verify.ask_model else "")
    return " and ".join(filter(None, named)) or "rules"


def _digest(name: str, settings: Settings) -> str | None:
    from models.fetch import weights_digest

    if is_elsewhere(name):
        return None
    try:
        path = model_path(name, cache=settings.models_cache)
    except ModelNotInstalled:
        return None  # as a server calls its own model
    return weights_digest(path) if path else None
