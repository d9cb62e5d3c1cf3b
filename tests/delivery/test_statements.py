"""S14: a row that any unique key refuses is passed over, on both databases, and RETURNING tells it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from feeds.delivery.ledger.database import Database
from feeds.delivery.ledger.statements import insert_or_add, insert_or_nothing, insert_or_replace
from feeds.delivery.ledger.tables import rate, subscriber, tally


def person(number: int, key: str) -> dict[str, object]:
    """A row of the list: its number is unique, and so is its address."""
    words = ("state", "topics", "language", "consent_how", "address", "domain")
    return {"id": number, "newsletter": "weekly", "address_key": key, **dict.fromkeys(words, "")}


def test_S14_a_row_that_one_of_two_unique_keys_refuses_is_passed_over(where: str) -> None:
    database = Database.open(where)
    with database.writing("test") as unit:
        insert = insert_or_nothing(unit, subscriber).returning(subscriber.c.id)

        def put(*rows: dict[str, object]) -> list[int]:
            found: Any = unit.connection.scalars(insert, list(rows))
            return sorted(found.all())

        assert put(person(1, "a")) == [1]
        assert put(person(1, "b")) == []
        assert put(person(2, "a")) == []
        assert put(person(1, "a"), person(3, "c"), person(4, "c")) == [3]
        assert sorted(unit.connection.scalars(select(subscriber.c.id))) == [1, 3]
    database.engine.dispose()


def test_counters_are_added_to_and_columns_replaced(where: str) -> None:
    database = Database.open(where)
    with database.writing("test") as unit:
        row = {"issue": 1, "minute": 5, "lane": "a", "sent": 2, "answers": 3, "refusals": 1}
        for _ in range(2):
            unit.connection.execute(insert_or_add(unit, tally, "sent", "answers"), row)
        counted = unit.connection.execute(select(tally.c.sent, tally.c.answers, tally.c.refusals)).one()
        assert tuple(counted) == (4, 6, 1)
        for rests in (1, 2):
            unit.connection.execute(insert_or_replace(unit, rate, "rests"), {"key": "x", "rests": rests})
        assert unit.connection.scalar(select(rate.c.rests)) == 2
    database.engine.dispose()
