"""The schedule at work: one issue for each slot, none too late without asking, and none that is empty."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from feeds.delivery.engine import Delivered, Progress
from feeds.delivery.ledger import Mailing
from feeds.errors import SettingsError
from feeds.job import running
from feeds.job.rounds import Round, go_round
from feeds.job.sending import Mailroom
from tests.job.conftest import Office, deliver

THURSDAY = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
"""08:00 in Luxembourg."""


@pytest.fixture
def office(office: Office) -> Office:
    """The same, with a schedule."""
    settings = (office.project.root / "feeds.toml").read_text()
    office.project.write(
        "feeds.toml", settings + 'every = "Thursday 08:00"\ntimezone = "Europe/Luxembourg"\n'
    )
    return office


def go(office: Office, now: datetime, yes: bool = False) -> Round:
    """A round at a moment."""
    office.now = now
    return go_round(office.room, now, deliver, lambda slot, missed: yes)


def test_an_issue_goes_out_when_its_time_has_come_and_once(office: Office) -> None:
    assert go(office, THURSDAY).delivered
    assert office.sent == ["ada@example.org", "bob@example.net"]
    office.project.article("second.md", "title: A later story")
    again = go(office, THURSDAY + timedelta(minutes=1))
    assert again.delivered is None
    assert again.told == "weekly: the next issue is due on Thursday, 2026-12-03 at 08:00 CET."
    assert go(office, THURSDAY + timedelta(days=7)).delivered
    assert [made.slot for made in office.ledger.mailings("weekly")] == ["weekly/2026-W49", "weekly/2026-W48"]


def test_S08_after_three_weeks_only_the_newest_slot_and_only_if_somebody_says_so(office: Office) -> None:
    late = THURSDAY + timedelta(days=22, hours=3)
    asked = go(office, late)
    assert (asked.delivered, asked.missed) == (None, True)
    assert "weekly/2026-W51 was missed 1 day ago" in asked.told
    assert office.ledger.mailings("weekly") == ()
    assert go(office, late, yes=True).delivered
    assert [made.slot for made in office.ledger.mailings("weekly")] == ["weekly/2026-W51"]


def test_within_a_day_nobody_is_asked(office: Office) -> None:
    assert go(office, THURSDAY + timedelta(hours=23)).delivered


def test_an_empty_issue_is_skipped_and_said_so(office: Office) -> None:
    assert go(office, THURSDAY).delivered
    following = THURSDAY + timedelta(days=7)
    skipped = go(office, following)
    assert "has nothing to send" in skipped.told
    assert "weekly/2026-W49 is skipped" in skipped.told
    office.project.article("second.md", "title: A later story")
    assert go(office, following + timedelta(hours=2)).delivered is None  # its time is over
    assert office.room.latest() and office.room.latest().slot == "weekly/2026-W48"  # type: ignore[union-attr]


def test_without_subscribers_a_slot_is_skipped(office: Office) -> None:
    for who in list(office.ledger.subscribers("weekly")):
        office.ledger.unsubscribe(who.id)
    assert "has no subscribers; weekly/2026-W48 is skipped" in go(office, THURSDAY).told


def test_what_was_begun_is_gone_on_with_at_any_time(office: Office) -> None:
    office.room.freeze(office.room.plan(THURSDAY - timedelta(days=1)), THURSDAY - timedelta(days=1))
    made = go(office, THURSDAY - timedelta(hours=20))
    assert made.delivered and made.delivered.state == "done"


def test_what_was_paused_waits_for_a_person(office: Office) -> None:
    mailing = office.room.freeze(office.room.plan(THURSDAY), THURSDAY)
    office.ledger.pause(mailing.id, "by hand")
    made = go(office, THURSDAY)
    assert (made.delivered, made.missed) == (None, True)
    assert "is paused (by hand); `feeds send weekly` goes on." in made.told


def test_an_issue_sent_by_hand_in_the_slot_is_that_slots_issue(office: Office) -> None:
    office.now = THURSDAY + timedelta(minutes=5)
    office.send()
    office.project.article("second.md", "title: A later story")
    assert go(office, THURSDAY + timedelta(minutes=6)).delivered is None


def test_without_a_schedule_that_is_said(office: Office) -> None:
    settings = (office.project.root / "feeds.toml").read_text()
    office.project.write("feeds.toml", settings.replace("every = ", "# every = "))
    with pytest.raises(SettingsError, match=r"newsletter\.weekly\.every: is missing"):
        go(office, THURSDAY)


def test_the_job_runs_until_it_is_told_to_stop(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDS_LEDGER", str(office.project.root.parent / "ledger.db"))
    monkeypatch.setattr(running, "PAUSE", 0.0)
    stop, told, moments = Event(), list[str](), iter(THURSDAY + timedelta(minutes=n) for n in range(9))

    def clock() -> datetime:
        office.now = next(moments)
        if office.now == THURSDAY + timedelta(minutes=3):
            office.project.write("content/broken.md", "---\ntitel: x\n---\n")
        if office.now == THURSDAY + timedelta(minutes=8):
            stop.set()
        return office.now

    assert running.run(str(office.project.root), clock, deliver, told.append, stop) == 0
    assert told == [
        "weekly: weekly/2026-W48, weekly 1, to 2.",
        "weekly: the next issue is due on Thursday, 2026-12-03 at 08:00 CET.",
    ]


def test_a_fault_in_content_ends_no_more_than_a_round(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDS_LEDGER", str(office.project.root.parent / "ledger.db"))
    monkeypatch.setattr(running, "PAUSE", 0.0)
    stop, told, rounds = Event(), list[str](), iter(range(3))
    broken = office.project.write("content/broken.md", "---\ntitel: x\n---\n")

    def clock() -> datetime:
        if (number := next(rounds)) == 1:
            broken.unlink()
        if number == 2:
            stop.set()
        return THURSDAY

    running.run(str(office.project.root), clock, deliver, told.append, stop)
    assert "content/broken.md:2: titel: is unknown" in told[0]
    assert "to 2." in told[1]


def test_a_signal_that_the_engine_caught_ends_the_job(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDS_LEDGER", str(office.project.root.parent / "ledger.db"))

    def interrupted(room: Mailroom, mailing: Mailing) -> Delivered:
        return Delivered(state="stopped", progress=Progress(), signal=signal.SIGTERM)

    stop = Event()
    assert (
        running.run(str(office.project.root), lambda: THURSDAY, interrupted, list[str]().append, stop)
        == signal.SIGTERM
    )
