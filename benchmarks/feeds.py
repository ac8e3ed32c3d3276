"""Feeds of any length for the ingestion benchmarks: real words in the formats agencies send.

Bodies are those of Reuters-21578 where the shared data is there, otherwise of data/sample; every item has
a guid, a time and a headline of its own, and its number in the first sentence.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.real_passages import SAMPLE, reuters_files
from domain.story import Version
from ingest.frames import Task, frames

FIRST = datetime(1990, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=37)  # 2,335 a day, as one agency sends
ITEMS_A_MESSAGE = 200
ITEMS_A_FILE = 50_000
LONGEST = 4_000  # characters of a body; Reuters-21578 has 830 on average

_MESSAGE = """<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>{sent}</sent></header><itemSet>
{items}
</itemSet></newsMessage>
"""
_NEWS_ITEM = """<newsItem guid="urn:newsml:example.org:{number}" version="1" standard="NewsML-G2" standardversion="2.28" conformance="power" xml:lang="en">
<itemMeta><itemClass qcode="ninat:text"/><provider literal="example.org"/><versionCreated>{published}</versionCreated><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><urgency>4</urgency><language tag="en"/><subject qcode="medtop:04000000"><name>economy</name></subject><headline>{headline}</headline><slugline>BENCH-{number}</slugline></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>{headline}</title></head><body>
{paragraphs}
</body></html></inlineXML></contentSet></newsItem>"""


def real_stories() -> list[Version]:
    """Some thousands with a body, to draw words from."""
    files = tuple(reuters_files(4) or [SAMPLE / "en.jsonl"])
    read = frames(Task(files, "auto", None))
    found = [one.item for frame in read for one in frame.items if isinstance(one.item, Version)]
    return [story for story in found if len(story.body) > 200]


def newsml_g2(folder: Path, stories: Sequence[Version], items: int) -> Path:
    """`items` newsItems in newsMessages of ITEMS_A_MESSAGE, one a file."""
    numbered = enumerate(itertools.islice(itertools.cycle(stories), items))
    for number, some in enumerate(iter(lambda: list(itertools.islice(numbered, ITEMS_A_MESSAGE)), [])):
        text = _MESSAGE.format(sent=_when(number), items="\n".join(_news_item(*one) for one in some))
        (folder / f"{number:05}.xml").write_text(text, encoding="utf-8")
    return folder


def _news_item(number: int, story: Version) -> str:
    paragraphs = (f"Item {number}.", *story.body[:LONGEST].split("\n\n"))
    return _NEWS_ITEM.format(
        number=number,
        published=_when(number),
        headline=escape(f"{number} {story.headline or ''}"),
        paragraphs="\n".join(f"<p>{escape(one)}</p>" for one in paragraphs),
    )


def ninjs_files(folder: Path, stories: Sequence[Version], items: int) -> Path:
    """`items` ninjs objects, one a line, gzipped, ITEMS_A_FILE a file. Written as a stream: nothing piles up."""
    lines = _ninjs_lines(stories, items)
    for number in range(-(-items // ITEMS_A_FILE)):
        with gzip.open(folder / f"{number:05}.jsonl.gz", "wt", compresslevel=1, encoding="utf-8") as file:
            file.writelines(itertools.islice(lines, ITEMS_A_FILE))
    return folder


def _ninjs_lines(stories: Sequence[Version], items: int) -> Iterator[str]:
    drawn = random.Random(7)
    paragraphs = [one for story in stories for one in story.body[:LONGEST].split("\n\n")]
    for number in range(items):
        story = stories[number % len(stories)]
        # Each item is put together anew: a feed in which all are copies would measure the linking of copies.
        body = "\n\n".join((f"Item {number}.", *drawn.choices(paragraphs, k=drawn.randint(2, 9))))
        yield (
            json.dumps(
                {
                    "uri": f"urn:newsml:example.org:{number}",
                    "type": "text",
                    "versioncreated": _when(number),
                    "pubstatus": "usable",
                    "language": "en",
                    "headline": f"{number} {story.headline or ''}",
                    "urgency": 4,
                    "body_text": body,
                }
            )
            + "\n"
        )


def _when(number: int) -> str:
    return (FIRST + APART * number).strftime("%Y-%m-%dT%H:%M:%SZ")
