"""A digest as the bytes of a message: RFC 5322, MIME, and the headers that bulk mail must have.

Everything in it derives from the digest, so that the same digest gives the same bytes anywhere:
the date is the content's, boundary and Message-ID are digests of what they bound and name.
"""

from __future__ import annotations

import base64
import hashlib
import quopri
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import idna

from feeds.errors import Fault, OutputError, Place
from feeds.library import Issue
from feeds.newsletter import Digest


def message(digest: Digest, recipient: Address | None = None) -> bytes:
    """A complete message for one recipient, or for the sender where none is named (a proof).

    Text first, then HTML (RFC 2046 section 5.1.4: the last is the best). Lines end in CRLF and are
    at most 998 bytes long (RFC 5322 section 2.1.1).
    """
    issue = digest.issue
    sender = mailbox(issue.sender.name, issue.sender.email)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = recipient or sender
    if issue.reply_to:
        mail["Reply-To"] = issue.reply_to
    mail["Subject"] = digest.subject
    mail["Date"] = format_datetime(_local(issue.date, issue.timezone))
    mail["Message-ID"] = message_id(digest, recipient)
    mail.set_content(digest.text, cte=_shorter(digest.text))
    mail.add_alternative(digest.html, subtype="html", cte=_shorter(digest.html))
    mail["Content-Language"] = digest.language  # now, because set_content forgets what is Content-
    mail.set_boundary("=_" + _fingerprint(digest.text, digest.html))
    return _with_headers(mail.as_bytes(), list_headers(issue))


def mailbox(name: str, email: str) -> Address:
    """A mailbox as a header holds it, its domain in ASCII (RFC 5890)."""
    user, _, domain = email.rpartition("@")
    return Address(name, user, idna.encode(domain, uts46=True).decode())


def list_headers(issue: Issue) -> dict[str, str]:
    """What makes this a list's mail, and lets the mailbox's own button unsubscribe.

    List-Id by RFC 2919, List-Unsubscribe by RFC 2369 and, in one click, RFC 8058; Auto-Submitted by
    RFC 3834. Raises `OutputError` where the address to unsubscribe is not https, as RFC 8058 asks.
    """
    if urlsplit(issue.unsubscribe).scheme != "https":
        place = Place("feeds.toml", field=f"newsletter.{issue.newsletter}.unsubscribe")
        raise OutputError(
            Fault(place, "must begin with https://, or mailboxes show no button to unsubscribe")
        )
    return {
        "List-Id": f"<{issue.newsletter}.{urlsplit(issue.home).hostname}>",
        "List-Unsubscribe": f"<{issue.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }


def message_id(digest: Digest, recipient: Address | None = None) -> str:
    """An id that is the same whenever the same issue goes to the same mailbox (RFC 5322 section 3.6.4)."""
    issue = digest.issue
    to = recipient.addr_spec if recipient else issue.sender.email
    named = _fingerprint(issue.newsletter, *(article.id for article in issue.articles), to)
    return f"<{issue.newsletter}.{named}@{urlsplit(issue.home).hostname}>"


def _with_headers(raw: bytes, headers: dict[str, str]) -> bytes:
    # Written raw: Python's policy folds a long address into an encoded word (cpython #85725), and
    # then no mailbox shows the button. They are ASCII, and no line is over 998 bytes.
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [f"{name}: {value}".encode("ascii") for name, value in headers.items()]
    return b"\r\n".join([head, *lines, b"", body])


def _shorter(text: str) -> str:
    quoted = len(quopri.encodestring(text.encode()))
    return "quoted-printable" if quoted <= len(base64.encodebytes(text.encode())) else "base64"


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
