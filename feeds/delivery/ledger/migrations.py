"""How a ledger gets from one schema to the next: numbered steps, each in one transaction.

A step, once released, is never edited: a change of `tables.py` needs a new one, and a test compares
what the steps make with what `tables.py` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Table, func, insert, inspect, select, text

from feeds.delivery.faultpoints import fault
from feeds.delivery.ledger import tables
from feeds.errors import DeliveryError, Fault, Place

Step = Callable[[Connection], None]
_LOCK = 0x6665656473_01
"""PostgreSQL's advisory lock for migrators; two of them would both find the first step undone."""


def _first(connection: Connection) -> None:
    later = (tables.schema_version, tables.inbox, tables.worker)
    tables.metadata.create_all(connection, tables=_but(*later), checkfirst=False)
    for statement in _FROZEN[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _second(connection: Connection) -> None:
    tables.inbox.create(connection, checkfirst=False)


def _third(connection: Connection) -> None:
    tables.worker.create(connection, checkfirst=False)


def _but(*left: object) -> list[Table]:
    return [table for table in tables.metadata.sorted_tables if table not in left]


# What a frozen issue says can no longer change, whoever tries: the audience, the bytes, the slot.
_FROZEN: dict[str, tuple[str, ...]] = {
    "sqlite": (
        *(
            f"""
            CREATE TRIGGER {table}_{verb.lower()}_frozen BEFORE {verb} ON {table}
            WHEN (SELECT state FROM issue WHERE id = {row}.issue) <> 'draft'
            BEGIN SELECT RAISE(ABORT, 'the issue is frozen'); END
            """  # noqa: S608 - the names are those three lines below
            for table in ("variant", "audience", "carried")
            for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
        ),
        """
        CREATE TRIGGER issue_update_frozen BEFORE UPDATE OF id, newsletter, slot, sha256, frozen_at ON issue
        WHEN OLD.state <> 'draft'
        BEGIN SELECT RAISE(ABORT, 'the issue is frozen'); END
        """,
        """
        CREATE TRIGGER issue_draft_frozen BEFORE UPDATE OF state ON issue
        WHEN OLD.state <> 'draft' AND NEW.state = 'draft'
        BEGIN SELECT RAISE(ABORT, 'the issue is frozen'); END
        """,
        """
        CREATE TRIGGER issue_delete_frozen BEFORE DELETE ON issue WHEN OLD.state <> 'draft'
        BEGIN SELECT RAISE(ABORT, 'the issue is frozen'); END
        """,
    ),
    "postgresql": (
        # Every row changes three times within hours; a fifth of a million is too late to begin.
        "ALTER TABLE delivery SET (autovacuum_vacuum_scale_factor = 0.02)",
        """
        CREATE FUNCTION refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE number bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.issue ELSE OLD.issue END;
        BEGIN
            IF (SELECT state FROM issue WHERE id = number) <> 'draft' THEN
                RAISE EXCEPTION 'the issue is frozen';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END $$
        """,
        """
        CREATE FUNCTION refuse_frozen_issue() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the issue is frozen'; END $$
        """,
        *(
            f"""
            CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_frozen()
            """
            for table in ("variant", "audience", "carried")
        ),
        """
        CREATE TRIGGER issue_update_frozen BEFORE UPDATE ON issue FOR EACH ROW
        WHEN (OLD.state <> 'draft' AND (NEW.state = 'draft'
              OR (OLD.id, OLD.newsletter, OLD.slot, OLD.sha256, OLD.frozen_at)
              IS DISTINCT FROM (NEW.id, NEW.newsletter, NEW.slot, NEW.sha256, NEW.frozen_at)))
        EXECUTE FUNCTION refuse_frozen_issue()
        """,
        """
        CREATE TRIGGER issue_delete_frozen BEFORE DELETE ON issue FOR EACH ROW
        WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_frozen_issue()
        """,
        *(
            f"""
            CREATE TRIGGER {table}_truncate_frozen BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_frozen_issue()
            """
            for table in ("issue", "variant", "audience", "carried")
        ),
    ),
}

STEPS: tuple[Step, ...] = (_first, _second, _third)


def version(connection: Connection) -> int:
    """The schema's number; 0 where there is none yet."""
    if not inspect(connection).has_table("schema_version"):
        return 0
    return connection.scalar(select(func.max(tables.schema_version.c.version))) or 0


def advance(connection: Connection, now: int, steps: Sequence[Step]) -> bool:
    """Take the next step, if one is left, within the transaction that is open. Whether one was.

    Raises `DeliveryError` where the schema is newer than the steps; then nothing is touched.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    reached = version(connection)
    if reached > len(steps):
        raise _newer(reached, len(steps))
    if reached == len(steps):
        return False
    if reached == 0:
        tables.schema_version.create(connection)
    steps[reached](connection)
    fault("half-migrated")
    connection.execute(insert(tables.schema_version).values(version=reached + 1, applied_at=now))
    return True


def _newer(reached: int, known: int) -> DeliveryError:
    problem = f"has schema {reached}, and this version of feeds knows {known} at most; install a newer one"
    return DeliveryError(Fault(Place("the ledger"), problem))
