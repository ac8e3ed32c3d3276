"""An uploaded set is read as data: kept when it is in order, refused in words that name file, line and field."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from domain.errors import SetError
from runtime import uploads
from runtime.sets import Origin, Shelf, contents, read_set
from runtime.settings import load_settings
from runtime.uploads import take_in

QUERIES = b'{"_id": "a", "text": "Who?"}\n'
QRELS = b"query-id\tcorpus-id\tscore\na\td1\t1\n"
CORPUS = b'{"_id": "d1", "title": "T", "text": "Kohl did."}\n'


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(load_settings(tmp_path / "archive", environ={}))


def packed(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def whole(**more: bytes) -> bytes:
    return packed(**{"queries.jsonl": QUERIES, "qrels/test.tsv": QRELS, "corpus.jsonl": CORPUS} | more)


def taken(shelf: Shelf, content: bytes, called: str) -> Path:
    return take_in(content, called=called, shelf=shelf, by="anna").path


def nothing_left(shelf: Shelf) -> bool:
    return not shelf.own.is_dir() or not list(shelf.own.iterdir())


def test_a_csv_is_kept_under_a_drawn_name_and_listed_under_its_own(shelf: Shelf) -> None:
    path = taken(shelf, b"question,answer\nWho?,Kohl\n", "../../../etc/Fragen & Antworten.csv")
    assert path.parent == shelf.own
    assert path.name.startswith("set-")
    card = next(card for card in shelf.all() if card.origin is Origin.UPLOADED)
    assert (card.title, card.by, card.path) == ("Fragen & Antworten.csv", "anna", path)
    assert card.at is not None
    assert contents(read_set(shelf.get(card.key).path)).with_answers == 1


def test_what_is_wrong_is_told_with_the_persons_own_file_line_and_field(shelf: Shelf) -> None:
    with pytest.raises(SetError, match=r"^fragen\.csv, line 3: 'answerable' is not yes or no: 'perhaps'"):
        taken(shelf, b"question,answerable\nWho?,yes\nWhen?,perhaps\n", "fragen.csv")
    assert nothing_left(shelf)
    with pytest.raises(SetError, match=r"^mine\.zip/qrels/test\.tsv, line 2: no such question: 'b'"):
        taken(shelf, whole(**{"qrels/test.tsv": QRELS.replace(b"a\t", b"b\t")}), "mine.zip")
    assert nothing_left(shelf)


def test_a_zipped_folder_is_a_set_with_or_without_the_folder_itself(shelf: Shelf) -> None:
    within = packed(**{f"mine/{n}": c for n, c in
                       {"queries.jsonl": QUERIES, "qrels/test.tsv": QRELS, "corpus.jsonl": CORPUS}.items()},
                    **{"__MACOSX/mine/._queries.jsonl": b"litter"})  # fmt: skip
    for content in (whole(), within):
        path = taken(shelf, content, "mine.zip")
        assert (path / "queries.jsonl").read_bytes() == QUERIES
        assert read_set(path).has_corpus


@pytest.mark.parametrize(
    "name", ["../out.jsonl", "/etc/out.jsonl", "a/../../out.jsonl", "a\\..\\out", "C:out"]
)
def test_an_entry_that_leaves_the_folder_is_refused(shelf: Shelf, name: str) -> None:
    with pytest.raises(SetError, match="leaves the set's folder"):
        taken(shelf, whole(**{name: b"x"}), "mine.zip")
    assert nothing_left(shelf)


def test_a_link_is_refused(shelf: Shelf) -> None:
    buffer = io.BytesIO(whole())
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo("answers.jsonl")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(SetError, match="no plain file"):
        taken(shelf, buffer.getvalue(), "mine.zip")


@pytest.mark.parametrize(
    "corpus", ['"/"', '"/etc"', '"../.."', '"{shared}/data"', '"ok", "../../archive.sqlite"']
)
def test_a_set_may_not_name_files_of_this_machine(shelf: Shelf, corpus: str) -> None:
    content = packed(**{"queries.jsonl": QUERIES, "qrels/test.tsv": QRELS,
                        "set.toml": f"corpus = [{corpus}]".encode()})  # fmt: skip
    with pytest.raises(SetError, match="may not name files"):
        taken(shelf, content, "mine.zip")
    assert nothing_left(shelf)


def test_a_set_may_ask_the_archive(shelf: Shelf) -> None:
    content = packed(**{"queries.jsonl": QUERIES, "qrels/test.tsv": QRELS, "set.toml": b"corpus = []"})
    assert not read_set(taken(shelf, content, "mine.zip")).has_corpus


def test_what_is_unpacked_is_bounded_whatever_the_zip_says(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 100)
    with pytest.raises(SetError, match="GiB unpacked"):
        taken(shelf, whole(**{"corpus.jsonl": CORPUS * 10}), "mine.zip")
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    with pytest.raises(SetError, match="at most 2"):
        taken(shelf, whole(), "mine.zip")
    assert nothing_left(shelf)


@pytest.mark.parametrize(
    ("content", "called"),
    [(b"PK\x03\x04 not a zip", "mine.zip"), (whole()[:-40], "mine.zip"), (b"question\nWho?\n", "mine.exe"),
     (b"\x00\xff", "mine.csv"), (b"", "mine.csv"), (b"[1, 2]", "mine.json"), (b"", "")],
)  # fmt: skip
def test_what_is_no_set_is_refused_in_words(shelf: Shelf, content: bytes, called: str) -> None:
    with pytest.raises(SetError):
        taken(shelf, content, called)
    assert nothing_left(shelf)


def test_sets_that_the_setting_names_are_listed_and_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own.csv").write_text("question\nWho?\n")
    named = f"{tmp_path / 'own.csv'}:{tmp_path / 'nowhere'}"
    settings = load_settings(tmp_path / "archive", environ={"DEPECHE_EVALUATION__SETS": named})
    cards = Shelf(settings).all()
    assert [card.title for card in cards if card.origin is Origin.NAMED] == ["own.csv"]
    assert "evaluation" in [card.title for card in cards if card.origin is Origin.SHIPPED]
    with pytest.raises(SetError, match="not here any more"):
        Shelf(settings).get("../../etc/passwd")
