"""A finished message taken apart again, for interfaces that want its fields and not its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from functools import lru_cache

from feeds.delivery.transports.base import Envelope

KEPT = (
    "List-Id List-Unsubscribe List-Unsubscribe-Post Archived-At Feedback-ID Auto-Submitted "
    "Precedence Message-ID"
).split()
"""Headers that go along as they are. What is left out a provider writes itself: date, MIME, signatures."""

_PLAIN = re.compile("(?:[!-~]+(?: [!-~]+)*)?")


@dataclass(frozen=True)
class Fields:
    """What one message says, as texts in one line; the two bodies have line ends of their own."""

    sender: str
    reply_to: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    """Those of `KEPT` that are there."""

    @property
    def message_id(self) -> str:
        """`<…@…>`, or empty."""
        return dict(self.headers).get("Message-ID", "")


def fields(envelope: Envelope) -> Fields:
    """The fields of a message such as `feeds.delivery.message` makes: its bodies are in UTF-8."""
    parsed = message_from_bytes(envelope.content, policy=policy.compat32)  # three times as quick as default
    bodies = {part.get_content_type(): part for part in parsed.walk()}
    return Fields(
        sender=_line(parsed, "From"),
        reply_to=_line(parsed, "Reply-To"),
        subject=_line(parsed, "Subject"),
        text=_body(bodies.get("text/plain")),
        html=_body(bodies.get("text/html")),
        headers=tuple(_kept(parsed)),
    )


def _kept(parsed: Message) -> Iterator[tuple[str, str]]:
    yield from ((name, _line(parsed, name)) for name in KEPT if name in parsed)


def _line(parsed: Message, name: str) -> str:
    raw = str(parsed.get(name, ""))
    return _shown(name, raw) if "=?" in raw or not _PLAIN.fullmatch(raw) else raw


@lru_cache(maxsize=64)
def _shown(name: str, raw: str) -> str:
    """A header's value as people read it; whatever an encoded word may hide in it stays within the line."""
    text = str(policy.default.header_fetch_parse(name, raw))
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _body(part: Message | None) -> str:
    content = part.get_payload(decode=True) if part else b""
    assert isinstance(content, bytes)
    return content.decode("utf-8", "replace").replace("\r\n", "\n")
