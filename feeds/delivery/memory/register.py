"""The list of subscribers, in memory."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any

from feeds.delivery.addresses import address_key, subkey
from feeds.delivery.ledger.values import Clock
from feeds.delivery.subscribers import Audience, Enrolled, Entry, State, Stats, Subscriber
from feeds.errors import DeliveryError, Fault, Place


def _clock() -> int:
    return time.time_ns() // 1000


@dataclass
class Register:
    """Everybody on the lists, and who must not be written to."""

    clock: Clock = _clock
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    people: dict[int, Subscriber] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    """The address key of each subscriber."""
    suppressions: dict[str, str] = field(default_factory=dict)
    strikes: dict[str, dict[int, int]] = field(default_factory=dict)
    """By address key and issue, the moment."""
    lock: Any = field(default_factory=RLock, repr=False)
    last: int = 0

    def key(self, purpose: str) -> bytes:
        """A key for one purpose."""
        return subkey(self.secret, purpose)

    def add(self, newsletter: str, entry: Entry, *, again: bool = False) -> Subscriber:
        """Put one on the list, by their own consent."""
        with self.lock:
            key = self._key(entry.address)
            if reason := self.suppressions.get(key):
                if not again:
                    problem = (
                        f"nothing may be sent to this address ({reason}); it takes new consent to undo that"
                    )
                    raise DeliveryError(Fault(Place("the ledger"), problem))
                del self.suppressions[key]
                self.strikes.pop(key, None)
            known = self._by_key(newsletter, key)
            if known is None:
                return self._enter(newsletter, entry, key)
            if again or known.state == "unsubscribed":
                self._enter(newsletter, entry, key, known.id, known.epoch + 1)
            return self._shown(known.id)

    def enrol(self, newsletter: str, entries: Iterable[Entry]) -> Enrolled:
        """Put many on the list; who is on it stays as they are."""
        total = Enrolled()
        with self.lock:
            for entry in entries:
                total += self._enrol(newsletter, entry)
        return total

    def subscribers(self, newsletter: str) -> Iterator[Subscriber]:
        """Everybody on the list."""
        with self.lock:
            mine = [number for number, one in sorted(self.people.items()) if one.newsletter == newsletter]
        yield from (self._shown(number) for number in mine)

    def find(self, newsletter: str, address: str) -> Subscriber | None:
        """The subscriber with an address."""
        with self.lock:
            found = self._by_key(newsletter, self._key(address))
            return found and self._shown(found.id)

    def subscriber(self, number: int) -> Subscriber | None:
        """The subscriber with an id."""
        with self.lock:
            return self._shown(number) if number in self.people else None

    def confirm(self, number: int) -> Subscriber | None:
        """From pending to active."""
        with self.lock:
            if number in self.people and self.people[number].state == "pending":
                self.people[number] = replace(self.people[number], state="active", confirmed_at=self.clock())
            return self.subscriber(number)

    def choose(
        self, number: int, topics: tuple[str, ...], language: str, *, paused: bool = False
    ) -> Subscriber | None:
        """Set what a subscriber wants to read."""
        with self.lock:
            known = self.people.get(number)
            if known and known.state != "unsubscribed":
                state: State = "pending" if known.state == "pending" else "paused" if paused else "active"
                self.people[number] = replace(known, topics=topics, language=language, state=state)
            return self.subscriber(number)

    def unsubscribe(self, number: int) -> Subscriber | None:
        """Nothing is begun for this subscriber after this."""
        with self.lock:
            if number in self.people:
                self.people[number] = replace(self.people[number], state="unsubscribed")
            return self.subscriber(number)

    def suppress(self, address: str, reason: str) -> None:
        """Never send anything to an address again."""
        with self.lock:
            self.suppressions.setdefault(self._key(address), reason)

    def suppressed(self, address: str) -> str:
        """Why nothing is sent to an address."""
        return self.suppressions.get(self._key(address), "")

    def stats(self, newsletter: str) -> Stats:
        """The list in numbers."""
        everybody = list(self.subscribers(newsletter))
        active = [one for one in everybody if one.state == "active"]
        return Stats(
            states=Counter(one.state for one in everybody),
            languages=Counter(one.language for one in active),
            topics=Counter(topic for one in active for topic in one.topics),
            suppressed=sum(bool(one.suppressed) for one in everybody),
        )

    def audiences(self, newsletter: str) -> Mapping[Audience, int]:
        """The active subscribers by what they want to read."""
        return Counter(
            Audience(one.language, one.topics)
            for one in self.subscribers(newsletter)
            if one.state == "active"
        )

    def is_open(self, number: int) -> bool:
        """Whether anything may be sent to a subscriber."""
        one = self.people.get(number)
        return bool(one and one.state == "active" and self.keys[number] not in self.suppressions)

    def _key(self, address: str) -> str:
        return address_key(self.secret, address)

    def _by_key(self, newsletter: str, key: str) -> Subscriber | None:
        mine = (one for one in self.people.values() if one.newsletter == newsletter)
        return next((one for one in mine if self.keys[one.id] == key), None)

    def _shown(self, number: int) -> Subscriber:
        return replace(self.people[number], suppressed=self.suppressions.get(self.keys[number], ""))

    def _enrol(self, newsletter: str, entry: Entry) -> Enrolled:
        key = self._key(entry.address)
        if key in self.suppressions:
            return Enrolled(suppressed=1)
        if self._by_key(newsletter, key):
            return Enrolled(known=1)
        self._enter(newsletter, entry, key)
        return Enrolled(added=1)

    def _enter(
        self, newsletter: str, entry: Entry, key: str, number: int | None = None, epoch: int = 0
    ) -> Subscriber:
        number = number or self._number()
        self.keys[number] = key
        self.people[number] = Subscriber(
            id=number,
            newsletter=newsletter,
            address=entry.address,
            domain=entry.domain,
            state=entry.state,
            topics=entry.topics,
            language=entry.language,
            epoch=epoch,
            consent=entry.consent,
            confirmed_at=entry.confirmed_at,
        )
        return self._shown(number)

    def _number(self) -> int:
        self.last += 1
        return self.last
