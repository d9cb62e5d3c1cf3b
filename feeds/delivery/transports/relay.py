"""Which relay takes our mail, and how it is talked to: read from one address and the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from feeds.delivery.transports.base import Stage
from feeds.delivery.transports.wire import PATIENCE
from feeds.errors import Fault, Place, SettingsError

Security = Literal["tls", "starttls", "none"]
SCHEMES: Mapping[str, tuple[Security, int]] = {
    "smtps": ("tls", 465),
    "smtp": ("starttls", 587),
    "smtp+plain": ("none", 25),
}
"""What an address begins with, to how the connection is protected and the usual port (RFC 8314)."""
PASSWORD = "FEEDS_SMTP_PASSWORD"  # noqa: S105 - its name
_LOOPBACK = re.compile(r"localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1")


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """A relay, and how to talk to it. Printing it never shows the password."""

    host: str
    port: int
    security: Security = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    hello: str = ""
    """What we call ourselves; else the name of this machine, or our address."""
    authorities: str = ""
    """A file of certificates to trust instead of the system's."""
    patience: Mapping[Stage, float] = field(default_factory=lambda: PATIENCE, repr=False)
    """Seconds to wait at each stage."""


def read_settings(address: str, environment: Mapping[str, str] = os.environ) -> SmtpSettings:
    """The settings in `smtps://user@host:465`; the password is FEEDS_SMTP_PASSWORD of the environment.

    smtps:// is TLS from the start, smtp:// demands STARTTLS, smtp+plain:// has neither and so goes no
    further than this machine. FEEDS_SMTP_HELLO and FEEDS_SMTP_CA are ours to the fields `hello` and
    `authorities`. Raises `SettingsError`.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _wrong("is no address; write smtps://user@host:465") from None
    if parts.password is not None:  # do not show the address: it is a secret now
        raise _wrong(f"carries a password; put that into the environment as {PASSWORD}")
    if parts.scheme not in SCHEMES or not parts.hostname or parts.path.strip("/") or parts.query:
        raise _wrong(f"“{address}” is no relay; write smtps://user@host:465 or smtp://user@host:587")
    security, usual = SCHEMES[parts.scheme]
    if security == "none" and (parts.username or not _LOOPBACK.fullmatch(parts.hostname)):
        raise _wrong("smtp+plain:// is for this machine only, and without a user; write smtps:// or smtp://")
    settings = SmtpSettings(
        host=parts.hostname,
        port=port or usual,
        security=security,
        user=unquote(parts.username or ""),
        password=environment.get(PASSWORD, "") if parts.username else "",
        hello=environment.get("FEEDS_SMTP_HELLO", ""),
        authorities=environment.get("FEEDS_SMTP_CA", ""),
    )
    if settings.user and not settings.password:
        raise _wrong(f"names the user {settings.user}, but {PASSWORD} is not set")
    return settings


def host(address: str) -> str:
    """The host that an address names; empty where it names none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _wrong(problem: str) -> SettingsError:
    return SettingsError(Fault(Place("FEEDS_TRANSPORT"), problem))
