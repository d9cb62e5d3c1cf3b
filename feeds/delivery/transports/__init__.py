"""The ways for messages to leave: a built-in by its address, anybody's by `package.module:object`.

outbox:FOLDER                   a file for each message (what happens unless something else is said)
smtps://user@host:465           TLS from the start
smtp://user@host:587            STARTTLS, and nothing without it
smtp+plain://localhost:25       a relay on this machine
ses://eu-west-1                 Amazon SES, by its HTTP interface
postmark://STREAM               Postmark, the same
mailgun://example.org@eu        Mailgun, the same
resend://                       Resend, the same
memory:                         kept in the process, for tests
package.module:object           called with the environment, returns a `Transport`
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from feeds import plugins
from feeds.delivery.transports.base import (
    Connection,
    ConnectionLost,
    Envelope,
    Refused,
    Reply,
    Stage,
    Transport,
)
from feeds.errors import DeliveryError, Fault, Place

__all__ = [
    "DEFAULT",
    "Connection",
    "ConnectionLost",
    "Envelope",
    "Refused",
    "Reply",
    "Stage",
    "Transport",
    "transport",
]

DEFAULT = "outbox:outbox"


def transport(
    address: str = DEFAULT, *, folder: Path = Path(), environment: Mapping[str, str] = os.environ
) -> Transport:
    """The transport that an address means; an outbox's path is taken from `folder` on.

    Raises `SettingsError`, `PluginError`, and `DeliveryError` where a plug-in does not give a transport.
    """
    scheme, _, rest = address.partition(":")
    if scheme == "outbox":
        from feeds.delivery.transports.outbox import Outbox

        return Outbox(folder / (rest or "outbox"))
    if scheme in ("smtps", "smtp", "smtp+plain"):
        from feeds.delivery.transports.relay import read_settings
        from feeds.delivery.transports.smtp import Smtp

        return Smtp(read_settings(address, environment))
    if scheme in ("ses", "postmark", "mailgun", "resend"):
        from feeds.delivery.transports.addresses import read_provider

        return read_provider(address, environment)
    if address == "memory:":
        from feeds.delivery.transports.memory import Memory

        return Memory()
    return _plugged_in(address, environment)


def _plugged_in(spec: str, environment: Mapping[str, str]) -> Transport:
    make = plugins.load(spec, _NO_NAMES)
    try:
        made = make(environment) if callable(make) else make
    except Exception as refusal:  # anybody's code may do anything
        problem = f"gives no transport: {type(refusal).__name__}: {refusal}"
        raise DeliveryError(Fault(Place(field=spec), problem)) from refusal
    if not callable(getattr(made, "open", None)):
        raise DeliveryError(Fault(Place(field=spec), "gives no transport: it has no open()"))
    found: Transport = made  # type: ignore[assignment]
    return found


# Known so that a misspelt one gets a hint; each has been taken above.
_NO_NAMES = dict.fromkeys(
    ("outbox:", "smtps://", "smtp://", "ses://", "postmark://", "mailgun://", "resend://", "memory:"), ""
)
