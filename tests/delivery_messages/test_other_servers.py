"""Servers that are not ours take what we send, and what they took is what we made."""

from __future__ import annotations

from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from feeds.delivery.dkim import Signer
from feeds.delivery.message import template
from feeds.delivery.transports.relay import SmtpSettings
from feeds.delivery.transports.smtp import Smtp
from tests.bench import messages as bench
from tests.delivery_messages.certificates import Certificates
from tests.delivery_messages.conftest import make_digest, make_personal


class Keeper:
    """Keeps what aiosmtpd was given."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 2.0.0 taken"


def authenticate(server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"me", b"secret"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_aiosmtpd_takes_them_over_starttls_with_a_login(
    shown: Certificates, signers: dict[str, Signer]
) -> None:
    keeper = Keeper()
    controller = Controller(
        keeper,
        hostname="127.0.0.1",
        port=bench.free_port(),
        tls_context=shown.server("good"),
        require_starttls=True,
        auth_required=True,
        authenticator=authenticate,
        enable_SMTPUTF8=True,
    )
    controller.start()
    try:
        settings = SmtpSettings(
            host="localhost",
            port=controller.port,
            security="starttls",
            user="me",
            password="secret",
            authorities=shown.authority,
        )
        connection = Smtp(settings).open()
        mold = template(make_digest(text="Hello\n.\n.."), list(signers.values()))
        sent = [mold.envelope(make_personal(number)) for number in range(5)]
        assert all(connection.send(envelope).accepted for envelope in sent)
        connection.close()
    finally:
        controller.stop()
    assert [each.content for each in keeper.taken] == [each.content for each in sent]
    assert [each.mail_from for each in keeper.taken] == [each.sender for each in sent]
    assert [each.rcpt_tos for each in keeper.taken] == [[each.recipient] for each in sent]


def test_postfix_sink_takes_them_and_the_bench_runs() -> None:
    tools = bench.find_tools()
    assert tools
    lines = bench.measure(tools, messages=40, rounds=1)
    assert "ratio" in next(lines)
    lines.close()
