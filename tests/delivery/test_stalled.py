"""S04: a sender that stands still beyond its lease, and goes on when others have done its work."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep, time_ns

import pytest

from feeds.delivery.ledger import Job, Ledger, open_ledger
from feeds.delivery.rates import MINUTE
from feeds.delivery.transports.base import Envelope, Reply
from tests.delivery.crashing import READERS, Run, Sink
from tests.delivery.examples import OK, people, send_all

STALLS_AT = 31


@dataclass(frozen=True)
class Stalling(Sink):
    """Stops its own process with one message begun and not yet handed over: nothing worse can happen."""

    def send(self, envelope: Envelope) -> Reply:
        """Take it, the one message only after somebody has woken us."""
        if self.taken().total() == STALLS_AT:
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)  # at once, and not some thread later
        return super().send(envelope)


@pytest.mark.parametrize("on_doubt", ["hold", "resend"])
def test_S04_who_stood_still_beyond_the_lease_begins_nothing_more(
    where: str, tmp_path: Path, on_doubt: str
) -> None:
    sink = Stalling(tmp_path / "sink")
    stalled = multiprocessing.get_context("forkserver").Process(target=Run(where, sink, connections=1))
    stalled.start()
    assert stalled.pid
    _wait_until_stopped(stalled.pid)
    in_hand = {one.address for one in people(READERS)} - set(sink.taken())
    ledger = open_ledger(where, clock=lambda: time_ns() // 1000 + 16 * MINUTE)
    issue = ledger.mailings("weekly")[0].id
    try:
        others = _send_the_rest(ledger, issue, sink, on_doubt)
        doubts = set(ledger.status(issue).doubts)
    finally:
        os.kill(stalled.pid, signal.SIGCONT)
    stalled.join(60)
    states = ledger.status(issue).states
    ledger.close()

    taken = sink.taken()
    assert stalled.exitcode == 0
    assert taken.total() - STALLS_AT - len(others) == 1  # the message in its hand, and no other
    assert set(taken) == {one.address for one in people(READERS)}
    twice = {address for address, count in taken.items() if count > 1}
    if on_doubt == "hold":
        assert not twice and len(doubts) == 1 and doubts < in_hand
    else:
        assert len(twice) == 1 and twice < in_hand and not doubts
    assert states == {"sent": READERS}


def _send_the_rest(ledger: Ledger, issue: int, sink: Sink, on_doubt: str) -> list[str]:
    def answer(job: Job) -> Reply:
        Sink(sink.file).send(Envelope("", job.address, b"\r\n"))
        return OK

    return send_all(ledger, issue, answer, on_doubt=on_doubt)


def _wait_until_stopped(pid: int) -> None:
    until = monotonic() + 60
    while Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "T":
        assert monotonic() < until
        sleep(0.02)
