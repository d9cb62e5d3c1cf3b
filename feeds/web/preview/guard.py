"""The guard before the preview: what it says to whom, and that it is to be looked at only."""

from __future__ import annotations

from feeds.web.loopback import HOSTS, Application, Door
from feeds.web.loopback import guarded as fenced

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What our own page may: our own script and style, and frames of ours."""
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
"""What is in a frame runs nothing and sends nothing; the page may measure it, and links open elsewhere."""
FRAME = (
    "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; "
    f"base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
)
"""What somebody's mail may: its own styles, and pictures that we serve."""
_DOOR = Door(
    headers={
        b"content-security-policy": PAGE.encode(),
        b"referrer-policy": b"no-referrer",
        b"x-content-type-options": b"nosniff",
        b"cross-origin-resource-policy": b"same-origin",
        b"cross-origin-opener-policy": b"same-origin",
        b"cache-control": b"no-store",
    },
    refusals={
        404: b"There is nothing here. The address that `feeds preview` printed has more in it.\n",
        405: b"The preview is for looking only.\n",
        421: b"This is reached as 127.0.0.1 or localhost only.\n",
    },
)


def guarded(application: Application, token: str, port: int) -> Application:
    """An application that answers below `/TOKEN/` only, on loopback names with the right port."""
    return fenced(application, token, {f"{host}:{port}" for host in HOSTS}, _DOOR)
