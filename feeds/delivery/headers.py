"""Header values made from what subscribers wrote: always one mailbox, never a second header."""

from __future__ import annotations

import re
from functools import lru_cache

import idna

from feeds.delivery.transports.base import LOCAL_PART
from feeds.errors import DeliveryError, Fault, Place

# RFC 5322 section 3.2.3: words of these need no quotes.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTABLE = re.compile(r"[ -~]*")
# What an encoded word may hold as it is within a display name (RFC 2047 section 5, rule 3).
_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_LETTERS = {code: chr(code) if code in _BARE else f"={code:02X}" for code in range(256)} | {32: "_"}
_ASCII_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_LOCAL = re.compile(LOCAL_PART)
_LINE = 78
_WORD = 75 - len("=?utf-8?q??=") - len("To: ")


def ascii_address(address: str) -> str:
    """An address with its domain in lower-case ASCII (RFC 5890); the local part is kept to the letter.

    Raises `DeliveryError` for whatever could be more than one address.
    """
    local, _, domain = address.rpartition("@")
    if not _ASCII_DOMAIN.fullmatch(domain):
        domain = _ascii_domain(domain)
    if not _LOCAL.fullmatch(local):
        raise _refused()
    return f"{local}@{domain}"


def to_header(name: str, address: str) -> bytes:
    """The value of a To header, folded. Beyond ASCII, and only then, the address is in UTF-8 (RFC 6532)."""
    shown = _shown(name)
    if not shown:
        return address.encode()
    between = " " if len("To: ") + len(shown) + len(address) + 3 <= _LINE else "\r\n "
    return f"{shown}{between}<{address}>".encode()


def _shown(name: str) -> str:
    if "=?" in name or not _QUOTABLE.fullmatch(name):  # or it would be read as an encoded word
        return _encoded_words(name)
    if not name or _ATOMS.fullmatch(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _encoded_words(name: str) -> str:
    """RFC 2047 in words of at most 75 letters, which never part the bytes of one character."""
    letters = "".join(map(_LETTERS.__getitem__, name.encode()))
    if len(letters) <= _WORD:
        return f"=?utf-8?q?{letters}?="
    words, word = [], ""
    for char in name:
        letters = "".join(_LETTERS[code] for code in char.encode())
        if len(word) + len(letters) > _WORD:
            words.append(word)
            word = ""
        word += letters
    return "\r\n ".join(f"=?utf-8?q?{each}?=" for each in [*words, word])


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str:
    try:
        return idna.encode(domain.lower(), uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise _refused() from None


def _refused() -> DeliveryError:
    return DeliveryError(Fault(Place(field="address"), "is no address that mail can go to"))
