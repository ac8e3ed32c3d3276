"""Who asks, and what that person may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import NotPermitted


class Role(StrEnum):
    """What a person may do; each role may do all that the one before it may."""

    READER = "reader"  # ask, search, read stories, give feedback
    ARCHIVIST = "archivist"  # feed the archive; kill, hold, release, suppress; run evaluations
    ADMIN = "admin"  # models, indexes, users


class Origin(StrEnum):
    """Who vouches for a session."""

    LOCAL = "local"  # an account here and its password
    OIDC = "oidc"  # an OpenID Connect provider


class AccountAct(StrEnum):
    """What may be done to an account, as the audit trail says it."""

    ADDED = "account added"
    REMOVED = "account removed"
    ROLE = "account role"
    PASSWORD = "account password"  # noqa: S105 - an act, not a password
    DISABLED = "account disabled"
    ENABLED = "account enabled"
    SIGNED_OUT = "account signed out"  # also of an address that a provider vouched for


_ORDER = tuple(Role)


@dataclass(frozen=True, slots=True)
class User:
    """A person as the archive's records name them; `name` is written beside everything they do."""

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        return _ORDER.index(self.role) >= _ORDER.index(role)

    def need(self, role: Role) -> None:
        """Raises NotPermitted, naming the role that is missing."""
        if not self.may(role):
            raise NotPermitted(
                f"{self.name} is a {self.role}; this takes the role of {role}",
                hint="Ask an admin for that role.",
            )
