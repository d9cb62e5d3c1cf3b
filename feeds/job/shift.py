"""What whoever works on a project does, whichever engine has it done: a round each minute, and the lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event

from feeds.delivery.engine import Delivered, Progress
from feeds.delivery.ledger import Mailing
from feeds.errors import BusyError, FeedsError
from feeds.job.engines import Engine, Turn
from feeds.job.opening import opened
from feeds.job.rounds import go_round, settle_reports
from feeds.job.sending import Mailroom, mailrooms

Send = Callable[[Mailroom, Mailing, Turn], bool]
"""Sends an issue for one turn; whether more may be due."""


@dataclass(frozen=True)
class Shift:
    """The work on one project. feeds.toml and content/ are read anew each time, and a fault in them ends
    no more than that time. `tell` hears each sentence once, and again only after another one.
    """

    folder: str
    clock: Callable[[], datetime]
    engine: Engine
    send: Send
    tell: Callable[[str], None]
    said: dict[str, str] = field(default_factory=dict)

    def run(self, stop: Event) -> None:
        """Work until `stop` is set."""
        self.engine.every_minute(self.tick)
        self.engine.run(self.drain, self.lost, stop)

    def tick(self) -> None:
        """A round for each newsletter; and whatever is under way has all its lanes again."""
        try:
            with mailrooms(self.folder) as rooms, _alone(rooms) as ours:
                for room in rooms if ours else ():
                    if room.settings.every:
                        self._say(room.newsletter, self._round(enqueueing(room, self.engine)))
                    put_back(room, self.engine)
        except FeedsError as refusal:
            self._say("", str(refusal))

    def drain(self, turn: Turn) -> bool:
        """One turn; whether the lane is to have another."""
        try:
            with mailrooms(self.folder) as rooms:
                for room in rooms[:1]:  # they have one ledger
                    mailing = room.ledger.mailing(turn.issue)
                mine = [room for room in rooms if room.newsletter == mailing.newsletter]
                if mailing.state != "sending":  # somebody has paused it since it was enqueued
                    return False
                return any(self.send(room, mailing, turn) for room in mine)
        except FeedsError as refusal:
            self._say(f"issue {turn.issue}", str(refusal))
            return False

    def lost(self, issue: int, owner: str) -> None:
        """What a dead process had claimed and not begun is anybody's again."""
        with opened(self.folder) as ledger:
            ledger.reclaim(issue, owner)

    def _round(self, room: Mailroom) -> str:
        def go_on(room: Mailroom, mailing: Mailing) -> Delivered:
            begin(room, mailing, self.engine)
            return Delivered(state="waiting", progress=Progress())

        try:
            return go_round(room, self.clock(), go_on, lambda slot, missed: False).told
        except BusyError:  # who is at it will say so
            return ""
        except FeedsError as refusal:
            return str(refusal)

    def _say(self, name: str, sentence: str) -> None:
        if sentence and self.said.get(name) != sentence:
            self.said[name] = sentence
            self.tell(sentence)


@contextmanager
def _alone(rooms: Sequence[Mailroom]) -> Iterator[bool]:
    """Whether we are the one process that looks after all of them; then providers' reports are settled."""
    with ExitStack() as stack:
        ours = all(stack.enter_context(room.ledger.alone("rounds")) for room in rooms[:1])
        if ours:
            settle_reports(rooms)
        yield ours


def enqueueing(room: Mailroom, engine: Engine) -> Mailroom:
    """The mailroom that leaves the sending to an engine."""
    return replace(room, engine=engine)


def begin(room: Mailroom, mailing: Mailing, engine: Engine) -> None:
    """Have an issue sent that was frozen or paused before."""
    if mailing.state != "sending":
        room.ledger.begin(mailing.id)
    engine.enqueue(mailing.id, room.connections)


def put_back(room: Mailroom, engine: Engine) -> None:
    """Give every issue that is being sent the lanes it should have."""
    for mailing in room.ledger.mailings(room.newsletter):
        if mailing.state == "sending":
            engine.enqueue(mailing.id, room.connections)
