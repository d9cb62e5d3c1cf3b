"""The database under the ledger: opened with care, one transaction at a time, its errors kept in.

SQLite and PostgreSQL differ here and nowhere else: how a transaction begins, whose clock is asked, and
how a pause or an unsubscription waits for the steps in flight.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any, Literal, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from feeds.delivery.faultpoints import fault
from feeds.delivery.ledger import migrations, places
from feeds.delivery.ledger.values import Clock
from feeds.errors import DeliveryError, Fault, Place

OLDEST_SQLITE = (3, 35, 0)
"""The first with RETURNING."""
PATIENCE = 60
"""Seconds to wait for others who write."""
_FENCE = 0x6665656473_02
"""PostgreSQL's advisory lock: steps share it; whoever forbids a step takes it alone."""

LIVELY = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A connection to PostgreSQL that is cut is noticed within half a minute, in whatever it is doing."""

Fence = Literal["", "shared", "hasty", "alone"]
"""`hasty` is shared, and PostgreSQL need not wait for its disk: if it forgets the commit in a crash, it is as
if it had never been made. So it may be for a claim, without which no step begins anything."""
Done = TypeVar("Done")

_CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_TIMES = {
    "": text(_CLOCK),
    "shared": text(f"{_CLOCK} FROM pg_advisory_xact_lock_shared({_FENCE})"),
    "hasty": text(
        f"{_CLOCK}, set_config('synchronous_commit', 'off', true) FROM pg_advisory_xact_lock_shared({_FENCE})"
    ),
    "alone": text(f"{_CLOCK} FROM pg_advisory_xact_lock({_FENCE})"),
}


class UnreachableError(DeliveryError):
    """The database did not do it, and might if asked again."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One transaction, and the moment at which it happens."""

    connection: Connection
    now: int


@dataclass(frozen=True)
class Database:
    """An open database of either kind."""

    engine: Engine
    clock: Clock | None
    file: Path | None
    turn: AbstractContextManager[Any] = field(default_factory=nullcontext)
    """Threads that write to SQLite take turns here: its own way of waiting sleeps, and is not fair."""

    @classmethod
    def open(cls, where: str, clock: Clock | None = None) -> Self:
        """Open a file, or `postgresql://…`, and bring its schema up to date. Raises `DeliveryError`."""
        if where.startswith(("postgresql:", "postgres:", "postgresql+psycopg:")):
            made = cls(_postgresql(where), clock, None)
        else:
            file = Path(where.removeprefix("sqlite:///"))
            made = cls(_sqlite(file), clock, file, RLock())
        try:
            made.migrate()
        except BaseException:
            made.engine.dispose()
            raise
        return made

    def migrate(self, steps: tuple[migrations.Step, ...] | None = None) -> None:
        """Take all steps that are left, each in a transaction of its own."""
        steps = steps or migrations.STEPS
        left = True
        while left:
            with self.writing("migration") as unit:
                left = migrations.advance(unit.connection, unit.now, steps)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection for somebody's own use."""
        with fenced(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, name: str, connection: Connection | None = None, fence: Fence = "") -> Iterator[Unit]:
        """A transaction that writes; all of it, or on any error nothing."""
        with fenced(), self.turn, self._own(connection) as own, own.begin():
            yield Unit(own, self.now(own, fence))
            fault(f"before-{name}-commit")
        fault(f"after-{name}-commit")

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        """A transaction that sees one state of affairs, and keeps nobody waiting."""
        with fenced(), self.engine.connect() as connection:
            connection.execution_options(**_READING[connection.dialect.name])
            with connection.begin():
                yield Unit(connection, self.now(connection))

    def settle_file(self) -> None:
        """Leave nothing of what was deleted in SQLite's log, unless somebody is just reading it."""
        if self.engine.dialect.name == "sqlite":
            with self.connected() as connection:
                raw: Any = connection.connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def now(self, connection: Connection, fence: Fence = "") -> int:
        """The database's time. SQLite has that of the machine it runs on, which is ours."""
        if connection.dialect.name == "sqlite":
            return self.clock() if self.clock else time.time_ns() // 1000
        told = connection.scalar(_TIMES[fence])
        return self.clock() if self.clock else int(told or 0)

    @contextmanager
    def alone(self, name: str, together: bool) -> Iterator[bool]:
        """Whether a name is ours, as long as this lasts or the process lives."""
        held = self._file_lock(name) if self.file else self._advisory_lock(name, together)
        with held as got:
            yield got

    @contextmanager
    def _own(self, connection: Connection | None) -> Iterator[Connection]:
        if connection is not None:
            yield connection
        else:
            with self.engine.connect() as own:
                yield own

    @contextmanager
    def _file_lock(self, name: str) -> Iterator[bool]:
        # An empty database, locked and never written: the system lets go when the process dies.
        assert self.file
        lock = sqlite3.connect(f"{self.file}-{name}.lock", timeout=0, isolation_level=None)
        with closing(lock):
            try:
                lock.execute("BEGIN EXCLUSIVE")
                ours = True
            except sqlite3.OperationalError:
                ours = False
            yield ours

    @contextmanager
    def _advisory_lock(self, name: str, together: bool) -> Iterator[bool]:
        kind = "_shared" if together else ""
        with self.connected() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # the session ends with us, and its lock with the session
            # Two ledgers may lie in two schemas of one database, and know nothing of each other.
            number = "hashtextextended(current_schema() || '.' || :name, 0)"
            statement = text(f"SELECT pg_try_advisory_lock{kind}({number})")
            yield bool(connection.scalar(statement, {"name": name}))


_READING: dict[str, dict[str, Any]] = {
    "sqlite": {"reading": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


# A sender keeps a connection of its own, so there are as many as are asked for; two are kept for others.
_POOL: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 2, "max_overflow": -1}


def again(work: Callable[[], Done], waits: tuple[float, ...] = (0.05, 0.2, 0.5, 1, 2)) -> Done:
    """Do it, and do it again where the database could not; in the end its `DeliveryError`."""
    for wait in waits:
        try:
            return work()
        except UnreachableError:
            time.sleep(wait)
    return work()


def _sqlite(file: Path) -> Engine:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        problem = f"needs SQLite 3.35 or later, and this Python has {sqlite3.sqlite_version}"
        raise places.refused(file, problem)
    places.prepare(file)
    engine = create_engine(URL.create("sqlite", database=str(file)), hide_parameters=True, **_POOL)
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, by every build
    connection.execute("PRAGMA cache_size = -32768")  # KiB; keys are random, and 2 MB hold few of them


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql(where: str) -> Engine:
    try:
        import psycopg  # noqa: F401 - only to say so in time
    except ImportError:
        problem = "in PostgreSQL needs psycopg; install feeds[postgres]"
        raise DeliveryError(Fault(Place("the ledger"), problem)) from None
    try:
        url = make_url(where).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        problem = "has no good address; write postgresql://user@host/database"
        raise DeliveryError(Fault(Place("the ledger"), problem)) from None
    reach = {"connect_timeout": 10, **LIVELY}
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=reach, **_POOL)
    event.listen(engine, "connect", _settle_postgresql)
    return engine


def _settle_postgresql(connection: Any, _: object) -> None:
    """The server, too, is to notice soon that we are cut off: until then it holds our locks."""
    connection.autocommit = True
    connection.execute("SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5")
    connection.execute("SET tcp_keepalives_count = 3; SET tcp_user_timeout = 25000")
    connection.autocommit = False


@contextmanager
def fenced() -> Iterator[None]:
    """Nothing of SQLAlchemy or a driver gets out: their messages hold rows, and rows hold addresses."""
    try:
        yield
    except SQLAlchemyError as refusal:
        raise _told(refusal) from None


def _told(refusal: SQLAlchemyError) -> DeliveryError:
    place = Place("the ledger")
    if not isinstance(refusal, DBAPIError):
        return DeliveryError(Fault(place, f"cannot be used: {type(refusal).__name__}"))
    state = getattr(refusal.orig, "sqlite_errorname", None) or getattr(refusal.orig, "sqlstate", None)
    kind = f"{type(refusal.orig).__name__} {state or ''}".strip()
    if "the issue is frozen" in str(refusal.orig):
        return DeliveryError(Fault(place, "refuses: a frozen issue is never changed"))
    if isinstance(refusal, OperationalError) or refusal.connection_invalidated:
        problem = f"does not answer ({kind}); is it running, and is its address right?"
        return UnreachableError(Fault(place, problem))
    return DeliveryError(Fault(place, f"refuses: {kind}"))
