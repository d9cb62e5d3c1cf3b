"""Every provider beside its stand-in, and the letters that they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from feeds.delivery import dkim
from feeds.delivery.dkim import Signer
from feeds.delivery.message import template
from feeds.delivery.transports import Connection, Envelope, transport
from feeds.delivery.transports.provider import Http
from feeds.network.kept import Patience
from tests.delivery_messages import certificates
from tests.delivery_messages.certificates import Certificates
from tests.delivery_messages.conftest import make_digest, make_personal
from tests.providers import contracts
from tests.providers.contracts import SECRET, Taken
from tests.providers.fake import Answering, Fake, serving

HURRIED = Patience(connect=5.0, answer=0.4)
CALM = Patience(connect=8.0, answer=8.0)
SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "FEEDS_POSTMARK_TOKEN": SECRET,
    "FEEDS_MAILGUN_KEY": SECRET,
    "FEEDS_RESEND_KEY": SECRET,
}
ADDRESSES = {
    "ses": "ses://eu-west-1",
    "postmark": "postmark://",
    "mailgun": "mailgun://example.org@eu",
    "resend": "resend://",
}
CONTRACTS: dict[str, Callable[[Taken], Answering]] = {
    "ses": contracts.ses,
    "postmark": contracts.postmark,
    "mailgun": contracts.mailgun,
    "resend": contracts.resend,
}
NAMES = tuple(CONTRACTS)


@dataclass
class Stand:
    """A provider's stand-in, and the way to it."""

    name: str
    fake: Fake
    taken: Taken
    environment: dict[str, str] = field(default_factory=dict)
    patience: Patience = CALM

    @property
    def transport(self) -> Http:
        """By its address, as anybody's is; only more impatient."""
        given = {**SECRETS, "FEEDS_PROVIDER_URL": self.fake.url, **self.environment}
        made = transport(ADDRESSES[self.name], environment=given)
        assert isinstance(made, Http)
        return Http(made.provider, made.authorities, self.patience, made.courtesy)

    @contextmanager
    def talking(self) -> Iterator[Connection]:
        """A connection, closed afterwards."""
        connection = self.transport.open()
        try:
            yield connection
        finally:
            connection.close()


def letter(
    number: int = 1, *, subject: str = "What happened", text: str = "News.", **personal: Any
) -> Envelope:
    """A message of a subscriber's."""
    return template(make_digest(text=text, subject=subject)).envelope(make_personal(number, **personal))


@contextmanager
def standing(name: str) -> Iterator[Stand]:
    """A provider's stand-in for a while."""
    taken = Taken()
    with serving(CONTRACTS[name](taken)) as fake:
        yield Stand(name, fake, taken)


@pytest.fixture(params=NAMES)
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """Each of the providers."""
    with standing(request.param) as made:
        yield made


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates, good and bad."""
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def signers() -> dict[str, Signer]:
    """A signer of our own."""
    return {"rsa": dkim.signer(dkim.new_pair("rsa")[0], "example.org", "rsa")}
