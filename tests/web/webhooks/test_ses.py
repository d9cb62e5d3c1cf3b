"""H16: what Amazon SES tells, verified, kept once, and acted on as any bounce is."""

from __future__ import annotations

from typing import Any

import pytest

from feeds.web.webhooks.certificates import MOST, PERIOD
from tests.web.webhooks import conftest as made
from tests.web.webhooks.conftest import CERTIFICATE, NOW, House, notification, signed
from tests.web.webhooks.reports import COMPLAINT, DAY, NOBODY, NOTHING, TROUBLE, notice


@pytest.mark.parametrize("version", ["1", "2"])
def test_ses_tells_of_a_bounce(house: House, version: str) -> None:
    told = signed(notification(notice(house), SignatureVersion=version, Subject="Bounce"))
    assert house.post("/ses", told) == 200
    assert "ann@example.org" not in repr(house.ledger.received())
    assert house.settled() == NOBODY
    assert house.asked == [CERTIFICATE]


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"notificationType": "Complaint", "complaint": {"complaintFeedbackType": "abuse"}}, COMPLAINT),
        ({"notificationType": "Complaint", "complaint": {}}, COMPLAINT),
        ({"notificationType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}, NOTHING),
        ({"notificationType": None, "eventType": "Bounce"}, ({"foreign": 1}, "", "")),  # no null there
        ({"notificationType": "", "eventType": "Bounce"}, NOBODY),
        ({"bounce": {"bounceType": "Transient"}}, NOTHING),
        ({"bounce": {"bounceType": "Permanent", "bounceSubType": "NoEmail"}}, NOBODY),
        ({"bounce": {"bounceType": "Permanent"}}, TROUBLE),
        ({"notificationType": "Delivery"}, NOTHING),
        ({"mail": {"source": "x@example.org"}}, ({"foreign": 1}, "", "")),
    ],
)
def test_ses_tells_of_other_things(house: House, fields: dict[str, Any], result: object) -> None:
    assert house.post("/ses", signed(notification(notice(house, **fields)))) == 200
    assert house.settled() == result


def test_ses_names_the_message_id_that_we_gave_it(house: House) -> None:
    headers = [{"name": "From", "value": "x@example.org"}, {"name": "Message-ID", "value": house.message_id}]
    assert house.post("/ses", signed(notification(notice(house, mail={"headers": headers})))) == 200
    assert house.settled() == NOBODY


def test_ses_says_that_it_has_set_up_a_topic(house: House) -> None:
    told = signed(notification("Successfully validated SNS topic for Amazon SES event publishing."))
    assert house.post("/ses", told) == 200
    assert house.settled() == ({"foreign": 1}, "", "")


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "TopicArn", "Type", "Signature"])
def test_H16_whatever_is_signed_by_ses_cannot_be_changed(house: House, name: str) -> None:
    told = signed(notification(notice(house)))
    told[name] = told[name].replace(told[name][3], "B" if told[name][3] != "B" else "C", 1)
    assert house.post("/ses", told) == 403
    assert house.ledger.received() == ()


def test_H16_who_else_signs_is_not_amazon(house: House) -> None:
    forged = signed(notification(notice(house)), made.signer("somebody"))
    assert house.post("/ses", forged) == 403
    assert house.post("/ses", {**forged, "Signature": ""}) == 403
    assert house.post("/ses", {**forged, "SignatureVersion": "0"}) == 403
    assert house.post("/ses", {**forged, "SignatureVersion": "1"}) == 403


def test_H16_ses_again_and_too_late(house: House) -> None:
    told = signed(notification(notice(house)))
    assert [house.post("/ses", told) for _ in range(2)] == [200, 409]
    late = signed(notification(notice(house), MessageId="another"))
    house.now += DAY
    assert house.post("/ses", late) == 400
    house.now = NOW - 1000
    assert house.post("/ses", late) == 400
    for wrong in ("yesterday", "2026-11-22T12:00:00", ""):
        assert house.post("/ses", signed(notification(notice(house), Timestamp=wrong))) == 400
    assert len(house.ledger.received()) == 1
    assert house.asked == [CERTIFICATE]


@pytest.mark.parametrize(
    "address",
    [
        CERTIFICATE.replace("https", "http"),
        CERTIFICATE.replace("eu-west-1", "us-east-1"),
        CERTIFICATE.replace("amazonaws.com", "amazonaws.com.evil.example"),
        CERTIFICATE.replace("amazonaws.com", "amazonaws.com@evil.example"),
        CERTIFICATE.replace("https://", "https://evil.example/"),
        CERTIFICATE.replace("sns.", "evil.s3."),
        CERTIFICATE.replace("sns.eu", "snsxeu"),
        CERTIFICATE + "?x",
        CERTIFICATE + "\n",
        "file:///etc/passwd",
        "",
    ],
)
def test_H16_nobody_makes_us_ask_elsewhere_for_a_certificate(house: House, address: str) -> None:
    assert house.post("/ses", signed(notification(notice(house), SigningCertURL=address))) == 403
    assert house.asked == []


def test_H16_a_topic_that_is_not_ours_makes_us_ask_for_nothing(house: House) -> None:
    told = signed(notification(notice(house), TopicArn=made.TOPIC + "x"))
    assert house.post("/ses", told) == 403
    assert house.asked == []


def test_H16_certificates_are_fetched_seldom(house: House) -> None:
    numbered = [CERTIFICATE.replace("a" * 32, f"{n:032x}") for n in range(MOST + 2)]
    told = [
        signed(notification(notice(house), SigningCertURL=each, MessageId=each[-6:])) for each in numbered
    ]
    assert [house.post("/ses", each) for each in told] == [200] * MOST + [503] * 2
    assert house.post("/ses", told[0]) == 409  # which is known
    house.now += PERIOD + 1
    assert house.post("/ses", told[-1]) == 200
    assert len(house.asked) == MOST + 1


def test_a_certificate_that_cannot_be_had_is_asked_for_again(house: House) -> None:
    told = signed(notification(notice(house)))
    house.pem = None
    assert house.post("/ses", told) == 503  # and SNS tries again
    house.pem = b"no certificate"
    assert house.post("/ses", told) == 403
    house.pem = made.certificate(made.signer())
    assert house.post("/ses", told) == 200


@pytest.mark.parametrize("days", [-1, 61])
def test_a_certificate_is_good_for_its_time(house: House, days: int) -> None:
    house.pem = made.certificate(made.signer(), days)
    assert house.post("/ses", signed(notification(notice(house)))) == 403


def test_a_subscription_is_shown_and_never_followed(house: House) -> None:
    address = (
        "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns&Token=2336"
    )
    asks = notification(
        "You have chosen", Type="SubscriptionConfirmation", SubscribeURL=address, Token="2336"
    )
    assert house.post("/ses", signed(asks)) == 200
    [kept] = house.ledger.received()
    assert (kept.kind, kept.diagnostic) == ("subscription", address)
    assert house.asked == [CERTIFICATE]
    assert house.settled() == ({}, "", "") and house.ledger.received() == (kept,)
    for wrong in ("https://evil.example/", address.replace("https", "javascript"), address + '"><script>'):
        assert house.post("/ses", signed({**asks, "SubscribeURL": wrong, "MessageId": "other"})) == 400
    left = {**asks, "Type": "UnsubscribeConfirmation", "MessageId": "left"}
    assert house.post("/ses", signed(left)) == 200
    assert [one.kind for one in house.ledger.received()] == ["subscription", "none"]
