"""The inbox of reports, in SQL: one row for each event of a provider, whatever comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, or_, select, update

from feeds.delivery.ledger.database import Unit
from feeds.delivery.ledger.inbox import BATCH, KEPT, Received
from feeds.delivery.ledger.statements import insert_or_nothing
from feeds.delivery.ledger.tables import inbox

_TOLD = ("source", "event", "kind", "status", "diagnostic", "marks")


def receive(unit: Unit, received: Received) -> bool:
    """Keep a report; False where the provider has told it before."""
    row = {name: getattr(received, name) for name in _TOLD} | {"at": unit.now}
    statement = insert_or_nothing(unit, inbox).returning(inbox.c.id)
    return bool(unit.connection.scalars(statement, row).all())


def waiting(unit: Unit, after: int) -> tuple[Received, ...]:
    """The next reports that nobody has acted on."""
    statement = select(inbox).where(inbox.c.settled_at.is_(None), inbox.c.id > after)
    rows = unit.connection.execute(statement.order_by(inbox.c.id).limit(BATCH))
    return tuple(_received(row) for row in rows)


def settle(unit: Unit, numbers: Sequence[int]) -> None:
    """Of these nothing is left but that they came; and of the oldest not even that."""
    mine = inbox.c.id.in_(numbers), inbox.c.settled_at.is_(None)
    values = {"settled_at": unit.now, "diagnostic": "", "marks": ""}
    unit.connection.execute(update(inbox).where(*mine).values(values))
    done = or_(inbox.c.settled_at.is_not(None), inbox.c.kind == "subscription")
    unit.connection.execute(delete(inbox).where(and_(done, inbox.c.at < unit.now - KEPT)))


def _received(row: Row[Any]) -> Received:
    return Received(number=row.id, at=row.at, **{name: getattr(row, name) for name in _TOLD})
