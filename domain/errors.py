"""Every error Dépêche raises on purpose, drawn as one tree.

The command line and the pages catch the root and nothing wider. A message names the
values concerned; a hint says what mends it. "Not in the archive" is an outcome of an
answer, never an exception.

    ArchiveError
    ├── SettingsError          a setting or a command's argument cannot be used
    ├── SourceError            an input file cannot be read as what it claims to be
    │   └── LimitExceeded      it is larger, deeper or slower than the limits allow
    ├── StoreError             the database refuses or cannot be reached
    │   ├── StoryNotFound      no story, or no such version of it
    │   ├── AnswerNotFound     no such answer, or not for this person to open
    │   └── ArchiveLocked      another process writes to this archive
    ├── IndexFault             the derived indexes
    │   ├── IndexMissing       never built, or the folder is gone
    │   └── IndexStale         its manifest disagrees with the database or the settings
    ├── ModelError             a model cannot be had or used
    │   ├── ModelNotInstalled  not on this machine yet
    │   ├── ModelCorrupt       size or digest is not the catalogue's
    │   ├── DownloadFailed     no source gave it
    │   ├── GenerationFailed   the engine stopped half-way
    │   └── PromptTooLong      what must be in the prompt exceeds the context
    ├── SetError               an evaluation set is malformed; names file and line
    │   └── CorpusNotHere      it is sound; its stories may not be copied and are not on this machine
    ├── JobError               a job cannot be started or found
    └── NotPermitted           the user's role does not allow it
        ├── NotSignedIn        nobody is signed in here, or that session is over
        └── SignInRefused      no such name with that password, or too many attempts
"""


class ArchiveError(Exception):
    """Root of the tree. `hint` is one sentence: what the reader can do about it."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class SettingsError(ArchiveError):
    """A setting or an argument cannot be used."""


class SourceError(ArchiveError):
    """An input cannot be read as what it claims to be."""


class LimitExceeded(SourceError):
    """An input is larger, deeper or slower than the limits allow."""


class StoreError(ArchiveError):
    """The database refuses or cannot be reached."""


class StoryNotFound(StoreError):
    """No story under that guid, or no such version, or one that may not be shown."""


class AnswerNotFound(StoreError):
    """No answer of that id, or one that is not this person's to open."""


class ArchiveLocked(StoreError):
    """Another process is writing to this archive."""


class IndexFault(ArchiveError):
    """Something is wrong with the derived indexes; the stories are safe in the database."""


class IndexMissing(IndexFault):
    """The index was never built, or its folder is gone."""


class IndexStale(IndexFault):
    """The index's manifest disagrees with the database or the settings."""


class ModelError(ArchiveError):
    """A model cannot be had or used."""


class ModelNotInstalled(ModelError):
    """The model is known but not on this machine."""


class ModelCorrupt(ModelError):
    """Size or digest differ from the catalogue's."""


class DownloadFailed(ModelError):
    """No source gave the file."""


class GenerationFailed(ModelError):
    """The engine stopped half-way."""


class PromptTooLong(ModelError):
    """What must be in the prompt exceeds the model's context."""


class SetError(ArchiveError):
    """An evaluation set is malformed; the message names file and line."""


class CorpusNotHere(SetError):
    """The set is sound, but its stories, which may not be copied into a project, are not on this machine."""


class JobError(ArchiveError):
    """A job cannot be started, or there is none of that id."""


class NotPermitted(ArchiveError):
    """The user's role does not allow this."""


class NotSignedIn(NotPermitted):
    """Nobody is signed in here, or the session ended: signed out, run out, or the person removed."""


class SignInRefused(NotPermitted):
    """No such name with that password, too many attempts, or no role for that person.

    `wait`: seconds until the next attempt is looked at, where there were too many.
    """

    def __init__(self, message: str, *, hint: str | None = None, wait: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.wait = wait
