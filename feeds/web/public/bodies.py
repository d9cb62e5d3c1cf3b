"""Bodies of requests: read within a size and a time, so that nobody can hold or fill the process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from feeds.web.public.forms import UnfitError

LARGEST = 16_384
"""Bytes of a body: a form has some hundred."""
SLOWEST = 10.0
"""Seconds that a body may take in all."""

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def read(receive: Receive, headers: Iterable[tuple[bytes, bytes]], patience: float = SLOWEST) -> bytes:
    """The body. Raises `UnfitError`: 413 where it is too large, 408 too slow, 400 not whole."""
    told = [value for name, value in headers if name == b"content-length"]
    if any(not value.isdigit() or int(value[:20]) > LARGEST for value in told):
        raise UnfitError(413)
    try:
        async with asyncio.timeout(patience):
            return await _gathered(receive)
    except TimeoutError:
        raise UnfitError(408) from None


async def _gathered(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise UnfitError(400)
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST:
            raise UnfitError(413)
    return body
