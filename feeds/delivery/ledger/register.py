"""The list of subscribers, in SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, func, literal, select, update

from feeds.delivery.addresses import address_key
from feeds.delivery.ledger.database import Unit
from feeds.delivery.ledger.statements import insert_or_nothing
from feeds.delivery.ledger.tables import delivery, issue, strike, subscriber, suppression
from feeds.delivery.ledger.values import WAITING
from feeds.delivery.subscribers import Audience, Consent, Enrolled, Entry, Stats, Subscriber
from feeds.errors import DeliveryError, Fault, Place

_HIDDEN = func.coalesce(suppression.c.reason, "").label("suppressed")
_EVERYBODY = select(subscriber, _HIDDEN).outerjoin(
    suppression, suppression.c.address_key == subscriber.c.address_key
)
_BY_NUMBER = _EVERYBODY.where(subscriber.c.id == bindparam("number"))
_BY_KEY = _EVERYBODY.where(
    subscriber.c.newsletter == bindparam("newsletter"), subscriber.c.address_key == bindparam("key")
)
# coalesce() keeps SQLite from the index on newsletter, by which it would sort everybody for each page.
_PAGE = (
    _EVERYBODY.where(
        func.coalesce(subscriber.c.newsletter, "") == bindparam("newsletter"),
        subscriber.c.id > bindparam("after"),
    )
    .order_by(subscriber.c.id)
    .limit(bindparam("most"))
)
_SUPPRESSED_OF = select(suppression.c.address_key).where(
    suppression.c.address_key.in_(bindparam("keys", expanding=True))
)
_CHANGE = update(subscriber).where(subscriber.c.id == bindparam("number"))


def by_number(unit: Unit, number: int) -> Subscriber | None:
    """The subscriber with an id."""
    row = unit.connection.execute(_BY_NUMBER, {"number": number}).one_or_none()
    return None if row is None else _subscriber(row)


def by_key(unit: Unit, newsletter: str, key: str) -> Subscriber | None:
    """The subscriber whose address has a key."""
    row = unit.connection.execute(_BY_KEY, {"newsletter": newsletter, "key": key}).one_or_none()
    return None if row is None else _subscriber(row)


def page(unit: Unit, newsletter: str, after: int, most: int) -> list[Subscriber]:
    """The next subscribers after an id."""
    values = {"newsletter": newsletter, "after": after, "most": most}
    return [_subscriber(row) for row in unit.connection.execute(_PAGE, values)]


def add(unit: Unit, newsletter: str, entry: Entry, key: str, again: bool) -> Subscriber:
    """Put one on the list; who had unsubscribed comes back with a new epoch."""
    if reason := suppressed(unit, key):
        if not again:
            problem = f"nothing may be sent to this address ({reason}); it takes new consent to undo that"
            raise DeliveryError(Fault(Place("the ledger"), problem))
        unit.connection.execute(delete(suppression).where(suppression.c.address_key == key))
        unit.connection.execute(delete(strike).where(strike.c.address_key == key))
    known = by_key(unit, newsletter, key)
    if known is None:
        unit.connection.execute(insert_or_nothing(unit, subscriber), _row(newsletter, entry, key))
    elif again or known.state == "unsubscribed":
        values = {**_row(newsletter, entry, key), "epoch": known.epoch + 1}
        unit.connection.execute(_CHANGE.values(values), {"number": known.id})
    found = by_key(unit, newsletter, key)
    assert found
    return found


def enrol(unit: Unit, newsletter: str, entries: Sequence[Entry], secret: bytes) -> Enrolled:
    """Put a batch on the list; who is on it, or suppressed, stays as they are."""
    keys = [address_key(secret, entry.address) for entry in entries]
    asked = {"newsletter": newsletter, "keys": list(dict.fromkeys(keys))}
    barred = set(unit.connection.scalars(_SUPPRESSED_OF, asked))
    passed = barred.union(unit.connection.scalars(_KNOWN_OF, asked))
    rows: dict[str, dict[str, object]] = {}
    for key, entry in zip(keys, entries, strict=True):
        if key not in passed and key not in rows:
            rows[key] = _row(newsletter, entry, key)
    added = 0
    if rows:
        statement = insert_or_nothing(unit, subscriber).returning(subscriber.c.id)
        added = len(unit.connection.scalars(statement, list(rows.values())).all())
    suppressed = sum(key in barred for key in keys)
    return Enrolled(added, len(keys) - added - suppressed, suppressed)


_KNOWN_OF = select(subscriber.c.address_key).where(
    subscriber.c.newsletter == bindparam("newsletter"),
    subscriber.c.address_key.in_(bindparam("keys", expanding=True)),
)


def confirm(unit: Unit, number: int) -> None:
    """From pending to active."""
    values = {"state": "active", "confirmed_at": unit.now}
    unit.connection.execute(_CHANGE.where(subscriber.c.state == "pending").values(values), {"number": number})


def choose(unit: Unit, number: int, topics: tuple[str, ...], language: str, paused: bool) -> None:
    """What they want to read, and whether anything comes at all; not for who unsubscribed."""
    kept = subscriber.c.state
    state = case((kept == "pending", kept), else_="paused" if paused else "active")
    change = _CHANGE.where(kept != "unsubscribed")
    values = {"topics": ",".join(topics), "language": language, "state": state}
    unit.connection.execute(change.values(values), {"number": number})


def unsubscribe(unit: Unit, number: int) -> None:
    """From any state to unsubscribed."""
    unit.connection.execute(_CHANGE.values(state="unsubscribed"), {"number": number})


def erase(unit: Unit, key: str) -> int:
    """Forget an address: its rows, and in every issue the address and what servers said of it."""
    suppress(unit, key, "erased")
    connection = unit.connection
    numbers = connection.scalars(select(subscriber.c.id).where(subscriber.c.address_key == key)).all()
    mine = (
        delivery.c.issue.in_(select(issue.c.id)),  # the primary key begins with it
        delivery.c.subscriber.in_(numbers),
    )
    connection.execute(update(delivery).where(*mine).values(address="", reply=""))
    waiting = update(delivery).where(*mine, delivery.c.state.in_((*WAITING, "held")))
    connection.execute(waiting.values(state="cancelled", due_at=None))
    connection.execute(delete(strike).where(strike.c.address_key == key))
    connection.execute(delete(subscriber).where(subscriber.c.address_key == key))
    return len(numbers)


def suppress(unit: Unit, key: str, reason: str) -> None:
    """Never again; the first reason is kept."""
    values = {"address_key": key, "reason": reason, "at": unit.now}
    unit.connection.execute(insert_or_nothing(unit, suppression), values)


def suppressed(unit: Unit, key: str) -> str:
    """Why nothing is sent to an address."""
    statement = select(suppression.c.reason).where(suppression.c.address_key == key)
    return unit.connection.scalar(statement) or ""


def stats(unit: Unit, newsletter: str) -> Stats:
    """The list in numbers; languages and topics are those of active subscribers."""
    mine = subscriber.c.newsletter == newsletter
    states = _counted(unit, subscriber.c.state, mine)
    languages: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    for audience, count in audiences(unit, newsletter).items():
        languages[audience.language] += count
        topics.update(dict.fromkeys(audience.topics, count))
    barred = select(func.count()).where(mine, subscriber.c.address_key == suppression.c.address_key)
    return Stats(states, languages, topics, unit.connection.scalar(barred) or 0)


def audiences(unit: Unit, newsletter: str) -> dict[Audience, int]:
    """The active subscribers by language and topics, the largest audience first."""
    columns = (subscriber.c.language, subscriber.c.topics)
    statement = (
        select(*columns, func.count())
        .where(subscriber.c.newsletter == newsletter, subscriber.c.state == "active")
        .group_by(*columns)
        .order_by(func.count().desc(), *columns)
    )
    return {
        Audience(language, topics_of(topics)): count
        for language, topics, count in unit.connection.execute(statement)
    }


def topics_of(text: str) -> tuple[str, ...]:
    """Topics as the table has them, one by one."""
    return tuple(text.split(",")) if text else ()


def _counted(unit: Unit, column: Any, *where: Any) -> Mapping[Any, int]:
    statement = select(column, func.count(literal(1))).where(*where).group_by(column)
    return dict(unit.connection.execute(statement).all())


def _row(newsletter: str, entry: Entry, key: str) -> dict[str, object]:
    return {
        "newsletter": newsletter,
        "address": entry.address,
        "address_key": key,
        "domain": entry.domain,
        "state": entry.state,
        "topics": ",".join(entry.topics),
        "language": entry.language,
        "consent_how": entry.consent.how,
        "consent_at": entry.consent.at,
        "confirmed_at": entry.confirmed_at,
    }


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(
        id=row.id,
        newsletter=row.newsletter,
        address=row.address,
        domain=row.domain,
        state=row.state,
        topics=topics_of(row.topics),
        language=row.language,
        epoch=row.epoch,
        consent=Consent(row.consent_how, row.consent_at),
        confirmed_at=row.confirmed_at,
        suppressed=row.suppressed,
    )
