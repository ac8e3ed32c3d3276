"""Pairs for the verifier from Reuters-21578 and OrangeSum, made at run time: nothing of either is kept here.

.venv/bin/python scripts/make_shared_verification_set.py OUT [--shared ../shared/data] [--stories 300]

Reuters: a sentence of a story, its figures written another way, is supported. OrangeSum: the abstract written
by the paper's own editors, where its figures and names stand in the article, is. Each then gives false
sentences with one number, date, direction, negation or unit changed by rule. Labels are by rule: read the
figures of `python -m benchmarks.verification OUT` as a check against surprises, not as a measurement.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from make_verification_set import Written  # noqa: E402

from answering.verify.names import find_names  # noqa: E402
from answering.verify.quantities import find_quantities  # noqa: E402
from domain.sentences import split_sentences  # noqa: E402

SEED = 20261125
_MOST = 4000  # articles looked through
_SHORT, _LONG = 60, 240  # characters of a sentence worth keeping
_REUTERS_STORY = re.compile(
    r'NEWID="(?P<id>\d+)">\s*<DATE>\s*(?P<date>[^<]+?)\.\d\d</DATE>.*?<TITLE>(?P<title>[^<]*)</TITLE>.*?<BODY>(?P<body>.*?)</BODY>',
    re.DOTALL,
)
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_REWRITTEN = (
    (r"\bmln\b", "million"), (r"\bbillion\b|\bbln\b", "billion"), (r"\bdlrs\b", "dollars"), (r"\bpct\b", "percent"),
    (r"\bpour cent\b", "%"),
)  # fmt: skip
_OPPOSITES = {
    "en": (("rose", "fell"), ("increased", "decreased"), ("higher", "lower"), ("up", "down"), ("buy", "sell"), ("profit", "loss"), ("after", "before")),
    "fr": (("hausse", "baisse"), ("augmenté", "diminué"), ("gagné", "perdu"), ("avant", "après"), ("plus", "moins")),
}  # fmt: skip
_NEGATED = {
    "en": ((r"\b(is|are|was|were|has|have|had|will|would)\b", r"\1 not"),),
    "fr": ((r"\b(a|ont|est|sont|sera|était|avait)\b", r"n'\1 pas"),),
}
_UNITS = {
    "en": (("percent", "percentage points"), ("dollars", "marks"), ("tonnes", "barrels")),
    "fr": (("euros", "dollars"), ("%", "points")),
}
_MONTH_NAMES = {
    "en": (
        "January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    uri: str
    version: int
    versioncreated: str
    language: str
    headline: str
    body_text: str


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--shared", type=Path, default=ROOT / ".." / "shared" / "data")
    parser.add_argument("--stories", type=int, default=300, help="of each collection")
    arguments = parser.parse_args()
    chance = random.Random(SEED)  # noqa: S311
    told: list[tuple[Story, str]] = []
    for found in (_reuters(arguments.shared), _orangesum(arguments.shared)):
        every = list(found)
        chance.shuffle(every)
        told += every[: arguments.stories]
    arguments.out.mkdir(parents=True, exist_ok=True)
    pairs = [pair for story, sentence in told for pair in _pairs(story, sentence, chance)]
    _write(arguments.out / "stories.jsonl", (story for story, _ in told))
    _write(arguments.out / "pairs.jsonl", pairs)
    sys.stdout.write(f"{len(pairs)} pairs on {len(told)} stories in {arguments.out}\n")


def _write(path: Path, rows: Iterator[Story] | list[Written]) -> None:
    path.write_text("".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in rows), "utf-8")


def _reuters(shared: Path) -> Iterator[tuple[Story, str]]:
    for path in sorted((shared / "reuters21578").glob("reut2-*.sgm.gz"))[:2]:
        for match in _REUTERS_STORY.finditer(gzip.decompress(path.read_bytes()).decode("latin-1")):
            body = (
                re.sub(r"\s+", " ", re.sub(r"&#?\w+;", " ", match["body"])).removesuffix(" REUTER ").strip()
            )
            sentences = [body[a:b] for a, b in split_sentences(body)]
            fit = [s for s in sentences[:4] if _SHORT <= len(s) <= _LONG and find_quantities(s, "en")]
            day, month, year = match["date"].split()[0].split("-")
            if fit and month in _MONTHS:
                stamp = f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}T12:00:00Z"
                story = Story(
                    uri=f"urn:reuters21578:{match['id']}", version=1, versioncreated=stamp, language="en",
                    headline=match["title"].strip(), body_text=body,
                )  # fmt: skip
                yield story, _rewritten(fit[0])


def _orangesum(shared: Path) -> Iterator[tuple[Story, str]]:
    for path in sorted((shared / "orangesum-fr").glob("*.jsonl.gz")):
        for number, line in enumerate(
            gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()[:_MOST]
        ):
            row = json.loads(line)
            body, abstract = row["article"], row["heading"].strip()
            if _SHORT <= len(abstract) <= _LONG and body and _stands(abstract, body):
                story = Story(
                    uri=f"urn:orangesum:{number}", version=1, versioncreated=f"{row['date']}T12:00:00Z",
                    language="fr", headline=row["title"], body_text=body,
                )  # fmt: skip
                yield story, abstract


def _stands(abstract: str, body: str) -> bool:
    """Whether every figure and name of the abstract is in the article: an editor may know more than it says."""
    told = {v for q in find_quantities(body, "fr") for v in q.values}
    figures = all(set(q.values) & told for q in find_quantities(abstract, "fr"))
    return figures and all(n.text in body for n in find_names(abstract, "fr") if n.surely)


def _rewritten(sentence: str) -> str:
    for pattern, words in _REWRITTEN:
        sentence = re.sub(pattern, words, sentence)
    return re.sub(r"\b(\d{1,3}),(\d{3})\b", r"\1\2", sentence).replace(", which", " that", 1)


def _pairs(story: Story, sentence: str, chance: random.Random) -> Iterator[Written]:
    half = "calibrate" if hashlib.sha256(story.uri.encode()).digest()[0] % 2 else "report"
    base = Written(
        id=story.uri, story=story.uri, version=1, story_language=story.language, language=story.language,
        sentence=sentence, supported=True, kind="paraphrase", half=half,
    )  # fmt: skip
    yield base
    for kind, wrong in _errors(sentence, story.language, chance):
        if wrong != sentence:
            yield replace(base, id=f"{base.id}.{kind}", sentence=wrong, supported=False, kind=kind)


def _errors(sentence: str, language: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    if match := re.search(r"(?<![\w.,])\d+(?:[.,]\d+)?(?![\w.,]\d)", sentence):
        digits = match.group()
        changed = str(int(digits[0]) % 9 + 1) + digits[1:]
        yield "number", sentence[: match.start()] + changed + sentence[match.end() :]
    for month in _MONTH_NAMES[language]:
        if re.search(rf"\b{month}\b", sentence):
            other = chance.choice([m for m in _MONTH_NAMES[language] if m != month])
            yield "date", re.sub(rf"\b{month}\b", other, sentence, count=1)
            break
    for kind, table in (("direction", _OPPOSITES), ("unit", _UNITS)):
        for one, other in table[language]:
            for words, wrong in ((one, other), (other, one)):
                if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", sentence):
                    yield kind, re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", wrong, sentence, count=1)
                    return
    for pattern, words in _NEGATED[language]:
        if re.search(pattern, sentence):
            yield "negation", re.sub(pattern, words, sentence, count=1)


if __name__ == "__main__":
    main()
