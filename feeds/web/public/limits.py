"""How much mail strangers may have us send: by mailbox, network and domain, and in all.

Whoever types an address into a form is not proved to own it. So each limit is on what goes out, and
none of them is on who may ask.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from typing import Literal

HOUR = 3600
DAY = 24 * HOUR

# Mailboxes of these domains are the same with dots and without.
_DOTLESS = frozenset(["gmail.com", "googlemail.com"])


@dataclass(frozen=True)
class Limit:
    """So many mails in so many seconds; what is over it is dropped, or waits for its turn."""

    most: int
    seconds: int
    over: Literal["drop", "wait"]


@dataclass(frozen=True)
class Limits:
    """The limits of a site. What a network asks too much of is dropped; a brake only delays."""

    mailbox: Limit = Limit(1, DAY, "drop")
    """Of one kind of mail, of one newsletter."""
    network: Limit = Limit(30, HOUR, "drop")
    domain: Limit = Limit(200, HOUR, "wait")
    all: Limit = Limit(1000, HOUR, "wait")

    def of(self, key: str) -> Limit:
        """The limit that a key of `keys` counts against."""
        limit: Limit = getattr(self, key.partition(":")[0])
        return limit


def keys(secret: bytes, kind: str, newsletter: str, address: str, network: str) -> tuple[str, ...]:
    """What one mail counts against. Addresses and networks are keyed hashes here."""
    domain = address.rpartition("@")[2]
    return (
        f"mailbox:{hashed(secret, f'{kind} {newsletter} {one_mailbox(address)}')}",
        f"network:{network}",
        f"domain:{domain}",
        "all:",
    )


def one_mailbox(address: str) -> str:
    """What all spellings of a mailbox have in common: no +tag, and at Gmail no dots."""
    local, _, domain = address.casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def network(secret: bytes, client: str) -> str:
    """The network of a client, hashed: the first 24 bits of IPv4, the first 56 of IPv6."""
    try:
        found = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return hashed(secret, "network unknown")
    mapped = getattr(found, "ipv4_mapped", None) or found
    length = 24 if mapped.version == 4 else 56
    return hashed(secret, f"network {ipaddress.ip_network((mapped, length), strict=False)}")


def hashed(secret: bytes, text: str) -> str:
    """A keyed hash, by which a thing can be counted and not be told."""
    return hmac.digest(secret, text.encode(), "sha256")[:16].hex()
