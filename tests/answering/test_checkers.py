"""The second look at sentences in doubt: by an entailment model's head, by the language model asked yes or no.

The entailment models here are real cross-encoders of transformers, of one layer, whose head is set so that its
output is known. They show that a head is read rightly and what its word does; nothing of how good such a model is:
no weights of one can be had where these tests run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from answering.generation.worker import WorkerGenerator
from answering.verify import Judgement, Thresholds
from answering.verify.checkers import (
    AskedModel,
    Bounds,
    EntailmentModel,
    Question,
    SecondLook,
    entailed_label,
    in_doubt,
)
from answering.verify.objection import ErrorKind, doubt, veto
from domain.answer import Verdict
from domain.errors import ModelCorrupt, ModelNotInstalled, SettingsError
from evaluation.second_looks import weigh
from evaluation.verification import load
from runtime import load_settings
from runtime.wiring import make_checkers, model_path
from tests.conftest import QUICK_MODEL, ROOT

WORDS = "The Bundestag elected Gerhard Schröder chancellor on Tuesday by 351 votes to 287."
QUESTION = Question(sentence="Schröder won 351 votes.", words=WORDS, day="1998-10-27", headline="Chancellor")
BOUNDS = Bounds(yes=0.7, no=0.3, near=0.1)
DOUBTED = Judgement(
    verdict=Verdict.PARTLY, objections=(doubt(ErrorKind.MEANING, "near to this"),), meaning=0.4
)
HARDLY = Judgement(verdict=Verdict.SUPPORTED, objections=(), meaning=0.4)


def cross_encoder(folder: Path, labels: dict[int, str], biases: list[float]) -> Path:
    """A BERT of one layer whose classifier answers `biases` whatever it reads."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "votes", "won"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        max_position_embeddings=512, id2label=labels, label2id={v: k for k, v in labels.items()},
        num_labels=len(labels),
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.tensor(biases))
    model.save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


THREE = {0: "contradiction", 1: "ENTAILMENT", 2: "neutral"}  # in an order of its own
TWO = {0: "supported", 1: "not_supported"}
UNNAMED = {0: "LABEL_0", 1: "LABEL_1"}  # as MiniCheck's and FactCG's


@pytest.mark.parametrize(("labels", "entailed"), [(THREE, 1), (TWO, 0), (UNNAMED, 1)])
def test_the_head_is_read_by_its_own_labels(tmp_path: Path, labels: dict[int, str], entailed: int) -> None:
    biases = [0.5, 2.0, -1.0][: len(labels)]
    shares = [math.exp(b) / sum(map(math.exp, biases)) for b in biases]
    model = EntailmentModel(str(cross_encoder(tmp_path / "model", labels, biases)))
    assert model.supported(QUESTION) == pytest.approx(shares[entailed], abs=1e-4)


@pytest.mark.parametrize(
    "labels",
    [{0: "LABEL_0"}, {0: "negative", 1: "positive"}, {0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}],
)
def test_a_head_that_cannot_be_read_is_refused(labels: dict[int, str]) -> None:
    with pytest.raises(ModelCorrupt, match="does not tell entailment") as refused:
        entailed_label("some/model", labels)
    assert all(label in str(refused.value) for label in labels.values())


def test_a_reranker_is_refused_when_it_is_first_used(tmp_path: Path) -> None:
    folder = cross_encoder(tmp_path / "model", {0: "LABEL_0"}, [1.0])
    with pytest.raises(ModelCorrupt, match="LABEL_0"):
        EntailmentModel(str(folder)).supported(QUESTION)


def test_a_model_that_is_not_here_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ModelNotInstalled, match="not on this machine"):
        EntailmentModel(str(tmp_path / "none")).supported(QUESTION)


@pytest.fixture(scope="module")
def says(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EntailmentModel]:
    """Entailment models that always say yes, and no."""
    folder = tmp_path_factory.mktemp("models")
    biases = {"yes": [0.0, 5.0, 0.0], "no": [5.0, 0.0, 0.0]}
    return {n: EntailmentModel(str(cross_encoder(folder / n, THREE, b))) for n, b in biases.items()}


def test_a_yes_takes_a_doubt_away_and_a_no_raises_one(says: dict[str, EntailmentModel]) -> None:
    assert SecondLook(says["yes"], BOUNDS).at(QUESTION, DOUBTED, limit=0.35).verdict is Verdict.SUPPORTED
    raised = SecondLook(says["no"], BOUNDS).at(QUESTION, HARDLY, limit=0.35)
    assert raised.verdict is Verdict.PARTLY
    assert raised.reasons == ("read together, the story's words hardly say this",)
    assert SecondLook(says["no"], BOUNDS).at(QUESTION, DOUBTED, limit=0.35) == DOUBTED


def test_a_veto_is_not_put_to_it_nor_what_is_sure(says: dict[str, EntailmentModel]) -> None:
    refused = Judgement(verdict=Verdict.UNSUPPORTED, objections=(veto(ErrorKind.NUMBER, "351"),), meaning=0.9)
    sure = Judgement(verdict=Verdict.SUPPORTED, objections=(), meaning=0.9)
    look = SecondLook(says["yes"], BOUNDS)
    assert look.at(QUESTION, refused, limit=0.35) == refused
    assert look.at(QUESTION, sure, limit=0.35) == sure
    assert look.asked == 0
    assert in_doubt(HARDLY, 0.35, BOUNDS)


def test_only_so_many_pairs_are_put_to_it_and_only_so_long(says: dict[str, EntailmentModel]) -> None:
    look = SecondLook(says["yes"], BOUNDS, pairs=1)
    verdicts = [look.at(QUESTION, DOUBTED, limit=0.35).verdict for _ in range(2)]
    assert verdicts == [Verdict.SUPPORTED, Verdict.PARTLY]
    times = iter([0.0, 30.0])  # the one pair takes half a minute
    slow = SecondLook(says["yes"], BOUNDS, seconds=20, clock=lambda: next(times))
    verdicts = [slow.at(QUESTION, DOUBTED, limit=0.35).verdict for _ in range(2)]
    assert verdicts == [Verdict.SUPPORTED, Verdict.PARTLY]


def test_a_checker_that_fails_leaves_the_rules_word(tmp_path: Path) -> None:
    look = SecondLook(EntailmentModel(str(tmp_path / "none")), BOUNDS)
    assert [look.at(QUESTION, DOUBTED, limit=0.35) for _ in range(2)] == [DOUBTED, DOUBTED]
    assert look.asked == 1  # not again in this answer


@pytest.fixture(scope="module")
def worker(models_cache: Path) -> Iterator[WorkerGenerator]:
    path = model_path(QUICK_MODEL, cache=models_cache)
    assert path is not None
    generator = WorkerGenerator(path, context=1024)
    yield generator
    generator.close()


@pytest.mark.model
def test_the_language_model_is_asked_yes_or_no(worker: WorkerGenerator) -> None:
    asked = AskedModel(worker, name=worker.name)
    likely = {
        sentence: asked.supported(Question(sentence=sentence, words=WORDS, day="1998-10-27"))
        for sentence in ("The Bundestag elected Gerhard Schröder.", "A ferry sank in the storm.")
    }
    true, false = likely.values()
    assert 0 < false < true < 1


@pytest.mark.model
def test_the_settings_name_the_checkers(worker: WorkerGenerator, tmp_path: Path) -> None:
    plain = load_settings(tmp_path)
    both = load_settings(tmp_path, overrides={"verify.nli": "some/model", "verify.ask_model": True})
    assert make_checkers(plain, worker) == []
    assert [checker.name for checker, _ in make_checkers(both, worker)] == ["some/model", worker.name]
    assert [checker.name for checker, _ in make_checkers(both, None)] == [
        "some/model"
    ]  # quoting: nothing to ask


def test_a_model_behind_a_server_cannot_be_asked(tmp_path: Path) -> None:
    from answering.generation.openai import OpenAIGenerator

    settings = load_settings(tmp_path, overrides={"verify.ask_model": True})
    elsewhere = OpenAIGenerator("http://127.0.0.1:9/v1", model="m", context=1024)
    with pytest.raises(SettingsError, match="ask_model"):
        make_checkers(settings, elsewhere)


@pytest.mark.model
def test_what_asking_is_worth_is_measured_on_pairs_in_doubt(worker: WorkerGenerator) -> None:
    pairs = load(ROOT / "data" / "verification")
    some = pairs.of_half("calibrate")[:60]
    worth = weigh(
        pairs, some, AskedModel(worker, name=worker.name), closeness=None, thresholds=Thresholds(), near=0.08, most=3
    )  # fmt: skip
    assert worth.asked == 3 <= worth.in_doubt
    assert worth.seconds > 0
    # Bounds fitted on these pairs lose nothing on them.
    assert worth.half_after >= worth.half_before
    assert worth.before.supported + worth.before.others == 3
