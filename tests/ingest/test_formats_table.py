"""docs/formats.md says of each file of the press-formats collection what becomes of it; this test says so.

    DEPECHE_WRITE_DOCS=1 pytest tests/ingest/test_formats_table.py     # writes the table anew

Reasons are shown, the words of stories are not.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import SourceError
from domain.story import Directive, Rejected, SetAside, SourceRef, Version
from ingest import readers
from ingest.reading import read_file
from ingest.sources import Meter, files_of, sources_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "formats.md"
SECONDS = re.compile(r"longer than \d+ s")
HEAD = """# What is read

A file's format is found by its content, not by its name; `--format NAME` overrides. gzip, bzip2, xz, zstd, zip and
tar layers are removed first, in each other up to four deep. Names of formats: {names}.

## Your own stories, as JSON or as a table

A story a line (`jsonl`; an array of them will do), or a row of a table (`csv` with a header line, `parquet`):

```json
{{"id": "1987-0412", "date": "1987-03-04T09:30:00Z", "title": "Grain deal signed", "text": "Grain traders signed …"}}
```

`text` and `date` are needed; a date without a zone is UTC. A story without an `id` gets one made of its words. Sent
again under the same `id` with other words it is a new version; sent with `"status": "killed"` it is taken off
(`withheld`: held). Also read: `language` (else found out), `provider`, `byline`, `dateline`, `place`, `url`,
`slugline`, `subjects`, `people`, `organisations`, `embargo` (not shown before), `urgency`, `version`, `ednote`. The other
names that exports give to these fields are known too (`headline`, `body`, `published`, `author` …: the table in
`ingest/readers/jsonl.py`). `depeche ingest --provider NAME` says for all of them whose they are.

## A collection, file by file

What becomes of each file of a collection of {files} real and exemplary files from agencies, made by
`tests/ingest/test_formats_table.py`: {items} items, of which {stories} are stories, {messages} messages about
other items (kills, holds, corrections), {aside} set aside (rightly not stories: packages, concepts, pictures without
words) and {rejected} quarantined. The table is made without Tesseract, which reads the scanned PDFs
(`apt-get install tesseract-ocr`, and `tesseract-ocr-fra` … for each language).

| file | format | items | stories | messages | set aside | quarantined, and why |
|---|---|---:|---:|---:|---|---|
"""


@pytest.mark.shared
def test_the_page_says_what_becomes_of_each_file(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Recognising the scans takes minutes (tests/ingest/readers/test_pdf.py does one): as if it were not installed.
    monkeypatch.setattr("ingest.readers.pdf.shutil.which", lambda _: None)
    folder = shared_data / "press-formats"
    rows, total = [], Counter[str]()
    for file in files_of([folder]):
        row, counts = _row(file, folder)
        rows.append(row)
        total += counts
    page = HEAD.format(
        names=", ".join(f"`{name}`" for name in readers.names()),
        files=len(rows),
        **{name: total[name] for name in ("items", "stories", "messages", "aside", "rejected")},
    ) + "".join(rows)
    if os.environ.get("DEPECHE_WRITE_DOCS") == "1":
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text("utf-8") == page, "write it anew: DEPECHE_WRITE_DOCS=1 pytest " + str(
        Path(__file__).relative_to(ROOT)
    )


def _row(file: Path, folder: Path) -> tuple[str, Counter[str]]:
    counts = Counter[str]()
    aside, reasons = Counter[str](), Counter[str]()
    for one in read_file(file, format="auto", provider=None, meter=Meter()):
        counts["items"] += 1
        match one.item:
            case Version():
                counts["stories"] += 1
            case Directive():
                counts["messages"] += 1
            case SetAside(kind=kind):
                counts["aside"] += 1
                aside[kind] += 1
            case Rejected(reason=reason, source=source):
                counts["rejected"] += 1
                reasons[_told(reason, source, folder)] += 1
    assert counts["items"], f"{file} gave nothing: neither a story nor a reason"
    cells = (
        str(file.relative_to(folder)), ", ".join(sorted(set(_formats(file)))) or "none", counts["items"],
        counts["stories"], counts["messages"] or "", _listed(aside), _listed(reasons),
    )  # fmt: skip
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n", counts


def _formats(file: Path) -> Iterator[str]:
    for source in sources_of(file):
        if isinstance(source, Rejected):
            continue
        try:
            yield readers.choose(source).name
        except SourceError:
            continue


def _told(reason: str, source: SourceRef, folder: Path) -> str:
    """The reason without the folder of this machine, on one line."""
    told = reason.replace(source.path, "it").replace(f"{folder}/", "")
    return " ".join(SECONDS.sub("too long", told).split()).replace("`", "'")


def _listed(counts: Counter[str]) -> str:
    return "; ".join(f"{count} {name}" for name, count in sorted(counts.items()))
