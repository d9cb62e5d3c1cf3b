"""A digest as the bytes of a message: RFC 5322, MIME, and the headers that bulk mail must have.

What derives from the digest derives from it alone, so that the same digest gives the same bytes
anywhere: the boundary is a digest of what it bounds, and a proof's date and Message-ID are the content's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feeds.config import Sender
from feeds.delivery import dkim
from feeds.delivery.dkim import Seal, Signer
from feeds.delivery.headers import ascii_address
from feeds.delivery.splice import NAME, PREFERENCES, Gapped, Marks, Mold, Personal, gapped, html_escaped
from feeds.errors import DeliveryError, Fault, OutputError, Place
from feeds.newsletter import Digest


@dataclass(frozen=True)
class Parts:
    """What a message is made of, as it can be kept: nothing in it is personal yet."""

    headers: Mapping[str, str]
    """Ready to be sent, folded and in ASCII. List-Unsubscribe has the newsletter's own address."""
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One variant of an issue as it is to be sent: what its headers say of it, and its two parts."""

    newsletter: str
    home: str
    sender: Sender
    reply_to: str | None
    unsubscribe: str
    web: str
    language: str
    articles: tuple[str, ...]
    """The ids of what it carries."""
    subject: str
    text: str
    html: str


def letter(digest: Digest) -> Letter:
    """A digest as it is to be sent."""
    issue = digest.issue
    return Letter(
        newsletter=issue.newsletter,
        home=issue.home,
        sender=issue.sender,
        reply_to=issue.reply_to,
        unsubscribe=issue.unsubscribe,
        web=issue.web,
        language=digest.language,
        articles=tuple(article.id for article in issue.articles),
        subject=digest.subject,
        text=digest.text,
        html=digest.html,
    )


def template(digest: Digest, signers: Sequence[Signer] = ()) -> Mold:
    """The message of a digest, serialised once, with gaps for what is personal."""
    return mold(parts(letter(digest)), signers)


def parts(letter: Letter) -> Parts:
    """What a message is made of: its headers are all here but those of one subscriber.

    Raises `OutputError` where the address to unsubscribe is not https, and `DeliveryError` where a
    text cannot be in a header.
    """
    folded: dict[str, object] = {"From": _own(letter, letter.sender.name, letter.sender.email)}
    if letter.reply_to:
        folded["Reply-To"] = _own(letter, "", letter.reply_to)
    folded["Subject"] = letter.subject
    return Parts(
        headers={name: _folded(name, value, letter) for name, value in folded.items()}
        # Written raw: Python's policy folds a long value into an encoded word (cpython #85725), and
        # then no mailbox shows the button. They are ASCII, and no line is over 998 bytes.
        | list_headers(letter)
        | {"MIME-Version": "1.0", "Content-Language": letter.language},
        text=letter.text,
        html=letter.html,
    )


def mold(parts: Parts, signers: Sequence[Signer] = ()) -> Mold:
    """The message of these parts, serialised once, with gaps for what is personal.

    Text first, then HTML (RFC 2046 section 5.1.4: the last is the best). Lines end in CRLF and are
    at most 998 bytes long (RFC 5322 section 2.1.1). Every signer signs each message. Wherever the
    newsletter's own address to unsubscribe or of the web version stands, a subscriber's will.

    Raises `DeliveryError` where text or HTML has no way to unsubscribe.
    """
    marks = marks_of(parts)
    text, html = gapped(parts.text, marks), gapped(parts.html, marks, html_escaped)
    for part, name in ((text, "text"), (html, "HTML")):
        if "unsubscribe" not in part.slots:
            problem = f"{marks.unsubscribe} stands nowhere in the {name}, so that nobody could leave"
            raise DeliveryError(Fault(Place("message"), problem))
    boundary = "=_" + _fingerprint(parts.text, parts.html)
    opening = f"--{boundary}\r\n{_part_head('plain', text)}\r\n".encode("ascii")
    headers = {name: value for name, value in parts.headers.items() if name not in dkim.PERSONAL}
    headers["Content-Type"] = f'multipart/alternative; boundary="{boundary}"'
    return Mold(
        head="".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("ascii"),
        opening=opening,
        text=text,
        between=f"\r\n--{boundary}\r\n{_part_head('html', html)}\r\n".encode("ascii"),
        html=html,
        closing=f"\r\n--{boundary}--\r\n".encode("ascii"),
        defaults={"web": marks.web, "preferences": marks.unsubscribe},
        seal=_seal(signers, headers, opening + text.first) if signers else None,
    )


def message(digest: Digest, recipient: Address | None = None) -> bytes:
    """A proof: the complete message as one recipient would have it, or the sender where none is named."""
    return template(digest).fill(proof(digest, recipient))


def proof(digest: Digest, recipient: Address | None = None) -> Personal:
    """What is personal in a proof: nothing but whom it goes to."""
    issue = digest.issue
    to = recipient or mailbox(issue.sender.name, issue.sender.email)
    return Personal(
        address=to.addr_spec,
        name=to.display_name,
        unsubscribe=issue.unsubscribe,
        message_id=message_id(digest, recipient),
        date=issue.date.astimezone(ZoneInfo(issue.timezone)),
        return_path=ascii_address(issue.sender.email),
    )


def marks_of(parts: Parts) -> Marks:
    """What text and HTML say in place of what is personal: the headers have the addresses too."""
    return Marks(
        unsubscribe=parts.headers["List-Unsubscribe"].strip("<>"),
        web=parts.headers["Archived-At"].strip("<>"),
        preferences=PREFERENCES,
        name=NAME,
    )


def mailbox(name: str, email: str) -> Address:
    """A mailbox as a header holds it, its domain in ASCII (RFC 5890)."""
    return Address(name, addr_spec=ascii_address(email))


def list_headers(letter: Letter) -> dict[str, str]:
    """What makes this a list's mail, and lets the mailbox's own button unsubscribe.

    List-Id by RFC 2919, List-Unsubscribe by RFC 2369 and, in one click, RFC 8058; Archived-At by
    RFC 5064; Auto-Submitted by RFC 3834; Feedback-ID by Gmail's rule: issue, newsletter and kind,
    last who sends. Raises `OutputError` where the address to unsubscribe is not https (RFC 8058).
    """
    if urlsplit(letter.unsubscribe).scheme != "https":
        raise OutputError(
            Fault(_place(letter), "must begin with https://, or mailboxes show no button to unsubscribe")
        )
    host = str(urlsplit(letter.home).hostname)
    return {
        "List-Id": f"<{letter.newsletter}.{host}>",
        "List-Unsubscribe": f"<{letter.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Archived-At": f"<{letter.web}>",
        "Feedback-ID": f"{_issue_id(letter)[:16]}:{letter.newsletter}:digest:{_sender_id(host)}",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }


def message_id(digest: Digest, recipient: Address | None = None) -> str:
    """An id that is the same whenever the same issue goes to the same mailbox (RFC 5322 section 3.6.4)."""
    issue = digest.issue
    to = recipient.addr_spec if recipient else issue.sender.email
    named = _fingerprint(issue.newsletter, *(article.id for article in issue.articles), to)
    return f"<{issue.newsletter}.{named}@{urlsplit(issue.home).hostname}>"


def _own(letter: Letter, name: str, email: str) -> Address:
    """An address of ours: everybody must be able to read it, so it has no letters beyond ASCII."""
    if not email.rpartition("@")[0].isascii():
        raise DeliveryError(
            Fault(_place(letter, "sender"), f"“{email}” has letters that many mailboxes refuse")
        )
    return mailbox(name, email)


def _folded(name: str, value: object, letter: Letter) -> str:
    mail = EmailMessage(policy=SMTP)
    try:
        mail[name] = value
        raw = mail.as_bytes()
    except (ValueError, TypeError, IndexError) as refusal:  # of a line break, or a broken address
        raise DeliveryError(Fault(_place(letter, ""), f"cannot be in {name}: {refusal}")) from None
    if b"\0" in raw:
        raise DeliveryError(Fault(_place(letter, ""), f"has a NUL, which cannot be in {name}"))
    return raw.decode("ascii").removesuffix("\r\n\r\n").removeprefix(f"{name}: ")


def _part_head(subtype: str, part: Gapped) -> str:
    kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
    return f"{kind}Content-Transfer-Encoding: {part.encoded.name}\r\n"


def _seal(signers: Sequence[Signer], headers: Mapping[str, str], body: bytes) -> Seal:
    fixed = [
        (name.lower().encode("ascii"), headers[name].encode("ascii"))
        for name in dkim.SIGNED
        if name in headers
    ]
    return dkim.seal(signers, fixed, dkim.header_names([*headers, *dkim.PERSONAL]), body)


def _issue_id(letter: Letter) -> str:
    return _fingerprint(letter.newsletter, *letter.articles)


def _sender_id(host: str) -> str:
    """Five to fifteen letters that are always the same for a sender."""
    return re.sub(r"[^a-z0-9]", "", host.lower())[:15].ljust(5, "0")


def _place(letter: Letter, field: str = "unsubscribe") -> Place:
    return Place("feeds.toml", field=f"newsletter.{letter.newsletter}.{field}".rstrip("."))


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
