"""The workers that share a ledger, in SQL: each says now and then that it is there, and what it does."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from feeds.delivery.ledger.database import Unit
from feeds.delivery.ledger.statements import insert_or_replace
from feeds.delivery.ledger.tables import worker
from feeds.delivery.ledger.values import ALIVE, Worker
from feeds.delivery.rates import HOUR

_LEFT = delete(worker).where(worker.c.name == bindparam("gone"))
_FORGOTTEN = delete(worker).where(worker.c.seen_at < bindparam("before"))
_ALIVE = select(worker).where(worker.c.seen_at > bindparam("after")).order_by(worker.c.name)


def present(unit: Unit, name: str, doing: str) -> None:
    """Note that a worker is there; forget those of whom nothing was heard for an hour."""
    seen = {"name": name, "since": unit.now, "seen_at": unit.now, "doing": doing}
    unit.connection.execute(insert_or_replace(unit, worker, "seen_at", "doing"), seen)
    unit.connection.execute(_FORGOTTEN, {"before": unit.now - HOUR})


def left(unit: Unit, name: str) -> None:
    """Note that a worker has gone."""
    unit.connection.execute(_LEFT, {"gone": name})


def workers(unit: Unit) -> tuple[Worker, ...]:
    """Those that were heard of lately."""
    found = unit.connection.execute(_ALIVE, {"after": unit.now - ALIVE})
    return tuple(Worker(row.name, row.since, row.seen_at, row.doing) for row in found)
