"""Linking as part of ingestion: in any batches the same, killed anywhere and run again the same, done once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import ingest.duplicates.linking as linking
from db.groups import CROWDED_KEY
from db.store import StoryStore
from ingest.duplicates.linking import Linker
from ingest.pipeline import ingest
from tests.db.stories import sent
from tests.ingest.samples import count_tokens

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "sample"
PLACES = ("Lisbon", "Dakar", "Oslo", "Quito", "Riga", "Perth", "Cairo", "Lima", "Turku", "Hanoi")
VESSELS = [first + last for first in ("Bel", "Cor", "Dal", "Mer") for last in PLACES]
GROUPS = 40  # events of the feed, each told by an alert, a story and its re-file, some of them corrected
KILLS = 6
SEED = 7


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoryStore]:
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as opened:
        yield opened


def feed(folder: Path, *, groups: int = GROUPS) -> Path:
    """Alerts, stories, re-files and corrections, in an order of their own."""
    rows = []
    for n in range(groups):
        place, day = PLACES[n % len(PLACES)], n % 28 + 1
        headline = f"Freighter {VESSELS[n]} runs aground near {place}"
        body = (
            f"The freighter {VESSELS[n]} ran aground near {place} with {n + 20} sailors, the coast guard said. Tugs left"
            " the harbour at once and took off the crew before night fell over the sands where the ship was lying.\n\n"
            "Its owners said they would wait for the high tide, and that its cargo of timber had not been lost to them."
        )
        sendings = [
            ("alert", f"ALERT - {headline}", f"{headline}.", 0),
            ("story", headline, body, 1),
            ("refile", headline, body, 2),
        ]
        if n % 4 == 0:
            sendings.append(
                (
                    "mended",
                    f"CORRECTED - {headline}",
                    body.replace(f"{n + 20} sailors", f"{n + 81} sailors"),
                    3,
                )
            )
        rows += [
            {"guid": f"urn:{name}:{n}", "provider": "test", "version": "1", "language": "en", "headline": title, "body": words,
             "date": f"2001-01-{day:02}T1{hour}:00:00Z"}
            for name, title, words, hour in sendings
        ]  # fmt: skip
    random.Random(SEED).shuffle(rows)
    folder.mkdir(exist_ok=True)
    (folder / "feed.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return folder


def links(store: StoryStore) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Groups and chains by the guids in them."""
    counts = store.counts()
    assert store.links.backlog() == 0
    ids = range(1, counts.stories + 1)
    guids = {one.story_id: one.guid for batch in store.iter_passages() for one in batch}
    found = []
    for groups in (store.links.duplicates, store.links.chains):
        members = groups.members(set(groups.of(ids).values()))
        found.append(sorted(tuple(sorted(guids[one] for one in some)) for some in members.values()))
    return found[0], found[1]


def taken_in(
    folder: Path, paths: Sequence[Path], **options: int
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    with StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}") as store:
        for path in paths:
            ingest([path], store=store, count_tokens=count_tokens, **options)
        return links(store)


def test_the_feeds_copies_and_chains_are_those_it_was_made_of(store: StoryStore, tmp_path: Path) -> None:
    ingest([feed(tmp_path / "feed")], store=store, count_tokens=count_tokens)
    copies, chains = links(store)
    assert copies == sorted((f"urn:refile:{n}", f"urn:story:{n}") for n in range(GROUPS))
    for n in range(GROUPS):
        chain = next(one for one in chains if f"urn:alert:{n}" in one)
        assert {f"urn:alert:{n}", f"urn:story:{n}"} <= set(chain) or f"urn:refile:{n}" in chain
        assert {one.rpartition(":")[2] for one in chain} == {str(n)}
        assert (f"urn:mended:{n}" in chain) == (n % 4 == 0)


@pytest.mark.parametrize("batch", [1, 7, 64])
def test_batches_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    path = feed(tmp_path / "feed")
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole = taken_in(tmp_path / "whole", [path])
    monkeypatch.setattr(linking, "LINK_BATCH", batch)
    monkeypatch.setattr(linking, "TEXTS_AT_HAND", 2 * batch)
    assert taken_in(tmp_path / "parts", [path], batch_size=5) == whole
    assert whole[0]


def test_linking_again_changes_nothing(store: StoryStore, tmp_path: Path) -> None:
    path = feed(tmp_path / "feed")
    ingest([path], store=store, count_tokens=count_tokens)
    before = links(store)
    Linker(store.links).catch_up()
    assert links(store) == before
    ingest([path], store=store, count_tokens=count_tokens)
    assert links(store) == before


def test_the_samples_chains_and_copies(store: StoryStore) -> None:
    """Written from reading the sample: four chains, one of which has no wrap, and six copies."""
    ingest([SAMPLE], store=store, count_tokens=count_tokens)
    copies, chains = links(store)
    prefix = "urn:depeche:sample:"
    assert [tuple(guid.removeprefix(prefix) for guid in one) for one in copies] == [
        tuple(sorted((f"{name}:{language}", f"{name}:{part}:{language}")))
        for name, part, language in (
            ("1994-05-06-channel-tunnel", "refile", "en"), ("1997-02-24-dolly-sheep", "refile", "en"),
            ("1997-05-11-deep-blue-kasparov", "refile", "en"), ("1998-07-12-world-cup-final", "bis", "fr"),
            ("1998-10-08-saramago-nobel", "bis", "pt"), ("2009-01-15-hudson-landing", "refile", "en"),
        )
    ]  # fmt: skip
    assert [tuple(guid.removeprefix(prefix) for guid in one) for one in chains] == [
        tuple(sorted(f"{name}{part}" for part in parts))
        for name, parts in (
            ("1986-01-28-challenger", (":alert:en", ":lead:en", ":en")),
            ("2013-03-13-pope-francis", (":alert:es", ":lead:es")),
            ("2019-04-15-notre-dame-fire", (":alert:en", ":lead:en", ":en")),
            ("2019-04-15-notre-dame-fire", (":alert:fr", ":lead:fr", ":fr")),
        )
    ]


RUN = """
import sys
import ingest.duplicates.linking as linking
from db.groups import Links
from db.store import StoryStore
from ingest.pipeline import ingest
from tests.ingest.samples import count_tokens

linking.LINK_BATCH = 10
add = Links.add
def told(*args, **kwargs):  # so that the kills fall before, within and after the writing
    print("adding", flush=True)
    done = add(*args, **kwargs)
    print("added", flush=True)
    return done
Links.add = told
with StoryStore.open(sys.argv[1]) as store:
    ingest([sys.argv[2]], store=store, count_tokens=count_tokens, batch_size=10)
"""


def test_killed_at_random_instants_and_run_again(tmp_path: Path) -> None:
    path = feed(tmp_path / "feed")
    (tmp_path / "whole").mkdir()
    whole = taken_in(tmp_path / "whole", [path])
    url = f"sqlite:///{tmp_path / 'archive.sqlite'}"
    chance = random.Random(SEED)
    left_to_link = 0
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", RUN, url, str(path)], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        ) as running:  # fmt: skip
            assert running.stdout is not None
            for _ in range(chance.randint(1, 4)):
                running.stdout.readline()
            time.sleep(chance.choice((0, 0.001, 0.003)))
            running.kill()
        with StoryStore.open(url) as store:
            left_to_link += running.returncode == -signal.SIGKILL and store.links.backlog() > 0
    assert left_to_link >= 2, "the kills left nothing to link: they prove nothing"
    assert taken_in(tmp_path, [path]) == whole


def test_a_killed_story_is_linked_by_what_it_said_and_its_kill_says_nothing(store: StoryStore) -> None:
    body = (
        "The mayor opened the bridge on Sunday before some hundreds of people of the town and its villages. "
        * 3
    )
    store.add_batch([sent("a", body=body), sent("b", body=body, hours=1)])
    store.kill("a", "libel", "test")
    Linker(store.links).catch_up()
    ids = store.links.story_ids(["a", "b"])
    assert store.duplicate_groups(ids.values()) == dict.fromkeys(ids.values(), ids["a"])


def test_a_key_that_everyone_has_costs_and_links_no_more(store: StoryStore) -> None:
    """A standing notice: after CROWDED_KEY of them its keys are not fed."""
    notice = (
        "This service is closed on the public holiday. Clients are asked to call the desk in Geneva instead. "
        * 2
    )
    store.add_batch(
        [sent(f"s{n}", body=notice, headline="Holiday notice", hours=n / 100) for n in range(3 * CROWDED_KEY)]
    )
    Linker(store.links).catch_up()
    assert store.links.backlog() == 0
    groups = store.duplicate_groups(range(1, 3 * CROWDED_KEY + 1))
    members = store.links.duplicates.members(set(groups.values()))
    assert max(len(one) for one in members.values()) == linking.MOST_MEMBERS
    assert len(groups) <= CROWDED_KEY + 1
