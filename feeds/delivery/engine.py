"""From a frozen issue to the transport: lanes at work, until all is sent or somebody says stop.

It may be killed at any instant and run again: what was sent is in the ledger, what was begun and not
finished is in doubt, at most one group for each connection, and known by name.
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from time import monotonic
from types import FrameType

from feeds.delivery.lanes import USUALLY, Board, Lane, Options, Progress, State, Write
from feeds.delivery.ledger.base import Ledger
from feeds.delivery.ledger.values import WAITING
from feeds.delivery.transports.base import Transport
from feeds.errors import DeliveryError, Fault, Place

__all__ = ["Delivered", "Options", "Progress", "Write", "deliver"]

TICK = 0.2
"""Seconds between two reports of progress."""
MEMORY = 50
"""Reports over which the rate is taken: ten seconds."""
MOST = 50
"""Messages begun in one commit, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """How a run ended."""

    state: State
    """`done`; `paused` and `cancelled` by somebody or by the rules; `stopped` by a signal; `waiting`
    for what is due later than the run would linger."""
    progress: Progress
    signal: int = 0
    """The signal that stopped it: a command's exit status is 128 more."""
    next_at: int | None = None
    """When the next message is due."""


def deliver(
    issue: int,
    ledger: Ledger,
    transport: Transport,
    write: Write,
    options: Options = USUALLY,
) -> Delivered:
    """Send an issue that is frozen or sending; `write` makes the letter of one job.

    `write` is called by several threads at once. Stops after the message in hand on SIGTERM, SIGINT
    and SIGHUP. Raises `DeliveryError` where another process sends the newsletter, and where the
    ledger can no longer be written: then the rows that were begun stay as they are, in doubt.
    """
    if not 1 <= options.group <= MOST or options.connections < 1 or options.claim < 1:
        raise DeliveryError(
            Fault(Place("options"), f"a group is 1 to {MOST} messages, on 1 connection or more")
        )
    mailing = ledger.mailing(issue)
    with ledger.sending(mailing.newsletter, together=options.together):
        if mailing.state == "frozen":
            ledger.begin(issue)
        if not options.together:  # we are alone, so whoever claimed anything is gone
            ledger.reclaim(issue)
        board = Board()
        left = sum(ledger.status(issue).states.get(state, 0) for state in (*WAITING, "sending"))
        lanes = [Lane(issue, ledger, transport, write, options, board) for _ in range(options.connections)]
        with _signals(board) as caught:
            seen = _watched(lanes, board, left, options.progress)
    if board.error is not None:
        raise board.error
    status = ledger.status(issue)
    state = "waiting" if board.state == "sending" else board.state
    return Delivered(state=state, progress=seen, signal=caught[0] if caught else 0, next_at=status.next_at)


def drain(lane: Lane) -> bool:
    """Send by one lane among those of other processes, until its board is ended or nothing is due for long.

    Whether something may be left that is due. Raises `BusyError` where one process sends the newsletter
    alone, and `DeliveryError` where the ledger can no longer be written.
    """
    with lane.ledger.sending(lane.ledger.mailing(lane.issue).newsletter, together=True):
        lane.run()
    if lane.board.error is not None:
        raise lane.board.error
    return lane.board.state == "stopped"


def _watched(lanes: list[Lane], board: Board, left: int, progress: Callable[[Progress], None]) -> Progress:
    """Run the lanes, telling of their progress, until the last has ended."""
    threads = [Thread(target=lane.run, name=f"lane {number}") for number, lane in enumerate(lanes, 1)]
    samples: deque[tuple[float, int]] = deque([(monotonic(), 0)], maxlen=MEMORY)
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(TICK)
                progress(_seen(board, left, samples))
    except BaseException:
        board.end("stopped")
        raise
    finally:
        for thread in threads:
            thread.join()
    last = _seen(board, left, samples)
    progress(last)
    return last


def _seen(board: Board, left: int, samples: deque[tuple[float, int]]) -> Progress:
    with board.lock:
        counts = board.counts.copy()
    refused = counts["failed"] + counts["expired"]
    samples.append((monotonic(), counts["sent"]))
    (since, before), (now, after) = samples[0], samples[-1]
    return Progress(
        sent=counts["sent"],
        deferred=counts["retry"] + counts["ready"],
        refused=refused,
        doubt=counts["doubt"],
        rate=(after - before) / max(now - since, 0.001),
        left=max(0, left - counts["sent"] - refused - counts["doubt"]),
    )


@contextmanager
def _signals(board: Board) -> Iterator[list[int]]:
    """While this lasts, the first signal stops the lanes after the message in hand; a second one ends us."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    watched = [signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {number: signal.getsignal(number) for number in watched}

    def stop(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        signal.signal(number, before[signal.Signals(number)])
        board.end("stopped")

    try:
        for number in watched:
            signal.signal(number, stop)
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
