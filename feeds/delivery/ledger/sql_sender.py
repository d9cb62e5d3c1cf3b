"""One lane's own connection to the ledger in a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from feeds.delivery.ledger import queue, steps
from feeds.delivery.ledger.database import Database, again
from feeds.delivery.ledger.values import Answer, Claim, Job, Stepped
from feeds.delivery.rates import USUAL, Terms
from feeds.delivery.transports.base import ConnectionLost, Reply
from feeds.delivery.verdicts import Outcome, verdict


@dataclass(frozen=True)
class SqlSender:
    """One lane's connection. What a database could not do is asked again before it is an error."""

    database: Database
    connection: Connection
    seat: queue.Seat

    def claim(self, issue: int, wanted: int, terms: Terms = USUAL) -> Claim:
        """Take at most so many messages that are due."""

        def work() -> Claim:
            with self.database.writing("claim", self.connection, "hasty") as unit:
                return queue.claim(unit, self.seat, issue, wanted, terms)

        return again(work)

    def step(self, claim: Claim, answers: Sequence[Answer], following: Sequence[Job] = ()) -> Stepped:
        """Results and intents, in one commit."""

        def work() -> Stepped:
            with self.database.writing("step", self.connection, "shared") as unit:
                return steps.step(unit, self.seat.owner, claim, answers, following)

        return again(work)

    def release(self, claim: Claim) -> None:
        """Give back what was claimed and not begun."""

        def work() -> None:
            with self.database.writing("release", self.connection, "hasty") as unit:
                queue.release(unit, claim, claim.jobs)

        again(work)

    def trouble(self, claim: Claim, reply: Reply | ConnectionLost) -> Outcome:
        """No connection can be had: rest or pause, and release the claim."""
        outcome = verdict(reply)

        def work() -> None:
            with self.database.writing("trouble", self.connection, "shared") as unit:
                steps.widen(unit, claim.issue, "", outcome)
                queue.release(unit, claim, claim.jobs)

        again(work)
        return outcome
