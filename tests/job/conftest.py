"""A project with articles and subscribers, its mailroom, and a ledger with a clock that a test can turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from feeds.delivery.engine import Delivered
from feeds.delivery.ledger import Ledger, Mailing, open_ledger
from feeds.delivery.subscribers import Entry, micros, moment
from feeds.job.sending import Mailroom
from tests.conftest import NOW, Project
from tests.delivery.examples import FakeClock


@dataclass
class Office:
    """A mailroom whose clock is turned by hand, and what it has sent."""

    project: Project
    ledger: Ledger
    clock: FakeClock
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The moment, for the ledger too."""
        return moment(self.clock.now)

    @now.setter
    def now(self, now: datetime) -> None:
        self.clock.now = micros(now)

    @property
    def room(self) -> Mailroom:
        """The mailroom, with feeds.toml and content/ as they are now."""
        return Mailroom(self.project.load(), self.ledger, "weekly", self.environment)

    def subscribe(self, *addresses: str, **wishes: object) -> None:
        """Put people on the list."""
        entries = [Entry(address=one, domain=one.rpartition("@")[2], **wishes) for one in addresses]  # type: ignore[arg-type]
        self.ledger.enrol("weekly", entries)

    def send(self) -> Delivered:
        """The next issue, without asking."""
        return deliver(self.room, self.room.freeze(self.room.plan(self.now), self.now))

    @property
    def sent(self) -> list[str]:
        """Whom the outbox has a message for."""
        return sorted(file.name.rpartition("-")[0] for file in (self.project.root / "outbox").glob("*.eml"))


def deliver(room: Mailroom, mailing: Mailing) -> Delivered:
    """Send, and watch nothing."""
    return room.deliver(mailing, lambda seen: None)


@pytest.fixture
def office(project: Project, tmp_path: Path) -> Iterator[Office]:
    """A weekly newsletter with one article and two subscribers."""
    project.article("first.md", "title: The first story", "It has a text of its own.\n")
    clock = FakeClock(micros(NOW))
    ledger = open_ledger(str(tmp_path / "ledger.db"), clock=clock)
    made = Office(project, ledger, clock)
    made.subscribe("ada@example.org", "bob@example.net")
    yield made
    ledger.close()
