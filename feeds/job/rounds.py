"""One round of the job: what was begun is gone on with, and what is due at a moment is sent.

A round may be made at any time and by anybody: cron, a hosted scheduler, `feeds run`, several at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from feeds.config import FILE_NAME
from feeds.delivery.engine import Delivered
from feeds.delivery.ledger import Draft, Mailing
from feeds.delivery.subscribers import moment
from feeds.errors import BusyError, Fault, Place, SettingsError
from feeds.job.inbox import settle_inbox
from feeds.job.returned import paths_of
from feeds.job.sending import Mailroom
from feeds.newsletter.frozen import EmptyIssueError
from feeds.schedule import Due, Late, Schedule, Slot, due, following

Deliver = Callable[[Mailroom, Mailing], Delivered]
Ask = Callable[[str, str], bool]
"""Asked whether a slot (its name, and how long ago it was) is still to have its issue."""


@dataclass(frozen=True, kw_only=True)
class Round:
    """What came of a round."""

    newsletter: str
    told: str
    """In one sentence."""
    delivered: Delivered | None = None
    next_at: datetime | None = None
    """When the next slot is due; None where there is no schedule."""
    missed: bool = False
    """Whether a slot waits for a person to say what becomes of it."""


def go_round(room: Mailroom, now: datetime, deliver: Deliver, ask: Ask) -> Round:
    """Do for one newsletter what is to be done at `now`.

    Raises `SettingsError` where it has no schedule, `BusyError` where another process sends it or makes
    a round, and what `Mailroom.plan` raises.
    """
    with room.ledger.alone(f"{room.newsletter}.round") as ours:
        if not ours:  # of two that plan at once, one would find nothing new, and skip the slot of the other
            problem = "is being looked after by another process; see how it goes with `feeds status`"
            raise BusyError(Fault(Place(f"newsletter.{room.newsletter}"), problem))
        return _round(room, now, deliver, ask)


def _round(room: Mailroom, now: datetime, deliver: Deliver, ask: Ask) -> Round:
    schedule, zone = schedule_of(room), zone_of(room)
    next_at = following(schedule, zone, now).at.astimezone(zone)
    if mailing := room.current():
        return _went_on(room, mailing, deliver, next_at)
    found = _due(room, schedule, zone, now)
    if found is None:
        return Round(newsletter=room.newsletter, told=_waits(room, next_at), next_at=next_at)
    if isinstance(found, Late) and not ask(found.slot.name, f"{_long(found.by)} ago"):
        told = (
            f"{room.newsletter}: {found.slot.name} was missed {_long(found.by)} ago, so nothing is sent; "
            f"`feeds send {room.newsletter}` sends it all the same."
        )
        return Round(newsletter=room.newsletter, told=told, next_at=next_at, missed=True)
    return _sent(room, found.slot, now, deliver, next_at)


def settle_reports(rooms: Sequence[Mailroom]) -> None:
    """Act on what providers have reported since the last round."""
    for room in rooms[:1]:  # they have one ledger
        settle_inbox(room.ledger, paths_of(room.ledger, room.publication.settings.newsletter))


def schedule_of(room: Mailroom) -> Schedule:
    """When a newsletter goes out. Raises `SettingsError` where feeds.toml does not say."""
    if not room.settings.every:
        place = Place(FILE_NAME, field=f"newsletter.{room.newsletter}.every")
        raise SettingsError(Fault(place, "is missing; write when it goes out, such as “Thursday 08:00”"))
    return Schedule.parse(room.settings.every)


def zone_of(room: Mailroom) -> ZoneInfo:
    """The clock that a newsletter's schedule goes by."""
    return ZoneInfo(room.settings.timezone or room.publication.settings.publication.timezone)


def _due(room: Mailroom, schedule: Schedule, zone: ZoneInfo, now: datetime) -> Due | Late | None:
    mailings = room.ledger.mailings(room.newsletter)
    since = max((moment(made.frozen_at) for made in mailings), default=None)
    return due(schedule, zone, now, {made.slot for made in mailings}, since)


def _went_on(room: Mailroom, mailing: Mailing, deliver: Deliver, next_at: datetime) -> Round:
    if mailing.state == "paused":
        told = f"{room.newsletter}: is paused ({mailing.reason}); `feeds send {room.newsletter}` goes on."
        return Round(newsletter=room.newsletter, told=told, next_at=next_at, missed=True)
    told = f"{room.newsletter}: going on with {mailing.slot}."
    return Round(newsletter=room.newsletter, told=told, delivered=deliver(room, mailing), next_at=next_at)


def _sent(room: Mailroom, slot: Slot, now: datetime, deliver: Deliver, next_at: datetime) -> Round:
    try:
        plan = room.plan(now, slot.name)
    except EmptyIssueError as empty:
        return _skipped(room, slot, next_at, str(empty))
    if not plan.recipients:
        return _skipped(room, slot, next_at, f"newsletter {room.newsletter}: has no subscribers")
    mailing = room.freeze(plan, now, "the schedule")
    told = f"{room.newsletter}: {mailing.slot}, {plan.name}, to {mailing.recipients:,}."
    return Round(newsletter=room.newsletter, told=told, delivered=deliver(room, mailing), next_at=next_at)


def _skipped(room: Mailroom, slot: Slot, next_at: datetime, reason: str) -> Round:
    """The slot is taken all the same: what comes an hour later waits for the next one."""
    if made := room.ledger.freeze(Draft(newsletter=room.newsletter, slot=slot.name, variants=())):
        room.ledger.cancel(made.id)
    told = f"{reason}; {slot.name} is skipped. {_waits(room, next_at)}"
    return Round(newsletter=room.newsletter, told=told, next_at=next_at)


def _waits(room: Mailroom, next_at: datetime) -> str:
    return f"{room.newsletter}: the next issue is due on {next_at:%A, %Y-%m-%d at %H:%M %Z}."


def _long(by: timedelta) -> str:
    days, hours = by.days, by.seconds // 3600
    return f"{days} day{'s' * (days != 1)}" if days else f"{hours} hour{'s' * (hours != 1)}"
