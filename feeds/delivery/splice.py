"""One message for many subscribers: serialised once, and for each only what is personal filled in.

`Mold.fill` copies a few dozen pieces of ready bytes, which takes microseconds; an `EmailMessage` for
each subscriber takes milliseconds and says the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from feeds.delivery.dkim import Seal
from feeds.delivery.encoding import Encoded, encoded
from feeds.delivery.headers import ascii_address, to_header
from feeds.delivery.transports.base import Envelope
from feeds.errors import DeliveryError, Fault, Place

# A URL goes raw into a header, so it is held to RFC 3986's characters; the header's line stays
# below 998 bytes.
_URL = re.compile(r"https://[A-Za-z0-9\[][A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]{0,899}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&*+/=?^_`{|}~-]{1,200}@[A-Za-z0-9.-]{1,250}>")
# Nothing that ends a line anywhere, and no control: not even where an escape would make it harmless.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
LONGEST_NAME = 200
PREFERENCES = "https://preferences.invalid/"
"""What a template writes where each subscriber's page of preferences is to be (RFC 6761 section 6.4)."""
NAME = "\ue000name\ue000"
"""What a template writes where each subscriber's name is to be: private letters, which nobody's text has."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What one subscriber's message says that no other does."""

    address: str
    unsubscribe: str
    """Their own https address, which RFC 8058 posts to."""
    message_id: str
    """`<…@…>`: the same whenever this issue goes to this subscriber."""
    date: datetime
    """With a time zone. Kept the same if it is sent again, it gives the same bytes again."""
    return_path: str = ""
    """Where bounces go; empty for a message that must never bounce."""
    name: str = ""
    web: str = ""
    """Their web version, if not the issue's own page."""
    preferences: str = ""
    """Their page of preferences, if it is not that to unsubscribe."""


@dataclass(frozen=True)
class Marks:
    """What text and HTML have in place of what is personal. An empty mark is not looked for."""

    unsubscribe: str
    web: str = ""
    preferences: str = ""
    name: str = ""

    def named(self) -> dict[str, str]:
        """Each mark that is there, by the name of its field."""
        fields = ("unsubscribe", "web", "preferences", "name")
        return {name: getattr(self, name) for name in fields if getattr(self, name)}


@dataclass(frozen=True)
class Gapped:
    """One body part, encoded, with the name of the personal field for each of its gaps."""

    encoded: Encoded
    slots: tuple[str, ...]
    escape: Callable[[str], str]

    @property
    def first(self) -> bytes:
        """The encoded text up to the first gap."""
        return self.encoded.first

    def fill(self, said: Mapping[str, str]) -> list[bytes]:
        """The encoded text for one subscriber."""
        return self.encoded.fill([self.escape(said[slot]).encode() for slot in self.slots])


@dataclass(frozen=True)
class Mold:
    """A message but for what is personal. Threads may share it."""

    head: bytes
    """The fixed headers, whole lines."""
    opening: bytes
    """The body up to the text's content."""
    text: Gapped
    between: bytes
    html: Gapped
    closing: bytes
    defaults: Mapping[str, str]
    """What is said where a subscriber has nothing of their own."""
    seal: Seal | None = None

    def fill(self, personal: Personal) -> bytes:
        """The complete message, signed if there are keys; no line of it begins with a dot.

        Raises `DeliveryError` where a subscriber's values could be more than they seem.
        """
        said = _said(personal, self.defaults)
        first, *text = self.text.fill(said)
        rest = [*text, self.between, *self.html.fill(said), self.closing]
        headers = _headers(personal)
        signatures = self.seal.signatures(headers, rest) if self.seal else b""
        # The order of the headers is free (RFC 5322 section 3.6), so the personal ones stand together.
        own = [b"%b: %b\r\n" % header for header in headers]
        return b"".join((signatures, *own, self.head, b"\r\n", self.opening, first, *rest))

    def envelope(self, personal: Personal) -> Envelope:
        """The message in its envelope, ready for a transport."""
        return Envelope(personal.return_path, _recipient(personal), self.fill(personal), dotted=True)


def gapped(text: str, marks: Marks, escaped: Callable[[str], str] = str) -> Gapped:
    """A body part cut at its marks; `escaped` is how the part writes a plain text."""
    pieces, slots = cut(text, marks, html=escaped is not str)
    return Gapped(encoded(pieces), slots, escaped)


def html_escaped(text: str) -> str:
    """A plain text as HTML writes it, in elements and in attributes."""
    return escape(text, quote=True) if _SPECIAL.search(text) else text


def cut(text: str, marks: Marks, *, html: bool = False) -> tuple[Sequence[str], tuple[str, ...]]:
    """The pieces of a text around its marks, and which mark stood at each gap.

    An address is a mark only where it stands whole: not as the beginning or the end of another.
    """
    ways = [f"(?P<{name}>{_pattern(mark, html)})" for name, mark in marks.named().items()]
    pieces, slots, end = [], [], 0
    for found in re.finditer("|".join(ways), text) if ways else ():
        pieces.append(text[end : found.start()])
        slots.append(str(found.lastgroup))
        end = found.end()
    return [*pieces, text[end:]], tuple(slots)


_SPECIAL = re.compile("[&<>\"']")


def _pattern(mark: str, html: bool) -> str:
    pattern = re.escape(mark)
    if html:
        pattern = re.sub("|".join(_SPELLINGS), lambda found: _SPELLINGS[found[0]], pattern)
    if mark.startswith("https://"):
        return rf"(?<![^\s\"'<>(]){pattern}(?=[\s\"'<>)]|$)"
    return pattern


# HTML may write these as a name or as a number.
_SPELLINGS = {
    re.escape("&"): "(?:&amp;|&#38;|&)",
    re.escape("<"): "(?:&lt;|&#60;)",
    re.escape(">"): "(?:&gt;|&#62;)",
    re.escape('"'): '(?:&quot;|&#34;|")',
    re.escape("'"): "(?:&#x27;|&#39;|&apos;|')",
}


def _said(personal: Personal, defaults: Mapping[str, str]) -> dict[str, str]:
    _check(personal)
    return {
        "unsubscribe": personal.unsubscribe,
        "web": personal.web or defaults["web"],
        "preferences": personal.preferences or defaults["preferences"],
        "name": personal.name,
    }


def _check(personal: Personal) -> None:
    for field in ("unsubscribe", "web", "preferences"):
        address = getattr(personal, field)
        if not _URL.fullmatch(address) and (address or field == "unsubscribe"):
            raise _unfit(field, "is no https:// address that a header can hold")
    if len(personal.name) > LONGEST_NAME or _UNFIT.search(personal.name):
        raise _unfit("name", f"is over {LONGEST_NAME} characters or has a control character")
    if not _MESSAGE_ID.fullmatch(personal.message_id):
        raise _unfit("message_id", "is no <…@…> in plain ASCII (RFC 5322 section 3.6.4)")
    if personal.date.tzinfo is None:
        raise _unfit("date", "has no time zone")


def _recipient(personal: Personal) -> str:
    try:
        return ascii_address(personal.address)
    except DeliveryError:
        raise _unfit("address", "is no address that mail can go to") from None


def _unfit(field: str, problem: str) -> DeliveryError:
    """Whose message it is the ledger knows: an error is logged, so it says what and never who."""
    return DeliveryError(Fault(Place("message", field=field), problem))


def _headers(personal: Personal) -> tuple[tuple[bytes, bytes], ...]:
    """The personal headers, in the order in which `dkim` signs them."""
    return (
        (b"To", to_header(personal.name, _recipient(personal))),
        (b"Date", _date(personal.date)),
        (b"Message-ID", personal.message_id.encode("ascii")),
        (b"List-Unsubscribe", f"<{personal.unsubscribe}>".encode("ascii")),
    )


@lru_cache(maxsize=64)
def _date(moment: datetime) -> bytes:
    return format_datetime(moment).encode("ascii")
