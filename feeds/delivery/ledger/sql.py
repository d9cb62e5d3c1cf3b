"""The ledger in a database: each call is one transaction, of the functions in the files beside this one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from feeds.delivery.addresses import address_key, subkey
from feeds.delivery.ledger import issues, keys, register, reports, sql_inbox, sql_workers, steps
from feeds.delivery.ledger.base import Sender
from feeds.delivery.ledger.database import Database
from feeds.delivery.ledger.inbox import Received
from feeds.delivery.ledger.queue import Seat
from feeds.delivery.ledger.sql_sender import SqlSender
from feeds.delivery.ledger.values import Along, Clock, Draft, Mailing, Status, Story, Variant, Worker
from feeds.delivery.subscribers import Audience, Enrolled, Entry, Stats, Subscriber
from feeds.errors import BusyError, Fault, Place

BATCH = 1_000
"""Subscribers read in one go."""
INTAKE = 5_000
"""Subscribers written in one go: a third of a second, for which senders wait."""


@dataclass(frozen=True)
class SqlLedger:
    """A ledger in SQLite or PostgreSQL."""

    database: Database
    secret: bytes = field(repr=False)

    @classmethod
    def open(cls, where: str, *, clock: Clock | None = None, key: str | None = None) -> SqlLedger:
        """Open a file or `postgresql://…`; make what is not there yet.

        `key` is the ledger's own secret, else FEEDS_KEY, else one that the ledger makes and keeps.
        Raises `DeliveryError` where the ledger was made with another key.
        """
        database = Database.open(where, clock)
        given = os.environ.get(keys.VARIABLE) if key is None else key
        try:
            with database.writing("opening") as unit:
                return cls(database, keys.secret_of(unit, given))
        except BaseException:
            database.engine.dispose()
            raise

    def key(self, purpose: str) -> bytes:
        """A key for one purpose, the same for the ledger's whole life."""
        return subkey(self.secret, purpose)

    def add(self, newsletter: str, entry: Entry, *, again: bool = False) -> Subscriber:
        """Put one on the list, by their own consent."""
        with self.database.writing("add", fence="alone") as unit:
            return register.add(unit, newsletter, entry, self._key(entry.address), again)

    def enrol(self, newsletter: str, entries: Iterable[Entry]) -> Enrolled:
        """Put many on the list, a batch at a time, so that senders get their turns."""
        total = Enrolled()
        for batch in _batches(entries):
            with self.database.writing("enrol") as unit:
                total += register.enrol(unit, newsletter, batch, self.secret)
        return total

    def subscribers(self, newsletter: str) -> Iterator[Subscriber]:
        """Everybody on the list, page by page."""
        after = 0
        while True:
            with self.database.reading() as unit:
                page = register.page(unit, newsletter, after, BATCH)
            yield from page
            if len(page) < BATCH:
                return
            after = page[-1].id

    def find(self, newsletter: str, address: str) -> Subscriber | None:
        """The subscriber with an address."""
        with self.database.reading() as unit:
            return register.by_key(unit, newsletter, self._key(address))

    def subscriber(self, number: int) -> Subscriber | None:
        """The subscriber with an id."""
        with self.database.reading() as unit:
            return register.by_number(unit, number)

    def confirm(self, number: int) -> Subscriber | None:
        """From pending to active."""
        with self.database.writing("confirm", fence="alone") as unit:
            register.confirm(unit, number)
            return register.by_number(unit, number)

    def choose(
        self, number: int, topics: tuple[str, ...], language: str, *, paused: bool = False
    ) -> Subscriber | None:
        """Set what a subscriber wants to read."""
        with self.database.writing("choose", fence="alone") as unit:
            register.choose(unit, number, topics, language, paused)
            return register.by_number(unit, number)

    def unsubscribe(self, number: int) -> Subscriber | None:
        """Nothing is begun for this subscriber after the commit."""
        with self.database.writing("unsubscribe", fence="alone") as unit:
            register.unsubscribe(unit, number)
            return register.by_number(unit, number)

    def erase(self, address: str) -> int:
        """Forget an address in every newsletter."""
        with self.database.writing("erase", fence="alone") as unit:
            count = register.erase(unit, self._key(address))
        self.database.settle_file()
        return count

    def suppress(self, address: str, reason: str) -> None:
        """Never send anything to an address again."""
        with self.database.writing("suppress", fence="alone") as unit:
            register.suppress(unit, self._key(address), reason)

    def suppressed(self, address: str) -> str:
        """Why nothing is sent to an address."""
        with self.database.reading() as unit:
            return register.suppressed(unit, self._key(address))

    def stats(self, newsletter: str) -> Stats:
        """The list in numbers."""
        with self.database.reading() as unit:
            return register.stats(unit, newsletter)

    def audiences(self, newsletter: str) -> Mapping[Audience, int]:
        """The active subscribers by what they want to read."""
        with self.database.reading() as unit:
            return register.audiences(unit, newsletter)

    def freeze(self, draft: Draft, along: Along | None = None) -> Mailing | None:
        """Issue, variants and deliveries in one transaction; None where the slot is taken."""
        with self.database.writing("freeze") as unit:
            made = issues.freeze(unit, draft)
            if made and along:
                made = issues.begin(unit, made.id)
                along(unit.connection.connection.driver_connection, made.id)
            return made

    def mailing(self, number: int) -> Mailing:
        """One issue."""
        with self.database.reading() as unit:
            return issues.mailing(unit, number)

    def mailings(self, newsletter: str) -> tuple[Mailing, ...]:
        """Every issue of a newsletter, newest first."""
        with self.database.reading() as unit:
            return issues.mailings(unit, newsletter)

    def variants(self, number: int) -> tuple[Variant, ...]:
        """What an issue says, checked against what was frozen."""
        with self.database.reading() as unit:
            return issues.variants(unit, number)

    def carried(self, newsletter: str) -> frozenset[str]:
        """The ids of articles that went out before."""
        with self.database.reading() as unit:
            return issues.carried_by(unit, newsletter)

    def begin(self, number: int) -> Mailing:
        """From frozen or paused to sending."""
        with self.database.writing("begin", fence="alone") as unit:
            return issues.begin(unit, number)

    def reclaim(self, number: int, owner: str = "") -> None:
        """Make ready what was claimed by senders that are gone."""
        with self.database.writing("reclaim", fence="alone") as unit:
            issues.reclaim(unit, number, owner)

    def pause(self, number: int, reason: str = "") -> Mailing:
        """Nothing of it is begun after the commit."""
        with self.database.writing("pause", fence="alone") as unit:
            return issues.pause(unit, number, reason)

    def cancel(self, number: int) -> Mailing:
        """Nothing more of it is ever sent."""
        with self.database.writing("cancel", fence="alone") as unit:
            return issues.cancel(unit, number)

    def resend(self, number: int, addresses: Iterable[str] | None = None) -> int:
        """Send those in doubt once more."""
        with self.database.writing("resend", fence="alone") as unit:
            return issues.resend(unit, number, addresses)

    def bounced(
        self, issue: int, subscriber: int, kind: Literal["nobody", "trouble", "complaint"], reply: str = ""
    ) -> bool:
        """A message came back or was complained of; False where no such message was sent."""
        with self.database.writing("bounce", fence="alone") as unit:
            return steps.bounced(unit, issue, subscriber, kind, reply)

    def receive(self, received: Received) -> bool:
        """Keep a provider's report; False where it was told before."""
        with self.database.writing("receive") as unit:
            return sql_inbox.receive(unit, received)

    def received(self, after: int = 0) -> tuple[Received, ...]:
        """The reports that nobody has acted on, a batch at a time."""
        with self.database.reading() as unit:
            return sql_inbox.waiting(unit, after)

    def settle(self, numbers: Iterable[int]) -> None:
        """Nothing is left of these reports but that they came."""
        with self.database.writing("settle") as unit:
            sql_inbox.settle(unit, list(numbers))

    def status(self, number: int) -> Status:
        """How an issue stands."""
        with self.database.reading() as unit:
            return reports.status(unit, number)

    def why(self, newsletter: str, address: str) -> Story:
        """The story of one subscriber."""
        with self.database.reading() as unit:
            return reports.why(unit, newsletter, self._key(address))

    @contextmanager
    def sending(self, newsletter: str, *, together: bool = False) -> Iterator[None]:
        """Be the one process that sends a newsletter."""
        with self.database.alone(newsletter, together) as ours:
            if not ours:
                problem = "is being sent by another process; see how it goes with `feeds status`"
                raise BusyError(Fault(Place(f"newsletter.{newsletter}"), problem))
            yield

    def flows(self, number: int) -> bool:
        """Whether anything of an issue was sent in this minute or the last."""
        with self.database.reading() as unit:
            return reports.flows(unit, number)

    @contextmanager
    def alone(self, what: str) -> Iterator[bool]:
        """Be the one process that does this; whether we are."""
        with self.database.alone(what, together=False) as ours:
            yield ours

    @contextmanager
    def sender(self, owner: str = "") -> Iterator[Sender]:
        """A connection for one lane."""
        with self.database.connected() as connection:
            yield SqlSender(self.database, connection, Seat(owner or secrets.token_hex(4)))

    def present(self, worker: str, doing: str = "") -> None:
        """A worker is there, and does this."""
        with self.database.writing("present") as unit:
            sql_workers.present(unit, worker, doing)

    def left(self, worker: str) -> None:
        """A worker is there no more."""
        with self.database.writing("left") as unit:
            sql_workers.left(unit, worker)

    def workers(self) -> tuple[Worker, ...]:
        """The workers that were heard of lately."""
        with self.database.reading() as unit:
            return sql_workers.workers(unit)

    def close(self) -> None:
        """Let go of the database."""
        self.database.engine.dispose()

    def _key(self, address: str) -> str:
        return address_key(self.secret, address)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    left = iter(entries)
    while batch := list(islice(left, INTAKE)):
        yield batch
