"""H16: what Mailgun tells, verified, kept once, and acted on as any bounce is."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from tests.web.webhooks import conftest as made
from tests.web.webhooks.conftest import MAILGUN, NOW, House
from tests.web.webhooks.reports import COMPLAINT, DAY, NOBODY, NOTHING, TROUBLE, bounce


def test_mailgun_tells_of_a_bounce(house: House) -> None:
    assert house.post("/mailgun", made.mailgun(bounce(house))) == 200
    [kept] = house.ledger.received()
    assert "ann@example.org" not in repr(kept) and kept.diagnostic == "5.1.1 <…>: unknown"
    assert house.settled() == NOBODY


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"event": "complained", "severity": None}, COMPLAINT),
        ({"severity": "temporary"}, NOTHING),
        ({"event": "opened"}, NOTHING),
        ({"delivery-status": {"message": "5.7.1 not from you"}}, NOTHING),
        ({"delivery-status": {"code": 550, "message": None}}, TROUBLE),
        ({"message": {"headers": {}}}, ({"foreign": 1}, "", "")),
        ({"message": {"headers": {"message-id": 7}}}, ({"foreign": 1}, "", "")),
    ],
)
def test_mailgun_tells_of_other_things(house: House, fields: dict[str, Any], result: object) -> None:
    assert house.post("/mailgun", made.mailgun(bounce(house, **fields))) == 200
    assert house.settled() == result


def test_mailgun_names_the_return_path_too(house: House) -> None:
    told = bounce(house, message={"headers": {}}, envelope={"sender": house.return_path})
    assert house.post("/mailgun", made.mailgun(told)) == 200
    assert house.settled() == NOBODY


def test_H16_mailgun_signs_no_more_than_its_token_so_that_counts_once(house: House) -> None:
    assert house.post("/mailgun", made.mailgun(bounce(house, event="opened"))) == 200
    assert house.post("/mailgun", made.mailgun(bounce(house))) == 409
    assert house.settled() == NOTHING
    assert house.post("/mailgun", made.mailgun(bounce(house))) == 409


@pytest.mark.parametrize("off", [-DAY, -13 * 3600, 1000, 10**10])
def test_H16_what_mailgun_signed_long_ago_is_refused(house: House, off: int) -> None:
    assert house.post("/mailgun", made.mailgun(bounce(house), at=NOW + off)) == 400
    assert house.ledger.received() == ()


@pytest.mark.parametrize("name", ["timestamp", "token", "signature"])
def test_H16_a_wrong_signature_of_mailgun(house: House, name: str) -> None:
    told = made.mailgun(bounce(house))
    value = told["signature"][name]
    for wrong in (value[:-1] + ("1" if value[-1] != "1" else "2"), value[:-1] or "x", value.upper() + "0"):
        told["signature"][name] = wrong
        assert house.post("/mailgun", told) == 403
    assert house.post("/mailgun", made.mailgun(bounce(house), key="another key than ours")) == 403
    assert house.ledger.received() == ()


def test_the_signature_of_mailgun_is_that_of_its_documentation() -> None:
    """HMAC-SHA256 over timestamp and token, in hexadecimal, made here by another module."""
    import hashlib

    block = MAILGUN.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + f"{NOW}token".encode()).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).hexdigest()
    assert hmac.digest(MAILGUN.encode(), f"{NOW}token".encode(), "sha256").hex() == outer
