"""What is looked at before an issue is sent, on the final bytes; a fatal finding stops the send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from feeds.errors import Fault
from feeds.newsletter import clients
from feeds.newsletter.checks import contrast, headers, links, structure
from feeds.newsletter.checks.links import Fetch
from feeds.newsletter.checks.mail import Mail
from feeds.newsletter.digest import Digest

__all__ = ["CHECKS", "Fetch", "check", "online"]

CHECKS: dict[str, Callable[[Mail], Iterator[Fault]]] = {
    "size": structure.size,
    "structure": structure.frame,
    "forbidden": structure.forbidden,
    "images": structure.pictures,
    "links": links.links,
    "text part": links.parts_agree,
    "colour": contrast.contrasts,
    "residue": structure.residue,
    "headers": headers.headers,
    "clients": clients.lacking,
}
"""Each check by its name, in the order of what they find."""


def check(
    digest: Digest, message: bytes | None = None, *, templates: Path | None = None
) -> tuple[Fault, ...]:
    """Everything that stands in the way of a digest, each once; those that are no warning are fatal.

    With `message`, the bytes that will be sent, HTML and text are taken from there, and its headers
    are looked at. `templates` is the project's folder, to name the line that a finding comes from.
    """
    mail = _mail(digest, message, templates)
    return tuple(dict.fromkeys(fault for look in CHECKS.values() for fault in look(mail)))


def online(digest: Digest, fetch: Fetch, *, templates: Path | None = None) -> tuple[Fault, ...]:
    """A warning for each link and picture that does not answer.

    `fetch` gets an https address, or raises a `FeedsError`; it is called from several threads.
    """
    return tuple(links.unanswered(_mail(digest, None, templates), fetch))


def _mail(digest: Digest, message: bytes | None, templates: Path | None) -> Mail:
    html, text = headers.parts(message) if message is not None else (digest.html, digest.text)
    return Mail(digest, html, text, message, templates)
