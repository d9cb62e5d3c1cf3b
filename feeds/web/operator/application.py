"""The operator's page as an application: each address of it, behind the guard."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import partial
from hmac import compare_digest

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from feeds.errors import FeedsError
from feeds.web.loopback import Application
from feeds.web.operator import metrics, page
from feeds.web.operator.board import Board
from feeds.web.operator.guard import HEALTH, guarded
from feeds.web.public import bodies
from feeds.web.public.forms import UnfitError

CHANGED = "What is in doubt has changed since you looked; here it is as it stands now."
_LOG = logging.getLogger("feeds.web")


def operator(board: Board, token: str, port: int) -> Application:
    """Everything at its address below `/TOKEN/`, and `/healthz`."""
    base = f"/{token}/"

    def overview(_: Request) -> Response:
        return _html(page.overview(board, base))

    def issue(request: Request) -> Response:
        return _html(page.issue(board, base, _known(board, request)))

    def style(_: Request) -> Response:
        return Response(page.style(board), media_type="text/css")

    def measured(_: Request) -> Response:
        return Response(metrics.metrics(board), headers={"content-type": metrics.MEDIA_TYPE})

    def health(_: Request) -> Response:
        board.ledger.received()
        return PlainTextResponse("ok\n")

    async def resend(request: Request) -> Response:
        try:
            body = await bodies.read(request.receive, request.headers.raw)
        except UnfitError as refusal:
            return PlainTextResponse("Refused.\n", refusal.status)
        return await run_in_threadpool(_answered, partial(_resent, board, base, body), request)

    routes = [
        Route(HEALTH, _page(health)),
        Route("/", _page(overview)),
        Route("/issue/{number:int}", _page(issue)),
        Route("/issue/{number:int}/resend", resend, methods=["POST"]),
        Route("/operator.css", _page(style)),
        Route("/metrics", _page(measured)),
    ]
    made = Starlette(routes=routes, exception_handlers={404: _nothing, 405: _nothing})
    made.router.redirect_slashes = False
    return guarded(made, token, port)


class _NotThereError(LookupError):
    """An issue that no newsletter of ours has."""


def _known(board: Board, request: Request) -> int:
    number: int = request.path_params["number"]
    there = (made.id for name in board.newsletters for made in board.mailings(name))
    if number not in there:
        raise _NotThereError(number)
    return number


def _resent(board: Board, base: str, body: bytes, request: Request) -> Response:
    """Send what is in doubt once more: all that stood on the page, and nothing else."""
    number = _known(board, request)
    board.forget(number)
    status = board.status(number)
    if not status.doubts or not compare_digest(page.seal(board, status).encode(), _seal(body)):
        return _html(page.issue(board, base, number, CHANGED), 409)
    board.ledger.resend(number, status.doubts)
    board.forget(number)
    return RedirectResponse(f"{base}issue/{number}", 303)


def _seal(body: bytes) -> bytes:
    """What a form says that it settles."""
    found = re.fullmatch(rb"seal=([0-9a-f]{32})", body)
    return found[1] if found else b""


def _page(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    return lambda request: _answered(answer, request)


def _answered(answer: Callable[[Request], Response], request: Request) -> Response:
    try:
        return answer(request)
    except _NotThereError:
        return PlainTextResponse("There is nothing here.\n", 404)
    except FeedsError as refusal:
        _LOG.error("%s: %s", type(refusal).__name__, refusal)
        return PlainTextResponse(f"{refusal}\n", 503)


def _html(content: str, status: int = 200) -> Response:
    return Response(content, status, media_type="text/html")


def _nothing(_: Request, refusal: Exception) -> Response:
    status = getattr(refusal, "status_code", 404)
    headers = getattr(refusal, "headers", None)
    return PlainTextResponse("There is nothing here.\n", status, headers)
