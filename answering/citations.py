"""Only this module makes a Citation, and only from a slice of the stored body: quote == body[start:end].

`find_support` looks through one story for the words that carry a sentence: one sentence of the
story or two that follow each other, or two apart when each brings what the other lacks.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, replace

from answering.evidence import EvidenceStory, gives_orders
from answering.verify import Context, Judgement, Thresholds, judge, split_claims
from answering.verify.claims import weakest
from answering.verify.closeness import Closeness
from answering.verify.marks import share
from answering.verify.objection import ErrorKind
from answering.verify.quantities import find_quantities
from answering.verify.verdict import meaning
from answering.words import coverage
from domain.answer import Citation, Verdict
from domain.query import Hit
from domain.story import Version

# How many sentences of a story are embedded, and how many are judged. 8 and 3 keep a judgement of a
# story under 0.1 s on 2 cores with e5-small; the right span was among them in all of the sample archive.
_EMBEDDED, _JUDGED = 8, 3
_RANK = {Verdict.SUPPORTED: 2, Verdict.PARTLY: 1, Verdict.UNSUPPORTED: 0}
# A name that the words lack is not brought in from elsewhere: it would be given a part it did not play.
_LACKING = frozenset({ErrorKind.NUMBER, ErrorKind.DATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The best words of a story for a sentence, and what the checks say of them."""

    story: EvidenceStory
    citations: tuple[Citation, ...]
    judgement: Judgement

    @property
    def rank(self) -> tuple[int, float]:
        return _RANK[self.judgement.verdict], -len(self.judgement.objections) + self.judgement.meaning


# A claim and the version it was held against → what was found.
Known = MutableMapping[tuple[str, int], Support | None]


def cite(story: EvidenceStory, start: int, end: int) -> Citation:
    """A citation of body[start:end]. Raises ValueError for an empty or foreign slice."""
    return _slice(story.hit, story.body, start, end)


def cite_again(version: Version, start: int, end: int) -> Citation:
    """The citation that a stored answer keeps as offsets, made anew from the version's own text."""
    return _slice(version, version.body, start, end)


def _slice(source: Hit | Version, body: str, start: int, end: int) -> Citation:
    quote = body[start:end]
    if not quote.strip() or not 0 <= start < end <= len(body):
        raise ValueError(f"nothing to cite at {start}:{end} of {source.guid}, {len(body)} characters long")
    return Citation(
        guid=source.guid, version=source.version, published=source.published, start=start, end=end,
        quote=quote, provider=source.provider, headline=source.headline,
    )  # fmt: skip


def find_support(
    sentence: str,
    story: EvidenceStory,
    *,
    language: str | None,
    closeness: Closeness | None,
    thresholds: Thresholds,
    known: Known | None = None,
) -> Support | None:
    """The best supporting words of the story; None when it has no words at all.

    A sentence of several claims stands where each of them does, on words of its own. Without a `closeness`
    (no embedder at hand) words, numbers and names choose, and no model is asked. `known` keeps what was found
    for a claim, so that the same claim is not judged twice on one story; it is for one language, closeness
    and thresholds.
    """
    known = {} if known is None else known

    def of(text: str) -> Support | None:
        key = text, story.hit.version_id
        if key not in known:
            known[key] = _support(text, story, language=language, closeness=closeness, thresholds=thresholds)
        return known[key]

    whole, claims = of(sentence), split_claims(sentence, language)
    if whole is None or len(claims) == 1:
        return whole
    found = [of(claim) for claim in claims]
    return joined(claims, [s for s in found if s is not None])


def joined(claims: Sequence[str], supports: Sequence[Support]) -> Support:
    """The support of a sentence from that of each of its claims, which may be of several stories."""
    cited = dict.fromkeys(c for s in supports for c in s.citations)
    citations = tuple(c for c in cited if not any(_within(c, other) for other in cited if other != c))
    judgement = weakest(claims, [s.judgement for s in supports])
    return Support(story=supports[0].story, citations=citations, judgement=judgement)


def _within(one: Citation, other: Citation) -> bool:
    """Whether one citation's words lie inside another's."""
    same = (one.guid, one.provider, one.version) == (other.guid, other.provider, other.version)
    return same and other.start <= one.start and one.end <= other.end


def _support(
    sentence: str,
    story: EvidenceStory,
    *,
    language: str | None,
    closeness: Closeness | None,
    thresholds: Thresholds,
) -> Support | None:
    """The best words of the story for a sentence taken whole."""
    ranked = _ranked_sentences(sentence, story, language, closeness)
    if not ranked:
        return None
    across = story.context(language).crosses_languages
    spans = _spans_around([i for i, _ in ranked[:_JUDGED]], story)
    texts = [story.text(*s) for s in spans]
    near = dict(zip(spans, _closeness(sentence, texts, closeness, across=across), strict=True))
    # The words nearest to the sentence decide: others clear it only where they are about as near.
    meanings = {
        s: meaning(sentence, text, story.context(language, first=s[0]), near[s])
        for s, text in zip(spans, texts, strict=True)
    }
    nearest = max(meanings.values())
    rivals = [s for s in spans if meanings[s] >= nearest - thresholds.margin]
    judged = {s: _judge(sentence, [s], story, language, near[s], thresholds) for s in rivals}
    best = max(rivals, key=lambda s: (_rank(judged[s]), s[0] - s[1], near[s] or judged[s].meaning))
    chosen, judgement = [best], judged[best]
    if judgement.verdict is not Verdict.SUPPORTED and all(o.kind in _LACKING for o in judgement.objections):
        floor = thresholds.limits(across=across, embedded=closeness is not None)[1]
        others = [i for i, close in ranked if close >= floor]
        chosen, judgement = _with_second(
            sentence, best, judgement, others, story, language, near[best], thresholds
        )
    citations = tuple(cite(story, story.sentences[a][0], story.sentences[b][1]) for a, b in sorted(chosen))
    return Support(story=story, citations=citations, judgement=judgement)


def _rank(judgement: Judgement) -> tuple[int, int]:
    return _RANK[judgement.verdict], -len(judgement.objections)


def _ranked_sentences(
    sentence: str, story: EvidenceStory, language: str | None, closeness: Closeness | None
) -> list[tuple[int, float]]:
    """The story's sentences with their closeness, best first; shared words choose which are embedded."""
    context = story.context(language)
    texts = {i: story.text(i, i) for i in range(len(story.sentences))}
    texts = {i: t for i, t in texts.items() if not gives_orders(t)}
    passage = story.within_passage()
    first = {i: _shared(sentence, t, context) + (0.05 if i in passage else 0) for i, t in texts.items()}
    # Across languages numbers, dates and names tell less than shared words do: twice as many are embedded.
    most = _EMBEDDED * 2 if context.crosses_languages else _EMBEDDED
    pool = sorted(texts, key=lambda i: (-first[i], i))[:most]
    if closeness is None:
        return [(i, first[i]) for i in pool]
    near = closeness.among(sentence, [texts[i] for i in pool], across=[context.crosses_languages] * len(pool))
    return sorted(zip(pool, near, strict=True), key=lambda pair: -pair[1] - first[pair[0]])


def _closeness(
    sentence: str, texts: Sequence[str], closeness: Closeness | None, *, across: bool
) -> Sequence[float | None]:
    if closeness is None:
        return [None] * len(texts)
    return closeness.among(sentence, texts, across=[across] * len(texts))


def _shared(sentence: str, text: str, context: Context) -> float:
    if context.crosses_languages:
        return share(sentence, text, replace(context, headline=None)) or 0.0
    claimed = {v for q in find_quantities(sentence, context.claim_language) for v in q.values}
    stated = {v for q in find_quantities(text, context.language) for v in q.values}
    numbers = len(claimed & stated) / len(claimed) if claimed else 0.0
    shared = coverage(sentence, text, language=context.claim_language, other_language=context.language)
    return shared + 0.3 * numbers


def _spans_around(chosen: Sequence[int], story: EvidenceStory) -> list[tuple[int, int]]:
    """Each sentence alone, then with the one before and the one after."""
    spans: dict[tuple[int, int], None] = {}
    for i in chosen:
        spans[i, i] = None
    for i in chosen:
        for first, last in ((i - 1, i), (i, i + 1)):
            if first >= 0 and last < len(story.sentences) and not gives_orders(story.text(first, last)):
                spans[first, last] = None
    return list(spans)


def _judge(
    sentence: str,
    spans: Sequence[tuple[int, int]],
    story: EvidenceStory,
    language: str | None,
    near: float | None,
    thresholds: Thresholds,
) -> Judgement:
    text = " ".join(story.text(*s) for s in sorted(spans))
    context = story.context(language, first=min(s[0] for s in spans))
    return judge(sentence, text, context, closeness=near, thresholds=thresholds)


def _with_second(
    sentence: str,
    best: tuple[int, int],
    alone: Judgement,
    ranked: Sequence[int],
    story: EvidenceStory,
    language: str | None,
    near: float | None,
    thresholds: Thresholds,
) -> tuple[list[tuple[int, int]], Judgement]:
    """A second sentence of the story that brings the number or date that the first lacks."""
    for i in ranked:
        if best[0] <= i <= best[1]:
            continue
        both = _judge(sentence, [best, (i, i)], story, language, near, thresholds)
        if _rank(both) > _rank(alone):
            return [best, (i, i)], both
    return [best], alone
