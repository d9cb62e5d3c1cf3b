"""A letter to one person: its headers, its parts, and that a stranger can verify who signed it."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest

from feeds.config import NewsletterSettings, PublicationSettings, Sender
from feeds.delivery import dkim
from feeds.delivery.confirmation import Note, Sheet, envelope, message
from feeds.errors import DeliveryError
from feeds.wording import wording
from tests.browser import axe, foreign
from tests.delivery_messages.test_dkim import verified

LINK = "https://example.org/newsletters/weekly/confirm/" + "A" * 44
NOTE = Note(
    address="ann@example.net",
    subject="Bitte bestätigen: Die Wochenübersicht mit einem langen, langen, langen Titel für alle",
    says=("Drücken Sie  den Knopf.", "."),
    label="Bestätigen",
    link=LINK,
    after=("Sonst tun Sie nichts.",),
    date=datetime(2026, 11, 22, 12, tzinfo=UTC),
    named="confirm 7 0",
)
SHEET = Sheet(
    "weekly",
    NewsletterSettings(
        sender=Sender(name="Nachrichten, täglich", email="news@example.org"),
        reply_to="desk@example.org",
        imprint="1 Example Street",
    ),
    PublicationSettings(title="Example <news>", url="https://example.org/"),
    wording("de"),
)


def read(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_its_headers_are_what_a_mailbox_wants() -> None:
    mail = read(message(NOTE, SHEET))
    assert mail["From"].addresses[0].addr_spec == "news@example.org"
    assert mail["From"].addresses[0].display_name == "Nachrichten, täglich"
    assert (mail["To"], mail["Reply-To"]) == ("ann@example.net", "desk@example.org")
    assert mail["Subject"] == NOTE.subject
    assert mail["Date"].datetime == NOTE.date
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "de"
    assert re.fullmatch(r"<weekly\.[0-9a-f]{32}@example\.org>", mail["Message-ID"])
    names = [name.lower() for name, _ in mail.items()]
    assert len(set(names)) == len(names)


def test_text_comes_first_and_both_parts_have_the_link() -> None:
    mail = read(message(NOTE, SHEET))
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert LINK in text.get_content().splitlines()
    assert f'href="{LINK}"' in html.get_content()
    assert "Example &lt;news&gt;" in html.get_content()
    assert "Example <news>" in text.get_content()


def test_its_lines_need_no_mending() -> None:
    raw = message(NOTE, SHEET)
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert not any(line.startswith(b".") for line in lines)
    assert raw.isascii()
    assert raw.endswith(b"\r\n")


def test_the_same_letter_is_the_same_to_the_byte_and_another_is_not() -> None:
    assert message(NOTE, SHEET) == message(NOTE, SHEET)
    other = replace(NOTE, named="confirm 8 0")
    assert read(message(other, SHEET))["Message-ID"] != read(message(NOTE, SHEET))["Message-ID"]


def test_it_goes_in_an_envelope_of_its_sender() -> None:
    sent = envelope(replace(NOTE, address="ann@BÜCHER.example"), SHEET)
    assert (sent.sender, sent.recipient) == ("news@example.org", "ann@xn--bcher-kva.example")


def test_a_file_comes_with_it() -> None:
    mail = read(message(replace(NOTE, file=("data.json", b'{"a": 1}\n')), SHEET))
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("data.json", "application/json")
    assert file.get_content() == b'{"a": 1}\n'


def test_an_address_that_could_be_more_is_refused() -> None:
    with pytest.raises(DeliveryError):
        envelope(replace(NOTE, address="a@example.org, b@example.org"), SHEET)


@pytest.mark.parametrize("kind", dkim.KINDS)
def test_a_stranger_verifies_who_signed_it(kind: dkim.Kind) -> None:
    pem, record = dkim.new_pair(kind)
    signers = (dkim.signer(pem, "example.org", "one"),)
    pairs = {"one": (pem, record)}
    raw = message(NOTE, replace(SHEET, signers=signers))
    assert verified(raw, pairs) == [True]
    assert verified(raw.replace(b"\r\nTo: ann@", b"\r\nTo: bob@"), pairs) == [False]
    assert verified(raw.replace(b"\r\nMessage-ID: <w", b"\r\nMessage-ID: <v"), pairs) == [False]
    with_file = message(replace(NOTE, file=("data.json", b"{}\n")), replace(SHEET, signers=signers))
    assert verified(with_file, pairs) == [True]


@pytest.mark.parametrize("dark", [False, True])
def test_its_page_can_be_read_by_everybody(dark: bool) -> None:
    html = read(message(NOTE, SHEET)).get_body(("html",))
    assert html
    assert axe(html.get_content(), dark=dark) == []
    assert foreign(html.get_content()) == []
