"""Amazon's Signature Version 4: a request that proves who sends it, without the secret in it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Credentials:
    """Whose request it is. Printing it never shows the secrets."""

    key: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    """Of a session, where the credentials are for a while only."""


def signed(  # noqa: PLR0913 - a request has so many parts
    method: str,
    path: str,
    headers: Mapping[str, str],
    content: bytes,
    *,
    credentials: Credentials,
    scope: tuple[str, str],
    now: datetime,
    query: str = "",
) -> dict[str, str]:
    """The headers of a request with its signature; `scope` is the region and the service.

    Names are in small letters, `host` among them. Path and query are in their canonical form already:
    percent-encoded, the query sorted.
    """
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    token = {"x-amz-security-token": credentials.token} if credentials.token else {}
    given = {**headers, "x-amz-date": moment, **token}
    names = ";".join(sorted(given))
    lines = [f"{name}:{re.sub(' +', ' ', given[name].strip())}" for name in sorted(given)]
    digest = hashlib.sha256(content).hexdigest()
    request = "\n".join((method, path, query, *lines, "", names, digest))
    where = "/".join((moment[:8], *scope, "aws4_request"))
    text = "\n".join((ALGORITHM, moment, where, hashlib.sha256(request.encode()).hexdigest()))
    proof = hmac.digest(signing_key(credentials.secret, moment[:8], *scope), text.encode(), "sha256").hex()
    claim = f"{ALGORITHM} Credential={credentials.key}/{where}, SignedHeaders={names}, Signature={proof}"
    return {**given, "authorization": claim}


def signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    """The key of one day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
