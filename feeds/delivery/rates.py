"""How fast mail goes out: over all, and to each domain. Pure: facts and `now` in, a plan out.

The generic cell rate algorithm (ITU-T I.371): one number per rate, the theoretical arrival time of the
next message. A domain can rest (nothing until then) and be slowed (half the rate, and half again).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
OVERALL = "*"
REST = 5 * MINUTE
LONGEST_REST = 4 * HOUR
GRACE = MINUTE
"""Replies within a minute of one another are one complaint: a rate is halved once for all of them."""
RECOVERY = HOUR
"""After so long without a complaint a halved rate is doubled again."""
UNLIMITED = 20.0
"""Messages a second that a domain is slowed from, where no rate was set for it."""
LEASE = 15 * MINUTE
"""How long a claim holds: RFC 5321 section 4.5.3.2.6 lets a server think for 10 at the final dot."""
HORIZON = 30 * MINUTE
"""How far ahead a message is put off at most: by then the rate may be another."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second; 0 is no limit."""

    overall: float = 0.0
    each_domain: float = 0.0
    domains: Mapping[str, float] = field(default_factory=dict)

    def of(self, key: str) -> float:
        """The limit of a domain, or of all together (`*`)."""
        return self.overall if key == OVERALL else self.domains.get(key, self.each_domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms messages are claimed."""

    limits: Limits = field(default_factory=Limits)
    on_doubt: Literal["hold", "resend"] = "hold"
    """What happens with a message that may or may not have been taken."""
    lease: int = LEASE


USUAL = Terms()


@dataclass(frozen=True, slots=True)
class Rate:
    """What is remembered of a domain, or of all together (`*`)."""

    key: str
    arrival: int = 0
    """The theoretical arrival time of the next message."""
    parked: int = 0
    """The latest moment to which a message was put off."""
    rest_until: int = 0
    rests: int = 0
    slowed: int = 0
    slowed_at: int = 0

    def interval(self, limits: Limits, now: int) -> int:
        """Microseconds from one message to the next."""
        halvings = self.halvings(now)
        limit = limits.of(self.key) or (UNLIMITED if halvings else 0)
        return int(SECOND / limit * 2**halvings) if limit else 0

    def halvings(self, now: int) -> int:
        """How often the rate stands halved at this moment."""
        return max(0, self.slowed - max(0, now - self.slowed_at) // RECOVERY)

    def free_at(self, interval: int, now: int) -> int:
        """When the next message may go: now, or later."""
        burst = max(SECOND, interval)
        return max(now, self.rest_until, self.arrival + interval - burst if interval else 0)

    def spent(self, interval: int, now: int, messages: int = 1) -> Rate:
        """After so many messages more."""
        return replace(self, arrival=max(self.arrival, now) + interval * messages)

    def room(self, interval: int, now: int, wanted: int) -> int:
        """How many messages may go now, of so many wanted."""
        if self.rest_until > now:
            return 0
        if not interval:
            return wanted
        spare = now + max(SECOND, interval) - max(self.arrival, now)
        return max(0, min(wanted, spare // interval))


def rested(rate: Rate, now: int) -> Rate:
    """After a refusal that is not about one message: five minutes of rest, and twice as long each time."""
    if rate.rest_until > now:
        return rate
    rest = min(REST * 2**rate.rests, LONGEST_REST)
    return replace(rate, rest_until=now + rest, rests=min(rate.rests + 1, 10))


def slower(rate: Rate, now: int) -> Rate:
    """After a complaint about the rate: half of it."""
    if rate.slowed and now - rate.slowed_at < GRACE:
        return rate
    return replace(rate, slowed=min(rate.halvings(now) + 1, 12), slowed_at=now)


def relieved(rate: Rate, now: int) -> Rate:
    """After a success: the next rest is a short one again. A rest that has begun is kept."""
    return rate if rate.rest_until > now else replace(rate, rests=0)


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is due, as far as its rate is concerned."""

    subscriber: int
    domain: str
    state: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with what is due."""

    taken: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    """In doubt: begun, and never finished."""
    parked: tuple[tuple[int, int], ...] = ()
    """Put off, each until its own moment."""
    rates: tuple[Rate, ...] = ()
    """Those that changed."""
    wait: int = 0
    """Microseconds until anything may go at all."""


def plan(
    due: Iterable[Due],
    rates: Mapping[str, Rate],
    terms: Terms,
    now: int,
    wanted: int,
) -> Plan:
    """Which of the due messages go now; at most `wanted`, and no more than the rates allow."""
    overall = rates.get(OVERALL, Rate(OVERALL))
    interval = overall.interval(terms.limits, now)
    room = overall.room(interval, now, wanted)
    desk = _Desk(dict(rates), terms, now, room)
    for message in due:
        desk.decide(message)
    if interval and desk.taken:
        desk.changed[OVERALL] = overall.spent(interval, now, len(desk.taken))
    wait = 0 if room else overall.free_at(interval, now) - now
    return Plan(tuple(desk.taken), tuple(desk.held), tuple(desk.parked), tuple(desk.changed.values()), wait)


@dataclass(slots=True)
class _Desk:
    """One round of decisions, and what they have used up so far."""

    rates: dict[str, Rate]
    terms: Terms
    now: int
    room: int
    taken: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    parked: list[tuple[int, int]] = field(default_factory=list)
    changed: dict[str, Rate] = field(default_factory=dict)

    def decide(self, message: Due) -> None:
        if message.state == "sending" and self.terms.on_doubt == "hold":
            self.held.append(message.subscriber)
        elif len(self.taken) < self.room:
            self._ask(message)

    def _ask(self, message: Due) -> None:
        rate = self.rates.get(message.domain, Rate(message.domain))
        interval = rate.interval(self.terms.limits, self.now)
        free = rate.free_at(interval, self.now)
        if free <= self.now:
            self.taken.append(message.subscriber)
            changed = rate.spent(interval, self.now) if interval else rate
        else:
            until = min(max(free, rate.parked + interval), max(free, self.now + HORIZON))
            self.parked.append((message.subscriber, until))
            changed = replace(rate, parked=until)
        if changed != rate:
            self.rates[message.domain] = self.changed[message.domain] = changed
