"""What comes back, on the command line: noted where it bears a proof of ours, and ignored elsewhere."""

from __future__ import annotations

import json
import mailbox
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from feeds import config
from feeds.delivery.verp import Verp
from feeds.job.opening import opened, return_paths
from tests.cli.conftest import Feeds
from tests.conftest import Project
from tests.delivery.examples import draft, people, send_all
from tests.delivery_messages.test_bounces import complaint, dsn

READERS = 6


class Sent:
    """An issue that went to six readers, and what reports about it are addressed to."""

    def __init__(self, project: Project, name: str = "weekly") -> None:
        self.root, self.name = project.root, name
        settings = config.read(project.root / "feeds.toml").newsletter[name]
        with opened(self.root) as ledger:
            ledger.enrol(name, people(READERS))
            made = ledger.freeze(replace(draft("2026-W47"), newsletter=name))
            assert made
            ledger.begin(made.id)
            send_all(ledger, made.id)
            self.issue, self.verp = made.id, return_paths(ledger, settings)
            self.readers = [one.id for one in ledger.subscribers(name)]

    def path(self, reader: int) -> str:
        """The return path of one reader's message."""
        return self.verp.return_path(self.issue, self.readers[reader])

    def number(self, reader: int) -> str:
        """The Message-ID of one reader's message."""
        return self.verp.message_id(self.issue, self.readers[reader])

    def suppressed(self) -> list[str]:
        """Why nothing is sent to each reader."""
        with opened(self.root) as ledger:
            return [one.suppressed for one in ledger.subscribers(self.name)]

    def states(self) -> dict[str, int]:
        """How the issue stands."""
        with opened(self.root) as ledger:
            return dict(ledger.status(self.issue).states)


@pytest.fixture
def sent(newsroom: Project) -> Sent:
    """An issue that was sent."""
    return Sent(newsroom)


def maildir(root: Path, messages: Sequence[bytes]) -> mailbox.Maildir:
    """A Maildir with these messages, half of them seen by another program."""
    box = mailbox.Maildir(root / "returned")
    for number, raw in enumerate(messages):
        made = mailbox.MaildirMessage(raw)
        if number % 2:
            made.set_subdir("cur")
            made.add_flag("S")
        box.add(made)
    return box


def test_a_message_on_standard_input_suppresses_who_does_not_exist(feeds: Feeds, sent: Sent) -> None:
    ran = feeds("bounces", stdin=dsn(sent.path(2)))
    assert (ran.status, ran.out, ran.talk) == (0, "no such mailbox: 1\n", "1 message read.\n")
    assert sent.suppressed() == ["", "", "failed: nobody", "", "", ""]
    assert sent.states() == {"sent": READERS - 1, "failed": 1}
    again = feeds("bounces", "--json", stdin=dsn(sent.path(2)))
    assert json.loads(again.out) == {
        "nobody": 0,
        "trouble": 0,
        "complaint": 0,
        "nothing": 0,
        "known": 1,
        "foreign": 0,
    }


def test_a_complaint_is_the_last_word_and_leaves_the_message_sent(feeds: Feeds, sent: Sent) -> None:
    assert feeds("bounces", stdin=complaint(f"Message-ID: {sent.number(0)}")).out == "complaints: 1\n"
    assert sent.suppressed()[0] == "failed: complaint"
    assert sent.states() == {"sent": READERS}


@pytest.mark.parametrize(
    ("action", "status"), [("failed", "5.2.2"), ("delayed", "4.2.0"), ("failed", "5.7.1")]
)
def test_E19_one_soft_bounce_changes_nobodys_state(
    feeds: Feeds, sent: Sent, action: str, status: str
) -> None:
    assert feeds("bounces", stdin=dsn(sent.path(1), action, status, said="smtp; no")).status == 0
    assert sent.suppressed() == [""] * READERS
    assert json.loads(feeds("subscribers", "stats", "--json").out)["states"] == {"active": READERS}


def test_E19_a_mailbox_that_fails_in_three_issues_is_given_up(
    feeds: Feeds, newsroom: Project, sent: Sent
) -> None:
    for slot in ("2026-W48", "2026-W49", None):
        assert sent.suppressed()[1] == ""
        assert feeds("bounces", stdin=dsn(sent.path(1), status="5.2.2", said="smtp; full")).out.startswith(
            "not delivered this time"
        )
        if slot:
            with opened(newsroom.root) as ledger:
                made = ledger.freeze(draft(slot, articles=()))
                assert made
                ledger.begin(made.id)
                sent.issue = made.id
                with ledger.sender() as sender:
                    claim = sender.claim(made.id, READERS)
                    begun = sender.step(claim, [], claim.jobs).begun
                    assert len(begun) == READERS
    assert sent.suppressed()[1] == "failed: trouble"


def forged(sent: Sent) -> list[bytes]:
    """Reports that anybody could have written, or that are none."""
    stranger = Verp(sent.verp.domain, (b"somebody else's key",))
    path = sent.path(3)
    other = path.replace(f"-{sent.readers[3]:x}-", f"-{sent.readers[4]:x}-")
    assert other != path
    return [
        dsn(stranger.return_path(sent.issue, sent.readers[3])),
        dsn(other),
        dsn("reader@example.org").replace(b"reader@example.net", b"r3@d0.example.org"),
        dsn("postmaster@example.org").replace(b"Subject: What happened\n", dsn(path)),
        complaint(f"Message-ID: {stranger.message_id(sent.issue, sent.readers[3])}"),
        b"Subject: hello\n\nA letter to the editor.\n",
        b"",
        b"\xff\xfe\0" * 1000,
    ]


def test_E18_forged_reports_change_nothing_and_stay(feeds: Feeds, newsroom: Project, sent: Sent) -> None:
    for raw in forged(sent):
        ran = feeds("bounces", stdin=raw)
        assert (ran.status, ran.out) == (0, "not about a message of ours: 1\n")
        assert ran.talk == "1 message read, of which 1 changed nothing.\n"
    box = maildir(newsroom.root, forged(sent))
    ran = feeds("bounces", "returned", "--json")
    assert json.loads(ran.out)["foreign"] == len(box) == len(forged(sent))
    assert sent.suppressed() == [""] * READERS
    assert sent.states() == {"sent": READERS}


def test_E18_automatic_answers_and_endless_reports_are_of_no_consequence(feeds: Feeds, sent: Sent) -> None:
    away = f"To: {sent.path(0)}\nAuto-Submitted: auto-replied\nSubject: Away\n\nuser unknown\n".encode()
    assert feeds("bounces", stdin=away).out == "of no consequence: 1\n"
    nested = b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' * 1000
    assert feeds("bounces", stdin=f"To: {sent.path(0)}\n".encode() + nested).out.startswith("not about")
    assert feeds("bounces", stdin=dsn(sent.path(0)) + b"x" * 40_000_000).out == "no such mailbox: 1\n"
    assert sent.suppressed()[1:] == [""] * (READERS - 1)


def test_a_maildir_is_emptied_of_what_was_settled(feeds: Feeds, newsroom: Project, sent: Sent) -> None:
    letter = b"Subject: hello\n\nA letter to the editor.\n"
    reports = [
        dsn(sent.path(0)),
        dsn(sent.path(1), status="5.2.2", said="smtp; full"),
        complaint(f"Return-Path: <{sent.path(2)}>"),
        dsn(sent.path(3), action="delayed", status="4.4.1", said="smtp; busy"),
        letter,
        dsn(sent.path(0)),
    ]
    box = maildir(newsroom.root, reports)
    ran = feeds("bounces", "returned")
    assert ran.out.splitlines() == [
        "no such mailbox: 1",
        "not delivered this time: 1",
        "complaints: 1",
        "of no consequence: 1",
        "known already: 1",
        "not about a message of ours: 1",
    ]
    assert ran.talk == "6 messages read, of which 1 changed nothing.\n"
    assert [message.as_bytes() for message in box] == [letter]
    assert sent.suppressed() == ["failed: nobody", "", "failed: complaint", "", "", ""]
    assert feeds("bounces", "returned").talk == "1 message read, of which 1 changed nothing.\n"


def test_each_newsletter_has_return_paths_at_its_own_domain(feeds: Feeds, two: Project) -> None:
    weekly, daily = Sent(two), Sent(two, "daily")
    assert weekly.path(0).endswith("@example.org") and daily.path(0).endswith("@mail.example.org")
    for sent in (weekly, daily):
        assert feeds("bounces", stdin=dsn(sent.path(0))).out == "no such mailbox: 1\n"
        assert feeds("bounces", stdin=complaint(f"Message-ID: {sent.number(1)}")).out == "complaints: 1\n"
        assert sent.suppressed()[:2] == ["failed: nobody", "failed: complaint"]
    foreign = weekly.path(2).replace("@example.org", "@mail.example.org.evil.example")
    assert feeds("bounces", stdin=dsn(foreign)).out == "not about a message of ours: 1\n"


def test_a_report_about_somebody_who_was_erased_is_of_no_more_use(feeds: Feeds, sent: Sent) -> None:
    feeds("subscribers", "erase", "r0@d0.example.org")
    ran = feeds("bounces", stdin=dsn(sent.path(0)))
    assert ran.status == 0
    assert sent.suppressed() == [""] * (READERS - 1)
    with opened(sent.root) as ledger:
        assert ledger.suppressed("r0@d0.example.org") == "erased"


def test_what_is_no_maildir_is_one_line(feeds: Feeds, newsroom: Project) -> None:
    ran = feeds("bounces", "content")
    assert (ran.status, ran.out) == (1, "")
    assert ran.talk == "content: is no Maildir; it has no folders new, cur and tmp\n"
    assert feeds("bounces", "nowhere").status == 1


def test_the_mail_server_is_asked_to_come_again_when_the_ledger_cannot_be_had(
    feeds: Feeds, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postfix takes any other status as a refusal, and what came back would be lost."""
    monkeypatch.setenv("FEEDS_LEDGER", str(sent.root / "content"))
    ran = feeds("bounces", stdin=dsn(sent.path(0)))
    assert (ran.status, ran.out) == (75, "")
    assert ran.talk.count("\n") == 1
    monkeypatch.delenv("FEEDS_LEDGER")
    assert sent.suppressed() == [""] * READERS


def test_a_closed_standard_input_is_one_line(newsroom: Project) -> None:
    ran = subprocess.run(
        f"{sys.executable} -m feeds bounces -C {newsroom.root} <&-",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (75, "")
    assert ran.stderr == "stdin: is closed; give it a file, with <\n"


def test_E18_what_is_not_looked_at_is_taken_all_the_same(newsroom: Project) -> None:
    """Who pipes a message to us must not find the pipe closed."""
    piped = f"yes | head -c 5000000 | {sys.executable} -m feeds bounces -C {newsroom.root}"
    ran = subprocess.run(
        ["bash", "-c", piped + '; echo "${PIPESTATUS[1]} ${PIPESTATUS[2]}"'],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "not about a message of ours: 1\n0 0\n"
