"""Somebody subscribes: what they see, what reaches their mailbox, and what nobody can find out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.delivery.tokens import Purpose
from feeds.delivery.transports import ConnectionLost, Reply
from feeds.web.public import inbox, strangers
from feeds.web.public.answers import Asked
from feeds.web.public.inbox import LEASE
from feeds.web.public.limits import DAY, HOUR, Limit
from tests.web.public.conftest import LEDGERS, House, Seen, Visitor, link_of, text_of

PURPOSES: tuple[Purpose, ...] = ("choose", "unsubscribe")
PAGE = "/newsletters/weekly/subscribe"


def asking(visitor: Visitor, house: House, address: str, page: str = PAGE, **more: str | list[str]) -> Seen:
    """Fill in the form of a page as a person does, and send it."""
    stamp = visitor.get(page).field("time")
    house.clock.now += 5
    return visitor.post(page, {"email": address, "website": "", "time": stamp, **more})


@LEDGERS
def test_a_subscription_begins_with_a_press_on_the_link_in_the_mail(house: House, visitor: Visitor) -> None:
    seen = asking(visitor, house, "Ann@Example.ORG", topic=["trade", "space", "golf"], language="de")
    assert seen.status == 202
    assert house.ledger.find("weekly", "ann@example.org") is None

    house.clerk.work()
    found = house.ledger.find("weekly", "ann@example.org")
    assert found
    assert (found.state, found.topics, found.language) == ("pending", ("space", "trade"), "de")
    [mail] = house.letters()
    assert mail["Subject"] == "Bitte bestätigen: The weekly"
    link = link_of(mail)
    assert link.startswith("https://example.org/newsletters/weekly/confirm/")

    path = link.removeprefix("https://example.org")
    assert "Bestätigen" in visitor.get(path).text
    assert visitor.post(path, {}).status == 200
    confirmed = house.ledger.find("weekly", "ann@example.org")
    assert confirmed
    assert confirmed.state == "active"
    assert confirmed.confirmed_at == house.clock.micros()
    assert confirmed.consent.at == (house.clock.now) * 1_000_000
    assert visitor.post(path, {}).status == 200


@LEDGERS
def test_H01_who_only_looks_changes_nothing(house: House, visitor: Visitor) -> None:
    pending, active = house.subscribe("p@example.org", "pending"), house.subscribe("a@example.org")
    paths = [
        f"confirm/{house.token('confirm', pending)}",
        f"unsubscribe/{house.token('unsubscribe', active)}",
        f"choose/{house.token('choose', active)}",
        f"choose/{house.token('choose', active)}/erase",
    ]
    for path in paths:
        for method in ("GET", "HEAD"):
            seen = visitor.ask(method, f"/newsletters/weekly/{path}")
            assert seen.status == 200
            assert (b"<button" in seen.body) == (method == "GET")
            assert b"<script" not in seen.body
    assert house.ledger.subscriber(pending.id) == pending
    assert house.ledger.subscriber(active.id) == active


@LEDGERS
def test_a_link_to_confirm_ends_after_seven_days(house: House, visitor: Visitor) -> None:
    pending = house.subscribe("p@example.org", "pending")
    path = f"/newsletters/weekly/confirm/{house.token('confirm', pending)}"
    house.clock.now += 7 * DAY + 1
    assert visitor.post(path, {}).status == 410
    assert house.ledger.subscriber(pending.id) == pending


@LEDGERS
def test_a_link_of_an_earlier_subscription_does_nothing(house: House, visitor: Visitor) -> None:
    first = house.subscribe("a@example.org")
    house.ledger.unsubscribe(first.id)
    again = house.subscribe("a@example.org")
    for page in PURPOSES:
        path = f"/newsletters/weekly/{page}/{house.token(page, first)}"
        assert visitor.post(path, {}).status == 410
    assert house.ledger.subscriber(again.id) == again


@LEDGERS
def test_H08_every_mailbox_gets_the_same_answer(house: House, visitor: Visitor) -> None:
    house.subscribe("active@example.org")
    house.subscribe("pending@example.org", "pending")
    house.ledger.unsubscribe(house.subscribe("left@example.org").id)
    house.ledger.suppress("refused@example.org", "failed: 5.1.1")
    house.ledger.erase(house.subscribe("erased@example.org").address)
    names = ["active", "pending", "left", "refused", "erased", "new", "new"]
    for page in (PAGE, "/unsubscribe"):
        answers = [asking(visitor, house, f"{name}@example.org", page) for name in names]
        told = {(one.status, one.body, _without_date(one)) for one in answers}
        assert len(told) == 1
        assert answers[0].status == 202


@LEDGERS
def test_H08_what_is_sent_depends_on_who_it_is(house: House, visitor: Visitor) -> None:
    house.subscribe("active@example.org")
    house.ledger.suppress("refused@example.org", "failed: 5.1.1")
    house.ledger.erase(house.subscribe("erased@example.org").address)
    for name in ("active", "refused", "erased", "new"):
        asking(visitor, house, f"{name}@example.org")
    asking(visitor, house, "stranger@example.org", "/unsubscribe")
    house.clerk.work()
    told = {mail["To"]: mail["Subject"] for mail in house.letters()}
    assert told == {
        "active@example.org": "Your subscription: The weekly",
        "erased@example.org": "Please confirm: The weekly",
        "new@example.org": "Please confirm: The weekly",
    }
    assert house.ledger.suppressed("refused@example.org")
    assert house.inbox.waiting() == 0


def test_who_lost_their_link_is_sent_it(house: House, visitor: Visitor) -> None:
    one = house.subscribe("ann@example.org")
    assert asking(visitor, house, "ann@example.org", "/unsubscribe", newsletter="weekly").status == 202
    house.clerk.work()
    [mail] = house.letters()
    path = link_of(mail).removeprefix("https://example.org")
    assert path == f"/newsletters/weekly/choose/{house.token('choose', one)}"
    assert visitor.get(path).status == 200


@pytest.mark.parametrize("typed", ["", "ann", "ann@", "@example.org", "a b@example.org", "a@b\n", "x" * 300])
def test_what_is_no_address_is_said_beside_the_field(house: House, visitor: Visitor, typed: str) -> None:
    for page in (PAGE, "/unsubscribe"):
        seen = asking(visitor, house, typed, page)
        assert seen.status == 422
        assert 'aria-invalid="true" aria-describedby="email-problem" autofocus' in seen.text
    assert house.inbox.waiting() == 0


def test_what_was_typed_is_shown_as_text(house: House, visitor: Visitor) -> None:
    seen = asking(visitor, house, '"><script>alert(1)</script>')
    assert "<script" not in seen.text
    assert "&lt;script&gt;" in seen.text


def test_H09_one_confirmation_a_day_for_a_mailbox_however_it_is_written(
    house: House, visitor: Visitor
) -> None:
    spelled = ["a.nn@gmail.com", "ann@gmail.com", "A.N.N@googlemail.com", "ann+news@gmail.com"]
    for address in spelled * 5:
        asking(visitor, house, address)
    house.clerk.work()
    assert len(house.letters()) == 1
    house.clock.now += DAY
    asking(visitor, house, "ann@gmail.com")
    house.clerk.work()
    assert len(house.letters()) == 2


def test_H09_a_thousand_victims_from_one_network(house: House) -> None:
    stamp = house.desk.stamp("weekly")
    house.clock.now += 5
    for number in range(1000):
        body = f"email=v{number}%40d{number}.example&time={stamp}".encode()
        kind = "application/x-www-form-urlencoded"
        client = f"2001:db8:0:{number % 250:x}::{number:x}"
        asked = Asked(method="POST", body=body, content_type=kind, client=client)
        assert strangers.subscribe(house.desk, house.site.offers["weekly"], asked).status == 202
    while house.clerk.work():
        pass
    assert len(house.letters()) == house.clerk.limits.network.most
    assert house.inbox.waiting() == 0


def test_H09_many_to_one_domain_wait_and_are_not_lost(house: House) -> None:
    house.clerk.limits = replace(house.clerk.limits, domain=Limit(3, HOUR, "wait"))
    stamp = house.desk.stamp("weekly")
    house.clock.now += 5
    for number in range(5):
        body = f"email=v{number}%40example.org&time={stamp}".encode()
        kind = "application/x-www-form-urlencoded"
        asked = Asked(method="POST", body=body, content_type=kind, client=f"192.0.{number}.1")
        strangers.subscribe(house.desk, house.site.offers["weekly"], asked)
    house.clerk.work()
    assert len(house.letters()) == 3
    assert house.inbox.waiting() == 2
    house.clock.now += HOUR
    house.clerk.work()
    assert len(house.letters()) == 5


def test_H10_a_machine_is_thanked_and_nothing_is_sent(house: House, visitor: Visitor) -> None:
    usual = asking(visitor, house, "ann@example.org")
    house.clerk.work()
    stamp = visitor.get(PAGE).field("time")
    house.clock.now += 1  # as it may be 0.3 seconds later
    quick = visitor.post(PAGE, {"email": "b@example.org", "time": stamp})
    house.clock.now += 5
    trapped = visitor.post(PAGE, {"email": "b@example.org", "time": stamp, "website": "x"})
    abroad = visitor.post(PAGE, {"email": "b@example.org", "time": stamp}, Sec_Fetch_Site="cross-site")
    assert {(one.status, one.body) for one in (quick, trapped, abroad)} == {(202, usual.body)}
    assert house.inbox.waiting() == 0


@pytest.mark.parametrize("stamp", ["", "0.0", "6b49d200." + "0" * 32, "٣." + "0" * 32, "-1." + "f" * 32])
def test_a_form_that_we_never_showed_is_shown_once_more(house: House, visitor: Visitor, stamp: str) -> None:
    seen = visitor.post(PAGE, {"email": "ann@example.org", "time": stamp, "topic": "space"})
    assert seen.status == 200
    assert 'value="ann@example.org"' in seen.text
    assert 'value="space" checked' in seen.text
    assert house.inbox.waiting() == 0
    again = visitor.post(PAGE, {"email": "ann@example.org", "time": seen.field("time")})
    assert again.status == 202
    assert house.inbox.waiting() == 1


def test_a_form_of_yesterday_is_shown_once_more(house: House, visitor: Visitor) -> None:
    stamp = visitor.get(PAGE).field("time")
    house.clock.now += DAY + 1
    seen = visitor.post(PAGE, {"email": "ann@example.org", "time": stamp})
    assert seen.status == 200
    assert "Please look it over" in seen.text
    other = visitor.get("/newsletters/daily/subscribe").field("time")
    house.clock.now += 5
    assert visitor.post(PAGE, {"email": "ann@example.org", "time": other}).status == 200
    assert house.inbox.waiting() == 0


def test_H12_nothing_leads_elsewhere(house: House, visitor: Visitor) -> None:
    one = house.subscribe("a@example.org")
    paths = [PAGE, f"/newsletters/weekly/unsubscribe/{house.token('unsubscribe', one)}", "/unsubscribe", "/"]
    for path in paths:
        for evil in ("//evil.example", "/%5cevil.example", "https:evil.example"):
            for name in ("next", "redirect", "return", "url"):
                seen = visitor.get(f"{path}?{name}={evil}")
                assert seen.status == 200
                assert "Location" not in seen.headers
                assert b"evil" not in seen.body


def test_a_mail_that_is_not_taken_is_tried_again(house: House, visitor: Visitor) -> None:
    asking(visitor, house, "ann@example.org")
    house.transport.will([Reply(451, "4.3.0", "later", "dot")])
    house.clerk.work()
    assert house.letters() == []
    assert house.inbox.waiting() == 1
    house.clock.now += 61
    house.clerk.work()
    [mail] = house.letters()
    assert "confirm" in text_of(mail)
    assert house.inbox.waiting() == 0


def test_a_mail_of_which_nobody_knows_is_sent_again_as_the_same(house: House, visitor: Visitor) -> None:
    asking(visitor, house, "ann@example.org")
    house.transport.will([ConnectionLost("after-dot", "reset")])
    house.clerk.work()
    house.clock.now += 61
    house.clerk.work()
    first, second = house.transport.sent
    assert first.content == second.content
    assert house.inbox.waiting() == 0


def test_a_mail_that_was_under_way_in_a_crash_is_the_same_afterwards(house: House, visitor: Visitor) -> None:
    asking(visitor, house, "ann@example.org")
    done = house.inbox.done
    house.inbox.done = lambda request: None  # type: ignore[method-assign]
    house.clerk.work()
    house.inbox.done = done  # type: ignore[method-assign]
    house.clock.now += LEASE
    house.clerk.work()
    first, second = house.transport.sent
    assert first.content == second.content
    assert house.inbox.waiting() == 0


def test_a_mail_that_nobody_takes_for_a_day_is_given_up(house: House, visitor: Visitor) -> None:
    asking(visitor, house, "ann@example.org")
    house.transport.answer = lambda envelope: Reply(451, "4.3.0", "later", "dot")
    for _ in range(60):
        house.clerk.work()
        house.clock.now += HOUR // 2
    assert house.inbox.waiting() == 0
    assert house.letters() == []


def test_a_mail_that_is_refused_is_not_tried_again(house: House, visitor: Visitor) -> None:
    asking(visitor, house, "ann@example.org")
    house.transport.will([Reply(550, "5.1.1", "nobody", "rcpt")])
    house.clerk.work()
    assert house.letters() == []
    assert house.inbox.waiting() == 0


@LEDGERS
def test_the_latest_wish_of_who_has_not_confirmed_counts(house: House, visitor: Visitor) -> None:
    house.subscribe("ann@example.org", "pending")
    asking(visitor, house, "ann@example.org", topic="space", language="fr")
    house.clerk.work()
    found = house.ledger.find("weekly", "ann@example.org")
    assert found
    assert (found.state, found.topics, found.language) == ("pending", ("space",), "fr")


def _without_date(seen: Seen) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in seen.headers.items() if name.lower() != "date")


def test_when_too_much_waits_nobody_is_promised_anything(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "BACKLOG", 1)
    assert asking(visitor, house, "ann@example.org").status == 202
    for page in (PAGE, "/unsubscribe"):
        assert asking(visitor, house, "bob@example.org", page).status == 429


def test_a_link_to_confirm_ends_with_the_subscription(house: House, visitor: Visitor) -> None:
    pending = house.subscribe("p@example.org", "pending")
    path = f"/newsletters/weekly/confirm/{house.token('confirm', pending)}"
    house.ledger.unsubscribe(pending.id)
    assert visitor.post(path, {}).status == 410
    found = house.ledger.subscriber(pending.id)
    assert found
    assert found.state == "unsubscribed"
    choice = f"/newsletters/weekly/choose/{house.token('choose', pending)}"
    assert visitor.post(f"{choice}/data", {}).status == 410
