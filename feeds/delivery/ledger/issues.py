"""Issues in SQL: frozen in one transaction, begun, paused, cancelled, and sent once more."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Text, bindparam, exists, func, insert, literal, select, text, update

from feeds.delivery.ledger.database import Unit
from feeds.delivery.ledger.statements import insert_or_nothing
from feeds.delivery.ledger.tables import (
    READY_AGAIN,
    audience,
    carried,
    delivery,
    issue,
    subscriber,
    suppression,
    tally,
    variant,
)
from feeds.delivery.ledger.values import WAITING, Draft, IssueState, Mailing, Variant
from feeds.errors import DeliveryError, Fault, Place

_VARIANT_OF = func.coalesce(audience.c.variant, bindparam("otherwise", type_=Text))
_DELIVERIES = insert(delivery).from_select(
    ["issue", "subscriber", "address", "domain", "variant", "state", "due_at"],
    select(
        bindparam("issue", type_=delivery.c.issue.type),
        subscriber.c.id,
        subscriber.c.address,
        subscriber.c.domain,
        _VARIANT_OF,
        literal("ready"),
        literal(0),
    )
    .outerjoin(
        audience,
        (audience.c.issue == bindparam("issue", type_=delivery.c.issue.type))
        & (audience.c.language == subscriber.c.language)
        & (audience.c.topics == subscriber.c.topics),
    )
    .where(
        subscriber.c.newsletter == bindparam("newsletter"),
        subscriber.c.state == "active",
        ~exists().where(suppression.c.address_key == subscriber.c.address_key),
        _VARIANT_OF.is_not(None),
    )
    .order_by(subscriber.c.id),
)
_TAKEN = select(issue.c.id).where(
    issue.c.newsletter == bindparam("newsletter"), issue.c.slot == bindparam("slot")
)
_CHANGE = update(issue).where(issue.c.id == bindparam("number"))


def freeze(unit: Unit, draft: Draft) -> Mailing | None:
    """Everything of an issue, or nothing; None where its slot is taken."""
    connection = unit.connection
    claimed = insert_or_nothing(unit, issue).returning(issue.c.id)
    named = {"newsletter": draft.newsletter, "slot": draft.slot}
    if connection.scalar(_TAKEN, named) is not None:
        return None  # asked first, so that a slot that is long taken uses up no number
    number = connection.scalar(claimed, {**named, "sha256": draft.sha256})
    if number is None:
        return None
    _write_bytes(unit, number, draft)
    values = {"issue": number, "newsletter": draft.newsletter, "otherwise": draft.otherwise}
    connection.execute(_DELIVERIES, values)
    count = connection.scalar(select(func.count()).where(delivery.c.issue == number))
    frozen = {"state": "frozen", "frozen_at": unit.now, "recipients": count}
    connection.execute(_CHANGE.values(frozen), {"number": number})
    if connection.dialect.name == "postgresql":  # or the first plans are made for an empty table
        connection.execute(text("ANALYZE delivery"))
    return mailing(unit, number)


def _write_bytes(unit: Unit, number: int, draft: Draft) -> None:
    said = [
        {
            "issue": number,
            "key": made.key,
            "subject": made.subject,
            "html": made.html,
            "text": made.text,
            "headers": json.dumps(dict(made.headers)),
            "sha256": made.sha256,
        }
        for made in draft.variants
    ]
    heard = [
        {"issue": number, "language": who.language, "topics": ",".join(who.topics), "variant": key}
        for who, key in draft.audiences.items()
    ]
    told = [{"issue": number, "article": article} for article in dict.fromkeys(draft.articles)]
    for table, rows in ((variant, said), (audience, heard), (carried, told)):
        if rows:
            unit.connection.execute(insert(table), rows)


def mailing(unit: Unit, number: int) -> Mailing:
    """One issue. Raises `DeliveryError` where there is none."""
    row = unit.connection.execute(select(issue).where(issue.c.id == number)).one_or_none()
    if row is None:
        raise refused(number, "is unknown")
    return _mailing(row)


def mailings(unit: Unit, newsletter: str) -> tuple[Mailing, ...]:
    """Every issue of a newsletter, newest first."""
    found = select(issue).where(issue.c.newsletter == newsletter).order_by(issue.c.id.desc())
    return tuple(_mailing(row) for row in unit.connection.execute(found))


def variants(unit: Unit, number: int) -> tuple[Variant, ...]:
    """What an issue says. Raises `DeliveryError` where the bytes are not those that were frozen."""
    found = select(variant).where(variant.c.issue == number).order_by(variant.c.key)
    return tuple(_variant(row) for row in unit.connection.execute(found))


def carried_by(unit: Unit, newsletter: str) -> frozenset[str]:
    """The ids of articles that an issue which was not cancelled has carried."""
    statement = select(carried.c.article).where(
        carried.c.issue == issue.c.id, issue.c.newsletter == newsletter, issue.c.state != "cancelled"
    )
    return frozenset(unit.connection.scalars(statement))


def begin(unit: Unit, number: int) -> Mailing:
    """From frozen or paused to sending; the refusals that led to a pause are forgotten."""
    _move(unit, number, ("frozen", "paused", "sending"), "sending")
    forget = update(tally).where(tally.c.issue == number, tally.c.refusals > 0)
    unit.connection.execute(forget.values(refusals=0))
    return mailing(unit, number)


def reclaim(unit: Unit, number: int, owner: str) -> None:
    """What was claimed and not begun is ready again; what was begun stays, for nobody knows."""
    claimed = update(delivery).where(delivery.c.issue == number, delivery.c.state == "claimed")
    if owner:  # the index on what is due finds the few that are claimed among a million
        theirs = delivery.c.claim.startswith(f"{owner}.", autoescape=True)
        claimed = claimed.where(delivery.c.due_at > 0, theirs)
    unit.connection.execute(claimed.values(READY_AGAIN))


def pause(unit: Unit, number: int, reason: str) -> Mailing:
    """From frozen or sending to paused."""
    return _move(unit, number, ("frozen", "sending", "paused"), "paused", reason)


def cancel(unit: Unit, number: int) -> Mailing:
    """Nothing more is begun; what is being sent at this moment still gets its result."""
    _move(unit, number, ("frozen", "sending", "paused", "cancelled"), "cancelled")
    waiting = update(delivery).where(delivery.c.issue == number, delivery.c.state.in_(WAITING))
    unit.connection.execute(waiting.values(state="cancelled", due_at=None))
    return mailing(unit, number)


def resend(unit: Unit, number: int, addresses: Iterable[str] | None) -> int:
    """Make those in doubt ready again; an issue that was done waits to be begun."""
    _move(unit, number, ("frozen", "sending", "paused", "done"), None)
    doubtful = update(delivery).where(delivery.c.issue == number, in_doubt(unit))
    if addresses is not None:
        doubtful = doubtful.where(delivery.c.address.in_(list(addresses)))
    ready = doubtful.values(state="ready", due_at=0, claim="").returning(delivery.c.subscriber)
    count = len(unit.connection.scalars(ready).all())
    if count:
        done = _CHANGE.where(issue.c.state == "done")
        unit.connection.execute(done.values(state="paused", reason="to be sent again"), {"number": number})
    return count


def in_doubt(unit: Unit) -> Any:
    """What was begun and is past its lease."""
    overdue = (delivery.c.state == "sending") & (delivery.c.due_at <= unit.now)
    return (delivery.c.state == "held") | overdue


def refused(number: int, problem: str) -> DeliveryError:
    """What was asked cannot be done with this issue."""
    return DeliveryError(Fault(Place(f"issue {number}"), problem))


def _move(
    unit: Unit, number: int, allowed: tuple[IssueState, ...], to: IssueState | None, reason: str = ""
) -> Mailing:
    """Change the state where it is an allowed one; with `to` None only ask."""
    here = mailing(unit, number)
    if here.state not in allowed:
        raise refused(number, f"is {here.state}")
    if to:
        unit.connection.execute(_CHANGE.values(state=to, reason=reason), {"number": number})
    return mailing(unit, number)


def _mailing(row: Row[Any]) -> Mailing:
    return Mailing(
        id=row.id,
        newsletter=row.newsletter,
        slot=row.slot,
        state=row.state,
        reason=row.reason,
        sha256=row.sha256,
        frozen_at=row.frozen_at or 0,
        recipients=row.recipients,
    )


def _variant(row: Row[Any]) -> Variant:
    made = Variant(
        key=row.key, subject=row.subject, html=row.html, text=row.text, headers=json.loads(row.headers)
    )
    if made.sha256 != row.sha256:
        raise refused(row.issue, f"has other bytes than those that were frozen, in variant “{row.key}”")
    return made
