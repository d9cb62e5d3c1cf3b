"""The contract of a transport: it opens connections, and a connection sends one message at a time.

Whatever becomes of a message is one of three things, and never another exception:

- a `Reply`: somebody answered, with a code, and `stage` says to which command;
- `ConnectionLost(stage)`: nobody answered. Only at the stage after-dot may the message have been
  taken all the same (RFC 1047);
- `Refused(reply)`, from `open` alone: no connection for any message, so it is our settings or their
  door: banner, ehlo, starttls or auth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from feeds.errors import DeliveryError, Fault, Place, one_line

Stage = Literal["connect", "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot", "after-dot"]
"""Where a conversation stood. A connection lost at `dot` had not sent the final dot, so the message is
not taken; one lost `after-dot` had, and nobody knows. An answer to the final dot has the stage `dot`."""

# What may stand between < and > (RFC 5321 section 4.1.2): no space, no control, no bracket.
# A quoted local part is legal, and nobody's; it stays out.
LOCAL_PART = r"[^\x00-\x20\x7f-\xa0<>\"(),:;\[\\\]@\s]+"
_MAILBOX = re.compile(LOCAL_PART + "@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message to one recipient. Raises `DeliveryError` where an address could be more than one; it
    says which of the two, and never what it is.

    Addresses have an ASCII domain (xn--…); a local part beyond ASCII needs a server with SMTPUTF8.
    The content is a complete message, its lines ended by CRLF and the last one too.
    """

    sender: str
    """The return path; empty for a message that must never bounce."""
    recipient: str
    content: bytes
    dotted: bool = False
    """Whether no line of the content begins with a dot, so that it may be sent as it is."""

    def __post_init__(self) -> None:
        for field, address in (("sender", self.sender), ("recipient", self.recipient)):
            fits = _MAILBOX.fullmatch(address) and len(address) <= 254
            if not fits and (address or field == "recipient"):
                raise DeliveryError(Fault(Place("message", field=field), "is no address that mail can go to"))


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered, and to what."""

    code: int
    """Three digits (RFC 5321 section 4.2); 0 where our own side refused, before a word was said."""
    enhanced: str
    """Such as 5.1.1 (RFC 3463), or empty."""
    text: str
    """In one printable line, without the codes."""
    stage: Stage
    number: str = ""
    """The other side's own number for a message that it took, where that is worth keeping."""

    @property
    def accepted(self) -> bool:
        """Whether the message was taken: only the answer to the final dot says so."""
        return 200 <= self.code < 300 and self.stage == "dot"

    def __str__(self) -> str:
        codes = " ".join(part for part in (str(self.code) if self.code else "", self.enhanced) if part)
        return " ".join(part for part in (codes, self.text) if part)


class ConnectionLost(DeliveryError):  # noqa: N818 - named for what happened
    """The connection ended, timed out or spoke gibberish; `stage` says when, `reason` how."""

    def __init__(self, stage: Stage, reason: str = "") -> None:
        self.stage: Stage = stage
        self.reason = one_line(reason)
        super().__init__(Fault(Place(), f"the connection was lost at {stage}: {self.reason}"))


class Refused(DeliveryError):  # noqa: N818 - named for what happened
    """No connection can be had: what was answered at the banner, ehlo, starttls or auth."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(Fault(Place(), f"refused at {reply.stage}: {reply}"))


class Connection(Protocol):
    """An open way to send. One thread uses it at a time."""

    def send(self, envelope: Envelope) -> Reply:
        """Send one message and wait for the answer.

        Raises `ConnectionLost`; then, and after a reply of 421, the connection is of no more use.
        """

    def close(self) -> None:
        """Say goodbye. Never raises, and may be called again."""


class Transport(Protocol):
    """A way for messages to leave. Any number of threads may open connections of their own."""

    def open(self) -> Connection:
        """A new connection. Raises `ConnectionLost` or `Refused`."""
