"""The metrics, read by Prometheus's own parser; and the numbers of the plots."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from feeds.delivery.ledger.inbox import Received
from feeds.delivery.subscribers import Consent
from feeds.web.operator import plots
from feeds.web.operator.metrics import Metric, written
from feeds.web.operator.page import _share
from tests.delivery.examples import claimed, frozen, people, person, says, send
from tests.web.operator.conftest import Desk


def parsed(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Each metric's samples by the values of their labels; every one is a gauge with help."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge" and family.documentation
        assert family.name not in found
        samples = {tuple(sample.labels.values()): sample.value for sample in family.samples}
        assert len(samples) == len(family.samples)
        found[family.name] = samples
    return found


def test_prometheus_reads_what_is_told(desk: Desk) -> None:
    desk.weeks(2)
    desk.ledger.add("weekly", person("new@example.org", state="pending", consent=Consent("form", 1)))
    desk.ledger.receive(Received(source="ses", event="1", kind="hard"))
    desk.ledger.receive(Received(source="ses", event="2", kind="subscription"))
    seen = desk.get("metrics")
    assert seen.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = parsed(seen.text)
    assert found["feeds_subscribers"] == {
        ("weekly", "pending"): 1,
        ("weekly", "active"): 47,
        ("weekly", "paused"): 0,
        ("weekly", "unsubscribed"): 0,
    }
    assert found["feeds_issues"]["weekly", "done"] == 2
    assert sum(found["feeds_latest_messages"].values()) == desk.ledger.mailing(2).recipients
    assert (
        found["feeds_latest_frozen_timestamp_seconds"]["weekly",] == desk.ledger.mailing(2).frozen_at / 10**6
    )
    assert found["feeds_latest_in_doubt"]["weekly",] == 0
    assert found["feeds_latest_left"]["weekly",] == 0
    assert found["feeds_latest_next_due_timestamp_seconds"] == {}
    refused = found["feeds_latest_refused"]
    assert {labels[0] for labels in refused} == {"weekly"}
    assert sum(refused.values()) == found["feeds_latest_messages"]["weekly", "failed"] > 0
    assert found["feeds_reports_waiting"][()] == 1
    assert "@" not in seen.text


def test_what_waits_is_told_and_when_it_is_due(desk: Desk) -> None:
    made = frozen(desk.ledger, people(9))
    with desk.ledger.sender() as sender:
        send(sender, claimed(sender, made.id, 4), says(451, "4.2.1"))
    found = parsed(desk.get("metrics").text)
    assert found["feeds_latest_left"]["weekly",] == 9
    assert found["feeds_latest_messages"]["weekly", "retry"] == 4
    assert found["feeds_latest_next_due_timestamp_seconds"]["weekly",] == 0
    assert found["feeds_latest_refused"] == {("weekly", "retry", "451 4.2.1"): 4}


def test_nothing_yet(desk: Desk) -> None:
    found = parsed(desk.get("metrics").text)
    assert found["feeds_subscribers"]["weekly", "active"] == 0
    assert found["feeds_latest_messages"] == {}


def test_no_address_is_told(desk: Desk) -> None:
    desk.ledger.enrol("weekly", people(3))
    desk.doubt("lost@example.org")
    text = desk.get("metrics").text
    assert parsed(text)["feeds_latest_in_doubt"]["weekly",] == 1
    assert "@" not in text and "lost@" not in text


@given(st.text(), st.text(), st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_any_label_is_read_as_it_was(name: str, told: str, value: float) -> None:
    text = written(
        Metric("feeds_x", "x" + told, (({"newsletter": name}, value), ({"newsletter": name + "x"}, 1)))
    )
    assert len(text.split("\n")) == 5
    [family] = text_string_to_metric_families(text)
    assert [sample.labels for sample in family.samples] == [{"newsletter": name}, {"newsletter": name + "x"}]
    assert family.samples[0].value == pytest.approx(value, rel=1e-8)


# Plots


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60))
def test_a_line_stays_in_its_drawing(values: list[int]) -> None:
    made = plots.line([(86_400.0 * day, value) for day, value in enumerate(values)])
    assert len(made.dots) == len(values)
    for x, y in made.dots:
        assert 0 <= float(x) <= plots.WIDTH and 0 <= float(y) <= plots.HEIGHT
    assert all(float(one[0]) < float(other[0]) for one, other in pairwise(made.dots))
    (top, high), (_, middle), (foot, zero) = made.rules
    assert (float(top), float(foot), zero) == (0, plots.HEIGHT, 0)
    assert high == 2 * middle >= max(values)


def test_a_line_of_one_moment_or_of_none() -> None:
    assert plots.line([(5.0, 3), (5.0, 3)]).points == "0.0,75.0 0.0,75.0"
    assert plots.line([]).points == ""


@pytest.mark.parametrize(
    ("value", "top"), [(0, 2), (2, 2), (3, 4), (9, 10), (10, 20), (11, 20), (21, 40), (99, 100)]
)
def test_round_numbers_above(value: int, top: int) -> None:
    assert plots.above(value) == top


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10**9), max_size=6))
def test_the_parts_of_a_bar_never_leave_it(counts: dict[str, int]) -> None:
    made = plots.bar(counts, sum(counts.values()))
    assert [one.kind for one in made] == [kind for kind, count in counts.items() if count]
    ends = [float(one.start) + float(one.length) for one in made]
    assert all(end <= 100.011 for end in ends)
    assert all(float(one.length) >= 0 for one in made)


@pytest.mark.parametrize(
    ("count", "whole", "said"),
    [
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (99_999, 100_000, "99.9 %"),
        (1, 100_000, "< 0.1 %"),
        (1, 2, "50 %"),
        (0, 0, ""),
    ],
)
def test_all_and_nothing_are_said_of_nothing_less(count: int, whole: int, said: str) -> None:
    assert _share(count, whole) == said
