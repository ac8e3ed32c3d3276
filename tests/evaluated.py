"""A small archive on which a set of one's own was run twice: before and after one of its stories was killed."""

from __future__ import annotations

import json
from pathlib import Path

from evaluation.sets import load_set
from runtime import Archive
from runtime.evaluation import Prepared

KILLED = "urn:test:ferry"
HOSTILE = "<script>alert(1)</script> **bold** [x](javascript:alert(1))"
STORIES = (
    (KILLED, "Ferry aground off Corran",
     "The ferry Lady Ann ran aground off Corran on Tuesday with 214 people on board, the coastguard said."),
    ("urn:test:wall", "Berlin Wall opened",
     "The Berlin Wall was opened on 9 November 1989 after an announcement by Guenter Schabowski in East Berlin."),
    ("urn:test:bridge", "Bridge at Tarn opens",
     "The Millau bridge over the Tarn was opened on 14 December 2004 by President Jacques Chirac in the south of France."),
    ("urn:test:hostile", HOSTILE,
     f"The hacker group Rotkohl claimed on Monday that {HOSTILE} had been its first message to the ministry."),
)  # fmt: skip
QUESTIONS = """\
id,question,answer,guid,answerable,lang,type,date
ferry,How many people were on board the ferry Lady Ann off Corran?,214,urn:test:ferry,,en,number,
wall,When was the Berlin Wall opened?,9 November 1989,urn:test:wall,,en,date,
pont,Qui a inauguré le viaduc de Millau sur le Tarn ?,Jacques Chirac,urn:test:bridge,,fr,person,
moon,Who won the chess championship on the Moon in 2031?,,,no,en,absent,
"""


def feed(path: Path) -> Path:
    rows = [
        {"guid": guid, "provider": "test", "version": "1", "headline": headline, "body": body, "language": "en",
         "date": "2005-03-01T10:00:00Z"}
        for guid, headline, body in STORIES
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def run_twice(archive: Archive, folder: Path) -> Path:
    """Runs "before" and "after", quoting, are then among the archive's; gives the set's file."""
    archive.ingest([feed(folder / "feed.jsonl")])
    questions = folder / "questions.csv"
    questions.write_text(QUESTIONS, encoding="utf-8")
    prepared = Prepared(load_set(questions), archive)
    prepared.run(name="before", extractive=True)
    archive.kill(KILLED, reason="wrong", actor="test")
    prepared.run(name="after", extractive=True)
    return questions
