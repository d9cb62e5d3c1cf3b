"""The job that runs for ever: a round for each newsletter, each minute, until it is told to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from types import FrameType

from feeds.delivery.engine import Delivered
from feeds.delivery.ledger import Mailing
from feeds.errors import FeedsError
from feeds.job.rounds import Deliver, go_round, settle_reports
from feeds.job.sending import Mailroom, mailrooms

PAUSE = 60.0
"""Seconds between two rounds."""


def run(
    folder: str, clock: Callable[[], datetime], deliver: Deliver, tell: Callable[[str], None], stop: Event
) -> int:
    """Make rounds until `stop` is set or a signal comes; the signal, or 0.

    feeds.toml and content/ are read anew in each round, and a fault in them ends no more than that
    round. `tell` hears each sentence once, and again only after another one.
    """
    said: dict[str, str] = {}

    def say(name: str, sentence: str) -> None:
        if said.get(name) != sentence:
            said[name] = sentence
            tell(sentence)

    with _signals(stop) as caught:
        while not stop.is_set():
            for name, told in _rounds(folder, clock, _heeding(deliver, caught, stop)):
                say(name, told)
            stop.wait(PAUSE)
    return caught[0] if caught else 0


def _rounds(folder: str, clock: Callable[[], datetime], deliver: Deliver) -> Iterator[tuple[str, str]]:
    try:
        with mailrooms(folder) as rooms:
            settle_reports(rooms)
            for room in (room for room in rooms if room.settings.every):
                yield room.newsletter, _told(room, clock(), deliver)
    except FeedsError as refusal:
        yield "", str(refusal)


def _told(room: Mailroom, now: datetime, deliver: Deliver) -> str:
    try:
        return go_round(room, now, deliver, lambda slot, missed: False).told
    except FeedsError as refusal:
        return str(refusal)


def _heeding(deliver: Deliver, caught: list[int], stop: Event) -> Deliver:
    """A signal that came while the engine was sending is meant for us too."""

    def heeding(room: Mailroom, mailing: Mailing) -> Delivered:
        delivered = deliver(room, mailing)
        if delivered.signal:
            caught.append(delivered.signal)
            stop.set()
        return delivered

    return heeding


@contextmanager
def _signals(stop: Event) -> Iterator[list[int]]:
    caught: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
