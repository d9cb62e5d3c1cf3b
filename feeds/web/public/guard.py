"""The guard before the pages: only by their own name, and every answer with the headers that protect it.

Links are built from the configured base alone. A request under another name gets 421 and no page, so
that nothing a stranger sends as Host is ever repeated or kept by a cache.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HEALTH = "/healthz"
"""Whether the process is alive."""
READY = "/readyz"
"""Whether visitors may be sent to it. Both are answered under any name, for whoever watches us may know us
by a number only; and here, where a load balancer reaches us, since the operator's page is on loopback."""
PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What our own pages may: our style and our forms."""
BUILT = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; "
    "media-src 'self' https:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What was built may: a digest has its own styles, and pictures wherever they stand. No script runs."""
_HEADERS = {
    b"content-security-policy": PAGE.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), interest-cohort=()",
    b"cache-control": b"no-store",
}
_LASTING = (b"strict-transport-security", b"max-age=31536000")
_MISDIRECTED = b"This server is not known by that name.\n"


def guarded(application: Application, hosts: Iterable[str], *, secure: bool) -> Application:
    """An application that answers to some names only; `secure` where its addresses are https."""
    known = frozenset(hosts)
    headers = dict([*_HEADERS.items(), *([_LASTING] if secure else [])])

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
        elif scope["type"] == "http":
            protected = _protected(send, headers)
            if scope["path"] in (HEALTH, READY) or _named(scope, known):
                await application(scope, receive, protected)
            else:
                await _refuse(protected)

    return answer


def _named(scope: Scope, known: frozenset[str]) -> bool:
    given = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
    return len(given) == 1 and given[0] in known


def _protected(send: Send, headers: MutableMapping[bytes, bytes]) -> Send:
    """Puts on every answer the headers that it has not set itself."""

    async def protected(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            added = [header for header in headers.items() if header[0] not in there]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return protected


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": _MISDIRECTED})
