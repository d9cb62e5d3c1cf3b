"""Somebody put on a list by hand: their address checked, their wishes held to what the newsletter offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from feeds.config import NewsletterSettings
from feeds.delivery.addresses import Mailbox, mailbox
from feeds.delivery.subscribers import Consent, Entry, ordered
from feeds.errors import DeliveryError, Fault, Place


def applicant(
    newsletter: NewsletterSettings,
    address: str,
    consent: Consent,
    topics: Sequence[str] = (),
    language: str = "",
) -> Entry:
    """The entry of somebody who has agreed. Raises `DeliveryError` with all that is wrong; no fault of
    it holds the address.
    """
    tongues = [language] if language else []
    faults = [
        *_unoffered("--topic", topics, newsletter.topics),
        *_unoffered("--language", tongues, newsletter.languages),
    ]
    found = _accepted(address, faults)
    return Entry(
        address=found.address,
        domain=found.domain,
        topics=ordered(_offered(topics, newsletter.topics)),
        language="".join(_offered(tongues, newsletter.languages)),
        consent=consent,
    )


def typed(address: str) -> Mailbox:
    """The mailbox that somebody typed. Raises `DeliveryError`, which does not repeat it."""
    try:
        return mailbox(address)
    except ValueError as refusal:
        raise DeliveryError(Fault(Place("ADDRESS"), str(refusal))) from None


def _accepted(address: str, faults: Sequence[Fault]) -> Mailbox:
    """The mailbox, if nothing else is wrong either."""
    try:
        found = typed(address)
    except DeliveryError as refusal:
        raise DeliveryError([*refusal.faults, *faults]) from None
    if faults:
        raise DeliveryError(faults)
    return found


def _offered(chosen: Sequence[str], offered: Sequence[str]) -> list[str]:
    """The choice in the newsletter's own spelling."""
    return [own for one in chosen for own in offered if own.casefold() == one.casefold()]


def _unoffered(option: str, chosen: Sequence[str], offered: Sequence[str]) -> Iterator[Fault]:
    for one in chosen:
        if not _offered([one], offered):
            close = get_close_matches(one, offered, 1)
            known = f"known are {', '.join(offered)}" if offered else "this newsletter offers no choice"
            hint = f"did you mean “{close[0]}”?" if close else known
            yield Fault(Place(option), f"“{one}” is not offered; {hint}")
