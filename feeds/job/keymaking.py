"""New DKIM keys for a domain: private files, and what the DNS and the environment have to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from feeds.delivery.dkim import KINDS, Kind, default_selector, keep, new_pair, zone_lines
from feeds.delivery.headers import ascii_address
from feeds.errors import DeliveryError, Fault, Place

FOLDER = "dkim"
"""Where keys are kept, in the project's own folder."""
SELECTOR = "feeds"
_SELECTOR = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True)
class Key:
    """One new key. What is secret is in its file alone."""

    kind: Kind
    file: Path
    name: str
    """Where the DNS has the record."""
    record: str
    environment: Mapping[str, str]
    """What makes `feeds send` sign with it."""

    @property
    def zone(self) -> str:
        """The record as a line of a zone file."""
        return zone_lines(self.record, self.name)


def new_keys(domain: str, selector: str, folder: Path) -> tuple[Key, ...]:
    """A key of each kind, in files that their owner alone may read.

    Raises `DeliveryError`; then none is made, and none that was there has changed.
    """
    domain = _domain(domain)
    if not _SELECTOR.fullmatch(selector) or len(selector) > 50:
        raise _refused(
            "--selector", f"“{selector}” is no part of a host name; use small letters, digits and -"
        )
    names = {kind: f"{selector}-{kind}" for kind in KINDS}
    files = {kind: folder / f"{domain}.{name}.pem" for kind, name in names.items()}
    if taken := [file for file in files.values() if file.exists()]:
        problem = "is there already, and may be in use; take another --selector"
        raise DeliveryError(Fault(Place(str(file)), problem) for file in taken)
    _make(folder)
    records = _kept(files)
    return tuple(
        Key(
            kind,
            file,
            f"{names[kind]}._domainkey.{domain}",
            records[kind],
            _settings(kind, file, names[kind]),
        )
        for kind, file in files.items()
    )


def _kept(files: Mapping[Kind, Path]) -> dict[Kind, str]:
    """Keys in these files, all or none; their records."""
    made = {kind: new_pair(kind) for kind in files}
    written: list[Path] = []
    try:
        for kind, file in files.items():
            keep(made[kind][0], file)
            written.append(file)
    except DeliveryError:
        for file in written:
            file.unlink()
        raise
    return {kind: record for kind, (_, record) in made.items()}


def _settings(kind: Kind, file: Path, name: str) -> dict[str, str]:
    variable = f"FEEDS_DKIM_{kind.upper()}"
    selector = {} if name == default_selector(kind) else {f"{variable}_SELECTOR": name}
    return {variable: str(file.resolve()), **selector}


def _domain(text: str) -> str:
    try:
        return ascii_address(f"postmaster@{text}").rpartition("@")[2]
    except DeliveryError:
        raise _refused("DOMAIN", f"“{text}” is no domain; write example.org") from None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refusal:
        raise _refused(str(folder), f"cannot be made: {refusal.strerror}") from None


def _refused(where: str, problem: str) -> DeliveryError:
    return DeliveryError(Fault(Place(where), problem))
