"""A fleet at work: killed, stopped, cut off from its database, bounded in its rate and its connections."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

import psycopg
import pytest

from feeds.delivery.ledger import Limits, open_ledger
from feeds.delivery.rates import SECOND
from feeds.errors import DeliveryError
from feeds.job import fleet
from feeds.job._procrastinate import Procrastinate
from feeds.job.engines import Turn
from feeds.schedule import Schedule, following
from tests.delivery.examples import FakeClock, claimed, frozen, people, send
from tests.delivery_messages.sink import late, say
from tests.fleet.conftest import QUICK, Office, wait_until
from tests.fleet.crew import Counting, Hand, crew

READERS = 160
CONNECTIONS = 4
SLOTS = 22

only_a_fleet = pytest.mark.parametrize("office", ["procrastinate"], indirect=True)


@only_a_fleet
def test_S01_a_worker_that_is_killed_loses_nobody(office: Office, fresh: str) -> None:
    office.subscribe(READERS)
    with Counting({"dot": late(0.01, say("250 2.0.0 taken"))}).running() as sink:
        way = {"FEEDS_LEDGER": fresh, "FEEDS_TRANSPORT": f"smtp+plain://127.0.0.1:{sink.port}"}
        hand = Hand(office.project.root, way, _moment(office, "2026-11-25T12:00+00:00"))
        with crew(hand, 3) as workers:
            wait_until(lambda: len(office.ledger.workers()) == 3)
            engine = fleet.engine_at_work(office.ledger, way)
            assert engine
            office.engine = engine
            mailing = office.freeze()
            wait_until(lambda: len(sink.taken) > 50)
            wait_until(lambda: any(one.doing for one in office.ledger.workers()))
            at_work = next(one for one in office.ledger.workers() if one.doing)
            os.kill(int(at_work.name.rpartition(":")[2]), signal.SIGKILL)
            wait_until(lambda: office.stands() == "done", 60)
        status = office.ledger.status(mailing.id)
        readers = sink.readers
    assert [worker.exitcode for worker in workers].count(-9) == 1
    doubts = set(status.doubts)
    everybody = {one.address for one in people(READERS)}
    assert everybody - set(readers) <= doubts
    assert max(readers.values()) == 1
    assert len(doubts) <= CONNECTIONS
    assert status.states == {"sent": READERS - len(doubts), **({"held": len(doubts)} if doubts else {})}
    assert sink.most <= CONNECTIONS
    assert office.ledger.workers() == () or len(office.ledger.workers()) == 1  # the dead one, for a while


@only_a_fleet
def test_S07_22_weekly_slots_over_6_workers_of_whom_one_is_killed_are_22_issues(
    office: Office, fresh: str
) -> None:
    zone, schedule = ZoneInfo("Europe/Luxembourg"), Schedule.parse("Thursday 08:00")
    now = datetime.now(UTC)
    slots = []
    for number in range(SLOTS):
        now = following(schedule, zone, now).at.astimezone(UTC)
        slots.append(now + timedelta(minutes=1))
        day = now - timedelta(days=2)
        office.project.article(f"{number}.md", f"title: Story {number}\npublished: {day:%Y-%m-%dT%H:%M}")
    settings = (office.project.root / "feeds.toml").read_text()
    office.project.write("feeds.toml", settings + "\n[delivery]\nconnections = 1\n")
    clock = _moment(office, datetime.now(UTC).isoformat())
    hand = Hand(
        office.project.root,
        {"FEEDS_LEDGER": fresh},
        clock,
        replace(QUICK, beat=0.5, poll=1, tick="0 0 1 1 *"),
    )
    with crew(hand, 6) as workers:
        for number, moment in enumerate(slots, 1):
            _set(clock, moment)
            if number == SLOTS // 2:
                workers[0].kill()
            for _ in range(100):
                _nudge(fresh)
                if _came(lambda wanted=number: _done(office) == wanted):  # type: ignore[misc]
                    break
    mailings = office.ledger.mailings("weekly")
    assert [made.state for made in mailings] == ["done"] * SLOTS
    assert len({made.slot for made in mailings}) == SLOTS
    assert len(office.sent) == SLOTS * 30


def test_rates_hold_over_all_that_send(fresh: str) -> None:
    clock = FakeClock()
    ledgers = [open_ledger(fresh, clock=clock) for _ in range(3)]
    mailing = frozen(ledgers[0], people(300))
    limits = Limits(overall=10, domains={"d0.example.org": 2})
    begun, sent = clock.now, dict[str, int]()
    stack = ExitStack()
    senders = [stack.enter_context(ledger.sender()) for ledger in ledgers]
    while (seconds := (clock.now - begun) / SECOND) < 10:
        for sender in senders:
            claim = claimed(sender, mailing.id, 20, limits=limits)
            for job in send(sender, claim):
                sent[job.domain] = sent.get(job.domain, 0) + 1
            sender.release(claim)
        assert sum(sent.values()) <= 10 + 10 * seconds + 1
        assert sent.get("d0.example.org", 0) <= 2 + 2 * seconds + 1
        clock.now += SECOND // 2
    assert sum(sent.values()) >= 80  # and they are used
    stack.close()
    for ledger in ledgers:
        ledger.close()


@only_a_fleet
def test_postgresql_away_is_said_in_one_line_and_waited_for(office: Office, fresh: str) -> None:
    assert isinstance(office.engine, Procrastinate)
    office.engine.tell = office.told.append
    office.engine.address = "postgresql://nobody:secret@127.0.0.1:1/none"
    thread = office.working()
    wait_until(lambda: len(office.told) == 1)
    assert office.told == ["PostgreSQL does not answer (OperationalError); waiting for it."]
    Event().wait(0.5)
    assert len(office.told) == 1
    office.engine.address = fresh
    wait_until(lambda: office.stands() == "done")
    assert office.told[1] == "PostgreSQL is back; going on."
    _end_sessions(fresh)
    office.project.article("second.md", "title: A later story")
    office.now += timedelta(days=7)
    wait_until(lambda: [made.state for made in office.ledger.mailings("weekly")] == ["done", "done"])
    office.stop.set()
    thread.join(30)
    assert len(office.sent) == 60


@only_a_fleet
def test_a_lane_beyond_those_that_feeds_toml_allows_has_no_turn(office: Office) -> None:
    mailing = office.freeze()
    assert fleet.send(office.room, mailing, Turn(mailing.id, CONNECTIONS + 1), QUICK.lease) is False
    assert not office.sent


@only_a_fleet
def test_a_lane_that_gets_no_connection_lets_the_others_go_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = office.freeze()
    with office.ledger.sender() as other:
        send(other, claimed(other, mailing.id, 1))
    monkeypatch.setenv("FEEDS_TRANSPORT", "smtp+plain://127.0.0.1:1")  # where nobody listens
    turn = Turn(mailing.id, 2, "job2")
    thread = Thread(target=fleet.send, args=(office.room, mailing, turn, QUICK.lease))
    thread.start()
    Event().wait(0.5)
    turn.board.end("stopped")
    thread.join(30)
    with office.ledger.sender() as other:  # nothing rests, and nothing is claimed by it any more
        assert len(claimed(other, mailing.id).jobs) == 29


@only_a_fleet
def test_who_has_a_newsletter_for_themselves_is_waited_for(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = office.freeze()
    turn = Turn(mailing.id)
    with office.ledger.sending("weekly"):
        thread = Thread(target=fleet.send, args=(office.room, mailing, turn, QUICK.lease))
        thread.start()
        Event().wait(0.3)
        assert not office.sent
    thread.join(30)
    assert len(office.sent) == 30


def test_jobs_of_a_database_without_them_cannot_be_enqueued(fresh: str) -> None:
    with pytest.raises(DeliveryError, match=r"the ledger: cannot enqueue \(UndefinedTable 42P01\)"):
        Procrastinate(fresh).enqueue(1, 4)


def test_a_sleeping_fleet_is_no_fleet(fresh: str) -> None:
    clock = FakeClock()
    ledger = open_ledger(fresh, clock=clock)
    environment = {"FEEDS_LEDGER": fresh}
    assert fleet.engine_at_work(ledger, environment) is None
    ledger.present("mail-1:7")
    assert fleet.engine_at_work(ledger, environment)
    assert fleet.engine_at_work(ledger, {}) is None
    clock.turn(1)
    assert fleet.engine_at_work(ledger, environment) is None
    ledger.close()


@only_a_fleet
def test_who_looks_on_goes_when_nothing_is_due_for_long(office: Office) -> None:
    mailing = office.freeze()
    room = replace(office.room, engine=office.engine)
    limits = Limits(each_domain=0.001)
    with office.ledger.sender() as sender:
        while (claim := claimed(sender, mailing.id, limits=limits)).jobs:
            send(sender, claim)
    looked = fleet.watch(room, mailing, lambda seen: None, linger=60)
    assert (looked.state, looked.progress.left) == ("waiting", 27)


def test_a_worker_without_procrastinate_says_what_to_install(
    fresh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDS_LEDGER", fresh)
    monkeypatch.delitem(sys.modules, "feeds.job._procrastinate")
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    with pytest.raises(DeliveryError, match=r"feeds worker: needs procrastinate; install feeds\[cluster\]"):
        fleet.work(".", lambda: datetime.now(UTC), print, Event())


def _moment(office: Office, text: str) -> Path:
    return office.project.write("now", text)


def _set(clock: Path, moment: datetime) -> None:
    whole = clock.with_suffix(".new")
    whole.write_text(moment.isoformat())
    whole.replace(clock)


def _nudge(address: str) -> None:
    """Have a tick now, by whichever worker is the quickest: a minute of life is over in a moment."""
    job = ("clock", "tick", 1, None, "tick", '{"timestamp": 0}', None)
    row = "ROW(%s, %s, %s, %s, %s, %s::jsonb, %s::timestamptz)::procrastinate_job_to_defer_v1"
    with psycopg.connect(address, autocommit=True) as connection, suppress(psycopg.errors.UniqueViolation):
        connection.execute(f"SELECT procrastinate_defer_jobs_v1(ARRAY[{row}])".encode(), job)


def _came(true: Callable[[], bool]) -> bool:
    with suppress(AssertionError):
        wait_until(true, 0.6)
        return True
    return False


def _done(office: Office) -> int:
    return sum(made.state == "done" for made in office.ledger.mailings("weekly"))


def _end_sessions(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
