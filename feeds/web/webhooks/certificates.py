"""The certificates that Amazon SNS signs with: of Amazon's own hosts, fetched seldom, and remembered.

Nobody can make us ask for much: the host follows from the topic, the name has one form, redirects are
not followed, and in ten minutes no more than five are fetched.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.x509 import Certificate, load_pem_x509_certificate

from feeds.errors import FetchError
from feeds.network.fetching import Limits, fetch
from feeds.web.webhooks.posted import RefusedError

LIMITS = Limits(connect=3, read=3, total=5, redirects=0, size=16_384, repetitions=0)
MOST = 5
"""Fetches within PERIOD."""
PERIOD = 600
_KEPT = 8
# SHA-1 is what Amazon's version 1 says; what is signed by it holds a number of theirs and a date.
_HASHES: dict[str, type[HashAlgorithm]] = {"1": SHA1, "2": SHA256}


def fetched(address: str) -> bytes:
    """What stands at an address. Raises `FetchError`."""
    return fetch(address, limits=LIMITS).content


@dataclass
class Certificates:
    """What was fetched, by its address. Threads may share it."""

    fetch: Callable[[str], bytes] = fetched
    clock: Callable[[], int] = lambda: int(datetime.now(UTC).timestamp())
    _known: dict[str, Certificate] = field(default_factory=dict)
    _fetches: list[int] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def key(self, address: str, region: str) -> RSAPublicKey:
        """The key of a certificate that is valid now.

        Raises `RefusedError`: 403 where it is not one that we trust, 503 where it cannot be had.
        """
        host = rf"https://sns\.{re.escape(region)}\.amazonaws\.com(?:\.cn)?"
        if not region or not re.fullmatch(rf"{host}/SimpleNotificationService-[0-9a-f]{{32}}\.pem", address):
            raise RefusedError(403)
        found = self._known.get(address) or self._fetched(address)
        now = datetime.fromtimestamp(self.clock(), UTC)
        key = found.public_key()
        if not (found.not_valid_before_utc <= now <= found.not_valid_after_utc):
            raise RefusedError(403)
        if not isinstance(key, RSAPublicKey):
            raise RefusedError(403)
        return key

    def _fetched(self, address: str) -> Certificate:
        with self._lock:
            if known := self._known.get(address):
                return known
            now = self.clock()
            self._fetches = [at for at in self._fetches if at > now - PERIOD]
            if len(self._fetches) >= MOST:
                raise RefusedError(503)
            self._fetches.append(now)
            try:
                made = load_pem_x509_certificate(self.fetch(address))
            except FetchError:
                raise RefusedError(503) from None
            except ValueError:
                raise RefusedError(403) from None
            while len(self._known) >= _KEPT:
                del self._known[next(iter(self._known))]
            self._known[address] = made
            return made


def verified(key: RSAPublicKey, content: bytes, signature: str, version: str) -> bool:
    """Whether a signature of a known version, in base64, is the key's."""
    if version not in _HASHES:
        return False
    try:
        key.verify(b64decode(signature, validate=True), content, PKCS1v15(), _HASHES[version]())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
