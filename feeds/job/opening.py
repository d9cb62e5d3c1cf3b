"""The ledger of a project: found, opened for one command, and closed after it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from feeds.config import NewsletterSettings
from feeds.delivery.dkim import Signer, from_environment
from feeds.delivery.headers import ascii_address
from feeds.delivery.ledger import Ledger, open_ledger
from feeds.delivery.verp import Verp
from feeds.errors import DeliveryError, Fault, Place
from feeds.publishing import private

VARIABLE = "FEEDS_LEDGER"
"""The environment variable with another place for the ledger: a file, or `postgresql://…`."""
FILE_NAME = "ledger.db"
_POSTGRESQL = ("postgresql://", "postgres://", "postgresql+psycopg://")
_SQLITE = b"SQLite format 3\0"
"""What every database of SQLite begins with, unless it is empty."""


@contextmanager
def opened(folder: str | Path, environment: Mapping[str, str] = os.environ) -> Iterator[Ledger]:
    """The ledger of the project in a folder, made where there is none yet.

    Raises `DeliveryError`, whose place is the file, or for PostgreSQL the variable: its address may
    hold a password.
    """
    where = environment.get(VARIABLE, "").strip()
    file = None if where.startswith(_POSTGRESQL) else _file(Path(folder), where)
    try:
        ledger = open_ledger(str(file) if file else where)
    except DeliveryError as refusal:
        raise DeliveryError(_placed(fault, str(file or VARIABLE)) for fault in refusal.faults) from None
    try:
        yield ledger
    finally:
        ledger.close()


def postgresql(environment: Mapping[str, str] = os.environ) -> str:
    """The address of the ledger as PostgreSQL's own library takes it; empty where it is a file."""
    where = environment.get(VARIABLE, "").strip()
    return f"postgresql://{where.partition('://')[2]}" if where.startswith(_POSTGRESQL) else ""


def signers(newsletter: NewsletterSettings, environment: Mapping[str, str]) -> tuple[Signer, ...]:
    """Who signs what a newsletter sends (DKIM): the keys that the environment names, for its domain."""
    return from_environment(_domain(newsletter), environment)


def return_paths(ledger: Ledger, newsletter: NewsletterSettings) -> Verp:
    """The return paths of a newsletter: at its sender's domain, proved by the ledger's key."""
    return Verp(_domain(newsletter), (ledger.key("bounce"),))


def _domain(newsletter: NewsletterSettings) -> str:
    return ascii_address(newsletter.sender.email).rpartition("@")[2]


def _file(folder: Path, where: str) -> Path:
    """The file that is meant, with nothing else in it. Raises `DeliveryError`."""
    where = where.removeprefix("sqlite:///")
    if "://" in where:
        raise DeliveryError(
            Fault(Place(VARIABLE), "names neither a file nor postgresql://user@host/database")
        )
    file = Path(where) if where else private(folder) / FILE_NAME
    with suppress(OSError), file.open("rb") as stream:
        if stream.read(len(_SQLITE)) not in (b"", _SQLITE):
            raise DeliveryError(Fault(Place(str(file)), "is no ledger; name another file"))
    return file


def _placed(fault: Fault, name: str) -> Fault:
    return fault._replace(where=Place(name)) if fault.where == Place("the ledger") else fault
