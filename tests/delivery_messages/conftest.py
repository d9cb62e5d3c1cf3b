"""Digests, subscribers, keys and certificates for the tests of messages and transports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from feeds.delivery import dkim
from feeds.delivery.dkim import Signer
from feeds.delivery.splice import Personal
from feeds.delivery.transports import Connection, Envelope, Reply
from feeds.delivery.transports.base import Stage
from feeds.delivery.transports.relay import SmtpSettings
from feeds.delivery.transports.smtp import Smtp
from feeds.delivery.transports.wire import PATIENCE
from feeds.delivery.verp import Verp
from feeds.library import Issue
from feeds.newsletter import Digest
from tests.delivery_messages import certificates
from tests.delivery_messages.certificates import Certificates
from tests.delivery_messages.sink import Sink
from tests.newsletter.examples import make_issue

VERP = Verp("bounces.example.org", (b"the key of the tests",))
DATE = datetime(2026, 11, 19, 8, tzinfo=UTC)
CALM: dict[Stage, float] = dict.fromkeys(PATIENCE, 8.0)
SHORT = 0.3
CONTENT = b"Subject: x\r\n\r\nHello.\r\n"


def make_digest(issue: Issue | None = None, text: str = "News.", html: str = "", **fields: Any) -> Digest:
    """A digest that says a text, and how to leave."""
    issue = issue or make_issue()
    given: dict[str, Any] = {
        "issue": issue,
        "subject": "What happened, and what comes next",
        "preheader": "",
        "html": f"<!doctype html><html><body>{html or f'<p>{text}</p>'}\n"
        f'<a href="{issue.unsubscribe}">Unsubscribe</a> · <a href="{issue.web}">Web</a></body></html>\n',
        "text": f"{text}\n\nUnsubscribe:\n{issue.unsubscribe}\n\nOn the web:\n{issue.web}\n",
        "language": "en",
        **fields,
    }
    return Digest(**given)


def make_personal(number: int = 1, **fields: Any) -> Personal:
    """One subscriber's values."""
    made = Personal(
        address=f"reader{number}@example.net",
        unsubscribe=f"https://example.org/unsubscribe/{number:x}-0123456789abcdef",
        message_id=VERP.message_id(47, number),
        date=DATE,
        return_path=VERP.return_path(47, number),
        name=f"Reader {number}",
    )
    return replace(made, **fields)


def make_envelope(recipient: str = "reader@example.net", content: bytes = CONTENT) -> Envelope:
    """A small message."""
    return Envelope("bounce@example.org", recipient, content)


def hurried(*stages: Stage) -> dict[Stage, float]:
    """Little patience at these stages only, so that a busy machine fails no other."""
    return CALM | dict.fromkeys(stages, SHORT)


def relay(sink: Sink, patience: Mapping[Stage, float] = CALM, **fields: Any) -> Smtp:
    """The transport to a sink."""
    given: dict[str, Any] = {"host": "127.0.0.1", "port": sink.port, "security": "none", **fields}
    return Smtp(SmtpSettings(patience=patience, **given))


@contextmanager
def talking(sink: Sink, **fields: Any) -> Iterator[Connection]:
    """A connection to a sink, closed afterwards."""
    connection = relay(sink, **fields).open()
    try:
        yield connection
    finally:
        connection.close()


def sent(sink: Sink, envelope: Envelope) -> Reply:
    """What is answered to one message on a connection of its own."""
    with talking(sink) as connection:
        return connection.send(envelope)


@pytest.fixture(scope="session")
def pairs() -> dict[str, tuple[str, str]]:
    """A private key and its record of each kind."""
    return {kind: dkim.new_pair(kind) for kind in dkim.KINDS}


@pytest.fixture(scope="session")
def signers(pairs: dict[str, tuple[str, str]]) -> dict[str, Signer]:
    """A signer of each kind, whose selector is its kind."""
    return {kind: dkim.signer(pem, "example.org", kind) for kind, (pem, _) in pairs.items()}


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates, good and bad."""
    return certificates.make(tmp_path_factory.mktemp("certificates"))
