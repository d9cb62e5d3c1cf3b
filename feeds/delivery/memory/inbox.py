"""The inbox of reports, in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from feeds.delivery.ledger.inbox import BATCH, KEPT, Received
from feeds.delivery.memory.register import Register


@dataclass
class Inbox(Register):
    """What providers have reported, by its number; and which of it is settled."""

    reports: dict[int, Received] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)
    reported: int = 0

    def receive(self, received: Received) -> bool:
        """Keep a report; False where the provider has told it before."""
        with self.lock:
            if any((one.source, one.event) == (received.source, received.event) for one in self._kept()):
                return False
            self.reported += 1
            self.reports[self.reported] = replace(received, number=self.reported, at=self.clock())
            return True

    def received(self, after: int = 0) -> tuple[Received, ...]:
        """The next reports that nobody has acted on."""
        with self.lock:
            return tuple(n for n in self._kept() if n.number > after and n.number not in self.settled)[:BATCH]

    def settle(self, numbers: Iterable[int]) -> None:
        """Of these nothing is left but that they came."""
        with self.lock:
            for number in set(numbers) & self.reports.keys() - self.settled:
                self.reports[number] = replace(self.reports[number], diagnostic="", marks="")
                self.settled.add(number)
            for one in self._kept():
                done = one.number in self.settled or one.kind == "subscription"
                if done and one.at < self.clock() - KEPT:
                    del self.reports[one.number]

    def _kept(self) -> list[Received]:
        return list(self.reports.values())
