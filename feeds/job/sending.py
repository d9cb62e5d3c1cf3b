"""Sending one newsletter: what would go to how many, frozen once that is agreed, and given to the engine.

    plan ──(somebody agrees)──▶ freeze ──▶ deliver

Each may be done again at any moment: what is begun is gone on with, and what was sent stays sent.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from feeds.config import NewsletterSettings, Settings
from feeds.delivery import dkim, engine, tokens
from feeds.delivery.engine import Delivered, Options, Progress
from feeds.delivery.faultpoints import fault
from feeds.delivery.handover import given_to
from feeds.delivery.headers import ascii_address
from feeds.delivery.ledger import Job, Ledger, Limits, Mailing, Terms, Variant
from feeds.delivery.message import Parts, marks_of
from feeds.delivery.subscribers import Audience, Subscriber, moment
from feeds.delivery.transports import Reply, Transport, relay, transport
from feeds.delivery.transports.outbox import Outbox
from feeds.errors import DeliveryError, Fault, Place
from feeds.job.choosing import named, there
from feeds.job.engines import Engine
from feeds.job.letters import Writer, drafted, molds
from feeds.job.opening import opened, return_paths, signers
from feeds.newsletter import shelf
from feeds.newsletter.frozen import Frozen, IssueError
from feeds.publication import Publication, load

UNFINISHED = ("frozen", "sending", "paused")
LINGER = 900.0
"""Seconds that a sender waits for messages that are to be tried again, before it leaves them to the next."""
TRANSPORT = "FEEDS_TRANSPORT"
"""The environment's word on how mail leaves; it comes before that of feeds.toml."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is about to be sent: an issue of the shelf, or one that the ledger has already."""

    newsletter: str
    slot: str
    issue: Frozen | None = None
    mailing: Mailing | None = None
    audiences: Mapping[str, int] = field(default_factory=dict)
    """How many get each variant, by its key."""

    @property
    def recipients(self) -> int:
        """How many it goes to in all."""
        return self.mailing.recipients if self.mailing else sum(self.audiences.values())

    @property
    def name(self) -> str:
        """As a person calls it."""
        return self.issue.name if self.issue else f"{self.newsletter} {self.slot}"


@dataclass(frozen=True)
class Mailroom:
    """One newsletter of a publication, and the ledger that remembers whom it went to."""

    publication: Publication
    ledger: Ledger
    newsletter: str
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    engine: Engine | None = None
    """What has an issue sent, if it is not this process itself: it is enqueued as it is frozen."""

    @property
    def settings(self) -> NewsletterSettings:
        """What feeds.toml says of this newsletter."""
        return self.publication.settings.newsletter[self.newsletter]

    def current(self) -> Mailing | None:
        """The issue that is frozen, under way or paused: the oldest, where there are several."""
        begun = [made for made in self._mailings() if made.state in UNFINISHED]
        return begun[-1] if begun else None

    def latest(self) -> Mailing | None:
        """The newest issue that was for anybody."""
        return next(iter(self._mailings()), None)

    def _mailings(self) -> list[Mailing]:
        """Newest first, without the slots that were skipped."""
        return [made for made in self.ledger.mailings(self.newsletter) if made.recipients]

    def plan(self, now: datetime, slot: str = "") -> Plan:
        """What is to be sent: what was begun, else what was approved, else the next issue, drafted.

        Raises `EmptyIssueError` where there is nothing new, `IssueError` where it was given to another
        ledger or wants an approval, and what `Publication.draft` raises.
        """
        if mailing := self.current():
            return Plan(newsletter=self.newsletter, slot=mailing.slot, mailing=mailing)
        issue = self._approved() or self._drafted(now)
        counts: Counter[str] = Counter()
        for who, count in self.ledger.audiences(self.newsletter).items():
            if key := issue.variant_of(who.language, who.topics):
                counts[key] += count
        slot = slot or f"issue/{issue.number:04}"
        return Plan(newsletter=self.newsletter, slot=slot, issue=issue, audiences=counts)

    def freeze(self, plan: Plan, now: datetime, by: str | None = None) -> Mailing:
        """Record the approval, and put the issue and its recipients into the ledger.

        Where another process was quicker, what it has frozen is the answer. Raises `BusyError` while
        another one sends, and `DeliveryError` where an article went out before.
        """
        if plan.mailing:
            return plan.mailing
        assert plan.issue
        with self.ledger.sending(self.newsletter):
            if mailing := self.current():
                return mailing
            self._nothing_twice(plan.issue)
            if not plan.issue.approved:
                shelf.keep(self.publication.root, self._approve(plan.issue, now, by))
            fault("after-approval")
            draft = drafted(plan.issue, plan.slot, self.ledger.audiences(self.newsletter))
            made = self.ledger.freeze(draft, self._enqueue if self.engine else None)
            fault("before-hand-over")
            shelf.hand_over(self.publication.root, plan.issue, plan.slot)
        if made is None:
            raise _refused(self.newsletter, f"{plan.slot} has had its issue; see `feeds status`")
        return made

    def deliver(
        self, mailing: Mailing, progress: Callable[[Progress], None], linger: float = LINGER
    ) -> Delivered:
        """Send what is left of an issue, paused or not.

        It waits at most `linger` seconds for what is due later. Raises `BusyError` where another
        process is at it.
        """
        options = replace(self.options, linger=linger, progress=progress)
        if mailing.state == "paused":
            self.ledger.begin(mailing.id)
        return engine.deliver(mailing.id, self.ledger, self.transport(), self.letters(mailing), options)

    @property
    def connections(self) -> int:
        """How many connections all that send this newsletter have together."""
        return self.publication.settings.delivery.connections

    @property
    def options(self) -> Options:
        """How feeds.toml says that an issue is sent."""
        settings = self.publication.settings.delivery
        limits = Limits(settings.rate, settings.domain_rate, settings.domains)
        return Options(
            connections=settings.connections,
            group=settings.group,
            terms=Terms(limits=limits, on_doubt=settings.on_doubt),
        )

    def _enqueue(self, connection: object, issue: int) -> None:
        assert self.engine
        self.engine.enqueue(issue, self.connections, connection)

    def transport(self) -> Transport:
        """The way for messages to leave. Raises `SettingsError` and `PluginError`."""
        return transport(self.way, folder=self.publication.root, environment=self.environment)

    @property
    def way(self) -> str:
        """The address of the transport."""
        return way(self.publication.settings, self.environment)

    @property
    def signers(self) -> tuple[dkim.Signer, ...]:
        """Who signs what is sent (DKIM): the keys that the environment names."""
        return signers(self.settings, self.environment)

    def test(self, plan: Plan, address: str, key: str | None = None) -> Reply:
        """Send the bytes of one variant to one address; nothing is recorded.

        Who is on the list gets their own variant, anybody else the first. Raises `DeliveryError`.
        """
        to = ascii_address(address)
        known = self.ledger.find(self.newsletter, address)
        key = key or self._variant_of(plan, known)
        number, epoch = (known.id, known.epoch) if known else (0, 0)
        domain = to.rpartition("@")[2]
        job = Job(issue=0, subscriber=number, address=to, domain=domain, variant=key, epoch=epoch)
        write = self._writer(self._variants(plan), _moment_of(plan))
        if key not in write.molds:
            raise _refused(self.newsletter, f"has no variant “{key}”; known are {', '.join(write.molds)}")
        connection = self.transport().open()
        try:
            return connection.send(write(job))
        finally:
            connection.close()

    def rehearse(self, plan: Plan, folder: Path) -> Iterator[Reply]:
        """Write each message of an issue that is not begun to a folder; nothing is recorded."""
        if not plan.issue:
            raise _refused(self.newsletter, "is being sent already; see `feeds status`")
        write = self._writer(self._variants(plan), _moment_of(plan))
        outbox = Outbox(folder).open()
        for who in self.ledger.subscribers(self.newsletter):
            key = plan.issue.variant_of(who.language, who.topics)
            if who.state == "active" and not who.suppressed and key:
                yield outbox.send(write(_job(who, key)))

    def close_old(self) -> int:
        """After a backup of the ledger was put back: nothing that may have gone out goes out again.

        What was under way is cancelled, and issues of the shelf that it does not know count as sent.
        How many issues that were.
        """
        mailings = self.ledger.mailings(self.newsletter)
        known = {made.slot for made in mailings}
        closed = [made for made in mailings if made.state in UNFINISHED]
        for issue in shelf.read(self.publication.root, self.newsletter):
            slot = shelf.handed_over(self.publication.root, issue)
            if slot and slot not in known and (made := self.ledger.freeze(drafted(issue, slot, ()))):
                closed.append(made)
        for mailing in closed:
            self.ledger.cancel(mailing.id)
        return len(closed)

    def _approved(self) -> Frozen | None:
        """The newest issue of the shelf, where it is approved and was never given to a ledger."""
        issues = shelf.read(self.publication.root, self.newsletter)
        last = issues[-1] if issues else None
        if last and (services := given_to(self.publication.root, last)):
            _insist_on_approval(last, services)
            return None
        if last is None or not last.approved:
            return None
        mailings = self.ledger.mailings(self.newsletter)
        slot = shelf.handed_over(self.publication.root, last)
        if slot and slot not in {made.slot for made in mailings}:
            problem = (
                "was given to another ledger than this; if a backup was put back, "
                "run `feeds ledger restored`, and nothing goes out twice"
            )
            raise IssueError(Fault(Place(last.name), problem))
        sha256 = drafted(last, "", ()).sha256
        if not slot and (made := next((made for made in mailings if made.sha256 == sha256), None)):
            slot = made.slot  # we were killed before we could note it
            shelf.hand_over(self.publication.root, last, slot)
        return None if slot else last

    def _drafted(self, now: datetime) -> Frozen:
        if self.settings.approval:
            problem = f"has no approved issue; `feeds issue draft {self.newsletter}`, look, and approve it"
            raise _refused(self.newsletter, problem)
        return self.publication.draft(self.newsletter, now)[0].issue

    def _approve(self, issue: Frozen, now: datetime, by: str | None) -> Frozen:
        return self.publication.desk(self.newsletter, now).approve(issue.number, by)

    def _nothing_twice(self, issue: Frozen) -> None:
        before = self.ledger.carried(self.newsletter)
        if twice := [f"“{one.title}”" for one in issue.articles if one.id in before]:
            problem = f"carries {', '.join(twice)}, as an earlier issue did; bring issues/ up to date"
            raise IssueError(Fault(Place(issue.name), problem))

    def _variants(self, plan: Plan) -> tuple[Variant, ...]:
        if plan.mailing:
            return self.ledger.variants(plan.mailing.id)
        assert plan.issue
        return drafted(plan.issue, plan.slot, ()).variants

    def _variant_of(self, plan: Plan, known: Subscriber | None) -> str:
        who = Audience(known.language, known.topics) if known else Audience()
        own = plan.issue.variant_of(who.language, who.topics) if plan.issue else None
        return own or self._variants(plan)[0].key

    def letters(self, mailing: Mailing) -> Writer:
        """What writes the letters of an issue. Raises `DeliveryError` where its bytes were changed."""
        return self._writer(self.ledger.variants(mailing.id), moment(mailing.frozen_at))

    def _writer(self, variants: tuple[Variant, ...], date: datetime) -> Writer:
        first = variants[0]
        parts = Parts(headers=first.headers, text=first.text, html=first.html)
        base = tokens.base(marks_of(parts).unsubscribe)
        key = self.ledger.key(tokens.KEY)
        return Writer(
            molds=molds(variants, self.signers),
            verp=return_paths(self.ledger, self.settings),
            links=partial(_links, base, self.newsletter, key),
            postmark=relay.host(self.way) == "smtp.postmarkapp.com",
            date=date.astimezone(ZoneInfo(self.publication.settings.publication.timezone)),
        )


def way(settings: Settings, environment: Mapping[str, str]) -> str:
    """The address of the transport: the environment's, else that of feeds.toml."""
    return environment.get(TRANSPORT) or settings.delivery.transport


@contextmanager
def mailroom(folder: str | Path, newsletter: str | None = None) -> Iterator[Mailroom]:
    """The mailroom of one newsletter of the project in a folder: of the only one, if none is named.

    Raises `SettingsError` and `DeliveryError`.
    """
    publication = load(folder)
    name, _ = named(publication.settings.newsletter, newsletter)
    with opened(folder) as ledger:
        yield Mailroom(publication, ledger, name)


@contextmanager
def mailrooms(folder: str | Path, newsletter: str | None = None) -> Iterator[tuple[Mailroom, ...]]:
    """The mailroom of each newsletter of a project, or of the one that is named; of one ledger."""
    publication = load(folder)
    found = there(publication.settings.newsletter)
    names = [named(found, newsletter)[0]] if newsletter else found
    with opened(folder) as ledger:
        yield tuple(Mailroom(publication, ledger, name) for name in names)


def _links(base: str, newsletter: str, key: bytes, subscriber: int, epoch: int) -> tokens.Links:
    return tokens.links(base, newsletter, subscriber, epoch, key)


def _moment_of(plan: Plan) -> datetime:
    if plan.mailing:
        return moment(plan.mailing.frozen_at)
    assert plan.issue
    return plan.issue.date


def _job(who: Subscriber, key: str) -> Job:
    return Job(
        issue=0, subscriber=who.id, address=who.address, domain=who.domain, variant=key, epoch=who.epoch
    )


def _refused(newsletter: str, problem: str) -> DeliveryError:
    return DeliveryError(Fault(Place(f"newsletter {newsletter}"), problem))


def _insist_on_approval(issue: Frozen, services: Collection[str]) -> None:
    """An issue that was handed over goes out by another hand, if it is approved. Raises `IssueError`."""
    if not issue.approved:
        problem = (
            f"is a draft with {', '.join(services)}; approve and send it there, "
            "or delete its .handed file to send it from here"
        )
        raise IssueError(Fault(Place(issue.name), problem))
