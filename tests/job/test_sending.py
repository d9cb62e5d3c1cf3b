"""What is sent, to whom, and that nothing goes out twice."""

from __future__ import annotations

import json
import re
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from feeds.delivery import tokens
from feeds.delivery.ledger import open_ledger
from feeds.errors import BusyError, DeliveryError
from feeds.job.sending import Mailroom
from feeds.newsletter import shelf
from feeds.newsletter.frozen import EmptyIssueError, IssueError
from tests.conftest import NOW
from tests.job.conftest import Office, deliver


def messages(office: Office) -> list[EmailMessage]:
    """Every message of the outbox, of every issue."""
    return [
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in (office.project.root / "outbox").glob("*.eml")
    ]


def outbox(office: Office) -> dict[str, EmailMessage]:
    """Each message, by whom it is to, where nobody has two."""
    found = {str(message["To"]): message for message in messages(office)}
    assert len(found) == len(messages(office))
    return found


def test_an_issue_reaches_every_subscriber_once(office: Office) -> None:
    assert office.send().state == "done"
    assert office.sent == ["ada@example.org", "bob@example.net"]
    with pytest.raises(EmptyIssueError, match="nothing to send"):
        office.room.plan(office.now)


def test_each_message_leads_its_own_reader_out(office: Office) -> None:
    office.send()
    key = office.ledger.key(tokens.KEY)
    for address, message in outbox(office).items():
        who = office.ledger.find("weekly", address)
        assert who
        links = tokens.links("https://example.org/", "weekly", who.id, who.epoch, key)
        assert message["List-Unsubscribe"] == f"<{links.unsubscribe}>"
        for part in ("plain", "html"):
            body = message.get_body((part,))
            assert body and links.unsubscribe in body.get_content()


def test_what_was_approved_goes_out_to_the_byte(office: Office) -> None:
    publication = office.project.load()
    drafted, _ = publication.draft("weekly", NOW)
    publication.approve("weekly", NOW, by="the editor")
    office.project.article("second.md", "title: A later story")
    plan = office.room.plan(office.now)
    assert plan.issue and plan.issue.sha256 == drafted.issue.sha256
    assert plan.issue.approved and plan.issue.approved.by == "the editor"
    office.send()
    assert all("later story" not in message.as_string() for message in outbox(office).values())
    office.send()  # the later story is news of its own
    assert any("later story" in message.as_string() for message in messages(office))


def test_a_draft_that_nobody_approved_is_made_anew(office: Office) -> None:
    office.project.load().draft("weekly", NOW)
    office.project.article("second.md", "title: A later story")
    plan = office.room.plan(office.now)
    assert plan.issue and [one.title for one in plan.issue.articles][-1:] == ["A later story"]


def test_S09_an_edit_after_the_freeze_changes_nothing(office: Office) -> None:
    mailing = office.room.freeze(office.room.plan(office.now), office.now)
    office.project.article("first.md", "title: Another title")
    assert deliver(office.room, mailing).state == "done"
    assert all("The first story" in str(message["Subject"]) for message in outbox(office).values())


def test_with_approval_asked_for_nothing_else_is_sent(office: Office) -> None:
    settings = (office.project.root / "feeds.toml").read_text()
    office.project.write("feeds.toml", settings + "approval = true\n")
    with pytest.raises(DeliveryError, match="has no approved issue"):
        office.room.plan(office.now)
    office.project.load().draft("weekly", NOW)
    with pytest.raises(DeliveryError, match="has no approved issue"):
        office.room.plan(office.now)
    office.project.load().approve("weekly", NOW)
    assert office.send().state == "done"


def test_a_fatal_finding_stops_a_send(office: Office) -> None:
    office.project.write(
        "templates/digest.mjml",
        '{% extends "package/digest.mjml" %}{% block masthead %}<mj-section><mj-column><mj-text>'
        "undefined</mj-text></mj-column></mj-section>{% endblock %}",
    )
    with pytest.raises(IssueError, match="undefined"):
        office.room.plan(office.now)
    assert not (office.project.root / "issues").exists()


def test_each_reader_gets_the_variant_of_their_wishes(office: Office) -> None:
    settings = (office.project.root / "feeds.toml").read_text()
    office.project.write("feeds.toml", settings + 'languages = ["en", "fr"]\ntopics = ["space"]\n')
    office.project.article("fr.md", "title: Une nouvelle\nlanguage: fr\ntags: [space]")
    office.subscribe("zoe@example.org", language="fr")
    office.subscribe("tom@example.org", topics=("space",))
    plan = office.room.plan(office.now)
    assert plan.audiences == {"en": 2, "fr": 1}  # of space there is nothing in English this week
    office.send()
    assert {str(made["To"]): made["Content-Language"] for made in outbox(office).values()} == {
        "ada@example.org": "en",
        "bob@example.net": "en",
        "zoe@example.org": "fr",
    }


def test_a_test_sends_the_exact_bytes_and_records_nothing(office: Office) -> None:
    plan = office.room.plan(office.now)
    assert office.room.test(plan, "ada@example.org").accepted
    assert [message["To"] for message in messages(office)] == ["ada@example.org"]
    assert office.ledger.mailings("weekly") == ()
    office.send()
    proof, sent = (message for message in messages(office) if message["To"] == "ada@example.org")
    assert proof.get_body(("html",)) and sent.get_body(("html",))
    assert proof.get_body(("html",)).get_content() == sent.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_a_test_of_an_unknown_variant_names_those_there_are(office: Office) -> None:
    with pytest.raises(DeliveryError, match="has no variant “de”; known are en"):
        office.room.test(office.room.plan(office.now), "ada@example.org", "de")


def test_a_rehearsal_writes_every_message_and_records_nothing(office: Office, tmp_path: Path) -> None:
    office.subscribe("gone@example.org")
    gone = office.ledger.find("weekly", "gone@example.org")
    assert gone and office.ledger.unsubscribe(gone.id)
    plan = office.room.plan(office.now)
    assert [reply.accepted for reply in office.room.rehearse(plan, tmp_path / "look")] == [True, True]
    assert office.ledger.mailings("weekly") == ()


def test_L01_two_at_once_send_once(office: Office) -> None:
    mailing = office.room.freeze(office.room.plan(office.now), office.now)
    with office.ledger.sending("weekly"), pytest.raises(BusyError, match="another process"):
        deliver(office.room, mailing)


def test_a_second_sender_with_an_older_plan_goes_on_with_the_first_ones(office: Office) -> None:
    mine, theirs = office.room.plan(office.now), office.room.plan(office.now)
    first = office.room.freeze(mine, office.now)
    assert office.room.freeze(theirs, office.now) == first


def test_an_article_goes_out_once_even_where_the_shelf_was_forgotten(office: Office) -> None:
    office.send()
    for file in (office.project.root / "issues/weekly").iterdir():
        file.unlink()
    with pytest.raises(IssueError, match="carries “The first story”, as an earlier issue did"):
        office.send()


def test_S16_after_a_backup_was_put_back_nothing_goes_out_again(office: Office, tmp_path: Path) -> None:
    office.send()
    backup = open_ledger(str(tmp_path / "last-week.db"))
    room = Mailroom(office.project.load(), backup, "weekly", {})
    backup.enrol("weekly", list(_entries(office)))
    with pytest.raises(IssueError, match=r"given to another ledger.*feeds ledger restored"):
        room.plan(office.now)
    assert room.close_old() == 1
    with pytest.raises(EmptyIssueError):
        room.plan(office.now)
    office.project.article("second.md", "title: A later story")
    assert deliver(room, room.freeze(room.plan(office.now), office.now)).state == "done"
    subjects = Counter(str(message["Subject"]) for message in messages(office))
    assert subjects == {"The first story": 2, "A later story": 2}
    backup.close()


def test_what_was_under_way_in_the_backup_is_closed(office: Office) -> None:
    office.room.freeze(office.room.plan(office.now), office.now)
    assert office.room.close_old() == 1
    assert office.room.current() is None


def test_a_note_of_the_shelf_that_was_tampered_with_is_refused(office: Office) -> None:
    office.send()
    [issue] = shelf.read(office.project.root, "weekly")
    office.project.write("issues/weekly/0001.sent", "issue/0001\nfedcba\n")
    with pytest.raises(IssueError, match="belongs to another issue"):
        office.room.plan(office.now)
    office.project.write("issues/weekly/0001.sent", "")
    with pytest.raises(IssueError, match="cannot be read"):
        office.room.plan(office.now)
    assert issue.approved


def test_no_address_stands_in_what_is_committed(office: Office) -> None:
    office.send()
    for file in (office.project.root / "issues/weekly").iterdir():
        assert not re.search("ada@|bob@", file.read_text())
    assert json.loads((office.project.root / "issues/weekly/0001.json").read_text())["approved"]


def _entries(office: Office):  # type: ignore[no-untyped-def]
    from feeds.delivery.subscribers import Entry

    for who in office.ledger.subscribers("weekly"):
        yield Entry(address=who.address, domain=who.domain)
