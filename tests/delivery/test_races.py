"""S06: many at once, and one of them wins."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from time import sleep

import pytest

from feeds.delivery.ledger import Ledger, open_ledger
from tests.delivery.examples import OK, claimed, draft, frozen, people

RACERS = 12
SLOTS = 200


@pytest.mark.no_cover  # the same lines again and again
def test_S06_twelve_racers_for_two_hundred_slots_make_two_hundred_issues(where: str) -> None:
    open_ledger(where).close()
    start = Barrier(RACERS)

    def race(_: int) -> list[str]:
        ledger = open_ledger(where)
        try:
            start.wait()
            return [slot for slot in map(str, range(SLOTS)) if ledger.freeze(draft(slot, articles=()))]
        finally:
            ledger.close()

    with ThreadPoolExecutor(RACERS) as racers:
        won = Counter(slot for slots in racers.map(race, range(RACERS)) for slot in slots)
    ledger = open_ledger(where)
    made = ledger.mailings("weekly")
    ledger.close()
    assert won == Counter(map(str, range(SLOTS)))
    assert len(made) == SLOTS


def test_S10_no_message_begins_after_an_unsubscription_is_committed(where: str) -> None:
    """Readers leave while two lanes send; each side notes the moment on one counter."""
    ledger = open_ledger(where)
    mailing = frozen(ledger, people(200))
    begun: list[int] = []  # appending is atomic, so the list is the order of events
    left: dict[int, int] = {}

    def send() -> None:
        with ledger.sender() as sender:
            while (claim := claimed(sender, mailing.id, 10)).jobs:
                for job in claim.jobs:
                    marked = len(left)
                    stepped = sender.step(claim, [], [job])
                    if stepped.begun:
                        begun.append(job.subscriber)
                        late = left.get(job.subscriber)
                        assert late is None or late > marked
                        sender.step(claim, [(job, OK)])

    def leave() -> None:
        for one in list(ledger.subscribers("weekly"))[::-3]:
            ledger.unsubscribe(one.id)
            left[one.id] = len(left) + 1
            sleep(0.001)

    threads = [Thread(target=send), Thread(target=send), Thread(target=leave)]
    _run(threads)
    states = ledger.status(mailing.id).states
    sent = set(begun)
    ledger.close()
    assert states.get("sent", 0) + states.get("suppressed", 0) == 200
    assert states.get("sent", 0) == len(begun) == len(sent)
    assert states.get("suppressed", 0) > 0


def test_claims_of_many_lanes_never_overlap(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(300))
    had: list[int] = []

    def work() -> None:
        with ledger.sender() as sender:
            while (claim := claimed(sender, mailing.id, 7)).jobs:
                for job in claim.jobs:
                    had.append(job.subscriber)
                stepped = sender.step(claim, [], claim.jobs)
                sender.step(claim, [(job, OK) for job in stepped.begun])

    _run([Thread(target=work) for _ in range(4)])
    assert len(had) == len(set(had)) == 300
    assert ledger.status(mailing.id).states == {"sent": 300}


def _run(threads: list[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
