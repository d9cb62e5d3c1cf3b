"""The types of values that several vocabularies share, and short ways to write their tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from feeds.rules import addresses, dates, html, languages, lexical
from feeds.rules.base import Attribute, Child, Element, Kind
from feeds.rules.times import implausible

NOT_BLANK = Kind("blank", lexical.blank)
BLANK_WARNING = Kind("blank", lexical.blank, "warning")
PLAIN = Kind("html-in-text", html.plain, "warning")
URL = Kind("address", addresses.iri)
WEB = Kind("address", addresses.web)
REFERENCE = Kind("address", addresses.iri_reference)
SCHEME = Kind("scheme", addresses.registered, "warning")
ASCII = Kind("address-ascii", addresses.ascii_only, "warning")
MAIL = Kind("mail", addresses.mail)
MAIL_NAME = Kind("mail", addresses.mail_with_name)
MAIL_NAMED = Kind("mail-name", addresses.named, "advice", "RSS Best Practices Profile, e-mail addresses")
LANGUAGE = Kind("language", languages.language)
COUNTRIES = Kind("country", languages.countries)
MEDIA_TYPE = Kind("media-type", lexical.media_type, source="RFC 6838 section 4.2")
WHOLE = Kind("number", lexical.whole)
COUNT = Kind("number", lexical.count)
POSITIVE = Kind("number", lexical.positive)
NUMBER = Kind("number", lexical.number)
AMOUNT = Kind("number", lexical.amount)
RFC822 = Kind("date", dates.rfc822)
RFC822_DOUBT = Kind("date-doubtful", dates.doubtful_rfc822, "warning")
W3C_DATE = Kind("date", dates.w3c, source="W3C Date and Time Formats")
RFC3339 = Kind("date", dates.rfc3339, source="RFC 3339 section 5.6")
NPT = Kind("time", lexical.npt, source="RFC 2326 section 3.6")
UUID = Kind("uuid", lexical.uuid)
DOUBTED_URL = (URL, SCHEME, ASCII)


def word(*values: str, fold: bool = False) -> Kind:
    """One word of several."""
    return Kind("value", lexical.choice(*values, fold=fold))


def may(*kinds: Kind) -> Attribute:
    """An attribute that may be there."""
    return Attribute(kinds)


def must(*kinds: Kind) -> Attribute:
    """An attribute that must be there."""
    return Attribute(kinds, required=True)


def plain_text(source: str, *first: Kind) -> Element:
    """An element of plain text."""
    return Element(source, (*first, PLAIN), usual=html.harmless)


def dated(
    source: str, parse: Callable[[str], datetime | None], *kinds: Kind, earliest: int = 1990
) -> Element:
    """An element with a date that must be possible."""
    return Element(source, kinds, ends=(implausible(parse, earliest),))


def at_least(minimum: int, element: Element, maximum: int) -> Child:
    """A child with both bounds."""
    return Child(element, minimum, maximum)
