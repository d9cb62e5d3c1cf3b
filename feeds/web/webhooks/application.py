"""The webhooks as an application: each report is verified, put into the inbox, and answered at once.

Whatever is refused gets the same words, and no reason: who is entitled to one reads our log.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.delivery.ledger import Ledger
from feeds.delivery.ledger.inbox import Received
from feeds.errors import FeedsError
from feeds.web.webhooks import mailgun, postmark, ses
from feeds.web.webhooks.certificates import Certificates
from feeds.web.webhooks.posted import Posted, RefusedError
from feeds.web.webhooks.secrets import Secrets

LARGEST = 131_072
"""Bytes of a body: a report with all headers of a message has some thousand."""
SLOWEST = 10.0
"""Seconds that a body may take in all."""
REFUSED = b"Refused.\n"
_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_LOG = logging.getLogger("feeds.web")

Reader = Callable[[Posted], Received | None]


def webhooks(
    ledger: Ledger,
    secrets: Secrets,
    *,
    clock: Callable[[], int] = lambda: int(time.time()),
    certificates: Certificates | None = None,
) -> Starlette:
    """`ses`, `postmark` and `mailgun`, as far as there are secrets for them.

    `postmark/SECRET` is the same as `postmark` with Basic authentication. `clock` tells seconds.
    """
    known = certificates or Certificates(clock=clock)
    readers: dict[str, Reader] = {}
    if secrets.topics:
        readers["/ses"] = lambda told: ses.read(told, secrets.topics, known)
    if secrets.postmark:
        readers["/postmark"] = readers["/postmark/{secret}"] = lambda told: postmark.read(
            told, secrets.postmark
        )
    if secrets.mailgun:
        readers["/mailgun"] = lambda told: mailgun.read(told, secrets.mailgun)
    made = Starlette(
        routes=[
            Route(path, _endpoint(ledger, reader, clock), methods=["POST"])
            for path, reader in readers.items()
        ],
        exception_handlers={404: _refused, 405: _refused},
    )
    made.router.redirect_slashes = False
    return made


def _endpoint(ledger: Ledger, reader: Reader, clock: Callable[[], int]) -> Callable[[Request], object]:
    def taken(told: Posted) -> int:
        received = reader(told)
        return 200 if received is None or ledger.receive(received) else 409

    async def endpoint(request: Request) -> Response:
        try:
            told = Posted(
                body=await _body(request),
                now=clock(),
                secret=request.path_params.get("secret", ""),
                authorization=request.headers.get("authorization", ""),
            )
            return _answer(await run_in_threadpool(taken, told))
        except RefusedError as refusal:
            return _answer(refusal.status)
        except FeedsError as refusal:
            _LOG.error("%s: %s", type(refusal).__name__, refusal)
            return _answer(503)
        except Exception as fault:  # whoever asks sees nothing of a fault of ours
            _LOG.error("a fault of ours: %s", type(fault).__name__)
            _LOG.debug("it came from here", exc_info=True)
            return _answer(500)

    return endpoint


async def _body(request: Request) -> bytes:
    told = request.headers.get("content-length", "0")
    if not (told.isascii() and told.isdigit()) or int(told[:20]) > LARGEST:
        raise RefusedError(413)
    body = bytearray()
    try:
        async with asyncio.timeout(SLOWEST):
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST:
                    raise RefusedError(413)
    except TimeoutError:
        raise RefusedError(408) from None
    except ClientDisconnect:
        raise RefusedError(400) from None
    return bytes(body)


def _answer(status: int) -> Response:
    return Response(b"" if status == 200 else REFUSED, status, _HEADERS, "text/plain")


def _refused(_: Request, refusal: Exception) -> Response:
    made = _answer(getattr(refusal, "status_code", 404))
    made.headers.update(getattr(refusal, "headers", None) or {})
    return made
