"""The ledger: who is on the list, what was frozen, what became of it. `open_ledger` is the way in."""

from __future__ import annotations

from feeds.delivery.ledger.base import Ledger, Sender
from feeds.delivery.ledger.values import (
    Along,
    Claim,
    Clock,
    Draft,
    Job,
    Mailing,
    Status,
    Story,
    Variant,
    Worker,
)
from feeds.delivery.rates import Limits, Terms

__all__ = [
    "Along",
    "Claim",
    "Draft",
    "Job",
    "Ledger",
    "Limits",
    "Mailing",
    "Sender",
    "Status",
    "Story",
    "Terms",
    "Variant",
    "Worker",
    "open_ledger",
]


def open_ledger(where: str, *, clock: Clock | None = None, key: str | None = None) -> Ledger:
    """The ledger in a file, or in PostgreSQL at `postgresql://…`; it is made where there is none.

    `clock` tells the moment in microseconds since 1970 in place of the database; `key` is the secret
    that addresses are compared by, else the environment's FEEDS_KEY, else the ledger's own. Raises
    `DeliveryError`.
    """
    try:
        from feeds.delivery.ledger.sql import SqlLedger
    except ModuleNotFoundError as missing:
        if missing.name != "sqlalchemy":
            raise
        from feeds.errors import DeliveryError, Fault, Place

        problem = "needs SQLAlchemy; install feeds[send]"
        raise DeliveryError(Fault(Place("the ledger"), problem)) from None
    return SqlLedger.open(where, clock=clock, key=key)
