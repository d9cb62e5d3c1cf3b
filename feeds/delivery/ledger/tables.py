"""The ledger's tables: one definition, for SQLite and for PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    case,
)

metadata = MetaData()

# In SQLite only INTEGER PRIMARY KEY is the row's own number. AUTOINCREMENT, because a number that
# was erased must never be somebody else's: Message-IDs and links are made from it.
_Number = BigInteger().with_variant(Integer, "sqlite")


def _moment(name: str) -> Column[int | None]:
    return Column(name, BigInteger)


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


schema_version = Table(
    "schema_version", metadata, Column("version", Integer, primary_key=True), _moment("applied_at")
)

secret = Table("secret", metadata, Column("name", Text, primary_key=True), _text("value"))

issue = Table(
    "issue",
    metadata,
    Column("id", _Number, primary_key=True),
    _text("newsletter"),
    _text("slot"),
    _text("state", "draft"),
    _text("reason"),
    _text("sha256"),
    Column("recipients", BigInteger, nullable=False, server_default="0"),
    _moment("frozen_at"),
    _moment("begun_at"),
    UniqueConstraint("newsletter", "slot"),
    sqlite_autoincrement=True,
)

variant = Table(
    "variant",
    metadata,
    Column("issue", ForeignKey("issue.id"), nullable=False),
    _text("key"),
    _text("subject"),
    _text("html"),
    _text("text"),
    _text("headers", "{}"),
    _text("sha256"),
    PrimaryKeyConstraint("issue", "key"),
)

audience = Table(
    "audience",
    metadata,
    Column("issue", ForeignKey("issue.id"), nullable=False),
    _text("language"),
    _text("topics"),
    _text("variant"),
    PrimaryKeyConstraint("issue", "language", "topics"),
)

carried = Table(
    "carried",
    metadata,
    Column("issue", ForeignKey("issue.id"), nullable=False),
    _text("article"),
    PrimaryKeyConstraint("issue", "article"),
)

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", _Number, primary_key=True),
    _text("newsletter"),
    _text("address"),
    _text("address_key"),
    _text("domain"),
    _text("state", "pending"),
    _text("topics"),
    _text("language"),
    Column("epoch", Integer, nullable=False, server_default="0"),
    _text("consent_how"),
    _moment("consent_at"),
    _moment("confirmed_at"),
    UniqueConstraint("newsletter", "address_key"),
    Index("subscriber_by_address", "address_key"),
    sqlite_autoincrement=True,
)

suppression = Table(
    "suppression", metadata, Column("address_key", Text, primary_key=True), _text("reason"), _moment("at")
)

strike = Table(
    "strike",
    metadata,
    Column("address_key", Text, nullable=False),
    Column("issue", BigInteger, nullable=False),
    _moment("at"),
    PrimaryKeyConstraint("address_key", "issue"),
)

# No foreign keys: a million rows come from one INSERT … SELECT out of the very tables they would name,
# and a check of each is most of the time; and an erased subscriber's row stays, without the address.
delivery = Table(
    "delivery",
    metadata,
    Column("issue", BigInteger, nullable=False),
    Column("subscriber", BigInteger, nullable=False),
    _text("address"),
    _text("domain"),
    _text("variant"),
    _text("state", "ready"),
    # The one column for when: 0 when ready, the retry's time, the lease's end, NULL when finished.
    _moment("due_at"),
    _text("claim"),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("refusals", SmallInteger, nullable=False, server_default="0"),
    _text("code"),
    _text("reply"),
    _moment("first_at"),
    _moment("last_at"),
    PrimaryKeyConstraint("issue", "subscriber"),
    sqlite_with_rowid=False,
)

READY_AGAIN = {
    "state": case((delivery.c.first_at.is_(None), "ready"), else_="retry"),
    "due_at": 0,
    "claim": "",
}
"""What becomes of a message that was claimed and not begun."""
due = Index(
    "delivery_due",
    delivery.c.issue,
    delivery.c.due_at,
    delivery.c.subscriber,
    sqlite_where=delivery.c.due_at.is_not(None),
    postgresql_where=delivery.c.due_at.is_not(None),
)

rate = Table(
    "rate",
    metadata,
    Column("key", Text, primary_key=True),
    *(
        Column(name, BigInteger, nullable=False, server_default="0")
        for name in ("arrival", "parked", "rest_until", "rests", "slowed", "slowed_at")
    ),
)

# One row for each lane and minute, so that lanes never wait for one another's counts.
tally = Table(
    "tally",
    metadata,
    Column("issue", BigInteger, nullable=False),
    Column("minute", BigInteger, nullable=False),
    Column("lane", Text, nullable=False),
    *(Column(name, Integer, nullable=False, server_default="0") for name in ("sent", "answers", "refusals")),
    PrimaryKeyConstraint("issue", "minute", "lane"),
    sqlite_with_rowid=False,
)

worker = Table(
    "worker",
    metadata,
    Column("name", Text, primary_key=True),
    _moment("since"),
    _moment("seen_at"),
    _text("doing"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", _Number, primary_key=True),
    _text("source"),
    _text("event"),
    _text("kind"),
    _text("status"),
    _text("diagnostic"),
    _text("marks"),
    _moment("at"),
    _moment("settled_at"),
    UniqueConstraint("source", "event"),
    sqlite_autoincrement=True,
)

unsettled = Index(
    "inbox_unsettled",
    inbox.c.id,
    sqlite_where=inbox.c.settled_at.is_(None),
    postgresql_where=inbox.c.settled_at.is_(None),
)
