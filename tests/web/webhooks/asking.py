"""One request to an ASGI application, to the letter, without a server or a client between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from feeds.web.loopback import Application


@dataclass(frozen=True)
class Seen:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    application: Application,
    method: str,
    path: str,
    body: bytes = b"",
    headers: tuple[tuple[str, str], ...] = (),
    piece: int = 65_536,
) -> Seen:
    """What an application answers to a request whose body comes in pieces."""
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)] or [b""]
    incoming: list[dict[str, Any]] = [
        {"type": "http.request", "body": one, "more_body": number < len(pieces)}
        for number, one in enumerate(pieces, 1)
    ]
    told: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message)

    path, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
    }
    asyncio.run(application(scope, receive, send))  # type: ignore[arg-type]
    start = told[0]
    found = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Seen(start["status"], found, b"".join(message.get("body", b"") for message in told[1:]))
