"""What is posted: read within limits, told apart from what machines post, and checked against the offer."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl

from feeds.delivery.addresses import Mailbox, mailbox
from feeds.delivery.subscribers import ordered
from feeds.web.public.site import Offer

FIELDS = 100
"""So many fields at most; a newsletter with more topics than that has other troubles."""
QUICKEST = 2
"""Whole seconds within which nobody fills in a form, not even with a program that remembers addresses."""
LASTS = 24 * 3600
"""Seconds for which a form is good."""
TRAP = "website"
"""A field that people do not see, and machines fill in."""

Fields = Mapping[str, Sequence[str]]
Judgement = Literal["person", "machine", "stale"]


class UnfitError(Exception):
    """A body that is not read; `status` says why."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


@dataclass(frozen=True)
class Wish:
    """What somebody filled in: an address if it is one, and of what is offered what they chose."""

    typed: str = ""
    """The address as it stands in the field."""
    mailbox: Mailbox | None = field(default=None, repr=False)
    topics: tuple[str, ...] = ()
    language: str = ""


def fields(content_type: str, body: bytes) -> Fields:
    """The fields of an `application/x-www-form-urlencoded` body. Raises `UnfitError`."""
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise UnfitError(415)
    try:
        pairs = parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise UnfitError(413) from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def first(given: Fields, name: str) -> str:
    """A field's first value, or nothing."""
    return next(iter(given.get(name, ())), "")


def wish(given: Fields, offer: Offer) -> Wish:
    """What the fields say. Whatever is not offered is left out."""
    typed = first(given, "email").strip()[:320]
    try:
        found = mailbox(typed)
    except ValueError:
        found = None
    language = first(given, "language")
    return Wish(
        typed=typed,
        mailbox=found,
        topics=ordered(topic for topic in given.get("topic", ()) if topic in offer.topics),
        language=language if language in offer.languages else "",
    )


def stamped(key: bytes, newsletter: str, now: int) -> str:
    """The moment at which a form was shown, signed."""
    return f"{now:x}.{_mac(key, newsletter, now)}"


def judged(given: Fields, key: bytes, newsletter: str, now: int, fetched: str = "") -> Judgement:
    """Who has filled in a form: a person, a machine, or a person whose form is none of ours or too old.

    `fetched` is Sec-Fetch-Site: a form of another site has not been shown by us, whatever it holds.
    """
    if first(given, TRAP):
        return "machine"
    age = _age(first(given, "time"), key, newsletter, now)
    if age is None or age > LASTS:
        return "stale"
    return "machine" if age < QUICKEST or fetched == "cross-site" else "person"


def _age(text: str, key: bytes, newsletter: str, now: int) -> int | None:
    found = re.fullmatch(r"([0-9a-f]{1,12})\.([0-9a-f]{32})", text, re.ASCII)
    if not found:
        return None
    shown = int(found[1], 16)
    genuine = hmac.compare_digest(found[2], _mac(key, newsletter, shown))
    return now - shown if genuine and shown <= now else None


def _mac(key: bytes, newsletter: str, moment: int) -> str:
    return hmac.digest(key, f"form\0{newsletter}\0{moment:x}".encode(), "sha256")[:16].hex()
