"""The job that runs for ever in one process: a round each minute, until it is told to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from types import FrameType

from feeds.delivery.ledger import Mailing
from feeds.job.engines import PAUSE, Embedded, Turn
from feeds.job.rounds import Deliver
from feeds.job.sending import Mailroom
from feeds.job.shift import Shift


def run(
    folder: str, clock: Callable[[], datetime], deliver: Deliver, tell: Callable[[str], None], stop: Event
) -> int:
    """Make rounds until `stop` is set or a signal comes; the signal, or 0."""
    with signals(stop) as caught:

        def send(room: Mailroom, mailing: Mailing, turn: Turn) -> bool:
            if signalled := deliver(room, mailing).signal:  # the engine caught it, and it is meant for us too
                caught.append(signalled)
                stop.set()
            return False

        Shift(folder, clock, Embedded(PAUSE), send, tell).run(stop)
    return caught[0] if caught else 0


@contextmanager
def signals(stop: Event) -> Iterator[list[int]]:
    """While this lasts, a signal sets `stop`; which it was is in the list."""
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
