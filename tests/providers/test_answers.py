"""What each provider's answers mean, and what they are sent: contents, secrets, connections, patience."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.delivery.message import template
from feeds.delivery.transports import ConnectionLost, Envelope, Refused
from feeds.delivery.transports.fields import fields
from feeds.delivery.transports.provider import Courtesy, Http
from feeds.delivery.verdicts import Outcome, verdict
from tests.delivery_messages.certificates import Certificates
from tests.delivery_messages.conftest import make_digest, make_personal
from tests.providers import contracts
from tests.providers.conftest import NAMES, Stand, letter, standing
from tests.providers.contracts import SECRET, Taken
from tests.providers.fake import Says, serving

PAUSE = "ready", "", "pause"
SLOW = "retry", "", "slow"
LATER = "retry", "", ""
REFUSED = "retry", "", ""
NOBODY = "failed", "suppress", ""


def aws(kind: str, words: str, status: int = 400) -> Says:
    return Says(status, {"message": words}, {"x-amzn-ErrorType": f"{kind}:http://internal.example/"})


def pm(number: int, words: str, status: int = 422) -> Says:
    return Says(status, {"ErrorCode": number, "Message": words})


def mg(status: int, words: str) -> Says:
    return Says(status, {"message": words})


def rs(status: int, name: str, words: str = "…") -> Says:
    return Says(status, {"statusCode": status, "name": name, "message": words})


TABLE: list[tuple[str, Says, tuple[str, str, str]]] = [
    ("ses", aws("TooManyRequestsException", "Maximum sending rate exceeded.", 429), SLOW),
    ("ses", aws("ThrottlingException", "Rate exceeded"), SLOW),
    ("ses", aws("TooManyRequestsException", "Daily message quota exceeded.", 429), PAUSE),
    ("ses", aws("AccountSuspendedException", "suspended"), PAUSE),
    ("ses", aws("SendingPausedException", "paused"), PAUSE),
    ("ses", aws("MailFromDomainNotVerifiedException", "not verified"), PAUSE),
    ("ses", aws("NotFoundException", "no configuration set", 404), PAUSE),
    ("ses", aws("LimitExceededException", "too many"), PAUSE),
    ("ses", aws("MessageRejected", "Email address is not verified."), PAUSE),
    ("ses", aws("MessageRejected", "Message contains a virus."), REFUSED),
    ("ses", aws("BadRequestException", "Bad request"), REFUSED),
    ("ses", aws("SignatureDoesNotMatch", "no", 403), PAUSE),
    ("ses", Says(403, {"__type": "com.amazon#UnrecognizedClientException", "Message": "no"}), PAUSE),
    ("ses", aws("InternalFailure", "later", 500), LATER),
    ("postmark", pm(406, "You tried to send to a recipient that has been marked as inactive."), NOBODY),
    ("postmark", pm(300, "Invalid 'To' address: 'x'."), NOBODY),
    ("postmark", pm(300, "Invalid 'From' address: 'x'."), REFUSED),
    ("postmark", pm(10, "Bad token", 401), PAUSE),
    ("postmark", pm(400, "The 'From' address is no Sender Signature"), PAUSE),
    ("postmark", pm(405, "You ran out of credits"), PAUSE),
    ("postmark", pm(412, "pending approval"), PAUSE),
    ("postmark", pm(1235, "The MessageStream does not exist"), PAUSE),
    ("postmark", pm(100, "Maintenance"), LATER),
    ("postmark", pm(429, "Rate limit", 429), SLOW),
    ("postmark", pm(0, "Payload too large", 413), PAUSE),
    ("postmark", pm(406, "inactive", 200), NOBODY),
    ("mailgun", mg(400, "to parameter is not a valid address. please check documentation"), NOBODY),
    ("mailgun", mg(400, "from parameter is missing"), REFUSED),
    ("mailgun", mg(402, "Payment required"), PAUSE),
    ("mailgun", mg(403, "Domain example.org is not allowed to send"), PAUSE),
    ("mailgun", mg(404, "Domain not found: example.org"), PAUSE),
    ("mailgun", Says(401, b"Forbidden", {"Content-Type": "text/plain"}), PAUSE),
    ("mailgun", mg(429, "too many requests"), SLOW),
    ("mailgun", mg(413, "too large"), PAUSE),
    ("resend", rs(422, "validation_error", "Invalid `to` field."), NOBODY),
    ("resend", rs(422, "validation_error", "Invalid `from` field."), REFUSED),
    ("resend", rs(401, "missing_api_key"), PAUSE),
    ("resend", rs(403, "validation_error", "The domain is not verified."), PAUSE),
    ("resend", rs(429, "rate_limit_exceeded"), SLOW),
    ("resend", rs(429, "daily_quota_exceeded"), PAUSE),
    ("resend", rs(429, "monthly_quota_exceeded"), PAUSE),
    ("resend", rs(409, "concurrent_idempotent_requests"), LATER),
    ("resend", rs(500, "application_error"), LATER),
]


def meant(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.state, outcome.address, outcome.wider


@pytest.mark.parametrize(("name", "says", "meaning"), TABLE)
def test_E13_what_an_answer_means(name: str, says: Says, meaning: tuple[str, str, str]) -> None:
    with standing(name) as stand, stand.talking() as connection:
        stand.fake.will.append(says)
        outcome = verdict(connection.send(letter()))
        assert meant(outcome) == meaning
        assert connection.send(letter()).accepted  # the connection goes on


@pytest.mark.parametrize(
    "says",
    [Says(502), Says(503, b"<html>"), Says(500, b"\xff" * 2_000_000)],
    ids=["502", "503", "a flood"],
)
def test_E13_trouble_of_theirs_is_tried_again(stand: Stand, says: Says) -> None:
    with stand.talking() as connection:
        stand.fake.will.append(says)
        outcome = verdict(connection.send(letter()))
    assert (*meant(outcome), outcome.counted) == (*LATER, True)


@pytest.mark.parametrize(
    "says",
    [Says(504), Says(200, {}), Says(200, b"OK"), Says(202, {"id": ""}), Says(200, {"id": "x"}, length=900)],
    ids=["a gateway", "no number", "no JSON", "an empty number", "breaks off"],
)
def test_E14_an_answer_that_settles_nothing_is_a_doubt(stand: Stand, says: Says) -> None:
    with stand.talking() as connection:
        stand.fake.will.append(says)
        try:
            reply = connection.send(letter())
        except ConnectionLost as lost:
            safe = stand.transport.provider.repeatable
            assert verdict(lost).state == ("retry" if safe else "doubt")
        else:  # it had said its number before it broke off
            assert says.length
            assert reply.accepted


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(stand: Stand, status: int) -> None:
    with standing(stand.name) as other, stand.talking() as connection:
        stand.fake.will.append(Says(status, b"", {"Location": other.fake.url + "/email"}))
        assert meant(verdict(connection.send(letter()))) == PAUSE
        assert other.fake.asked == []


def test_a_wrong_secret_pauses_the_issue(stand: Stand) -> None:
    names = ("AWS_SECRET_ACCESS_KEY", "FEEDS_POSTMARK_TOKEN", "FEEDS_MAILGUN_KEY", "FEEDS_RESEND_KEY")
    stand.environment = dict.fromkeys(names, "another-secret")
    with stand.talking() as connection:
        reply = connection.send(letter())
    assert meant(verdict(reply)) == PAUSE
    assert "another-secret" not in str(reply)


def test_the_message_is_the_same_as_by_smtp() -> None:
    envelope = letter(text="Grüße — ☂\n.dot\nFrom here")
    for name in ("ses", "mailgun"):
        with standing(name) as stand, stand.talking() as connection:
            assert connection.send(envelope).accepted
            [message] = stand.taken.content.values()
        assert message["raw"] == envelope.content
        assert message["to"] == [envelope.recipient]


def test_where_fields_are_taken_nothing_is_lost() -> None:
    envelope = letter(subject="Grüße, „Welt“ — ☂ " * 5, text="Line one\n.two ☂\n\n  three")
    with standing("postmark") as stand, stand.talking() as connection:
        assert connection.send(envelope).accepted
        [by_postmark] = stand.taken.content.values()
    with standing("resend") as stand, stand.talking() as connection:
        assert connection.send(envelope).accepted
        [by_resend] = stand.taken.content.values()
    subject = ("Grüße, „Welt“ — ☂ " * 5).strip()
    assert by_postmark["Subject"] == by_resend["subject"] == subject
    personal = make_personal(1)
    digest = make_digest(text="Line one\n.two ☂\n\n  three")
    text = digest.text.replace(digest.issue.unsubscribe, personal.unsubscribe)
    assert by_postmark["TextBody"] == by_resend["text"] == text
    assert personal.unsubscribe in by_postmark["HtmlBody"]
    assert by_postmark["HtmlBody"] == by_resend["html"]
    named = {header["Name"]: header["Value"] for header in by_postmark["Headers"]}
    assert named.pop("X-PM-KeepID") == "true"
    assert named == by_resend["headers"]
    assert named["List-Unsubscribe"] == f"<{personal.unsubscribe}>"
    assert named["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert named["Message-ID"] == by_postmark["Metadata"]["feeds"] == personal.message_id


def test_bounces_by_amazon_come_to_the_return_path() -> None:
    envelope = letter()
    with standing("ses") as stand, stand.talking() as connection:
        connection.send(envelope)
        [message] = stand.taken.content.values()
    assert message["FeedbackForwardingEmailAddress"] == envelope.sender


def test_E02_an_encoded_word_hides_no_second_header() -> None:
    content = letter().content.replace(
        b"Subject: What happened", b"Subject: =?utf-8?q?Hi=0D=0ABcc:_x=40example.org?="
    )
    assert b"=0D=0A" in content
    said = fields(Envelope("bounce@example.org", "reader@example.net", content))
    assert said.subject == "Hi Bcc: x@example.org"


@given(subject=st.text(st.characters(codec="utf-8"), min_size=1), seed=st.binary(max_size=20))
def test_E01_whatever_a_header_says_it_is_one_line(subject: str, seed: bytes) -> None:
    encoded = b"".join(b"=%02X" % byte for byte in subject.encode()[:60])
    content = b"Subject: =?utf-8?q?" + encoded + b"?=\r\nList-Id: " + seed.hex().encode() + b"\r\n\r\nx\r\n"
    said = fields(Envelope("", "reader@example.net", content))
    for value in (said.subject, *(value for _, value in said.headers)):
        assert value == " ".join(value.split())
        assert value.isprintable()


def test_no_request_is_larger_than_they_take(stand: Stand) -> None:
    small = replace(stand.transport.provider, largest=3_000)
    connection = Http(small).open()
    outcome = verdict(connection.send(letter(text="News. " * 1_000)))
    connection.close()
    assert meant(outcome) == PAUSE
    assert "3,000 bytes" in outcome.reply
    assert stand.fake.asked == []


def test_a_connection_is_kept_and_made_anew_where_it_ended(stand: Stand) -> None:
    with stand.talking() as connection:
        for number in (1, 2):
            assert connection.send(letter(number)).accepted
        stand.fake.will.append(Says(503, {}, {"Connection": "close"}))
        assert not connection.send(letter(3)).accepted
        assert connection.send(letter(4)).accepted
    assert [asked.connection for asked in stand.fake.asked] == [1, 1, 1, 2]


def test_tls_is_verified(shown: Certificates) -> None:
    for kind, trusted in (("good", True), ("self-signed", False), ("wrong name", False), ("expired", False)):
        taken = Taken()
        with serving(contracts.postmark(taken), shown.server(kind)) as fake:
            stand = Stand("postmark", fake, taken, {"FEEDS_PROVIDER_CA": shown.authority})
            if trusted:
                with stand.talking() as connection:
                    assert connection.send(letter()).accepted
                continue
            with pytest.raises(Refused) as refused:
                stand.transport.open()
            assert meant(verdict(refused.value.reply)) == PAUSE
            assert fake.asked == []


def test_the_systems_authorities_do_not_know_us(shown: Certificates) -> None:
    with serving(contracts.resend(Taken()), shown.server("good")) as fake:
        with pytest.raises(Refused, match="not to be trusted"):
            Stand("resend", fake, Taken()).transport.open()
        with pytest.raises(Refused, match="nowhere"):
            Stand("resend", fake, Taken(), {"FEEDS_PROVIDER_CA": "/nowhere.pem"}).transport.open()


def test_what_they_ask_for_is_waited_by_all_connections() -> None:
    slept: list[float] = []
    with standing("mailgun") as stand:
        courtesy = Courtesy(clock=lambda: 100.0 + sum(slept), sleep=slept.append)
        way = Http(stand.transport.provider, courtesy=courtesy)
        first, second = way.open(), way.open()
        stand.fake.will.append(Says(429, {"message": "slowly"}, {"Retry-After": "7"}))
        assert meant(verdict(first.send(letter(1)))) == SLOW
        assert second.send(letter(2)).accepted
        assert slept == [7.0]
        stand.fake.will.append(Says(429, {"message": "slowly"}, {"Retry-After": "3600"}))
        assert meant(verdict(first.send(letter(3)))) == SLOW
        with pytest.raises(ConnectionLost, match="3,600 seconds") as lost:
            second.send(letter(4))
        assert verdict(lost.value).wider == "rest all"
        with pytest.raises(ConnectionLost):
            way.open()
        first.close()
        second.close()
        assert len(stand.fake.asked) == 3  # nothing more was asked of them


def test_H18_no_secret_and_no_address_is_told(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    envelope = letter()
    echo = json.dumps({"message": f"{SECRET} {envelope.recipient} {envelope.sender}\r\nX: y"})
    echoes = {"postmark": "Message"}
    body: Any = json.loads(echo.replace("message", echoes.get(stand.name, "message")))
    told = [repr(stand.transport), repr(stand.transport.provider)]
    with stand.talking() as connection:
        told.append(repr(connection))
        for status in (400, 401, 403, 422, 429, 503):
            stand.fake.will.append(Says(status, body))
            reply = connection.send(envelope)
            told.append(str(reply))
            assert "\n" not in str(reply)
        stand.fake.will.append("drop")
        with pytest.raises(ConnectionLost) as lost:
            connection.send(envelope)
        told.append(str(lost.value))
    for text in (*told, *(f"{record.getMessage()} {record.args}" for record in caplog.records)):
        assert SECRET not in text
        assert envelope.recipient not in text
        assert envelope.sender not in text


@pytest.mark.parametrize("name", NAMES)
def test_our_signature_goes_along_in_raw_messages_alone(name: str, signers: Any) -> None:
    envelope = template(make_digest(), [signers["rsa"]]).envelope(make_personal(1))
    with standing(name) as stand, stand.talking() as connection:
        assert connection.send(envelope).accepted
        [message] = stand.taken.content.values()
    raw = message.get("raw")
    assert (b"DKIM-Signature" in raw) if raw else ("DKIM" not in json.dumps(message))
    assert raw is None or message_from_bytes(raw, policy=policy.default)["DKIM-Signature"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe=2C_Co?= <news@example.org>", '"Grüße, Co" <news@example.org>'),
        (b'"A, \\"B\\"" <news@example.org>', '"A, \\"B\\"" <news@example.org>'),
        (b"Example news\r\n <news@example.org>", "Example news <news@example.org>"),
    ],
)
def test_E05_a_senders_name_stays_one_mailbox(raw: bytes, shown: str) -> None:
    content = b"From: " + raw + b"\r\nSubject: x\r\n\r\nx\r\n"
    assert fields(Envelope("", "reader@example.net", content)).sender == shown
