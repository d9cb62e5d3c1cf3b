"""The guard before the operator's page: this machine only, by its own name, with the token.

As for the preview, the Host is checked against DNS rebinding, and without the token nothing is here.
What changes anything is a POST, and that only from a page of ours: a browser tells its origin.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from secrets import compare_digest
from typing import Any

from feeds.web.preview.guard import HOSTS, Application, Receive, Scope, Send

HEALTH = "/healthz"
"""The one path without a token: whoever watches us learns no more than that we are there."""
_HEADERS = {
    b"content-security-policy": (
        b"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    b"referrer-policy": b"same-origin",  # with no-referrer a form would come from the origin “null”
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"cross-origin-resource-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cache-control": b"no-store",
}
_REFUSALS = {
    403: b"This form was not sent by the operator's page.\n",
    404: b"There is nothing here. The address that `feeds serve` printed has more in it.\n",
    405: b"This page is looked at, and its forms are sent.\n",
    421: b"This is reached as 127.0.0.1 or localhost only.\n",
}


def guarded(application: Application, token: str, port: int) -> Application:
    """An application that answers below `/TOKEN/` only, on loopback names with the right port."""
    hosts = {f"{host}:{port}" for host in HOSTS} | (set(HOSTS) if port == 80 else set())

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
    [host, *more] = _all(scope, b"host") or [""]
    if more or host not in hosts:
        return 421
    if scope["path"] != HEALTH:
        parts = scope["path"].split("/")
        if len(parts) < 3 or not compare_digest(parts[1].encode(), token.encode()):
            return 404
    if scope["method"] == "POST":
        return None if _is_ours(scope, host) else 403
    return None if scope["method"] in ("GET", "HEAD") else 405


def _is_ours(scope: Scope, host: str) -> bool:
    fetched = _all(scope, b"sec-fetch-site")
    return _all(scope, b"origin") == [f"http://{host}"] and fetched in ([], ["same-origin"])


def _all(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1").lower() for known, value in scope["headers"] if known == name]


def _sealed(send: Send) -> Send:
    """Puts on every answer the headers that it has not set itself."""

    async def sealed(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            added = [header for header in _HEADERS.items() if header[0] not in there]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return sealed


async def _refuse(status: int, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 405:
        headers.append((b"allow", b"GET, HEAD, POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSALS[status]})
