"""What the killed processes of the crash tests do: freeze an issue, and send it into a file."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import time_ns

from feeds.delivery.engine import Delivered, Options, deliver
from feeds.delivery.faultpoints import ARMED
from feeds.delivery.ledger import Job, Terms, open_ledger
from feeds.delivery.rates import MINUTE
from feeds.delivery.transports.base import Connection, Envelope, Reply
from tests.delivery.examples import draft, people

READERS = 200


@dataclass(frozen=True)
class Sink:
    """Takes every message: a line in a file, which survives the process."""

    file: Path

    def open(self) -> Connection:
        """As many as are asked for."""
        return self

    def send(self, envelope: Envelope) -> Reply:
        """One line, in one write."""
        handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, envelope.recipient.encode() + b"\n")
        finally:
            os.close(handle)
        return Reply(250, "2.0.0", "taken", "dot")

    def close(self) -> None:
        """Nothing to say goodbye to."""

    def taken(self) -> Counter[str]:
        """How often each address was sent to."""
        return Counter(self.file.read_text().splitlines() if self.file.exists() else ())


def write(job: Job) -> Envelope:
    """The least that is a letter."""
    return Envelope("", job.address, b"\r\n")


@dataclass(frozen=True)
class Run:
    """One run of the job, at some time after the first one."""

    where: str
    sink: Sink
    group: int = 1
    connections: int = 2
    minutes: int = 0
    fault: str = ""

    def __call__(self) -> Delivered:
        """Freeze, if nobody has, and send; until the armed fault kills the process."""
        os.environ[ARMED] = self.fault
        shift = self.minutes * MINUTE
        ledger = open_ledger(self.where, clock=lambda: time_ns() // 1000 + shift)
        try:
            ledger.enrol("weekly", people(READERS))
            ledger.freeze(draft())
            issue = ledger.mailings("weekly")[0].id
            return deliver(issue, ledger, self.sink, write, self.options())
        finally:
            ledger.close()
            del os.environ[ARMED]

    def options(self) -> Options:
        """Small claims, so that there are many."""
        return Options(connections=self.connections, group=self.group, claim=20, terms=Terms(), linger=1)

    def killed(self) -> bool:
        """Run in a process of its own; whether that was killed."""
        child = _context.Process(target=self)
        child.start()
        child.join(60)
        assert child.exitcode in (0, -9), child.exitcode
        return child.exitcode == -9


_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.delivery.crashing", "feeds.delivery.ledger.sql", "psycopg"])
