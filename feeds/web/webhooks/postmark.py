"""Postmark's webhooks for bounces and spam complaints.

They are not signed: a secret of our own making proves them, in the address or by HTTP Basic
authentication (RFC 7617). Postmark replaces the return path, so a message is known by what it carries
as `X-PM-Metadata-feeds`, or by its Message-ID in the content of the bounce.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from hmac import compare_digest
from typing import Annotated

from pydantic import Field, ValidationError

from feeds.delivery.ledger.inbox import Received, Reported
from feeds.web.webhooks import posted
from feeds.web.webhooks.posted import Pascal, Posted, RefusedError

_HARD = ("HardBounce", "BadEmailAddress")
_SOFT = ("SoftBounce", "Transient", "DnsError")


class _Report(Pascal):
    record_type: Annotated[str, Field(max_length=100)]
    id: Annotated[int | None, Field(alias="ID", ge=0, lt=1 << 63)] = None
    type: str = ""
    email: str = ""
    details: str | None = None
    description: str | None = None
    content: str | None = None
    metadata: dict[str, str] | None = None


def read(told: Posted, secret: str) -> Received | None:
    """The report in a request; None for what is not about a bounce or complaint. Raises `RefusedError`."""
    if not compare_digest((told.secret or _password(told.authorization)).encode(), secret.encode()):
        raise RefusedError(403)
    try:
        report = _Report.model_validate_json(told.body)
    except ValidationError:
        raise RefusedError(400) from None
    if report.record_type not in ("Bounce", "SpamComplaint"):
        return None
    if report.id is None:
        raise RefusedError(400)
    words = report.details or report.description or ""
    code = posted.status("", words)
    return Received(
        source="postmark",
        event=f"{report.record_type}/{report.id}",
        kind=_kind(report, code),
        status="5.1.3" if report.type == "BadEmailAddress" else code,
        diagnostic=posted.diagnostic(words, report.email),
        marks=posted.marks(*(report.metadata or {}).values(), report.content or ""),
    )


def _kind(report: _Report, code: str) -> Reported:
    if report.record_type == "SpamComplaint" or report.type == "SpamComplaint":
        return "complaint"
    if report.type in _HARD:
        return posted.failed(code)
    return "soft" if report.type in _SOFT else "none"


def _password(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
