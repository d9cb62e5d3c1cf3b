"""Resend by its interface: POST /emails, with a key by which the same request twice is one message.

The key is known for 24 hours, so a message whose answer was lost is simply tried again. Resend signs
itself.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from feeds.delivery.transports.base import Envelope
from feeds.delivery.transports.fields import fields
from feeds.delivery.transports.provider import Meaning, Posted, Provider, Said, words

ORIGIN = "https://api.resend.com"
LARGEST = 40 * 1000 * 1000

# https://resend.com/docs/api-reference/errors
_SETTINGS = (
    "missing_api_key",
    "restricted_api_key",
    "invalid_api_key",
    "invalid_from_address",
    "invalid_access",
    "invalid_region",
    "daily_quota_exceeded",
    "monthly_quota_exceeded",
)


def resend(key: str, origin: str = "") -> Provider:
    """Resend with a key of its interface."""

    def write(envelope: Envelope) -> Posted:
        content = _content(envelope)
        headers = {
            "authorization": f"Bearer {key}",
            "content-type": "application/json",
            "idempotency-key": f"feeds-{hashlib.sha256(content).hexdigest()}",
        }
        return Posted("/emails", headers, content)

    return Provider(
        name="Resend",
        origin=origin or ORIGIN,
        write=write,
        number=lambda table: words(table, "id"),
        told=lambda answer, table: Said(answer.status, words(table, "message"), words(table, "name")),
        means=_means,
        largest=LARGEST,
        repeatable=True,
        secrets=(key,),
    )


def _content(envelope: Envelope) -> bytes:
    """The same message gives the same bytes, and so the same key."""
    said = fields(envelope)
    body: dict[str, Any] = {
        "from": said.sender,
        "to": [envelope.recipient],
        "subject": said.subject,
        "text": said.text,
        "html": said.html,
        "headers": dict(said.headers),
    }
    if said.reply_to:
        body["reply_to"] = said.reply_to
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _means(said: Said) -> Meaning:
    if said.kind in _SETTINGS or said.status == 403:
        return "settings"
    if said.status == 429:
        return "slow"
    if said.status == 409:  # another attempt of ours is still under way; with another content there is none
        return "later" if said.kind == "concurrent_idempotent_requests" else "doubt"
    return "malformed" if "`to`" in said.words else "refused"
