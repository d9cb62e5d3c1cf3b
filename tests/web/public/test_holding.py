"""Who holds a link from a mail: unsubscribe, choose, pause, be told, be forgotten; and who forges one."""

from __future__ import annotations

import json
import random
import socket
import string
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

import pytest

from feeds.delivery.subscribers import Subscriber
from feeds.delivery.tokens import LENGTH
from feeds.errors import DeliveryError, Fault, Place
from feeds.web.public import bodies
from tests.web.public.conftest import LEDGERS, House, Visitor, until

ALPHABET = string.ascii_letters + string.digits + "-_"
ONE_CLICK = b"List-Unsubscribe=One-Click"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


def leaving(house: House, one: Subscriber) -> str:
    return f"/newsletters/weekly/unsubscribe/{house.token('unsubscribe', one)}"


def choosing(house: House, one: Subscriber) -> str:
    return f"/newsletters/weekly/choose/{house.token('choose', one)}"


def state(house: House, one: Subscriber) -> str:
    found = house.ledger.subscriber(one.id)
    return found.state if found else ""


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", ONE_CLICK),
        ("multipart/form-data; boundary=x", MULTIPART),
        ("application/json", b'{"List-Unsubscribe": "One-Click"}'),
        ("text/plain", b"\xff\x00 anything"),
        ("", b""),
    ],
)
def test_H03_one_click_unsubscribes_in_every_form_and_again(
    house: House, visitor: Visitor, kind: str, body: bytes
) -> None:
    one = house.subscribe("a@example.org")
    headers = {"Content_Type": kind} if kind else {}
    for _ in range(3):
        seen = visitor.ask("POST", leaving(house, one), body, **headers)
        assert seen.status == 200
        assert "Set-Cookie" not in seen.headers
        assert "Location" not in seen.headers
        assert state(house, one) == "unsubscribed"


@LEDGERS
def test_H03_a_mailbox_that_posts_after_the_erasure_is_thanked(house: House, visitor: Visitor) -> None:
    one = house.subscribe("a@example.org")
    house.ledger.erase(one.address)
    assert visitor.ask("POST", leaving(house, one), ONE_CLICK).status == 200


def test_H03_a_link_never_grows_old(house: House, visitor: Visitor) -> None:
    one = house.subscribe("a@example.org")
    path = leaving(house, one)
    house.clock.now += 20 * 365 * 24 * 3600
    assert visitor.ask("POST", path, ONE_CLICK).status == 200
    assert state(house, one) == "unsubscribed"


def test_H04_a_body_is_bounded(house: House, visitor: Visitor) -> None:
    one = house.subscribe("a@example.org")
    for path in (choosing(house, one), "/newsletters/weekly/subscribe", leaving(house, one)):
        assert visitor.ask("POST", path, b"x" * 100_000).status == 413
        many = "&".join(f"f{number}=" for number in range(1000)).encode()
        told = visitor.ask("POST", path, many, Content_Type="application/x-www-form-urlencoded").status
        assert told == (200 if "unsubscribe/" in path else 413)
    assert house.inbox.waiting() == 0


def test_H04_a_length_that_lies_is_no_way_in(house: House, visitor: Visitor) -> None:
    path = leaving(house, house.subscribe("a@example.org"))
    assert visitor.ask("POST", path, b"", Content_Length="1000000000").status == 413
    chunks = [b"x" * 9_000] * 3
    parts = urlsplit(visitor.address)
    link = HTTPConnection(str(parts.hostname), parts.port)
    link.request("POST", path, iter(chunks), {"Host": "example.org"}, encode_chunked=True)
    assert link.getresponse().status == 413
    link.close()


def test_H04_a_slow_body_is_waited_for_so_long_and_no_longer(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies.read, "__defaults__", (0.2,))
    one = house.subscribe("a@example.org")
    parts = urlsplit(visitor.address)
    with socket.create_connection((str(parts.hostname), parts.port or 80), timeout=20) as link:
        head = f"POST {leaving(house, one)} HTTP/1.1\r\nHost: example.org\r\nContent-Length: 100\r\n\r\n"
        link.sendall(head.encode() + b"List")
        assert link.recv(100).startswith(b"HTTP/1.1 408")
    assert state(house, one) == "active"


@pytest.mark.no_cover  # the same lines ten thousand times
def test_H05_ten_thousand_forged_links_get_one_answer(house: House, visitor: Visitor) -> None:
    one, other = house.subscribe("a@example.org"), house.subscribe("b@example.org")
    good = house.token("choose", one)
    chance = random.Random(5)
    forged = [
        *(good[:-1] + letter for letter in ALPHABET if letter != good[-1]),
        *(good[:end] for end in range(1, LENGTH)),
        *(good + more for more in ("=", "==", "A", "%00", "%0a", "%20", ".", "%3d")),
        house.token("unsubscribe", one),
        house.token("confirm", one),
        good[:20] + house.token("choose", other)[20:],
        good.swapcase(),
        *(quote(text) for text in ("٧" * LENGTH, "-1", "0" + good[1:], "' OR 1=1 --", "\0" * LENGTH)),
        "A" * 5_000,
    ]
    forged += [_changed(good, chance) for _ in range(10_000 - len(forged))]
    assert good not in forged
    parts = urlsplit(visitor.address)
    link = HTTPConnection(str(parts.hostname), parts.port)
    told = set()
    for number, token in enumerate(forged):
        method = "POST" if number % 2 else "GET"
        link.request(method, f"/newsletters/weekly/choose/{token}", headers={"Host": "example.org"})
        answer = link.getresponse()
        told.add((answer.status, answer.read()))
    link.close()
    assert len(told) == 1
    [(status, body)] = told
    assert status == 404
    assert body == visitor.get("/newsletters/nothing/choose/here").body
    assert house.ledger.subscriber(one.id) == one


@LEDGERS
def test_topics_language_and_a_pause_are_chosen(house: House, visitor: Visitor) -> None:
    one = house.subscribe("a@example.org")
    path = choosing(house, one)
    given = {"topic": ["trade", "space", "golf"], "language": "fr", "pause": "yes"}
    seen = visitor.post(path, given)
    assert seen.status == 200
    assert "Enregistré." in seen.text
    found = house.ledger.subscriber(one.id)
    assert found
    assert (found.state, found.topics, found.language) == ("paused", ("space", "trade"), "fr")
    assert found.epoch == one.epoch

    visitor.post(path, {"language": "xx"})
    found = house.ledger.subscriber(one.id)
    assert found
    assert (found.state, found.topics, found.language) == ("active", (), "fr")


@LEDGERS
def test_who_is_paused_can_leave(house: House, visitor: Visitor) -> None:
    one = house.subscribe("a@example.org")
    visitor.post(choosing(house, one), {"pause": "yes"})
    assert visitor.ask("POST", leaving(house, one), ONE_CLICK).status == 200
    assert state(house, one) == "unsubscribed"
    assert visitor.post(choosing(house, one), {}).status == 410
    assert state(house, one) == "unsubscribed"


@LEDGERS
def test_my_data_comes_by_mail_and_by_nothing_else(house: House, visitor: Visitor) -> None:
    one = house.subscribe("ann@example.org")
    path = choosing(house, one)
    assert visitor.get(f"{path}/data").status == 404
    seen = visitor.post(f"{path}/data", {})
    assert seen.status == 202
    assert b"ann@" not in seen.body + visitor.get(path).body
    house.clerk.work()
    [mail] = house.letters()
    [file] = mail.iter_attachments()
    assert file.get_filename() == "data.json"
    told = json.loads(file.get_content())
    assert told["address"] == "ann@example.org"
    assert set(told) >= {"newsletter", "state", "topics", "language", "consent", "confirmed_at", "issues"}


@LEDGERS
def test_erased_in_two_steps(house: House, visitor: Visitor) -> None:
    one = house.subscribe("ann@example.org")
    elsewhere = house.subscribe("ann@example.org", newsletter="daily")
    path = f"{choosing(house, one)}/erase"
    assert "cannot be undone" in visitor.get(path).text
    assert house.ledger.subscriber(one.id) == one
    visitor.post(f"{choosing(house, one)}/data", {})
    assert visitor.post(path, {}).status == 200
    assert house.ledger.subscriber(one.id) is None
    assert house.ledger.subscriber(elsewhere.id) is None
    assert house.inbox.waiting() == 0
    assert visitor.post(path, {}).status == 410


def test_H13_links_come_from_the_configured_address_alone(house: House, visitor: Visitor) -> None:
    one = house.subscribe("a@example.org")
    for host in ("evil.example", "example.org.evil.example", "example.org@evil.example", "127.0.0.1", ""):
        seen = visitor.ask("GET", choosing(house, one), Host=host)
        assert seen.status == 421
        assert b"evil" not in seen.body
    for host in ("example.org", "EXAMPLE.org:443"):
        seen = visitor.get(choosing(house, one), Host=host, X_Forwarded_Host="evil.example")
        assert seen.status == 200
        assert b"evil" not in seen.body


def test_H18_no_answer_and_no_log_tells_an_address(
    house: House, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    one = house.subscribe("secret@example.org")
    house.transport.answer = lambda envelope: OSError("secret@example.org")
    with house.serving() as address:
        visitor = Visitor(address)
        for path in ("", "/data", "/erase"):
            seen = visitor.get(choosing(house, one) + path.replace("/data", ""))
            assert b"secret" not in seen.body
        seen = visitor.post(f"{choosing(house, one)}/data", {})
        assert b"secret" not in seen.body
        assert seen.headers["Referrer-Policy"] == "no-referrer"
        until(lambda: "the clerk stopped for now: OSError" in caplog.text)
    told = capfd.readouterr()
    assert "secret" not in told.out + told.err + caplog.text
    assert "@" not in choosing(house, one) + leaving(house, one)


def test_H18_a_fault_of_ours_shows_nothing_of_itself(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one = house.subscribe("secret@example.org")
    path = choosing(house, one)

    def broken(*_: object) -> None:
        raise RuntimeError("secret@example.org")

    monkeypatch.setattr(type(house.ledger), "subscriber", broken)
    seen = visitor.get(path)
    assert seen.status == 500
    assert b"secret" not in seen.body
    assert "secret" not in caplog.text
    assert "a fault of ours: RuntimeError" in caplog.text


@LEDGERS
def test_H18_a_ledger_that_fails_shows_nothing_of_why(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = house.subscribe("secret@example.org")
    path = choosing(house, one)

    def broken(*_: object) -> None:
        raise DeliveryError(Fault(Place("/var/lib/feeds/ledger.db"), "is gone"))

    monkeypatch.setattr(type(house.ledger), "subscriber", broken)
    for asked in (path, "/readyz"):
        seen = visitor.get(asked)
        assert seen.status == 503
        assert b"ledger" not in seen.body
        assert b"Traceback" not in seen.body


def test_every_answer_is_protected(house: House, visitor: Visitor) -> None:
    one = house.subscribe("a@example.org")
    for path in ("/", "/healthz", "/readyz", "/nothing", choosing(house, one), "/newsletters/pages.css"):
        seen = visitor.get(path)
        policy = seen.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
        assert seen.headers["Referrer-Policy"] == "no-referrer"
        assert "Strict-Transport-Security" in seen.headers
        assert "Set-Cookie" not in seen.headers
        assert "Server" not in seen.headers


def test_health_and_readiness_are_told_under_any_name(house: House, visitor: Visitor) -> None:
    seen = visitor.get("/readyz", Host="10.0.0.7:8025")
    assert (seen.status, seen.body) == (503, b"Nothing is built yet.\n")
    house.site.output.mkdir()
    for path in ("/healthz", "/readyz"):
        seen = visitor.get(path, Host="10.0.0.7:8025")
        assert (seen.status, seen.body) == (200, b"ok\n")


def test_a_process_without_a_ledger_is_alive_and_not_ready(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise DeliveryError(Fault(Place("/var/lib/feeds/ledger.db"), "is gone"))

    monkeypatch.setattr(type(house.ledger), "subscriber", broken)
    assert (visitor.get("/healthz").status, visitor.get("/readyz").status) == (200, 503)


def _changed(good: str, chance: random.Random) -> str:
    made = good
    while made == good:
        letters = list(good)
        for _ in range(chance.randint(1, 4)):
            letters[chance.randrange(LENGTH)] = chance.choice(ALPHABET)
        made = "".join(letters)
    return made
