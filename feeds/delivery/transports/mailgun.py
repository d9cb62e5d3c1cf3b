"""Mailgun by its interface: POST /v3/DOMAIN/messages.mime, with the message to the byte as SMTP has it.

Mailgun signs itself, and adds no tracking to what it is given.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from feeds.delivery.transports.base import Envelope
from feeds.delivery.transports.provider import Meaning, Posted, Provider, Said, words
from feeds.network.base import Answer

ORIGINS = {"us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}
LARGEST = 25 * 1024 * 1024


def mailgun(domain: str, key: str, region: str = "us", origin: str = "") -> Provider:
    """Mailgun for one sending domain, in the region that it was added in."""
    login = "Basic " + b64encode(f"api:{key}".encode()).decode("ascii")

    def write(envelope: Envelope) -> Posted:
        boundary, content = _form(envelope)
        kind = f"multipart/form-data; boundary={boundary}"
        return Posted(f"/v3/{domain}/messages.mime", {"authorization": login, "content-type": kind}, content)

    return Provider(
        name="Mailgun",
        origin=origin or ORIGINS[region],
        write=write,
        number=lambda table: words(table, "id"),
        told=_told,
        means=_means,
        largest=LARGEST,
        secrets=(key, login),
    )


def _form(envelope: Envelope) -> tuple[str, bytes]:
    """The form, and the boundary of its parts: a digest of the message, which can hardly be in it."""
    boundary = "feeds-" + hashlib.sha256(envelope.content).hexdigest()[:32]
    parts = {"to": envelope.recipient.encode(), "o:tracking": b"no"}
    written = [_part(boundary, f'name="{name}"', value) for name, value in parts.items()]
    file = 'name="message"; filename="message.eml"\r\nContent-Type: message/rfc822'
    whole = [*written, _part(boundary, file, envelope.content), f"--{boundary}--\r\n".encode()]
    return boundary, b"".join(whole)


def _part(boundary: str, disposition: str, value: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + value + b"\r\n"


def _told(answer: Answer, table: Mapping[str, Any]) -> Said:
    # Some refusals are plain text, such as that of a wrong key.
    plain = "" if table else answer.content[:200].decode("utf-8", "replace").strip()
    return Said(answer.status, words(table, "message", "Error") or plain)


def _means(said: Said) -> Meaning:
    if said.status in (402, 403):
        return "settings"
    if said.status == 429:
        return "slow"
    return "malformed" if re.match(r"'?to'? parameter is not a valid address", said.words) else "refused"
