"""The preview as an application: each address of it, and the events that say when to look again."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from feeds import media, templating
from feeds.errors import FeedsError
from feeds.web.loopback import Application
from feeds.web.preview import checking, page
from feeds.web.preview.guard import FRAME, guarded
from feeds.web.preview.page import NotThereError
from feeds.web.preview.session import Session

INTERVAL = 0.06
"""Seconds between two looks for changes, while anybody has the page open."""
SHARE = 4
"""How many times as long as a look takes is waited before the next, so that it uses a fifth at most."""
REST = 0.4
"""Seconds after a change in which the page is shown, and nothing else done."""
HEARTBEAT = 15
SHOWN = ("image/", "audio/", "video/")
"""What is served of the content folder."""


_KEPT = {"content-security-policy": FRAME, "cache-control": "private, max-age=86400, immutable"}
"""A picture's address has its time in it, so it need not be fetched again with each change."""


class Bell:
    """Rings for everybody who listens; and knows whether anybody does."""

    def __init__(self) -> None:
        self.listeners = 0
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever waits."""
        rung, self._event = self._event, asyncio.Event()
        rung.set()

    async def heard(self) -> None:
        """Wait until it rings, or for a heartbeat."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), HEARTBEAT)


def application(session: Session, token: str, port: int) -> Application:
    """Everything at its address, behind the guard."""
    base, bell = f"/{token}/", Bell()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(watch(session, bell))
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    def chosen(request: Request) -> dict[str, str]:
        return dict(request.query_params)

    def whole(request: Request) -> Response:
        if not bell.listeners:
            session.look()
        kind, _, name = request.path_params["path"].partition("/")
        return _html(page.page(session, base, kind, name, chosen(request)))

    def mail(request: Request) -> Response:
        return _html(page.mail(session, base, request.path_params["name"], chosen(request)), FRAME)

    def entries(request: Request) -> Response:
        return _html(page.entries(session, base, request.path_params["name"], chosen(request)), FRAME)

    def message(request: Request) -> Response:
        name = request.path_params["name"]
        kind = {"content-disposition": f'attachment; filename="{name}.eml"'}
        return Response(page.message(session, name, chosen(request)), 200, kind, "message/rfc822")

    def style(_: Request) -> Response:
        return Response(page.style(session), media_type="text/css")

    def script(_: Request) -> Response:
        content = (templating.packaged() / "web" / "preview.js").read_bytes()
        return Response(content, media_type="text/javascript")

    async def events(_: Request) -> Response:
        return StreamingResponse(_told(session, bell), media_type="text/event-stream")

    def file(request: Request) -> Response:
        return _file(session, request.path_params["path"])

    pages: dict[str, Callable[[Request], Response]] = {
        "/mail/{name}": mail,
        "/message/{name}": message,
        "/entries/{name:path}": entries,
        "/files/{path:path}": file,
        "/preview.css": style,
        "/preview.js": script,
        "/{path:path}": whole,
    }
    routes = [
        Route("/events", events),
        *(Route(path, _one_at_a_time(session, answer)) for path, answer in pages.items()),
    ]
    return guarded(Starlette(routes=routes, lifespan=lifespan), token, port)


async def watch(session: Session, bell: Bell) -> None:
    """Look for changes while anybody listens, and have the whole checked when it has come to rest."""
    checked, check, quiet = 0, None, monotonic()
    while True:
        began = monotonic()
        if bell.listeners:
            if await run_in_threadpool(session.look):
                quiet = began + REST
                bell.ring()
            elif quiet < began and await run_in_threadpool(session.examine):
                bell.ring()
            if checked != session.version:
                checked = session.version
                if check:
                    check.cancel()
                check = asyncio.create_task(_check(session, bell))
        await asyncio.sleep(max(INTERVAL, SHARE * (monotonic() - began)))


async def _check(session: Session, bell: Bell) -> None:
    version = session.version
    found = await checking.check(session.root, session.clock())
    if session.told(found, version):
        bell.ring()


async def _told(session: Session, bell: Bell) -> AsyncIterator[str]:
    bell.listeners += 1
    try:
        yield "retry: 300\n"
        while True:
            yield f"data: {page.version(session)}\n\n"
            await bell.heard()
    finally:
        bell.listeners -= 1


def _one_at_a_time(session: Session, answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    def locked(request: Request) -> Response:
        with session.lock:
            try:
                return answer(request)
            except NotThereError:
                return PlainTextResponse("There is nothing here.\n", 404)
            except FeedsError as refusal:
                return PlainTextResponse(f"{refusal}\n", 500)

    return locked


def _html(content: str, policy: str = "") -> Response:
    headers = {"content-security-policy": policy} if policy else {}
    return Response(content, 200, headers, "text/html")


def _file(session: Session, path: str) -> Response:
    """A picture or recording of the content folder. The listing has no links in it, and nothing hidden."""
    listing = session.proof.listing if session.proof else None
    kind = media.media_type(path) or ""
    if listing is None or path not in listing.stamps or not kind.startswith(SHOWN):
        raise NotThereError(path)
    file = listing.folder / path
    if not file.resolve().is_relative_to(listing.folder.resolve()):
        raise NotThereError(path)
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        raise NotThereError(path) from None
    with os.fdopen(handle, "rb") as opened:
        return Response(opened.read(), 200, _KEPT, kind)
