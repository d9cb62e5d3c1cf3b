"""Statements that both databases know and SQLAlchemy spells per database, built once each."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from feeds.delivery.ledger.database import Unit


def insert_or_nothing(unit: Unit, table: Table) -> Any:
    """INSERT … ON CONFLICT DO NOTHING, with no target: any unique key may be the one."""
    return _insert_or_nothing(unit.connection.dialect.name, table)


def insert_or_add(unit: Unit, table: Table, *counters: str) -> Any:
    """INSERT …, or where the row is there add to its counters."""
    return _insert_or_add(unit.connection.dialect.name, table, counters)


def insert_or_replace(unit: Unit, table: Table, *columns: str) -> Any:
    """INSERT …, or where the row is there set these columns."""
    return _insert_or_replace(unit.connection.dialect.name, table, columns)


@cache
def _insert_or_nothing(dialect: str, table: Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _insert_or_add(dialect: str, table: Table, counters: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    added = {name: table.c[name] + statement.excluded[name] for name in counters}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=added)


@cache
def _insert_or_replace(dialect: str, table: Table, columns: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    replaced = {name: statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=replaced)


def _insert(dialect: str, table: Table) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
