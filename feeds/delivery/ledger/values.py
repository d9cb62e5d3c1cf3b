"""What a ledger is told and what it tells: values, and the rules that need nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from feeds.delivery.rates import LEASE, MINUTE, SECOND
from feeds.delivery.subscribers import Audience, Subscriber
from feeds.delivery.transports.base import ConnectionLost, Reply
from feeds.delivery.verdicts import History, Outcome

IssueState = Literal["draft", "frozen", "sending", "paused", "done", "cancelled"]
DeliveryState = Literal[
    "ready", "claimed", "sending", "sent", "retry", "failed", "expired", "suppressed", "cancelled", "held"
]
WAITING = ("ready", "claimed", "retry")
"""States in which nobody has begun to send."""
WINDOW = 5 * MINUTE
REFUSALS = 20
"""So many refusals that mean us, within the window, pause an issue;"""
REFUSED_SHARE = 0.05
"""or such a share of all replies,"""
FEWEST = 5
"""if they are at least so many."""
STRIKES = 3
"""Issues in which an address fails before nothing more is sent to it."""

ALIVE = 30 * SECOND
"""How long a worker counts as being there after it was last heard of."""

Clock = Callable[[], int]
Along = Callable[[Any, int], None]
"""What is to be committed together with a new issue: given the driver's own connection, and its number."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What one audience gets: rendered once, and the same for each of them but for its placeholders."""

    key: str
    subject: str
    html: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """A digest of all that is sent."""
        parts = [self.subject, self.html, self.text, json.dumps(dict(self.headers), sort_keys=True)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An issue that is to be frozen."""

    newsletter: str
    slot: str
    """What there is one issue of: `weekly/2026-W47`, in the newsletter's own time zone."""
    variants: tuple[Variant, ...]
    audiences: Mapping[Audience, str] = field(default_factory=dict)
    """Which variant an audience gets, by its key."""
    otherwise: str | None = None
    """The variant of all other audiences; None if they get nothing."""
    articles: tuple[str, ...] = ()
    """The ids of the articles that it carries."""

    @property
    def sha256(self) -> str:
        """A digest of all variants."""
        digests = sorted(f"{variant.key} {variant.sha256}" for variant in self.variants)
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """An issue as the ledger has it: its bytes never change again."""

    id: int
    newsletter: str
    slot: str
    state: IssueState
    reason: str
    """Why it stands still, where it does."""
    sha256: str
    frozen_at: int
    recipients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One message to one subscriber."""

    issue: int
    subscriber: int
    address: str
    domain: str
    variant: str
    epoch: int
    attempts: int = 0
    refusals: int = 0
    first_at: int | None = None
    troubled: tuple[str, ...] = ()
    """The rates that rested before, and may be relieved."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages that are one sender's to send, until the lease ends."""

    issue: int
    token: str
    jobs: tuple[Job, ...]
    state: IssueState
    wait: int = 0
    """Microseconds until it is worth asking again, where there are no jobs."""
    lease: int = LEASE


Answer = tuple[Job, Reply | ConnectionLost | None]
"""What came of a job; None if it was begun and then never tried."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """What one commit has settled."""

    begun: tuple[Job, ...]
    """Those that may be sent now, and no others."""
    outcomes: tuple[Outcome, ...]
    """One for each answer."""


@dataclass(frozen=True, slots=True)
class DomainStatus:
    """How an issue stands with one domain."""

    domain: str
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way in which messages were not taken, and how often."""

    state: str
    code: str
    count: int
    example: str
    """A server's words, without any address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How an issue stands."""

    mailing: Mailing
    states: Mapping[str, int]
    domains: tuple[DomainStatus, ...]
    """The largest ones first."""
    refusals: tuple[Refusal, ...]
    doubts: tuple[str, ...]
    """The addresses of messages that were begun and whose end nobody knows."""
    rate: float
    """Messages sent per second, over the last minutes in which any were."""
    next_at: int | None
    """When the next message is due; None when none is."""


@dataclass(frozen=True, slots=True)
class Worker:
    """One of the processes that share the work of a ledger."""

    name: str
    """Its machine, and its number there."""
    since: int
    seen_at: int
    doing: str
    """In a few words; empty while there is nothing to do."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one issue did to one subscriber."""

    issue: int
    slot: str
    state: DeliveryState
    variant: str
    attempts: int
    code: str
    reply: str
    first_at: int | None
    last_at: int | None
    due_at: int | None


@dataclass(frozen=True, slots=True)
class Story:
    """All that is known of one address in one newsletter."""

    subscriber: Subscriber | None
    suppressed: str
    chapters: tuple[Chapter, ...]


def is_alarming(refusals: int, answers: int) -> bool:
    """Whether so many refusals among so many answers mean that an issue had better pause."""
    return refusals >= REFUSALS or (refusals >= FEWEST and refusals >= REFUSED_SHARE * answers)


def per_second(sent: int, first_minute: int | None, now: int) -> float:
    """A rate from the counts of whole minutes, the present one as far as it has come."""
    if first_minute is None:
        return 0.0
    return sent / max(1.0, (now - first_minute * MINUTE) / 1_000_000)


def history(job: Job, now: int) -> History:
    """What came before the reply to a job."""
    return History(job.attempts, job.refusals, 0 if job.first_at is None else now - job.first_at)


def due_at(outcome: Outcome, now: int) -> int | None:
    """When a message is to be looked at again; at once where it is in doubt, for the claim to judge."""
    moments = {"ready": 0, "retry": now + outcome.wait, "doubt": now}
    return moments.get(outcome.state)


def pause_reason(outcome: Outcome | None) -> str:
    """Why an issue pauses: our settings were refused, or too much of our mail."""
    if outcome is None:
        return "too many servers refuse our mail; see why with `feeds status`"
    return f"our settings were refused: {outcome.code} {outcome.reply}"[:500]
