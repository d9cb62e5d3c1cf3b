"""H16: what providers tell, verified, kept once, and acted on as any bounce is."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from feeds.errors import DeliveryError, Fault, Place, SettingsError
from feeds.web.webhooks import Secrets, from_environment, mailgun, postmark
from feeds.web.webhooks.application import webhooks
from feeds.web.webhooks.certificates import MOST, PERIOD
from tests.web.webhooks import conftest as made
from tests.web.webhooks.asking import ask
from tests.web.webhooks.conftest import CERTIFICATE, MAILGUN, NOW, POSTMARK, House, notification, signed

DAY = 24 * 3600


def bounce(house: House, **fields: Any) -> dict[str, Any]:
    """A permanent failure, as Mailgun tells it."""
    return {
        "event": "failed",
        "severity": "permanent",
        "recipient": "ann@example.org",
        "delivery-status": {
            "code": 550,
            "message": "5.1.1 <ann@example.org>: unknown",
            "enhanced-code": "5.1.1",
        },
        "message": {"headers": {"message-id": house.message_id.strip("<>"), "to": "ann@example.org"}},
        **fields,
    }


def notice(house: House, kind: str = "Permanent", **fields: Any) -> dict[str, Any]:
    """A bounce, as SES tells it."""
    recipient = {
        "emailAddress": "ann@example.org",
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 <ann@example.org>... User unknown",
    }
    return {
        "notificationType": "Bounce",
        "bounce": {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [recipient]},
        "mail": {"source": house.return_path, "messageId": "0000", "destination": ["ann@example.org"]},
        **fields,
    }


def spam(house: House, **fields: Any) -> dict[str, Any]:
    """A complaint, as Postmark tells it."""
    return {
        "RecordType": "SpamComplaint",
        "ID": 42,
        "Type": "SpamComplaint",
        "Email": "ann@example.org",
        "Details": "Test spam complaint details",
        "Metadata": {"feeds": house.message_id},
        **fields,
    }


NOBODY = ({"nobody": 1}, "failed: nobody", "")
COMPLAINT = ({"complaint": 1}, "failed: complaint", "")
NOTHING = ({"nothing": 1}, "", "")
TROUBLE = ({"trouble": 1}, "", "")


# Mailgun


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


# Postmark


def basic(secret: str) -> str:
    return "Basic " + b64encode(f"feeds:{secret}".encode()).decode()


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


# Amazon SES


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


# All of them


def test_secrets_are_compared_in_constant_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(mailgun, "compare_digest", compare)
    monkeypatch.setattr(postmark, "compare_digest", compare)
    told = made.mailgun(bounce(house))
    house.post("/mailgun", told)
    house.post("/postmark/guess", spam(house))
    seal = told["signature"]["signature"].encode()
    assert compared == [(seal, seal), (b"guess", POSTMARK.encode())]


@pytest.mark.parametrize("path", ["/ses", "/mailgun", f"/postmark/{POSTMARK}"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{",
        b"\xff\xfe{}",
        b'{"a":1}',
        b"[" * 60_000,
        b'{"event-data":' * 9_000,
        b'{"RecordType":"Bounce","ID":' + b"9" * 5000 + b"}",
        b'{"RecordType":"Bounce","ID":1.5}',
        b'{"RecordType":"Bounce","ID":NaN}',
        b'{"RecordType":"Bounce","ID":1,"Content":"\\ud800"}',
        b'{"RecordType":["Bounce"],"signature":{},"Type":{}}',
    ],
)
def test_H16_what_cannot_be_read_is_refused_without_a_reason(house: House, path: str, body: bytes) -> None:
    assert house.post(path, body) == 400
    assert house.ledger.received() == () and house.asked == []


@pytest.mark.parametrize("path", ["/ses", "/mailgun", f"/postmark/{POSTMARK}"])
def test_H16_what_is_too_large_is_not_read(house: House, path: str) -> None:
    assert house.post(path, b"[" + b"0," * 10**5 + b"0]") == 413
    assert house.post(path, b"{}", content_length="x") == 413


def test_H16_other_methods_and_places(house: House) -> None:
    for path in ("/ses", "/mailgun", "/postmark", "/postmark/x"):
        answer = house.ask("GET", path)
        assert (answer.status, answer.body, answer.headers["allow"]) == (405, b"Refused.\n", "POST")
    for path in ("/", "/ses/", "/sns", "/postmark/a/b"):
        assert house.post(path, {}) == 404


def test_H18_a_fault_of_ours_is_in_the_log_and_nowhere_else(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Exception] = [DeliveryError(Fault(Place("the ledger"), "full")), ValueError("ann@")]

    def refuse(_: object) -> bool:
        raise faults.pop(0)

    monkeypatch.setattr(house.ledger, "receive", refuse)
    assert [house.post(f"/postmark/{POSTMARK}", spam(house)) for _ in range(2)] == [503, 500]
    assert [record.message for record in caplog.records] == [
        "DeliveryError: the ledger: full",
        "a fault of ours: ValueError",
    ]


def test_nobody_is_listened_to_without_a_secret(house: House) -> None:
    closed = webhooks(house.ledger, Secrets())
    assert [ask(closed, "POST", path).status for path in ("/ses", "/mailgun", "/postmark")] == [404] * 3


def test_secrets_come_from_the_environment() -> None:
    given = {
        "FEEDS_WEBHOOK_POSTMARK": POSTMARK,
        "FEEDS_WEBHOOK_MAILGUN": f" {MAILGUN}\n",
        "FEEDS_WEBHOOK_SES_TOPIC": f"{made.TOPIC}, {made.TOPIC}-2",
    }
    found = from_environment(given)
    assert (found.postmark, found.mailgun) == (POSTMARK, MAILGUN)
    assert found.topics == {made.TOPIC, f"{made.TOPIC}-2"}
    assert POSTMARK not in repr(found) and MAILGUN not in repr(found)
    assert from_environment({}).topics == frozenset()
    with pytest.raises(SettingsError) as refusal:
        from_environment(dict.fromkeys(given, "short1"))
    assert len(refusal.value.faults) == 3 and "short1" not in str(refusal.value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _changed(told: Any, data: st.DataObject) -> Any:
    """The same with one value in it, however deep, another one or gone."""
    if not isinstance(told, dict) or not told or data.draw(st.integers(0, 3)) == 0:
        return data.draw(VALUES)
    name = data.draw(st.sampled_from(sorted(told)))
    if data.draw(st.booleans()):
        return {**told, name: _changed(told[name], data)}
    return {key: value for key, value in told.items() if key != name}


@pytest.mark.no_cover  # the same lines again and again
@given(st.data())
@settings(max_examples=300)
def test_H16_whatever_is_posted_is_answered(data: st.DataObject) -> None:
    """Bodies with valid proofs too, so that what comes after is reached."""
    house = House()
    event = _changed(bounce(house), data)
    kind = data.draw(st.sampled_from(["mailgun", "envelope", "ses", "postmark", "bytes"]))
    if kind == "mailgun":
        status = house.post("/mailgun", made.mailgun(event))
    elif kind == "envelope":
        status = house.post("/ses", _changed(signed(notification(notice(house))), data))
    elif kind == "ses":
        status = house.post("/ses", signed(notification(json.dumps(_changed(notice(house), data)))))
    elif kind == "postmark":
        status = house.post(f"/postmark/{POSTMARK}", _changed(spam(house), data))
    else:
        body = data.draw(st.binary(max_size=200))
        status = house.post(data.draw(st.sampled_from(["/ses", "/mailgun", f"/postmark/{POSTMARK}"])), body)
    assert status in (200, 400, 403, 409, 413)
    counts, _, other = house.settled()
    assert sum(counts.values()) <= 1 and other == ""


def test_the_signature_of_mailgun_is_that_of_its_documentation() -> None:
    """HMAC-SHA256 over timestamp and token, in hexadecimal, made here by another module."""
    import hashlib

    block = MAILGUN.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + f"{NOW}token".encode()).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).hexdigest()
    assert hmac.digest(MAILGUN.encode(), f"{NOW}token".encode(), "sha256").hex() == outer


def test_it_is_the_same_below_another_application(house: House) -> None:
    mounted = Starlette(routes=[Mount("/webhooks", house.application)])
    body = json.dumps(spam(house)).encode()
    paths = ("/webhooks/postmark/x", "/webhooks/nothing", f"/webhooks/postmark/{POSTMARK}", "/postmark")
    assert [ask(mounted, "POST", path, body).status for path in paths] == [403, 404, 200, 404]


def test_H16_a_body_that_ends_too_early_or_comes_in_pieces(house: House) -> None:
    body = json.dumps(spam(house)).encode()
    assert ask(house.application, "POST", f"/postmark/{POSTMARK}", body[:-1], piece=7).status == 400
    assert ask(house.application, "POST", f"/postmark/{POSTMARK}", body, piece=7).status == 200
    assert ask(house.application, "POST", f"/postmark/{POSTMARK}", b" " * 200_000, piece=1000).status == 413
