"""The webhooks over a ledger in memory, and providers that sign as the real ones do."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateBuilder, Name, NameAttribute, random_serial_number
from cryptography.x509.oid import NameOID

from feeds.delivery.memory import MemoryLedger
from feeds.delivery.verp import Verp
from feeds.errors import Fault, FetchError, Place
from feeds.job.inbox import settle_inbox
from feeds.job.returned import Settled
from feeds.web.webhooks import Secrets
from feeds.web.webhooks.application import webhooks
from feeds.web.webhooks.certificates import Certificates
from tests.delivery.examples import START, frozen, person, send_all
from tests.web.webhooks.asking import Seen, ask

NOW = START // 1_000_000
TOPIC = "arn:aws:sns:eu-west-1:123456789012:bounces"
CERTIFICATE = f"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-{'a' * 32}.pem"
POSTMARK, MAILGUN = "a secret of our own", "the key that Mailgun signs with"


@lru_cache
def signer(name: str = "amazon") -> RSAPrivateKey:
    """A key of some name."""
    return generate_private_key(65537, 2048)


def certificate(key: RSAPrivateKey, days: int = 30) -> bytes:
    """A certificate of a key, as PEM; it ends in so many days."""
    name = Name([NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.fromtimestamp(NOW, UTC)
    builder = CertificateBuilder(name, name, key.public_key(), random_serial_number())
    ends = now + timedelta(days=days)
    built = builder.not_valid_before(ends - timedelta(days=60)).not_valid_after(ends)
    return built.sign(key, SHA256()).public_bytes(Encoding.PEM)


def notification(message: Any, **fields: str) -> dict[str, str]:
    """What SNS posts, not signed yet."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": datetime.fromtimestamp(NOW, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
        **fields,
    }


def signed(message: dict[str, str], key: RSAPrivateKey | None = None) -> dict[str, str]:
    """A message of SNS, signed as its documentation says; written here once more, from that alone."""
    kind = message["Type"]
    asks = kind in ("SubscriptionConfirmation", "UnsubscribeConfirmation")
    names = ["Message", "MessageId"]
    names += ["SubscribeURL", "Timestamp", "Token"] if asks else ["Subject", "Timestamp"]
    names += ["TopicArn", "Type"]
    text = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    method = SHA1() if message["SignatureVersion"] == "1" else SHA256()
    made = (key or signer()).sign(text.encode(), PKCS1v15(), method)
    return {**message, "Signature": b64encode(made).decode()}


def mailgun(
    event: dict[str, Any], token: str = "t" * 50, at: int = NOW, key: str = MAILGUN
) -> dict[str, Any]:
    """What Mailgun posts."""
    seal = hmac.new(key.encode(), f"{at}{token}".encode(), "sha256").hexdigest()
    return {"signature": {"timestamp": str(at), "token": token, "signature": seal}, "event-data": event}


@dataclass
class House:
    """The webhooks, and behind them a ledger in which an issue went to two."""

    ledger: MemoryLedger = field(default_factory=lambda: MemoryLedger(clock=lambda: START))
    now: int = NOW
    asked: list[str] = field(default_factory=list)
    """The certificates that were fetched."""
    pem: bytes | None = field(default_factory=lambda: certificate(signer()))

    def __post_init__(self) -> None:
        self.issue = frozen(self.ledger, [person("ann@example.org"), person("bob@example.org")]).id
        send_all(self.ledger, self.issue)
        self.verp = Verp("example.org", (self.ledger.key("bounce"),))
        secrets = Secrets(POSTMARK, MAILGUN, frozenset([TOPIC]))
        keys = Certificates(self.fetch, lambda: self.now)
        self.application = webhooks(self.ledger, secrets, clock=lambda: self.now, certificates=keys)

    def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        if self.pem is None:
            raise FetchError(Fault(Place(address), "answers 500"))
        return self.pem

    def post(self, path: str, body: Any, **headers: str) -> int:
        """The status; and that whatever is refused is refused with the same bytes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.ask("POST", path, content, **headers)
        assert answer.body == (b"" if answer.status == 200 else b"Refused.\n")
        return answer.status

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Seen:
        """Any request; `content_type=` is Content-Type."""
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return ask(self.application, method, path, body, named)

    @property
    def message_id(self) -> str:
        """That of the message to ann@example.org."""
        return self.verp.message_id(self.issue, 1)

    @property
    def return_path(self) -> str:
        return self.verp.return_path(self.issue, 1)

    def settled(self) -> tuple[dict[Settled, int], str, str]:
        """What came of the inbox; why ann@example.org gets nothing more; and how bob@example.org stands."""
        counts = settle_inbox(self.ledger, [self.verp])
        return (
            dict(counts),
            self.ledger.suppressed("ann@example.org"),
            self.ledger.suppressed("bob@example.org"),
        )


@pytest.fixture
def house() -> House:
    return House()
