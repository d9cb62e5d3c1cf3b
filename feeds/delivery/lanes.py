"""A lane: one thread, one connection to the ledger and one to the transport; claim, step, send, and again."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic
from typing import Literal

from feeds.delivery.faultpoints import fault
from feeds.delivery.ledger.base import Ledger, Sender
from feeds.delivery.ledger.values import Answer, Claim, Job
from feeds.delivery.rates import Terms
from feeds.delivery.transports.base import Connection, ConnectionLost, Envelope, Refused, Reply, Transport
from feeds.delivery.verdicts import Outcome
from feeds.errors import DeliveryError

Write = Callable[[Job], Envelope]
State = Literal["sending", "done", "paused", "cancelled", "stopped", "waiting", "failed"]

POLL = 1.0
"""Seconds between two looks whether something has become due."""
COURTESY = 60.0
"""Seconds before a lane asks again for a connection that others have and it cannot get."""
DOT = 600
"""Seconds that a server may think at the final dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is, in messages since this run began."""

    sent: int = 0
    deferred: int = 0
    """To be tried again later; one that is deferred twice counts twice."""
    refused: int = 0
    doubt: int = 0
    rate: float = 0.0
    """Sent per second, lately."""
    left: int = 0
    """Still to be sent, deferred ones among them."""

    @property
    def seconds(self) -> float | None:
        """How long the rest will take at this rate; None while nobody knows."""
        return self.left / self.rate if self.rate else None


@dataclass(frozen=True, kw_only=True)
class Options:
    """How an issue is sent."""

    connections: int = 4
    group: int = 1
    """Messages begun in one commit, 1 to 50: what is in doubt after a crash is at most that many for
    each connection, and who unsubscribes within them still gets one."""
    claim: int = 50
    """Messages that a connection takes at a time."""
    terms: Terms = field(default_factory=Terms)
    linger: float = 900.0
    """Seconds to wait for what is due later; after that it is left to the next run."""
    together: bool = False
    """Whether other processes, on other machines, may send the same newsletter (PostgreSQL)."""
    progress: Callable[[Progress], None] = lambda so_far: None
    """Told several times a second how far it is."""


USUALLY = Options()


@dataclass
class Board:
    """What the lanes have done, and whether they are to go on."""

    halt: Event = field(default_factory=Event)
    state: State = "sending"
    counts: Counter[str] = field(default_factory=Counter)
    connected: int = 0
    error: BaseException | None = None
    lock: Lock = field(default_factory=Lock)

    def end(self, state: State, error: BaseException | None = None) -> None:
        """Tell all lanes to finish the message in hand and stop; the first word counts."""
        with self.lock:
            if not self.halt.is_set():
                self.state, self.error = state, error
                self.halt.set()

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Note what became of messages."""
        with self.lock:
            self.counts.update(outcome.state for outcome in outcomes)


@dataclass
class Lane:
    """One of the connections of a send."""

    issue: int
    ledger: Ledger
    transport: Transport
    write: Write
    options: Options
    board: Board
    owner: str = ""
    """A name by which what it has claimed can be taken back, should it die."""
    connection: Connection | None = None
    shut: bool = False
    """Whether a connection was lost within this claim, and no other could be had."""

    def run(self) -> None:
        """Work until nothing is left, or somebody says stop. An error ends all lanes."""
        try:
            with self.ledger.sender(self.owner) as sender:
                while not self.board.halt.is_set() and self._turn(sender):
                    pass
        except BaseException as error:  # the thread that started us raises it
            self.board.end("failed", error)
        finally:
            self._hang_up()

    def _turn(self, sender: Sender) -> bool:
        """One claim and all that follows from it; whether to go on."""
        claim = sender.claim(self.issue, self.options.claim, self.options.terms)
        if claim.state != "sending":
            self.board.end("done" if claim.state == "done" else _stood_still(claim.state))
            return False
        if not claim.jobs:
            return self._rest(claim.wait / 1_000_000)
        self.shut = False
        try:
            if self._connect(sender, claim):
                self._drain(sender, claim)
        finally:
            sender.release(claim)
        return True

    def _rest(self, wait: float) -> bool:
        if wait > self.options.linger:
            return False
        self.board.halt.wait(min(wait, POLL))
        return True

    def _connect(self, sender: Sender, claim: Claim) -> bool:
        """Have a connection before anything is begun."""
        if (failure := self._open()) is None:
            return True
        if self.board.connected or (self.owner and self.ledger.flows(self.issue)):
            sender.release(claim)
            self.board.halt.wait(COURTESY)
        else:
            sender.trouble(claim, failure)
        return False

    def _drain(self, sender: Sender, claim: Claim) -> None:
        """Send what was claimed, a group at a time; each commit settles one group and begins the next."""
        left = deque(claim.jobs)
        answers: list[Answer] = []
        while answers or (left and not self._is_over()):
            following = [] if self._is_over() else _group(left, self.options.group)
            letters = {job.subscriber: self._letter(job) for job in following}
            stepped = sender.step(claim, answers, following)
            self.board.count(stepped.outcomes)
            if following and not stepped.begun:
                return  # paused, or the lease is over, or nobody in the group may get it: claim anew
            answers = self._send_all([(job, letters[job.subscriber]) for job in stepped.begun], claim)

    def _is_over(self) -> bool:
        return self.shut or self.board.halt.is_set()

    def _letter(self, job: Job) -> Envelope | Reply:
        try:
            return self.write(job)
        except DeliveryError as refusal:  # this one cannot be written; the others can
            return Reply(0, "", refusal.faults[0].problem, "mail")

    def _send_all(self, letters: Sequence[tuple[Job, Envelope | Reply]], claim: Claim) -> list[Answer]:
        until = monotonic() + claim.lease / 1_000_000 - DOT if len(letters) > 1 else None
        answers: list[Answer] = []
        for job, letter in letters:
            hurried = answers and (self.board.halt.is_set() or (until and monotonic() > until))
            failed = None if hurried else self._open()
            answers.append((job, None if hurried else failed or self._send(letter)))
            if failed:
                self.shut = True
                answers += [(other, None) for other, _ in letters[len(answers) :]]
                break
        return answers

    def _send(self, letter: Envelope | Reply) -> Reply | ConnectionLost:
        if isinstance(letter, Reply):
            return letter
        assert self.connection
        fault("before-send")
        try:
            reply: Reply | ConnectionLost = self.connection.send(letter)
        except ConnectionLost as lost:
            reply = lost
        except Exception as surprise:  # anybody's transport may raise anything; then nobody knows
            reply = ConnectionLost("after-dot", type(surprise).__name__)
        fault("after-send")
        if isinstance(reply, ConnectionLost) or reply.code == 421:
            self._hang_up()
        return reply

    def _open(self) -> Reply | ConnectionLost | None:
        """Have an open connection; what was said where there can be none."""
        if self.connection is not None:
            return None
        try:
            self.connection = self.transport.open()
        except ConnectionLost as lost:
            return lost
        except Refused as refused:
            return refused.reply
        with self.board.lock:
            self.board.connected += 1
        return None

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
            with self.board.lock:
                self.board.connected -= 1


def _group(left: deque[Job], most: int) -> list[Job]:
    return [left.popleft() for _ in range(min(most, len(left)))]


def _stood_still(state: str) -> State:
    return "cancelled" if state == "cancelled" else "paused"
