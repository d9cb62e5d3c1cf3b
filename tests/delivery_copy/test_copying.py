"""A ledger goes from one database to another and back, whole or not at all, and goes on there as it was."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    SmallInteger,
    Table,
    Text,
    create_engine,
    insert,
    select,
    text,
)

from feeds.delivery.faultpoints import ARMED
from feeds.delivery.ledger import Ledger, bulk, open_ledger, tables
from feeds.delivery.ledger.copying import Proof, copied_tables, copy
from feeds.delivery.ledger.database import Database
from feeds.delivery.ledger.sql import SqlLedger
from feeds.delivery.transports.base import Reply
from feeds.errors import BusyError, DeliveryError
from tests.delivery.examples import claimed, draft, frozen, people, person, says, send, send_all
from tests.delivery_copy.conftest import Fresh

BOTH_WAYS = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")]
ADDRESS = "ada.lovelace@example.org"
Rows = Mapping[str, list[tuple[Any, ...]]]


@contextmanager
def opened(where: str) -> Iterator[Ledger]:
    ledger = open_ledger(where.removeprefix("sqlite:"))
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def database(where: str) -> Iterator[Database]:
    made = Database.open(where.removeprefix("sqlite:"))
    try:
        yield made
    finally:
        made.engine.dispose()


def everything(where: str) -> Rows:
    """Every row of every table, by an eye of its own."""
    with database(where) as there, there.reading() as unit:
        return {
            name: sorted(map(tuple, unit.connection.execute(select(table))), key=repr)
            for name, table in tables.metadata.tables.items()
            if name not in ("schema_version", "worker")
        }


def lived(where: str, count: int = 40) -> int:
    """A ledger in the middle of its life: one issue done, one half sent; the number of the latter."""
    with opened(where) as ledger:
        ledger.enrol("weekly", [person(ADDRESS), *people(count)])
        done = frozen(ledger, (), "weekly/2026-W46")
        send_all(ledger, done.id, says(550, "5.2.2"))
        ledger.erase("r1@d1.example.org")
        ledger.suppress("r2@d2.example.org", "complaint")
        half = frozen(ledger, (), "weekly/2026-W47")
        with ledger.sender() as sender:
            send(sender, claimed(sender, half.id, 9))
        return half.id


@pytest.mark.parametrize(("kind", "other"), BOTH_WAYS)
def test_a_newsletter_that_runs_goes_on_in_the_other_database(fresh: Fresh, kind: str, other: str) -> None:
    source, target = fresh(kind), fresh(other)
    half = lived(source)
    proofs = copy(source, target)
    assert everything(source) == everything(target)
    assert {proof.table: proof.rows for proof in proofs} == {
        name: len(rows) for name, rows in everything(target).items()
    }
    with opened(source) as before, opened(target) as after:
        assert before.key("links") == after.key("links")
        assert after.why("weekly", ADDRESS) == before.why("weekly", ADDRESS)
        assert after.suppressed("r2@d2.example.org") == "complaint"
        assert after.carried("weekly") == before.carried("weekly")
        left = {*send_all(after, half)}
        assert len(left) == before.status(half).mailing.recipients - 9
        with pytest.raises(DeliveryError, match="a frozen issue is never changed"):
            _change(target)


def _change(where: str) -> None:
    with database(where) as there, there.writing("test") as unit:
        unit.connection.execute(text("UPDATE variant SET subject = 'another'"))


@pytest.mark.parametrize(("kind", "other"), BOTH_WAYS)
def test_no_table_and_no_column_is_forgotten(fresh: Fresh, kind: str, other: str) -> None:
    later = Table(
        "later",
        tables.metadata,
        Column("id", tables.subscriber.c.id.type, primary_key=True),
        Column("issue", BigInteger),
        Column("order", Text),
        sqlite_autoincrement=True,
    )
    try:
        source, target = fresh(kind), fresh(other)
        for where in (source, target):
            with database(where) as there, there.writing("test") as unit:
                later.create(unit.connection, checkfirst=True)
        with database(source) as there, there.writing("test") as unit:
            for table in copied_tables():
                unit.connection.execute(insert(table), [_made(table, n) for n in (1, 2, 3)])
        copy(source, target)
        found = everything(target)
        assert found == everything(source)
        assert {name: len(rows) for name, rows in found.items()} == dict.fromkeys(found, 3)
        assert {"later", "inbox", "rate", "tally", "strike"} <= set(found)
    finally:
        tables.metadata.remove(later)


def _made(table: Table, number: int) -> dict[str, Any]:
    """A row with a value in each column."""
    given = {column.name: _value(column, number) for column in table.c}
    return given | ({"state": "draft"} if table is tables.issue else {})


def _value(column: Column[Any], number: int) -> object:
    return number if isinstance(column.type, Integer) else f"{column.name} “{number}”\n\\N\té\U0001f6f0"


def test_every_column_holds_what_both_databases_give_back_alike() -> None:
    kinds = {type(column.type) for table in copied_tables() for column in table.c}
    assert kinds <= {Integer, BigInteger, SmallInteger, Text}


@pytest.mark.parametrize(("kind", "other"), BOTH_WAYS)
def test_a_number_that_was_given_is_never_given_again(fresh: Fresh, kind: str, other: str) -> None:
    source, target = fresh(kind), fresh(other)
    with opened(source) as ledger:
        ledger.enrol("weekly", people(5))
        last = ledger.find("weekly", "r4@d1.example.org")
        assert last
    with database(source) as there, there.writing("test") as unit:
        unit.connection.execute(tables.subscriber.delete().where(tables.subscriber.c.id == last.id))
    copy(source, target)
    with opened(target) as ledger:
        assert ledger.add("weekly", person("new@example.org")).id > last.id
        made = ledger.freeze(draft("weekly/2026-W47"))
        assert made
        assert made.id == 1


def test_up_and_back_is_where_it_began(fresh: Fresh) -> None:
    first, middle, last = fresh("sqlite"), fresh("postgresql"), fresh("sqlite")
    lived(first)
    assert copy(first, middle) == copy(middle, last)
    assert everything(first) == everything(last)


def _copies(source: str, target: str, armed: str) -> None:
    os.environ[ARMED] = armed
    copy(source, target)


POINTS = ["copied-table:1", "copied-table:5", "before-copy-commit:1", "after-copy-commit:1"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("other", ["sqlite", "postgresql"])
def test_S01_killed_in_the_middle_it_leaves_nothing_or_all(fresh: Fresh, other: str, point: str) -> None:
    source, target = fresh("sqlite"), fresh(other)
    lived(source, 12)
    child = multiprocessing.get_context("forkserver").Process(target=_copies, args=(source, target, point))
    child.start()
    child.join(60)
    assert child.exitcode == -9
    there = everything(target)
    if point == "after-copy-commit:1":
        assert there == everything(source)
        return
    assert not any(there.values())
    copy(source, target)
    assert everything(target) == everything(source)


def test_S01_a_target_that_holds_something_else_is_told_and_left_empty(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = fresh("sqlite"), fresh("postgresql")
    lived(source)
    written = bulk.write

    def forgets(table: Table, rows: list[tuple[Any, ...]], connection: Any) -> None:
        written(table, rows[:-1] if table is tables.suppression else rows, connection)

    monkeypatch.setattr(bulk, "write", forgets)
    with pytest.raises(DeliveryError) as refusal:
        copy(source, target)
    assert str(refusal.value) == ("TO: does not hold what was copied (suppression); nothing is left of it")
    assert not any(everything(target).values())


def test_a_hash_sees_every_value_and_no_order() -> None:
    rows = [(1, "a", None), (2, "b", ""), (3, "1", 1)]
    proof = Proof("t") + rows
    assert proof == Proof("t") + rows[:1] + reversed(rows[1:])
    for other in ([(1, "a", ""), *rows[1:]], [*rows[:2], (3, 1, "1")], rows[:2], [*rows, rows[0]]):
        assert (Proof("t") + other).digest != proof.digest


def test_a_target_with_anything_in_it_is_refused(fresh: Fresh) -> None:
    source, target = fresh("sqlite"), fresh("postgresql")
    lived(source)
    with opened(target) as ledger:
        ledger.suppress("somebody@example.org", "complaint")
    before = everything(target)
    with pytest.raises(DeliveryError, match=r"^TO: is not empty \(suppression\); a ledger is copied only to"):
        copy(source, target)
    assert everything(target) == before


def test_a_target_that_was_only_looked_at_gets_the_sources_key(fresh: Fresh) -> None:
    source, target = fresh("sqlite"), fresh("postgresql")
    lived(source)
    with opened(target) as ledger:
        assert ledger.mailings("weekly") == ()
    copy(source, target)
    assert everything(target) == everything(source)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_copied_while_somebody_sends(fresh: Fresh, kind: str) -> None:
    source, target = fresh(kind), fresh("sqlite")
    lived(source)
    busy = pytest.raises(BusyError, match=r"^FROM: newsletter\.weekly is being sent; stop whoever sends")
    with opened(source) as ledger, ledger.sending("weekly", together=True), busy:
        copy(source, target)
    assert not any(everything(target).values())


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nobody_writes_to_the_source_meanwhile_or_begins_to_send(
    fresh: Fresh, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = fresh(kind), fresh("sqlite")
    lived(source, 4)
    seen: list[str] = []

    def look(done: int, total: int) -> None:
        if seen:
            return
        with opened(source) if kind == "postgresql" else _impatient(source) as ledger:
            seen.append("looked")
            with pytest.raises(BusyError), ledger.sending("weekly"):
                pass
            with pytest.raises(DeliveryError):
                _write_at_once(ledger)

    copy(source, target, look)
    assert seen
    assert everything(target) == everything(source)


@contextmanager
def _impatient(where: str) -> Iterator[Ledger]:
    """Without the opening, which would wait for a minute."""
    file = where.removeprefix("sqlite:")
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 0})
    yield SqlLedger(Database(engine, None, Path(file)), b"k" * 32)
    engine.dispose()


def _write_at_once(ledger: Any) -> None:
    with ledger.database.writing("test") as unit:
        if unit.connection.dialect.name == "postgresql":
            unit.connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
        unit.connection.execute(text("UPDATE subscriber SET epoch = epoch + 1"))


@pytest.mark.parametrize(
    ("source", "target", "problem"),
    [
        ("missing.db", "new.db", "FROM: is not there; name the file of a ledger"),
        (
            "mysql://root:hunter2@db/x",
            "new.db",
            "FROM: names neither a file nor postgresql://user@host/database",
        ),
        ("text.txt", "new.db", "FROM: is no ledger; name another file"),
        ("empty.db", "new.db", "FROM: holds no ledger"),
        ("full.db", "text.txt", "TO: is no ledger; name another file"),
        ("full.db", "sqlite:", "TO: names neither a file nor postgresql://user@host/database"),
        ("full.db", "sqlite:full.db", "TO: is the same ledger; name another place"),
        ("full.db", "postgresql://me:hunter2@127.0.0.1:1/x", "TO: does not answer (OperationalError); is it"),
        (
            "full.db",
            "postgresql://me:hunter2@db:port/x",
            "TO: has no good address; write postgresql://user@host/database",
        ),
        (".", "new.db", "FROM: cannot be opened: Is a directory"),
    ],
)
def test_C12_a_place_that_cannot_be_is_one_line_without_a_password(
    quick_folder: Any, monkeypatch: pytest.MonkeyPatch, source: str, target: str, problem: str
) -> None:
    monkeypatch.chdir(quick_folder)
    (quick_folder / "text.txt").write_text("Dear reader,")
    (quick_folder / "empty.db").touch()
    with opened("full.db") as ledger:
        ledger.enrol("weekly", people(1))
    with pytest.raises(DeliveryError) as refusal:
        copy(source, target)
    [fault] = refusal.value.faults
    assert str(fault).startswith(problem)
    assert "hunter2" not in str(fault)


def test_no_address_is_in_what_a_database_refuses(fresh: Fresh) -> None:
    source, target = fresh("sqlite"), fresh("postgresql")
    lived(source)
    with database(source) as there, there.writing("test") as unit:
        unit.connection.execute(
            text("UPDATE subscriber SET topics = :nul WHERE address = :address"),
            {"nul": "a\0b", "address": ADDRESS},
        )
    with pytest.raises(DeliveryError) as refusal:
        copy(source, target)
    assert str(refusal.value).startswith("TO: refuses subscriber: DataError")
    assert "ada" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert not any(everything(target).values())


def test_a_secret_that_the_ledger_does_not_hold_is_not_needed_and_stays(fresh: Fresh) -> None:
    source, target = fresh("sqlite"), fresh("postgresql")
    ledger = open_ledger(source.removeprefix("sqlite:"), key="a long password of ours")
    ledger.enrol("weekly", people(3))
    ledger.close()
    copy(source, target)
    with pytest.raises(DeliveryError, match="was made with another key"):
        open_ledger(target, key="another long password")
    ledger = open_ledger(target, key="a long password of ours")
    assert ledger.find("weekly", "r0@d0.example.org")
    ledger.close()


def test_every_row_is_told_twice(fresh: Fresh) -> None:
    source = fresh("sqlite")
    lived(source)
    told: list[tuple[int, int]] = []
    proofs = copy(source, fresh("sqlite"), lambda done, total: told.append((done, total)))
    rows = sum(proof.rows for proof in proofs)
    assert told[-1] == (2 * rows, 2 * rows)
    assert told == sorted(told)


def test_a_reply_with_an_odd_letter_survives(fresh: Fresh) -> None:
    source, target = fresh("sqlite"), fresh("postgresql")
    with opened(source) as ledger:
        made = frozen(ledger, people(1))
        send_all(ledger, made.id, lambda job: Reply(550, "5.1.1", "κανείς \\ \t “nobody”", "rcpt"))
    copy(source, target)
    assert everything(target) == everything(source)
