"""Which provider takes our mail: read from one address, with its secret from the environment alone.

ses://eu-west-1/CONFIGURATION-SET     AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
postmark://STREAM                     FEEDS_POSTMARK_TOKEN
mailgun://example.org@eu              FEEDS_MAILGUN_KEY
resend://                             FEEDS_RESEND_KEY
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit

from feeds.delivery.transports.mailgun import ORIGINS, mailgun
from feeds.delivery.transports.postmark import STREAM, postmark
from feeds.delivery.transports.provider import Http, Provider
from feeds.delivery.transports.resend import resend
from feeds.delivery.transports.ses import is_region, ses
from feeds.delivery.transports.signature import Credentials
from feeds.errors import Fault, Place, SettingsError

Environment = Mapping[str, str]

URL = "FEEDS_PROVIDER_URL"
"""Another place of a provider's interface: a gateway of one's own, or a stand-in."""
AUTHORITIES = "FEEDS_PROVIDER_CA"
"""A file of certificates to trust instead of the system's."""
POSTMARK = "FEEDS_POSTMARK_TOKEN"
MAILGUN = "FEEDS_MAILGUN_KEY"
RESEND = "FEEDS_RESEND_KEY"
AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]*[A-Za-z0-9])+")
_NAME = re.compile(r"[A-Za-z0-9_-]{0,64}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def read_provider(address: str, environment: Environment = os.environ) -> Http:
    """The transport that `ses://…`, `postmark://…`, `mailgun://…` or `resend://` means.

    Raises `SettingsError`, which never shows a secret.
    """
    try:
        parts = urlsplit(address)
        secret = parts.password
        odd = bool(parts.port or parts.query or parts.fragment)
    except ValueError:
        raise _wrong(f"is no address; write such as {' or '.join(EXAMPLES.values())}") from None
    if secret is not None:  # do not show the address: it is a secret now
        raise _wrong("carries a secret; put that into the environment, and nowhere else")
    if odd:
        raise _wrong(f"“{address}” has a port or a query; write {EXAMPLES[parts.scheme]}")
    provider = _READERS[parts.scheme](parts, environment, interface(environment))
    return Http(provider, environment.get(AUTHORITIES, ""))


def interface(environment: Environment, variable: str = URL) -> str:
    """The place of an interface that a variable of the environment names, if it does.

    Raises `SettingsError`.
    """
    given = environment.get(variable, "").strip().rstrip("/")
    parts = urlsplit(given)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if given and (not safe or "@" in parts.netloc or parts.path or parts.query):
        raise SettingsError(
            Fault(Place(variable), "must be https:// and a host, without a path or a password")
        )
    return given


def needed(names: tuple[str, ...], environment: Environment) -> tuple[str, ...]:
    """Secrets from the environment. Raises `SettingsError` with all that are not set, or not one word."""
    faults = []
    for name in names:
        value = environment.get(name, "").strip()
        if not re.fullmatch(r"[!-~]{1,4096}", value):
            problem = "has blanks or letters beyond ASCII" if value else "is not set"
            faults.append(Fault(Place(name), problem))
    if faults:
        raise SettingsError(faults)
    return tuple(environment[name].strip() for name in names)


def _ses(parts: SplitResult, environment: Environment, origin: str) -> Provider:
    usual = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or ""
    region, configuration = parts.netloc or usual, parts.path.strip("/")
    if not is_region(region) or not _NAME.fullmatch(configuration):
        raise _wrong("names no region of Amazon's; write such as ses://eu-west-1")
    key, secret = needed(AWS, environment)
    return ses(
        region, Credentials(key, secret, environment.get("AWS_SESSION_TOKEN", "")), configuration, origin
    )


def _postmark(parts: SplitResult, environment: Environment, origin: str) -> Provider:
    if not _NAME.fullmatch(parts.netloc) or parts.path.strip("/"):
        raise _wrong("names no message stream; write postmark:// or postmark://STREAM")
    (token,) = needed((POSTMARK,), environment)
    return postmark(token, parts.netloc or STREAM, origin)


def _mailgun(parts: SplitResult, environment: Environment, origin: str) -> Provider:
    domain, _, region = parts.netloc.partition("@")
    region = region or "us"
    if not _DOMAIN.fullmatch(domain) or region not in ORIGINS or parts.path.strip("/"):
        raise _wrong("names no domain at us or eu; write mailgun://example.org or mailgun://example.org@eu")
    (key,) = needed((MAILGUN,), environment)
    return mailgun(domain.lower(), key, region, origin)


def _resend(parts: SplitResult, environment: Environment, origin: str) -> Provider:
    if parts.netloc or parts.path.strip("/"):
        raise _wrong("says more than there is to say; write resend://")
    (key,) = needed((RESEND,), environment)
    return resend(key, origin)


_READERS: Mapping[str, Callable[[SplitResult, Environment, str], Provider]] = {
    "ses": _ses,
    "postmark": _postmark,
    "mailgun": _mailgun,
    "resend": _resend,
}
EXAMPLES = {
    "ses": "ses://eu-west-1",
    "postmark": "postmark://",
    "mailgun": "mailgun://example.org",
    "resend": "resend://",
}


def _wrong(problem: str) -> SettingsError:
    return SettingsError(Fault(Place("FEEDS_TRANSPORT"), problem))
