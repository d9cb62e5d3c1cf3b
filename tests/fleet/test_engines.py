"""What every engine keeps to: the embedded one of `feeds run`, and procrastinate's of `feeds worker`."""

from __future__ import annotations

from threading import Event

import pytest

from feeds.delivery.ledger import Mailing
from feeds.job.engines import Turn
from feeds.job.sending import Mailroom
from feeds.job.shift import begin
from tests.delivery.examples import draft
from tests.fleet.conftest import EARLY, Office


def test_what_is_enqueued_with_the_freeze_is_sent_once_to_everybody(office: Office) -> None:
    office.now = EARLY
    assert office.freeze().state == "sending"
    office.works_until(lambda: office.stands() == "done")
    assert len(office.sent) == len(set(office.sent)) == 30


def test_what_was_frozen_in_a_transaction_that_failed_is_not_there(office: Office) -> None:
    office.now = EARLY

    def along(connection: object, issue: int) -> None:
        office.engine.enqueue(issue, 4, connection)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.ledger.freeze(draft(), along)
    assert office.ledger.mailings("weekly") == ()
    office.freeze()  # it may well have the same number
    office.works_until(lambda: office.stands() == "done")
    assert len(office.sent) == 30


def test_enqueued_again_and_again_it_is_sent_once(office: Office) -> None:
    office.now = EARLY
    mailing = office.freeze()
    for _ in range(3):
        begin(office.room, mailing, office.engine)
    office.works_until(lambda: office.stands() == "done")
    assert len(office.sent) == len(set(office.sent)) == 30


def test_a_job_that_was_lost_is_put_back_by_the_minute(office: Office) -> None:
    office.now = EARLY
    made = office.ledger.freeze(draft(otherwise="en"))
    assert made
    office.ledger.begin(made.id)  # and nobody has enqueued it
    turns: list[Turn] = []

    def send(room: Mailroom, mailing: Mailing, turn: Turn) -> bool:
        turns.append(turn)
        office.ledger.cancel(mailing.id)
        return False

    office.send = send  # type: ignore[method-assign]
    office.works_until(lambda: bool(turns))
    assert {turn.issue for turn in turns} == {made.id}


def test_what_is_due_is_made_by_the_minute_and_once(office: Office) -> None:
    office.works_until(lambda: office.stands() == "done")
    office.works_until(lambda: "next issue is due" in office.told[-1])
    assert [made.slot for made in office.ledger.mailings("weekly")] == ["weekly/2026-W48"]
    assert len(office.sent) == 30


def test_what_is_paused_waits_until_somebody_goes_on(office: Office) -> None:
    office.now = EARLY
    mailing = office.freeze()
    office.ledger.pause(mailing.id, "by hand")
    office.works_until(lambda: any("is paused (by hand)" in told for told in office.told))
    assert not office.sent
    begin(office.room, office.ledger.mailing(mailing.id), office.engine)
    office.works_until(lambda: office.stands() == "done")
    assert len(office.sent) == 30


def test_stopped_in_a_turn_the_message_in_hand_is_ended_and_the_next_run_goes_on(office: Office) -> None:
    office.now = EARLY
    begun, turns = Event(), list[Turn]()
    office.freeze()
    usual = office.send

    def slow(room: Mailroom, mailing: Mailing, turn: Turn) -> bool:
        turns.append(turn)
        begun.set()
        office.stop.wait(30)
        return usual(room, mailing, turn) if len(turns) > 100 else True

    office.send = slow  # type: ignore[method-assign]
    office.works_until(begun.is_set)
    assert office.stands() == "sending"
    office.send = usual  # type: ignore[method-assign]
    office.works_until(lambda: office.stands() == "done")
    assert len(office.sent) == len(set(office.sent)) == 30


def test_a_fault_in_a_turn_ends_no_more_than_that(office: Office) -> None:
    office.now = EARLY
    office.freeze()
    settings = office.project.root / "feeds.toml"
    right = settings.read_text()
    settings.write_text(right.replace("[feed.news]", "[feed.news]\nnonsense = 1"))
    office.works_until(lambda: any("nonsense" in told for told in office.told))
    settings.write_text(right)
    office.works_until(lambda: office.stands() == "done")
    assert len(office.sent) == 30


def test_what_a_dead_process_had_claimed_is_anybodys_again(office: Office) -> None:
    office.now = EARLY
    mailing = office.freeze()
    with office.ledger.sender("job7") as dead, office.ledger.sender("job77") as alive:
        claims = dead.claim(mailing.id, 10), alive.claim(mailing.id, 10)
        office.shift.lost(mailing.id, "job7")
        assert office.ledger.status(mailing.id).states == {"ready": 20, "claimed": 10}
        assert dead.step(claims[0], [], claims[0].jobs).begun == ()
        assert alive.step(claims[1], [], claims[1].jobs).begun == claims[1].jobs
