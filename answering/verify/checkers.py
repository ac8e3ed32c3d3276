"""A second look at what the rules leave in doubt: by an entailment model, or by the language model itself.

Off unless configured. The rules' vetoes stand whatever a checker says; only doubts, and support from words
not near enough to be sure, are put to it, the first few of an answer and within a time. A checker that
fails leaves the rules' word as it is.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from answering.verify.judgement import Judgement
from answering.verify.objection import ErrorKind, Severity, doubt
from domain.answer import Verdict
from domain.errors import ModelCorrupt, ModelError, ModelNotInstalled
from domain.protocols import ChatMessage, Chooser

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_log = logging.getLogger(__name__)

MOST_PAIRS, MOST_SECONDS = 4, 20.0  # of an answer; the default model takes 2.7 s a pair on one core
LONGEST_TOKENS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A sentence of an answer and the words it cites."""

    sentence: str
    words: str
    day: str  # of the story, as 1989-11-10: what its weekdays count from
    headline: str | None = None


class Checker(Protocol):
    """Something that can tell whether words say a sentence."""

    name: str

    def supported(self, question: Question) -> float:
        """How likely it is that the words say all of the sentence, 0 to 1. Raises ModelError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a checker's word is worth: from `yes` on it takes a doubt away, below `no` it raises one."""

    yes: float
    no: float
    near: float  # support is sure where the words are nearer than the limit of the rules by this much


class SecondLook:
    """One checker for one answer: counts what it was asked and how long it took."""

    def __init__(
        self,
        checker: Checker,
        bounds: Bounds,
        *,
        pairs: int = MOST_PAIRS,
        seconds: float = MOST_SECONDS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._checker = checker
        self._bounds = bounds
        self._pairs = pairs
        self._seconds = seconds
        self._clock = clock
        self.asked = 0

    def at(self, question: Question, judgement: Judgement, *, limit: float) -> Judgement:
        """The judgement as the checker leaves it. `limit`: from where on the rules call words near enough."""
        if self.asked >= self._pairs or self._seconds <= 0 or not in_doubt(judgement, limit, self._bounds):
            return judgement
        began = self._clock()
        self.asked += 1
        try:
            likely = self._checker.supported(question)
        except ModelError as error:
            _log.warning("the check of sentences goes on without %s: %s", self._checker.name, error)
            self._seconds = 0
            return judgement
        self._seconds -= self._clock() - began
        return settled(judgement, likely, self._bounds)


def in_doubt(judgement: Judgement, limit: float, bounds: Bounds) -> bool:
    """Whether a second look is worth its time: a doubt but no veto, or support from words hardly near."""
    if any(o.severity is Severity.VETO for o in judgement.objections):
        return False
    return judgement.verdict is Verdict.PARTLY or (
        judgement.verdict is Verdict.SUPPORTED and judgement.meaning < limit + bounds.near
    )


def settled(judgement: Judgement, likely: float, bounds: Bounds) -> Judgement:
    """A doubt taken away, a doubt raised, or the judgement as it was."""
    if judgement.verdict is Verdict.PARTLY and likely >= bounds.yes:
        return replace(judgement, verdict=Verdict.SUPPORTED, objections=())
    if judgement.verdict is Verdict.SUPPORTED and likely < bounds.no:
        raised = doubt(ErrorKind.MEANING, "read together, the story's words hardly say this")
        return replace(judgement, verdict=Verdict.PARTLY, objections=(raised,))
    return judgement


_INSTRUCTION = ChatMessage(
    role="system",
    content="You check sentences against the words of a news story. Say Yes only if the story says all of it: "
    "who, what, how many, when. Otherwise say No.",
)


class AskedModel:
    """The language model asked yes or no, by how likely it is to begin with either."""

    def __init__(self, chooser: Chooser, *, name: str) -> None:
        self._chooser = chooser
        self.name = name

    def supported(self, question: Question) -> float:
        headline = f", “{question.headline}”" if question.headline else ""
        asked = (
            f"Story of {question.day}{headline}:\n{question.words}\n\n"
            f"Sentence: {question.sentence}\n\nDoes the story say this? Yes or No?"
        )
        shares = self._chooser.probabilities(
            (_INSTRUCTION, ChatMessage(role="user", content=asked)), ("Yes", "No")
        )
        return shares["Yes"]


class EntailmentModel:
    """A sentence-transformers CrossEncoder of this machine whose head tells entailment; loaded at first use."""

    def __init__(self, name: str) -> None:
        """`name`: a model's folder, or its name on the hub once it has been downloaded."""
        self.name = name
        self._lock = threading.Lock()
        self._loaded: tuple[CrossEncoder, int] | None = None

    def supported(self, question: Question) -> float:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self.name)
            model, entailed = self._loaded
            shares = model.predict(
                [(question.words, question.sentence)], apply_softmax=True, show_progress_bar=False
            )
        return float(shares[0][entailed])


def _load(name: str) -> tuple[CrossEncoder, int]:
    from sentence_transformers import CrossEncoder  # seconds of import: only when it is asked for

    given = Path(name).expanduser()
    where = str(given) if given.exists() else name
    try:
        model = CrossEncoder(where, device="cpu", max_length=LONGEST_TOKENS, local_files_only=True)
    except OSError as error:  # how transformers says that a model's files are not here
        raise ModelNotInstalled(
            f"the entailment model {name} is not on this machine",
            hint="give a folder, or download it first: hf download " + name,
        ) from error
    except (ValueError, KeyError, RuntimeError) as error:
        raise ModelCorrupt(
            f"{name} cannot be loaded as a cross-encoder: {error}", hint="name another under [verify] nli"
        ) from error
    return model, entailed_label(name, model.config.id2label)


_ENTAILED = frozenset({"entailment", "entails", "entailed", "supported", "support", "supports", "consistent"})
_UNNAMED = {0: "label_0", 1: "label_1"}


def entailed_label(name: str, labels: dict[int, str]) -> int:
    """Which output of a model's head means that the words say the sentence, by the names it gives them.

    Two outputs without names (MiniCheck, FactCG) are "no" and "yes" in this order, as their authors use them.
    Raises ModelCorrupt for a head that cannot be read.
    """
    named = {int(number): str(label).strip().lower() for number, label in labels.items()}
    entailed = [number for number, label in named.items() if label in _ENTAILED]
    if len(named) in (2, 3) and len(entailed) == 1:
        return entailed[0]
    if named == _UNNAMED:
        return 1
    listed = ", ".join(f"{number}: {labels[number]}" for number in sorted(labels))
    raise ModelCorrupt(
        f"{name} does not tell entailment: its outputs are {listed}",
        hint="name a model with two outputs (MiniCheck, FactCG) or three (entailment, neutral, contradiction)",
    )


def second_looks(checkers: Sequence[tuple[Checker, Bounds]]) -> tuple[SecondLook, ...]:
    """Fresh counts for one answer."""
    return tuple(SecondLook(checker, bounds) for checker, bounds in checkers)
