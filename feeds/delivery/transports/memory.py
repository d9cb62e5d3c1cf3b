"""The transport of tests: it keeps what it is given, and answers what it is told to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

from feeds.delivery.transports.base import Connection, ConnectionLost, Envelope, Reply

TAKEN = Reply(250, "2.0.0", "kept", "dot")

Answer = Reply | Exception


@dataclass
class Memory:
    """Keeps the envelopes that it takes, in their order; threads may share it.

    `answers` come first, one for each message: a reply, or an exception to raise. After them
    `answer` is asked, which takes everything unless a test says else.
    """

    answers: deque[Answer] = field(default_factory=deque)
    answer: Callable[[Envelope], Answer] = lambda envelope: TAKEN
    sent: list[Envelope] = field(default_factory=list)
    opened: int = 0
    lock: Lock = field(default_factory=Lock, repr=False)

    def will(self, answers: Iterable[Answer]) -> None:
        """Say what the next messages are answered."""
        self.answers.extend(answers)

    def open(self) -> Connection:
        """A connection that works."""
        with self.lock:
            self.opened += 1
        return _Kept(self)

    def take(self, envelope: Envelope) -> Reply:
        """Answer one message, and keep it if the answer is yes."""
        with self.lock:
            said = self.answers.popleft() if self.answers else self.answer(envelope)
            if isinstance(said, Exception):
                if isinstance(said, ConnectionLost) and said.stage == "after-dot":
                    self.sent.append(envelope)  # the doubt is real: it was taken
                raise said
            if said.accepted:
                self.sent.append(envelope)
            return said


@dataclass
class _Kept:
    memory: Memory
    usable: bool = True

    def send(self, envelope: Envelope) -> Reply:
        if not self.usable:
            raise ConnectionLost("connect", "closed already")
        self.usable = False
        reply = self.memory.take(envelope)
        self.usable = reply.code != 421
        return reply

    def close(self) -> None:
        self.usable = False
