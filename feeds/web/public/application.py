"""The pages as an application: each address of them, and what was built beside."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route

from feeds.delivery.tokens import Purpose
from feeds.errors import FeedsError
from feeds.web.public import bodies, holders, pages, strangers
from feeds.web.public.answers import Answer, Asked
from feeds.web.public.clerk import Clerk
from feeds.web.public.desk import ALIVE, Desk
from feeds.web.public.files import LARGE, Files, Stretch
from feeds.web.public.forms import UnfitError
from feeds.web.public.guard import HEALTH, READY, Application, guarded
from feeds.web.public.holders import Held
from feeds.web.public.site import Offer

BEAT = 2.0
"""Seconds between two looks of the clerk into the inbox. It does not wake up when something comes in."""
_PIECE = 65_536
_LOG = logging.getLogger("feeds.web")

Handler = Callable[[Asked], Answer]
Endpoint = Callable[[Request], Awaitable[Response]]


def application(
    desk: Desk, clerk: Clerk | None = None, beat: float = BEAT, hooks: Starlette | None = None
) -> Application:
    """Everything at its address, behind the guard; the clerk works while it runs.

    `hooks` is what providers report to, where there is any.
    """
    site = desk.site

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        working = asyncio.create_task(_working(clerk, beat)) if clerk else None
        yield
        if working:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working

    files = Files(site.output)
    routes = [
        Route(HEALTH, _page(desk, lambda asked: ALIVE)),
        Route(READY, _page(desk, lambda asked: desk.ready())),
        Route(unquote(site.root) + pages.STYLE, _page(desk, lambda asked: desk.style)),
        *(
            Route(path, _page(desk, lambda asked: strangers.door(desk, asked)), methods=_BOTH)
            for path in sorted(map(unquote, site.doors))
        ),
        *(route for offer in site.offers.values() for route in routes_of(desk, offer)),
        *([Mount(unquote(site.root) + "webhooks", hooks)] if hooks else []),
        Route(unquote(site.root) + "{path:path}", _built(desk, files)),
        Route("/{path:path}", _page(desk, lambda asked: desk.missing), methods=_BOTH),
    ]
    made = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={405: _refused(desk), 404: _refused(desk)},
    )
    made.router.redirect_slashes = False
    return guarded(made, site.hosts, secure=site.publication.url.startswith("https:"))


_BOTH = ["GET", "POST"]


def routes_of(desk: Desk, offer: Offer) -> Iterator[Route]:
    """The pages of one newsletter."""
    subscribing = _page(desk, lambda asked: strangers.subscribe(desk, offer, asked))
    yield Route(f"{unquote(offer.prefix)}subscribe", subscribing, methods=_BOTH)
    held: list[tuple[str, Purpose, holders.Page, list[str]]] = [
        ("confirm/{token}", "confirm", holders.confirm, _BOTH),
        ("unsubscribe/{token}", "unsubscribe", holders.unsubscribe, _BOTH),
        ("choose/{token}", "choose", holders.choose, _BOTH),
        ("choose/{token}/data", "choose", holders.data, ["POST"]),
        ("choose/{token}/erase", "choose", holders.erase, _BOTH),
    ]
    for path, purpose, page, methods in held:
        yield Route(
            unquote(offer.prefix) + path, _page(desk, _holding(desk, offer, purpose, page)), methods=methods
        )


def _holding(desk: Desk, offer: Offer, purpose: Purpose, page: holders.Page) -> Handler:
    """A page for who holds a link; whatever token is not ours gets one and the same answer."""

    def handler(asked: Asked) -> Answer:
        named = desk.named(purpose, offer, asked)
        if named is None:
            return desk.missing
        return page(Held(desk, offer, asked, named, desk.ledger.subscriber(named.subscriber)))

    return handler


def _page(desk: Desk, handler: Handler) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            body = (
                await bodies.read(request.receive, request.headers.raw) if request.method == "POST" else b""
            )
            answer = await run_in_threadpool(handler, _asked(request, body))
        except UnfitError as refusal:
            answer = pages.failed(desk.site, refusal.status)
        except FeedsError as refusal:
            # Its text may be shown to whoever runs this, and to nobody else.
            _LOG.error("%s: %s", type(refusal).__name__, refusal)
            answer = pages.failed(desk.site, 503)
        except Exception as fault:  # whoever asks sees nothing of a fault of ours
            _LOG.error("a fault of ours: %s", type(fault).__name__)
            _LOG.debug("it came from here", exc_info=True)
            answer = pages.failed(desk.site, 500)
        return _response(answer)

    return endpoint


def _built(desk: Desk, files: Files) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        path = request.path_params["path"]
        found = files.find(path)
        if found is None:
            return _response(desk.missing if path else await run_in_threadpool(pages.home, desk.site))
        if found.size > LARGE:  # to hash it for the first time takes its time
            answer = await run_in_threadpool(files.answer, found, request.headers)
        else:
            answer = files.answer(found, request.headers)
        if isinstance(answer, tuple):
            told, stretch = answer
            return StreamingResponse(_pieces(stretch), told.status, dict(told.headers), told.media_type)
        return _response(answer)

    return endpoint


def _refused(desk: Desk) -> Callable[[Request, Exception], Response]:
    def refused(_: Request, refusal: Exception) -> Response:
        status = getattr(refusal, "status_code", 404)
        answer = desk.missing if status == 404 else pages.failed(desk.site, status)
        made = _response(answer)
        made.headers.update(getattr(refusal, "headers", None) or {})
        return made

    return refused


def _asked(request: Request, body: bytes) -> Asked:
    return Asked(
        method=request.method,
        path=request.scope["path"],
        token=request.path_params.get("token", ""),
        language=request.query_params.get("language", ""),
        content_type=request.headers.get("content-type", ""),
        body=body,
        client=request.client.host if request.client else "",
        fetched=request.headers.get("sec-fetch-site", ""),
    )


def _response(answer: Answer) -> Response:
    made = Response(answer.body, answer.status, dict(answer.headers))
    if answer.media_type:
        made.headers["content-type"] = answer.media_type
    return made


def _pieces(stretch: Stretch) -> Iterator[bytes]:
    with stretch.file.open("rb") as stream:
        stream.seek(stretch.start)
        left = stretch.length
        while left and (piece := stream.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece


async def _working(clerk: Clerk, beat: float) -> None:
    while True:
        try:
            await run_in_threadpool(clerk.work)
        except Exception as fault:  # the next round goes on with the next request
            _LOG.error("the clerk stopped for now: %s", type(fault).__name__)
            _LOG.debug("it came from here", exc_info=True)
        await asyncio.sleep(beat)
