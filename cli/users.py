"""`users add|list|role|password|disable|enable|sign-out|remove`: the accounts of `depeche serve --login local`.

A password comes from the terminal, unseen, or as the first line of standard input; never from the command's
words, which other people on the machine can read.
"""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from cli.options import ArchiveOption, JsonOption, of_archive, settings_for
from cli.shapes import print_json
from cli.text import clean
from db.accounts import Account
from domain.access import Role
from runtime.access.users import Users

NameArgument = Annotated[str, typer.Argument(help="What the person signs in as; case does not matter.")]
RoleOption = Annotated[
    Role,
    typer.Option(
        "--role",
        help="reader: ask, search, read; archivist: also ingest, kill, hold, release, evaluate; admin: also models, "
        "indexes, accounts.",
    ),
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Accounts for `serve --login local`.", no_args_is_help=True)
    group.command(epilog="Example:  depeche users add anna --role archivist")(add)
    group.command(name="list", epilog="Example:  depeche users list --json")(list_users)
    group.command(epilog="Example:  depeche users role anna admin")(role)
    group.command(epilog="Example:  depeche users password anna < password.txt")(password)
    group.command(epilog="Example:  depeche users disable anna")(disable)
    group.command(epilog="Example:  depeche users enable anna")(enable)
    group.command(name="sign-out", epilog="Example:  depeche users sign-out anna")(sign_out)
    group.command(epilog="Example:  depeche users remove anna")(remove)
    app.add_typer(group, name="users")


def add(
    name: NameArgument,
    role: RoleOption = Role.READER,
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Add an account; asks for its password, or takes the first line of standard input."""
    users = _users(archive, makes=True)
    known_as = users.add(name, role=role, password=_password(), actor=_actor())
    _done(f"{clean(known_as)}: added as {role}", json, added=known_as, role=role.value)


def list_users(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """List the accounts, their roles and how many sessions each has in force."""
    rows = _users(archive).all()
    if json:
        print_json({"users": rows})
        return
    for one in rows:
        typer.echo(
            f"{clean(one.name)}  {one.role}  since {one.created_at:%Y-%m-%d}, password of "
            f"{one.password_at:%Y-%m-%d}, {_last(one)}, {one.sessions} sessions"
        )
    if not rows:
        typer.echo("no account yet: depeche users add NAME --role admin")


def role(
    name: NameArgument,
    role: Annotated[Role, typer.Argument(help="The new role.")],
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Change a role; in force at the person's next click."""
    known_as = _users(archive).set_role(name, role, actor=_actor())
    _done(f"{clean(known_as)}: {role}", json, changed=known_as, role=role.value)


def password(name: NameArgument, archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Set a password, and end the person's sessions; asks for it, or takes the first line of standard input."""
    known_as = _users(archive).set_password(name, _password(), actor=_actor())
    _done(f"{clean(known_as)}: password set, sessions ended", json, changed=known_as)


def disable(name: NameArgument, archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Let nobody in under a name until it is enabled again, and end the person's sessions."""
    known_as = _users(archive).disable(name, actor=_actor())
    _done(f"{clean(known_as)}: disabled", json, disabled=known_as)


def enable(name: NameArgument, archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Let a person in again, with the password the account had."""
    known_as = _users(archive).enable(name, actor=_actor())
    _done(f"{clean(known_as)}: enabled", json, enabled=known_as)


def sign_out(name: NameArgument, archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """End a person's sessions, also those of somebody whom an OpenID Connect provider let in."""
    ended = _users(archive).sign_out(name, actor=_actor())
    _done(f"{clean(name)}: {ended} sessions ended", json, ended=ended)


def remove(name: NameArgument, archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Remove an account, and end its sessions. What the person did stays in the records."""
    known_as = _users(archive).remove(name, actor=_actor())
    _done(f"{clean(known_as)}: removed", json, removed=known_as)


def _users(archive: ArchiveOption, *, makes: bool = False) -> Users:
    """`makes`: the first account may be there before the first story."""
    settings = settings_for(archive)
    if not makes:
        return Users.open(of_archive(settings))
    settings.make_archive_folder()
    return Users.open(settings)


def _last(one: Account) -> str:
    if one.disabled_at is not None:
        return f"disabled on {one.disabled_at:%Y-%m-%d}"
    return f"last in on {one.signed_in_at:%Y-%m-%d}" if one.signed_in_at else "never in yet"


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def _actor() -> str:
    return getpass.getuser()


def _done(line: str, json: bool, **shape: object) -> None:
    if json:
        print_json(shape)
    else:
        typer.echo(line)
