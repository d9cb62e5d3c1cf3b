"""The operator's page: who reaches it, what it shows, and that a doubt is settled once."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest

from feeds.delivery.ledger import open_ledger
from feeds.delivery.ledger.inbox import Received
from feeds.errors import DeliveryError, Fault, OutputError, Place, SettingsError
from feeds.web.operator import Board, board, serve, serving, token_of
from tests.browser import ask as look
from tests.browser import axe, foreign
from tests.conftest import Project
from tests.delivery.examples import OK, frozen, people, person, says, send_all
from tests.web.operator.conftest import HOST, LONG, PORT, TOKEN, Desk
from tests.web.webhooks.asking import Seen

QUESTION = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"

# Who reaches it


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_H15_names_of_this_machine(desk: Desk, name: str) -> None:
    assert desk.get(host=f"{name}:{PORT}").status == 200


@pytest.mark.parametrize(
    "host", ["", "evil.example", f"evil.example:{PORT}", "127.0.0.1", f"127.0.0.1.evil.example:{PORT}", "é"]
)
def test_H15_another_name_is_misdirected(desk: Desk, host: str) -> None:
    for path in (f"/{TOKEN}/", f"/{TOKEN}/metrics", "/healthz", "/"):
        assert desk.ask("GET", path, host=host).status == 421


@pytest.mark.parametrize(
    "path", ["/", "//", "/x/", f"/{TOKEN}", f"/{TOKEN[:-1]}/", f"/{TOKEN}x/", "/metrics", "/é/"]
)
def test_H15_nothing_without_the_token(desk: Desk, path: str) -> None:
    seen = desk.ask("GET", path)
    assert seen.status == 404 and "nothing here" in seen.text
    assert TOKEN not in seen.text


def test_H15_whoever_watches_learns_that_it_is_there(desk: Desk) -> None:
    assert (desk.ask("GET", "/healthz").status, desk.ask("GET", "/healthz").body) == (200, b"ok\n")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_it_is_looked_at(desk: Desk, method: str) -> None:
    assert desk.ask(method, f"/{TOKEN}/").status == 405
    assert desk.ask("POST", f"/{TOKEN}/").status == 405


def test_H18_every_answer_is_sealed(desk: Desk) -> None:
    for seen in (desk.get(), desk.get("nothing"), desk.ask("GET", "/"), desk.get(host="evil.example")):
        assert "default-src 'none'" in seen.headers["content-security-policy"]
        assert "script-src" not in seen.headers["content-security-policy"]
        assert seen.headers["x-content-type-options"] == "nosniff"
        assert seen.headers["cache-control"] == "no-store"
        assert "set-cookie" not in seen.headers


def test_an_address_that_is_not_there(desk: Desk) -> None:
    assert [desk.get(path).status for path in ("issue/1", "issue/x", "issue/" + "9" * 30, "x")] == [404] * 4


def test_the_token_stays_or_is_the_environments(desk: Desk) -> None:
    found = token_of(desk.ledger, {})
    assert found == token_of(desk.ledger, {}) and re.fullmatch(r"[\w-]{24}", found)
    assert found != token_of(Desk().ledger, {})
    assert token_of(desk.ledger, {"FEEDS_OPERATOR_TOKEN": "x" * 16}) == "x" * 16
    for wrong in ("short", "with/a/slash/in/it", "é" * 20):
        with pytest.raises(SettingsError, match="needs 16 characters") as refusal:
            token_of(desk.ledger, {"FEEDS_OPERATOR_TOKEN": wrong})
        assert wrong not in str(refusal.value)


# What it shows


def test_before_the_first_issue(desk: Desk) -> None:
    assert "No issue has gone out yet. <code>feeds send weekly</code>" in desk.get().text


def test_every_issue_is_there_and_the_newest_are_counted(desk: Desk) -> None:
    desk.weeks(30)
    text = desk.get().text
    assert [int(n) for n in re.findall(r'href="[^"]*/issue/(\d+)"', text)] == list(range(30, 0, -1))
    assert text.count('class="badge done"') == 12 and "18 earlier" in text
    assert len(re.findall(r'<line class="dot"', text)) == 30
    assert "d0.example.org" in text


def test_an_issue_in_full(desk: Desk) -> None:
    desk.weeks(1)
    text = desk.get("issue/1").text
    assert "90 %" in text and "the mailbox is full" in text and "552" not in text
    for domain in (f"d{n}.example.org" for n in range(5)):
        assert domain in text
    assert "in doubt" not in text and "<form" not in text


def test_what_came_back_is_counted_by_domain(desk: Desk) -> None:
    desk.ledger.enrol("weekly", [person(f"n{n}@{'big' if n < 6 else 'small'}.example.org") for n in range(8)])
    made = frozen(desk.ledger)
    send_all(
        desk.ledger,
        made.id,
        lambda job: says(550, "5.2.2")(job) if job.subscriber in (1, 2, 8) else OK,
    )
    found = re.findall(r"<bdi>(\w+\.example\.org)</bdi> <span>(\d+) <span[^>]*>([^<]*) of", desk.get().text)
    assert found == [("big.example.org", "2", "33.3 %"), ("small.example.org", "1", "50 %")]


def test_text_of_others_stays_text(desk: Desk) -> None:
    evil = '"><script>alert(1)</script>'
    titled = Desk(newsletters=(f"weekly{evil}",))
    titled.ledger.enrol(titled.newsletters[0], [person("a@example.org")])
    assert "<script" not in titled.get().text
    desk.ledger.enrol("weekly", [person("a@example.org")])
    made = frozen(desk.ledger, (), evil)
    send_all(desk.ledger, made.id, says(550, "5.1.1", text=evil))
    for text in (desk.get().text, desk.get(f"issue/{made.id}").text):
        assert "<script" not in text and "&lt;script" in text
        assert " style=" not in text and "javascript" not in text


def test_no_address_but_those_in_doubt(desk: Desk) -> None:
    number = desk.doubt("lost@example.org")
    desk.weeks(1)
    assert "@" not in desk.get().text
    shown = desk.get(f"issue/{number}").text
    assert re.findall(r"[\w-]+@[\w.-]+", shown) == ["lost@example.org"]


def test_amazons_question_is_shown_for_as_long_as_it_waits(desk: Desk) -> None:
    desk.ledger.receive(Received(source="ses", event="1", kind="subscription", diagnostic=QUESTION))
    assert f'href="{QUESTION.replace("&", "&amp;")}" rel="noreferrer"' in desk.get().text
    desk.clock.turn(3 * 24 * 60 + 1)
    assert "amazonaws" not in desk.get().text


def test_what_is_shown_is_looked_up_anew_in_time(desk: Desk) -> None:
    desk.weeks(1)
    assert "4 failed" in desk.get().text
    desk.ledger.bounced(1, 1, "trouble", "full")
    assert "4 failed" in desk.get().text
    desk.clock.turn(2)
    assert "5 failed" in desk.get().text


# Settling what is in doubt


def form(seen: Seen) -> bytes:
    [seal] = re.findall(r'name="seal" value="(\w+)"', seen.text)
    return urlencode({"seal": seal}).encode()


def test_a_doubt_is_sent_once_more_and_once_only(desk: Desk) -> None:
    number = desk.doubt("lost@example.org", "other@example.org")
    page = desk.get(f"issue/{number}")
    assert "2 in doubt" in desk.get().text and "Send all 2 once more" in page.text
    path = f"/{TOKEN}/issue/{number}/resend"
    seen = desk.ask("POST", path, form(page))
    assert (seen.status, seen.headers["location"]) == (303, f"/{TOKEN}/issue/{number}")
    assert desk.ledger.status(number).states == {"ready": 2}
    assert "in doubt" not in desk.get(f"issue/{number}").text
    again = desk.ask("POST", path, form(page))
    assert again.status == 409 and "has changed since you looked" in again.text
    assert desk.ledger.status(number).states == {"ready": 2}


def test_what_was_not_on_the_page_is_not_sent(desk: Desk) -> None:
    number = desk.doubt("lost@example.org", "other@example.org")
    page = desk.get(f"issue/{number}")
    desk.ledger.resend(number, ["other@example.org"])
    assert desk.ask("POST", f"/{TOKEN}/issue/{number}/resend", form(page)).status == 409
    assert desk.ledger.status(number).states == {"held": 1, "ready": 1}


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (403, {"origin": ""}),
        (403, {"origin": "null"}),
        (403, {"origin": "http://evil.example"}),
        (403, {"origin": f"https://{HOST}"}),
        (403, {"sec_fetch_site": "cross-site"}),
        (403, {"sec_fetch_site": "same-site"}),
        (421, {"host": "evil.example", "origin": "http://evil.example"}),
        (303, {"sec_fetch_site": ""}),
    ],
)
def test_a_form_of_somebody_else_does_nothing(desk: Desk, status: int, headers: dict[str, str]) -> None:
    number = desk.doubt("lost@example.org")
    body = form(desk.get(f"issue/{number}"))
    assert desk.ask("POST", f"/{TOKEN}/issue/{number}/resend", body, **headers).status == status
    assert desk.ledger.status(number).states == {"ready" if status == 303 else "held": 1}


@pytest.mark.parametrize(
    "body", [b"", b"seal=", b"seal=x", b"seal=%C3%A9", b"\xff", b"seal=" + b"0" * 32, b"a=1&" * 5]
)
def test_a_form_without_its_seal_does_nothing(desk: Desk, body: bytes) -> None:
    number = desk.doubt("lost@example.org")
    assert desk.ask("POST", f"/{TOKEN}/issue/{number}/resend", body).status == 409
    assert desk.ledger.status(number).states == {"held": 1}


def test_H04_a_form_with_too_much_in_it(desk: Desk) -> None:
    number = desk.doubt("lost@example.org")
    assert desk.ask("POST", f"/{TOKEN}/issue/{number}/resend", b"a" * 10**6).status == 413
    assert desk.ask("POST", f"/{TOKEN}/issue/{number}/resend", b"a=1&" * 1000).status == 409
    assert desk.ask("POST", f"/{TOKEN}/issue/99/resend", b"").status == 404
    assert desk.get(f"issue/{number}/resend").status == 405


def test_what_is_cancelled_is_not_offered(desk: Desk) -> None:
    number = desk.doubt("lost@example.org")
    body = form(desk.get(f"issue/{number}"))
    desk.ledger.cancel(number)
    desk.board.forget(number)
    shown = desk.get(f"issue/{number}").text
    assert "1 in doubt" in shown and "nothing of it is ever sent again" in shown and "<form" not in shown
    seen = desk.ask("POST", f"/{TOKEN}/issue/{number}/resend", body)
    assert (seen.status, seen.body) == (503, f"issue {number}: is cancelled\n".encode())


def test_a_ledger_that_does_not_answer_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DeliveryError(Fault(Place("the ledger"), "does not answer"))

    for name in ("received", "mailings", "stats"):
        monkeypatch.setattr(desk.ledger, name, refuse)
    for seen in (desk.get(), desk.get("metrics"), desk.get("issue/1"), desk.ask("GET", "/healthz")):
        assert (seen.status, seen.body) == (503, b"the ledger: does not answer\n")


# In a real browser


@pytest.mark.parametrize("dark", [False, True])
def test_every_page_can_be_used_by_everybody(desk: Desk, dark: bool) -> None:
    with serving(Desk().board, TOKEN) as address:
        assert axe(address, dark) == []
    desk.weeks(14)
    desk.ledger.enrol("weekly", [person(f"n@{LONG}")])
    number = desk.doubt(*(f"lost{n}@{LONG}" for n in range(60)))
    desk.ledger.receive(Received(source="ses", event="1", kind="subscription", diagnostic=QUESTION))
    with serving(desk.board, TOKEN) as address:
        for path in ("", "issue/1", f"issue/{number}"):
            for width in (320, 900):
                assert axe(address + path, dark, width) == []
            assert look(address + path, "document.documentElement.scrollWidth", width=320, dark=dark) == 320
            assert foreign(address + path) == []


def test_the_button_works_in_a_browser_without_any_script(desk: Desk) -> None:
    number = desk.doubt("lost@example.org")
    with serving(desk.board, TOKEN) as address:
        pressed = (
            "setTimeout(() => document.activeElement.click(), 20)"  # the answer comes before the next page
        )
        look(f"{address}issue/{number}", pressed, keys=["Tab", "Tab", "Tab"])
        ends = time.monotonic() + 20
        while desk.ledger.status(number).states != {"ready": 1} and time.monotonic() < ends:
            time.sleep(0.02)
    assert desk.ledger.status(number).states == {"ready": 1}


# Serving it


def test_it_listens_on_loopback_only_and_says_what_is_in_the_way(desk: Desk) -> None:
    with serving(desk.board, TOKEN) as address:
        parts = urlsplit(address)
        assert (parts.hostname, parts.path) == ("127.0.0.1", f"/{TOKEN}/")
        link = HTTPConnection("127.0.0.1", parts.port, timeout=20)
        link.request("GET", f"/{TOKEN}/metrics")
        answer = link.getresponse()
        assert answer.status == 200 and "uvicorn" not in str(answer.headers)
        link.close()
        with pytest.raises(OutputError, match=f"cannot listen on port {parts.port}"):
            serve(desk.board, TOKEN, parts.port or 0)


def test_a_ledger_in_a_file_says_the_same_to_many_at_once(desk: Desk, tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.db"), clock=desk.clock)
    ledger.enrol("weekly", people(10, 2))
    made = frozen(ledger)
    send_all(ledger, made.id, lambda job: says(550, "5.2.2")(job) if job.subscriber == 1 else OK)
    shown = Board(ledger, {"weekly": "The weekly"}, clock=desk.seconds)
    with serving(shown, TOKEN) as address, ThreadPoolExecutor(8) as many:
        pages = list(many.map(lambda path: fetched(address + path), ["", f"issue/{made.id}", "metrics"] * 8))
    ledger.close()
    for overview, issue, metrics in zip(pages[::3], pages[1::3], pages[2::3], strict=True):
        assert "9 sent, 1 failed" in overview and "90 %" in issue
        assert 'feeds_latest_messages{newsletter="weekly",state="sent"} 9\n' in metrics


def fetched(address: str) -> str:
    """What stands at an address."""
    with urlopen(address, timeout=20) as answer:
        return str(answer.read().decode())


def test_the_board_of_a_project(project: Project) -> None:
    from feeds.job.sending import mailrooms

    project.write("feeds.toml", SETTINGS)
    with mailrooms(project.root) as rooms:
        found = board(rooms)
        assert isinstance(found, Board)
        assert (dict(found.newsletters), found.title) == ({"weekly": "The weekly", "daily": "News"}, "News")
        assert (found.accent, str(found.zone)) == ("#b4472f", "Europe/Berlin")
    with pytest.raises(SettingsError, match="has no newsletter"):
        board(())


SETTINGS = """\
[publication]
title = "News"
url = "https://example.org/"
accent = "#b4472f"
timezone = "Europe/Berlin"

[newsletter.weekly]
title = "The weekly"
sender = { name = "Example news", email = "news@example.org" }

[newsletter.daily]
sender = { name = "Example news", email = "daily@example.org" }
"""
