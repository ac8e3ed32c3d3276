"""The query language of archivists, beside plain questions. No text is an error.

    "common agricultural policy" AND (wheat OR barley) NOT maize
    headline:strike place:paris person:"Helmut Kohl" subject:coffee
    provider:reuters lang:fr kind:alert date:1987-03..1987-06 "price rise"~3 elect*

Words side by side must all occur, anywhere in the story: an expression is true of a story or it is
not. A phrase may have `~n` words between; `*` ends a prefix; a date is a year, a month, a day or a
range of them, open at either end; a subject is a code or a name, and stands for every code that the
loaded tables (`depeche subjects`) put under it. What cannot be understood (an unknown field, an
unclosed quote) is read as words. Tantivy's own lenient parser makes the tree; here it becomes a
query in which every word is analysed as the stories were.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tantivy import FieldType, Occur, Query, Schema, parse_query_lenient

from retrieval.instants import microseconds
from retrieval.lexical.analysis import terms
from retrieval.lexical.documents import SUBJECT_CODE
from retrieval.lexical.question import word_query

TEXT_FIELDS = {
    "headline": "headline",
    "title": "headline",
    "body": "body",
    "place": "place",
    "person": "people",
    "people": "people",
    "subject": "subject",
}
LABEL_FIELDS = {"provider": "provider", "lang": "lang", "language": "lang", "kind": "kind"}
DATE_FIELDS = frozenset({"date", "published"})

_FIELDS = "|".join((*TEXT_FIELDS, *LABEL_FIELDS, *DATE_FIELDS))
_OPERATOR = re.compile(
    rf'(?<!\w)(?:(?:{_FIELDS}):\S|(?:AND|OR|NOT)\b|"[^"]+"|[+-](?=[^\W\d]|")|\w+\*(?!\w))', re.UNICODE
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_MARKS = re.compile(r'[:"*]')
_QUESTION_END = re.compile(r"[?؟？]\s*$")

ANYWHERE = ("body", "headline")

Labels = Callable[[str], Sequence[str]]
Subjects = Callable[[str], Sequence[str]]


def is_expression(text: str) -> bool:
    """Whether the text is meant as an expression: it has an operator and is not a question.

    A text all in capitals is a headline: its AND joins nouns.
    """
    if _QUESTION_END.search(text) or (text.isupper() and not _MARKS.search(text)):
        return False
    return has_operator(text)


def has_operator(text: str) -> bool:
    """Whether something in the text would make it an expression, if it were no question and no headline."""
    return _OPERATOR.search(text) is not None


def no_table(subject: str) -> Sequence[str]:
    """Subjects where no table is loaded: only the items' own codes and names are found."""
    return ()


def expression_query(
    own: Schema, text: str, *, languages: Sequence[str], labels: Labels, subjects: Subjects = no_table
) -> Query:
    """The expression as a query for whole stories.

    `labels` lists a label field's values, so that case need not match; `subjects` gives the codes that
    a code or name stands for.
    """
    tree, _ = parse_query_lenient(text)
    translator = _Translator(own=own, languages=tuple(languages), labels=labels, subjects=subjects)
    return translator.query(tree) or Query.empty_query()


def named_query(
    own: Schema,
    *,
    subjects: Iterable[str],
    places: Iterable[str],
    languages: Sequence[str],
    codes: Subjects = no_table,
) -> Query | None:
    """Stories of one of the subjects and of one of the places, as `subject:` and `place:` find them; None where
    neither is asked for. Never scores."""
    translator = _Translator(own=own, languages=tuple(languages), labels=no_table, subjects=codes)
    clauses = []
    for asked in (
        [translator.topic(text, slop=0) for text in sorted(subjects)],
        [translator.phrase(("place",), text, slop=0) for text in sorted(places)],
    ):
        if asked:
            either = [(Occur.Should, query) for query in asked if query is not None]
            clauses.append((Occur.Must, Query.const_score_query(Query.boolean_query(either), 0.0)))
    return Query.boolean_query(clauses) if clauses else None


def passage_query(own: Schema, text: str, *, languages: Sequence[str]) -> Query:
    """Passages that show best why a story fits the expression: those with its words, negated ones aside."""
    tree, _ = parse_query_lenient(text)
    translator = _Translator(own=own, languages=tuple(languages), labels=no_table, subjects=no_table)
    wanted = [query for node in _asserted(tree) if (query := translator.query(node)) is not None]
    return Query.boolean_query([(Occur.Should, query) for query in wanted])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Words that an expression looks for in a story's text: in this order, up to `slop` others between them.

    `field`: headline or body, None for both. `is_prefix`: the last of them may go on.
    """

    words: str
    field: str | None = None
    slop: int = 0
    is_prefix: bool = False


def words_sought(text: str) -> list[Sought]:
    """What a match of the expression holds or may hold, less what stands for places, people and the like."""
    tree, _ = parse_query_lenient(text)
    found: list[Sought] = []
    for node in _asserted(tree):
        name, phrase = node["field_name"], str(node["phrase"])
        is_prefix = phrase.endswith("*")
        if name is None and node["delimiter"] == "none" and not is_prefix:
            found += [Sought(words=word) for word in phrase.split()]
        else:
            found.append(
                Sought(
                    words=phrase.rstrip("*"),
                    field=TEXT_FIELDS.get(name),
                    slop=int(node["slop"]),
                    is_prefix=is_prefix,
                )
            )
    return found


def words_asked(text: str) -> list[str]:
    """The words of an expression's literals, negated ones too, without its operators and fields."""
    tree, _ = parse_query_lenient(text)
    return [str(node["phrase"]) for node in _literals(tree)]


def _literals(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for _, part in node.get("clauses", ()):
        yield from _literals(part)
    if node["type"] == "boost":
        yield from _literals(node["underlying"])
    if node["type"] == "literal":
        yield node


def _asserted(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Literals in the text of a story that a match must or may hold."""
    for occur, part in node.get("clauses", ()):
        if occur != "must_not":
            yield from _asserted(part)
    if node["type"] == "boost":
        yield from _asserted(node["underlying"])
    if node["type"] == "literal":
        name = node["field_name"]
        is_limit = name in LABEL_FIELDS or name in DATE_FIELDS
        if not is_limit and TEXT_FIELDS.get(name, ANYWHERE[0]) in ANYWHERE:
            yield node


@dataclass(frozen=True, slots=True)
class _Translator:
    own: Schema
    languages: tuple[str, ...]
    labels: Labels
    subjects: Subjects

    def query(self, node: dict[str, Any]) -> Query | None:
        """None for what holds no word at all."""
        match node["type"]:
            case "bool":
                return self._group(node["clauses"])
            case "literal":
                return self._literal(node["field_name"], node["phrase"], node)
            case "range":
                return self._range(node)
            case "boost":
                inner = self.query(node["underlying"])
                return None if inner is None else Query.boost_query(inner, float(node["boost"]))
            case "set":
                return self._words(" ".join(node["elements"]))
            case "regex":
                return self._words(str(node["pattern"]))
            case "all":
                return Query.all_query()
            case _:
                return None

    def _group(self, clauses: Sequence[tuple[str | None, dict[str, Any]]]) -> Query | None:
        parts = [(occur, self.query(node)) for occur, node in clauses]
        meant = [(_OCCUR[occur], part) for occur, part in parts if part is not None]
        if not meant:
            return None
        either = [part for occur, part in meant if occur is Occur.Should]
        if len(either) > 1 and len(either) < len(meant):  # "wheat paris OR london": one of the two
            meant = [(occur, part) for occur, part in meant if occur is not Occur.Should]
            meant.append((Occur.Must, Query.boolean_query([(Occur.Should, part) for part in either])))
        if all(occur is Occur.MustNot for occur, _ in meant):  # "NOT x": everything else
            meant.append((Occur.Must, Query.const_score_query(Query.all_query(), 0.0)))
        return Query.boolean_query(meant)

    def _literal(self, name: str | None, text: str, node: dict[str, Any]) -> Query | None:
        if name in DATE_FIELDS:
            period = date_range(text)
            return self._published(*period) if period else self._words(text)
        if name in LABEL_FIELDS:
            return self._label(LABEL_FIELDS[name], text)
        if name is not None and name not in TEXT_FIELDS:
            text = f"{name} {text}"  # "note: wheat" is two words, not a field
        fields = (TEXT_FIELDS[name],) if name in TEXT_FIELDS else ANYWHERE
        slop = int(node["slop"])
        if fields == ("subject",):
            return self.topic(text, slop=slop)
        if text.endswith("*"):
            return self._prefix(fields, text.rstrip("*"))
        if node["delimiter"] == "none" and fields == ANYWHERE:
            return self._words(text)
        return self.phrase(fields, text, slop=slop)

    def topic(self, text: str, *, slop: int) -> Query | None:
        """What the items say, and every code that the tables put under this one or under this name."""
        said = (
            self._prefix(("subject",), text.rstrip("*"))
            if text.endswith("*")
            else self.phrase(("subject",), text, slop=slop)
        )
        codes = list(self.subjects(text))
        if not codes:
            return said
        coded = Query.const_score_query(Query.term_set_query(self.own, SUBJECT_CODE, codes), 1.0)
        return coded if said is None else Query.disjunction_max_query([said, coded])

    def _words(self, text: str) -> Query | None:
        """Every word, in the body or the headline."""
        spoken = terms(text, None)
        if not spoken:
            return None
        queries = [word_query(self.own, word, [None, *self.languages]) for word in spoken]
        return Query.boolean_query([(Occur.Must, query) for query in queries])

    def phrase(self, fields: Sequence[str], text: str, *, slop: int) -> Query | None:
        """The words in this order, under each language's stemming; the best field counts."""
        variants = dict.fromkeys(tuple(terms(text, language)) for language in (None, *self.languages))
        queries = [
            Query.term_query(self.own, field, spoken[0])
            if len(spoken) == 1
            else Query.phrase_query(self.own, field, list(spoken), slop=slop)
            for spoken in variants
            if spoken
            for field in fields
        ]
        return Query.disjunction_max_query(queries) if queries else None

    def _prefix(self, fields: Sequence[str], text: str) -> Query | None:
        spoken = terms(text, None)
        if not spoken:
            return None
        # Terms hold letters, marks and digits only: nothing in them is special to a regular expression.
        starting = [Query.regex_query(self.own, field, f"{spoken[-1]}.*") for field in fields]
        # "elections*" ends beyond the stem that the index holds: the word itself is found by its stem.
        stems = {term for language in self.languages for term in terms(spoken[-1], language)}
        starting += [Query.term_query(self.own, field, stem) for stem in sorted(stems) for field in fields]
        whole = [query for word in spoken[:-1] if (query := self.phrase(fields, word, slop=0)) is not None]
        return Query.boolean_query(
            [(Occur.Must, query) for query in (*whole, Query.disjunction_max_query(starting))]
        )

    def _label(self, field: str, text: str) -> Query:
        wanted = text.casefold()
        values = [value for value in self.labels(field) if value.casefold() == wanted]
        return Query.const_score_query(Query.term_set_query(self.own, field, values or [text]), 0.0)

    def _range(self, node: dict[str, Any]) -> Query | None:
        """`date:[1987 TO 1988]`, `date:>=1987-03`; ranges of anything else are read as words."""
        lower, upper = node["lower"], node["upper"]
        first = date_range(str(lower.get("value", "")))
        last = date_range(str(upper.get("value", "")))
        if node["field"] not in DATE_FIELDS or not (first or last):
            return self._words(" ".join(str(end["value"]) for end in (lower, upper) if "value" in end))
        since = None if first is None else first[0] if lower["type"] == "inclusive" else first[1]
        until = None if last is None else last[1] if upper["type"] == "inclusive" else last[0]
        return self._published(since, until)

    def _published(self, since: datetime | None, until: datetime | None) -> Query:
        limits = Query.range_query(
            self.own,
            "published",
            FieldType.Integer,
            lower_bound=None if since is None else microseconds(since),
            upper_bound=None if until is None else microseconds(until) - 1,
        )
        return Query.const_score_query(limits, 0.0)


def date_range(text: str) -> tuple[datetime | None, datetime | None] | None:
    """ "1987", "1987-03", "1987-03-02", "1987-03..1987-06", "..1990", "1990..": start, and end exclusive.

    None where it is not a date.
    """
    first, dots, last = text.strip().partition("..")
    begins, ends = _period(first), _period(last if dots else first)
    if (first and begins is None) or (last and ends is None) or (begins is None and ends is None):
        return None
    return (begins[0] if begins else None, ends[1] if ends else None)


def _period(text: str) -> tuple[datetime, datetime] | None:
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        start = datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
    except ValueError:
        return None
    if day is not None:
        return start, start + timedelta(days=1)
    months = 1 if month is not None else 12
    last_month = start.month + months - 1
    last_day = calendar.monthrange(start.year, last_month)[1]
    return start, datetime(start.year, last_month, last_day, tzinfo=UTC) + timedelta(days=1)


_OCCUR = {None: Occur.Must, "must": Occur.Must, "should": Occur.Should, "must_not": Occur.MustNot}
