"""Rates: never more than allowed, and nobody waits for another's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.delivery.rates import (
    HOUR,
    LONGEST_REST,
    MINUTE,
    OVERALL,
    REST,
    SECOND,
    Due,
    Limits,
    Rate,
    Terms,
    plan,
    relieved,
    rested,
    slower,
)

NOW = 10**15


def due(count: int, domain: str = "a.org", first: int = 0) -> list[Due]:
    """Messages that are due, all to one domain."""
    return [Due(number, domain, "ready") for number in range(first, first + count)]


@settings(max_examples=30, deadline=None)
@given(
    rate=st.floats(0.01, 500),
    steps=st.lists(st.tuples(st.integers(0, 20 * SECOND), st.integers(1, 100)), max_size=25),
)
def test_in_no_stretch_of_time_more_goes_out_than_the_rate_allows(
    rate: float, steps: list[tuple[int, int]]
) -> None:
    terms = Terms(limits=Limits(overall=rate))
    now, rates = NOW, dict[str, Rate]()
    sent: list[int] = []
    for wait, wanted in steps:
        now += wait
        made = plan(due(wanted), rates, terms, now, wanted)
        rates |= {changed.key: changed for changed in made.rates}
        sent += [now] * len(made.taken)
    burst = max(1.0, rate)
    for first, begin in enumerate(sent):
        for last in range(first, len(sent)):
            seconds = (sent[last] - begin) / SECOND
            assert last - first + 1 <= burst + rate * seconds + 1.01


def test_a_message_that_must_wait_is_put_off_to_its_own_moment() -> None:
    terms = Terms(limits=Limits(domains={"a.org": 1}))
    made = plan([*due(4), *due(2, "b.org", 10)], {}, terms, NOW, 50)
    assert made.taken == (0, 10, 11)
    assert [(who, (at - NOW) / SECOND) for who, at in made.parked] == [(1, 1), (2, 2), (3, 3)]
    later = plan(due(1, first=9), {rate.key: rate for rate in made.rates}, terms, NOW, 50)
    assert [(who, (at - NOW) / SECOND) for who, at in later.parked] == [(9, 4)]


def test_nobody_is_put_off_by_more_than_half_an_hour_at_once() -> None:
    terms = Terms(limits=Limits(each_domain=0.001))
    made = plan(due(5), {}, terms, NOW, 50)
    assert [at - NOW for _, at in made.parked] == [1000 * SECOND, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE]


def test_what_is_in_doubt_is_held_even_when_nothing_may_go() -> None:
    resting = {OVERALL: Rate(OVERALL, rest_until=NOW + MINUTE)}
    made = plan([Due(1, "a.org", "sending"), Due(2, "a.org", "ready")], resting, Terms(), NOW, 50)
    assert (made.held, made.taken, made.wait) == ((1,), (), MINUTE)


def test_rests_double_up_to_four_hours_and_a_success_ends_that() -> None:
    rate, now, rests = Rate("a.org"), NOW, []
    for _ in range(9):
        rate = rested(rate, now)
        assert rested(rate, now + 1) == rate
        assert relieved(rate, now) == rate
        rests.append(rate.rest_until - now)
        now = rate.rest_until
    assert rests[:4] == [REST, 2 * REST, 4 * REST, 8 * REST]
    assert rests[-1] == LONGEST_REST
    assert rested(relieved(rate, now), now).rest_until == now + REST


def test_a_rate_is_halved_once_for_complaints_of_one_minute_and_recovers_by_the_hour() -> None:
    limits = Limits(each_domain=10)
    rate = slower(slower(Rate("a.org"), NOW), NOW + SECOND)
    assert rate.interval(limits, NOW) == SECOND // 5
    rate = slower(rate, NOW + 2 * MINUTE)
    assert rate.interval(limits, NOW + 2 * MINUTE) == int(SECOND / 2.5)
    assert rate.interval(limits, NOW + HOUR + 3 * MINUTE) == SECOND // 5
    assert rate.interval(limits, NOW + 3 * HOUR) == SECOND // 10


def test_a_domain_without_a_limit_has_one_once_it_complains() -> None:
    rate = slower(Rate("a.org"), NOW)
    assert rate.interval(Limits(), NOW) == SECOND // 10
    assert rate.interval(Limits(), NOW + 2 * HOUR) == 0
