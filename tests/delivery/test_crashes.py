"""S01: killed at every point and run again, nobody is left out, and whoever got two was named before."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.delivery.ledger import open_ledger
from tests.delivery.crashing import READERS, Run, Sink
from tests.delivery.examples import people

POINTS = [
    "before-migration-commit:1",
    "half-migrated:1",
    "after-migration-commit:1",
    "before-opening-commit:1",
    "before-enrol-commit:1",
    "before-freeze-commit:1",
    "after-freeze-commit:1",
    "before-begin-commit:1",
    "after-begin-commit:1",
    "before-claim-commit:5",
    "after-claim-commit:4",
    "before-step-commit:33",
    "after-step-commit:1",
    "after-step-commit:34",
    "before-send:41",
    "after-send:1",
    "after-send:57",
    "before-release-commit:2",
    "after-release-commit:2",
]
EVERYBODY = {one.address for one in people(READERS)}


@pytest.mark.parametrize(
    ("point", "group"),
    [
        *((point, 1) for point in POINTS),
        ("after-step-commit:7", 10),
        ("after-send:57", 10),
        ("before-step-commit:9", 50),
    ],
)
def test_S01_killed_at_a_point_and_run_again(where: str, tmp_path: Path, point: str, group: int) -> None:
    connections = 2
    sink = Sink(tmp_path / "sink")
    run = Run(where, sink, group=group, connections=connections)
    assert Run(where, sink, group=group, fault=point).killed()
    again = Run(where, sink, group=group, minutes=16)()

    # With hold nobody gets two, and who got none is in doubt by name.
    ledger = open_ledger(where)
    issue = ledger.mailings("weekly")[0].id
    doubts = set(ledger.status(issue).doubts)
    taken = sink.taken()
    assert again.state == "done"
    assert max(taken.values()) == 1
    assert EVERYBODY - set(taken) <= doubts
    assert len(doubts) <= connections * group

    # Sent again because somebody asked for it: all have one, and only who was named has two.
    assert ledger.resend(issue) == len(doubts)
    ledger.close()
    if doubts:
        ledger = open_ledger(where)
        ledger.begin(issue)
        ledger.close()
        run()
    taken = sink.taken()
    assert set(taken) == EVERYBODY
    assert {address for address, count in taken.items() if count > 1} <= doubts
    assert max(taken.values()) <= 2


def test_S01_killed_again_and_again(where: str, tmp_path: Path) -> None:
    sink = Sink(tmp_path / "sink")
    points = [
        "after-send:9",
        "after-step-commit:21",
        "after-claim-commit:2",
        "before-step-commit:17",
        "before-send:30",
    ]
    kills = sum(
        Run(where, sink, minutes=16 * number, fault=point).killed() for number, point in enumerate(points)
    )
    assert kills == len(points)
    assert Run(where, sink, minutes=16 * len(points))().state == "done"
    ledger = open_ledger(where)
    status = ledger.status(ledger.mailings("weekly")[0].id)
    ledger.close()
    taken = sink.taken()
    assert max(taken.values()) == 1
    assert EVERYBODY - set(taken) <= set(status.doubts)
    assert len(status.doubts) <= 2 * kills
