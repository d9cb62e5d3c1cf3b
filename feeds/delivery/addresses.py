"""Addresses of subscribers: checked, compared and, where a person can be harmed by them, hidden.

No message of this module holds an address or a part of one, so that none gets into a log.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 254
"""Characters in an address (RFC 5321 section 4.5.3.1.3, less the two angle brackets)."""

# The dot-atom of RFC 5322 section 3.2.3 as nearly everybody has it. A million addresses at 109 µs each
# are two minutes, so these are not shown to email-validator one by one; their domains are, once each.
_PLAIN = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_PLAIN_DOMAIN = re.compile(r"[A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address that can be written to: its local part as given, its domain in ASCII, lower-cased."""

    address: str
    domain: str

    @property
    def folded(self) -> str:
        """What two spellings of one address have in common: `A.B@X.org` is `a.b@x.org`."""
        return self.address.casefold()


def mailbox(text: str) -> Mailbox:
    """The mailbox that a text names. Raises `ValueError` that never repeats the text.

    A domain beyond ASCII is kept as its A-label (RFC 5890), so that a look-alike shows as xn--….
    """
    text = text.strip()
    local, at, domain = text.rpartition("@")
    if not at:
        raise ValueError("is no e-mail address: it has no @")
    if _PLAIN.fullmatch(local) and len(local) <= 64 and _PLAIN_DOMAIN.fullmatch(domain):
        host = _domain(domain)
        if len(local) + 1 + len(host) <= LONGEST:
            return Mailbox(f"{local}@{host}", host)
    return _unusual(text)


@lru_cache(maxsize=10_000)
def _domain(domain: str) -> str:
    return _unusual(f"a@{domain}").domain


def _unusual(text: str) -> Mailbox:
    from email_validator import EmailNotValidError, validate_email

    if len(text) > LONGEST:
        raise ValueError(f"is no e-mail address: it is longer than {LONGEST} characters")
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError as refusal:
        raise ValueError(_without(text, str(refusal))) from None
    return Mailbox(f"{found.local_part}@{found.ascii_domain}", found.ascii_domain)


def _without(text: str, refusal: str) -> str:
    parts = [part for part in re.split(r"[@.]", text) if part]
    told = any(part.casefold() in refusal.casefold() for part in parts)
    return "is no e-mail address" if told or not refusal.isascii() else f"is no e-mail address: {refusal}"


def address_key(key: bytes, address: str) -> str:
    """What a ledger knows an address by: a keyed hash (HMAC-SHA256, 128 bits) of its folded form.

    Without the key nobody can tell from it whether an address is on the list.
    """
    return hmac.digest(key, b"address:" + address.casefold().encode(), hashlib.sha256)[:16].hex()


def subkey(key: bytes, purpose: str) -> bytes:
    """A key for one purpose (unsubscribe, bounce …), so that no token can be used for another."""
    return hmac.digest(key, b"purpose:" + purpose.encode(), hashlib.sha256)


def redacted(text: str, address: str) -> str:
    """A server's words without this address and without any other: the words are kept, and shown."""
    hidden = re.sub(re.escape(address), "…", text, flags=re.IGNORECASE) if address else text
    return re.sub(r"[^\s<>\"'(\[:;,]+@[^\s<>\"')\]:;,]+", "…", hidden)[:500]
