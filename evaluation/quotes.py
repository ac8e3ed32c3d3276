"""Whether the words cited carry a sentence: judged anew from the stored stories by `answering.verify`, and by an
entailment model where one is configured. Both are shown the quotes alone, so that they judge the same thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from answering.evidence import whole
from answering.verify import judge
from answering.verify.checkers import Checker, Question
from answering.verify.closeness import Closeness
from domain.answer import Citation, Sentence, Verdict
from domain.story import Version
from evaluation.measures.statements import Statement, judge_statement

ENTAILED = 0.5  # share of a model's head from which on words are said to carry a sentence: its likelier word


class QuoteJudge:
    """`closeness` None: words, numbers and names alone judge, and no embedder is needed."""

    def __init__(
        self, version: Callable[[str, int], Version], closeness: Callable[[], Closeness | None]
    ) -> None:
        self._version = version
        self._closeness = closeness

    def judge(self, sentence: Sentence, language: str) -> Statement:
        """`language`: of the answer. Only a sentence fully supported counts, not one in doubt of a detail."""

        def supports(citations: Sequence[Citation]) -> bool:
            quotes = " ".join(citation.quote for citation in citations)
            story = whole(self._version(citations[0].guid, citations[0].version))
            context = story.context(language, first=story.sentences_before(citations[0].start))
            near: float | None = None
            if (closeness := self._closeness()) is not None:
                across = [context.crosses_languages]
                near = closeness.among(sentence.text, [quotes], across=across)[0]
            return judge(sentence.text, quotes, context, closeness=near).verdict is Verdict.SUPPORTED

        return judge_statement(sentence.citations, supports)


class EntailmentJudge:
    """The rules of `answering.verify` have no part in what it says, so that the two may be compared."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker

    def judge(self, sentence: Sentence) -> Statement:
        """Asks the model at most 2 n + 1 times for n citations. Raises ModelError where it cannot be asked."""

        def supports(citations: Sequence[Citation]) -> bool:
            asked = Question(
                sentence=sentence.text,
                words=" ".join(citation.quote for citation in citations),
                day=f"{citations[0].published:%Y-%m-%d}",
            )
            return self._checker.supported(asked) >= ENTAILED

        return judge_statement(sentence.citations, supports)
