"""Bounces: what counts is ours, and what is ours is read as it was meant."""

from __future__ import annotations

import io
import mailbox
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.delivery.bounces import (
    LONGEST,
    Bounce,
    consequence,
    discard,
    from_maildir,
    from_stream,
    read_bounce,
)
from feeds.delivery.message import template
from feeds.delivery.verp import Verp
from feeds.errors import DeliveryError
from tests.delivery_messages.conftest import VERP, make_digest, make_personal

OURS = VERP.return_path(47, 11)


def dsn(
    to: str = OURS, action: str = "failed", status: str = "5.1.1", said: str = "smtp; 550 5.1.1 no such user"
) -> bytes:
    """A delivery report (RFC 3464) as postfix writes it."""
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; reader@example.net
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--b
Content-Type: message/rfc822

Subject: What happened

Text
--b--
""".encode()


def complaint(quoted: str, more: str = "", kind: str = "abuse", headers_only: bool = False) -> bytes:
    """A complaint (RFC 5965)."""
    form = "text/rfc822-headers" if headers_only else "message/rfc822"
    return f"""\
From: fbl@mailbox.example
To: fbl@example.org
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A reader complained.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Mailbox/1.0
Version: 1
{more}
--b
Content-Type: {form}

{quoted}
Subject: News

Text
--b--
""".encode()


def test_a_hard_bounce_is_traced_and_explained() -> None:
    assert read_bounce(dsn(), VERP) == Bounce(47, 11, "hard", "5.1.1", "smtp; 550 5.1.1 no such user")
    assert read_bounce(dsn(OURS.upper()).replace(b"\n", b"\r\n"), VERP).kind == "hard"


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.2.2", "hard"),
        ("failed", "4.4.7", "soft"),
        ("delayed", "4.2.0", "soft"),
        ("delivered", "2.0.0", "none"),
        ("relayed", "2.0.0", "none"),
        ("expanded", "2.0.0", "none"),
        ("Failed", "nonsense", "hard"),
        ("nonsense", "5.1.1", "none"),
    ],
)
def test_E19_only_what_failed_for_good_is_hard(action: str, status: str, kind: str) -> None:
    found = read_bounce(dsn(action=action, status=status), VERP)
    assert (found.issue, found.subscriber, found.kind) == (47, 11, kind)


@pytest.mark.parametrize(
    ("status", "said", "meaning"),
    [
        ("5.1.1", "", "nobody"),
        ("5.1.10", "", "nobody"),
        ("5.0.0", "smtp; 550 5.1.1 no such user", "nobody"),
        ("5.0.0", "smtp; 450 4.1.1 later", "trouble"),
        ("5.0.0", "", "trouble"),
        ("5.2.2", "", "trouble"),
        ("5.7.1", "smtp; 550 5.7.1 spam", None),
        ("4.4.7", "", None),
    ],
)
def test_only_what_is_the_address_fault_has_a_consequence(
    status: str, said: str, meaning: str | None
) -> None:
    assert consequence(read_bounce(dsn(status=status, said=said), VERP)) == meaning


def test_a_complaint_has_one_and_everything_else_has_none() -> None:
    assert consequence(read_bounce(complaint(f"Return-Path: <{OURS}>"), VERP)) == "complaint"
    assert consequence(read_bounce(b"", VERP)) is None
    assert consequence(read_bounce(QMAIL, VERP)) == "trouble"


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_return_path_is_found_where_servers_write_it(header: str) -> None:
    raw = f"{header}: {OURS}\n".encode() + dsn("undisclosed")
    assert read_bounce(raw, VERP).subscriber == 11


def test_a_report_in_a_gateways_wrapping_is_found() -> None:
    head, _, body = dsn().partition(
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n'
    )
    inner = b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n' + body
    raw = head + b'Content-Type: multipart/mixed; boundary="o"\n\n--o\n' + inner + b"\n--o--\n"
    assert read_bounce(raw, VERP).kind == "hard"


QMAIL = f"""\
From: MAILER-DAEMON@mx.example.net
To: {OURS}
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<reader@example.net>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Subject: What happened
""".encode()


def test_flufl_knows_the_forms_that_no_standard_has() -> None:
    assert read_bounce(QMAIL, VERP) == Bounce(47, 11, "hard", "", "recognised by flufl.bounce")


def test_complaints_are_traced_by_return_path_or_message_id() -> None:
    number = VERP.message_id(47, 11)
    for raw in (
        complaint(f"Return-Path: <{OURS}>"),
        complaint("X: y", f"Original-Mail-From: <{OURS}>\n"),
        complaint(f"Message-ID: {number}"),
        complaint(f"Message-ID: {number}", headers_only=True),
    ):
        assert read_bounce(raw, VERP) == Bounce(47, 11, "complaint", "", "abuse")
    assert read_bounce(complaint(f"Message-ID: {number}", kind="not-spam"), VERP).kind == "none"


def test_a_complaint_that_quotes_our_very_message_is_traced() -> None:
    raw = template(make_digest()).fill(make_personal(11)).replace(b"\r\n", b"\n").decode()
    assert read_bounce(complaint(raw), VERP).subscriber == 11


FOREIGN = Verp(VERP.domain, (b"somebody else's key",)).return_path(47, 12)


@pytest.mark.parametrize(
    "raw",
    [
        dsn(FOREIGN),
        dsn("bounce+2f-c-" + "0" * 32 + "@bounces.example.org"),
        dsn("reader@example.org"),
        dsn("someone@example.org").replace(b"Subject: What", f"To: {OURS}\nSubject: What".encode()),
        dsn("someone@example.org").replace(b"rfc822; reader@example.net", f"rfc822; {OURS}".encode()),
        complaint("Message-ID: <2f-c-" + "0" * 32 + "@bounces.example.org>"),
        complaint("To: reader@example.net"),
        complaint("X: y").replace(b"fbl@example.org", OURS.encode()),
        b"",
        b"\0" * 1000,
        b"To: " + OURS.encode()[:-5],
    ],
    ids=range(11),
)
def test_E18_what_has_no_token_of_ours_changes_nothing(raw: bytes) -> None:
    found = read_bounce(raw, VERP)
    assert (found.issue, found.subscriber, found.kind) == (None, None, "none")
    assert found.diagnostic


def test_E18_a_report_about_a_report_is_not_about_the_reader() -> None:
    inner = dsn().decode()
    raw = dsn("postmaster@example.org").replace(b"Subject: What happened\n", inner.encode())
    assert read_bounce(raw, VERP).kind == "none"
    ours = dsn(action="delivered", status="2.0.0").replace(b"Subject: What happened\n", inner.encode())
    assert read_bounce(ours, VERP).kind == "none"


def test_E18_an_automatic_answer_is_no_bounce() -> None:
    for header in ("Auto-Submitted: auto-replied (vacation)", "X-Autoreply: yes"):
        raw = (
            f"To: {OURS}\n{header}\nSubject: Away\n\nI am away; <reader@example.net> user unknown\n".encode()
        )
        found = read_bounce(raw, VERP)
        assert (found.subscriber, found.kind) == (11, "none")
    assert read_bounce(f"To: {OURS}\nSubject: Thanks\n\nA nice issue!\n".encode(), VERP).kind == "none"


def test_E18_forty_megabytes_are_not_read() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.taken += size
            return (dsn() + b"x" * size)[:size]

    stream = Endless()
    assert from_stream(stream, VERP).kind == "hard"  # type: ignore[arg-type]
    assert stream.taken <= LONGEST
    assert read_bounce(dsn() + b"x" * 40_000_000, VERP).kind == "hard"


def test_E18_a_thousand_parts_within_parts_are_not_followed() -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{floor}"\n\n--b{floor}\n' for floor in range(1000)
    )
    found = read_bounce(f"To: {OURS}\nMIME-Version: 1.0\n{nested}".encode(), VERP)
    assert (found.kind, found.subscriber) == ("none", None)
    messages = f"To: {OURS}\n" + "Content-Type: message/rfc822\n\n" * 1000
    assert read_bounce(messages.encode(), VERP).kind == "none"


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_broken_reports_never_raise(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([dsn(), complaint(f"Return-Path: <{OURS}>"), QMAIL]))
    start, size = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 40))
    raw = whole[:start] + data.draw(st.binary(max_size=40)) + whole[start + size :]
    found = read_bounce(raw, VERP)
    assert found.subscriber in (None, 11)
    assert found.diagnostic.isprintable()


def test_a_maildir_is_read_and_emptied_message_by_message(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "bounces")
    box.add(dsn())
    box.add(b"Subject: spam\n\nBuy!\n")
    found = dict(from_maildir(tmp_path / "bounces", VERP))
    assert sorted(each.kind for each in found.values()) == ["hard", "none"]
    for key in found:
        discard(tmp_path / "bounces", key)
        discard(tmp_path / "bounces", key)
    assert not list(from_maildir(tmp_path / "bounces", VERP))
    with pytest.raises(DeliveryError, match="no Maildir"):
        next(from_maildir(tmp_path, VERP))
