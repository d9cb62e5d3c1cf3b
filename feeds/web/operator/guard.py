"""The guard before the operator's page: what it says to whom, and what may be changed from where.

What changes anything is a POST, and that only from a page of ours: a browser tells its origin.
"""

from __future__ import annotations

from feeds.web.loopback import HOSTS, Application, Door, Scope, said
from feeds.web.loopback import guarded as fenced

HEALTH = "/healthz"
"""The one path without a token: whoever watches us learns no more than that we are there."""
_POLICY = b"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def guarded(application: Application, token: str, port: int) -> Application:
    """An application that answers below `/TOKEN/` only, on loopback names with the right port."""
    hosts = {f"{host}:{port}" for host in HOSTS} | (set(HOSTS) if port == 80 else set())
    return fenced(application, token, hosts, _DOOR)


def _posted(scope: Scope, host: str) -> int | None:
    fetched = said(scope, b"sec-fetch-site")
    ours = said(scope, b"origin") == [f"http://{host}"] and fetched in ([], ["same-origin"])
    return None if ours else 403


_DOOR = Door(
    headers={
        b"content-security-policy": _POLICY,
        b"referrer-policy": b"same-origin",  # with no-referrer a form would come from the origin “null”
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
        b"cross-origin-resource-policy": b"same-origin",
        b"cross-origin-opener-policy": b"same-origin",
        b"cache-control": b"no-store",
    },
    refusals={
        403: b"This form was not sent by the operator's page.\n",
        404: b"There is nothing here. The address that `feeds serve` printed has more in it.\n",
        405: b"This page is looked at, and its forms are sent.\n",
        421: b"This is reached as 127.0.0.1 or localhost only.\n",
    },
    methods=b"GET, HEAD, POST",
    posted=_posted,
    open=HEALTH,
)
