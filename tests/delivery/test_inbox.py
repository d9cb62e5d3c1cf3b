"""The inbox of reports, held against the twin in memory, SQLite and a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import text

from feeds.delivery.ledger import Ledger, migrations, open_ledger
from feeds.delivery.ledger.database import Database
from feeds.delivery.ledger.inbox import BATCH, KEPT, Received
from feeds.delivery.ledger.sql import SqlLedger
from feeds.delivery.rates import MINUTE
from feeds.delivery.verp import Verp
from feeds.job.inbox import settle_inbox
from tests.delivery.examples import FakeClock, frozen, person, send_all

_events = count(1)


def report(**fields: object) -> Received:
    """One report, another each time."""
    given: dict[str, object] = {"source": "mailgun", "event": f"e{next(_events)}", "kind": "hard", **fields}
    return Received(**given)  # type: ignore[arg-type]


def verp(ledger: Ledger) -> Verp:
    """The return paths of a newsletter."""
    return Verp("example.org", (ledger.key("bounce"),))


def about(ledger: Ledger, issue: int, address: str, **fields: object) -> Received:
    """A report about the message of an issue to an address."""
    found = ledger.find("weekly", address)
    assert found
    return report(marks=verp(ledger).message_id(issue, found.id), **fields)


@pytest.fixture
def sent(ledger: Ledger) -> int:
    """An issue that went to two."""
    made = frozen(ledger, [person("a@example.org"), person("b@example.org")])
    assert len(send_all(ledger, made.id)) == 2
    return made.id


def test_what_came_is_told_in_order_until_it_is_settled(ledger: Ledger, clock: FakeClock) -> None:
    one, two = report(status="5.1.1", diagnostic="no", marks="<x@y>"), report(source="ses")
    assert ledger.receive(one)
    clock.turn(1)
    assert ledger.receive(two)
    kept = ledger.received()
    assert [replace(report, number=0, at=0) for report in kept] == [one, two]
    assert [report.at for report in kept] == [clock.now - MINUTE, clock.now]
    assert ledger.received(kept[0].number) == kept[1:]
    ledger.settle([kept[0].number])
    assert ledger.received() == kept[1:]


def test_H16_a_replay_is_refused_also_when_the_first_was_settled(ledger: Ledger) -> None:
    one = report(event="same")
    assert ledger.receive(one)
    assert not ledger.receive(replace(one, kind="complaint"))
    ledger.settle([ledger.received()[0].number])
    assert not ledger.receive(one)
    assert ledger.receive(replace(one, source="postmark"))  # another's number is another event
    assert [report.source for report in ledger.received()] == ["postmark"]


def test_H16_of_many_at_once_one_is_kept(ledger: Ledger) -> None:
    one = report(event="raced")
    with ThreadPoolExecutor(8) as racers:
        assert sorted(racers.map(lambda _: ledger.receive(one), range(8))) == [False] * 7 + [True]


def test_it_is_forgotten_after_a_month_and_not_before(ledger: Ledger, clock: FakeClock) -> None:
    one, question, waiting = report(event="old"), report(kind="subscription"), report()
    assert [ledger.receive(each) for each in (one, question, waiting)] == [True] * 3
    ledger.settle([ledger.received()[0].number])
    clock.now += KEPT
    ledger.settle([])
    assert not ledger.receive(one)
    clock.now += 1
    ledger.settle([])
    assert [each.event for each in ledger.received()] == [waiting.event]  # nobody has acted on it
    assert ledger.receive(one)


def test_what_a_settled_report_said_is_gone(where: str) -> None:
    ledger = open_ledger(where)
    assert isinstance(ledger, SqlLedger)
    ledger.receive(report(diagnostic="said", marks="<marked>"))
    ledger.settle([ledger.received()[0].number])
    with ledger.database.reading() as unit:
        assert unit.connection.execute(text("SELECT diagnostic, marks FROM inbox")).all() == [("", "")]
    ledger.close()


def test_S12_a_ledger_made_before_there_was_an_inbox_gets_one(where: str) -> None:
    made = Database.open(where)
    with made.writing("back") as unit:
        for later in ("inbox", "worker"):
            unit.connection.execute(text(f"DROP TABLE {later}"))
        unit.connection.execute(text("DELETE FROM schema_version WHERE version > 1"))
    made.migrate()
    with made.reading() as unit:
        assert migrations.version(unit.connection) == len(migrations.STEPS)
        assert unit.connection.execute(text("SELECT * FROM inbox")).all() == []
    made.engine.dispose()


def test_a_bounce_fails_the_message_and_suppresses_the_address(ledger: Ledger, sent: int) -> None:
    ledger.receive(about(ledger, sent, "a@example.org", status="5.1.1", diagnostic="no a@example.org here"))
    assert settle_inbox(ledger, [verp(ledger)]) == {"nobody": 1}
    story = ledger.why("weekly", "a@example.org")
    assert (story.suppressed, story.chapters[0].state) == ("failed: nobody", "failed")
    assert story.chapters[0].reply == "no … here"
    assert ledger.suppressed("b@example.org") == ""
    assert ledger.received() == () and settle_inbox(ledger, [verp(ledger)]) == {}


def test_a_complaint_suppresses_and_leaves_the_message_sent(ledger: Ledger, sent: int) -> None:
    ledger.receive(about(ledger, sent, "a@example.org", kind="complaint"))
    assert settle_inbox(ledger, [verp(ledger)]) == {"complaint": 1}
    story = ledger.why("weekly", "a@example.org")
    assert (story.suppressed, story.chapters[0].state) == ("failed: complaint", "sent")


def test_H16_what_is_not_ours_changes_nothing(ledger: Ledger, sent: int) -> None:
    stranger = Verp("example.org", (b"another key of sixteen",))
    mine = verp(ledger).message_id(sent, 1)
    marks = ["", stranger.message_id(sent, 1), mine.replace(f"{sent:x}-1-", f"{sent:x}-2-"), "x@y"]
    for mark in marks:
        ledger.receive(report(marks=mark, status="5.1.1"))
    ledger.receive(report(marks=verp(ledger).message_id(99, 1), status="5.1.1"))
    assert settle_inbox(ledger, [verp(ledger)]) == {"foreign": 4, "known": 1}
    assert ledger.status(sent).states == {"sent": 2}
    assert not ledger.suppressed("a@example.org") and not ledger.suppressed("b@example.org")


@pytest.mark.parametrize(("kind", "status"), [("soft", "4.2.2"), ("none", ""), ("hard", "5.7.1")])
def test_what_is_late_or_our_fault_has_no_consequence(
    ledger: Ledger, sent: int, kind: str, status: str
) -> None:
    ledger.receive(about(ledger, sent, "a@example.org", kind=kind, status=status))
    assert settle_inbox(ledger, [verp(ledger)]) == {"nothing": 1}
    assert ledger.status(sent).states == {"sent": 2}


def test_more_than_a_batch_and_a_question_that_stays(ledger: Ledger) -> None:
    ledger.receive(report(kind="subscription", diagnostic="https://…"))
    for _ in range(BATCH + 1):
        ledger.receive(report())
    assert settle_inbox(ledger, []) == {"foreign": BATCH + 1}
    assert [each.kind for each in ledger.received()] == ["subscription"]
