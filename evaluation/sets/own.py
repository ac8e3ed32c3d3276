"""Questions of one's own: a CSV with a header line, or JSONL, a question a row.

    question     what is asked (also: query, text)
    answer       what is accepted; further wordings in answer 2, answer 3 …, or in JSONL a list.
                 "Spain | Portugal" asks for both
    answerable   no: the archive does not hold it, and it should be declined
    guid         the story that holds the answer; several separated by spaces, or in JSONL a list
    date         asked of the archive as it stood at the end of that day (also: as_of)
    from, to     only stories published from that day, to that day
    lang, type   for the figures by language and kind of question
    choices      of a multiple-choice question, separated by " | "
    id           otherwise the row's number

Only `question` is needed. Column names are read without case; other columns are passed over. The separator
is the one of , ; tab that stands most often in the header line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from domain.errors import SetError
from domain.query import Filters
from evaluation.sets.model import EvalQuery, EvalSet, make_set, whole_day
from evaluation.sets.rows import Row, json_lines, open_bytes

_QUESTION = ("question", "query", "text")
_ANSWER = re.compile(r"answers?[ _]?\d*")
_GUID = ("guid", "guids", "story", "stories")
CSV_ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")


def load(path: Path, shared: Path | None) -> EvalSet:
    is_table = path.name.casefold().endswith(CSV_ENDINGS)
    queries: list[EvalQuery] = []
    qrels: dict[str, dict[str, int]] = {}
    for number, row in enumerate(_table(path) if is_table else _objects(path), start=1):
        query = _query(row, number)
        queries.append(query)
        if guids := _guids(row):
            qrels[query.query_id] = dict.fromkeys(guids, 1)
    return make_set(path, format="csv" if is_table else "jsonl", queries=queries, qrels=qrels)


def _objects(path: Path) -> Iterator[Row]:
    for row in json_lines(path):
        yield Row({name.strip().casefold(): value for name, value in row.values.items()}, row.where)


def _table(path: Path) -> Iterator[Row]:
    with open_bytes(path) as stream:
        text = _decoded(stream.read(), path)
    if not text.strip():
        raise SetError(f"{path} is empty")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader)]
        if not any(name in _QUESTION for name in header):
            raise SetError(
                f"{path}, line 1: no column 'question' among {', '.join(header)}",
                hint="the first line names the columns: question, answer, guid, date, lang …",
            )
        line = reader.line_num + 1
        for cells in reader:
            where, line = f"{path}, line {line}", reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                raise SetError(
                    f"{where}: {len(cells)} cells under {len(header)} columns",
                    hint='put a text that holds the separator in "quotation marks"',
                )
            yield Row({n: c.strip() for n, c in zip(header, cells, strict=False) if n}, where)
    except csv.Error as error:
        raise SetError(f"{path}, line {reader.line_num}: {error}") from error


def _decoded(content: bytes, path: Path) -> str:
    """UTF-8 with or without a mark, or UTF-16 with one, as spreadsheets save it."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SetError(f"{path}, line {line}: not {encoding}", hint='save it as "CSV UTF-8"') from error


def _query(row: Row, number: int) -> EvalQuery:
    question = next((name for name in _QUESTION if row.has(name)), "question")
    as_of = row.moment("date") or row.moment("as_of")
    end = row.moment("to")
    answers = tuple(
        text for name in sorted(row.values) if _ANSWER.fullmatch(name) for text in row.texts(name)
    )
    answerable = row.flag("answerable")
    if answerable is False and answers:
        raise SetError(f"{row.where}: 'answerable' says no, and there is an answer: {answers[0]!r}")
    return EvalQuery(
        query_id=row.optional_text("id") or row.optional_text("_id") or str(number),
        text=row.text(question),
        filters=Filters(
            start=row.moment("from"), end=end and end + timedelta(days=1), as_of=whole_day(as_of)
        ),
        language=row.optional_text("lang") or row.optional_text("language"),
        kind=row.optional_text("type") or row.optional_text("kind"),
        answers=answers,
        answerable=True if answers else answerable,
        choices=_several(row, "choices", " | "),
        day=as_of.date() if as_of else None,
    )


def _guids(row: Row) -> tuple[str, ...]:
    return tuple(guid for name in _GUID for guid in _several(row, name, None))


def _several(row: Row, name: str, separator: str | None) -> tuple[str, ...]:
    if isinstance(row.values.get(name), list):
        return row.texts(name)
    written = (row.optional_text(name) or "").split(separator)
    return tuple(part for one in written if (part := one.strip()))
