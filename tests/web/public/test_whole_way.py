"""The whole way: subscribed on the page, reached by an issue, gone by its button, reached no more."""

from __future__ import annotations

import email
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from feeds.job.sending import Mailroom
from tests.conftest import NOW, Project
from tests.web.public.conftest import House, Visitor, link_of

PAGE = "/newsletters/daily/subscribe"


def sent(house: House, project: Project, number: int) -> list[EmailMessage]:
    """Send the next issue of the daily to whoever is on its list; the messages that left."""
    environment = {"FEEDS_TRANSPORT": f"outbox:outbox{number}"}
    now = NOW + timedelta(days=number)
    room = Mailroom(project.load(), house.ledger, "daily", environment)
    room.deliver(room.freeze(room.plan(now), now), lambda progress: None, 0)
    files = sorted(Path(project.root / f"outbox{number}").glob("*.eml"))
    found = [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return [message for message in found if isinstance(message, EmailMessage)]


def paths(message: EmailMessage) -> list[str]:
    """The addresses below our own in a message, headers and both parts, as a link scanner finds them."""
    return sorted(
        {
            word.removeprefix("https://example.org")
            for part in message.walk()
            if part.get_content_maintype() == "text"
            for word in str(part.get_content()).replace('"', " ").replace("<", " ").split()
            if word.startswith("https://example.org/newsletters/")
        }
        | {str(message["List-Unsubscribe"]).strip("<>").removeprefix("https://example.org")}
    )


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_from_the_form_to_an_issue_and_out_by_its_button(
    house: House, visitor: Visitor, project: Project
) -> None:
    stamp = visitor.get(PAGE).field("time")
    house.clock.now += 5
    visitor.post(PAGE, {"email": "ann@example.net", "time": stamp})
    house.clerk.work()
    [confirming] = house.letters()
    visitor.post(link_of(confirming).removeprefix("https://example.org"), {})
    house.subscribe("bob@example.net", newsletter="daily")

    project.article("a.md", "title: One\npublished: 2026-11-01")
    first = sent(house, project, 0)
    assert [message["To"] for message in first] == ["ann@example.net", "bob@example.net"]
    [ours] = [message for message in first if message["To"] == "ann@example.net"]
    assert ours["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = paths(ours)
    assert any("/unsubscribe/" in path for path in found)
    for path in found:
        visitor.get(path)
    ann = house.ledger.find("daily", "ann@example.net")
    assert ann
    assert ann.state == "active"

    button = str(ours["List-Unsubscribe"]).strip("<>").removeprefix("https://example.org")
    assert visitor.ask("POST", button, b"List-Unsubscribe=One-Click").status == 200
    project.article("b.md", "title: Two\npublished: 2026-11-23")
    assert [message["To"] for message in sent(house, project, 1)] == ["bob@example.net"]
