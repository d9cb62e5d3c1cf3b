"""New DKIM keys for a domain: private files, and what the DNS and the environment have to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from feeds.delivery.dkim import KINDS, Kind, default_selector, keep, new_pair, zone_lines
from feeds.delivery.headers import ascii_address
from feeds.errors import DeliveryError, Fault, Place

FOLDER = "dkim"
"""Where keys are kept, in the project's own folder."""
SELECTOR = "feeds"
_LONGEST = 50
"""Letters of a selector: with the key's kind they are one label of a name, which has 63 (RFC 1035)."""
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
    domain, selector = _domain(domain), _selector(selector)
    made = [_made(kind, domain, f"{selector}-{kind}", folder) for kind in KINDS]
    _refuse_taken(key.file for key, _ in made)
    _make(folder)
    _keep_all(made)
    return tuple(key for key, _ in made)


def _made(kind: Kind, domain: str, name: str, folder: Path) -> tuple[Key, str]:
    """A key that is nowhere yet, and what is secret of it."""
    pem, record = new_pair(kind)
    file = folder / f"{domain}.{name}.pem"
    return Key(kind, file, f"{name}._domainkey.{domain}", record, _settings(kind, file, name)), pem


def _keep_all(made: Sequence[tuple[Key, str]]) -> None:
    written: list[Path] = []
    try:
        for key, pem in made:
            keep(pem, key.file)
            written.append(key.file)
    except DeliveryError:
        for file in written:
            file.unlink()
        raise


def _refuse_taken(files: Iterable[Path]) -> None:
    if taken := [file for file in files if file.exists()]:
        problem = "is there already, and may be in use; take another --selector"
        raise DeliveryError(Fault(Place(str(file)), problem) for file in taken)


def _settings(kind: Kind, file: Path, name: str) -> dict[str, str]:
    variable = f"FEEDS_DKIM_{kind.upper()}"
    selector = {} if name == default_selector(kind) else {f"{variable}_SELECTOR": name}
    return {variable: str(file.resolve()), **selector}


def _domain(text: str) -> str:
    try:
        return ascii_address(f"postmaster@{text}").rpartition("@")[2]
    except DeliveryError:
        raise _refused("DOMAIN", f"“{text}” is no domain; write example.org") from None


def _selector(text: str) -> str:
    if not _SELECTOR.fullmatch(text) or len(text) > _LONGEST:
        raise _refused("--selector", f"“{text}” is no part of a host name; use small letters, digits and -")
    return text


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refusal:
        raise _refused(str(folder), f"cannot be made: {refusal.strerror}") from None


def _refused(where: str, problem: str) -> DeliveryError:
    return DeliveryError(Fault(Place(where), problem))
