"""Mailgun's webhooks for permanent failures, temporary failures and complaints.

Signed are a moment and a token, not what is told; so a token counts once, whatever comes with it.
"""

from __future__ import annotations

from hmac import compare_digest, digest
from typing import Annotated, Any

from pydantic import Field, ValidationError

from feeds.delivery.ledger.inbox import Received, Reported
from feeds.web.webhooks import posted
from feeds.web.webhooks.posted import Posted, RefusedError, Told


class _Signature(Told):
    timestamp: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]
    token: Annotated[str, Field(pattern=posted.EVENT)]
    signature: Annotated[str, Field(max_length=128)]


class _Answer(Told):
    message: str | None = None
    description: str | None = None
    enhanced: str | None = Field(None, alias="enhanced-code")


class _Message(Told):
    headers: dict[str, Any] = Field(default_factory=dict)


class _Envelope(Told):
    sender: str | None = None


class _Event(Told):
    event: str
    severity: str | None = None
    recipient: str | None = None
    answer: _Answer = Field(_Answer(), alias="delivery-status")
    message: _Message = _Message()
    envelope: _Envelope = _Envelope()


class _Report(Told):
    signature: _Signature
    event: _Event = Field(alias="event-data")


def read(told: Posted, key: str) -> Received:
    """The report in a request. Raises `RefusedError`."""
    try:
        report = _Report.model_validate_json(told.body)
    except ValidationError:
        raise RefusedError(400) from None
    _verify(report.signature, key, told.now)
    event, answer = report.event, report.event.answer
    words = posted.joined([answer.description, answer.message])
    code = posted.status(answer.enhanced or "", words)
    number = event.message.headers.get("message-id")
    return Received(
        source="mailgun",
        event=report.signature.token,
        kind=_kind(event, code),
        status=code,
        diagnostic=posted.diagnostic(words, event.recipient or ""),
        marks=posted.marks(number if isinstance(number, str) else "", event.envelope.sender or ""),
    )


def _verify(signed: _Signature, key: str, now: int) -> None:
    made = digest(key.encode(), f"{signed.timestamp}{signed.token}".encode(), "sha256").hex()
    if not compare_digest(made.encode(), signed.signature.encode()):
        raise RefusedError(403)
    if not posted.fresh(int(signed.timestamp), now):
        raise RefusedError(400)


def _kind(event: _Event, code: str) -> Reported:
    if event.event == "complained":
        return "complaint"
    if event.event != "failed":
        return "none"
    return posted.failed(code) if event.severity == "permanent" else "soft"
