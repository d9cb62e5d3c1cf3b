"""The ledger's secret, by which addresses are compared and links are signed."""

from __future__ import annotations

import secrets

from sqlalchemy import select

from feeds.delivery.addresses import subkey
from feeds.delivery.ledger.database import Unit
from feeds.delivery.ledger.statements import insert_or_nothing
from feeds.delivery.ledger.tables import secret
from feeds.errors import DeliveryError, Fault, Place

VARIABLE = "FEEDS_KEY"
"""The environment variable that holds it, where the ledger itself does not."""
SHORTEST = 16


def secret_of(unit: Unit, given: str | None) -> bytes:
    """The ledger's secret: the one it keeps, or the one it was made with and only knows a mark of."""
    if given is not None and len(given.encode()) < SHORTEST:
        problem = f"is too short; take {SHORTEST} characters at least, of a password generator"
        raise DeliveryError(Fault(Place(VARIABLE), problem))
    named = "mark" if given is not None else "key"
    value = subkey(given.encode(), "mark").hex() if given is not None else secrets.token_hex(32)
    if unit.connection.execute(select(secret)).first() is None:
        unit.connection.execute(insert_or_nothing(unit, secret), {"name": named, "value": value})
    kept = dict(unit.connection.execute(select(secret.c.name, secret.c.value)).all())
    if named not in kept or (given is not None and kept[named] != value):
        problem = "was made with another key; addresses are compared by it, so it must stay the same"
        raise DeliveryError(Fault(Place("the ledger"), problem))
    return given.encode() if given is not None else bytes.fromhex(kept["key"])
