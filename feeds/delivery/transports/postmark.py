"""Postmark by its interface: POST /email, in a message stream of the kind “broadcast”.

Postmark writes Message-ID anew unless it is told to keep ours, and replaces the return path; what its
webhook knows a message by is the metadata “feeds”. It signs itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from feeds.delivery.transports.base import Envelope
from feeds.delivery.transports.fields import fields
from feeds.delivery.transports.provider import Meaning, Posted, Provider, Said, words
from feeds.network.base import Answer

ORIGIN = "https://api.postmarkapp.com"
STREAM = "broadcast"
"""The stream that every server of Postmark's has for mail to many."""
LARGEST = 10 * 1000 * 1000
LONGEST_METADATA = 80

# https://postmarkapp.com/developer/api/overview#error-codes
_SETTINGS = ("10", "400", "401", "405", "412", "413", "1235", "1236")
_INACTIVE = "406"
_LATER = ("100",)
_SLOW = "429"


def postmark(token: str, stream: str = STREAM, origin: str = "") -> Provider:
    """Postmark with a server's token."""

    def write(envelope: Envelope) -> Posted:
        headers = {
            "accept": "application/json",
            "content-type": "application/json",
            "x-postmark-server-token": token,
        }
        return Posted("/email", headers, _content(envelope, stream))

    return Provider(
        name="Postmark",
        origin=origin or ORIGIN,
        write=write,
        number=_number,
        told=_told,
        means=_means,
        largest=LARGEST,
        secrets=(token,),
    )


def _content(envelope: Envelope, stream: str) -> bytes:
    said = fields(envelope)
    body: dict[str, Any] = {
        "From": said.sender,
        "To": envelope.recipient,
        "Subject": said.subject,
        "TextBody": said.text,
        "HtmlBody": said.html,
        "Headers": [
            {"Name": name, "Value": value} for name, value in (*said.headers, ("X-PM-KeepID", "true"))
        ],
        "MessageStream": stream,
        "TrackOpens": False,
        "TrackLinks": "None",
    }
    if said.reply_to:
        body["ReplyTo"] = said.reply_to
    if said.message_id and len(said.message_id) <= LONGEST_METADATA:
        body["Metadata"] = {"feeds": said.message_id}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _number(table: Mapping[str, Any]) -> str:
    return words(table, "MessageID") if table.get("ErrorCode", 0) == 0 else ""


def _told(answer: Answer, table: Mapping[str, Any]) -> Said:
    kind = words(table, "ErrorCode")
    # An error in an answer of success is still an error: it was not taken.
    status = 422 if answer.status < 300 and kind not in ("", "0") else answer.status
    return Said(status, words(table, "Message"), kind)


def _means(said: Said) -> Meaning:
    if said.kind in _SETTINGS or said.status == 403:
        return "settings"
    if said.kind == _SLOW or said.status == 429:
        return "slow"
    if said.kind == _INACTIVE:
        return "nobody"
    if said.kind == "300" and "'To'" in said.words:
        return "malformed"
    return "later" if said.kind in _LATER else "refused"
