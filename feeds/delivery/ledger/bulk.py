"""Many rows at once, in each kind of database: held still, written fast, numbered on from there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from feeds.delivery.ledger.database import PATIENCE
from feeds.errors import DeliveryError, Fault, Place

_SEQUENCE = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_FORGOTTEN = text("DELETE FROM sqlite_sequence WHERE name = :name")
_FOLLOWING = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)")


def hold(tables: Iterable[Table], connection: Connection, mode: str) -> None:
    """Let nobody else write until this transaction ends; in SQLite that is so in any that may write."""
    if connection.dialect.name == "postgresql":
        named = ", ".join(table.name for table in tables)
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
        connection.execute(text(f"LOCK TABLE {named} IN {mode} MODE"))


def write(table: Table, rows: Sequence[tuple[Any, ...]], connection: Connection) -> None:
    """Write rows, whose values are in the order of the columns. Raises `DeliveryError`."""
    if connection.dialect.name == "postgresql":
        _stream(table, rows, connection)
    else:
        connection.exec_driver_sql(str(insert(table).compile(dialect=connection.dialect)), list(rows))


def number_on(tables: Iterable[Table], reading: Connection, writing: Connection) -> None:
    """Number the next row as it would be at the source: what was ever given is never given again."""
    for table in tables:
        column = table.autoincrement_column
        if column is not None and (highest := _highest(reading, table, column.name)):
            _go_on(writing, table, column.name, highest)


def analyze(tables: Iterable[Table], connection: Connection) -> None:
    """Let PostgreSQL know what it has before the first claim asks for a plan."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.execute(text(f"ANALYZE {table.name}"))


def _stream(table: Table, rows: Iterable[tuple[Any, ...]], connection: Connection) -> None:
    """PostgreSQL's COPY, many times as fast as INSERT."""
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.c)
    driver: Any = connection.dialect.loaded_dbapi
    raw: Any = connection.connection.cursor()
    try:
        with raw.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as stream:
            for row in rows:
                stream.write_row(row)
    except driver.Error as refusal:  # its message holds the row
        kind = f"{type(refusal).__name__} {getattr(refusal, 'sqlstate', None) or ''}".strip()
        raise DeliveryError(Fault(Place("the ledger"), f"refuses {table.name}: {kind}")) from None
    finally:
        raw.close()


def _highest(connection: Connection, table: Table, column: str) -> int:
    """The highest number that was ever given; 0 for none."""
    if connection.dialect.name == "sqlite":
        found = connection.scalar(_SEQUENCE, {"name": table.name})
    else:
        sequence = _sequence(connection, table, column)
        found = connection.scalar(text(f"SELECT last_value FROM {sequence} WHERE is_called"))  # noqa: S608 - its own
    return int(found or 0)


def _go_on(connection: Connection, table: Table, column: str, highest: int) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(_FORGOTTEN, {"name": table.name})
        connection.execute(_FOLLOWING, {"name": table.name, "seq": highest})
    else:
        given = {"sequence": _sequence(connection, table, column), "highest": highest}
        connection.execute(text("SELECT setval(:sequence, :highest)"), given)


def _sequence(connection: Connection, table: Table, column: str) -> str:
    asked = {"table": table.name, "column": column}
    return str(connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), asked))
