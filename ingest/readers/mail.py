"""Stories sent by mail (`mail`): one RFC 5322 message, or an mbox of them.

The text is the plain part, else the HTML part; quoted-printable, base64, flowed lines and encoded
headers are undone, a signature ("-- ") is cut off. The subject is the headline and the date the date,
unless the text begins with labelled lines ("Headline: …", "Slug: …", "Embargo: …": an embargo that cannot be
read sets the item aside, as it might be published too early). Forms that mail an object of lists
({"Headline": ["…"], "Body": ["…"]}) are read through the names of the jsonl reader. Attachments are not
read, save a text file that is the only text. The provider is the sender's domain. Positions are
ordinals of the messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any, BinaryIO

from domain.protocols import Source
from domain.story import Item, SourceRef
from ingest.encoding import decode
from ingest.html_text import html_to_text
from ingest.normalise import Draft, finish, reject
from ingest.readers import jsonl
from ingest.readers.json_items import parse
from ingest.readers.wire_text import paragraphs

MAX_MESSAGE_BYTES = (
    32 * 1024 * 1024
)  # with the photographs that are attached; the text itself is bounded as any item
_FIELD = re.compile(rb"[!-9;-~]{1,76}:[ \t]?\S?")
_KNOWN_FIELD = re.compile(
    rb"^(?:received|from|subject|date|message-id|delivered-to|return-path|mime-version):", re.I | re.M
)
_FROM_LINE = re.compile(rb"From \S+.{0,80}\b\d{4}\b")
_LONGEST_LINE = 1 << 20
_SIGNATURE = re.compile(r"^--[ \t]*$", re.M)
_LABEL = re.compile(
    r"(headline|title|slug(?:line)?|byline|dateline|abstract|embargo(?:ed)?(?: until)?|language|"
    r"titre|titel|título)"
    r"[ \t]*:[ \t]*(\S.*)", re.I,
)  # fmt: skip
_FIELDS = {
    "headline": "headline", "title": "headline", "titre": "headline", "titel": "headline",
    "título": "headline",
    "slug": "slugline", "slugline": "slugline", "byline": "byline", "dateline": "dateline_place",
    "embargo": "embargo_until", "embargoed": "embargo_until", "embargo until": "embargo_until",
    "embargoed until": "embargo_until", "language": "language", "abstract": "abstract",
}  # fmt: skip
_LABELLED_LINES = 20
_LONGEST_WRAPPED = 100  # characters; RFC 5322 advises 78
_BYLINE = re.compile(r"(?:By|Von|Par|Por) [A-ZÀ-Þ][^.\n]{2,60}")


class MailReader:
    name = "mail"

    def accepts(self, source: Source) -> bool:
        head = source.head.lstrip()
        if _FROM_LINE.match(head):
            head = head.partition(b"\n")[2]
        fields = head.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        lines = [line for line in fields.split(b"\n") if not line.startswith((b" ", b"\t", b">From "))]
        are_fields = all(_FIELD.match(line) for line in lines[:-1] or lines)
        return are_fields and len({name.lower() for name in _KNOWN_FIELD.findall(fields)}) >= 2

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        with source.open() as stream:
            for position, (raw, is_whole) in enumerate(_messages(stream)):
                ref = source.ref(position)
                if is_whole:
                    yield _convert(raw, ref, provider)
                else:
                    reason = f"the message is larger than {MAX_MESSAGE_BYTES >> 20} MiB"
                    yield reject(ref, reason, "take the attachments out", raw)


def _messages(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """(message, whether it is whole). A line "From " after an empty one begins the next, as in mbox."""
    lines: list[bytes] = []
    size, is_mbox, after_empty = 0, False, True
    while line := stream.readline(_LONGEST_LINE):
        if after_empty and _FROM_LINE.match(line) and (is_mbox or not size):
            if size:
                yield b"".join(lines), size <= MAX_MESSAGE_BYTES
            lines, size, is_mbox, after_empty = [], 0, True, False
            continue
        if not size and not line.strip():
            continue
        after_empty = not line.strip()
        size += len(line)
        if size <= MAX_MESSAGE_BYTES:
            lines.append(line[1:] if is_mbox and line.startswith(b">From ") else line)
    if size:
        yield b"".join(lines), size <= MAX_MESSAGE_BYTES


def _convert(raw: bytes, ref: SourceRef, provider: str | None) -> Item:
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        draft = _draft(message)
    except (
        MessageError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        IndexError,
        RecursionError,
    ) as error:
        # the email package raises these on headers that break its grammar
        return reject(ref, f"the message cannot be read: {error}", "mend its headers", raw)
    return finish(draft, ref, provider=provider, raw=raw)


def _draft(message: EmailMessage) -> Draft:
    text = _SIGNATURE.split(_text(message), maxsplit=1)[0].strip()
    identity = str(message.get("Message-ID") or "").strip().strip("<>")
    senders = getaddresses([str(message.get("From") or "")])
    domain = senders[0][1].rpartition("@")[2].lower() if senders else ""
    mailed = Draft(
        guid=f"mid:{identity}" if identity else None,
        provider=domain or None,
        published=_date(message),
        headline=str(message.get("Subject") or "").strip() or None,
        body=text,
        language=str(message.get("Content-Language") or "").strip() or None,
    )
    form = _form(text)
    return _from_form(form, mailed) if form else _labelled(mailed)


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        part = next((one for one in message.walk() if one.get_content_maintype() == "text"), None)
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    text = decode(payload if isinstance(payload, bytes) else b"", declared=part.get_content_charset())
    if part.get_content_subtype() == "html":
        return html_to_text(text)
    text = text.replace("\r\n", "\n")
    if part.get_param("format") == "flowed":
        text = _unflowed(text, deletes_space=str(part.get_param("delsp")).lower() == "yes")
    return text


def _unflowed(text: str, *, deletes_space: bool) -> str:
    """RFC 3676: a line that ends with a space goes on in the next."""
    pieces: list[str] = []
    for line in text.split("\n"):
        line = line[1:] if line.startswith(" ") else line  # space-stuffing
        goes_on = line.endswith(" ") and line != "-- "
        pieces.append((line[:-1] if deletes_space else line) if goes_on else line + "\n")
    return "".join(pieces)


def _prose(text: str) -> str:
    """Wrapped lines joined; in a text with longer lines than mail is wrapped at, each line is a paragraph."""
    lines = text.split("\n")
    if max(map(len, lines)) > _LONGEST_WRAPPED:
        return "\n\n".join(line for line in lines if line.strip())
    return paragraphs(text)


def _date(message: EmailMessage) -> datetime | str | None:
    """The date of writing; where there is none, that of arrival."""
    stated = str(message.get("Date") or "").strip()
    if not stated:
        stated = str(next(iter(message.get_all("Received", [])), "")).rpartition(";")[2].strip()
    try:
        return parsedate_to_datetime(stated) if stated else None
    except ValueError:
        return stated


def _form(text: str) -> Mapping[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        value = parse(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return None
    names = {str(name).casefold() for name in value} if isinstance(value, dict) else set()
    return value if {"headline", "body"} <= names else None


def _from_form(form: Mapping[str, Any], mailed: Draft) -> Draft:
    """A form's answers: each a list, "" where nothing was said. Its clock has no zone: the mail's counts."""
    answers: dict[str, Any] = {}
    for name, found in form.items():
        said = [one for one in found if one not in ("", None)] if isinstance(found, list) else [found]
        if said and name.casefold() not in ("timestamp", "priority"):
            answers[name.replace(" ", "")] = said[0] if len(said) == 1 else said
    draft = jsonl.draft(answers)
    return replace(
        draft,
        guid=mailed.guid,
        provider=mailed.provider,
        published=mailed.published,
        headline=draft.headline or mailed.headline,
        body=re.sub(r"\n+", "\n\n", draft.body),
    )


def _labelled(mailed: Draft) -> Draft:
    """Labelled lines at the head of the text moved to their fields; the text begins after the last one."""
    lines = mailed.body.split("\n")
    found: dict[str, str] = {}
    last = -1
    for at, line in enumerate(lines[:_LABELLED_LINES]):
        if match := _LABEL.fullmatch(line.strip()):
            found.setdefault(_FIELDS[" ".join(match[1].lower().split())], match[2].strip())
            last = at
        elif found.get("byline") is None and last >= 0 and _BYLINE.fullmatch(line.strip()):
            found["byline"] = line.strip()
    found.pop("abstract", None)
    body = "\n".join(lines[last + 1 :]).strip() or mailed.body
    return replace(mailed, body=_prose(body), **found)  # type: ignore[arg-type]  # all of these fields are text
