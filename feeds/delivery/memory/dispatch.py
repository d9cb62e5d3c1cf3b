"""An issue and its messages, in memory, and what is told of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from feeds.delivery.ledger.values import Chapter, DeliveryState, DomainStatus, Draft, Mailing, Refusal


@dataclass
class Message:
    """One delivery, as the table has it."""

    subscriber: int
    address: str
    domain: str
    variant: str
    state: DeliveryState = "ready"
    due_at: int | None = 0
    claim: str = ""
    attempts: int = 0
    refusals: int = 0
    code: str = ""
    reply: str = ""
    first_at: int | None = None
    last_at: int | None = None

    def give_back(self) -> None:
        """It was claimed and not begun, and is due at once."""
        self.state = "ready" if self.first_at is None else "retry"
        self.due_at, self.claim = 0, ""


@dataclass
class Dispatch:
    """One issue with all its messages."""

    mailing: Mailing
    draft: Draft
    messages: dict[int, Message]
    tally: Counter[tuple[int, str]] = field(default_factory=Counter)


def domains(messages: Iterable[Message]) -> tuple[DomainStatus, ...]:
    """How an issue stands with each domain, the largest first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for message in messages:
        counts[message.domain][message.state] += 1
    largest = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    return tuple(DomainStatus(domain, states) for domain, states in largest)


def refusals(messages: Iterable[Message]) -> tuple[Refusal, ...]:
    """Why messages were not taken, the most frequent reason first."""
    told = [m for m in messages if m.state in ("failed", "expired", "retry") and m.code]
    counts = Counter((message.state, message.code) for message in told)
    return tuple(
        Refusal(state, code, count, min(m.reply for m in told if (m.state, m.code) == (state, code)))
        for (state, code), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def chapter(mailing: Mailing, message: Message) -> Chapter:
    """What an issue did to one subscriber."""
    return Chapter(
        issue=mailing.id,
        slot=mailing.slot,
        state=message.state,
        variant=message.variant,
        attempts=message.attempts,
        code=message.code,
        reply=message.reply,
        first_at=message.first_at,
        last_at=message.last_at,
        due_at=message.due_at,
    )
