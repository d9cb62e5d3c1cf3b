"""The beginning of an SMTP conversation: connect, encrypt, greet, log in; or refuse to go on."""

from __future__ import annotations

import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace

from feeds.delivery.transports.base import ConnectionLost, Refused, Reply, Stage
from feeds.delivery.transports.relay import SmtpSettings
from feeds.delivery.transports.wire import Wire, as_reply, reason


def dialled(settings: SmtpSettings) -> socket.socket:
    """A connection to the relay. Raises `ConnectionLost`."""
    try:
        return socket.create_connection((settings.host, settings.port), settings.patience["connect"])
    except (OSError, UnicodeError) as refusal:
        raise ConnectionLost("connect", f"{settings.host}:{settings.port}: {reason(refusal)}") from None


def introduced(wire: Wire, settings: SmtpSettings) -> Mapping[str, str]:
    """From the banner to the login; returns the extensions that the server offers, in capitals.

    Raises `ConnectionLost` and `Refused`. Nothing of ours is said before the encryption.
    """
    if settings.security == "tls":
        _encrypt(wire, settings)
    _expect(wire.reply("banner"), 220)
    offers = _hello(wire, settings)
    if settings.security == "starttls":
        if "STARTTLS" not in offers:
            raise _own("starttls", "the server does not offer STARTTLS, and without it nothing is sent")
        wire.write(b"STARTTLS\r\n", "starttls")
        _expect(wire.reply("starttls"), 220)
        if not wire.silent:  # somebody between us has added to it
            raise _own("starttls", "the server spoke before the encryption began")
        _encrypt(wire, settings)
        offers = _hello(wire, settings)
    if settings.user:
        _log_in(wire, settings, offers.get("AUTH", "").upper().split())
    return offers


def _encrypt(wire: Wire, settings: SmtpSettings) -> None:
    try:
        context = ssl.create_default_context(cafile=settings.authorities or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
    except OSError as refusal:
        raise _own("starttls", f"{settings.authorities}: {reason(refusal)}") from None
    try:
        wire.encrypt(context, settings.host)
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as refusal:
        raise ConnectionLost("starttls", reason(refusal)) from None
    except ssl.SSLCertVerificationError as refusal:
        raise _own("starttls", f"the certificate is not to be trusted: {refusal.verify_message}") from None
    except ssl.SSLError as refusal:
        raise _own("starttls", f"no encrypted connection: {refusal.reason}") from None
    except (OSError, ValueError) as refusal:
        raise ConnectionLost("starttls", reason(refusal)) from None


def _hello(wire: Wire, settings: SmtpSettings) -> dict[str, str]:
    wire.write(f"EHLO {settings.hello or _own_name(wire)}\r\n".encode("ascii", "ignore"), "ehlo")
    code, lines = wire.answer("ehlo")
    _expect(as_reply(code, lines, "ehlo"), 250)
    pairs = (line.partition(" ") for line in lines[1:])
    return {keyword.upper(): parameters.strip() for keyword, _, parameters in pairs if keyword}


def _own_name(wire: Wire) -> str:
    name = socket.gethostname()
    if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name):
        return name
    return f"[IPv6:{wire.host}]" if ":" in wire.host else f"[{wire.host}]"  # RFC 5321 section 4.1.3


def _log_in(wire: Wire, settings: SmtpSettings, ways: list[str]) -> None:
    user, password = settings.user.encode(), settings.password.encode()
    if "PLAIN" in ways:  # RFC 4616
        said = [b"AUTH PLAIN " + b64encode(b"\0" + user + b"\0" + password)]
    elif "LOGIN" in ways:
        said = [b"AUTH LOGIN", b64encode(user), b64encode(password)]
    else:
        raise _own("auth", "the server takes neither AUTH PLAIN nor AUTH LOGIN")
    for number, line in enumerate(said, 1):
        wire.write(line + b"\r\n", "auth")
        reply = wire.reply("auth")
        secrets = (settings.password, b64encode(password).decode(), said[0].decode())
        _expect(_without(reply, secrets), 235 if number == len(said) else 334)


def _without(reply: Reply, secrets: tuple[str, ...]) -> Reply:
    """A reply without what a thoughtless server may repeat."""
    text = reply.text
    for secret in secrets:
        text = text.replace(secret, "…")
    return replace(reply, text=text)


def _expect(reply: Reply, code: int) -> None:
    if reply.code == code:
        return
    if reply.code < 400:
        raise ConnectionLost(reply.stage, f"an answer that means nothing: {reply}")
    raise Refused(reply)


def _own(stage: Stage, problem: str) -> Refused:
    return Refused(Reply(0, "", problem, stage))
