"""H16: what holds for the reports of every provider."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from feeds.errors import DeliveryError, Fault, Place, SettingsError
from feeds.web.webhooks import Secrets, from_environment, mailgun, postmark
from feeds.web.webhooks.application import webhooks
from tests.web.webhooks import conftest as made
from tests.web.webhooks.asking import ask
from tests.web.webhooks.conftest import MAILGUN, POSTMARK, House, notification, signed
from tests.web.webhooks.reports import bounce, notice, spam


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
