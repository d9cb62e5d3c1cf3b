"""A whole ledger from one database to another, proved to be the same before anybody is told so.

Every table of `tables.py` goes, row by row and a batch at a time. The source stands still meanwhile, and
the target gets all of it in one transaction: killed at any instant, it is as empty as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select, union, update

from feeds.delivery.faultpoints import fault
from feeds.delivery.ledger import bulk, tables
from feeds.delivery.ledger.database import Database, fenced
from feeds.errors import BusyError, DeliveryError, Fault, Place

FROM, TO = "FROM", "TO"
BATCH = 500
"""Rows that are in memory at a time; the largest are variants, of some 100 KB each."""
_SQLITE = b"SQLite format 3\0"
_POSTGRESQL = ("postgresql://", "postgres://", "postgresql+psycopg://")

Tick = Callable[[int, int], object]
"""Is told (done, of how many): each row is counted when it is copied, and when it is read again."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a table holds: how many rows, and the sum of their hashes, whatever their order."""

    table: str
    rows: int = 0
    total: int = 0

    def __add__(self, rows: Iterable[Sequence[Any]]) -> Proof:
        """The same with more rows. Only whole numbers, texts and nothing at all look alike everywhere."""
        digests = [sha256(repr(tuple(row)).encode()).digest() for row in rows]
        total = self.total + sum(int.from_bytes(digest) for digest in digests)
        return replace(self, rows=self.rows + len(digests), total=total % 2**256)

    @property
    def digest(self) -> str:
        """The sum, in hexadecimal digits."""
        return f"{self.total:064x}"


def copy(source: str, target: str, tick: Tick = lambda done, total: None) -> tuple[Proof, ...]:
    """Copy a ledger to a place where none is; what each table holds, here and there.

    A place is a file, `sqlite:FILE` or `postgresql://…`. Raises `BusyError` where an issue is being sent,
    and `DeliveryError`, with the place FROM or TO, where there is nothing to copy, where the target is
    not empty, and where it does not hold what the source does; then nothing was copied.
    """
    with ExitStack() as stack:
        here = _opened(FROM, _place(FROM, source, there=True), stack)
        there = _opened(TO, _place(TO, target, there=False), stack)
        _distinct(here, there)
        with _named(TO), there.reading() as unit:
            _empty(unit.connection)
        reading = stack.enter_context(_quiet(here))
        return _copied(reading, there, tick)


def _copied(reading: Connection, there: Database, tick: Tick) -> tuple[Proof, ...]:
    with _named(TO), there.writing("copy") as unit:
        writing = unit.connection
        bulk.hold(copied_tables(), writing, "SHARE ROW EXCLUSIVE")
        _empty(writing)
        writing.execute(tables.secret.delete())  # of a ledger that was opened, and never used
        count = _counting(reading, tick)
        sent = tuple(_transfer(table, reading, writing, count) for table in copied_tables())
        _states(reading, writing)
        bulk.number_on(copied_tables(), reading, writing)
        if wrong := [proof.table for proof in sent if _read(proof.table, writing, count) != proof]:
            problem = f"does not hold what was copied ({', '.join(wrong)}); nothing is left of it"
            raise DeliveryError(Fault(Place(TO), problem))
        bulk.analyze(copied_tables(), writing)
    return sent


def copied_tables() -> tuple[Table, ...]:
    """Every table that there is, those that are named by others first; but for the schema's number and
    the workers, which each ledger has for itself.
    """
    own = (tables.schema_version, tables.worker)
    return tuple(table for table in tables.metadata.sorted_tables if table not in own)


def _place(name: str, where: str, *, there: bool) -> str:
    """What `Database.open` calls it. Its address may hold a password, so no fault repeats it."""
    if where.startswith(_POSTGRESQL):
        return where
    bare = (
        where.removeprefix("sqlite:///") if where.startswith("sqlite:///") else where.removeprefix("sqlite:")
    )
    if "://" in bare or not bare:
        raise _refused(name, "names neither a file nor postgresql://user@host/database")
    file = Path(bare)
    try:
        if there and not file.exists():
            raise _refused(name, "is not there; name the file of a ledger")
        if file.exists() and _beginning(file) not in (b"", _SQLITE):
            raise _refused(name, "is no ledger; name another file")
    except OSError as refusal:
        raise _refused(name, f"cannot be opened: {refusal.strerror}") from None
    return bare


def _beginning(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(len(_SQLITE))


def _opened(name: str, where: str, stack: ExitStack) -> Database:
    with _named(name):
        database = Database.open(where)
    stack.callback(database.engine.dispose)
    return database


def _distinct(here: Database, there: Database) -> None:
    same = here.file and there.file and here.file.samefile(there.file)
    if same or (here.engine.url == there.engine.url and not here.file):
        raise _refused(TO, "is the same ledger; name another place")


@contextmanager
def _quiet(here: Database) -> Iterator[Connection]:
    """The source, in which nobody sends and nobody writes until we are done."""
    with _named(FROM), ExitStack() as stack:
        with here.reading() as unit:
            if unit.connection.execute(select(tables.secret)).first() is None:
                raise _refused(FROM, "holds no ledger")
            names = unit.connection.scalars(_newsletters()).all()
        for name in names:
            if not stack.enter_context(here.alone(name, together=False)):
                problem = f"newsletter.{name} is being sent; stop whoever sends it, and copy then"
                raise BusyError(Fault(Place(FROM), problem))
        held = stack.enter_context(here.writing("standstill"))
        bulk.hold(copied_tables(), held.connection, "SHARE")
        yield held.connection


def _newsletters() -> Any:
    return union(*(select(table.c.newsletter) for table in (tables.issue, tables.subscriber)))


def _empty(connection: Connection) -> None:
    used = [table.name for table in copied_tables() if table is not tables.secret and _any(connection, table)]
    if used:
        problem = f"is not empty ({', '.join(used)}); a ledger is copied only to where none is"
        raise _refused(TO, problem)


def _any(connection: Connection, table: Table) -> bool:
    return connection.execute(select(table).limit(1)).first() is not None


def _counting(reading: Connection, tick: Tick) -> Callable[[int], None]:
    """What is told of each batch: every row is gone through twice."""
    with _named(FROM), fenced():
        total = 2 * sum(
            reading.scalar(select(func.count()).select_from(table)) or 0 for table in copied_tables()
        )
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        tick(done, total)

    return count


def _transfer(table: Table, reading: Connection, writing: Connection, count: Callable[[int], None]) -> Proof:
    proof = Proof(table.name)
    for rows in _batches(FROM, table, reading):
        proof += rows
        bulk.write(table, [_held_back(table, row) for row in rows], writing)
        count(len(rows))
    fault("copied-table")
    return proof


def _read(name: str, writing: Connection, count: Callable[[int], None]) -> Proof:
    proof = Proof(name)
    for rows in _batches(TO, tables.metadata.tables[name], writing):
        proof += rows
        count(len(rows))
    return proof


def _batches(name: str, table: Table, connection: Connection) -> Iterator[Sequence[Sequence[Any]]]:
    with _named(name), fenced():
        found = connection.execute(select(table), execution_options={"yield_per": BATCH})
        yield from found.partitions()


def _held_back(table: Table, row: Sequence[Any]) -> tuple[Any, ...]:
    """An issue comes as a draft, or the triggers would refuse what it says; its state follows."""
    if table is not tables.issue:
        return tuple(row)
    return tuple(
        "draft" if column is tables.issue.c.state else value
        for column, value in zip(table.c, row, strict=True)
    )


def _states(reading: Connection, writing: Connection) -> None:
    issue = tables.issue
    into = update(issue).where(issue.c.id == bindparam("number")).values(state=bindparam("told"))
    found = reading.execute(select(issue.c.id, issue.c.state))
    if rows := [{"number": number, "told": state} for number, state in found]:
        writing.execute(into, rows)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Faults of a database, by the name that it has on the command line."""
    try:
        yield
    except BusyError:
        raise
    except DeliveryError as refusal:
        kind = type(refusal)
        raise kind(_placed(fault, name) for fault in refusal.faults) from None


def _placed(found: Fault, name: str) -> Fault:
    return found._replace(where=Place(name)) if found.where == Place("the ledger") else found


def _refused(name: str, problem: str) -> DeliveryError:
    return DeliveryError(Fault(Place(name), problem))
