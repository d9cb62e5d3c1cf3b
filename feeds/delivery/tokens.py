"""The links of one subscriber: to confirm, to choose, to unsubscribe, and no other than the one they say.

A token is a key's id, the subscriber's number and epoch, a moment, and 128 bits of HMAC-SHA256 over
these, its purpose and its newsletter. No address is in it. It has a multiple of three bytes, so that
its base64url has no spare bits, and it is made anew and compared whole: one token has one spelling.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urljoin

from feeds.errors import DeliveryError, Fault, Place

Purpose = Literal["confirm", "choose", "unsubscribe"]

KEY = "links"
"""What to ask the ledger for: `ledger.key(KEY)`."""
LASTS: dict[Purpose, int] = {"confirm": 7 * 24 * 3600}
"""Seconds for which a token is good; what is not named here never ends."""
LENGTH = 44
"""Characters of a token."""

_KEY_ID, _NUMBER, _EPOCH, _MOMENT, _MAC = 1, 6, 4, 6, 16


@dataclass(frozen=True, slots=True)
class Named:
    """The subscriber whom a token names. That they still are one is for the ledger to say."""

    subscriber: int
    epoch: int
    ended: bool = False
    """Whether it is genuine, and too old."""


@dataclass(frozen=True, slots=True)
class Links:
    """What one subscriber's mail links to."""

    unsubscribe: str
    """For List-Unsubscribe: a POST unsubscribes (RFC 8058), a GET shows a page with a button."""
    preferences: str


@dataclass(frozen=True)
class Tokens:
    """Makes and reads the tokens of one newsletter.

    The first key signs, each of them verifies. A key has at least 16 bytes, and is `ledger.key(KEY)`.
    """

    newsletter: str
    keys: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) < 16 for key in self.keys):
            raise DeliveryError(Fault(Place(field="links"), "need a key of at least 16 bytes"))

    def make(self, purpose: Purpose, subscriber: int, epoch: int, now: int = 0) -> str:
        """A token of `LENGTH` characters, all of them letters, digits, - and _.

        `now`, in seconds since 1970, counts for a purpose that ends; the others are the same always.
        """
        try:
            told = (
                subscriber.to_bytes(_NUMBER, "big")
                + epoch.to_bytes(_EPOCH, "big")
                + (now if purpose in LASTS else 0).to_bytes(_MOMENT, "big")
            )
        except OverflowError:
            raise DeliveryError(Fault(Place(field="links"), "have numbers out of range")) from None
        return _sealed(self.keys[0], purpose, self.newsletter, told)

    def read(self, purpose: Purpose, text: str, now: int = 0) -> Named | None:
        """Whom a token names; None for everything that we did not make to the letter for this purpose."""
        raw = _decoded(text)
        if raw is None:
            return None
        told = raw[_KEY_ID:-_MAC]
        made = [_sealed(key, purpose, self.newsletter, told) for key in self.keys]
        if not any([hmac.compare_digest(token.encode(), text.encode()) for token in made]):  # noqa: C419
            return None  # the list is on purpose: all keys are tried, whichever fits
        number, epoch, moment = told[:_NUMBER], told[_NUMBER : _NUMBER + _EPOCH], told[-_MOMENT:]
        ends = int.from_bytes(moment, "big") + LASTS.get(purpose, now)
        return Named(int.from_bytes(number, "big"), int.from_bytes(epoch, "big"), now > ends)


def base(unsubscribe: str) -> str:
    """Where the pages for subscribers stand, with a / at its end: beside the page to unsubscribe."""
    return urljoin(unsubscribe, ".")


def address(base: str, newsletter: str, page: str, token: str = "") -> str:
    """The address of a newsletter's page: `{base}newsletters/{newsletter}/{page}/{token}`."""
    made = f"{base}newsletters/{newsletter}/{page}"
    return f"{made}/{token}" if token else made


def links(base: str, newsletter: str, subscriber: int, epoch: int, key: bytes) -> Links:
    """What a subscriber's mail links to, for `Personal`: the same at each time.

    `base` is `base(issue.unsubscribe)`, and `key` is `ledger.key(KEY)`.
    """
    tokens = Tokens(newsletter, (key,))
    return Links(
        unsubscribe=address(base, newsletter, "unsubscribe", tokens.make("unsubscribe", subscriber, epoch)),
        preferences=address(base, newsletter, "choose", tokens.make("choose", subscriber, epoch)),
    )


def _decoded(text: str) -> bytes | None:
    if len(text) != LENGTH or not text.isascii():
        return None
    try:
        return urlsafe_b64decode(text)
    except ValueError:
        return None


def _sealed(key: bytes, purpose: str, newsletter: str, told: bytes) -> str:
    """The whole token: what it tells, behind the key's id and before its seal."""
    head = hmac.digest(key, b"key id", "sha256")[:_KEY_ID] + told
    named = f"{purpose}\0{newsletter}\0".encode()
    return urlsafe_b64encode(head + hmac.digest(key, named + head, "sha256")[:_MAC]).decode("ascii")
