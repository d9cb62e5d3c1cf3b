"""The ways for messages to leave: by address, by plug-in; the outbox and the memory."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from feeds.delivery import transports
from feeds.delivery.message import template
from feeds.delivery.transports import Connection, ConnectionLost, Reply, transport
from feeds.delivery.transports.memory import Memory
from feeds.delivery.transports.outbox import Outbox, file_name
from feeds.delivery.transports.relay import read_settings
from feeds.delivery.transports.smtp import Smtp
from feeds.errors import DeliveryError, FeedsError, PluginError, SettingsError
from tests.delivery_messages.conftest import make_digest, make_envelope, make_personal


def test_an_outbox_gets_one_file_for_each_message(tmp_path: Path) -> None:
    mold = template(make_digest())
    connection = transport(folder=tmp_path).open()
    for number in (1, 2, 1):
        assert connection.send(mold.envelope(make_personal(number))).accepted
    connection.close()
    files = sorted((tmp_path / "outbox").iterdir())
    assert [file.name.split("-")[0] for file in files] == ["reader1@example.net", "reader2@example.net"]
    assert files[0].read_bytes() == mold.fill(make_personal(1))
    assert stat.S_IMODE((tmp_path / "outbox").stat().st_mode) == 0o700


def test_a_file_name_is_safe_whatever_the_address(tmp_path: Path) -> None:
    for address in ("../../x@example.org", "con@example.org", "ü" * 60 + "@example.org", "a/b@example.org"):
        envelope = make_envelope(address)
        name = file_name(envelope)
        assert Path(name).name == name
        assert name.isascii()
        assert len(name) < 110
        assert Outbox(tmp_path).open().send(envelope).accepted


def test_an_outbox_on_a_full_disk_defers(tmp_path: Path) -> None:
    (tmp_path / "outbox").mkdir()
    connection = Outbox(tmp_path / "outbox").open()
    envelope = make_envelope()
    (tmp_path / "outbox" / file_name(envelope)).mkdir()
    assert (connection.send(envelope).code, connection.send(envelope).accepted) == (452, False)
    (tmp_path / "file").write_text("x")
    with pytest.raises(DeliveryError, match="outbox"):
        Outbox(tmp_path / "file").open()


def test_memory_answers_what_it_is_told_to() -> None:
    memory = Memory()
    memory.will([Reply(450, "4.2.0", "later", "rcpt"), ConnectionLost("data"), ConnectionLost("after-dot")])
    connection = memory.open()
    assert connection.send(make_envelope()).code == 450
    for _ in range(2):
        connection = memory.open()
        with pytest.raises(ConnectionLost):
            connection.send(make_envelope())
        with pytest.raises(ConnectionLost, match="closed"):
            connection.send(make_envelope())
    assert len(memory.sent) == 1  # the one in doubt
    assert memory.open().send(make_envelope()).accepted
    assert (len(memory.sent), memory.opened) == (2, 4)
    memory.answer = lambda envelope: Reply(421, "", "no", "mail")
    connection = memory.open()
    assert connection.send(make_envelope()).code == 421
    connection.close()
    with pytest.raises(ConnectionLost):
        connection.send(make_envelope())


@pytest.mark.parametrize(
    ("address", "host", "port", "security", "user"),
    [
        ("smtps://me%40example.org@mail.example.org", "mail.example.org", 465, "tls", "me@example.org"),
        ("smtp://me@mail.example.org:2587", "mail.example.org", 2587, "starttls", "me"),
        ("smtp://[::1]", "::1", 587, "starttls", ""),
        ("smtp+plain://localhost", "localhost", 25, "none", ""),
    ],
)
def test_a_relay_is_an_address(address: str, host: str, port: int, security: str, user: str) -> None:
    found = transport(address, environment={"FEEDS_SMTP_PASSWORD": "secret"})
    assert isinstance(found, Smtp)
    settings = found.settings
    assert (settings.host, settings.port, settings.security, settings.user) == (host, port, security, user)
    assert settings.password == ("secret" if user else "")
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("smtps://me:hunter2@mail.example.org", "FEEDS_SMTP_PASSWORD"),
        ("smtps://me@mail.example.org", "is not set"),
        ("smtps://", "no relay"),
        ("smtps://mail.example.org:port", "no address"),
        ("smtps://mail.example.org/path", "no relay"),
        ("smtps://mail.example.org?tls=no", "no relay"),
        ("smtp+plain://mail.example.org", "this machine only"),
        ("smtp+plain://127.0.0.1.evil.example", "this machine only"),
        ("smtp+plain://me@localhost", "without a user"),
    ],
)
def test_a_bad_address_is_refused_and_no_password_shown(address: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as refusal:
        read_settings(address, {})
    assert "hunter2" not in str(refusal.value)


class Pigeon:
    """A transport of somebody else's."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.loft = environment["LOFT"]

    def open(self) -> Connection:
        return Memory().open()


def broken(environment: Mapping[str, str]) -> None:
    raise RuntimeError(environment)


NOTHING = 3


def test_a_plug_in_is_called_with_the_environment() -> None:
    found = transport("tests.delivery_messages.test_transports:Pigeon", environment={"LOFT": "roof"})
    assert isinstance(found, Pigeon)
    assert found.loft == "roof"
    assert isinstance(transport("memory:"), Memory)


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("tests.delivery_messages.test_transports:Pigeon", DeliveryError),  # it misses its LOFT
        ("tests.delivery_messages.test_transports:broken", DeliveryError),
        ("tests.delivery_messages.test_transports:NOTHING", DeliveryError),
        ("tests.delivery_messages.test_transports:Sparrow", PluginError),
        ("no.such.module:Thing", PluginError),
        ("smpt://mail.example.org", PluginError),
        ("", PluginError),
    ],
)
def test_L10_a_bad_plug_in_is_named(spec: str, kind: type[FeedsError]) -> None:
    with pytest.raises(kind):
        transport(spec, environment={})


def test_what_the_package_shows_is_there() -> None:
    assert all(hasattr(transports, name) for name in transports.__all__)
