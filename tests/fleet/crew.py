"""Workers in processes of their own, which a test may kill, and a server that counts its connections."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any, Self

from feeds.job import fleet
from feeds.job.engines import Pace
from tests.delivery_messages.sink import Sink
from tests.fleet.conftest import QUICK

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.fleet.crew", "feeds.delivery.ledger.sql", "feeds.job._procrastinate"])


@dataclass(frozen=True)
class Hand:
    """A worker, as `feeds worker` runs it, at a quick pace."""

    folder: Path
    environment: Mapping[str, str]
    now: Path | None = None
    """A file that says what time it is."""
    pace: Pace = QUICK

    def __call__(self) -> None:
        """Work until a signal comes."""
        os.environ.update(self.environment)
        caught = fleet.work(str(self.folder), self._clock, self._tell, Event(), self.pace)
        sys.exit(128 + caught)

    def _clock(self) -> datetime:
        return datetime.fromisoformat(self.now.read_text()) if self.now else datetime.now(UTC)

    def _tell(self, sentence: str) -> None:
        with (self.folder / "told").open("a") as stream:
            stream.write(f"{sentence}\n")


@contextmanager
def crew(hand: Hand, count: int) -> Iterator[list[Any]]:
    """So many of them; those that are left at the end are told to stop, and stop in good order."""
    hands = [_context.Process(target=hand) for _ in range(count)]
    for one in hands:
        one.start()
    try:
        yield hands
    finally:
        left = [one for one in hands if one.is_alive()]
        for one in left:
            one.terminate()
        for one in left:
            one.join(30)
        stuck = [one for one in left if one.exitcode is None]
        for one in stuck:
            one.kill()
    assert not stuck
    assert {one.exitcode for one in left} <= {128 + signal.SIGTERM}


@dataclass
class Counting(Sink):
    """Knows how many connections there were at once, at most."""

    at_once: int = 0
    most: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def _talk(self, link: socket.socket, stopped: Event) -> None:
        with self.guard:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            super()._talk(link, stopped)
        finally:
            with self.guard:
                self.at_once -= 1

    @contextmanager
    def running(self) -> Iterator[Self]:
        """The sink at work."""
        with super().running():
            yield self

    @property
    def readers(self) -> Counter[str]:
        """How often each reader was sent a message that was taken."""
        found = (re.search(rb"(?m)^To: (\S+)\r$", message) for message in list(self.taken))
        return Counter(match[1].decode() for match in found if match)
