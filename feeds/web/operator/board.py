"""What the operator's page is about: the newsletters of one ledger, and what the ledger says of them.

An issue's status is one walk over its deliveries, and a list's numbers are one over its subscribers; so
they are remembered for a moment: shortly where an issue is under way, longer where little can happen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from feeds.delivery.ledger import Ledger, Mailing, Status
from feeds.delivery.subscribers import Stats
from feeds.errors import Fault, Place, SettingsError
from feeds.job.sending import Mailroom

NEWEST = 12
"""So many issues of each newsletter are counted message by message."""
UNDER_WAY = 2.0
FINISHED = 60.0
"""Seconds for which a number is good."""
_MOST = 500


@dataclass(frozen=True)
class Board:
    """The newsletters that are shown, by name with their titles."""

    ledger: Ledger
    newsletters: Mapping[str, str]
    title: str = ""
    accent: str = "#1f4e79"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    clock: Callable[[], float] = time.time
    """Seconds since 1970."""
    _known: dict[tuple[str, object], tuple[float, Any]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def mailings(self, newsletter: str) -> tuple[Mailing, ...]:
        """The issues that were for anybody, newest first."""
        return tuple(made for made in self.ledger.mailings(newsletter) if made.recipients)

    def stats(self, newsletter: str) -> Stats:
        """A list in numbers, as they are or were a moment ago."""
        stats: Stats = self._remembered(
            ("stats", newsletter), lambda: self.ledger.stats(newsletter), lambda _: FINISHED
        )
        return stats

    def status(self, number: int) -> Status:
        """How an issue stands, or stood a moment ago. Raises `DeliveryError` where there is none."""
        status: Status = self._remembered(("issue", number), lambda: self.ledger.status(number), _lasting)
        return status

    def forget(self, number: int) -> None:
        """Look at an issue anew when it is asked for next."""
        with self._lock:
            self._known.pop(("issue", number), None)

    def _remembered(
        self, key: tuple[str, object], ask: Callable[[], Any], lasting: Callable[[Any], float]
    ) -> Any:
        now = self.clock()
        with self._lock:
            at, known = self._known.get(key, (0.0, None))
        if known and 0 <= now - at < lasting(known):
            return known
        found = ask()
        with self._lock:
            while len(self._known) >= _MOST:
                del self._known[next(iter(self._known))]
            self._known[key] = now, found
        return found


def _lasting(status: Status) -> float:
    return UNDER_WAY if status.mailing.state == "sending" else FINISHED


def board(rooms: Sequence[Mailroom]) -> Board:
    """The newsletters of a project, by their mailrooms. Raises `SettingsError` where there is none."""
    if not rooms:
        raise SettingsError(Fault(Place("feeds.toml"), "has no newsletter; add a table [newsletter.NAME]"))
    settings = rooms[0].publication.settings.publication
    return Board(
        ledger=rooms[0].ledger,
        newsletters={room.newsletter: room.settings.title or settings.title for room in rooms},
        title=settings.title,
        accent=settings.accent,
        zone=ZoneInfo(settings.timezone),
    )
