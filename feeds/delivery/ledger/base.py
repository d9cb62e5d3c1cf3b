"""The contract of a ledger: it remembers who is on the list, what was frozen, and what became of it.

Every moment is in microseconds since 1970, UTC, and is the database's. Nothing here raises anything
but `DeliveryError`, and no error holds the address of a subscriber.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from feeds.delivery.ledger.inbox import Received
from feeds.delivery.ledger.values import (
    Along,
    Answer,
    Claim,
    Draft,
    Job,
    Mailing,
    Status,
    Stepped,
    Story,
    Variant,
    Worker,
)
from feeds.delivery.rates import Terms
from feeds.delivery.subscribers import Audience, Enrolled, Entry, Stats, Subscriber
from feeds.delivery.transports.base import ConnectionLost, Reply
from feeds.delivery.verdicts import Outcome


class Sender(Protocol):
    """One lane's own connection to the ledger. One thread uses it."""

    def claim(self, issue: int, wanted: int, terms: Terms = ...) -> Claim:
        """Take at most so many messages that are due, for the length of a lease."""

    def step(self, claim: Claim, answers: Sequence[Answer], following: Sequence[Job] = ()) -> Stepped:
        """In one commit: what was answered, and what is sent next.

        Begun are those of `following` whose claim and lease hold, whose subscriber is neither
        suppressed nor unsubscribed, and whose issue is still sending. No other may be sent.
        """

    def release(self, claim: Claim) -> None:
        """Give back what was claimed and not begun."""

    def trouble(self, claim: Claim, reply: Reply | ConnectionLost) -> Outcome:
        """No connection can be had, for any message: rest, or pause the issue; and release the claim."""


class Ledger(Protocol):
    """What a newsletter remembers."""

    def key(self, purpose: str) -> bytes:
        """A key for one purpose, the same for the ledger's whole life."""

    def add(self, newsletter: str, entry: Entry, *, again: bool = False) -> Subscriber:
        """Put one on the list, by their own consent; who had unsubscribed is back.

        Raises `DeliveryError` where the address is suppressed, unless `again`: with new consent.
        """

    def enrol(self, newsletter: str, entries: Iterable[Entry]) -> Enrolled:
        """Put many on the list. Who is on it stays as they are, in whatever state."""

    def subscribers(self, newsletter: str) -> Iterator[Subscriber]:
        """Everybody on the list, in the order in which they came."""

    def find(self, newsletter: str, address: str) -> Subscriber | None:
        """The subscriber with an address, however it is spelled."""

    def subscriber(self, number: int) -> Subscriber | None:
        """The subscriber with an id."""

    def confirm(self, number: int) -> Subscriber | None:
        """From pending to active; anybody else stays as they are."""

    def choose(
        self, number: int, topics: tuple[str, ...], language: str, *, paused: bool = False
    ) -> Subscriber | None:
        """Set what a subscriber wants to read; the epoch stays. Who unsubscribed stays as they are.

        `paused` turns active into paused, and its absence paused into active; no issue goes to who
        is paused. A pending subscriber stays pending.
        """

    def unsubscribe(self, number: int) -> Subscriber | None:
        """Nothing is begun for this subscriber after the commit."""

    def erase(self, address: str) -> int:
        """Forget an address in every newsletter; what is left is a keyed hash. How many were erased."""

    def suppress(self, address: str, reason: str) -> None:
        """Never send anything to an address again."""

    def suppressed(self, address: str) -> str:
        """Why nothing is sent to an address; empty if nothing stands against it."""

    def stats(self, newsletter: str) -> Stats:
        """The list in numbers."""

    def audiences(self, newsletter: str) -> Mapping[Audience, int]:
        """The active subscribers by what they want to read."""

    def freeze(self, draft: Draft, along: Along | None = None) -> Mailing | None:
        """Issue, variants and deliveries in one transaction; None where the slot is taken.

        With `along` the issue is under way at once, and what that does is part of the transaction.
        """

    def mailing(self, number: int) -> Mailing:
        """One issue. Raises `DeliveryError` where there is none."""

    def mailings(self, newsletter: str) -> tuple[Mailing, ...]:
        """Every issue of a newsletter, newest first."""

    def variants(self, number: int) -> tuple[Variant, ...]:
        """What an issue says, in the order of the keys."""

    def carried(self, newsletter: str) -> frozenset[str]:
        """The ids of articles that an issue which was not cancelled has carried."""

    def begin(self, number: int) -> Mailing:
        """From frozen or paused to sending. Raises `DeliveryError` where it is neither."""

    def reclaim(self, number: int, owner: str = "") -> None:
        """Make ready what was claimed and not begun by senders that are gone: all, or one owner's.

        All is for whoever is the one process that sends. A sender that lives all the same is fenced off
        by its claim, which holds no more.
        """

    def pause(self, number: int, reason: str = "") -> Mailing:
        """Nothing of it is begun after the commit, until `begin`."""

    def cancel(self, number: int) -> Mailing:
        """Nothing more of it is ever sent."""

    def resend(self, number: int, addresses: Iterable[str] | None = None) -> int:
        """Send those in doubt once more, all of them or the named; how many that are."""

    def bounced(
        self, issue: int, subscriber: int, kind: Literal["nobody", "trouble", "complaint"], reply: str = ""
    ) -> bool:
        """A message came back (RFC 3464) or was complained of (RFC 5965). False where none was sent."""

    def receive(self, received: Received) -> bool:
        """Keep a provider's report until somebody acts on it; False where it was told before."""

    def received(self, after: int = 0) -> tuple[Received, ...]:
        """The reports that nobody has acted on, in the order in which they came, a batch at a time.

        `after` is the number of the last one of the batch before.
        """

    def settle(self, numbers: Iterable[int]) -> None:
        """These reports were acted on: nothing is left of them but that they came, and that for a month."""

    def status(self, number: int) -> Status:
        """How an issue stands."""

    def why(self, newsletter: str, address: str) -> Story:
        """The story of one subscriber."""

    def sending(self, newsletter: str, *, together: bool = False) -> AbstractContextManager[None]:
        """Be the one process that sends a newsletter, or with `together` one of several.

        Raises `DeliveryError` where another is at it; its death ends its claim at once.
        """

    def flows(self, number: int) -> bool:
        """Whether anything of an issue was sent in this minute or the last, by whomever."""

    def alone(self, what: str) -> AbstractContextManager[bool]:
        """Be the one process that does this, for as long as it lasts or we live; whether we are."""

    def sender(self, owner: str = "") -> AbstractContextManager[Sender]:
        """A connection for one lane; `owner` is a name by which its claims can be taken back."""

    def present(self, worker: str, doing: str = "") -> None:
        """A worker is there, and does this."""

    def left(self, worker: str) -> None:
        """A worker is there no more."""

    def workers(self) -> tuple[Worker, ...]:
        """The workers that were heard of within half a minute, by name."""

    def close(self) -> None:
        """Let go of the database. May be called again."""
