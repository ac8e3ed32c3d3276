"""Mail: fields as they stand in real messages, mailboxes, forms, embargoes, damaged messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.story import Rejected, Version
from ingest.readers.mail import MAX_MESSAGE_BYTES, MailReader
from tests.ingest.readers.feeds import assert_fields, codes, items_in, source_of, story_of, utc

READER = MailReader()
MESSAGE = (
    b"From: A Desk <desk@example.org>\r\nSubject: =?iso-8859-1?Q?=C9t=E9?=\r\nDate: Mon, 6 Apr 1998 10:00:00 +0200\r\n"
    b"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nL'=E9t=E9 commence.\r\n\r\nEt finit.\r\n-- \r\nA Desk\r\n"
)


@pytest.fixture
def core(shared_data: Path) -> Path:
    return shared_data / "press-formats" / "core"


@pytest.mark.shared
def test_story_with_labelled_lines(core: Path) -> None:
    story = story_of(READER, core / "odd_charset_email.txt")
    assert_fields(
        story,
        guid="mid:7173E056-46C9-4D5A-A851-9FC2C587C691@gmail.com",
        provider="a.com",
        published=utc(2015, 3, 10, 21, 17, 1),
        headline="Senden defends but Scott favourite",  # not the mail's subject
        byline="By Ben Everill",
        language="en",
    )
    assert "\n\nScott lines up this week at Innisbrook Resort’s Cooperhead course in Tampa" in story.body
    assert "countryman Adam Scott is getting the headlines" not in story.body  # the abstract


@pytest.mark.shared
def test_form_in_flowed_lines(core: Path) -> None:
    story = story_of(READER, core / "googleform.txt")
    assert_fields(
        story,
        guid="mid:f46d043c08f45e6e8f0532108aa9@google.com",
        provider="aap.com.au",
        published=utc(2016, 5, 5, 4, 11, 45),
        headline="TEST NZ HEADER",
        slugline="NZTEST",
        dateline_place="AUCKLAND",
        genre="ARTICLE (NEWS)",
    )
    assert codes(story) == ["international news"]
    assert story.body.startswith(
        "Prisoners allegedly drunk on homebrew attacked staff at the Serco-run Wiri prison on"
    )
    assert "\n\nThe incident is the latest in a number of high profile incidents" in story.body


@pytest.mark.shared
def test_form_with_empty_answers(core: Path) -> None:
    story = story_of(READER, core / "googleform1.txt")
    assert_fields(
        story,
        headline="Arnold 'worried' about maroon-clad Roar",
        dateline_place="BRISBANE",
        published=utc(2016, 11, 17, 23, 35, 10),
    )


@pytest.mark.shared
def test_encoded_subject(core: Path) -> None:
    assert_fields(
        story_of(READER, core / "charset_in_subject_email.txt"),
        headline="Google Apps News March 2015",
        published=utc(2015, 2, 19, 6, 18, 40),
        body="body text",  # the signature mark and what follows are cut
        provider="a.com.au",
    )


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "headline", "body"),
    [
        ("core/simple_email.txt", "Test message 1234", "body text"),
        ("core/composite_email.txt", "single image test", "this is a test of a single image"),
        ("core/json-email.txt", "Headline-2", "Lorem ipsum"),
        ("core/json-email-bad-user.txt", "Headline-2", "Lorem ipsum"),
        ("belga/io/fixtures/email_attachment_belga.txt", "test", "hello, This is test email attachment"),
    ],
)
def test_small_messages(shared_data: Path, file: str, headline: str, body: str) -> None:
    story = story_of(READER, shared_data / "press-formats" / file)
    assert_fields(story, headline=headline, body=body)


def test_quoted_printable_and_encoded_words() -> None:
    (story,) = items_in(READER, MESSAGE)
    assert isinstance(story, Version)
    assert_fields(
        story,
        guid="mid:1@example.org",
        provider="example.org",
        headline="Été",
        published=utc(1998, 4, 6, 8, 0),
        body="L'été commence.\n\nEt finit.",
    )


def test_mailbox() -> None:
    second = MESSAGE.replace(b"<1@", b"<2@").replace(b"Et finit.", b">From here on it ends.")
    start = b"From desk@example.org Mon Apr  6 10:00:00 1998\r\n"
    raw = start + MESSAGE + b"\r\n" + start + second + b"\r\n"
    assert READER.accepts(source_of(raw))
    first, other = items_in(READER, raw)
    assert isinstance(first, Version)
    assert isinstance(other, Version)
    assert (first.guid, other.guid) == ("mid:1@example.org", "mid:2@example.org")
    assert other.body.endswith("\n\nFrom here on it ends.")
    assert other.source is not None
    assert other.source.position == 1


def test_readable_embargo() -> None:
    text = b"Embargoed until: 1998-04-07T06:00:00+02:00\r\n\r\nThe text."
    (story,) = items_in(READER, MESSAGE.replace(b"L'=E9t=E9 commence.", text.replace(b"=", b"=3D")))
    assert isinstance(story, Version)
    assert story.embargo_until == utc(1998, 4, 7, 4, 0)
    assert story.body.startswith("The text.")


def test_unreadable_embargo_is_never_published() -> None:
    (item,) = items_in(READER, MESSAGE.replace(b"L'=E9t=E9", b"EMBARGO: tomorrow after lunch\r\nL'=E9t=E9"))
    assert isinstance(item, Rejected)


def test_html_alone() -> None:
    raw = MESSAGE.replace(b"text/plain", b"text/html").replace(
        b"L'=E9t=E9 commence.", b"<p>Un.</p><script>alert(1)</script><p>Deux.</p>"
    )
    (story,) = items_in(READER, raw)
    assert isinstance(story, Version)
    assert story.body.startswith("Un.\n\nDeux.")


def test_undated_mail_has_the_time_of_arrival() -> None:
    received = b"Received: from a by b; Tue, 7 Apr 1998 09:00:00 +0000\r\n"
    (story,) = items_in(READER, received + MESSAGE.replace(b"Date: Mon, 6 Apr 1998 10:00:00 +0200\r\n", b""))
    assert isinstance(story, Version)
    assert story.published == utc(1998, 4, 7, 9, 0)


def test_text_that_begins_like_a_mail_is_none() -> None:
    assert not READER.accepts(source_of(b"From Paris, with love: a story.\n\nSubject matter: many things.\n"))
    assert not READER.accepts(source_of(b"Headline: A story\nDate: 1998-04-06\n\nText.\n"))


def test_too_large_a_message_and_the_next() -> None:
    start = b"From desk@example.org Mon Apr  6 10:00:00 1998\n"
    raw = start + MESSAGE + b"x" * MAX_MESSAGE_BYTES + b"\n\n" + start + MESSAGE
    assert [type(item) for item in items_in(READER, raw)] == [Rejected, Version]


@given(st.binary(max_size=200), st.integers(0, len(MESSAGE)))
def test_damaged_mail_never_raises(noise: bytes, at: int) -> None:
    for item in items_in(READER, MESSAGE[:at] + noise + MESSAGE[at:]):
        assert isinstance(item, (Version, Rejected))


@given(
    st.sampled_from(
        [b"From", b"Date", b"Message-ID", b"Content-Type", b"Content-Transfer-Encoding", b"Received"]
    ),
    st.binary(max_size=80),
)
def test_hostile_headers_never_raise(name: bytes, value: bytes) -> None:
    for item in items_in(READER, name + b": " + value + b"\r\n" + MESSAGE):
        assert isinstance(item, (Version, Rejected))
