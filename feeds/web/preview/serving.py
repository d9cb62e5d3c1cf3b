"""Serving the preview: on loopback, at an address that nobody can guess."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

from feeds.errors import Fault, Place, PluginError
from feeds.web.listening import LOOPBACK, listener

if TYPE_CHECKING:
    from uvicorn import Server


def preview(folder: str | Path, now: datetime, port: int = 0, ready: Callable[[str], object] = print) -> None:
    """Serve the preview of a project until it is interrupted; `ready` is told its address.

    The clock begins at `now` and goes on from there. Raises `OutputError` where the port is taken,
    `PluginError` where Starlette and uvicorn are not installed.
    """
    made = _made(folder, now, port)
    ready(made.address)
    with made.listening:
        made.server.run(sockets=[made.listening])


@contextmanager
def serving(folder: str | Path, now: datetime, port: int = 0) -> Iterator[str]:
    """Serve the preview while the block runs, in a thread; gives its address."""
    made = _made(folder, now, port)
    thread = Thread(target=made.server.run, kwargs={"sockets": [made.listening]}, daemon=True)
    thread.start()
    try:
        while not made.server.started and thread.is_alive():
            sleep(0.005)
        yield made.address
    finally:
        made.server.should_exit = True
        made.server.force_exit = True
        thread.join()
        made.listening.close()


@dataclass(frozen=True)
class _Made:
    server: Server
    listening: socket.socket
    address: str


def _made(folder: str | Path, now: datetime, port: int) -> _Made:
    try:
        import uvicorn

        from feeds.web.preview.application import application
    except ImportError as refusal:
        problem = f"needs what is not installed ({refusal.name}); pip install 'feeds[web]'"
        raise PluginError(Fault(Place("feeds preview"), problem)) from None
    from feeds.web.preview.session import Session

    advice = "leave --port out and one is found"
    taken = listener(LOOPBACK, port, command="feeds preview", named=f"port {port}", advice=advice)
    port, token, began = taken.getsockname()[1], secrets.token_urlsafe(16), monotonic()
    session = Session(Path(folder), lambda: now + timedelta(seconds=monotonic() - began))
    settings = uvicorn.Config(
        application(session, token, port),
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        ws="none",
    )
    return _Made(uvicorn.Server(settings), taken, f"http://{LOOPBACK}:{port}/{token}/")
