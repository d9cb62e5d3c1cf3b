"""The clerk: does what was asked for on the pages, one request after the other, behind the visitor's back.

What is done depends on whether an address is on the list. So it is done on the clerk's own beat and
never in an answer, and nobody who asks can tell by the clock what it was.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from feeds.delivery import confirmation, tokens
from feeds.delivery.confirmation import Note, Sheet
from feeds.delivery.dkim import Signer
from feeds.delivery.ledger import Ledger, Story
from feeds.delivery.subscribers import Consent, Entry, Subscriber, moment
from feeds.delivery.tokens import Purpose, Tokens
from feeds.delivery.transports import Connection, ConnectionLost, Envelope, Transport
from feeds.errors import FeedsError
from feeds.web.public import limits
from feeds.web.public.inbox import Inbox, Request
from feeds.web.public.limits import DAY, Limits
from feeds.web.public.pages import PAUSED
from feeds.web.public.site import Offer, Site

_LOG = logging.getLogger("feeds.web")
_WAITS = (60, 300, 900, 3600)
"""Seconds until a mail is tried again: after the first failure, the second …"""
_BRAKE = 60
_BURST = 1_000
"""So many requests in one go; then others get their turn."""

Letter = Literal["confirm", "link", "data"]


@dataclass
class Clerk:
    """Works through the inbox. One thread at a time uses it."""

    site: Site
    ledger: Ledger
    inbox: Inbox
    transport: Transport
    clock: Callable[[], int]
    limits: Limits = field(default_factory=Limits)
    signers: Mapping[str, tuple[Signer, ...]] = field(default_factory=dict)
    """The keys that sign, by newsletter."""

    def work(self) -> int:
        """Do what is due now; how many requests that were."""
        self.inbox.sweep(self.clock())
        count = 0
        with _Post(self.transport) as post:
            while count < _BURST and (request := self.inbox.claim(self.clock())):
                self._handle(request, post)
                count += 1
        return count

    def _handle(self, request: Request, post: _Post) -> None:
        offer = self.site.offers.get(request.newsletter)
        letter = self._letter(request) if offer else None
        if offer is None or letter is None or self.clock() - request.at > DAY:
            self.inbox.done(request)
            return
        secret = self.ledger.key("limits")
        counted = limits.keys(secret, letter, offer.name, request.address, request.network)
        granted = self.inbox.grant(request, counted, self.limits, self.clock())
        if granted == "wait":
            self.inbox.later(request, self.clock() + _BRAKE)
        elif granted == "drop":
            self.inbox.done(request)
        else:
            self._send(request, letter, offer, post)

    def _letter(self, request: Request) -> Letter | None:
        """What mail a request leads to; None where nothing is to be sent."""
        if self.ledger.suppressed(request.address) not in ("", "erased"):
            return None
        known = self.ledger.find(request.newsletter, request.address)
        if known and known.state in ("active", PAUSED):
            return "data" if request.kind == "data" else "link"
        return "confirm" if request.kind == "subscribe" else None

    def _send(self, request: Request, letter: Letter, offer: Offer, post: _Post) -> None:
        try:
            subscriber = self._subscriber(request, letter)
            note = _note(letter, subscriber, offer, request, self.ledger.key(tokens.KEY))
            if letter == "data":
                story = self.ledger.why(offer.name, subscriber.address)
                note = replace(note, file=("data.json", data(story)))
            words = offer.words(subscriber.language)
            signers = self.signers.get(offer.name, ())
            sheet = Sheet(offer.name, offer.settings, offer.publication, words, signers, offer.templates)
            code = post.send(confirmation.envelope(note, sheet))
        except FeedsError as refusal:
            _LOG.warning("a letter was not sent: %s", type(refusal).__name__)
            code = 0
        if code == 0 or 400 <= code < 500:
            wait = _WAITS[min(request.attempts, len(_WAITS)) - 1]
            self.inbox.later(request, self.clock() + wait)
        else:
            self.inbox.done(request)

    def _subscriber(self, request: Request, letter: Letter) -> Subscriber:
        """Whom to write to: who wants to be on the list is put there, and waits for their own word."""
        known = self.ledger.find(request.newsletter, request.address)
        if letter != "confirm":
            assert known
            return known
        if known and known.state == "pending":
            return self.ledger.choose(known.id, request.topics, request.language) or known
        entry = Entry(
            address=request.address,
            domain=request.address.rpartition("@")[2],
            topics=request.topics,
            language=request.language,
            state="pending",
            consent=Consent("asked for on the subscribe page", request.at * 1_000_000),
        )
        erased = self.ledger.suppressed(request.address) == "erased"
        return self.ledger.add(request.newsletter, entry, again=erased)


class _Post:
    """One connection for many letters, opened when the first is there."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._connection: Connection | None = None

    def __enter__(self) -> _Post:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop()

    def send(self, envelope: Envelope) -> int:
        """The code that was answered; 0 where nobody answered. Raises what `Transport.open` raises."""
        self._connection = self._connection or self._transport.open()
        try:
            reply = self._connection.send(envelope)
        except ConnectionLost as lost:
            self._drop()
            _LOG.warning("the connection was lost at %s", lost.stage)
            return 0
        if reply.code == 421:
            self._drop()
        return reply.code

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


@dataclass(frozen=True)
class _Words:
    """What a kind of letter says, in English; {title} is the newsletter's."""

    subject: str
    says: str
    label: str
    after: str


_CONFIRM = _Words(
    "Please confirm: {title}",
    "Somebody, you we hope, has asked for {title} to come to this address. It will not, unless you "
    "confirm it.",
    "Confirm",
    "The link is good for 7 days. If it was not you, do nothing: you will not hear from us again.",
)
_LINK = _Words(
    "Your subscription: {title}",
    "This address is subscribed to {title}. Behind the link you choose what you get, pause, or unsubscribe.",
    "Your subscription",
    "If it was not you who asked for this mail, there is nothing to do.",
)
_DATA = _Words(
    "Your data: {title}",
    "The file that comes with this mail holds everything that {title} knows of you.",
    _LINK.label,
    _LINK.after,
)
_WORDS: Mapping[Letter, _Words] = {"confirm": _CONFIRM, "link": _LINK, "data": _DATA}


def _note(letter: Letter, subscriber: Subscriber, offer: Offer, request: Request, links: bytes) -> Note:
    """A letter, with nothing in it that the visitor wrote."""
    said = _WORDS[letter]
    words = offer.words(subscriber.language)
    purpose: Purpose = "confirm" if letter == "confirm" else "choose"
    token = Tokens(offer.name, (links,)).make(purpose, subscriber.id, subscriber.epoch, request.at)
    return Note(
        address=subscriber.address,
        subject=words.say(said.subject, title=offer.title),
        says=(words.say(said.says, title=offer.title),),
        label=words.say(said.label),
        link=offer.address(purpose, token),
        after=(words.say(said.after),),
        date=datetime.fromtimestamp(request.at, UTC),
        named=f"{letter} {subscriber.id} {subscriber.epoch}",
    )


def data(story: Story) -> bytes:
    """All that is kept of a subscriber, as JSON. Raises `AssertionError` for a story of nobody."""
    known = story.subscriber
    assert known
    told = {
        "newsletter": known.newsletter,
        "address": known.address,
        "state": known.state,
        "topics": list(known.topics),
        "language": known.language,
        "consent": {"how": known.consent.how, "at": _shown(known.consent.at)},
        "confirmed_at": _shown(known.confirmed_at),
        "issues": [
            {"issue": one.slot, "state": one.state, "at": _shown(one.last_at)} for one in story.chapters
        ],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _shown(at: int | None) -> str | None:
    return None if at is None else moment(at).isoformat()
