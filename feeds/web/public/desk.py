"""What every page works with: the site, the ledger, the inbox, the clock, and the keys for each purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from feeds.delivery import tokens
from feeds.delivery.ledger import Ledger
from feeds.delivery.tokens import Named, Purpose, Tokens
from feeds.web.public import forms, limits, pages
from feeds.web.public.answers import Answer, Asked
from feeds.web.public.forms import UnfitError, Wish
from feeds.web.public.inbox import Inbox, Kind, Request
from feeds.web.public.site import Offer, Site

NOTHING_CAME = (
    "Nothing there after some minutes? Look among the unwanted mail. We write to an address once a day at "
    "most, and no more to one that has refused our mail."
)
"""What is said wherever a mail is promised; the reasons are the same for everybody."""

_PLAIN = "text/plain; charset=utf-8"
ALIVE = Answer(200, b"ok\n", _PLAIN)
"""What whoever watches us wants to hear."""
_NOT_READY = Answer(503, b"Nothing is built yet.\n", _PLAIN)


@dataclass(frozen=True)
class Desk:
    """What pages work with. Threads may share it."""

    site: Site
    ledger: Ledger
    inbox: Inbox
    clock: Callable[[], int]
    """Seconds since 1970."""

    @cached_property
    def form_key(self) -> bytes:
        """The key that signs the moment at which a form is shown."""
        return self.ledger.key("form")

    @cached_property
    def limits_key(self) -> bytes:
        """The key by which mailboxes and networks are counted."""
        return self.ledger.key("limits")

    @cached_property
    def links_key(self) -> bytes:
        """The key that signs links."""
        return self.ledger.key(tokens.KEY)

    @cached_property
    def missing(self) -> Answer:
        """What stands at every address where nothing is, made once: it costs the same whatever was asked."""
        return pages.missing(self.site)

    @cached_property
    def style(self) -> Answer:
        """The style of all pages."""
        return pages.style(self.site)

    def stamp(self, newsletter: str, *, again: bool = False) -> str:
        """The present moment, for a form; one that is shown `again` may be sent at once."""
        return forms.stamped(self.form_key, newsletter, self.clock() - (forms.QUICKEST if again else 0))

    def tokens(self, offer: Offer) -> Tokens:
        """The tokens of a newsletter."""
        return Tokens(offer.name, (self.links_key,))

    def named(self, purpose: Purpose, offer: Offer, asked: Asked) -> Named | None:
        """Whom the token in an address names; None for a token that is not ours."""
        return self.tokens(offer).read(purpose, asked.token, self.clock())

    def put(self, kind: Kind, offer: Offer, asked: Asked, wish: Wish) -> None:
        """Keep a request, which has a mailbox. Raises `UnfitError` 429 where too many wait."""
        assert wish.mailbox
        kept = self.inbox.put(
            Request(
                kind=kind,
                newsletter=offer.name,
                address=wish.mailbox.address,
                topics=wish.topics,
                language=wish.language,
                network=limits.network(self.limits_key, asked.client),
                at=self.clock(),
            )
        )
        if not kept:
            raise UnfitError(429)

    def ready(self) -> Answer:
        """Whether ledger and inbox can be used, and what was built is there. Raises `DeliveryError`."""
        self.ledger.subscriber(0)
        self.inbox.waiting()
        return ALIVE if self.site.output.is_dir() else _NOT_READY
