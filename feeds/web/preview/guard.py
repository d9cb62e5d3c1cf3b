"""The guard before the preview: this machine only, by its own name, with the token, and to look only.

A page elsewhere can make a browser ask us under a name of its own (DNS rebinding), so the Host is
checked; and it cannot know the token, without which nothing is here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from secrets import compare_digest
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HOSTS = ("127.0.0.1", "localhost", "[::1]")
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What our own page may: our own script and style, and frames of ours."""
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
"""What is in a frame runs nothing and sends nothing; the page may measure it, and links open elsewhere."""
FRAME = (
    "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; "
    f"base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
)
"""What somebody's mail may: its own styles, and pictures that we serve."""
_HEADERS = {
    "content-security-policy": PAGE,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
_REFUSALS = {
    404: "There is nothing here. The address that `feeds preview` printed has more in it.\n",
    405: "The preview is for looking only.\n",
    421: "This is reached as 127.0.0.1 or localhost only.\n",
}


def guarded(application: Application, token: str, port: int) -> Application:
    """An application that answers below `/TOKEN/` only, on loopback names with the right port."""
    hosts = {f"{host}:{port}" for host in HOSTS}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await application(scope, receive, send)
        elif scope["type"] == "http":
            sealed = _sealed(send)
            if status := _refusal(scope, token, hosts):
                await _refuse(status, sealed)
            else:
                path = scope["path"].removeprefix(f"/{token}")
                await application({**scope, "path": path, "raw_path": path.encode()}, receive, sealed)

    return answer


def _refusal(scope: Scope, token: str, hosts: set[str]) -> int | None:
    given = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
    if len(given) != 1 or given[0] not in hosts:
        return 421
    parts = scope["path"].split("/")
    if len(parts) < 3 or not compare_digest(parts[1].encode(), token.encode()):
        return 404
    return None if scope["method"] in ("GET", "HEAD") else 405


def _sealed(send: Send) -> Send:
    """Puts on every answer the headers that it has not set itself."""

    async def sealed(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            missing = ((name.encode(), value.encode()) for name, value in _HEADERS.items())
            added = [(name, value) for name, value in missing if name not in there]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return sealed


async def _refuse(status: int, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSALS[status].encode()})
