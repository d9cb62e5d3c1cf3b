"""A finished message held to the rules of bulk mail: what is checked is the bytes that will be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.errors import Fault, Place

_ONCE = (
    "From To Subject Date Message-ID MIME-Version Content-Type "
    "List-Id List-Unsubscribe List-Unsubscribe-Post Auto-Submitted"
).split()
_UNSUBSCRIBE = re.compile(rb"^List-Unsubscribe: <https://[!-;=?-~]+>\r?$", re.MULTILINE | re.IGNORECASE)


def faults(raw: bytes, *, signed: bool = True) -> Iterator[Fault]:
    """What is wrong with a message, by the rules that mailboxes hold bulk mail to.

    With `signed`, also where no DKIM signature covers both headers of RFC 8058 (section 4). That a
    signature is right only the DNS record can tell.
    """
    head, _, _ = raw.partition(b"\r\n\r\n")
    lines = re.sub(rb"\r\n[ \t]+", b" ", head).split(b"\r\n")
    names = [line.partition(b":")[0].decode("ascii", "replace").lower() for line in lines]
    yield from _lines(raw)
    for name in _ONCE:
        if names.count(name.lower()) != 1:
            yield _fault(f"has {names.count(name.lower())} {name} headers, and must have one")
    if not _UNSUBSCRIBE.search(head + b"\r\n"):
        yield _fault("has no raw https address in List-Unsubscribe (RFC 8058 section 3.1)")
    if signed and not any(map(_covers, lines)):
        yield _fault("has no DKIM signature over List-Unsubscribe and List-Unsubscribe-Post")


def _lines(raw: bytes) -> Iterator[Fault]:
    if re.search(rb"\r(?!\n)|(?<!\r)\n", raw) or not raw.endswith(b"\r\n"):
        yield _fault("has a line that does not end in CRLF")
    if max(map(len, raw.split(b"\r\n"))) > 998:
        yield _fault("has a line of more than 998 bytes (RFC 5322 section 2.1.1)")
    if b"\0" in raw:
        yield _fault("has a NUL")


def _covers(line: bytes) -> bool:
    if not line.lower().startswith(b"dkim-signature:"):
        return False
    named = re.search(rb"\bh=([^;]*)", line)
    covered = re.sub(rb"\s", b"", named[1]).lower().split(b":") if named else []
    return b"list-unsubscribe" in covered and b"list-unsubscribe-post" in covered


def _fault(problem: str) -> Fault:
    return Fault(Place("message"), problem)
