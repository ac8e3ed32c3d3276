"""The language models of one archive: which answers a question, and one instance of each for all who ask.

A model of a file runs in a process of its own, made and loading when a question first needs it. What the
rules of the settings say of a model that is not on this machine is passed over.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from domain.errors import ModelError, SettingsError
from domain.protocols import Generator
from domain.query import Query
from runtime import wiring
from runtime.health import ModelQueue
from runtime.settings import IMPORT_STRING, ModelSettings, Settings

REACHED_SECONDS = 3.0  # for a server to answer anything at all
LOOK_SECONDS, IDLE_LOOKS = 2.0, 5  # a model that was replaced is closed after 10 s without an answer


class Generators:
    """Made when first needed, each once; threads may share it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, Generator] = {}
        self._making = threading.Lock()

    def answering(self, query: Query) -> Generator:
        """The model for this question."""
        settings = self._settings
        name = model_for(query.text, settings, languages=query.filters.languages)
        with self._making:
            if name not in self._made:
                self._made[name] = make_generator(settings.answered_by(name))
            return self._made[name]

    def processes(self) -> list[int]:
        """Of the models that run now."""
        ids = [getattr(generator, "pid", None) for generator in list(self._made.values())]
        return [pid for pid in ids if pid is not None]

    def questions_before(self) -> int | None:
        """How many answers come before the one that this thread waits for; None while it waits for none."""
        before = [getattr(generator, "questions_before", None) for generator in list(self._made.values())]
        return max((one for one in before if one is not None), default=None)

    def follow(self, settings: Settings) -> None:
        """Questions from now on are answered by what these settings name. A model that is answering ends first."""
        with self._making:
            self._settings = settings
            retired = list(self._made.values())
            self._made.clear()
        for generator in retired:
            threading.Thread(target=_close_when_idle, args=(generator,), daemon=True).start()

    def queues(self) -> list[ModelQueue]:
        """Of the models that were asked so far."""
        return [_queue(name, generator) for name, generator in list(self._made.items())]

    def close(self) -> None:
        with self._making:
            for generator in self._made.values():
                wiring.close(generator)
            self._made.clear()


def _close_when_idle(generator: Generator) -> None:
    """A question may be between its evidence and its turn: the model must have been idle for a while."""
    idle_looks = 0
    while idle_looks < IDLE_LOOKS:
        time.sleep(LOOK_SECONDS)
        idle_looks = 0 if getattr(generator, "is_busy", False) else idle_looks + 1
    wiring.close(generator)


def _queue(name: str, generator: Generator) -> ModelQueue:
    """A server's model has no queue here, and says nothing of itself."""
    tuning = getattr(generator, "tuning", None)
    return ModelQueue(
        name=name,
        is_loaded=tuning is not None,
        is_busy=bool(getattr(generator, "is_busy", False)),
        waiting=getattr(generator, "waiting", 0),
        prefill_rate=getattr(generator, "prefill_rate", None),
        decode_rate=tuning.decode_rate if tuning is not None else None,
    )


def model_for(question: str, settings: Settings, *, languages: frozenset[str]) -> str:
    """The name of the model that answers a question: by the rules of the settings, where one fits and its
    model is here; `languages` are those the stories are filtered by."""
    from answering.generation.routing import Rule, Task, choose

    rules = [
        Rule(use=rule.use, language=rule.language, task=Task(rule.task) if rule.task else None)
        for rule in settings.model.rules
    ]
    named = choose(rules, question, filtered=languages)
    return named if named and wiring.model_installed(settings, named) else settings.model.name


def make_generator(settings: Settings) -> Generator:
    """The model that `settings.model.name` names. One of a file begins to load at once, in its process."""
    chosen = settings.model
    if IMPORT_STRING.fullmatch(chosen.name):
        return _from_chat_model(chosen.name, context=chosen.context)
    if wiring.is_endpoint(chosen.name):
        return _of_server(chosen)
    from answering.generation.worker import WorkerGenerator
    from answering.prompts import opening

    path = wiring.required_path(chosen.name, settings)
    generator = WorkerGenerator(
        path,
        context=chosen.context,
        threads=chosen.threads,
        seed=chosen.seed,
        temperature=chosen.temperature,
        kv_type=_kv_type(chosen, settings.models_cache),
        name=chosen.name,
        tunings=settings.models_cache / "tunings",
        opening=opening(),
        states=settings.models_cache / "states",
    )
    generator.start()
    return generator


def _of_server(chosen: ModelSettings) -> Generator:
    from answering.generation.openai import OpenAIGenerator

    try:
        return OpenAIGenerator(
            chosen.name,
            model=chosen.endpoint_model,
            api_key=chosen.api_key,
            context=chosen.context,
            temperature=chosen.temperature,
            seed=chosen.seed,
        )
    except SettingsError:  # a server that is down tells neither its model nor its context
        _require_reachable(chosen.name)
        raise


def _require_reachable(address: str) -> None:
    """ModelError where no server answers at the address; whatever one answers will do."""
    import httpx

    try:
        httpx.get(address, timeout=REACHED_SECONDS)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise ModelError(
            f"the model's server at {address} cannot be reached: {error}",
            hint="start it, correct the address, or quote without a model: --extractive",
        ) from error


def _from_chat_model(name: str, *, context: int) -> Generator:
    from importlib import import_module

    from langchain_core.language_models import BaseChatModel

    from answering.generation.openai import ChatModelGenerator

    module, _, attribute = name.partition(":")
    try:
        made = getattr(import_module(module), attribute)()
    except (ImportError, AttributeError, TypeError) as error:
        raise SettingsError(
            f"model.name = {name!r}: {error}",
            hint="name a callable without arguments that gives a LangChain chat model",
        ) from error
    if not isinstance(made, BaseChatModel):
        raise SettingsError(
            f"model.name = {name!r} gives {type(made).__name__}", hint="it should give a LangChain chat model"
        )
    # Code of the user's own raises what it likes: whatever it is costs the model's answer, no more.
    return ChatModelGenerator(made, name=name, context=context, faults=(Exception,))


def _kv_type(chosen: ModelSettings, cache: Path) -> str:
    """The setting; for "auto" the finest whose memory fits. A file outside the catalogue gets f16."""
    from models.added import catalogue_at
    from models.machine import inspect_machine
    from models.planner import finest_kv_type

    if chosen.kv_type != "auto":
        return chosen.kv_type
    catalogue = catalogue_at(cache)
    if chosen.name not in catalogue.names():
        return "f16"
    return finest_kv_type(inspect_machine(), catalogue.get(chosen.name), chosen.context)
