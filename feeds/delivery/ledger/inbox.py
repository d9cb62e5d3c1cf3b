"""What providers report of our mail, as the inbox keeps it until the job acts on it.

An entry holds no address: whose message it was is told by the marks that `verp` made, and nothing
else of the provider's words is kept than a server's answer without any address in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feeds.delivery.rates import HOUR

Source = Literal["ses", "postmark", "mailgun"]
Reported = Literal["hard", "soft", "complaint", "none", "subscription"]
"""As a bounce's kind; or that a provider asks whether reports may come here at all."""

BATCH = 500
"""Entries that are read in one go."""
KEPT = 30 * 24 * HOUR
"""Microseconds for which an entry is remembered, so that it counts once. A provider tries again for
hours, and what is older than a day is refused by its date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One verified report."""

    source: Source
    event: str
    """The provider's own number for it, so that it counts once."""
    kind: Reported
    status: str = ""
    """Such as 5.1.1 (RFC 3463)."""
    diagnostic: str = ""
    """What a server said; of a subscription the address that confirms it."""
    marks: str = ""
    """The return path and Message-ID, as far as they look like ours."""
    number: int = 0
    """Its place in the inbox."""
    at: int = 0
    """When it came: microseconds since 1970, UTC."""
