"""Before a server is opened: is it safe to, and what should whoever opens it know."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from domain.access import Role
from domain.errors import SettingsError
from runtime.access.users import Users
from runtime.settings import Settings


def serving_warnings(settings: Settings, *, address: str, over_tls: bool) -> Iterator[str]:
    """What to tell before serving at this address; SettingsError where it may not be done."""
    access = settings.access
    is_here = is_loopback(address)
    if access.login == "none" and not is_here:
        if not access.open_to_all:
            raise SettingsError(
                f"{address} is not this machine alone, and no login is asked for",
                hint="depeche serve --login local (names: depeche users add), or --open-to-all if that is meant",
            )
        yield f"no login is asked for at {address}: whoever reaches it is admin of this archive"
    if access.login == "local" and not any(one.role is Role.ADMIN for one in Users.open(settings).all()):
        yield "no account is admin yet: depeche users add NAME --role admin"
    if access.login == "oidc":
        _refuse_half_a_provider(settings)
        if not access.roles and access.default_role == "none":
            yield 'nobody has a role: name people under [access.roles], or set access.default_role = "reader"'
    is_secure = over_tls or (access.address or "").startswith("https://")
    if access.login != "none" and not is_here and not is_secure:
        yield "passwords and sessions cross the network in clear: --certificate and --key, or a proxy with TLS"


def _refuse_half_a_provider(settings: Settings) -> None:
    access = settings.access
    needed = {
        "oidc_provider": access.oidc_provider,
        "oidc_client_id": access.oidc_client_id,
        "oidc_client_secret": access.oidc_client_secret,
    }
    if missing := [f"access.{name}" for name, value in needed.items() if not value]:
        raise SettingsError(
            f"login by oidc needs {', '.join(missing)}", hint="docs/access.md says where each goes"
        )


def is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
