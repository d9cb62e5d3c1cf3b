"""The pages of a project in a folder: its settings, its ledger, its way to send, and the keys that sign."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from feeds.delivery.transports import transport
from feeds.errors import Fault, Place, SettingsError
from feeds.job.opening import opened, signers
from feeds.job.sending import way
from feeds.publication import load
from feeds.publishing import OURS
from feeds.web.public.serving import Served
from feeds.web.public.site import Site, site
from feeds.web.webhooks import from_environment

INBOX = "inbox.db"


@contextmanager
def project(
    folder: str | Path, base: str | None = None, environment: Mapping[str, str] = os.environ
) -> Iterator[Served]:
    """What `serve` needs of a project; `base` is where it is looked at, if not at its own address.

    Raises `SettingsError`, and `DeliveryError` where ledger or inbox cannot be opened.
    """
    there = offered(folder, base)
    settings = there.settings
    with opened(folder, environment) as ledger:
        yield Served(
            site=there,
            ledger=ledger,
            inbox=Path(folder) / OURS / INBOX,
            transport=transport(way(settings, environment), folder=Path(folder), environment=environment),
            secrets=from_environment(environment),
            signers={name: signers(one, environment) for name, one in settings.newsletter.items()},
        )


def offered(folder: str | Path, base: str | None = None) -> Site:
    """The site of a project. Raises `SettingsError` where it has no newsletter."""
    publication = load(folder)
    if not publication.settings.newsletter:
        problem = "has no newsletter, so there is nothing to subscribe to; add a table [newsletter.NAME]"
        raise SettingsError(Fault(Place("feeds.toml"), problem))
    return site(publication.settings, Path(folder), base)
