"""A fleet: any number of processes on any number of machines that send from one ledger, in PostgreSQL."""

from __future__ import annotations

import os
import socket
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Event, Thread, Timer
from time import monotonic, time
from typing import TYPE_CHECKING

from feeds.delivery import engine
from feeds.delivery.engine import Delivered, Progress
from feeds.delivery.lanes import Lane, State
from feeds.delivery.ledger import Ledger, Mailing, Status
from feeds.errors import BusyError, DeliveryError, Fault, FeedsError, Place
from feeds.job.engines import USUALLY, Engine, Pace, Turn
from feeds.job.opening import VARIABLE, opened, postgresql
from feeds.job.running import signals
from feeds.job.sending import Mailroom
from feeds.job.shift import Shift, begin

if TYPE_CHECKING:
    from feeds.job._procrastinate import Procrastinate

LINGER = 10.0
"""Seconds that a lane waits for what is due next, before it leaves its place to another issue."""
PATIENCE = 10.0
"""Seconds that a lane waits for whoever has the newsletter for themselves."""
LOOK = 1.0
"""Seconds between two looks at how it goes, at least: each is a walk over all messages."""


def work(
    folder: str, clock: Callable[[], datetime], tell: Callable[[str], None], stop: Event, pace: Pace = USUALLY
) -> int:
    """Work until `stop` is set or a signal comes; the signal, or 0. Raises `DeliveryError`."""
    made = _engine(os.environ, pace, tell)

    with signals(stop) as caught, _present(folder, made.turns, pace.beat):
        Shift(folder, clock, made, partial(send, lease=pace.lease), tell).run(stop)
    return caught[0] if caught else 0


def send(room: Mailroom, mailing: Mailing, turn: Turn, lease: int) -> bool:
    """Send by one lane of the fleet; whether more may be due.

    Who has the newsletter for themselves, such as to freeze it, is waited for. Raises `BusyError` where
    that takes long.
    """
    until = monotonic() + PATIENCE
    while True:
        try:
            return _lane(room, mailing, turn, lease)
        except BusyError:
            if monotonic() > until or turn.board.halt.wait(0.2):
                raise


def engine_at_work(ledger: Ledger, environment: Mapping[str, str] = os.environ) -> Engine | None:
    """The engine of the fleet, where there is one that works."""
    if not postgresql(environment) or not ledger.workers():
        return None
    return _engine(environment)


def watch(room: Mailroom, mailing: Mailing, progress: Callable[[Progress], None], linger: float) -> Delivered:
    """Have the fleet send an issue, and look on until it is done or nothing is due for `linger` seconds.

    A signal ends no more than the looking on.
    """
    assert room.engine
    stop = Event()
    with signals(stop) as caught:
        before = room.ledger.status(mailing.id)
        begin(room, mailing, room.engine)
        while True:
            begun = monotonic()
            status = room.ledger.status(mailing.id)
            seen = _progress(before, status)
            progress(seen)
            if state := _ended(status, linger, stop):
                signalled = caught[0] if caught else 0
                return Delivered(state=state, progress=seen, signal=signalled, next_at=status.next_at)
            stop.wait(max(LOOK, 10 * (monotonic() - begun)))


def _ended(status: Status, linger: float, stop: Event) -> State | None:
    """How it has ended, if it has; what is claimed is due when its lease is over, and so is no end."""
    state = status.mailing.state
    if state in ("done", "paused", "cancelled"):
        return state
    at_work = any(status.states.get(one) for one in ("claimed", "sending"))
    until = (status.next_at or 0) / 1_000_000 - time()
    return "stopped" if stop.is_set() else "waiting" if not at_work and until > linger else None


def _progress(before: Status, now: Status) -> Progress:
    def count(*states: str) -> int:
        return sum(now.states.get(state, 0) - before.states.get(state, 0) for state in states)

    left = sum(now.states.get(state, 0) for state in ("ready", "claimed", "retry", "sending"))
    return Progress(
        sent=count("sent"),
        deferred=now.states.get("retry", 0),
        refused=count("failed", "expired"),
        doubt=count("held"),
        rate=now.rate,
        left=left,
    )


def _lane(room: Mailroom, mailing: Mailing, turn: Turn, lease: int) -> bool:
    if turn.lane > room.connections:  # there were more, until feeds.toml was changed
        return False
    terms = replace(room.options.terms, lease=lease)
    options = replace(room.options, linger=LINGER, terms=terms)
    made = room.transport(), room.letters(mailing)
    over = Timer(turn.seconds, turn.board.end, ("stopped",))
    over.start()
    try:
        return engine.drain(Lane(mailing.id, room.ledger, *made, options, turn.board, turn.owner))
    finally:
        over.cancel()


def _engine(
    environment: Mapping[str, str], pace: Pace = USUALLY, tell: Callable[[str], None] = lambda _: None
) -> Procrastinate:
    address = postgresql(environment)
    if not address:
        problem = (
            "is not set to postgresql://…, where several machines can meet; on one machine use `feeds run`, "
            "or take the ledger there with `feeds ledger copy`"
        )
        raise DeliveryError(Fault(Place(VARIABLE), problem))
    try:
        from feeds.job._procrastinate import Procrastinate
    except ModuleNotFoundError as missing:
        problem = f"needs {missing.name}; install feeds[cluster]"
        raise DeliveryError(Fault(Place("feeds worker"), problem)) from None
    return Procrastinate(address, pace, tell)


@contextmanager
def _present(folder: str, turns: Collection[Turn], beat: float) -> Iterator[None]:
    """While this lasts, the ledger knows that we are there, and what we do."""
    name, over = f"{socket.gethostname()}:{os.getpid()}", Event()

    def say() -> None:
        while not over.is_set():
            try:
                with opened(folder) as ledger:
                    while not over.is_set():
                        ledger.present(name, _doing(ledger, turns))
                        over.wait(beat)
                    ledger.left(name)
            except FeedsError:  # whoever works says so
                over.wait(beat)

    thread = Thread(target=say, name="presence")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _doing(ledger: Ledger, turns: Collection[Turn]) -> str:
    lanes: dict[int, list[int]] = defaultdict(list)
    for turn in list(turns):
        lanes[turn.issue].append(turn.lane)
    return "; ".join(_words(ledger.mailing(issue), sorted(at)) for issue, at in sorted(lanes.items()))


def _words(mailing: Mailing, lanes: list[int]) -> str:
    name = f"{mailing.newsletter} {mailing.slot.rpartition('/')[2]}"
    return f"{name}, lane{'s' * (len(lanes) > 1)} {', '.join(map(str, lanes))}"
