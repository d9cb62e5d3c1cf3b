"""Serving the operator's page: on loopback, at an address that nobody can guess."""

from __future__ import annotations

import os
import re
import socket
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from feeds.delivery.ledger import Ledger
from feeds.errors import Fault, Place, PluginError, SettingsError
from feeds.web.listening import LOOPBACK, listener
from feeds.web.operator.board import Board

if TYPE_CHECKING:
    from uvicorn import Server

TOKEN = "FEEDS_OPERATOR_TOKEN"  # noqa: S105 - the name of the variable
"""The environment's own token, where the page is to have another address than the ledger's key gives it."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,200}")


def token_of(ledger: Ledger, environment: Mapping[str, str] = os.environ) -> str:
    """The token in the page's address: the environment's, else one that stays as long as the ledger does.

    Raises `SettingsError`, which does not repeat it.
    """
    if not (given := environment.get(TOKEN, "").strip()):
        return urlsafe_b64encode(ledger.key("operator's page")[:18]).decode("ascii")
    if not _TOKEN.fullmatch(given):
        raise SettingsError(Fault(Place(TOKEN), "needs 16 characters or more, of A-Z, a-z, 0-9, - and _"))
    return given


def serve(board: Board, token: str, port: int = 0, ready: Callable[[str], object] = print) -> None:
    """Serve until interrupted; `ready` is told the address.

    Raises `OutputError` where the port is taken, `PluginError` where uvicorn is not installed.
    """
    with _made(board, token, port) as (server, listening, address):
        ready(address)
        server.run(sockets=[listening])


@contextmanager
def serving(board: Board, token: str, port: int = 0) -> Iterator[str]:
    """Serve while the block runs, in a thread; gives the address. Raises as `serve` does."""
    with _made(board, token, port) as (server, listening, address):
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.005)
            yield address
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


@contextmanager
def _made(board: Board, token: str, port: int) -> Iterator[tuple[Server, socket.socket, str]]:
    try:
        import uvicorn

        from feeds.web.operator.application import operator
    except ImportError as refusal:
        problem = f"needs what is not installed ({refusal.name}); pip install 'feeds[web]'"
        raise PluginError(Fault(Place("feeds serve --operator"), problem)) from None
    advice = "choose another"
    with listener(
        LOOPBACK, port, command="feeds serve --operator", named=f"port {port}", advice=advice
    ) as taken:
        port = taken.getsockname()[1]
        settings = uvicorn.Config(
            operator(board, token, port),
            log_level="critical",
            access_log=False,  # the address is the secret
            server_header=False,
            timeout_graceful_shutdown=1,
            ws="none",
        )
        yield uvicorn.Server(settings), taken, f"http://{LOOPBACK}:{port}/{token}/"
