"""H16: what Postmark tells, verified, kept once, and acted on as any bounce is."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from tests.web.webhooks.conftest import POSTMARK, House
from tests.web.webhooks.reports import COMPLAINT, NOBODY, NOTHING, TROUBLE, basic, spam


def test_postmark_tells_of_a_complaint(house: House) -> None:
    assert house.post(f"/postmark/{POSTMARK}", spam(house)) == 200
    assert house.settled() == COMPLAINT


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"Type": "HardBounce", "Details": "smtp;550 5.1.1 The account ann@example.org is unknown"}, NOBODY),
        ({"Type": "BadEmailAddress", "Details": None, "Description": "no address"}, NOBODY),
        ({"Type": "HardBounce"}, TROUBLE),
        ({"Type": "SoftBounce", "Details": "smtp;452 4.2.2 full"}, NOTHING),
        ({"Type": "AutoResponder"}, NOTHING),
        ({"Type": "SpamComplaint"}, COMPLAINT),
        ({"Type": "HardBounce", "Metadata": {"feeds": "<1-1-0@example.org>"}}, ({"foreign": 1}, "", "")),
    ],
)
def test_postmark_tells_of_other_things(house: House, fields: dict[str, Any], result: object) -> None:
    told = spam(house, RecordType="Bounce", **fields)
    assert house.post("/postmark", told, authorization=basic(POSTMARK)) == 200
    assert all("ann@example.org" not in repr(kept) for kept in house.ledger.received())
    assert house.settled() == result


def test_postmark_may_quote_the_message_instead(house: House) -> None:
    content = f"Return-Path: <pm@example.com>\r\nMessage-ID: {house.message_id}\r\nTo: ann@example.org\r\n"
    told = spam(house, RecordType="Bounce", Type="HardBounce", Details="5.1.1", Metadata={}, Content=content)
    assert house.post("/postmark", told, authorization=basic(POSTMARK)) == 200
    assert house.settled() == NOBODY


def test_H16_postmark_again_and_about_something_else(house: House) -> None:
    path = f"/postmark/{POSTMARK}"
    assert [house.post(path, spam(house)) for _ in range(3)] == [200, 409, 409]
    assert house.post(path, {"RecordType": "Open", "Recipient": "ann@example.org"}) == 200
    assert house.post(path, spam(house, ID=None)) == 400
    assert len(house.ledger.received()) == 1


@pytest.mark.parametrize(
    "authorization",
    [
        *("", "Basic", "Basic ???", "Bearer x", "Basic " + b64encode(b"\xff\xfe").decode()),
        *map(basic, ("", "é", POSTMARK[:-1], POSTMARK + "x", POSTMARK.upper())),
    ],
)
def test_H16_a_wrong_secret_of_postmark(house: House, authorization: str) -> None:
    assert house.post("/postmark", spam(house), authorization=authorization) == 403
    assert house.post("/postmark", b"{", authorization=authorization) == 403
    assert house.post("/postmark/x", spam(house), authorization=basic(POSTMARK)) == 403
    assert house.ledger.received() == ()
