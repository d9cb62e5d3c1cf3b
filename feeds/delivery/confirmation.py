"""A letter to one person, as the pages for subscribers send: to confirm, with a link, with their data.

Nothing of what a visitor typed is in it. It says the same whenever it is made of the same, and keeps
its Message-ID, so that a double can be told (RFC 7352).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import urlsplit

from feeds import colours, templating
from feeds.config import NewsletterSettings, PublicationSettings
from feeds.delivery import dkim
from feeds.delivery.dkim import Signer
from feeds.delivery.headers import ascii_address
from feeds.delivery.message import mailbox
from feeds.delivery.transports.base import Envelope
from feeds.wording import Wording


@dataclass(frozen=True)
class Sheet:
    """What all letters of a newsletter have in common."""

    newsletter: str
    settings: NewsletterSettings
    publication: PublicationSettings
    words: Wording
    signers: Sequence[Signer] = ()
    templates: Path | None = None

    @property
    def title(self) -> str:
        """What the newsletter is called."""
        return self.settings.title or self.publication.title


@dataclass(frozen=True, kw_only=True)
class Note:
    """One letter: whom it goes to, what it says, and the one link in it."""

    address: str
    subject: str
    says: Sequence[str]
    """Its paragraphs, before the link."""
    label: str = ""
    link: str = ""
    after: Sequence[str] = ()
    """Its paragraphs after the link."""
    date: datetime
    named: str
    """What it is about; the same gives the same Message-ID."""
    file: tuple[str, bytes] | None = field(default=None, repr=False)
    """A file of JSON that comes with it: its name and bytes."""


def envelope(note: Note, sheet: Sheet) -> Envelope:
    """The letter in its envelope. Raises `DeliveryError` or `TemplateError`."""
    content = message(note, sheet)
    return Envelope(
        ascii_address(sheet.settings.sender.email), ascii_address(note.address), content, dotted=True
    )


def message(note: Note, sheet: Sheet) -> bytes:
    """The letter as RFC 5322 wants it, signed by each of the newsletter's keys; text before HTML.

    Bodies are in base64, so that no line begins with a dot, and a relay has nothing to mend.
    """
    mail = EmailMessage(policy=SMTP)
    sender = sheet.settings.sender
    mail["From"] = mailbox(sender.name, sender.email)
    if sheet.settings.reply_to:
        mail["Reply-To"] = mailbox("", sheet.settings.reply_to)
    mail["To"] = mailbox("", note.address)
    mail["Subject"] = note.subject
    mail["Date"] = note.date
    mail["Message-ID"] = message_id(note, sheet)
    mail["Auto-Submitted"] = "auto-generated"
    _fill(mail, note, sheet)
    mail["Content-Language"] = sheet.words.language  # set_content takes away what is there before it
    return _signed(mail.as_bytes(), sheet.signers)


def message_id(note: Note, sheet: Sheet) -> str:
    """The same whenever the same is sent to the same mailbox (RFC 5322 section 3.6.4)."""
    named = "\0".join((sheet.newsletter, note.named, note.address, note.date.isoformat()))
    own = hashlib.sha256(named.encode()).hexdigest()[:32]
    return f"<{sheet.newsletter}.{own}@{urlsplit(sheet.publication.url).hostname}>"


def _fill(mail: EmailMessage, note: Note, sheet: Sheet) -> None:
    context = {
        "note": note,
        "title": sheet.title,
        "publication": sheet.publication,
        "imprint": sheet.settings.imprint,
        "words": sheet.words,
        "light": colours.light(sheet.publication.accent),
        "dark": colours.dark(sheet.publication.accent),
    }
    text = templating.render("web/public/letter.txt", context, folder=sheet.templates)
    html = templating.render("web/public/letter.html", context, folder=sheet.templates)
    mail.set_content(text, cte="base64")
    mail.add_alternative(html, subtype="html", cte="base64")
    if note.file:
        name, content = note.file
        mail.add_attachment(content, maintype="application", subtype="json", filename=name)
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary("=_" + hashlib.sha256(f"{number} {text}".encode()).hexdigest()[:32])


def _signed(content: bytes, signers: Sequence[Signer]) -> bytes:
    if not signers:
        return content
    head, _, body = content.partition(b"\r\n\r\n")
    there = {}
    for line in head.replace(b"\r\n ", b"\0 ").replace(b"\r\n\t", b"\0\t").split(b"\r\n"):
        name, _, value = line.partition(b": ")
        there[name.decode("ascii").lower()] = value.replace(b"\0", b"\r\n")
    fixed = [(name.lower().encode(), there[name.lower()]) for name in dkim.SIGNED if name.lower() in there]
    seal = dkim.seal(signers, fixed, dkim.header_names(there), body)
    return seal.signatures((), ()) + content
