"""Which provider an address means, and what is said where it or its secret is wrong."""

from __future__ import annotations

import pytest

from feeds.delivery.transports import transport
from feeds.delivery.transports.provider import Http
from feeds.errors import FeedsError, PluginError, SettingsError
from tests.providers.conftest import SECRETS
from tests.providers.contracts import SECRET


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("ses://eu-west-1", "https://email.eu-west-1.amazonaws.com"),
        ("ses://eu-west-1/newsletters", "https://email.eu-west-1.amazonaws.com"),
        ("ses://cn-north-1", "https://email.cn-north-1.amazonaws.com.cn"),
        ("ses://us-gov-west-1", "https://email.us-gov-west-1.amazonaws.com"),
        ("ses://", "https://email.eu-central-1.amazonaws.com"),
        ("postmark://", "https://api.postmarkapp.com"),
        ("postmark://weekly", "https://api.postmarkapp.com"),
        ("mailgun://mail.example.org", "https://api.mailgun.net"),
        ("mailgun://mail.example.org@us", "https://api.mailgun.net"),
        ("mailgun://mail.example.org@eu", "https://api.eu.mailgun.net"),
        ("resend://", "https://api.resend.com"),
    ],
)
def test_a_provider_is_an_address(address: str, origin: str) -> None:
    found = transport(address, environment={**SECRETS, "AWS_REGION": "eu-central-1"})
    assert isinstance(found, Http)
    assert found.provider.origin == origin
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("ses://", "names no region"),
        ("ses://Europe", "names no region"),
        ("ses://eu-west-1/a b", "names no region"),
        ("ses://key:hunter2@eu-west-1", "carries a secret"),
        ("postmark://:hunter2@broadcast", "carries a secret"),
        ("postmark://a/b", "names no message stream"),
        ("postmark://my stream", "names no message stream"),
        ("mailgun://", "names no domain"),
        ("mailgun://example", "names no domain"),
        ("mailgun://example.org@asia", "names no domain"),
        ("mailgun://example.org/../x", "names no domain"),
        ("mailgun://example.org:443", "has a port"),
        ("mailgun://example.org:port", "is no address"),
        ("mailgun://example.org?eu", "has a port or a query"),
        ("resend://example.org", "says more"),
        ("resend://:hunter2@", "carries a secret"),
    ],
)
def test_G03_a_bad_address_is_refused_and_no_secret_shown(address: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as refusal:
        transport(address, environment=SECRETS)
    assert "hunter2" not in str(refusal.value)
    assert "FEEDS_TRANSPORT" in str(refusal.value)
    assert len(refusal.value.faults) == 1


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("ses://eu-west-1", ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
        ("postmark://", ("FEEDS_POSTMARK_TOKEN",)),
        ("mailgun://example.org", ("FEEDS_MAILGUN_KEY",)),
        ("resend://", ("FEEDS_RESEND_KEY",)),
    ],
)
def test_G03_secrets_come_from_the_environment_alone(address: str, names: tuple[str, ...]) -> None:
    for environment in ({}, dict.fromkeys(names, " ")):
        with pytest.raises(SettingsError) as refusal:
            transport(address, environment=environment)
        assert [fault.where.file for fault in refusal.value.faults] == list(names)
        assert all(fault.problem == "is not set" for fault in refusal.value.faults)
    broken = dict.fromkeys(names, "hunter2\r\nX-Evil: 1")
    with pytest.raises(SettingsError, match="has blanks") as refusal:
        transport(address, environment=broken)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.org",
        "https://me:hunter2@api.example.org",
        "https://api.example.org/path",
        "api.example.org",
        "file:///etc",
    ],
)
def test_G02_another_place_of_an_interface_is_https(url: str) -> None:
    with pytest.raises(SettingsError, match="FEEDS_PROVIDER_URL") as refusal:
        transport("resend://", environment={**SECRETS, "FEEDS_PROVIDER_URL": url})
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(("address", "meant"), [("postmrk://", "postmark://"), ("sess://", "ses://")])
def test_a_misspelt_one_gets_a_hint(address: str, meant: str) -> None:
    with pytest.raises(PluginError, match=meant) as refusal:
        transport(address, environment=SECRETS)
    assert isinstance(refusal.value, FeedsError)
