"""What a person may do with an archive, by role: the only way the pages reach it.

A page never holds an `Archive`. It holds a `Desk`, whose parts refuse (`NotPermitted`) whoever has
not the role they take, and write that person's name beside every act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import Role, User
from runtime.desk.reading import Reading

if TYPE_CHECKING:
    from runtime.archive import Archive
    from runtime.desk.admitting import Admitting
    from runtime.desk.evaluating import Evaluating
    from runtime.desk.finding import Finding
    from runtime.desk.health import Health
    from runtime.desk.keeping import Keeping
    from runtime.desk.managing import Managing
    from runtime.desk.signing import Signing
    from runtime.desk.tracing import Tracing
    from runtime.desk.withdrawing import Withdrawing

__all__ = ["Desk"]


class Desk:
    """One person's hold on one archive. Cheap: made anew whenever it is needed."""

    def __init__(self, archive: Archive, user: User) -> None:
        self._archive, self.user = archive, user

    @property
    def reading(self) -> Reading:
        """Ask, search, read: every role."""
        self.user.need(Role.READER)
        return Reading(self._archive, self.user)

    @property
    def finding(self) -> Finding:
        """Search, counts, saved questions, the story page: every role."""
        from runtime.desk.finding import Finding

        self.user.need(Role.READER)
        return Finding(self._archive, self.user)

    @property
    def signing(self) -> Signing:
        """One's own password: every role."""
        from runtime.desk.signing import Signing

        self.user.need(Role.READER)
        return Signing(self._archive, self.user)

    @property
    def tracing(self) -> Tracing:
        """A story's history, its original item, the answers that rest on it: archivists."""
        from runtime.desk.tracing import Tracing

        self.user.need(Role.ARCHIVIST)
        return Tracing(self._archive, self.user)

    @property
    def keeping(self) -> Keeping:
        """Ingestion, what failed, what waits: archivists."""
        from runtime.desk.keeping import Keeping

        self.user.need(Role.ARCHIVIST)
        return Keeping(self._archive, self.user)

    @property
    def withdrawing(self) -> Withdrawing:
        """Kills, holds, releases, names hidden, and who did so: archivists."""
        from runtime.desk.withdrawing import Withdrawing

        self.user.need(Role.ARCHIVIST)
        return Withdrawing(self._archive, self.user)

    @property
    def evaluating(self) -> Evaluating:
        """Evaluation sets and runs: archivists."""
        from runtime.desk.evaluating import Evaluating

        self.user.need(Role.ARCHIVIST)
        return Evaluating(self._archive, self.user)

    @property
    def health(self) -> Health:
        """How the archive, its models and its machine are: archivists."""
        from runtime.desk.health import Health

        self.user.need(Role.ARCHIVIST)
        return Health(self._archive, self.user)

    @property
    def managing(self) -> Managing:
        """Models and indexes: admins."""
        from runtime.desk.managing import Managing

        self.user.need(Role.ADMIN)
        return Managing(self._archive, self.user)

    @property
    def admitting(self) -> Admitting:
        """Accounts and sessions: admins."""
        from runtime.desk.admitting import Admitting

        self.user.need(Role.ADMIN)
        return Admitting(self._archive, self.user)
