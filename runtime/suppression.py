"""Names hidden by order: they stay in the master text, and leave the archive in nothing it gives.

A hit whose passage holds a hidden name is left out, and so is a sentence of an answer that says it or
rests on words that do; headlines and story pages show it as blocks of the same length, so that offsets
stay exact. A question that names the person finds no story that does. In a story that names a
person in full, the last word of the name alone is hidden too. Case, accents, letter forms and invisible
characters make no difference. What is not covered: a guid that spells the name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import unquote

from answering.folding import fold
from answering.languages import not_in_archive
from db.store import StoredAnswer, StoryStore
from domain.answer import (
    Answer,
    AnswerEvent,
    AnswerReady,
    Citation,
    EvidenceFound,
    Outcome,
    Sentence,
    TextDelta,
)
from domain.query import Hit, Query, SearchResult
from domain.story import AuditEntry, SourceRef, StoryRecord, Subject, Version

BLOCK = "█"
MOST_HITS = 1000  # candidates looked through for a question that names a hidden person
_GAP = r"[\W_]{1,8}"  # between the words of a name: a space, a hyphen, a line break, a full stop and a space
_ARABIC_PREFIX = "[وفبلك]?(?:ال)?"  # written together with the name
_DRAFT_TAIL = 24  # characters beyond the longest name kept back, for spacing and marks within it


@dataclass(frozen=True)
class Mask:
    """Some names to hide, as a pattern over folded text."""

    patterns: tuple[str, ...] = ()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(self.patterns))

    def hides(self, *texts: str | None) -> bool:
        """Whether any of the texts holds a name."""
        return bool(self.patterns) and any(self._pattern.search(fold(text)) for text in texts if text)

    def mask(self, text: str) -> str:
        """The text with each name as blocks: as long as before, character for character."""
        if not self.hides(text):
            return text
        folded = [fold(character) for character in text]
        origin = [at for at, letters in enumerate(folded) for _ in letters]
        hidden = list(text)
        for match in self._pattern.finditer("".join(folded)):
            start = origin[match.start()]
            end = origin[match.end()] if match.end() < len(origin) else len(text)
            while end > start + 1 and not folded[end - 1].strip():
                end -= 1  # trailing white space at the end of the text is not the name's
            hidden[start:end] = BLOCK * (end - start)
        return "".join(hidden)

    def optional(self, text: str | None) -> str | None:
        return None if text is None else self.mask(text)

    def kept(self, values: Iterable[str]) -> tuple[str, ...]:
        return tuple(value for value in values if not self.hides(value))


@dataclass(frozen=True)
class HiddenNames:
    """The names suppressed at one moment."""

    names: tuple[str, ...]

    @cached_property
    def in_full(self) -> Mask:
        return Mask(tuple(pattern for name in self.names for pattern in _full(name)))

    def within(self, *texts: str | None) -> Mask:
        """What to hide in a story of these texts: every full name, and the last word of those it gives."""
        present = [name for name in self.names if Mask(_full(name)).hides(*texts)]
        return Mask((*self.in_full.patterns, *(_whole(re.escape(_words(name)[-1])) for name in present)))

    def asked_for(self, question: str) -> Mask:
        """The names of which all the words are in the question, in whatever order."""
        asked = set(_words(question))
        named = [name for name in self.names if asked.issuperset(_words(name))]
        return Mask(tuple(pattern for name in named for pattern in _full(name)))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text)) or [fold(text)]


def _full(name: str) -> tuple[str, ...]:
    """The name as it is printed, and as an index prints it: "SILVA, Maria"."""
    words = [re.escape(word) for word in _words(name)]
    printed = _whole(_GAP.join(words))
    return (printed, _whole(rf"{words[-1]},\s?{_GAP.join(words[:-1])}")) if len(words) > 1 else (printed,)


def _whole(pattern: str) -> str:
    """Bounded by the ends of words, where the script has them; with a German or English genitive."""
    if re.search(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]", pattern):
        return pattern
    return rf"(?<![^\W_]){_ARABIC_PREFIX}{pattern}s?(?![^\W_])"


class Screen:
    """What leaves an archive passes here. Follows the store: a suppression holds from the next question."""

    def __init__(self, store: StoryStore) -> None:
        self._store = store
        self._seen: tuple[int, HiddenNames] | None = None

    def names(self) -> HiddenNames:
        epoch = self._store.visibility_epoch()
        if self._seen is None or self._seen[0] != epoch:
            self._seen = epoch, HiddenNames(tuple(one.name for one in self._store.suppressions()))
        return self._seen[1]

    def search(self, query: Query, search: Callable[[Query], SearchResult]) -> SearchResult:
        """Searches further while hits are left out, so that hidden stories do not push others off the list."""
        names = self.names()
        result = search(query)
        if not names.names:
            return result
        limit, found, hits = query.limit, result, self._hits(result, names)
        while len(hits) < query.limit and len(found.hits) >= limit and limit < MOST_HITS:
            limit = min(MOST_HITS, limit * 4)
            found = search(replace(query, limit=limit))
            hits = self._hits(found, names)
        return replace(result, hits=tuple(hits[: query.limit]))

    def _hits(self, result: SearchResult, names: HiddenNames) -> list[Hit]:
        asked = names.asked_for(result.query.text)
        bodies = self._store.bodies({hit.version_id for hit in result.hits})
        people = self._store.passages({hit.passage_id for hit in result.hits})
        shown = []
        for hit in result.hits:
            stored = people.get(hit.passage_id)
            texts = (bodies.get(hit.version_id), hit.headline, *(stored.people if stored else ()))
            mask = names.within(*texts)
            if not mask.hides(hit.passage) and not asked.hides(*texts):
                shown.append(
                    replace(hit, headline=mask.optional(hit.headline), place=mask.optional(hit.place))
                )
        return shown

    def stream(self, events: Iterator[AnswerEvent]) -> Iterator[AnswerEvent]:
        """The events less the names. The end of a draft is kept back until no name can be cut in two."""
        names = self.names()
        if not names.names:
            yield from events
            return
        tail = max(map(len, names.names)) + _DRAFT_TAIL
        mask, draft, given = names.in_full, "", 0
        for event in events:
            if isinstance(event, EvidenceFound):
                mask = self._within_evidence(names, event.hits)
                yield event
            elif isinstance(event, TextDelta):
                draft += event.text
                upto = len(draft) - tail
                if upto > given:
                    yield TextDelta(text=mask.mask(draft)[given:upto])
                    given = upto
            else:
                if draft[given:]:
                    yield TextDelta(text=mask.mask(draft)[given:])
                yield AnswerReady(answer=self.answer(event.answer))

    def _within_evidence(self, names: HiddenNames, hits: Sequence[Hit]) -> Mask:
        bodies = self._store.bodies({hit.version_id for hit in hits})
        masked = {hit.headline for hit in hits}
        # A headline may be the only place that names the person, and that of a hit is masked already.
        original = {
            stored.headline for stored in self._store.passages({hit.passage_id for hit in hits}).values()
        }
        return names.within(*bodies.values(), *masked, *original)

    def answer(self, answer: Answer) -> Answer:
        """The answer without the sentences, kept or withheld, that say a name or rest on words that do."""
        names = self.names()
        if not names.names:
            return answer
        mask = self._within_evidence(names, answer.evidence)
        sentences = tuple(_masked(one, mask) for one in answer.sentences if not _tells(one, mask))
        withheld = tuple(_masked(one, mask) for one in answer.withheld if not _tells(one, mask))
        outcome, text = answer.outcome, mask.mask(answer.text)
        if len(sentences) < len(answer.sentences):
            outcome = Outcome.PARTIAL if sentences else Outcome.NOT_IN_ARCHIVE
            text = " ".join(one.text for one in sentences)
        if outcome is Outcome.NOT_IN_ARCHIVE:
            text = not_in_archive(answer.language, nearest=bool(answer.evidence))
        return replace(answer, outcome=outcome, text=text, sentences=sentences, withheld=withheld)

    def restored(self, answer: Answer) -> Answer:
        """An answer given before, by today's names: as `answer`, and its evidence and question too."""
        names = self.names()
        if not names.names:
            return answer
        question = names.in_full.mask(answer.question)
        query = replace(answer.query, text=names.in_full.mask(answer.query.text))
        found = SearchResult(query=answer.query, hits=answer.evidence, seconds=0.0)
        shown = self.answer(answer)  # by what all its evidence says, before some of it is left out
        hits = tuple(self._hits(found, names))
        return replace(shown, question=question, query=query, evidence=hits)

    def version(self, version: Version) -> Version:
        names = self.names()
        return _version(version, names.within(*_texts(version))) if names.names else version

    def text_of(self, version: Version, text: str) -> str:
        """What else gives the story's words: hidden as they are in the story."""
        return self.names().within(*_texts(version), text).mask(text)

    def record(self, record: StoryRecord) -> StoryRecord:
        """All versions by one measure: a name that one of them gives is hidden in all."""
        names = self.names()
        if not names.names:
            return record
        mask = names.within(*(text for version in record.versions for text in _texts(version)))
        return replace(
            record,
            versions=tuple(_version(version, mask) for version in record.versions),
            history=tuple(
                AuditEntry(at=one.at, action=one.action, actor=one.actor, reason=mask.optional(one.reason))
                for one in record.history
            ),
        )

    def stored(self, answer: StoredAnswer) -> StoredAnswer:
        """An answer given before the name was hidden: its text goes, as that of a killed story's does."""
        mask = self.names().in_full
        if not mask.hides(answer.text, answer.question):
            return answer
        text = None if mask.hides(answer.text) else answer.text
        return replace(answer, question=mask.mask(answer.question), text=text)


def _texts(version: Version) -> tuple[str | None, ...]:
    return version.headline, version.body, version.byline, version.slugline, version.ed_note, *version.people


def _version(version: Version, mask: Mask) -> Version:
    url = version.url
    source = version.source
    return replace(
        version,
        body=mask.mask(version.body),
        headline=mask.optional(version.headline),
        slugline=mask.optional(version.slugline),
        byline=mask.optional(version.byline),
        dateline_place=mask.optional(version.dateline_place),
        genre=mask.optional(version.genre),
        ed_note=mask.optional(version.ed_note),
        subjects=tuple(_subject(one, mask) for one in version.subjects if not mask.hides(one.code)),
        places=mask.kept(version.places),
        people=mask.kept(version.people),
        organisations=mask.kept(version.organisations),
        url=None if url and mask.hides(unquote(url)) else url,
        source=SourceRef(path=mask.mask(source.path), position=source.position) if source else None,
    )


def _subject(subject: Subject, mask: Mask) -> Subject:
    return replace(subject, name=mask.optional(subject.name))


def _tells(sentence: Sentence, mask: Mask) -> bool:
    return mask.hides(sentence.text, *sentence.reasons, *(one.quote for one in sentence.citations))


def _masked(sentence: Sentence, mask: Mask) -> Sentence:
    return replace(sentence, citations=tuple(_citation(one, mask) for one in sentence.citations))


def _citation(citation: Citation, mask: Mask) -> Citation:
    return replace(citation, headline=mask.optional(citation.headline))
