"""The comparison with peers: how a reply becomes a result, and a small peer in a process of its own.

No environment is made here: the peer asked is a script of a few lines that quotes the story it is told of.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.answering.given import ReadStory
from benchmarks.answering.table import figures
from benchmarks.peers.environments import FOLDER, PEERS, versions
from benchmarks.peers.process import Peer, as_result, judged, question
from benchmarks.peers.sides.protocol import Cited, Reply, Setup, source_numbers
from domain.answer import Outcome
from domain.query import Filters
from evaluation.sets import EvalQuery, EvalSet

WALL = ReadStory(
    guid="wall", version=2, published=datetime(1989, 11, 9, tzinfo=UTC), headline="Wall opens",
    body="The Berlin Wall opened on Thursday.\n\nGuards stood by.",
)  # fmt: skip
STORIES = {"wall": WALL}


def _reply(text: str, *cited: str, query_id: str = "q") -> Reply:
    return Reply(
        query_id=query_id, text=text, ranked=["wall"], cited=[Cited(guid="wall", text=words) for words in cited],
        evidence_seconds=0.1, first_word_seconds=None, total_seconds=3.0,
    )  # fmt: skip


def test_a_citation_is_exact_where_its_words_stand_in_the_story() -> None:
    shown = as_result(
        _reply("It opened [1].", "Guards stood by.", "Wall opens (9 November 1989)\nGuards stood by.", ""),
        STORIES,
    ).shown
    assert [span.exact for span in shown] == [True, False, False]
    assert WALL.body[shown[0].start : shown[0].end] == "Guards stood by."
    assert shown[0].version == 2


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("On Thursday [1].", Outcome.ANSWERED),
        ("The sources do not mention when it closed.", Outcome.NOT_IN_ARCHIVE),
        ("It opened [1]. The sources do not mention when it closed.", Outcome.ANSWERED),
        ("According to the context, it is not specified when it closed [1].", Outcome.NOT_IN_ARCHIVE),
        ("Answering is not possible given the available information.", Outcome.NOT_IN_ARCHIVE),
        ("None of the sources say when.", Outcome.NOT_IN_ARCHIVE),
        ("Empty Response", Outcome.NOT_IN_ARCHIVE),
        ("[3]", Outcome.NOT_IN_ARCHIVE),  # a number without a word says nothing
        ("", Outcome.NOT_IN_ARCHIVE),
    ],
)
def test_a_reply_is_a_refusal_when_it_begins_with_one_or_says_nothing(text: str, outcome: Outcome) -> None:
    result = as_result(_reply(text, "Guards stood by."), STORIES)
    assert result.outcome is outcome
    assert judged(replace(result, outcome=None)).outcome is outcome  # kept answers are judged alike


def test_marks_are_no_words_of_the_answer() -> None:
    assert as_result(_reply("It opened on Thursday [1][2]."), STORIES).text == "It opened on Thursday."


def test_replies_are_scored_by_the_measures_of_every_run() -> None:
    queries = (
        EvalQuery(query_id="when", text="When?", answers=("Thursday",), answerable=True),
        EvalQuery(query_id="why", text="Why?", answers=(), answerable=False),
    )
    of = EvalSet(
        name="two", folder=Path(), corpus=(), queries=queries, qrels={"when": {"wall": 1}}, fingerprint="0"
    )
    replies = (
        _reply("On Thursday [1].", "Guards stood by.", query_id="when"),
        _reply("The sources do not say why.", "Guards stood by.", query_id="why"),
    )
    found = figures(of, queries, {r.query_id: as_result(r, STORIES) for r in replies}, None)
    assert (found.answerable_right, found.citation_precision, found.citation_recall) == (1.0, 1.0, 1.0)
    assert (found.absent_declined, found.present_declined, found.exact) == (1.0, 0.0, 1.0)
    assert (found.evidence_seconds, found.first_word_seconds, found.total_seconds) == (0.1, 3.0, 3.0)
    assert found.cited_characters == len("Guards stood by.")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It opened [2], then closed [1].", [2, 1]),
        ("So say [1, 3] and [Source 4].", [1, 3, 4]),
        ("Source 2 says so, as does source 2.", [2]),
        ("In 1989 [sic] 3 guards stood by.", []),
    ],
)
def test_the_sources_an_answer_names(text: str, numbers: list[int]) -> None:
    assert source_numbers(text) == numbers


def test_the_sets_dates_go_to_a_peer_as_seconds() -> None:
    asked = question(
        EvalQuery(query_id="q", text="?", filters=Filters(start=WALL.published, as_of=WALL.published))
    )
    assert (asked.start, asked.end, asked.as_of) == (626572800.0, None, 626572800.0)


QUOTING = """
import os, subprocess, sys
sys.path.insert(0, {sides!r})
from pathlib import Path
from protocol import Cited, Reply, serve

class Quoting:
    def __init__(self, setup):
        self.kept = Path(setup.store) / "body.txt"
        print("loading", end="")              # a library's chatter, in Python
    def ingest(self, stories):
        self.kept.write_text(stories[0].body)
        os.system("echo chatter")             # and below it
    def open(self):
        self.body = self.kept.read_text()
    def ask(self, question):
        if question.text == "stop":
            sys.exit(3)
        return Reply(query_id=question.query_id, text=f"{{question.text}} é [1]", ranked=["wall"],
                     cited=[Cited(guid="wall", text=self.body)], evidence_seconds=0.0,
                     first_word_seconds=None, total_seconds=0.5)

serve(Quoting)
"""


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    stories = tmp_path / "stories.jsonl"
    stories.write_text(
        '{"guid": "wall", "headline": "", "date": "", "published": 0.0, "body": "The Berlin Wall opened on Thursday."}\n'
    )
    return Setup(
        stories=str(stories), store=str(tmp_path / "store"), embedder="", query_prefix="", passage_prefix="",
        gguf="", context=1, max_tokens=1, batch=1, threads=1, top=4,
    )  # fmt: skip


def _peer(tmp_path: Path, setup: Setup) -> Peer:
    script = tmp_path / "quoting.py"
    script.write_text(QUOTING.format(sides=str(FOLDER / "sides")))
    return Peer(script, python=Path(sys.executable), setup=setup, log=tmp_path / "log", stories=STORIES)


def test_a_peer_ingests_once_and_answers_question_after_question(tmp_path: Path, setup: Setup) -> None:
    with _peer(tmp_path, setup) as peer:
        assert peer.ingest_seconds is not None
        for name in ("first", "second"):
            result = peer.ask(EvalQuery(query_id=name, text=f"Said {name}"))
            assert (result.query_id, result.text) == (name, f"Said {name} é")
            assert result.shown[0].exact
    assert b"chatter" in (tmp_path / "log").read_bytes()
    with _peer(tmp_path, setup) as peer:
        assert peer.ingest_seconds is None  # kept


def test_a_peer_that_stops_is_named_with_its_log(tmp_path: Path, setup: Setup) -> None:
    with (
        _peer(tmp_path, setup) as peer,
        pytest.raises(SystemExit, match=r"quoting\.py stopped \(3\); see .*log"),
    ):
        peer.ask(EvalQuery(query_id="q", text="stop"))


@pytest.mark.parametrize("peer", PEERS)
def test_every_requirement_is_pinned_and_the_engines_are_the_products(peer: str) -> None:
    lines = (FOLDER / f"{peer}.requirements.txt").read_text("utf-8").splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.!+-]+", line) for line in packages)
    names = {line.partition("==")[0].lower().replace("_", "-") for line in packages}
    assert not names & {"torch", "llama-cpp-python"}
    assert versions(peer).split()[0].split("-")[0] in {"llama", "haystack", "txtai"}
    assert (FOLDER / "sides" / f"with_{peer}.py").is_file()
