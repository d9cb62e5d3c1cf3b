"""In a real browser: a subscription from the form to the mailbox and out again; and every page looked at."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller

from feeds.delivery.tokens import KEY, links
from feeds.delivery.transports import transport
from tests.browser import ask, axe, foreign
from tests.conftest import Project
from tests.ports import free_port
from tests.web.public.conftest import SETTINGS, House, Visitor, built, letter, link_of, until

PRESSED = "new Promise(done => setTimeout(() => { done(true); setTimeout(() => %s.click()) }, %d))"
"""Press a button on the page, after so many milliseconds; what comes of it is seen from behind."""
BUTTON = "document.querySelector('button')"


@dataclass
class Mailbox:
    """A real SMTP server, and what it took."""

    taken: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(envelope.content)
        return "250 taken"


@pytest.fixture
def mailbox(local: House) -> Iterator[Mailbox]:
    """Where the letters of the house go."""
    taking = Mailbox()
    port = free_port()
    controller = Controller(taking, hostname="127.0.0.1", port=port)
    controller.start()
    local.transport = transport(f"smtp+plain://127.0.0.1:{port}")  # type: ignore[assignment]
    yield taking
    controller.stop()


def test_a_subscription_from_the_form_to_the_mailbox_and_out_again(local: House, mailbox: Mailbox) -> None:
    def state() -> str:
        found = local.ledger.find("weekly", "ann@example.org")
        return found.state if found else ""

    with local.serving() as address:
        typed = ["Tab", "Tab", *"ann@example.org", "Tab", "Tab", "Space", "Tab", "Tab", "ArrowDown"]
        ask(f"{address}newsletters/weekly/subscribe", PRESSED % (BUTTON, 2100), keys=typed)
        until(lambda: mailbox.taken)
        [asked] = mailbox.taken
        found = local.ledger.find("weekly", "ann@example.org")
        assert found
        assert (found.state, found.topics, found.language) == ("pending", ("trade",), "de")

        confirming = link_of(letter(asked))
        assert confirming.startswith(f"{address}newsletters/weekly/confirm/")
        ask(confirming, "document.title")
        assert state() == "pending"
        ask(confirming, PRESSED % (BUTTON, 0))
        until(lambda: state() == "active")

        own = links(address, "weekly", found.id, found.epoch, local.ledger.key(KEY))
        ask(own.preferences, PRESSED % ("document.querySelector('[name=pause]')", 0))
        assert state() == "active"
        checked = "document.querySelector('[name=pause]').click(); " + PRESSED % (BUTTON, 0)
        ask(own.preferences, checked)
        until(lambda: state() == "paused")

        scanned = Visitor(address, address.split("/")[2])
        for link in (confirming, own.unsubscribe, own.preferences, f"{own.preferences}/erase"):
            assert scanned.get("/" + link.removeprefix(address)).status == 200
        assert state() == "paused"
        ask(own.unsubscribe, PRESSED % (BUTTON, 0))
        until(lambda: state() == "unsubscribed")


PAGES = (
    "newsletters/weekly/subscribe",
    "newsletters/weekly/subscribe?language=ar",
    "newsletters/daily/subscribe",
    "unsubscribe",
    "newsletters/weekly/choose/{choose}",
    "newsletters/weekly/choose/{choose}/erase",
    "newsletters/weekly/confirm/{confirm}",
    "newsletters/weekly/unsubscribe/{unsubscribe}",
    "newsletters/daily/choose/{choose}",
    "",
)


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The address of a page, for somebody who is subscribed."""
    project = Project(tmp_path_factory.mktemp("looked"))
    project.write("feeds.toml", SETTINGS)
    port = free_port()
    with built(project, "memory", f"http://127.0.0.1:{port}/") as house:
        house.port = port
        one, two = house.subscribe("a@example.org"), house.subscribe("p@example.org", "pending")
        given = {
            "choose": house.token("choose", one),
            "unsubscribe": house.token("unsubscribe", one),
            "confirm": house.token("confirm", two),
        }
        with house.serving() as address:
            yield lambda page: address + page.format(**given)


@pytest.mark.parametrize("page", PAGES)
def test_axe_has_nothing_against_a_page_by_day_and_by_night(
    looked_at: Callable[[str], str], page: str
) -> None:
    address = looked_at(page)
    assert axe(address) == []
    assert axe(address, dark=True, width=320) == []
    assert foreign(address) == []


def test_what_comes_of_a_press_can_be_read_too(looked_at: Callable[[str], str]) -> None:
    address = looked_at("")
    visitor = Visitor(address, address.split("/")[2])
    style = visitor.get("/newsletters/pages.css").text
    stamp = visitor.get("/newsletters/weekly/subscribe").field("time")
    time.sleep(2)
    answers = [
        visitor.post("/newsletters/weekly/subscribe", {"email": "no address", "time": stamp}),
        visitor.post("/newsletters/weekly/subscribe", {"email": "a@example.org", "time": "old"}),
        visitor.post("/newsletters/weekly/subscribe", {"email": "a@example.org", "time": stamp}),
        visitor.post(urlsplit(looked_at(PAGES[4])).path, {}),
        visitor.get("/nothing/here"),
    ]
    assert [one.status for one in answers] == [422, 200, 202, 200, 404]
    linked = '<link rel="stylesheet" href="/newsletters/pages.css">'
    for seen in answers:
        assert linked in seen.text
        page = seen.text.replace(linked, f"<style>{style}</style>")
        assert axe(page) == []
        assert axe(page, dark=True, width=320) == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_a_small_phone(looked_at: Callable[[str], str], page: str) -> None:
    widest = "document.documentElement.scrollWidth"
    assert ask(looked_at(page), widest, width=320) == 320


@pytest.mark.parametrize("page", ["newsletters/weekly/subscribe", "newsletters/weekly/choose/{choose}"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    looked_at: Callable[[str], str], page: str
) -> None:
    address = looked_at(page)
    reachable = (
        "[...document.querySelectorAll('a, input:not([type=hidden]), button')].filter(e => e.tabIndex >= 0)"
    )
    count = ask(address, f"new Set({reachable}.map(e => e.type == 'radio' ? e.name : e)).size")
    shown = (
        "(() => { const e = document.activeElement, s = getComputedStyle(e.closest('.options label') || e);"
        " return [e.tagName, s.outlineStyle, parseFloat(s.outlineWidth)] })()"
    )
    seen = [ask(address, shown, keys=["Tab"] * presses) for presses in range(1, count + 1)]
    assert all(style != "none" and width >= 3 for _, style, width in seen)
    assert seen[-1][0] in ("A", "BUTTON")
    assert ask(address, "document.activeElement.tagName", keys=["Tab"] * (count + 1)) == "BODY"


def test_a_trap_is_seen_by_nobody(looked_at: Callable[[str], str]) -> None:
    address = looked_at("newsletters/weekly/subscribe")
    box = "document.querySelector('.trap').getBoundingClientRect()"
    assert ask(address, f"[{box}.width, {box}.height]") == [1, 1]
    assert ask(address, "document.querySelector('.trap').getAttribute('aria-hidden')") == "true"
    assert ask(address, "document.querySelector('#website').tabIndex") == -1


def test_targets_are_large_enough_for_a_thumb(looked_at: Callable[[str], str]) -> None:
    small = (
        "[...document.querySelectorAll('button, .options label, input[type=email], .ways a')]"
        ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    for page in PAGES:
        assert ask(looked_at(page), small, width=320) == []


def test_arabic_runs_from_the_right(looked_at: Callable[[str], str]) -> None:
    address = looked_at("newsletters/weekly/subscribe?language=ar")
    assert ask(address, "getComputedStyle(document.body).direction") == "rtl"
    assert ask(address, "getComputedStyle(document.querySelector('#email')).direction") == "ltr"
    assert ask(address, "document.querySelector('button').textContent") == "اشترك"
