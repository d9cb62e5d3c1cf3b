"""Amazon SES's notifications of bounces and complaints, as Amazon SNS posts them.

They are signed by a key whose certificate stands at an address that they name themselves: only one of
the topic's own region is looked at, and only for a topic that we listen to. A subscription is never
confirmed by us: the address that does it is shown to the operator.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import Field, ValidationError

from feeds.delivery.ledger.inbox import Received, Reported
from feeds.web.webhooks import posted
from feeds.web.webhooks.certificates import Certificates, verified
from feeds.web.webhooks.posted import Camel, Pascal, Posted, RefusedError
from feeds.web.webhooks.secrets import region

SIGNED = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
"""What is signed of a message, in this order, as far as it is there."""
_ASKING = ("SubscribeURL", "Token")
_NOT_SPAM = ("not-spam", "auth-failure", "virus")


class _Envelope(Pascal):
    type: str
    message_id: Annotated[str, Field(pattern=posted.EVENT)]
    topic_arn: str
    message: str
    timestamp: Annotated[str, Field(max_length=40)]
    signature_version: str
    signature: Annotated[str, Field(max_length=2000)]
    certificate: str = Field(alias="SigningCertURL")
    subject: str | None = None
    subscribe: str | None = Field(None, alias="SubscribeURL")
    token: str | None = None


class _Header(Camel):
    name: str
    value: str


class _Mail(Camel):
    source: str = ""
    headers: tuple[_Header, ...] = Field((), strict=False)


class _Recipient(Camel):
    email_address: str = ""
    status: str | None = None
    diagnostic_code: str | None = None


class _Bounce(Camel):
    bounce_type: str
    bounce_sub_type: str | None = None
    bounced_recipients: tuple[_Recipient, ...] = Field((), strict=False)


class _Complaint(Camel):
    complaint_feedback_type: str | None = None


class _Notification(Camel):
    notification_type: str = ""
    event_type: str = ""
    mail: _Mail = _Mail()
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None


def read(told: Posted, topics: frozenset[str], certificates: Certificates) -> Received:
    """The report in a request. Raises `RefusedError`."""
    try:
        envelope = _Envelope.model_validate_json(told.body)
    except ValidationError:
        raise RefusedError(400) from None
    _verify(envelope, topics, certificates, told.now)
    if envelope.type == "SubscriptionConfirmation":
        return _question(envelope)
    try:
        told_of = _Notification.model_validate_json(envelope.message)
    except ValidationError:  # signed, and about something else
        told_of = _Notification()
    return _received(envelope, told_of if envelope.type == "Notification" else _Notification())


def canonical(fields: dict[str, str | None]) -> bytes:
    """What is signed of a message: each name and value on a line of its own."""
    asking = fields["Type"] != "Notification"
    names = [name for name in SIGNED if name not in (("Subject",) if asking else _ASKING)]
    return "".join(f"{name}\n{fields[name]}\n" for name in names if fields.get(name) is not None).encode()


def _verify(envelope: _Envelope, topics: frozenset[str], certificates: Certificates, now: int) -> None:
    if envelope.topic_arn not in topics:
        raise RefusedError(403)
    key = certificates.key(envelope.certificate, region(envelope.topic_arn))
    signed = canonical(envelope.model_dump(by_alias=True))
    if not verified(key, signed, envelope.signature, envelope.signature_version):
        raise RefusedError(403)
    try:
        at = datetime.fromisoformat(envelope.timestamp)
    except ValueError:
        raise RefusedError(400) from None
    if at.tzinfo is None or not posted.fresh(at.timestamp(), now):
        raise RefusedError(400)


def _question(envelope: _Envelope) -> Received:
    address = envelope.subscribe or ""
    host = rf"https://sns\.{re.escape(region(envelope.topic_arn))}\.amazonaws\.com(?:\.cn)?/"
    if not re.fullmatch(rf"{host}\?[A-Za-z0-9_=&:.%-]{{1,2000}}", address):
        raise RefusedError(400)
    return Received(source="ses", event=envelope.message_id, kind="subscription", diagnostic=address)


def _received(envelope: _Envelope, notice: _Notification) -> Received:
    bounced = notice.bounce.bounced_recipients if notice.bounce else ()
    recipient = bounced[0] if bounced else _Recipient()
    words = recipient.diagnostic_code or ""
    code = posted.status(recipient.status or "", words)
    if not code and notice.bounce and notice.bounce.bounce_sub_type == "NoEmail":
        code = "5.1.1"
    numbers = [header.value for header in notice.mail.headers if header.name.lower() == "message-id"]
    return Received(
        source="ses",
        event=envelope.message_id,
        kind=_kind(notice, code),
        status=code,
        diagnostic=posted.diagnostic(words, recipient.email_address),
        marks=posted.marks(notice.mail.source, *numbers),
    )


def _kind(notice: _Notification, code: str) -> Reported:
    told = notice.notification_type or notice.event_type
    if told == "Complaint" and notice.complaint:
        return "none" if notice.complaint.complaint_feedback_type in _NOT_SPAM else "complaint"
    if told == "Bounce" and notice.bounce:
        return posted.failed(code) if notice.bounce.bounce_type == "Permanent" else "soft"
    return "none"
