"""Subscribers, issues and replies for tests, and the shortest way to send with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from feeds.delivery.addresses import mailbox
from feeds.delivery.ledger import Claim, Draft, Job, Ledger, Mailing, Sender, Terms, Variant
from feeds.delivery.rates import MINUTE
from feeds.delivery.subscribers import Entry
from feeds.delivery.transports.base import ConnectionLost, Reply

START = 1_795_348_800_000_000
"""2026-11-22T12:00:00Z, in microseconds."""
OK = Reply(250, "2.0.0", "taken", "dot")
Answerer = Callable[[Job], Reply | ConnectionLost | None]


@dataclass
class FakeClock:
    """A clock that stands still until it is turned."""

    now: int = START

    def __call__(self) -> int:
        return self.now

    def turn(self, minutes: float) -> None:
        """Let time pass."""
        self.now += round(minutes * MINUTE)


def person(address: str, **fields: Any) -> Entry:
    """An entry for the list."""
    found = mailbox(address)
    return Entry(address=found.address, domain=found.domain, **fields)


def people(count: int, domains: int = 3) -> list[Entry]:
    """Readers r0, r1 … of a few domains."""
    return [person(f"r{n}@d{n % domains}.example.org") for n in range(count)]


def variant(key: str = "en", **fields: Any) -> Variant:
    """What everybody gets."""
    given = {"subject": "News", "html": "<p>News</p>", "text": "News\n", **fields}
    return Variant(key=key, **given)


def draft(slot: str = "weekly/2026-W47", **fields: Any) -> Draft:
    """An issue that everybody gets."""
    given: dict[str, Any] = {"variants": (variant(),), "otherwise": "en", "articles": ("a", "b"), **fields}
    return Draft(newsletter="weekly", slot=slot, **given)


def frozen(ledger: Ledger, entries: Iterable[Entry] = (), slot: str = "weekly/2026-W47") -> Mailing:
    """An issue to these people, under way."""
    ledger.enrol("weekly", entries)
    made = ledger.freeze(draft(slot))
    assert made
    return ledger.begin(made.id)


def claimed(sender: Sender, issue: int, wanted: int = 50, **terms: Any) -> Claim:
    """A claim on these terms."""
    return sender.claim(issue, wanted, Terms(**terms))


def send(sender: Sender, claim: Claim, answer: Answerer = lambda job: OK) -> list[Job]:
    """Send all of a claim, one message to a commit; who was begun."""
    answers: list[Any] = []
    begun: list[Job] = []
    for job in [*claim.jobs, None]:
        stepped = sender.step(claim, answers, [job] if job else [])
        begun += stepped.begun
        answers = [(job, answer(job)) for job in stepped.begun]
    return begun


def send_all(ledger: Ledger, issue: int, answer: Answerer = lambda job: OK, **terms: Any) -> list[str]:
    """Send whatever is due now; the addresses that were sent to."""
    sent: list[str] = []
    with ledger.sender() as sender:
        while (claim := claimed(sender, issue, **terms)).jobs:
            sent += [job.address for job in send(sender, claim, answer)]
            sender.release(claim)
    return sent


def says(code: int, enhanced: str = "", stage: Any = "rcpt", text: str = "no") -> Answerer:
    """Answers everything alike."""
    return lambda job: Reply(code, enhanced, text, stage)
