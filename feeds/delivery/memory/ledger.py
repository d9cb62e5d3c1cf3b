"""Issues and their messages, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from feeds.delivery.addresses import redacted
from feeds.delivery.ledger.base import Sender
from feeds.delivery.ledger.values import (
    ALIVE,
    STRIKES,
    WAITING,
    WINDOW,
    Along,
    Draft,
    IssueState,
    Mailing,
    Status,
    Story,
    Variant,
    Worker,
    per_second,
)
from feeds.delivery.memory.dispatch import Dispatch, Message, chapter, domains, refusals
from feeds.delivery.memory.inbox import Inbox
from feeds.delivery.rates import MINUTE, Rate
from feeds.delivery.subscribers import Audience
from feeds.errors import BusyError, DeliveryError, Fault, Place


@dataclass
class MemoryLedger(Inbox):
    """A ledger that is gone when the process is."""

    dispatches: dict[int, Dispatch] = field(default_factory=dict)
    rates: dict[str, Rate] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)
    heard: dict[str, Worker] = field(default_factory=dict)

    def erase(self, address: str) -> int:
        """Forget an address in every newsletter."""
        with self.lock:
            key = self._key(address)
            self.suppressions.setdefault(key, "erased")
            numbers = [number for number, known in self.keys.items() if known == key]
            for number in numbers:
                del self.people[number], self.keys[number]
                for dispatch in self.dispatches.values():
                    if message := dispatch.messages.get(number):
                        message.address = message.reply = ""
                        if message.state in (*WAITING, "held"):
                            message.state, message.due_at = "cancelled", None
            self.strikes.pop(key, None)
            return len(numbers)

    def freeze(self, draft: Draft, along: Along | None = None) -> Mailing | None:
        """Issue, variants and deliveries at once; None where the slot is taken."""
        with self.lock:
            taken = {(one.mailing.newsletter, one.mailing.slot) for one in self.dispatches.values()}
            if (draft.newsletter, draft.slot) in taken:
                return None
            messages = {message.subscriber: message for message in self._messages(draft)}
            made = Mailing(
                id=len(self.dispatches) + 1,
                newsletter=draft.newsletter,
                slot=draft.slot,
                state="frozen",
                reason="",
                sha256=draft.sha256,
                frozen_at=self.clock(),
                recipients=len(messages),
            )
            self.dispatches[made.id] = Dispatch(made, draft, messages)
            if along:
                made = self.begin(made.id)
                along(None, made.id)
            return made

    def mailing(self, number: int) -> Mailing:
        """One issue."""
        return self.dispatch(number).mailing

    def mailings(self, newsletter: str) -> tuple[Mailing, ...]:
        """Every issue of a newsletter, newest first."""
        mine = [one.mailing for one in self.dispatches.values() if one.mailing.newsletter == newsletter]
        return tuple(reversed(mine))

    def variants(self, number: int) -> tuple[Variant, ...]:
        """What an issue says."""
        return tuple(sorted(self.dispatch(number).draft.variants, key=lambda made: made.key))

    def carried(self, newsletter: str) -> frozenset[str]:
        """The ids of articles that went out before."""
        return frozenset(
            article
            for one in self.dispatches.values()
            if one.mailing.newsletter == newsletter and one.mailing.state != "cancelled"
            for article in one.draft.articles
        )

    def begin(self, number: int) -> Mailing:
        """From frozen or paused to sending."""
        with self.lock:
            made = self.move(number, ("frozen", "paused", "sending"), "sending")
            dispatch = self.dispatch(number)
            for minute, what in list(dispatch.tally):
                if what == "refusals":
                    del dispatch.tally[minute, what]
            return made

    def reclaim(self, number: int, owner: str = "") -> None:
        """Make ready what was claimed by senders that are gone."""
        with self.lock:
            for message in self.dispatch(number).messages.values():
                if message.state == "claimed" and (not owner or message.claim.startswith(f"{owner}.")):
                    message.give_back()

    def pause(self, number: int, reason: str = "") -> Mailing:
        """Nothing of it is begun after this."""
        return self.move(number, ("frozen", "sending", "paused"), "paused", reason)

    def cancel(self, number: int) -> Mailing:
        """Nothing more of it is ever sent."""
        with self.lock:
            made = self.move(number, ("frozen", "sending", "paused", "cancelled"), "cancelled")
            for message in self.dispatch(number).messages.values():
                if message.state in WAITING:
                    message.state, message.due_at = "cancelled", None
            return made

    def resend(self, number: int, addresses: Iterable[str] | None = None) -> int:
        """Send those in doubt once more."""
        named = None if addresses is None else set(addresses)
        with self.lock:
            here = self.move(number, ("frozen", "sending", "paused", "done"), None)
            doubtful = [m for m in self._doubtful(number) if named is None or m.address in named]
            for message in doubtful:
                message.state, message.due_at, message.claim = "ready", 0, ""
            if doubtful and here.state == "done":
                self.move(number, ("done",), "paused", "to be sent again")
            return len(doubtful)

    def bounced(
        self, issue: int, subscriber: int, kind: Literal["nobody", "trouble", "complaint"], reply: str = ""
    ) -> bool:
        """A message came back or was complained of; False where no such message was sent."""
        with self.lock:
            dispatch = self.dispatches.get(issue)
            message = dispatch.messages.get(subscriber) if dispatch else None
            if message is None or message.state not in ("sent", "sending", "held"):
                return False
            if kind != "complaint":
                message.state, message.due_at, message.code = "failed", None, f"bounced: {kind}"
                message.reply = redacted(reply, message.address)
            self.penalise(issue, subscriber, "strike" if kind == "trouble" else "suppress", kind)
            return True

    def status(self, number: int) -> Status:
        """How an issue stands."""
        with self.lock:
            dispatch = self.dispatch(number)
            messages = list(dispatch.messages.values())
            since = (self.clock() - WINDOW) // MINUTE
            sent = {at: n for (at, what), n in dispatch.tally.items() if what == "sent" and n and at > since}
            due = [message.due_at for message in messages if message.due_at is not None]
            return Status(
                mailing=dispatch.mailing,
                states=Counter(message.state for message in messages),
                domains=domains(messages),
                refusals=refusals(messages),
                doubts=tuple(sorted(message.address for message in self._doubtful(number))),
                rate=per_second(sum(sent.values()), min(sent, default=None), self.clock()),
                next_at=min(due, default=None),
            )

    def why(self, newsletter: str, address: str) -> Story:
        """The story of one subscriber."""
        found = self.find(newsletter, address)
        if found is None:
            return Story(None, self.suppressed(address), ())
        told = [
            chapter(one.mailing, one.messages[found.id])
            for one in reversed(self.dispatches.values())
            if found.id in one.messages
        ]
        return Story(found, self.suppressed(address), tuple(told))

    @contextmanager
    def sending(self, newsletter: str, *, together: bool = False) -> Iterator[None]:
        """Be the one that sends a newsletter."""
        if newsletter in self.busy and not together:
            problem = "is being sent by another process; see how it goes with `feeds status`"
            raise BusyError(Fault(Place(f"newsletter.{newsletter}"), problem))
        self.busy.add(newsletter)
        try:
            yield
        finally:
            self.busy.discard(newsletter)

    def flows(self, number: int) -> bool:
        """Whether anything of an issue was sent in this minute or the last."""
        with self.lock:
            since = self.clock() // MINUTE - 1
            tally = self.dispatch(number).tally
            return any(count and what == "sent" and at >= since for (at, what), count in tally.items())

    @contextmanager
    def alone(self, what: str) -> Iterator[bool]:
        """Be the one that does this; whether we are."""
        ours = what not in self.busy
        self.busy.add(what)
        try:
            yield ours
        finally:
            if ours:
                self.busy.discard(what)

    @contextmanager
    def sender(self, owner: str = "") -> Iterator[Sender]:
        """A lane."""
        from feeds.delivery.memory.sender import MemorySender

        yield MemorySender(self, owner)

    def present(self, worker: str, doing: str = "") -> None:
        """A worker is there, and does this."""
        with self.lock:
            now = self.clock()
            since = self.heard[worker].since if worker in self.heard else now
            self.heard[worker] = Worker(worker, since, now, doing)

    def left(self, worker: str) -> None:
        """A worker is there no more."""
        with self.lock:
            self.heard.pop(worker, None)

    def workers(self) -> tuple[Worker, ...]:
        """The workers that were heard of lately."""
        with self.lock:
            after = self.clock() - ALIVE
            return tuple(self.heard[name] for name in sorted(self.heard) if self.heard[name].seen_at > after)

    def close(self) -> None:
        """Nothing to let go of."""

    def dispatch(self, number: int) -> Dispatch:
        """An issue with all its messages. Raises `DeliveryError` where there is none."""
        if number not in self.dispatches:
            raise _refused(number, "is unknown")
        return self.dispatches[number]

    def penalise(self, number: int, who: int, how: str, code: str) -> None:
        """Suppress an address, or note a strike against it and suppress it after three issues."""
        if (key := self.keys.get(who)) is None:
            return
        if how == "strike":
            strikes = self.strikes.setdefault(key, {})
            strikes.setdefault(number, self.clock())
            since = self._last_sent(who)
            if sum(at > since for at in strikes.values()) < STRIKES:
                return
        self.suppressions.setdefault(key, f"failed: {code}".strip())

    def move(
        self, number: int, allowed: tuple[IssueState, ...], to: IssueState | None, reason: str = ""
    ) -> Mailing:
        """Change an issue's state where it is an allowed one; with `to` None only ask."""
        with self.lock:
            dispatch = self.dispatch(number)
            if dispatch.mailing.state not in allowed:
                raise _refused(number, f"is {dispatch.mailing.state}")
            if to:
                dispatch.mailing = replace(dispatch.mailing, state=to, reason=reason)
            return dispatch.mailing

    def _messages(self, draft: Draft) -> Iterator[Message]:
        for one in self.subscribers(draft.newsletter):
            variant = draft.audiences.get(Audience(one.language, one.topics), draft.otherwise)
            if variant is not None and self.is_open(one.id):
                yield Message(one.id, one.address, one.domain, variant)

    def _doubtful(self, number: int) -> list[Message]:
        now = self.clock()
        return [
            message
            for message in self.dispatch(number).messages.values()
            if message.state == "held"
            or (message.state == "sending" and message.due_at is not None and message.due_at <= now)
        ]

    def _last_sent(self, who: int) -> int:
        mine = (one.messages[who] for one in self.dispatches.values() if who in one.messages)
        return max((m.last_at or 0 for m in mine if m.state == "sent"), default=0)


def _refused(number: int, problem: str) -> DeliveryError:
    return DeliveryError(Fault(Place(f"issue {number}"), problem))
