"""Wiring: settings are read here and nowhere else; an Archive is the product as one object.

>>> from runtime import Archive
>>> with Archive.open("~/archives/demo") as archive:      # doctest: +SKIP
...     archive.ingest(["stories.jsonl"])
...     print(archive.ask("When did the Berlin Wall open?").text)
"""

from runtime.archive import Archive
from runtime.settings import Settings, load_settings

__all__ = ["Archive", "Settings", "load_settings"]
