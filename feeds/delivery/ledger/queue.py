"""Claims in SQL: what is due, within the rates, for the length of a lease."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select, tuple_, update

from feeds.delivery.ledger.database import Unit
from feeds.delivery.ledger.statements import insert_or_nothing, insert_or_replace
from feeds.delivery.ledger.tables import READY_AGAIN, delivery, issue, rate, subscriber
from feeds.delivery.ledger.values import Claim, IssueState, Job
from feeds.delivery.rates import OVERALL, USUAL, Due, Limits, Plan, Rate, Terms, plan

LEAST = 50
"""Rows looked at in one claim, at least: those of a domain that must wait are put off in the same go."""

_STATE = select(issue.c.state).where(issue.c.id == bindparam("issue"))
_MINE = (
    delivery.c.issue == bindparam("number"),
    delivery.c.subscriber.in_(bindparam("subscribers", expanding=True)),
)
_DUE = (
    select(
        delivery.c.subscriber,
        delivery.c.due_at,
        delivery.c.state,
        delivery.c.domain,
        delivery.c.address,
        delivery.c.variant,
        delivery.c.attempts,
        delivery.c.refusals,
        delivery.c.first_at,
        func.coalesce(subscriber.c.epoch, 0).label("epoch"),
    )
    .outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber)
    .where(delivery.c.issue == bindparam("issue"), delivery.c.due_at <= bindparam("now"))
    .order_by(delivery.c.due_at, delivery.c.subscriber)
    .limit(bindparam("most"))
    .with_for_update(of=delivery, skip_locked=True)
)
_DUE_AFTER = _DUE.where(
    tuple_(delivery.c.due_at, delivery.c.subscriber)
    > tuple_(bindparam("after", type_=BigInteger), bindparam("behind", type_=BigInteger))
)
_NEXT = select(func.min(delivery.c.due_at)).where(
    delivery.c.issue == bindparam("issue"), delivery.c.due_at.is_not(None)
)
_TAKE = (
    update(delivery)
    .where(*_MINE)
    .values(state="claimed", claim=bindparam("token"), due_at=bindparam("until"))
)
_HOLD = update(delivery).where(*_MINE).values(state="held", due_at=None)
_PARK = (
    update(delivery)
    .where(delivery.c.issue == bindparam("number"), delivery.c.subscriber == bindparam("who"))
    .values(due_at=bindparam("until"))
)
_DONE = (
    update(issue)
    .where(issue.c.id == bindparam("number"), issue.c.state == "sending")
    .values(state="done", reason="")
)
_RELEASE = (
    update(delivery)
    .where(*_MINE, delivery.c.claim == bindparam("token"), delivery.c.state == "claimed")
    .values(READY_AGAIN)
)
_RATES = (
    select(rate)
    .where(rate.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(rate.c.key)  # one order for all, or two claims wait for each other
    .with_for_update()
)
_FACTS = ("arrival", "parked", "rest_until", "rests", "slowed", "slowed_at")


@dataclass(frozen=True)
class Seat:
    """A lane's place in the queue."""

    owner: str
    """The name that its claims bear."""
    reached: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By issue, the last message that it has looked at: when it was due, and whose it is."""


def claim(unit: Unit, seat: Seat, number: int, wanted: int, terms: Terms) -> Claim:
    """Take what is due, put off what must wait, hold what is in doubt."""
    state: IssueState = unit.connection.scalar(_STATE, {"issue": number}) or "cancelled"
    if state != "sending":
        return Claim(number, "", (), state)
    due = _due(unit, number, max(wanted, LEAST), seat.reached)
    if not due:
        return _nothing(unit, number)
    known = rates(unit, {row.domain for row in due}, terms.limits)
    messages = (Due(row.subscriber, row.domain, row.state) for row in due)
    made = plan(messages, known, terms, unit.now, wanted)
    token = f"{seat.owner}.{secrets.token_hex(8)}"
    _carry_out(unit, number, made, token, terms)
    rows = {row.subscriber: row for row in due}
    jobs = tuple(_job(number, rows[who], known) for who in made.taken)
    return Claim(number, token, jobs, "sending", made.wait, terms.lease)


def _due(unit: Unit, number: int, most: int, reached: dict[int, tuple[int, int]]) -> Sequence[Any]:
    """What is due. In PostgreSQL a lane goes on where it was, and begins anew when it finds nothing.

    An index there keeps the entries of rows that have changed until a vacuum, and to step over a
    million of what was sent, at each claim, takes longer than all the rest of it.
    """
    asked = {"issue": number, "now": unit.now, "most": most}
    if unit.connection.dialect.name == "postgresql" and number in reached:
        after, behind = reached.pop(number)
        found = unit.connection.execute(_DUE_AFTER, {**asked, "after": after, "behind": behind}).all()
    else:
        found = []
    found = found or unit.connection.execute(_DUE, asked).all()
    if found:
        reached[number] = found[-1].due_at, found[-1].subscriber
    return found


def _nothing(unit: Unit, number: int) -> Claim:
    following = unit.connection.scalar(_NEXT, {"issue": number})
    if following is not None:
        return Claim(number, "", (), "sending", max(0, following - unit.now))
    unit.connection.execute(_DONE, {"number": number})
    return Claim(number, "", (), "done")


def _carry_out(unit: Unit, number: int, made: Plan, token: str, terms: Terms) -> None:
    until = unit.now + terms.lease
    if made.taken:
        values = {"number": number, "subscribers": made.taken, "token": token, "until": until}
        unit.connection.execute(_TAKE, values)
    if made.held:
        unit.connection.execute(_HOLD, {"number": number, "subscribers": made.held})
    if made.parked:
        put_off = [{"number": number, "who": who, "until": until} for who, until in made.parked]
        unit.connection.execute(_PARK, put_off)
    remember(unit, made.rates)


def _job(number: int, row: Any, known: Mapping[str, Rate]) -> Job:
    return Job(
        issue=number,
        subscriber=row.subscriber,
        address=row.address,
        domain=row.domain,
        variant=row.variant,
        epoch=row.epoch,
        attempts=row.attempts,
        refusals=row.refusals,
        first_at=row.first_at,
        troubled=tuple(key for key in (OVERALL, row.domain) if key in known and known[key].rests),
    )


def release(unit: Unit, given: Claim, jobs: Sequence[Job]) -> None:
    """Give back what was not begun."""
    numbers = [job.subscriber for job in jobs]
    if numbers:
        values = {"number": given.issue, "subscribers": numbers, "token": given.token}
        unit.connection.execute(_RELEASE, values)


def rates(unit: Unit, domains: Iterable[str], limits: Limits = USUAL.limits) -> dict[str, Rate]:
    """What is known of the rates of these domains, and of all together; nobody else changes it now."""
    keys = sorted({OVERALL, *domains})
    if limited := [{"key": key} for key in keys if limits.of(key)]:
        unit.connection.execute(insert_or_nothing(unit, rate), limited)
    return {row.key: Rate(**row._mapping) for row in unit.connection.execute(_RATES, {"keys": keys})}


def remember(unit: Unit, changed: Sequence[Rate]) -> None:
    """Write down what has become of rates."""
    if changed:
        rows = [asdict(one) for one in sorted(changed, key=lambda one: one.key)]
        unit.connection.execute(insert_or_replace(unit, rate, *_FACTS), rows)
