"""Who gets a newsletter: an entry as it is given, a subscriber as the ledger has it, and counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

State = Literal["pending", "active", "paused", "unsubscribed"]
STATES: tuple[State, ...] = ("pending", "active", "paused", "unsubscribed")


@dataclass(frozen=True, slots=True)
class Consent:
    """How and when somebody agreed to be written to."""

    how: str = ""
    at: int | None = None
    """Microseconds since 1970, UTC, as every moment in the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody to be put on the list, already checked: see `feeds.delivery.intake`."""

    address: str
    domain: str
    topics: tuple[str, ...] = ()
    """What they want to read, in alphabetical order; nothing means everything."""
    language: str = ""
    """A language tag; nothing means the newsletter's own."""
    state: State = "active"
    consent: Consent = field(default_factory=Consent)
    confirmed_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Somebody on a newsletter's list."""

    id: int
    newsletter: str
    address: str
    domain: str
    state: State
    topics: tuple[str, ...]
    language: str
    epoch: int
    """Counts up whenever they subscribe anew, so that the links of earlier mail end."""
    consent: Consent
    confirmed_at: int | None
    suppressed: str = ""
    """Why nothing is sent to this address whatever the state says; empty where nothing stands against it."""


@dataclass(frozen=True, slots=True)
class Audience:
    """All who get the same digest: one language, one choice of topics."""

    language: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of many entries at once."""

    added: int = 0
    known: int = 0
    """Already on the list, in whatever state; they stay as they are."""
    suppressed: int = 0
    """Left out because nothing may be sent to them."""

    def __add__(self, other: Enrolled) -> Enrolled:
        return Enrolled(
            self.added + other.added, self.known + other.known, self.suppressed + other.suppressed
        )


@dataclass(frozen=True, slots=True)
class Stats:
    """A newsletter's list in numbers."""

    states: Mapping[State, int]
    languages: Mapping[str, int]
    topics: Mapping[str, int]
    suppressed: int
    """Addresses on the list that nothing is sent to."""


def ordered(topics: Iterable[str]) -> tuple[str, ...]:
    """Topics once each, in alphabetical order: the same choice is the same text."""
    return tuple(sorted(set(topics)))


def micros(moment: datetime) -> int:
    """A moment as the ledger writes it."""
    return round(moment.timestamp() * 1_000_000)


def moment(at: int) -> datetime:
    """A moment as people read it, in UTC."""
    return datetime.fromtimestamp(at / 1_000_000, UTC)
