"""The guard before pages for this machine only: by its own name, with the token, and sealed.

A page elsewhere can make a browser ask us under a name of its own (DNS rebinding), so the Host is
checked; and it cannot know the token, without which nothing is here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass
from secrets import compare_digest
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HOSTS = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, kw_only=True)
class Door:
    """Who may come in, and what is said to everybody."""

    headers: Mapping[bytes, bytes]
    """What an answer has that has not set it itself."""
    refusals: Mapping[int, bytes]
    """What is said to whom: 404, 405 and 421, and what `posted` gives."""
    methods: bytes = b"GET, HEAD"
    posted: Callable[[Scope, str], int | None] = lambda scope, host: 405
    """What stands against a POST that was sent to a host."""
    open: str | None = None
    """The one path without a token, where there is any."""


def guarded(application: Application, token: str, hosts: Collection[str], door: Door) -> Application:
    """An application that answers below `/TOKEN/` only, and to these hosts only."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
        elif scope["type"] == "http":
            sealed = _sealed(send, door)
            if status := _refusal(scope, token, hosts, door):
                await _refuse(status, sealed, door)
            else:
                path = scope["path"].removeprefix(f"/{token}")
                await application({**scope, "path": path, "raw_path": path.encode()}, receive, sealed)

    return answer


def said(scope: Scope, name: bytes) -> list[str]:
    """Every value of a header, in small letters."""
    return [value.decode("latin-1").lower() for known, value in scope["headers"] if known == name]


def _refusal(scope: Scope, token: str, hosts: Collection[str], door: Door) -> int | None:
    given = said(scope, b"host")
    if len(given) != 1 or given[0] not in hosts:
        return 421
    parts = scope["path"].split("/")
    known = len(parts) > 2 and compare_digest(parts[1].encode(), token.encode())
    if not known and scope["path"] != door.open:
        return 404
    if scope["method"] == "POST":
        return door.posted(scope, given[0])
    return None if scope["method"] in ("GET", "HEAD") else 405


def _sealed(send: Send, door: Door) -> Send:
    """Puts on every answer the headers that it has not set itself."""

    async def sealed(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            added = [header for header in door.headers.items() if header[0] not in there]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return sealed


async def _refuse(status: int, send: Send, door: Door) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 405:
        headers.append((b"allow", door.methods))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": door.refusals[status]})
