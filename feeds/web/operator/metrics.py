"""The same numbers for Prometheus, in its text format 0.0.4. No address is among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from feeds.delivery.ledger import Status
from feeds.delivery.ledger.values import WAITING, DeliveryState, IssueState
from feeds.delivery.subscribers import STATES
from feeds.web.operator.board import Board

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[dict[str, str], float]


@dataclass(frozen=True)
class Metric:
    """One quantity, by its labels."""

    name: str
    told: str
    samples: tuple[Sample, ...]
    kind: str = "gauge"


def metrics(board: Board) -> str:
    """What is to be measured now. Raises `DeliveryError`."""
    return "".join(written(metric) for metric in _metrics(board))


def written(metric: Metric) -> str:
    """A metric as Prometheus reads it."""
    told = metric.told.replace("\\", r"\\").replace("\n", r"\n")
    lines = [f"# HELP {metric.name} {told}", f"# TYPE {metric.name} {metric.kind}"]
    lines += [f"{metric.name}{_labels(labels)} {value:.10g}" for labels, value in metric.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    shown = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(shown) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _metrics(board: Board) -> Iterator[Metric]:
    yield Metric(
        "feeds_subscribers", "Subscribers of a newsletter, by what became of them.", _subscribers(board)
    )
    yield Metric("feeds_suppressed", "Addresses on a list that nothing is sent to.", _suppressed(board))
    yield Metric("feeds_issues", "Issues of a newsletter that were for anybody, by state.", _issues(board))
    yield from _latest(board)
    yield Metric("feeds_workers", "Workers that were heard of lately.", (({}, len(board.ledger.workers())),))
    waiting = sum(report.kind != "subscription" for report in board.ledger.received())
    told = "Reports of bounces and complaints that are not acted on yet; counted up to 500."
    yield Metric("feeds_reports_waiting", told, (({}, waiting),))


def _subscribers(board: Board) -> tuple[Sample, ...]:
    return tuple(
        ({"newsletter": name, "state": state}, stats.states.get(state, 0))
        for name in board.newsletters
        for stats in [board.stats(name)]
        for state in STATES
    )


def _suppressed(board: Board) -> tuple[Sample, ...]:
    return tuple(({"newsletter": name}, board.stats(name).suppressed) for name in board.newsletters)


def _issues(board: Board) -> tuple[Sample, ...]:
    return tuple(
        ({"newsletter": name, "state": state}, sum(made.state == state for made in mailings))
        for name in board.newsletters
        for mailings in [board.mailings(name)]
        for state in get_args(IssueState)
    )


def _latest(board: Board) -> Iterator[Metric]:
    """The newest issue of each newsletter; a series for each issue would never end."""
    newest = {name: board.mailings(name)[:1] for name in board.newsletters}
    found = {name: board.status(made.id) for name, some in newest.items() for made in some}
    states = tuple(
        ({"newsletter": name, "state": state}, status.states.get(state, 0))
        for name, status in found.items()
        for state in get_args(DeliveryState)
    )
    yield Metric("feeds_latest_messages", "Messages of a newsletter's newest issue, by state.", states)
    yield Metric(
        "feeds_latest_refused", "Messages of it that were not taken, by what was said.", _refused(found)
    )
    told = "When the next message of it is due, where one is; 0 is at once."
    yield Metric("feeds_latest_next_due_timestamp_seconds", told, _next_due(found))
    for name, told, value in _SINGLE:
        yield Metric(name, told, tuple(({"newsletter": which}, value(one)) for which, one in found.items()))


def _refused(found: Mapping[str, Status]) -> tuple[Sample, ...]:
    """By state and code; of each there are a few."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for name, status in found.items():
        for refusal in status.refusals:
            counts[name, refusal.state, refusal.code] += refusal.count
    labels = ("newsletter", "state", "code")
    return tuple((dict(zip(labels, which, strict=True)), count) for which, count in counts.items())


def _next_due(found: Mapping[str, Status]) -> tuple[Sample, ...]:
    return tuple(
        ({"newsletter": name}, status.next_at / 1_000_000)
        for name, status in found.items()
        if status.next_at is not None
    )


_SINGLE: tuple[tuple[str, str, Callable[[Status], float]], ...] = (
    (
        "feeds_latest_in_doubt",
        "Messages of it that may or may not have been taken.",
        lambda status: len(status.doubts),
    ),
    (
        "feeds_latest_left",
        "Messages of it that are still to be sent.",
        lambda status: sum(status.states.get(state, 0) for state in WAITING),
    ),
    ("feeds_latest_rate", "Messages sent per second, in the last minutes.", lambda status: status.rate),
    (
        "feeds_latest_frozen_timestamp_seconds",
        "When it was frozen.",
        lambda status: status.mailing.frozen_at / 1_000_000,
    ),
)
