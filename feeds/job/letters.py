"""From a frozen issue to the letters of its subscribers: what the ledger keeps, and what each one gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feeds.delivery.dkim import Signer
from feeds.delivery.ledger import Draft, Job, Variant
from feeds.delivery.message import Letter, Parts, mold, parts
from feeds.delivery.splice import Mold, Personal
from feeds.delivery.subscribers import Audience
from feeds.delivery.tokens import Links
from feeds.delivery.transports.base import Envelope
from feeds.delivery.verp import Verp
from feeds.newsletter.frozen import Frozen


def drafted(issue: Frozen, slot: str, audiences: Iterable[Audience]) -> Draft:
    """An issue as the ledger freezes it. An audience for whom nothing is in it gets nothing."""
    chosen = {who: issue.variant_of(who.language, who.topics) for who in audiences}
    return Draft(
        newsletter=issue.newsletter,
        slot=slot,
        variants=tuple(_variant(issue, key) for key in issue.variants),
        audiences={who: key for who, key in chosen.items() if key},
        articles=tuple(article.id for article in issue.articles),
    )


def molds(variants: Iterable[Variant], signers: Sequence[Signer] = ()) -> Mapping[str, Mold]:
    """The message of each variant, serialised once, by its key."""
    return {
        made.key: mold(Parts(headers=made.headers, text=made.text, html=made.html), signers)
        for made in variants
    }


@dataclass(frozen=True)
class Writer:
    """Writes the letter of one job; threads may share it."""

    molds: Mapping[str, Mold]
    verp: Verp
    links: Callable[[int, int], Links]
    """What a subscriber's mail links to, by their number and epoch."""
    date: datetime
    """When the issue was frozen: a letter that goes out once more is the same to the byte."""

    postmark: bool = False
    """Whether it leaves through Postmark, which reports a message only by what it carries for us."""

    def __call__(self, job: Job) -> Envelope:
        """The message in its envelope. Raises `DeliveryError` where it cannot be written."""
        personal = self.personal(job)
        made = self.molds[job.variant].envelope(personal)
        if not self.postmark:
            return made
        carried = f"X-PM-KeepID: true\r\nX-PM-Metadata-feeds: {personal.message_id}\r\n".encode("ascii")
        return replace(made, content=carried + made.content)

    def personal(self, job: Job) -> Personal:
        """What only this subscriber's message says."""
        links = self.links(job.subscriber, job.epoch)
        return Personal(
            address=job.address,
            unsubscribe=links.unsubscribe,
            preferences=links.preferences,
            message_id=self.verp.message_id(job.issue, job.subscriber),
            return_path=self.verp.return_path(job.issue, job.subscriber),
            date=self.date,
        )


def _variant(issue: Frozen, key: str) -> Variant:
    made = parts(_letter(issue, key))
    return Variant(
        key=key,
        subject=issue.variants[key].subject,
        html=made.html,
        text=made.text,
        headers=made.headers,
    )


def _letter(issue: Frozen, key: str) -> Letter:
    variant = issue.variants[key]
    return Letter(
        newsletter=issue.newsletter,
        home=issue.home,
        sender=issue.sender,
        reply_to=issue.reply_to,
        unsubscribe=issue.unsubscribe,
        web=variant.web,
        language=variant.language,
        articles=variant.articles,
        subject=variant.subject,
        text=variant.text,
        html=variant.html,
    )
