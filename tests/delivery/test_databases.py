"""The two databases: opened with care, migrated by one, frozen for good, and silent about addresses."""

from __future__ import annotations

import itertools
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from feeds.delivery.ledger import migrations, open_ledger, places, tables
from feeds.delivery.ledger.database import Database, UnreachableError, again
from feeds.delivery.ledger.sql import SqlLedger
from feeds.delivery.subscribers import Audience
from feeds.errors import DeliveryError
from tests.delivery import servers
from tests.delivery.examples import OK, claimed, draft, frozen, people, person


@contextmanager
def opened(where: str, **options: Any) -> Iterator[SqlLedger]:
    """A ledger, and at the end its database let go of."""
    ledger = open_ledger(where, **options)
    assert isinstance(ledger, SqlLedger)
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def database(where: str) -> Iterator[Database]:
    """The database of a ledger, opened as the ledger does."""
    made = Database.open(where)
    try:
        yield made
    finally:
        made.engine.dispose()


# Where it stands


def test_G08_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    shared = str(tmp_path / "my share").replace(" ", "\\040")
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/x {shared} nfs4 rw 0 0\n\n")
    (tmp_path / "my share").mkdir()
    assert places.network(tmp_path / "my share", mounts) == "nfs4"
    assert places.network(tmp_path, mounts) == ""
    assert places.network(tmp_path, tmp_path / "none") == ""
    monkeypatch.setattr(places, "network", lambda folder: "cifs")
    with pytest.raises(DeliveryError, match="lies on a network file system"):
        open_ledger(str(tmp_path / "ledger.db"))
    assert not (tmp_path / "ledger.db").exists()


@pytest.mark.parametrize("where", ["/proc/ledger.db", "/dev/null/ledger.db"])
def test_G08_a_folder_that_cannot_be_written_is_refused(where: str) -> None:
    with pytest.raises(DeliveryError, match=f"^{where}: cannot be opened: "):
        open_ledger(where)


def test_G08_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("no database " * 1000)
    with pytest.raises(DeliveryError, match="the ledger: refuses: DatabaseError"):
        open_ledger(str(tmp_path / "ledger.db"))


def test_L09_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(DeliveryError, match=r"needs SQLite 3\.35 or later"):
        open_ledger(str(tmp_path / "ledger.db"))


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    file = tmp_path / "state" / "ledger.db"
    with opened(str(file)) as ledger:
        frozen(ledger, people(2))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "ledger.db-wal" in modes
    file.chmod(0o644)
    with opened(f"sqlite:///{file}"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    with opened(str(tmp_path / "ledger.db")) as ledger, ledger.database.connected() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert settings == ["wal", 2, 1, 60_000]


@pytest.mark.parametrize(
    "where", ["postgresql://", "postgresql://u:secret@localhost:1/db", "postgresql://[bad"]
)
def test_a_postgresql_that_cannot_be_had_is_said_without_its_password(where: str) -> None:
    with pytest.raises(DeliveryError) as refusal:
        open_ledger(where)
    assert "secret" not in str(refusal.value)


# Its key


def test_G09_a_ledger_is_opened_with_the_key_it_was_made_with(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDS_KEY", "a key of our own, long enough")
    with opened(where) as ledger:
        ledger.add("weekly", person("a@example.org"))
        first = ledger.key("unsubscribe")
    with opened(where) as ledger:
        assert ledger.key("unsubscribe") == first
    with pytest.raises(DeliveryError, match="made with another key"):
        open_ledger(where, key="another key, and also long enough")
    monkeypatch.delenv("FEEDS_KEY")
    with pytest.raises(DeliveryError, match="made with another key"):
        open_ledger(where)


def test_G09_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="FEEDS_KEY: is too short"):
        open_ledger(str(tmp_path / "ledger.db"), key="short")


def test_the_key_that_a_ledger_makes_itself_stays(where: str) -> None:
    with opened(where) as ledger:
        first = ledger.key("x")
        assert "secret" not in repr(ledger) or first.hex() not in repr(ledger)
    with opened(where) as ledger:
        assert ledger.key("x") == first


# Its schema


def test_the_steps_make_what_the_tables_say(where: str) -> None:
    with opened(where) as ledger, ledger.database.connected() as connection:
        found = inspect(connection)
        for table in tables.metadata.sorted_tables:
            assert {column["name"] for column in found.get_columns(table.name)} == set(table.c.keys())
        names = {index["name"] for index in found.get_indexes("delivery")}
    assert "delivery_due" in names


def test_S12_a_newer_schema_is_not_touched(where: str) -> None:
    known = len(migrations.STEPS)
    with opened(where) as ledger, ledger.database.writing("test") as unit:
        unit.connection.execute(text(f"INSERT INTO schema_version VALUES ({known + 1}, 0)"))
    with pytest.raises(DeliveryError, match=f"has schema {known + 1}, and .* knows {known} at most"):
        open_ledger(where)


def _add(connection: Connection) -> None:
    connection.execute(text("CREATE TABLE added (x INTEGER)"))


def _break(connection: Connection) -> None:
    _add(connection)
    connection.execute(text("SELECT * FROM nowhere"))


def test_S12_a_step_that_fails_leaves_nothing(where: str) -> None:
    with database(where) as made:
        with pytest.raises(DeliveryError):
            made.migrate((*migrations.STEPS, _break))
        with made.connected() as connection:
            assert not inspect(connection).has_table("added")
            assert migrations.version(connection) == len(migrations.STEPS)
        made.migrate((*migrations.STEPS, _add))
        with made.connected() as connection:
            assert inspect(connection).has_table("added")
            assert migrations.version(connection) == len(migrations.STEPS) + 1


def test_S12_of_many_migrators_one_takes_each_step(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def count(connection: Connection) -> None:
        _add(connection)
        made.append(1)

    def migrate(_: int) -> None:
        with database(where):
            pass

    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, count))
    with ThreadPoolExecutor(6) as racers:
        list(racers.map(migrate, range(6)))
    assert made == [1]


# What is frozen

CHANGES = [
    "UPDATE variant SET html = 'other'",
    "UPDATE variant SET headers = '{}', sha256 = 'x'",
    "DELETE FROM variant",
    "INSERT INTO variant (issue, key) VALUES (1, 'more')",
    "UPDATE audience SET variant = 'fr'",
    "DELETE FROM carried",
    "UPDATE issue SET sha256 = 'other'",
    "UPDATE issue SET slot = 'other'",
    "UPDATE issue SET state = 'draft'",
    "DELETE FROM issue",
]


def test_S09_what_is_frozen_cannot_be_changed_by_anybody(where: str) -> None:
    with opened(where) as ledger:
        made = ledger.freeze(draft(audiences={Audience("en"): "en"}))
        assert made
        before = ledger.variants(made.id), ledger.mailing(made.id), ledger.carried("weekly")
        for change in CHANGES:
            with (
                pytest.raises(DeliveryError, match="a frozen issue is never changed"),
                ledger.database.writing("x") as unit,
            ):
                unit.connection.execute(text(change))
        assert (ledger.variants(made.id), ledger.mailing(made.id), ledger.carried("weekly")) == before


def test_S09_bytes_that_were_changed_behind_our_back_are_not_sent(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with opened(str(file)) as ledger:
        made = ledger.freeze(draft())
    assert made
    forger = sqlite3.connect(file)
    forger.executescript("DROP TRIGGER variant_update_frozen; UPDATE variant SET html = 'spam'")
    forger.close()
    with opened(str(file)) as ledger, pytest.raises(DeliveryError, match="has other bytes than"):
        ledger.variants(made.id)


# What it says


def test_no_error_holds_an_address(where: str) -> None:
    with opened(where) as ledger:
        ledger.add("weekly", person("hidden@example.org"))
        with pytest.raises(DeliveryError) as refusal, ledger.database.writing("test") as unit:
            names = "newsletter, address, address_key"
            unit.connection.execute(text(f"INSERT INTO subscriber ({names}) SELECT {names} FROM subscriber"))
    assert "hidden" not in str(refusal.value)
    assert str(refusal.value).startswith("the ledger: refuses: ")
    assert refusal.value.__cause__ is None


def test_what_a_database_could_not_do_is_asked_again_and_then_told() -> None:
    tries = itertools.count(1)

    def twice() -> int:
        if (number := next(tries)) < 3:
            raise UnreachableError([])
        return number

    def never() -> None:
        raise UnreachableError([])

    assert again(twice, (0, 0, 0)) == 3
    with pytest.raises(UnreachableError):
        again(never, (0, 0))


def test_a_full_disk_is_an_error_that_is_asked_again(tmp_path: Path) -> None:
    with opened(str(tmp_path / "ledger.db")) as ledger, ledger.database.connected() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.rollback()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.rollback()
        with (
            pytest.raises(UnreachableError, match="SQLITE_FULL"),
            ledger.database.writing("x", connection) as unit,
        ):
            unit.connection.execute(text("UPDATE secret SET value = :x"), {"x": "x" * 100_000})
    assert (tmp_path / "ledger.db").stat().st_size < 1_000_000


def test_S02_a_session_that_the_server_ends_is_opened_anew(server: str) -> None:
    import psycopg

    with opened(servers.fresh(server, "ended")) as ledger:
        mailing = frozen(ledger, people(3))
        with ledger.sender() as sender:
            claim = claimed(sender, mailing.id)
            job, *others = claim.jobs
            assert sender.step(claim, [], [job]).begun == (job,)
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                )
            assert sender.step(claim, [(job, OK)], others).begun == tuple(others)
        assert ledger.status(mailing.id).states == {"sent": 1, "sending": 2}
