"""The schedule: one issue for each local week or day, in every time zone, whatever a clock does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.schedule import WEEKDAYS, Due, Late, Schedule, Slot, due, following, latest

BEGIN, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LUXEMBOURG = ZoneInfo("Europe/Luxembourg")
WEEKLY = Schedule.parse("Thursday 08:00")
DAILY = Schedule.parse("daily 02:30")


def at(text: str, zone: ZoneInfo = LUXEMBOURG) -> datetime:
    """A moment by a zone's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def between(schedule: Schedule, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Slot]:
    """Every slot after `start`, up to `end`, as a job that never sleeps meets them."""
    while (slot := following(schedule, zone, start)).at <= end:
        yield slot
        start = slot.at


# What people write


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Thursday 08:00", "Thursday 08:00"),
        ("  thursday   8:00 ", "Thursday 08:00"),
        ("Thursday,Monday 23:59", "Monday, Thursday 23:59"),
        ("Monday, monday 00:00", "Monday 00:00"),
        ("daily 06:30", "daily 06:30"),
        ("weekdays 06:30", "weekdays 06:30"),
        ("monday, tuesday, wednesday, thursday, friday 06:30", "weekdays 06:30"),
        ("first Monday 08:00", "first Monday 08:00"),
        ("Last friday 08:00", "last Friday 08:00"),
    ],
)
def test_a_schedule_says_what_was_written(text: str, same: str) -> None:
    schedule = Schedule.parse(text)
    assert str(schedule) == same
    assert Schedule.parse(same) == schedule


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no schedule; write Thursday 08:00"),
        ("Thursday", "is no schedule; write Thursday 08:00"),
        ("08:00", "is no schedule; write"),
        ("Thursday 8am", "is no schedule; write"),
        ("Thursday 08:00 Europe/Paris", "is no schedule; write"),
        ("Thurdsay 08:00", "“thurdsay” is no day; did you mean Thursday?"),
        ("dayly 08:00", "“dayly” is no day; did you mean daily?"),
        ("Jeudi 08:00", "“jeudi” is no day"),
        ("Monday, 08:00", "“” is no day; write"),
        ("first 08:00", "“” is no day; write"),
        ("first Monday, Friday 08:00", "“monday, friday” is no day"),
        ("fifth Monday 08:00", "“fifth monday” is no day"),
        pytest.param("* * * * * *", "is no schedule; write", id="G06-every-second"),
        pytest.param("0 0 30 2 *", "is no schedule; write", id="G06-never"),
        ("Thursday 24:00", "“24:00” is no time of day"),
        ("Thursday 08:60", "“08:60” is no time of day"),
    ],
)
def test_a_mistake_is_explained(text: str, problem: str) -> None:
    with pytest.raises(ValueError) as refusal:
        Schedule.parse(text)
    assert problem in str(refusal.value)


# What a slot is called, and when it is


@pytest.mark.parametrize(
    ("text", "name", "moment"),
    [
        ("Thursday 08:00", "weekly/2026-W47", "2026-11-19T08:00"),
        ("Sunday 12:00", "weekly/2026-W47", "2026-11-22T12:00"),
        ("Sunday 12:01", "weekly/2026-W46", "2026-11-15T12:01"),
        ("daily 08:00", "2026-11-22", "2026-11-22T08:00"),
        ("weekdays 08:00", "2026-11-20", "2026-11-20T08:00"),
        ("Monday, Thursday 08:00", "2026-11-19", "2026-11-19T08:00"),
        ("first Monday 08:00", "monthly/2026-11", "2026-11-02T08:00"),
        ("fourth Monday 08:00", "monthly/2026-10", "2026-10-26T08:00"),
        ("last Friday 08:00", "monthly/2026-10", "2026-10-30T08:00"),
    ],
)
def test_the_latest_slot(text: str, name: str, moment: str) -> None:
    now = at("2026-11-22T12:00")
    assert latest(Schedule.parse(text), LUXEMBOURG, now) == Slot(at(moment), name)


def test_weeks_are_named_by_their_own_year() -> None:
    slot = latest(Schedule.parse("Friday 08:00"), LUXEMBOURG, at("2027-01-01T09:00"))
    assert slot.name == "weekly/2026-W53"


def test_the_zone_decides_which_day_it_is() -> None:
    schedule, now = Schedule.parse("Thursday 08:00"), datetime(2026, 11, 18, 22, tzinfo=UTC)
    assert latest(schedule, ZoneInfo("Pacific/Auckland"), now).name == "weekly/2026-W47"
    assert latest(schedule, ZoneInfo("America/Los_Angeles"), now).name == "weekly/2026-W46"


def test_a_time_that_comes_twice_counts_once() -> None:
    slots = list(between(DAILY, LUXEMBOURG, at("2026-10-24T12:00"), at("2026-10-26T12:00")))
    assert [slot.name for slot in slots] == ["2026-10-25", "2026-10-26"]
    assert slots[0].at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_time_that_never_comes_is_right_after_the_gap() -> None:
    slot = latest(DAILY, LUXEMBOURG, at("2026-03-29T12:00"))
    assert slot == Slot(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2026-03-29")
    assert following(DAILY, LUXEMBOURG, slot.at - MINUTE) == slot


def test_a_gap_over_midnight_keeps_the_day() -> None:
    """In Nuuk clocks go from Saturday 22:59 to Sunday 00:00; half past eleven is Saturday's all the same."""
    nuuk = ZoneInfo("America/Nuuk")
    slots = list(
        between(
            Schedule.parse("daily 23:30"), nuuk, at("2026-03-27T12:00", nuuk), at("2026-03-30T12:00", nuuk)
        )
    )
    assert [slot.name for slot in slots] == ["2026-03-27", "2026-03-28", "2026-03-29"]
    assert slots[1].at == at("2026-03-29T00:00", nuuk)


def test_a_day_that_never_was_has_no_slot_and_its_week_has_one() -> None:
    apia = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011
    start, end = at("2011-12-28T12:00", apia), at("2012-01-01T12:00", apia)
    days = between(Schedule.parse("daily 08:00"), apia, start, end)
    assert [slot.name for slot in days] == ["2011-12-29", "2011-12-31", "2012-01-01"]
    (week,) = between(Schedule.parse("Friday 08:00"), apia, start, end)
    assert week == Slot(at("2011-12-31T00:00", apia), "weekly/2011-W52")


# Every time zone, 2000 to 2040


@dataclass(frozen=True)
class Change:
    """A moment at which a zone's clocks are set."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def local(self) -> datetime:
        """What clocks would show then, had nobody set them."""
        return (self.at + self.before).replace(tzinfo=None)


@cache
def changes(zone: ZoneInfo) -> tuple[Change, ...]:
    """All times at which clocks are set. No clock is set and set back within four days."""
    moments = [BEGIN + number * 4 * DAY for number in range((END - BEGIN) // DAY // 4)]
    offsets = [_offset(zone, moment) for moment in moments]
    return tuple(
        Change(_changed(zone, moments[number], moments[number + 1]), before, after)
        for number, (before, after) in enumerate(pairwise(offsets))
        if before != after
    )


def _changed(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    before = _offset(zone, early)
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        early, late = (middle, late) if _offset(zone, middle) == before else (early, middle)
    return late


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


@cache
def zones() -> tuple[ZoneInfo, ...]:
    """One zone for each history: Zurich and Vaduz have had the same."""
    read = {_file(name): ZoneInfo(name) for name in sorted(available_timezones(), reverse=True)}
    distinct = {changes(zone) or _offset(zone, BEGIN): zone for zone in read.values()}
    return tuple(distinct.values())


def _file(name: str) -> bytes:
    """What is known of a zone: most names are other names of one file."""
    file = files("tzdata").joinpath("zoneinfo", *name.split("/"))
    return file.read_bytes() if file.is_file() else name.encode()


@pytest.mark.no_cover  # the same lines for hundreds of zones
def test_all_time_zones_are_looked_at() -> None:
    assert len(available_timezones()) > 400
    assert len(zones()) > 150
    assert sum(len(changes(zone)) for zone in zones()) > 5000
    assert Change(datetime(2026, 3, 29, 1, tzinfo=UTC), timedelta(hours=1), timedelta(hours=2)) in changes(
        ZoneInfo("Europe/Paris")
    )


def times_around(change: Change) -> set[time]:
    """Times of day before, at, within and after a gap or a fold."""
    gap = abs(change.after - change.before)
    edges = (-MINUTE, timedelta(), gap / 2, gap - MINUTE, gap, gap + MINUTE, -gap)
    return {(change.local + edge).time().replace(second=0, microsecond=0) for edge in edges}


def real_days(zone: ZoneInfo, start: datetime, end: datetime) -> list[date]:
    """The local dates between two moments, by looking at the clock each quarter of an hour."""
    count = (end - start) // (15 * MINUTE)
    return sorted({(start + number * 15 * MINUTE).astimezone(zone).date() for number in range(count + 1)})


@pytest.mark.no_cover  # the same lines for hundreds of zones
def test_every_local_day_has_one_slot_around_every_change_of_every_clock() -> None:
    """The same change by the same clocks is looked at once: it comes at thousands of dates."""
    seen = set()
    for zone in zones():
        for change in changes(zone):
            pattern = (change.local.time(), change.before, change.after)
            if pattern in seen:
                continue
            seen.add(pattern)
            for each in times_around(change):
                _assert_one_a_day(Schedule(frozenset(range(7)), each), zone, change)
    assert len(seen) > 100


def _assert_one_a_day(schedule: Schedule, zone: ZoneInfo, change: Change) -> None:
    start, end = change.at - 3 * DAY, change.at + 3 * DAY
    slots = list(between(schedule, zone, start, end))
    days = real_days(zone, start, end)
    names = [slot.name for slot in slots]
    assert names == sorted(set(names))
    inner = [day.isoformat() for day in days[1:-1]]
    assert [name for name in names if inner[0] <= name <= inner[-1]] == inner, (zone, change, schedule)
    assert all(early.at < late.at for early, late in pairwise(slots))
    for slot, after in pairwise(slots):
        assert _is_first(slot, schedule, zone)
        asked = (slot.at, slot.at + 10 * MINUTE, after.at - timedelta(seconds=1))
        assert {latest(schedule, zone, moment) for moment in asked} == {slot}


def _is_first(slot: Slot, schedule: Schedule, zone: ZoneInfo) -> bool:
    """Whether clocks show the slot's time or later, and showed an earlier one a second before."""
    wanted = datetime.combine(date.fromisoformat(slot.name), schedule.time)
    shown = (slot.at.astimezone(zone), (slot.at - timedelta(seconds=1)).astimezone(zone))
    here, before = (moment.replace(tzinfo=None) for moment in shown)
    return before < wanted <= here


def test_every_week_of_every_zone_has_one_issue() -> None:
    """At the worst time that each zone has: where its clocks jump."""
    for zone in zones():
        jumps = [change for change in changes(zone) if change.after > change.before]
        if not jumps:
            continue
        worst = jumps[-1]
        schedule = Schedule(frozenset({worst.local.weekday()}), worst.local.time().replace(second=0))
        slots = list(between(schedule, zone, worst.at - 2 * 365 * DAY, worst.at + 60 * DAY))
        weeks = [datetime.strptime(slot.name + "-1", "weekly/%G-W%V-%u") for slot in slots]
        assert all(late - early == 7 * DAY for early, late in pairwise(weeks)), zone
        assert all(early.at < late.at for early, late in pairwise(slots))


# Any schedule, any moment

SCHEDULES = st.builds(
    Schedule,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.times().map(lambda found: found.replace(second=0, microsecond=0)),
) | st.builds(
    Schedule,
    st.integers(0, 6).map(lambda day: frozenset({day})),
    st.times().map(lambda found: found.replace(second=0, microsecond=0)),
    st.sampled_from([1, 2, 3, 4, -1]),
)
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2000, 1, 3), datetime(2040, 12, 1), timezones=st.just(UTC))


@given(SCHEDULES, ZONES, MOMENTS)
def test_a_moment_lies_between_its_slots(schedule: Schedule, zone: ZoneInfo, now: datetime) -> None:
    before, after = latest(schedule, zone, now), following(schedule, zone, now)
    assert before.at <= now < after.at
    assert before.name < after.name
    assert following(schedule, zone, before.at) == after
    assert latest(schedule, zone, after.at - timedelta(seconds=1)) == before
    assert before == latest(schedule, zone, now.astimezone(zone))


@given(SCHEDULES, ZONES, MOMENTS, st.timedeltas(timedelta(), timedelta(days=400)))
def test_later_is_never_earlier(schedule: Schedule, zone: ZoneInfo, now: datetime, more: timedelta) -> None:
    early, late = latest(schedule, zone, now), latest(schedule, zone, now + more)
    assert (early.at, early.name) <= (late.at, late.name)


@given(SCHEDULES)
def test_what_a_schedule_says_can_be_read(schedule: Schedule) -> None:
    assert Schedule.parse(str(schedule)) == schedule


# S: what is due


def test_a_slot_is_due_until_it_is_done() -> None:
    slot = latest(WEEKLY, LUXEMBOURG, at("2026-11-19T08:00"))
    assert due(WEEKLY, LUXEMBOURG, at("2026-11-19T08:00"), []) == Due(slot)
    assert due(WEEKLY, LUXEMBOURG, at("2026-11-19T08:00"), [slot.name]) is None
    assert due(WEEKLY, LUXEMBOURG, at("2026-11-25T08:00"), [slot.name]) is None


def test_S08_a_slot_is_sent_up_to_a_day_late_and_then_asks() -> None:
    slot = Slot(at("2026-11-19T08:00"), "weekly/2026-W47")
    assert due(WEEKLY, LUXEMBOURG, at("2026-11-20T08:00"), ["weekly/2026-W46"]) == Due(slot)
    late = due(WEEKLY, LUXEMBOURG, at("2026-11-20T08:01"), ["weekly/2026-W46"])
    assert late == Late(slot, timedelta(hours=24, minutes=1))


def test_S08_after_three_weeks_off_only_the_newest_slot_counts() -> None:
    done = ["weekly/2026-W43", "weekly/2026-W44"]
    assert due(WEEKLY, LUXEMBOURG, at("2026-11-19T20:00"), done) == Due(
        Slot(at("2026-11-19T08:00"), "weekly/2026-W47")
    )
    asks = due(WEEKLY, LUXEMBOURG, at("2026-11-22T08:00"), done)
    assert isinstance(asks, Late) and asks.slot.name == "weekly/2026-W47"


def test_S08_no_slot_is_made_up_for_once_a_newer_one_is_done() -> None:
    daily = Schedule.parse("daily 08:00")
    assert due(daily, LUXEMBOURG, at("2026-11-19T07:59"), ["2026-11-19"]) is None


def test_S06_a_new_schedule_makes_no_second_issue_of_the_past() -> None:
    sent = at("2026-11-19T08:05")
    daily = Schedule.parse("daily 08:00")
    now = at("2026-11-19T12:00")
    assert due(daily, LUXEMBOURG, now, ["weekly/2026-W47"]) is not None
    assert due(daily, LUXEMBOURG, now, ["weekly/2026-W47"], since=sent) is None
    assert due(daily, LUXEMBOURG, now + DAY, ["weekly/2026-W47"], since=sent) is not None


@given(st.sampled_from(["Europe/Luxembourg", "America/Nuuk", "Australia/Lord_Howe"]).map(ZoneInfo), st.data())
def test_S06_no_clock_makes_two_issues_of_one_slot(zone: ZoneInfo, data: st.DataObject) -> None:
    """A job that is asked at any moments, its clock set forward and back, takes each slot once."""
    change = data.draw(st.sampled_from([each for each in changes(zone) if each.at.year > 2020]))
    schedule = Schedule(
        data.draw(st.sampled_from([frozenset(range(7)), frozenset({change.local.weekday()})])),
        data.draw(st.sampled_from(sorted(times_around(change)))),
    )
    now, taken = change.at - DAY, list[str]()
    for step in data.draw(st.lists(st.integers(-180, 240), min_size=10, max_size=60)):
        now += step * MINUTE
        if isinstance(found := due(schedule, zone, now, taken), Due):
            taken.append(found.slot.name)
    assert taken == sorted(set(taken))


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_S06_minute_by_minute_over_a_change_of_clocks(day: str) -> None:
    taken: list[str] = []
    start = at(f"{day}T00:00")
    for minute in range(2 * 24 * 60):
        if isinstance(found := due(DAILY, LUXEMBOURG, start.astimezone(UTC) + minute * MINUTE, taken), Due):
            taken.append(found.slot.name)
    assert taken == [(start.date() + number * DAY).isoformat() for number in (-1, 0, 1)]


def test_every_weekday_has_its_number() -> None:
    for number, name in enumerate(WEEKDAYS):
        assert Schedule.parse(f"{name} 08:00").weekdays == {number}
