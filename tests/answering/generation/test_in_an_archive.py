"""Models as an archive uses them: a crash costs no answer, rules choose, a server or LangChain model answers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from answering.generation.routing import Rule, Task, choose
from answering.generation.worker import WorkerGenerator
from domain.answer import Answer, AnswerReady, EvidenceFound, Outcome, TextDelta
from domain.errors import GenerationFailed, SettingsError
from domain.query import Query
from runtime import Archive, load_settings
from runtime.settings import ModelRule, ModelSettings
from tests.answering.generation.tiny import write_model
from tests.contracts.generators import CONTEXT, FILE, behind_a_server

WALL = "When did the Berlin Wall open?"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@contextmanager
def _with_model(sample: Archive, **model: object) -> Iterator[Archive]:
    """The sample archive once more, with another language model."""
    changed = sample.settings.model.model_copy(update=model)
    answer = sample.settings.answer.model_copy(update={"max_tokens": 48, "budget": 250})
    settings = sample.settings.model_copy(update={"model": changed, "answer": answer})
    with Archive.open(settings) as archive:
        yield archive


def _exact(archive: Archive, answer: Answer) -> bool:
    citations = [c for sentence in answer.sentences for c in sentence.citations]
    return bool(citations) and all(
        archive.body(c.guid, c.version)[c.start : c.end] == c.quote for c in citations
    )


@pytest.mark.model
def test_a_crash_of_the_library_costs_the_model_not_the_answer(sample_archive: Archive) -> None:
    with _with_model(sample_archive) as archive:
        query = archive.understand(Query(text=WALL, limit=archive.settings.answer.evidence))
        killed = False
        answers = []
        for event in archive.stream(query):
            if isinstance(event, TextDelta) and not killed:
                (process,) = archive._generators.processes()
                os.kill(process, signal.SIGSEGV)
                killed = True
            elif isinstance(event, AnswerReady):
                answers.append(event.answer)
        assert killed
        (quoted,) = answers
        assert quoted.model is None
        assert quoted.outcome is Outcome.ANSWERED
        assert _exact(archive, quoted)
        again = archive.ask(WALL)
        assert again.model == archive.settings.model.name
        assert archive._generators.processes() != [process]


@pytest.mark.model
def test_what_is_found_is_shown_at_once_and_again_in_its_settled_order(sample_archive: Archive) -> None:
    with _with_model(sample_archive) as archive:
        query = archive.understand(Query(text=WALL, limit=archive.settings.answer.evidence))
        events = list(archive.stream(query))
        found = [event for event in events if isinstance(event, EvidenceFound)]
        first = next(place for place, event in enumerate(events) if isinstance(event, TextDelta))
        assert [event.settled for event in found] == [False, True]
        assert events.index(found[1]) < first
        assert found[0].seconds < found[1].seconds
        assert found[0].hits[0].guid == found[1].hits[0].guid
        assert found[1].hits == archive.search_query(query).hits
        quoted = [e for e in archive.stream(query, extractive=True) if isinstance(e, EvidenceFound)]
        assert [event.settled for event in quoted] == [True]


def test_a_library_that_hangs_is_ended_and_started_anew(tiny: Path) -> None:
    worker = WorkerGenerator(tiny, context=1024, threads=1, call_seconds=0.5)
    before = worker.count_tokens("abc")
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(GenerationFailed, match=r"0\.5 s"):
        worker.count_tokens("abc")
    assert time.monotonic() - began < 3
    patient = WorkerGenerator(tiny, context=1024, threads=1)
    assert patient.count_tokens("abc") == before
    deadline = time.monotonic() + 10
    while worker.pid is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert worker.pid is None
    worker.close()
    patient.close()


RULES = (
    Rule(use="arabic", language="ar"),
    Rule(use="large", task=Task.SYNTHESIS),
    Rule(use="french", language="fr"),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When did the Berlin Wall open?", None),
        ("How many miners were rescued in Chile?", None),
        ("Why did the talks in Geneva fail?", "large"),
        ("Which countries joined the European Union in 2004?", "large"),
        ("Combien de mineurs ont été sauvés au Chili en 2010 ?", "french"),
        ("Pourquoi les négociations de Genève ont-elles échoué ?", "large"),
        ("متى سقط جدار برلين؟", "arabic"),
        ("لماذا فشلت المفاوضات في جنيف؟", "arabic"),
    ],
)
def test_the_first_rule_that_fits_names_the_model(question: str, expected: str | None) -> None:
    assert choose(RULES, question) == expected
    assert choose((), question) is None


@pytest.mark.model
def test_rules_of_the_settings_choose_the_model(sample_archive: Archive, tiny: Path) -> None:
    rules = (
        ModelRule(use="mistral-small-3.1-24b", task="synthesis"),  # not on this machine: passed over
        ModelRule(use=str(tiny), language="fr"),
    )
    with _with_model(sample_archive, rules=rules) as archive:
        names = [
            archive._generators.answering(Query(text=question)).name
            for question in (
                "Combien de mineurs ont été sauvés au Chili en 2010 ?",
                WALL,
                "Why did the wall fall?",
                WALL,
            )
        ]
        ordinary = archive.settings.model.name
        assert names == [str(tiny), ordinary, ordinary, ordinary]
        assert len(archive._generators.processes()) == 2, "one process for each model, shared"


@pytest.fixture(scope="module")
def server(models_cache: Path) -> Iterator[str]:
    with behind_a_server(models_cache / FILE) as generator:
        yield str(generator._chat.openai_api_base)  # type: ignore[attr-defined]


@pytest.mark.model
def test_one_setting_swaps_the_model_for_a_servers(sample_archive: Archive, server: str) -> None:
    with _with_model(sample_archive, name=server, context=CONTEXT) as archive:
        assert archive.model_installed
        answer = archive.ask(WALL)
    assert answer.model is not None
    assert answer.model.endswith(FILE)
    assert answer.outcome is Outcome.ANSWERED
    assert "1989" in answer.text
    assert answer.tokens.generated > 3


@pytest.mark.model
def test_any_langchain_chat_model_answers(
    sample_archive: Archive, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPECHE_TEST_SERVER", server)
    name = "tests.answering.generation.chat_models:over_loopback"
    with _with_model(sample_archive, name=name, context=CONTEXT) as archive:
        answer = archive.ask(WALL)
    assert answer.model == name
    assert answer.outcome is Outcome.ANSWERED
    assert "1989" in answer.text


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tests.answering.generation.chat_models:absent", "absent"),
        ("tests.answering.generation.chat_models:not_a_chat_model", "gives str"),
        ("no_such_module:model", "no_such_module"),
    ],
)
def test_code_that_gives_no_chat_model_is_refused(sample_archive: Archive, name: str, said: str) -> None:
    with _with_model(sample_archive, name=name) as archive, pytest.raises(SettingsError, match=said):
        archive.ask(WALL)


def test_an_archives_own_file_may_not_name_code(tmp_path: Path) -> None:
    for text in (
        '[model]\nname = "package.module:made"\n',
        '[[model.rules]]\nuse = "package.module:made"\n',
    ):
        (tmp_path / "depeche.toml").write_text(text)
        with pytest.raises(SettingsError, match="names code"):
            load_settings(tmp_path)
    chosen = load_settings(tmp_path / "other", overrides={"model.name": "package.module:made"})
    assert chosen.model == ModelSettings(name="package.module:made")
