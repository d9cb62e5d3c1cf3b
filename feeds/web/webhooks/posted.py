"""What was posted to a webhook, and what is kept of it: no address, and of no text more than is of use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel, to_pascal

from feeds.delivery.addresses import redacted
from feeds.errors import one_line

EVENT = r"^[\x21-\x7e]{1,128}$"
"""How the number of an event may look, whoever gives it."""
WINDOW = 12 * 3600
"""Seconds for which what is signed is taken: providers try again for hours, but not for a day."""
AHEAD = 900
"""Seconds that their clock may be before ours."""
_MARKS = 10
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# As `verp` makes them; whether they are ours is only found out when they are acted on.
_MARK = re.compile(
    r"(?:([a-z0-9][a-z0-9._-]{0,8})\+)?([0-9a-f]{1,8}-[0-9a-f]{1,12}-[0-9a-f]{32}@[a-z0-9.-]{1,253})"
)


class RefusedError(Exception):
    """What was posted is not taken; `status` is the answer, and all that is said of it."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


class Told(BaseModel):
    """A table in what a provider posts: the types are exact, and what we do not know is passed over."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Camel(Told):
    """One whose names are written so: `bounceType`."""

    model_config = ConfigDict(alias_generator=to_camel)


class Pascal(Told):
    """One whose names are written so: `RecordType`."""

    model_config = ConfigDict(alias_generator=to_pascal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One request."""

    body: bytes
    now: int
    """Seconds since 1970."""
    secret: str = ""
    """What the address ends in."""
    authorization: str = ""


def fresh(at: float, now: int) -> bool:
    """Whether what was signed then is still taken."""
    return now - WINDOW <= at <= now + AHEAD


def marks(*texts: str) -> str:
    """Everything in these texts that could be a return path or a Message-ID of ours."""
    found = (_MARK.finditer(text.lower()) for text in texts)
    shown = (_mark(one[1], one[2].rstrip(".-")) for several in found for one in several)
    return " ".join(list(dict.fromkeys(shown))[:_MARKS])


def status(field: str, diagnostic: str) -> str:
    """The code of RFC 3463 in a field, or where that says no more than 5.0.0 in a server's words."""
    found, other = _STATUS.search(field), _STATUS.search(diagnostic)
    if found and not (found[0].endswith(".0.0") and other and other[1] == found[1]):
        return found[0]
    return other[0] if other else ""


def failed(code: str) -> Literal["hard", "soft"]:
    """What a message that was given up means by its code, as in a report by RFC 3464."""
    return "soft" if code.startswith("4") else "hard"


def diagnostic(text: str, address: str = "") -> str:
    """A server's words on one line, without any address."""
    return one_line(redacted(" ".join(text[:2000].split()), address))[:500]


def _mark(prefix: str | None, token: str) -> str:
    return f"{prefix}+{token}" if prefix else f"<{token}>"


def joined(texts: Iterable[str | None]) -> str:
    """Texts that may be missing, as one."""
    return " ".join(text for text in texts if text)
