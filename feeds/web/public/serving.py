"""Serving the pages: one process of uvicorn, behind the web server that has the certificate.

That server passes Host on as it came, and the visitor's address as X-Forwarded-For, which is believed
from this machine alone. It is also the one that waits for slow headers: here only bodies have a clock.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from feeds.delivery.dkim import Signer
from feeds.delivery.ledger import Ledger
from feeds.delivery.transports import Transport
from feeds.errors import Fault, Place, PluginError
from feeds.web.listening import LOOPBACK, listener
from feeds.web.public.clerk import Clerk
from feeds.web.public.desk import Desk
from feeds.web.public.inbox import Inbox
from feeds.web.public.limits import Limits
from feeds.web.public.site import Site
from feeds.web.webhooks import Secrets

if TYPE_CHECKING:
    from uvicorn import Server

PORT = 8025


@dataclass(frozen=True, kw_only=True)
class Served:
    """What is served, and by what means it remembers and writes."""

    site: Site
    ledger: Ledger
    inbox: Path
    """The file of what waits to be done."""
    transport: Transport
    signers: Mapping[str, tuple[Signer, ...]] = field(default_factory=dict)
    """The keys that sign letters, by newsletter."""
    secrets: Secrets = field(default_factory=Secrets)
    """What providers prove by that a report is theirs."""
    clock: Callable[[], int] = lambda: int(time.time())
    limits: Limits = field(default_factory=Limits)
    beat: float | None = None
    """Seconds between two looks into the inbox, where it is not the usual."""


def serve(
    served: Served, host: str = LOOPBACK, port: int = PORT, ready: Callable[[str], object] = print
) -> None:
    """Serve until interrupted; `ready` is told where.

    Raises `OutputError` where nothing can listen there, `PluginError` where uvicorn is not installed.
    """
    with _made(served, host, port) as (server, listening):
        ready("http://{}:{}/".format(*listening.getsockname()[:2]))
        server.run(sockets=[listening])


@contextmanager
def serving(served: Served, host: str = LOOPBACK, port: int = 0) -> Iterator[str]:
    """Serve while the block runs, in a thread; gives the address."""
    with _made(served, host, port) as (server, listening):
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.005)
            yield f"http://{host}:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _made(served: Served, host: str, port: int) -> Iterator[tuple[Server, socket.socket]]:
    try:
        import uvicorn

        from feeds.web.public.application import BEAT, application
        from feeds.web.webhooks.application import webhooks
    except ImportError as refusal:
        problem = f"needs what is not installed ({refusal.name}); pip install 'feeds[web]'"
        raise PluginError(Fault(Place("feeds serve"), problem)) from None
    inbox = Inbox(served.inbox)
    try:
        desk = Desk(served.site, served.ledger, inbox, served.clock)
        clerk = Clerk(
            served.site, served.ledger, inbox, served.transport, served.clock, served.limits, served.signers
        )
        asked = served.secrets != Secrets()
        hooks = webhooks(served.ledger, served.secrets, clock=served.clock) if asked else None
        settings = uvicorn.Config(
            application(desk, clerk, BEAT if served.beat is None else served.beat, hooks),
            log_level="warning",
            access_log=False,  # an address of a page is a secret of whoever has it
            server_header=False,
            limit_concurrency=500,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=16_384,
            ws="none",
        )
        named, advice = f"{host}, port {port}", "choose another with --port"
        with listener(host, port, command="feeds serve", named=named, advice=advice) as taken:
            yield uvicorn.Server(settings), taken
    finally:
        inbox.close()
