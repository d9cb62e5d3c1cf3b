"""The engine: what it does with a transport that behaves, and with one that does not."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from feeds.delivery.engine import Delivered, Options, Progress, deliver
from feeds.delivery.ledger import Claim, Job, Ledger, Limits, Sender, Terms, open_ledger
from feeds.delivery.ledger.database import UnreachableError
from feeds.delivery.ledger.values import Answer as Answered
from feeds.delivery.ledger.values import Stepped
from feeds.delivery.memory import MemoryLedger
from feeds.delivery.memory.sender import MemorySender
from feeds.delivery.transports.base import Connection, ConnectionLost, Envelope, Refused, Reply
from feeds.delivery.transports.memory import TAKEN, Answer, Memory
from feeds.errors import DeliveryError, Fault, Place
from tests.delivery.examples import FakeClock, frozen, people


def write(job: Job) -> Envelope:
    """The least that is a letter."""
    return Envelope("", job.address, b"\r\n")


def sent(transport: Memory) -> list[str]:
    """The addresses that have had it."""
    return sorted(envelope.recipient for envelope in transport.sent)


def everybody(count: int, domains: int = 3) -> list[str]:
    """The addresses that are to have it."""
    return sorted(one.address for one in people(count, domains))


def run(ledger: Ledger, issue: int, transport: object, **options: object) -> Delivered:
    """Send, without waiting for what is due later."""
    given = {"linger": 0.5, "connections": 2, "claim": 7, **options}
    return deliver(issue, ledger, transport, write, Options(**given))  # type: ignore[arg-type]


@pytest.mark.parametrize(("connections", "group"), [(1, 1), (4, 1), (2, 5), (3, 50)])
def test_everybody_gets_one(ledger: Ledger, connections: int, group: int) -> None:
    mailing = frozen(ledger, people(60))
    transport = Memory()
    seen: list[Progress] = []
    done = run(ledger, mailing.id, transport, connections=connections, group=group, progress=seen.append)
    assert sent(transport) == everybody(60)
    assert (done.state, done.progress.sent, done.progress.left, done.next_at) == ("done", 60, 0, None)
    assert done.progress.rate > 0 and seen[-1].sent == 60
    assert transport.opened <= connections
    again = run(ledger, mailing.id, transport)
    assert (again.state, len(transport.sent)) == ("done", 60)


def test_a_frozen_issue_is_begun_and_a_paused_one_is_not(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(3))
    ledger.pause(mailing.id)
    assert run(ledger, mailing.id, Memory()).state == "paused"
    ledger.begin(mailing.id)
    assert run(ledger, mailing.id, Memory()).state == "done"


@pytest.mark.parametrize("group", [1, 5])
def test_E14_a_message_whose_answer_was_lost_is_held_and_the_rest_goes_on(ledger: Ledger, group: int) -> None:
    mailing = frozen(ledger, people(20))
    transport = Memory()
    transport.will([TAKEN, ConnectionLost("after-dot", "reset"), TAKEN])
    done = run(ledger, mailing.id, transport, group=group, connections=1)
    assert sent(transport) == everybody(20)  # it had been taken, in truth
    status = ledger.status(mailing.id)
    assert (done.state, done.progress.doubt) == ("done", 1)
    assert status.states == {"sent": 19, "held": 1} and len(status.doubts) == 1
    assert transport.opened == 2


def test_a_connection_lost_before_the_dot_is_opened_anew(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(20, domains=20))
    transport = Memory()
    transport.will([TAKEN, ConnectionLost("data", "reset"), TAKEN, Reply(421, "4.3.2", "bye", "rcpt")])
    done = run(ledger, mailing.id, transport, connections=1)
    assert (done.state, transport.opened) == ("waiting", 3)
    assert ledger.status(mailing.id).states == {"sent": 18, "retry": 2}
    assert done.next_at is not None


def test_what_is_deferred_is_sent_later_by_the_same_run(clock: FakeClock) -> None:
    ledger = MemoryLedger(clock=clock)
    mailing = frozen(ledger, people(3))
    transport = Memory()
    transport.will([Reply(450, "4.2.0", "later", "rcpt")])
    waiting = run(ledger, mailing.id, transport, linger=1)
    assert (waiting.state, waiting.progress.deferred, waiting.progress.left) == ("waiting", 1, 1)
    clock.turn(5)
    assert run(ledger, mailing.id, transport).state == "done"
    assert sent(transport) == everybody(3)


@dataclass
class Door:
    """A transport whose door is shut for a while."""

    answers: list[Exception]
    behind: Memory = field(default_factory=Memory)

    def open(self) -> Connection:
        """Raise what is left to raise."""
        if self.answers:
            raise self.answers.pop(0)
        return self.behind.open()


def test_a_login_that_is_refused_pauses_the_issue_and_begins_nothing(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(3))
    refused = Refused(Reply(535, "5.7.8", "bad password", "auth"))
    done = run(ledger, mailing.id, Door([refused] * 9))
    status = ledger.status(mailing.id)
    assert (done.state, status.states) == ("paused", {"ready": 3})
    assert "535 5.7.8 bad password" in status.mailing.reason


def test_a_server_that_is_down_lets_all_rest_and_begins_nothing(ledger: Ledger, clock: FakeClock) -> None:
    mailing = frozen(ledger, people(3))
    door = Door([ConnectionLost("connect", "refused")])
    done = run(ledger, mailing.id, door, connections=1)
    assert (done.state, ledger.status(mailing.id).states) == ("waiting", {"ready": 3})
    clock.turn(5)
    assert run(ledger, mailing.id, door, connections=1).state == "done"
    assert sent(door.behind) == everybody(3)


def test_a_connection_that_cannot_be_opened_again_in_a_group_gives_the_rest_back(
    ledger: Ledger, clock: FakeClock
) -> None:
    mailing = frozen(ledger, people(10, domains=10))
    door = Door([])

    def answer(envelope: Envelope) -> Answer:
        door.answers = [ConnectionLost("connect", "refused")]
        return ConnectionLost("data", "reset") if len(door.behind.sent) == 3 else TAKEN

    door.behind.answer = answer
    done = run(ledger, mailing.id, door, connections=1, group=5)
    assert done.state == "waiting"
    assert ledger.status(mailing.id).states == {"sent": 3, "retry": 1, "ready": 6}
    door.behind.answer = lambda envelope: TAKEN
    door.answers = []
    clock.turn(10)
    run(ledger, mailing.id, door, connections=1, group=5)
    assert sent(door.behind) == everybody(10, 10)


def test_a_transport_that_raises_anything_leaves_the_message_in_doubt(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(3))
    transport = Memory()
    transport.will([RuntimeError("a plug-in's own mistake")])
    done = run(ledger, mailing.id, transport, connections=1)
    assert (done.state, done.progress.doubt, len(ledger.status(mailing.id).doubts)) == ("done", 1, 1)


def test_a_letter_that_cannot_be_written_fails_alone(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(5))
    transport = Memory()

    def unwritten(job: Job) -> Envelope:
        if job.address.startswith("r2"):
            raise DeliveryError(Fault(Place(), f"{job.address} is no address that mail can go to"))
        return write(job)

    done = deliver(mailing.id, ledger, transport, unwritten, Options(connections=1))
    assert (done.state, done.progress.refused, len(transport.sent)) == ("done", 1, 4)
    (refusal,) = ledger.status(mailing.id).refusals
    assert refusal.example == "… is no address that mail can go to"
    assert ledger.stats("weekly").suppressed == 0


def test_a_mistake_in_writing_ends_the_run_and_loses_nothing(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(5))

    def broken(job: Job) -> Envelope:
        raise KeyError(job.variant)

    with pytest.raises(KeyError):
        deliver(mailing.id, ledger, Memory(), broken, Options(connections=2))
    assert ledger.status(mailing.id).states == {"ready": 5}


def test_E17_refusals_pause_the_issue_under_way(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(60))
    transport = Memory(answer=lambda envelope: Reply(550, "5.7.1", "blocked", "dot"))
    done = run(ledger, mailing.id, transport)
    assert done.state == "paused"
    assert ledger.stats("weekly").suppressed == 0
    assert ledger.status(mailing.id).states["ready"] >= 40


@pytest.mark.parametrize("verb", ["pause", "cancel"])
def test_a_run_ends_when_somebody_pauses_or_cancels(ledger: Ledger, verb: str) -> None:
    mailing = frozen(ledger, people(60))
    transport = Memory()

    def answer(envelope: Envelope) -> Answer:
        if len(transport.sent) == 10:
            threading.Thread(target=getattr(ledger, verb), args=[mailing.id]).start()
        time.sleep(0.005)
        return TAKEN

    transport.answer = answer
    done = run(ledger, mailing.id, transport)
    assert done.state == {"pause": "paused", "cancel": "cancelled"}[verb]
    assert 10 <= len(transport.sent) < 60
    assert ledger.status(mailing.id).states["sent"] == len(transport.sent)


@pytest.mark.parametrize(("number", "group"), [(signal.SIGTERM, 1), (signal.SIGINT, 10), (signal.SIGHUP, 1)])
def test_L02_a_signal_ends_the_run_after_the_message_in_hand(
    ledger: Ledger, number: signal.Signals, group: int
) -> None:
    mailing = frozen(ledger, people(60))
    before = signal.getsignal(number)
    transport = Memory()

    def answer(envelope: Envelope) -> Answer:
        if len(transport.sent) == 5:
            os.kill(os.getpid(), number)
            time.sleep(0.05)
        return TAKEN

    transport.answer = answer
    done = run(ledger, mailing.id, transport, group=group)
    assert (done.state, done.signal) == ("stopped", number)
    assert signal.getsignal(number) == before
    states = ledger.status(mailing.id).states
    assert states == {"sent": len(transport.sent), "ready": 60 - len(transport.sent)}
    assert len(transport.sent) < 60
    transport.answer = lambda envelope: TAKEN
    assert run(ledger, mailing.id, transport).state == "done"
    assert sent(transport) == everybody(60)


def test_a_rate_is_kept_in_real_time() -> None:
    ledger = MemoryLedger()
    mailing = frozen(ledger, people(30))
    transport = Memory()
    begun = time.monotonic()
    run(ledger, mailing.id, transport, terms=Terms(limits=Limits(overall=20)), linger=60)
    assert len(transport.sent) == 30
    assert 0.3 < time.monotonic() - begun < 5


def test_L01_a_second_run_is_told_of_the_first(ledger: Ledger) -> None:
    mailing = frozen(ledger, people(1))
    with ledger.sending("weekly"), pytest.raises(DeliveryError, match="is being sent by another process"):
        run(ledger, mailing.id, Memory())


@pytest.mark.parametrize("options", [{"group": 0}, {"group": 51}, {"connections": 0}, {"claim": 0}])
def test_options_that_make_no_sense_are_refused(options: dict[str, int]) -> None:
    ledger = MemoryLedger()
    with pytest.raises(DeliveryError, match="options: a group is 1 to 50"):
        run(ledger, frozen(ledger).id, Memory(), **options)


def test_two_processes_may_send_together_where_that_is_said(where: str) -> None:
    if not where.startswith("postgresql"):
        return  # SQLite is for one machine
    ledgers = [open_ledger(where) for _ in range(2)]
    mailing = frozen(ledgers[0], people(100))
    transport = Memory()
    ends: list[str] = []

    def one(ledger: Ledger) -> None:
        ends.append(run(ledger, mailing.id, transport, together=True).state)

    threads = [threading.Thread(target=one, args=[ledger]) for ledger in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ledger in ledgers:
        ledger.close()
    assert sent(transport) == everybody(100)
    assert "done" in ends


class Failing(MemorySender):
    """A lane whose disk is full at its tenth step."""

    steps = 0

    def step(self, claim: Claim, answers: Sequence[Answered], following: Sequence[Job] = ()) -> Stepped:
        """As ever, but once."""
        self.steps += 1
        if self.steps == 10:
            raise UnreachableError(Fault(Place("the ledger"), "is full"))
        return super().step(claim, answers, following)


class Unwritable(MemoryLedger):
    """A ledger whose disk fills up in the middle of a send."""

    @contextmanager
    def sender(self, owner: str = "") -> Iterator[Sender]:
        """A lane that fails once."""
        yield Failing(self)


def test_S03_a_ledger_that_cannot_be_written_ends_the_run_with_the_doubt_on_record(clock: FakeClock) -> None:
    ledger = Unwritable(clock=clock)
    mailing = frozen(ledger, people(30))
    transport = Memory()
    with pytest.raises(DeliveryError, match="is full"):
        run(ledger, mailing.id, transport, connections=1, claim=50)
    assert len(transport.sent) == 9
    clock.turn(16)
    with ledger.sender() as sender:
        sender.release(sender.claim(mailing.id, 1))
    assert ledger.status(mailing.id).doubts == (transport.sent[8].recipient,)
    assert ledger.status(mailing.id).states == {"sent": 8, "held": 1, "ready": 21}
