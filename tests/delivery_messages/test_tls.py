"""TLS: nothing is said to a server that cannot prove its name, and nothing without encryption."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.delivery.transports import ConnectionLost, Refused
from tests.delivery_messages.certificates import Certificates
from tests.delivery_messages.conftest import CONTENT, hurried, make_envelope, relay
from tests.delivery_messages.sink import OFFERS, Sink, drop, raw, say

WAYS = [("tls", True), ("starttls", False)]


def settings(shown: Certificates, security: str) -> dict[str, Any]:
    return {"host": "localhost", "security": security, "authorities": shown.authority}


@pytest.mark.parametrize(("security", "implicit"), WAYS)
def test_mail_goes_to_a_server_that_proves_its_name(
    shown: Certificates, security: str, implicit: bool
) -> None:
    offers = (*OFFERS, "AUTH PLAIN")
    with Sink(tls=shown.server("good"), implicit=implicit, offers=offers).running() as sink:
        connection = relay(sink, **settings(shown, security), user="me", password="secret").open()
        assert connection.send(make_envelope()).accepted
        connection.close()
    assert sink.taken == [CONTENT]
    if not implicit:  # greeted again, since what was said before encryption cannot be believed
        assert [line.split(" ")[0] for line in sink.log][:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]


@pytest.mark.parametrize(("security", "implicit"), WAYS)
@pytest.mark.parametrize(
    ("kind", "problem"),
    [("self-signed", "self.signed"), ("wrong name", "mismatch"), ("expired", "expired")],
)
def test_E13_a_bad_certificate_is_a_refusal(
    shown: Certificates, kind: str, problem: str, security: str, implicit: bool
) -> None:
    with Sink(tls=shown.server(kind), implicit=implicit).running() as sink:
        with pytest.raises(Refused, match=problem) as refusal:
            relay(sink, **settings(shown, security), user="me", password="secret").open()
        assert (refusal.value.reply.code, refusal.value.reply.stage) == (0, "starttls")
        assert not any("AUTH" in line for line in sink.log)


def test_an_authority_nobody_trusts_is_refused(shown: Certificates) -> None:
    with Sink(tls=shown.server("good"), implicit=True).running() as sink:
        with pytest.raises(Refused, match="not to be trusted"):
            relay(sink, host="localhost", security="tls").open()
        with pytest.raises(Refused, match="/no/such/file"):
            relay(sink, host="localhost", security="tls", authorities="/no/such/file").open()


def test_E13_without_starttls_nothing_is_said(shown: Certificates) -> None:
    with Sink(offers=("AUTH PLAIN",)).running() as sink:
        with pytest.raises(Refused, match="does not offer STARTTLS"):
            relay(sink, **settings(shown, "starttls"), user="me", password="secret").open()
        assert len(sink.log) == 1


def test_starttls_that_fails_is_told(shown: Certificates) -> None:
    offers = (*OFFERS, "STARTTLS")
    with Sink({"starttls": say("454 4.7.0 not now")}, offers).running() as sink:
        with pytest.raises(Refused) as refusal:
            relay(sink, **settings(shown, "starttls")).open()
        assert refusal.value.reply.code == 454
    with Sink({"starttls": drop}, offers).running() as sink, pytest.raises(ConnectionLost) as lost:
        relay(sink, **settings(shown, "starttls")).open()
    assert lost.value.stage == "starttls"
    for nonsense in (raw(b"220 go\r\n"), raw(b"220 go\r\n250 injected\r\n"), raw(b"220 go\r\n" + b"\0" * 50)):
        lost_or_refused = pytest.raises((Refused, ConnectionLost))
        with Sink({"starttls": nonsense}, offers).running() as sink, lost_or_refused:
            relay(sink, hurried("starttls"), **settings(shown, "starttls")).open()


def test_what_is_no_tls_is_told(shown: Certificates) -> None:
    with Sink().running() as sink, pytest.raises((Refused, ConnectionLost)) as problem:
        relay(sink, hurried("starttls"), **settings(shown, "tls")).open()
    assert "starttls" in str(problem.value)
    with Sink({"banner": drop}).running() as sink, pytest.raises(ConnectionLost) as lost:
        relay(sink, **settings(shown, "tls")).open()
    assert lost.value.stage == "starttls"
