"""One file from a model hub: found out quickly when unreachable, resumed where it stopped.

A download only ever appends to `part`; nothing here decides whether the bytes are right.
"""

from __future__ import annotations

import threading
from pathlib import Path

import httpx

from domain.errors import DownloadFailed
from models.catalogue import HubSource
from models.progress import Progress

HUB_URL = "https://huggingface.co"
# A connection that drops is taken up again; this many in a row without one new byte is a failure.
FRUITLESS_ATTEMPTS = 3
READ_SECONDS = 30.0


def address(source: HubSource, path: str, hub_url: str = HUB_URL) -> str:
    return f"{hub_url.rstrip('/')}/{source.repository}/resolve/{source.revision}/{path}"


def stated_digest(url: str, *, timeout: float) -> str | None:
    """Whether `url` answers within `timeout` seconds, and the digest the hub states for the file.

    The digest is a sha256 (64 hex digits) for large files, a git blob's sha1 (40) for small ones.
    Raises DownloadFailed when there is no answer. The request runs in a thread of its own because
    the look-up of a host name obeys no time-out of the library's.
    """
    outcome: list[httpx.Response | httpx.HTTPError] = []

    def ask() -> None:
        try:
            # The redirect to the storage loses the hub's own headers: stay at the first answer.
            answer = httpx.head(url, timeout=timeout, follow_redirects=False)
            if answer.is_redirect and "x-linked-etag" not in answer.headers:
                answer = httpx.head(url, timeout=timeout, follow_redirects=True)
            outcome.append(answer)
        except httpx.HTTPError as fault:
            outcome.append(fault)

    thread = threading.Thread(target=ask, name="hub-reach", daemon=True)
    thread.start()
    thread.join(timeout)
    host = httpx.URL(url).host
    if not outcome:
        raise DownloadFailed(f"{host} did not answer within {timeout:g} s")
    answer = outcome[0]
    if isinstance(answer, httpx.HTTPError):
        raise DownloadFailed(f"{host} cannot be reached: {answer}")
    if answer.status_code >= 400:
        raise DownloadFailed(f"{url} answered {answer.status_code} {answer.reason_phrase}")
    tag = answer.headers.get("x-linked-etag") or answer.headers.get("etag") or ""
    digest = tag.removeprefix("W/").strip('"').lower()
    is_digest = len(digest) in (40, 64) and all(c in "0123456789abcdef" for c in digest)
    return digest if is_digest else None


def download(url: str, part: Path, *, timeout: float, progress: Progress, words: str) -> None:
    """Append to `part` until it is as long as the file at `url`. Raises DownloadFailed."""
    limits = httpx.Timeout(READ_SECONDS, connect=timeout)
    fruitless = 0
    reason = ""
    with httpx.Client(timeout=limits, follow_redirects=True) as client:
        while fruitless < FRUITLESS_ATTEMPTS:
            before = part.stat().st_size if part.exists() else 0
            try:
                if _continue(client, url, part, progress, words):
                    return
                reason = "the connection was closed early"
            except httpx.HTTPStatusError as fault:
                raise DownloadFailed(
                    f"{url} answered {fault.response.status_code} {fault.response.reason_phrase}"
                ) from fault
            except httpx.HTTPError as fault:
                reason = str(fault) or type(fault).__name__
            after = part.stat().st_size if part.exists() else 0
            fruitless = 0 if after > before else fruitless + 1
    raise DownloadFailed(f"{url}: {reason}, {FRUITLESS_ATTEMPTS} times without progress")


def _continue(client: httpx.Client, url: str, part: Path, progress: Progress, words: str) -> bool:
    """One request from where `part` ends; whether the file is then whole."""
    start = part.stat().st_size if part.exists() else 0
    # Compressed transfer would make the range meaningless.
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            total = response.headers.get("content-range", "").rpartition("/")[2]
            if total.isdigit() and int(total) < start:
                part.unlink()  # longer than the file: not a beginning of it
                return False
            return True
        response.raise_for_status()
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            start = 0  # the server ignored the range and sends all
        length = response.headers.get("content-length")
        total_bytes = start + int(length) if length is not None else 0
        with part.open("ab" if start else "wb") as out:
            done = start
            # As the network gives them: what waits in a buffer is lost when the connection breaks.
            for chunk in response.iter_raw():
                out.write(chunk)
                done += len(chunk)
                progress(done, total_bytes, words)
    return total_bytes in (0, done)
