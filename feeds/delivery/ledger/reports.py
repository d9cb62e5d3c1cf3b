"""What the ledger tells, in SQL: how an issue stands, and the story of one subscriber."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Row, func, select

from feeds.delivery.ledger import issues, register
from feeds.delivery.ledger.database import Unit
from feeds.delivery.ledger.tables import delivery, issue, tally
from feeds.delivery.ledger.values import WINDOW, Chapter, DomainStatus, Refusal, Status, Story, per_second
from feeds.delivery.rates import MINUTE

LARGEST = 50
"""So many domains and kinds of refusal are told of by name."""


def status(unit: Unit, number: int) -> Status:
    """How an issue stands. One walk over its deliveries."""
    mailing = issues.mailing(unit, number)
    states: Counter[str] = Counter()
    domains: dict[str, Counter[str]] = defaultdict(Counter)
    for domain, state, count in unit.connection.execute(_by_domain(number)):
        states[state] += count
        domains[domain][state] += count
    largest = sorted(domains.items(), key=lambda item: (-item[1].total(), item[0]))[:LARGEST]
    return Status(
        mailing=mailing,
        states=dict(states),
        domains=tuple(DomainStatus(domain, dict(counts)) for domain, counts in largest),
        refusals=_refusals(unit, number),
        doubts=_doubts(unit, number),
        rate=_rate(unit, number),
        next_at=_next(unit, number),
    )


def _by_domain(number: int) -> Any:
    columns = (delivery.c.domain, delivery.c.state)
    return select(*columns, func.count()).where(delivery.c.issue == number).group_by(*columns)


def _refusals(unit: Unit, number: int) -> tuple[Refusal, ...]:
    columns = (delivery.c.state, delivery.c.code)
    statement = (
        select(*columns, func.count(), func.min(delivery.c.reply))
        .where(
            delivery.c.issue == number,
            delivery.c.state.in_(("failed", "expired", "retry")),
            delivery.c.code != "",
        )
        .group_by(*columns)
        .order_by(func.count().desc(), *columns)
        .limit(LARGEST)
    )
    return tuple(Refusal(*row) for row in unit.connection.execute(statement))


def _doubts(unit: Unit, number: int) -> tuple[str, ...]:
    statement = select(delivery.c.address).where(delivery.c.issue == number, issues.in_doubt(unit))
    return tuple(unit.connection.scalars(statement.order_by(delivery.c.address)))


def _rate(unit: Unit, number: int) -> float:
    since = (unit.now - WINDOW) // MINUTE
    statement = select(func.sum(tally.c.sent), func.min(tally.c.minute)).where(
        tally.c.issue == number, tally.c.minute > since, tally.c.sent > 0
    )
    sent, first = unit.connection.execute(statement).one()
    return per_second(int(sent or 0), first, unit.now)


def flows(unit: Unit, number: int) -> bool:
    """Whether anything was sent in this minute or the last."""
    since = unit.now // MINUTE - 1
    lately = select(tally.c.minute).where(tally.c.issue == number, tally.c.minute >= since, tally.c.sent > 0)
    return unit.connection.scalar(lately.limit(1)) is not None


def _next(unit: Unit, number: int) -> int | None:
    statement = select(func.min(delivery.c.due_at)).where(
        delivery.c.issue == number, delivery.c.due_at.is_not(None)
    )
    found: int | None = unit.connection.scalar(statement)
    return found


def why(unit: Unit, newsletter: str, key: str) -> Story:
    """All that is known of one address in one newsletter."""
    found = register.by_key(unit, newsletter, key)
    suppressed = register.suppressed(unit, key)
    if found is None:
        return Story(None, suppressed, ())
    statement = (
        select(delivery, issue.c.slot)
        .join(issue, issue.c.id == delivery.c.issue)
        .where(issue.c.newsletter == newsletter, delivery.c.subscriber == found.id)
        .order_by(issue.c.id.desc())
    )
    rows = unit.connection.execute(statement)
    return Story(found, suppressed, tuple(_chapter(row) for row in rows))


def _chapter(row: Row[Any]) -> Chapter:
    return Chapter(
        issue=row.issue,
        slot=row.slot,
        state=row.state,
        variant=row.variant,
        attempts=row.attempts,
        code=row.code,
        reply=row.reply,
        first_at=row.first_at,
        last_at=row.last_at,
        due_at=row.due_at,
    )
