"""SQLAlchemy, fenced in: the rows of one SELECT, streamed from a database that is opened to be read.

SQLite opens its file read-only and allows nothing but reading; PostgreSQL is told that the transaction
is one that reads, with a time-out of its own. Whatever goes wrong is a `DatabaseError` of one line, with
no password in it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from feeds.errors import DatabaseError, Fault, Place

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.exc import SQLAlchemyError

SECONDS = 120
"""For a statement, or for its next rows."""
_AT_ONCE = 100
"""Rows that are held."""
_STEPS = 100_000
"""Of SQLite's machine, between two looks at the clock."""
_READING = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_TRANSACTION,
}


@contextmanager
def rows(
    url: str, query: str, root: Path, name: str
) -> Iterator[tuple[Sequence[str], Iterator[Sequence[object]]]]:
    """The names of the columns, and the rows. `name` is for messages. Raises `DatabaseError`."""
    try:
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise _error(name, "needs SQLAlchemy; install feeds[database]") from None
    engine = _engine(url, root, name)
    options = {"no_parameters": True, "stream_results": True, "yield_per": _AT_ONCE}
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {SECONDS * 1000}")
            else:
                raw = connection.connection.driver_connection
                assert isinstance(raw, sqlite3.Connection)
                raw.set_authorizer(_allowed)
            result = connection.exec_driver_sql(query, execution_options=options)
            if not result.returns_rows:
                raise _error(name, "gives no rows; the query must be a SELECT")
            yield list(result.keys()), iter(result)
    except SQLAlchemyError as refusal:
        raise _error(name, _said(refusal, url)) from None
    finally:
        engine.dispose()


def _engine(url: str, root: Path, name: str) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError
    from sqlalchemy.pool import NullPool

    if url.startswith("sqlite:///"):
        file = root / url.removeprefix("sqlite:///")
        if not file.is_file():
            raise _error(name, f"there is no database {url.removeprefix('sqlite:///')}")
        return create_engine("sqlite://", creator=lambda: _opened(file), poolclass=NullPool)
    if not url.startswith(("postgres://", "postgresql://", "postgresql+psycopg://")):
        raise _error(name, "has no good address; write sqlite:///FILE or postgresql://user@host/database")
    try:
        import psycopg  # noqa: F401 - only to say so in time

        where = make_url(url).set(drivername="postgresql+psycopg")
    except ImportError:
        raise _error(name, "in PostgreSQL needs psycopg; install feeds[postgres]") from None
    except (ArgumentError, ValueError):
        raise _error(name, "has no good address; write postgresql://user@host/database") from None
    reach = {"connect_timeout": 10}
    return create_engine(where, hide_parameters=True, connect_args=reach, poolclass=NullPool)


def _opened(file: Path) -> sqlite3.Connection:
    """A file that is only read, and not for ever."""
    connection = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True, timeout=10)
    end = time.monotonic() + SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > end), _STEPS)
    return connection


def _allowed(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _said(refusal: SQLAlchemyError, url: str) -> str:
    """What the driver says, in a line: it speaks of the query, which its writer has to mend."""
    from sqlalchemy.engine import make_url

    reason = str(getattr(refusal, "orig", None) or type(refusal).__name__).strip().partition("\n")[0][:300]
    secret = "" if url.startswith("sqlite") else make_url(url).password
    return f"cannot be read: {reason.replace(str(secret), '…') if secret else reason}"


def _error(name: str, problem: str) -> DatabaseError:
    return DatabaseError(Fault(Place(name), problem))
