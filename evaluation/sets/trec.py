"""TREC topics and qrels: a folder with one file of each, and the documents anywhere `depeche ingest` can read.

Topics (a file whose name holds "topic" or "quer"): `<top>` blocks with <num> and <title> as in the ad hoc
tracks, XML with <topic number="…">, or lines of id <tab> text as in the deep learning track. The title is
asked. Qrels (a name with "qrel"): topic, iteration, document, grade. The corpus: `corpus.jsonl[.gz]`, else
what --corpus names, else the archive asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from domain.errors import SetError
from evaluation.sets.model import EvalQuery, EvalSet, make_set
from evaluation.sets.rows import open_bytes

_TOP = re.compile(r"<top>(.*?)</top>", re.DOTALL | re.IGNORECASE)
_TOPIC = re.compile(r"<topic\b([^>]*)>(.*?)</topic>", re.DOTALL | re.IGNORECASE)
_NUMBER = re.compile(r"<num>\s*(?:Number:)?\s*(\S+?)\s*(?=<|\n|$)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""number\s*=\s*["']([^"']+)["']""")
_FIELD = r"<{0}>\s*(?:Topic:)?\s*(.*?)\s*(?=<|\Z)"
_FIELDS = ("title", "query", "question", "desc")


def is_trec(folder: Path) -> bool:
    return bool(_named(folder, "topic", "quer")) and bool(_named(folder, "qrel"))


def load(folder: Path, shared: Path | None) -> EvalSet:
    if not is_trec(folder):
        raise SetError(f"{folder} has no file of topics and one of qrels", hint="see docs/sets.md")
    topics, judged = _named(folder, "topic", "quer")[0], _named(folder, "qrel")[0]
    queries = [EvalQuery(query_id=number, text=text) for number, text in _topics(topics)]
    corpus = tuple(p for n in ("corpus.jsonl", "corpus.jsonl.gz") if (p := folder / n).is_file())[:1]
    known = {q.query_id for q in queries}
    return make_set(folder, format="trec", queries=queries, qrels=_qrels(judged, known), corpus=corpus)


def _named(folder: Path, *words: str) -> list[Path]:
    """Files whose names hold one of the words; qrels are nothing else."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and any(word in path.name.casefold() for word in words)
        and ("qrel" in words or "qrel" not in path.name.casefold())
    ]


def _topics(path: Path) -> Iterator[tuple[str, str]]:
    with open_bytes(path) as stream:
        text = stream.read().decode("utf-8", errors="replace")
    if "<top" not in text.casefold():
        yield from _lines(path, text)
        return
    blocks = [(m.start(), "", m.group(1)) for m in _TOP.finditer(text)]
    blocks += [(m.start(), m.group(1), m.group(2)) for m in _TOPIC.finditer(text)]
    for start, attributes, block in blocks:
        where = f"{path}, line {text.count(chr(10), 0, start) + 1}"
        number = _ATTRIBUTE.search(attributes) or _NUMBER.search(block)
        if number is None:
            raise SetError(f"{where}: no 'num'")
        asked = next((found for name in _FIELDS if (found := _field(name, block))), None)
        if asked is None:
            raise SetError(f"{where}: no 'title'")
        yield number.group(1), asked


def _field(name: str, block: str) -> str:
    found = re.search(_FIELD.format(name), block, re.DOTALL | re.IGNORECASE)
    return " ".join(found.group(1).split()) if found else ""


def _lines(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            topic, tab, asked = line.partition("\t")
            if not tab or not asked.strip():
                raise SetError(f"{path}, line {number}: expected id, tab, text")
            yield topic.strip(), asked.strip()


def _qrels(path: Path, known: set[str]) -> dict[str, dict[str, int]]:
    """Judgements of the topics asked; qrels often cover more topics than one file of topics holds."""
    qrels: dict[str, dict[str, int]] = {}
    with open_bytes(path) as lines:
        for number, line in enumerate(lines, start=1):
            fields = line.decode("utf-8").split()
            if not fields:
                continue
            if len(fields) != 4 or not fields[3].lstrip("-").isdigit():
                raise SetError(f"{path}, line {number}: expected topic, iteration, document, grade")
            if fields[0] in known:
                qrels.setdefault(fields[0], {})[fields[2]] = int(fields[3])
    if not qrels:
        raise SetError(f"{path}: no judgement is about a topic of the set")
    return qrels
