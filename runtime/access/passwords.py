"""Passwords: Argon2id at the library's costs (RFC 9106's second choice: 64 MiB, 3 passes, 4 lanes).

Matching takes the same work whether there is a hash to match or not, and at most `AT_ONCE` are worked out
at a time: a crowd at the door takes 128 MiB at most, never the questions' memory.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import SettingsError

SHORTEST = (
    12  # characters: beyond what limited attempts at a live server, or its hashes at 64 MiB each, give away
)
LONGEST = 256  # characters; the work of hashing more would be a stranger's to ask for
AT_ONCE = 2

DRAWN_FROM = "23456789bcdfghjkmnpqrstvwxz"  # none taken for another; without vowels they make no word
DRAWN_GROUPS, DRAWN_GROUP = 4, 5  # 20 letters of 27: 95 bits

_at_once = threading.BoundedSemaphore(AT_ONCE)  # of the whole process


@cache
def _nobodys() -> str:
    """What a password is matched with where nobody has the name."""
    return PasswordHasher().hash("nobody has this password")


class Passwords:
    """Hashes and matches."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        with _at_once:
            return self._hasher.hash(_normal(password))

    def match(self, kept: str | None, password: str) -> bool:
        """Whether this is the password of `kept`; never of None, at the same cost."""
        given, nobodys = _normal(password)[:LONGEST], _nobodys()
        try:
            with _at_once:
                return self._hasher.verify(kept or nobodys, given) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, kept: str) -> bool:
        """Whether it was made at lower costs than today's."""
        return self._hasher.check_needs_rehash(kept)


def drawn_password() -> str:
    """One that nobody chose, to be read out or copied: bk7mq-4tzrw-…"""
    groups = ("".join(secrets.choice(DRAWN_FROM) for _ in range(DRAWN_GROUP)) for _ in range(DRAWN_GROUPS))
    return "-".join(groups)


def refuse_weak(password: str, *, name: str) -> None:
    """SettingsError for a password too short, too long, of one letter, or that says the name."""
    length = len(_normal(password))
    if not SHORTEST <= length <= LONGEST:
        raise SettingsError(
            f"a password has {SHORTEST} to {LONGEST} characters, this one {length}",
            hint="Several words are easier to keep in mind than signs.",
        )
    says_the_name = len(name) > 3 and name.casefold() in password.casefold()
    if len(set(password)) < 4 or says_the_name:
        raise SettingsError(
            "this password is too easy to guess", hint="It may not say the name, nor repeat a few letters."
        )


def _normal(password: str) -> str:
    """One spelling whatever the keyboard sends: é is one character or two."""
    return unicodedata.normalize("NFKC", password)
