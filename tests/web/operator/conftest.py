"""A board over a ledger in memory that has seen some weeks, or none."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from feeds.delivery.ledger import Job
from feeds.delivery.memory import MemoryLedger
from feeds.delivery.rates import HOUR
from feeds.delivery.transports.base import ConnectionLost, Reply
from feeds.web.operator import Board
from feeds.web.operator.application import operator
from tests.delivery.examples import OK, FakeClock, claimed, frozen, people, person, send, send_all
from tests.web.webhooks.asking import Seen, ask

TOKEN, PORT = "t" * 22, 8026
HOST = f"127.0.0.1:{PORT}"
LONG = (
    "a-very-long-name-of-a-department.of-an-even-longer-university.in-a-town-with-a-name." * 2 + "example.org"
)


@dataclass
class Desk:
    """A board, its ledger and its clock."""

    clock: FakeClock = field(default_factory=FakeClock)
    newsletters: tuple[str, ...] = ("weekly",)

    def __post_init__(self) -> None:
        self.ledger = MemoryLedger(clock=self.clock)
        titles = {name: f"The {name}" for name in self.newsletters}
        self.board = Board(self.ledger, titles, "Example news", "#b4472f", clock=self.seconds)
        self.application = operator(self.board, TOKEN, PORT)

    def seconds(self) -> float:
        return self.clock.now / 1_000_000

    def weeks(self, count: int, some: int = 40) -> None:
        """So many issues, a week apart, to a list that grows; a few of each are refused."""
        for number in range(count):
            self.ledger.enrol("weekly", people(some + number * 7, 5)[-some:])
            made = frozen(self.ledger, (), f"weekly/2026-W{number:02}")
            send_all(self.ledger, made.id, _some_refused)
            self.clock.now += 7 * 24 * HOUR

    def doubt(self, *addresses: str) -> int:
        """An issue in which the connection was lost after each of these was handed over."""
        self.ledger.enrol("weekly", [person(address) for address in addresses])
        made = frozen(self.ledger, (), "weekly/lost")
        with self.ledger.sender() as sender:
            send(sender, claimed(sender, made.id), lambda job: _lost(job, addresses))
        self.clock.turn(60)
        send_all(self.ledger, made.id)
        return made.id

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Seen:
        """A request as a browser makes it from the page, unless the headers say otherwise."""
        given = {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = tuple((name, value) for name, value in given.items() if value)
        return ask(self.application, method, path, body, sent)

    def get(self, path: str = "", **headers: str) -> Seen:
        return self.ask("GET", f"/{TOKEN}/{path}", b"", **headers)


def _some_refused(job: Job) -> Reply:
    refused = job.subscriber % 9 == 0
    return Reply(550, "5.2.2", "the mailbox is full", "rcpt") if refused else OK


def _lost(job: Job, addresses: tuple[str, ...]) -> Reply | ConnectionLost:
    return ConnectionLost("after-dot", "reset") if job.address in addresses else OK


@pytest.fixture
def desk() -> Desk:
    return Desk()
