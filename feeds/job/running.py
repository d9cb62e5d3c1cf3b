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
    """While this lasts, the first signal sets `stop`, and is in the list; a second one ends us."""
    caught: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def note(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        signal.signal(number, before[signal.Signals(number)])
        stop.set()

    try:
        for number in before:
            signal.signal(number, note)
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
