"""Amazon SES by its interface of version 2: SendEmail with the raw message, to the byte as SMTP has it.

SES writes Date and Message-ID anew, so a signature of ours over them would not hold: it signs itself.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from feeds.delivery.transports.base import Envelope
from feeds.delivery.transports.provider import Meaning, Posted, Provider, Said, words
from feeds.delivery.transports.signature import Credentials, signed
from feeds.network.base import Answer

PATH = "/v2/email/outbound-emails"
LARGEST = 40 * 1024 * 1024
"""Bytes after the encoding in base64."""
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d")

_SLOW = ("TooManyRequestsException", "ThrottlingException", "Throttling")
_SETTINGS = (
    "AccountSuspendedException",
    "SendingPausedException",
    "MailFromDomainNotVerifiedException",
    "NotFoundException",
    "LimitExceededException",
)


def is_region(text: str) -> bool:
    """Whether a text has the form of a region, such as eu-west-1."""
    return bool(_REGION.fullmatch(text))


def ses(
    region: str,
    credentials: Credentials,
    configuration: str = "",
    origin: str = "",
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Provider:
    """SES in a region, with a configuration set if one is named."""
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    origin = origin or f"https://email.{region}.{domain}"

    def write(envelope: Envelope) -> Posted:
        content = _content(envelope, configuration)
        headers = {"host": urlsplit(origin).netloc, "content-type": "application/json"}
        proved = signed(
            "POST", PATH, headers, content, credentials=credentials, scope=(region, "ses"), now=clock()
        )
        return Posted(PATH, proved, content)

    return Provider(
        name="Amazon SES",
        origin=origin,
        write=write,
        number=lambda table: words(table, "MessageId"),
        told=_told,
        means=_means,
        largest=LARGEST,
        secrets=(credentials.secret, credentials.token),
    )


def _content(envelope: Envelope, configuration: str) -> bytes:
    body: dict[str, Any] = {
        "Content": {"Raw": {"Data": b64encode(envelope.content).decode("ascii")}},
        "Destination": {"ToAddresses": [envelope.recipient]},
    }
    if envelope.sender:
        body["FeedbackForwardingEmailAddress"] = envelope.sender
    if configuration:
        body["ConfigurationSetName"] = configuration
    return json.dumps(body, separators=(",", ":")).encode("ascii")


def _told(answer: Answer, table: Mapping[str, Any]) -> Said:
    kind = answer.headers.get("x-amzn-errortype", "") or words(table, "__type")
    return Said(
        answer.status, words(table, "message", "Message"), re.split("[:#]", kind)[-1 if "#" in kind else 0]
    )


def _means(said: Said) -> Meaning:
    if said.kind in _SLOW or said.status == 429:
        return "settings" if "quota" in said.words.casefold() else "slow"
    if said.kind in _SETTINGS or said.status == 403:
        return "settings"
    if said.kind == "MessageRejected" and "not verified" in said.words:
        return "settings"
    return "refused"
