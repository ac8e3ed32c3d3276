"""What archivists may do, and readers may not: which files come in, what failed, what is taken off."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.access import Role, User
from domain.errors import ArchiveError, LimitExceeded, NotPermitted, SettingsError, SourceError, StoreError
from domain.story import Action
from ingest.readers.dated_path import date_in
from runtime import Archive, load_settings
from runtime import incoming as incoming_module
from runtime.desk import Desk
from runtime.desk.keeping import Keeping
from runtime.incoming import KEPT_SECONDS, Incoming
from runtime.jobs import JobState
from runtime.tables import csv_bytes
from tests.conftest import QUICK_MODEL
from tests.end_to_end.contents import feed_of

ARCHIVIST = User(name="ann", role=Role.ARCHIVIST)
WITH_LOGIN = {"access.login": "local"}


def opened(folder: Path, **access: object) -> Archive:
    return Archive.open(load_settings(folder, overrides={"model.name": QUICK_MODEL} | access))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with opened(tmp_path / "archive") as one:
        yield one


@pytest.fixture
def keeping(archive: Archive) -> Keeping:
    return Desk(archive, ARCHIVIST).keeping


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What jobs were started with; none is. A fake: whether one may be started is what is tested."""
    seen: list[tuple[str, ...]] = []

    def start(_jobs: object, _kind: object, arguments: tuple[str, ...], *, actor: str) -> None:
        assert actor == ARCHIVIST.name
        seen.append(tuple(arguments))

    monkeypatch.setattr("runtime.jobs.Jobs.start", start)
    return seen


@pytest.mark.parametrize("part", ["keeping", "withdrawing"])
def test_a_reader_is_refused(archive: Archive, part: str) -> None:
    with pytest.raises(NotPermitted):
        getattr(Desk(archive, User(name="rob", role=Role.READER)), part)
    assert getattr(Desk(archive, ARCHIVIST), part)


# -- which files may be named ------------------------------------------------------------------------


def test_without_a_login_any_path_may_be_named(
    keeping: Keeping, tmp_path: Path, started: list[tuple[str, ...]]
) -> None:
    feed = feed_of(1, tmp_path / "a feed.jsonl")
    keeping.ingest(paths=[str(feed), "  "], provider="-odd-")
    assert started == [("--format=auto", "--provider=-odd-", "--", str(feed))]
    for paths in ([], [" "]):
        with pytest.raises(SettingsError):
            keeping.ingest(paths=paths)
    with pytest.raises(SettingsError):
        keeping.ingest(paths=[str(feed)], format="no-such")
    for wrong in (str(tmp_path / "absent"), "a\0b"):
        with pytest.raises(SourceError):
            keeping.ingest(paths=[wrong])


def test_with_a_login_only_what_lies_in_the_roots(tmp_path: Path, started: list[tuple[str, ...]]) -> None:
    inside, outside = tmp_path / "feeds", tmp_path / "feeds-secret"
    for folder in (inside, outside):
        folder.mkdir()
        feed_of(1, folder / "feed.jsonl")
    (inside / "way-out").symlink_to(outside)
    (inside / "file-out").symlink_to(outside / "feed.jsonl")
    (outside / "way-in").symlink_to(inside / "feed.jsonl")
    roots = {"access.ingest_roots": [str(inside)]}
    with opened(tmp_path / "archive", **WITH_LOGIN, **roots) as archive:
        keeping = Desk(archive, ARCHIVIST).keeping
        allowed = [inside, inside / "feed.jsonl", inside / "../feeds/feed.jsonl", outside / "way-in"]
        for path in allowed:
            keeping.ingest(paths=[str(path)])
        assert len(started) == len(allowed)
        refused = [
            outside, outside / "feed.jsonl", inside / "../feeds-secret/feed.jsonl", inside / "way-out",
            inside / "way-out/feed.jsonl", inside / "file-out", tmp_path, Path("/etc/passwd"), Path("/absent"),
            archive.settings.archive / "archive.sqlite",
        ]  # fmt: skip
        for path in refused:
            with pytest.raises(NotPermitted):
                keeping.ingest(paths=[str(path)])
        with pytest.raises(NotPermitted):
            keeping.ingest(paths=[str(inside), "/etc"])
        assert len(started) == len(allowed)


def test_with_a_login_and_no_roots_uploads_alone(tmp_path: Path, started: list[tuple[str, ...]]) -> None:
    feed = feed_of(1, tmp_path / "feed.jsonl")
    with opened(tmp_path / "archive", **WITH_LOGIN) as archive:
        keeping = Desk(archive, ARCHIVIST).keeping
        assert keeping.roots() == ()
        with pytest.raises(NotPermitted):
            keeping.ingest(paths=[str(feed)])
        upload = keeping.upload("feed.jsonl", io.BytesIO(feed.read_bytes()))
        keeping.ingest([upload])
    assert started == [("--format=auto", "--", str(upload.path))]


def test_a_server_open_to_all_reads_no_path_of_its_machine(tmp_path: Path) -> None:
    with opened(tmp_path / "archive", **{"access.open_to_all": True}) as archive:
        assert Desk(archive, ARCHIVIST).keeping.roots() == ()


# -- uploads -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("1987-03-26.txt", "1987-03-26.txt"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\evil.xml", "evil.xml"),
        (".bashrc", "bashrc"),
        ("a b\n<c>.sgm", "a-b-c-.sgm"),
        ("", "upload"),
        ("...", "upload"),
        ("dépêche.xml", "d-p-che.xml"),
        ("upload.json", "upload"),
        ("x" * 300 + ".xml", "x" * 76 + ".xml"),
    ],
)
def test_an_uploads_name_is_data(tmp_path: Path, name: str, kept: str) -> None:
    incoming = Incoming(tmp_path / "incoming")
    upload = incoming.receive(name, io.BytesIO(b"words"), by="ann")
    assert upload.path.name == kept
    assert upload.path.parent.parent == tmp_path / "incoming"
    assert upload.path.read_bytes() == b"words"
    assert date_in(str(upload.path.parent)) == date_in(str(tmp_path / "incoming")), "no day is read out of it"
    again = incoming.upload(str(upload.path))
    assert again == upload
    assert incoming.shown(f"{upload.path}!a/b.xml") == f"{upload.name}!a/b.xml"
    assert incoming.holds(upload.path)
    assert not incoming.holds(tmp_path / "incoming" / ".." / "x")


def test_an_upload_that_is_too_large_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming_module, "MOST_MEGABYTES", 1)
    incoming = Incoming(tmp_path / "incoming")
    assert incoming.receive("a", io.BytesIO(bytes(1 << 20)), by="ann").bytes == 1 << 20
    with pytest.raises(LimitExceeded):
        incoming.receive("b", io.BytesIO(bytes((1 << 20) + 1)), by="ann")
    assert len(list((tmp_path / "incoming").iterdir())) == 1


def test_an_upload_goes_when_it_is_taken_in_and_stays_when_something_failed(archive: Archive) -> None:
    incoming = Incoming(archive.settings.incoming_folder)
    good = incoming.receive("good.txt", io.BytesIO(b"2001-02-03\n\nWords of a story.\n\nMore."), by="ann")
    bad = incoming.receive("bad.txt", io.BytesIO(b"No day here.\n\nWords of a story."), by="ann")
    _ingest(archive, [good.path, bad.path])
    incoming.settle([good.path, bad.path], archive.store.ledger)
    assert not good.path.exists()
    assert bad.path.exists()
    keeping = Desk(archive, ARCHIVIST).keeping
    (failure,) = keeping.failures()
    assert failure.path == "bad.txt", "shown under the name it came with"
    assert keeping.can_be_tried(failure.failure_id)
    keeping.forget(failure.failure_id)
    assert not bad.path.exists(), "nothing of it is wanted any more"
    assert incoming.upload(str(good.path)) == good, "where stories are from is known for good"


def test_uploads_left_alone_go_but_none_that_is_needed(tmp_path: Path) -> None:
    incoming = Incoming(tmp_path / "incoming")
    old, needed, new = (incoming.receive(name, io.BytesIO(b"w"), by="ann") for name in ("o", "m", "n"))
    then = time.time() - KEPT_SECONDS - 60
    for one in (old, needed):
        os.utime(one.path, (then, then))
    incoming.sweep(is_needed=lambda path: path == needed.path)
    assert [one.path.exists() for one in (old, needed, new)] == [False, True, True]


# -- failures ----------------------------------------------------------------------------------------


def _ingest(archive: Archive, paths: list[Path]) -> None:
    """Reads and stores; embeds nothing."""
    from ingest.pipeline import ingest
    from runtime.clock import utc_now
    from runtime.quarantine import clear_mended
    from tests.ingest.samples import count_tokens

    since = utc_now()
    ingest(paths, store=archive.store, count_tokens=count_tokens)
    clear_mended(archive.store.ledger, paths, since=since)


def test_failures_are_paged_filtered_and_leave_when_mended(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    folder.mkdir()
    for n in range(5):
        (folder / f"undated_{n}%.txt").write_text("No day here.\n\nWords of a story.")
    _ingest(archive, [folder])
    keeping = Desk(archive, ARCHIVIST).keeping
    assert keeping.count_failures() == 5
    assert keeping.count_failures(containing="UNDATED_3% txt") == 1, "_ and % are letters"
    assert keeping.count_failures(containing="undated-3") == 0
    pages = [keeping.failures(limit=2, offset=at) for at in (0, 2, 4)]
    assert len({one.failure_id for page in pages for one in page}) == 5
    assert len(list(keeping.failure_rows(containing="undated"))) == 5

    (folder / "undated_1%.txt").write_text("2001-02-03\n\nNow it has a day.\n\nWords of a story.")
    (folder / "undated_2%.txt").unlink()
    _ingest(archive, [folder])
    left = [Path(one.path).name for one in keeping.failures()]
    assert sorted(left) == [f"undated_{n}%.txt" for n in (0, 2, 3, 4)], "the one that is gone was not read"
    gone = next(one for one in keeping.failures() if "_2" in one.path)
    assert not keeping.can_be_tried(gone.failure_id)
    with pytest.raises(SourceError):
        keeping.try_again(gone.failure_id)
    with pytest.raises(StoreError):
        keeping.forget(10**6)


def test_no_cell_of_a_table_is_a_formula() -> None:
    rows = [("=cmd|' /C calc'!A0", None, -3, "+1", "@x", "-x", "\tx", 'é, "q"\nline')]
    (header, row) = csv.reader(io.StringIO(csv_bytes(["a"] * 8, rows).decode("utf-8-sig"), newline=""))
    assert header == ["a"] * 8
    assert row == ["'=cmd|' /C calc'!A0", "", "-3", "'+1", "'@x", "'-x", "'\tx", 'é, "q"\nline']


# -- taking off --------------------------------------------------------------------------------------


@pytest.fixture
def stocked(archive: Archive, tmp_path: Path) -> Archive:
    long = (
        "The old lighthouse of Lisbon burned for nine hours on Tuesday and nobody was hurt, firemen said. "
        * 4
    )
    rows = [
        {"guid": guid, "provider": provider, "version": version, "language": "en", "headline": f"Fire {version}",
         "date": f"2002-01-0{version}T10:00:00Z", "body": long + str(version)}
        for guid, provider, version in
        (("g:1", "one", 1), ("g:1", "one", 2), ("g:2", "one", 1), ("g:3", "one", 1), ("g:3", "two", 1))
    ]  # fmt: skip
    feed = tmp_path / "feed.jsonl"
    feed.write_text("\n".join(map(json.dumps, rows)))
    _ingest(archive, [feed])
    return archive


def test_what_an_act_touches_is_shown_before_it_is_done(stocked: Archive) -> None:
    withdrawing = Desk(stocked, ARCHIVIST).withdrawing
    touched = withdrawing.story(" g:1 ")
    assert [number for number, _ in touched.versions] == [1, 2]
    assert touched.headline == "Fire 2"
    assert {one.address.guid for one in touched.copies} == {"g:2", "g:3"}
    assert touched.answers == 0
    assert withdrawing.providers_of("g:3") == ["one", "two"]
    with pytest.raises(StoreError):
        withdrawing.story("g:3")
    assert withdrawing.story("g:3", provider="two").address.provider == "two"
    with pytest.raises(StoreError):
        withdrawing.story("absent")


def test_acts_carry_the_persons_name_and_a_reason(stocked: Archive) -> None:
    withdrawing = Desk(stocked, ARCHIVIST).withdrawing
    touched = withdrawing.story("g:3", provider="two")
    for empty in ("", "  \n"):
        with pytest.raises(SettingsError):
            withdrawing.act(Action.KILL, [touched.address], reason=empty)
    assert withdrawing.count_acts() == 0
    assert withdrawing.act(Action.KILL, [touched.address], reason=" wrong ") == [touched.address]
    assert withdrawing.act(Action.KILL, [touched.address], reason="again") == [], "it was killed already"
    assert stocked.store.version("g:3", provider="one"), "the other provider's story stays"
    withdrawing.suppress("Maria Silva", reason="order 7%")
    with pytest.raises(SettingsError):
        withdrawing.unsuppress("Maria Silva", reason="")
    entries = withdrawing.acts()
    assert [(one.action, one.actor, one.reason, one.guid, one.provider, one.name) for one in entries[:1]] == [
        ("suppress", "ann", "order 7%", None, None, "Maria Silva")
    ]
    assert ("kill", "ann", "wrong", "g:3", "two") in [
        (one.action, one.actor, one.reason, one.guid, one.provider) for one in entries
    ]
    assert withdrawing.count_acts(containing="silva ANN") == 1
    assert withdrawing.count_acts(containing="7%") == 1
    assert withdrawing.count_acts(containing="%") == 1
    assert withdrawing.count_acts(actions=["release"]) == 0
    assert len(list(withdrawing.act_rows())) == withdrawing.count_acts()


def test_the_whole_trail_is_read_in_parts(stocked: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.ledger.IN_ONE_READ", 2)
    withdrawing = Desk(stocked, ARCHIVIST).withdrawing
    for n in range(5):
        withdrawing.suppress(f"Name {n}", reason="order")
    assert [row[-1] for row in withdrawing.act_rows()] == [f"Name {n}" for n in (4, 3, 2, 1, 0)]


# -- the jobs ----------------------------------------------------------------------------------------


@pytest.mark.model
def test_an_interrupted_ingestion_is_started_again_from_the_desk(
    keeping: Keeping, archive: Archive, models_cache: Path, tmp_path: Path
) -> None:
    upload = keeping.upload("feed.jsonl", io.BytesIO(feed_of(4, tmp_path / "feed.jsonl").read_bytes()))
    with archive.store.writer_lock():
        job = keeping.ingest([upload])
        with pytest.raises(ArchiveError):
            keeping.again(job.job_id)
        keeping.cancel(job.job_id)
        _until(lambda: keeping.ingestion(job.job_id).is_finished)
    assert upload.path.exists()
    assert keeping.sources(job) == ["feed.jsonl"]
    again = keeping.again(job.job_id)
    _until(lambda: keeping.ingestion(again.job_id).is_finished)
    assert keeping.ingestion(again.job_id).state is JobState.DONE, keeping.log(again.job_id)
    assert keeping.providers() == {"test": 4}
    assert not upload.path.exists()
    assert [one.job_id for one in keeping.ingestions()] == [again.job_id, job.job_id]


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)
