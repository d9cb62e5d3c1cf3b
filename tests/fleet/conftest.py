"""A project whose ledger is in PostgreSQL, and the two engines, at a pace for tests."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from feeds.delivery.engine import Delivered
from feeds.delivery.ledger import Ledger, Mailing, open_ledger
from feeds.job import fleet
from feeds.job._procrastinate import Procrastinate
from feeds.job.engines import Embedded, Engine, Pace, Turn
from feeds.job.opening import VARIABLE
from feeds.job.sending import Mailroom
from feeds.job.shift import Shift, enqueueing
from tests.conftest import Project
from tests.delivery import servers
from tests.delivery.examples import people

QUICK = Pace(
    turn=1, beat=0.2, dead=2, poll=0.1, away=0.2, lease=3_000_000, tick="* * * * * *", sweep="* * * * * *"
)
"""Everything at once: a test waits seconds for what takes minutes in life."""
THURSDAY = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
"""08:00 in Luxembourg."""
EARLY = THURSDAY - timedelta(days=1)
"""When nothing is due."""
_numbers = itertools.count(1)


@pytest.fixture
def fresh(server: str) -> str:
    """The address of an empty schema."""
    return servers.fresh(server, f"fleet{next(_numbers)}")


@dataclass
class Office:
    """A project with a ledger, and an engine at work for it in this process."""

    project: Project
    ledger: Ledger
    engine: Engine
    now: datetime = THURSDAY
    told: list[str] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    @property
    def room(self) -> Mailroom:
        """Its mailroom, with feeds.toml as it is now."""
        return Mailroom(self.project.load(), self.ledger, "weekly")

    @property
    def shift(self) -> Shift:
        """What there is to do."""
        return Shift(str(self.project.root), lambda: self.now, self.engine, self.send, self.told.append)

    def send(self, room: Mailroom, mailing: Mailing, turn: Turn) -> bool:
        """As the commands do."""
        if isinstance(self.engine, Procrastinate):
            return fleet.send(room, mailing, turn, QUICK.lease)
        return deliver(room, mailing).state == "stopped"

    def subscribe(self, count: int) -> None:
        """Put so many on the list."""
        self.ledger.enrol("weekly", people(count))

    def freeze(self) -> Mailing:
        """The next issue, frozen and enqueued, as if by hand on the day before."""
        room = enqueueing(self.room, self.engine)
        return room.freeze(room.plan(EARLY), EARLY)

    def working(self) -> Thread:
        """The engine at work, in a thread of its own."""
        self.stop.clear()
        thread = Thread(target=self.shift.run, args=(self.stop,))
        thread.start()
        return thread

    def works_until(self, true: Callable[[], bool]) -> None:
        """Work until something has come about."""
        thread = self.working()
        try:
            wait_until(true)
        finally:
            self.stop.set()
            thread.join(30)
        assert not thread.is_alive()

    def stands(self) -> str:
        """How the newest issue stands."""
        latest = self.room.latest()
        return latest.state if latest else ""

    @property
    def sent(self) -> list[str]:
        """Whom the outbox has a message for."""
        return sorted(file.name.rpartition("-")[0] for file in (self.project.root / "outbox").glob("*.eml"))


def deliver(room: Mailroom, mailing: Mailing) -> Delivered:
    """Send, and watch nothing."""
    return room.deliver(mailing, lambda seen: None, linger=1)


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what others do."""
    pause = Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        pause.wait(0.02)
    raise AssertionError("it never came true")


@pytest.fixture(params=["embedded", "procrastinate"])
def office(
    request: pytest.FixtureRequest, project: Project, quick_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """A weekly newsletter with one article and 30 subscribers, and each of the engines."""
    project.article("first.md", "title: The first story", "It has a text of its own.\n")
    settings = (project.root / "feeds.toml").read_text()
    project.write("feeds.toml", settings + 'every = "Thursday 08:00"\ntimezone = "Europe/Luxembourg"\n')
    engine: Engine
    if request.param == "embedded":
        where, engine = str(quick_folder / "ledger.db"), Embedded(0.1)
    else:
        where = request.getfixturevalue("fresh")
        engine = Procrastinate(where, QUICK)
        engine.prepare()
    monkeypatch.setenv(VARIABLE, where)
    ledger = open_ledger(where)
    made = Office(project, ledger, engine)
    made.subscribe(30)
    yield made
    ledger.close()
