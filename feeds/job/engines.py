"""What turns the work of sending into jobs, behind three calls: enqueue in a transaction, every minute, run.

    enqueue ──▶ (issue, lane) ──▶ drain, a turn at a time, until nothing is due
    each minute ──▶ tick: what is due is made, and lanes that were lost are put back

A job that is lost costs a minute and never a message: what is to be sent is in the ledger, not in a job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from feeds.delivery.lanes import Board
from feeds.delivery.rates import LEASE

PAUSE = 60.0
"""Seconds between two rounds."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often things are done."""

    turn: float = 60.0
    """Seconds that a lane works before another may have its place."""
    beat: float = 5.0
    """Seconds between two signs of life;"""
    dead: float = 20.0
    """and after so many without one, a process is taken for dead."""
    poll: float = 1.0
    """Seconds until a lane that has become free is seen."""
    away: float = 3.0
    """Seconds between two looks whether PostgreSQL is back."""
    lease: int = LEASE
    """Microseconds for which what is claimed is a lane's own."""
    tick: str = "* * * * *"
    sweep: str = "* * * * * */10"
    """When, as cron writes it; with a sixth field, of seconds."""


USUALLY = Pace()


@dataclass(frozen=True)
class Turn:
    """One lane's turn at an issue."""

    issue: int
    lane: int = 1
    owner: str = ""
    """The name by which what was claimed can be taken back, should whoever has the turn die."""
    seconds: float = USUALLY.turn
    """How long it sends, at most; what it has to make ready does not count, so that each turn gets on."""
    board: Board = field(default_factory=Board, compare=False, repr=False)
    """Ended when the turn is over, and when the engine stops: after the message in hand."""


Drain = Callable[[Turn], bool]
"""Sends; whether more may be due."""
Lost = Callable[[int, str], None]
"""Told of an issue and an owner whose process is dead."""


class Engine(Protocol):
    """Something that sees to it that what is enqueued is done."""

    def enqueue(self, issue: int, lanes: int, connection: object = None) -> None:
        """See to it that an issue is drained by so many lanes; what is enqueued already stays as it is.

        With a connection of the ledger's database it is part of the transaction that is open there.
        Raises `DeliveryError`.
        """

    def every_minute(self, work: Callable[[], None]) -> None:
        """Have this done at the start and each minute, by one process of all that there are."""

    def run(self, drain: Drain, lost: Lost, stop: Event) -> None:
        """Do what is to be done until `stop` is set, and end the message in hand before that."""


@dataclass
class Embedded:
    """The engine within one process: one turn after the other, in the thread that runs it.

    Nothing of it outlives the process, and nothing has to: a round finds in the ledger what is under way.
    """

    pause: float = PAUSE
    work: Callable[[], None] = lambda: None
    waiting: dict[int, None] = field(default_factory=dict)
    """The issues to be drained, in their order."""

    def enqueue(self, issue: int, lanes: int, connection: object = None) -> None:
        """Remember an issue; the one turn has all its lanes.

        If the transaction fails there is no such issue when its turn comes.
        """
        self.waiting[issue] = None

    def every_minute(self, work: Callable[[], None]) -> None:
        """Have this done at each round."""
        self.work = work

    def run(self, drain: Drain, lost: Lost, stop: Event) -> None:
        """Make rounds until `stop` is set."""
        while not stop.is_set():
            self.work()
            waiting, self.waiting = self.waiting, {}
            for issue in waiting:
                if not stop.is_set() and drain(Turn(issue)):
                    self.waiting[issue] = None
            stop.wait(self.pause)
