"""What each role opens of the desk. A part is the only way to its acts: who cannot have it can do none of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.access import Role, User
from domain.errors import JobError, NotPermitted, SettingsError
from runtime import Archive, load_settings
from runtime.desk import Desk
from runtime.jobs import JobKind, Jobs

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {
    "reading": Role.READER,
    "finding": Role.READER,
    "signing": Role.READER,
    "tracing": Role.ARCHIVIST,
    "keeping": Role.ARCHIVIST,
    "withdrawing": Role.ARCHIVIST,
    "evaluating": Role.ARCHIVIST,
    "health": Role.ARCHIVIST,
    "managing": Role.ADMIN,
    "admitting": Role.ADMIN,
}
# What of the archive itself changes it, and the part through which alone a page can.
ACTS = {
    "keeping": {"upload", "ingest", "cancel", "again", "try_again", "forget", "dismiss"},
    "withdrawing": {"act", "suppress", "unsuppress"},
    "managing": {"pull", "choose", "check", "rebuild", "cancel"},
    "admitting": {"add", "give_password", "set_role", "disable", "enable", "remove", "sign_out"},
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(load_settings(tmp_path_factory.mktemp("roles"))) as opened:
        yield opened


def test_every_part_says_which_role_it_takes() -> None:
    parts = {name for name, value in vars(Desk).items() if isinstance(value, property)}
    assert parts == NEEDED.keys()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("part", "needed"), NEEDED.items())
def test_a_part_opens_to_its_role_and_those_above(
    archive: Archive, role: Role, part: str, needed: Role
) -> None:
    order = tuple(Role)
    desk = Desk(archive, User("anna", role))
    if order.index(role) >= order.index(needed):
        assert getattr(desk, part)
    else:
        with pytest.raises(NotPermitted, match=f"anna is a {role}; this takes the role of {needed}"):
            getattr(desk, part)


def test_no_reader_s_part_acts(archive: Archive) -> None:
    """By name: what kills, holds, ingests, pulls … is in no part that a reader opens."""
    acts = set().union(*ACTS.values())
    for part, needed in NEEDED.items():
        own = {name for name in dir(getattr(Desk(archive, User("a", Role.ADMIN)), part)) if name[0] != "_"}
        if needed is Role.READER:
            assert not own & acts, part
    for part in ACTS:
        own = set(dir(getattr(Desk(archive, User("a", Role.ADMIN)), part)))
        assert own >= ACTS[part], part


def test_no_page_goes_past_the_desk() -> None:
    """Pages neither open the archive nor make a part of the desk themselves."""
    for path in sorted((ROOT / "ui").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        parts = {part.capitalize() for part in NEEDED}
        assert not called & parts, path.name
        # serving.py is no page: it makes the archive ready before anybody comes.
        opens = path.name in ("session.py", "serving.py")
        assert opens or not called & {"archive", "Archive", "Desk"}, path.name


def test_jobs_of_an_admin_are_not_another_page_s(archive: Archive) -> None:
    managing = Desk(archive, User("anna", Role.ADMIN)).managing
    with pytest.raises(SettingsError, match="no model is called"):
        managing.pull("../../etc/passwd")
    with pytest.raises(JobError):
        managing.cancel("../../etc")
    job = Jobs(archive.settings.jobs_folder).start(JobKind.INGEST, ["--", "/nowhere"], actor="x")
    with pytest.raises(JobError, match="another page"):
        managing.cancel(job.job_id)
