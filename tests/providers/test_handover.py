"""`feeds handover`: an issue goes to each service once, as a draft, and out when it is told to."""

from __future__ import annotations

import io
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from feeds.cli import main
from feeds.delivery.handover import notes
from tests.conftest import NOW, SETTINGS, Project
from tests.providers.campaigns import KEY, TOKEN, Campaigns
from tests.providers.fake import Fake, Says, serving

SERVICES = ("listmonk", "buttondown", "mailchimp")
LISTS = {"listmonk": ("--list", "3"), "buttondown": (), "mailchimp": ("--list", "a1b2c3")}
VARIABLES = {
    "FEEDS_LISTMONK_USER": "api",
    "FEEDS_LISTMONK_TOKEN": TOKEN,
    "FEEDS_BUTTONDOWN_KEY": TOKEN,
    "FEEDS_MAILCHIMP_KEY": KEY,
}
SECRETS = (TOKEN, KEY)


@dataclass
class Room:
    """A project with a drafted issue, and a service to give it to."""

    service: str
    project: Project
    fake: Fake
    campaigns: Campaigns
    capsys: pytest.CaptureFixture[str]
    told: list[str] = field(default_factory=list)

    def feeds(self, *arguments: str) -> tuple[int, str, str]:
        """A command in the project, and what it printed and said; never a secret."""
        try:
            status = main([*arguments, "-C", str(self.project.root), "--now", "2026-11-22T12:00"])
        except SystemExit as usage:
            status = int(usage.code or 0)
        out, talk = self.capsys.readouterr()
        assert "Traceback" not in talk
        self.told += [out, talk]
        return status, out, talk

    def hand_over(self, *more: str) -> tuple[int, str, str]:
        return self.feeds("handover", "weekly", "--to", self.service, *LISTS[self.service], *more)

    @property
    def state(self) -> str:
        return str(self.campaigns.only["status"])


Rooms = Callable[[str], AbstractContextManager[Room]]


def write(project: Project) -> None:
    """An article that looks like a template."""
    title = "{{ 1/0 }} and *|EMAIL|* {% now %}"
    project.article("first.md", f"title: '{title}'", "A text with {{ braces }}.\n")


@pytest.fixture(scope="session")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a drafted issue: composed once, for all the tests."""
    project = Project(tmp_path_factory.mktemp("drafted"))
    project.write("feeds.toml", SETTINGS)
    write(project)
    project.load().draft("weekly", NOW)
    return project.root


@pytest.fixture
def rooms(project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Rooms:
    """A room for any service, in a project without a draft."""
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody to ask

    @contextmanager
    def made(service: str) -> Iterator[Room]:
        campaigns = Campaigns(service)
        with serving(campaigns) as fake:
            monkeypatch.setenv("FEEDS_PROVIDER_URL", fake.url)
            monkeypatch.setenv("FEEDS_LISTMONK_URL", fake.url)
            yield Room(service, project, fake, campaigns, capsys)

    return made


@pytest.fixture(params=SERVICES)
def room(
    request: pytest.FixtureRequest, rooms: Rooms, drafted: Path, caplog: pytest.LogCaptureFixture
) -> Iterator[Room]:
    """Each of the services; whatever happens, its secret is nowhere to be read."""
    caplog.set_level(logging.DEBUG)
    with rooms(request.param) as made:
        shutil.copytree(drafted, made.project.root, dirs_exist_ok=True)
        yield made
    shown = [*made.told, *(f"{one.getMessage()} {one.args}" for one in caplog.records)]
    shown += [file.read_text("utf-8") for file in (made.project.root / "issues").rglob("*.*")]
    for secret in SECRETS:
        assert not [text for text in shown if secret in text]


def content(room: Room) -> tuple[str, str, str]:
    """Subject, HTML and text as the service has them."""
    one = room.campaigns.only
    if room.service == "listmonk":
        return one["subject"], one["body"], one["altbody"]
    if room.service == "buttondown":
        return one["subject"], one["body"], ""
    return one["settings"]["subject_line"], one["content"]["html"], one["content"]["plain_text"]


TAG = {"listmonk": "{{ UnsubscribeURL }}", "buttondown": "{{ unsubscribe_url }}", "mailchimp": "*|UNSUB|*"}


def test_an_issue_is_a_draft_there(room: Room) -> None:
    status, out, talk = room.hand_over()
    assert (status, out, room.state) == (0, "1\n", "save" if room.service == "mailchimp" else "draft")
    assert "is a draft there" in talk
    subject, html, text = content(room)
    assert TAG[room.service] in html
    assert room.service == "buttondown" or TAG[room.service] in text
    assert "https://example.org/unsubscribe" not in html + text
    assert "{{ 1/0 }}" not in subject + html + text or room.service == "mailchimp"
    assert "*|EMAIL|*" not in subject + html + text or room.service != "mailchimp"


def test_again_it_is_the_same_draft(room: Room) -> None:
    room.hand_over()
    room.project.article("second.md", "title: A second story\npublished: 2026-11-21")
    assert room.feeds("issue", "draft", "weekly")[0] == 0
    status, out, talk = room.hand_over()
    assert (status, out) == (0, "1\n")
    assert "the same draft" in talk
    assert "A second story" in content(room)[1]


def test_L05_sent_once_and_never_again(room: Room) -> None:
    status, _, talk = room.hand_over("--send", "--yes")
    assert (status, room.campaigns.kept) == (1, {})
    assert "not approved" in talk
    room.feeds("issue", "approve", "weekly")
    status, _, talk = room.hand_over("--send")
    assert (status, room.campaigns.kept) == (1, {})
    assert "Nothing is sent" in talk
    status, _, talk = room.hand_over("--send", "--yes")
    assert status == 0
    assert room.state in ("running", "about_to_send", "sending")
    for more in ((), ("--send", "--yes")):
        status, out, talk = room.hand_over(*more)
        assert (status, out, len(talk.splitlines())) == (1, "", 1)
        assert "already" in talk


def test_a_draft_sent_over_there_is_not_given_again(room: Room) -> None:
    room.hand_over()
    room.campaigns.only["status"] = {"listmonk": "finished"}.get(room.service, "sent")
    assert "already" in room.hand_over()[2]
    notes_file = room.project.root / "issues/weekly/0001.handed"
    assert json.loads(notes_file.read_text())[f"{room.service} en"]["state"] == "sent"


def test_a_draft_deleted_over_there_is_made_anew(room: Room) -> None:
    room.hand_over()
    first = room.campaigns.kept.pop("1")
    room.campaigns.kept["0"] = first
    status, out, _ = room.hand_over()
    assert (status, out) == (0, "2\n")


def test_an_answer_lost_while_sending_is_asked_for_later(room: Room) -> None:
    room.hand_over()
    room.feeds("issue", "approve", "weekly")
    before = len(room.fake.asked)
    room.hand_over()
    calls = len(room.fake.asked) - before  # what comes before the word to send
    usual = room.fake.answer

    def lose(asked: object) -> object:
        said = usual(asked)  # type: ignore[arg-type]
        return "drop" if room.state in ("running", "about_to_send", "sending") else said

    room.fake.answer = lose  # type: ignore[assignment]
    status, _, talk = room.hand_over("--send", "--yes")
    assert (status, len(talk.splitlines())) == (1, 1)
    assert "may have done it" in talk
    assert calls
    room.fake.answer = usual
    assert "already" in room.hand_over("--send", "--yes")[2]


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (Says(401, {"message": "no"}), "answers 401: no; look at its key"),
        (Says(422, {"detail": [{"msg": "wrong"}]}), "wrong"),
        (Says(500, b"<html>"), "answers 500"),
        (Says(302, b"", {"Location": "http://localhost:1/"}), "answers 302"),
        (Says(200, b"<html>"), "no JSON"),
        (Says(200, {"data": {}}), "without “id”"),
    ],
    ids=lambda says: str(getattr(says, "status", "")),
)
def test_what_a_service_refuses_is_one_line(room: Room, says: Says, words: str) -> None:
    room.fake.will.append(says)
    status, out, talk = room.hand_over()
    assert (status, out, len(talk.splitlines())) == (1, "", 1)
    assert words in talk
    assert not (room.project.root / "issues/weekly/0001.handed").exists()


def test_a_wrong_key_is_one_line(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "f" * 32 + "-us21"
    for name in ("FEEDS_LISTMONK_TOKEN", "FEEDS_BUTTONDOWN_KEY", "FEEDS_MAILCHIMP_KEY"):
        monkeypatch.setenv(name, other)
    status, _, talk = room.hand_over()
    assert (status, len(talk.splitlines())) == (1, 1)
    assert "look at its key" in talk
    assert other not in talk


def test_nobody_there_is_one_line(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FEEDS_PROVIDER_URL", "FEEDS_LISTMONK_URL"):
        monkeypatch.setenv(name, "http://localhost:1")
    status, _, talk = room.hand_over()
    assert (status, len(talk.splitlines())) == (1, 1)
    assert "cannot be reached" in talk


def test_what_feeds_itself_sends_is_not_handed_over(room: Room) -> None:
    issue = room.project.root / "issues/weekly/0001.json"
    sha256 = json.loads(issue.read_text())["sha256"]
    issue.with_suffix(".sent").write_text(f"issue/0001\n{sha256}\n")
    status, _, talk = room.hand_over()
    assert (status, room.campaigns.kept) == (1, {})
    assert "feeds send" in talk


def test_a_spoilt_note_is_named(room: Room) -> None:
    room.hand_over()
    (room.project.root / "issues/weekly/0001.handed").write_text("{")
    status, _, talk = room.hand_over()
    assert (status, len(talk.splitlines())) == (1, 1)
    assert "0001.handed" in talk


def test_the_note_is_no_issue(room: Room) -> None:
    room.hand_over()
    issue = room.project.load().desk("weekly", NOW).issues[0]
    assert notes.given_to(room.project.root, issue) == (room.service,)
    assert room.feeds("issue", "next", "weekly")[0] == 0


def test_json_for_a_program(room: Room) -> None:
    _, out, _ = room.hand_over("--json")
    told = {"issue": "weekly 1", "variant": "en", "service": room.service, "number": "1"}
    assert json.loads(out) == {**told, "created": True, "sent": False}


def test_each_variant_is_a_campaign_of_its_own(project: Project, rooms: Rooms) -> None:
    project.write("feeds.toml", SETTINGS + 'languages = ["en", "fr"]\n')
    project.article("deux.md", "title: Une histoire\nlanguage: fr\npublished: 2026-11-20")
    write(project)
    with rooms("listmonk") as room:
        room.feeds("issue", "draft", "weekly")
        status, _, talk = room.hand_over()
        assert (status, "say --variant" in talk) == (1, True)
        assert room.hand_over("--variant", "fr", "--template", "7")[0] == 0
        assert room.campaigns.only["template_id"] == 7
        assert room.hand_over("--variant", "en")[1] == "2\n"
        assert "no variant “de”" in room.hand_over("--variant", "de")[2]


@pytest.mark.parametrize(
    ("arguments", "unset", "words"),
    [
        (("--to", "mailchip"), "", "did you mean “mailchimp”?"),
        (("--to", "carrier pigeon"), "", "known are listmonk, buttondown, mailchimp"),
        (("--to", "listmonk"), "", "--list: is the number of a list"),
        (("--to", "listmonk", "--list", "three"), "", "--list: is the number of a list"),
        (("--to", "listmonk", "--list", "3"), "FEEDS_LISTMONK_URL", "FEEDS_LISTMONK_URL: is not set"),
        (("--to", "listmonk", "--list", "3"), "FEEDS_LISTMONK_TOKEN", "FEEDS_LISTMONK_TOKEN: is not set"),
        (("--to", "buttondown"), "FEEDS_BUTTONDOWN_KEY", "FEEDS_BUTTONDOWN_KEY: is not set"),
        (("--to", "buttondown", "--list", "3"), "", "nothing that Buttondown has"),
        (("--to", "buttondown", "--template", "3"), "", "is for listmonk alone"),
        (("--to", "mailchimp"), "", "--list: is the id of one audience"),
        (("--to", "mailchimp", "--list", "a"), "FEEDS_MAILCHIMP_KEY", "FEEDS_MAILCHIMP_KEY: is not set"),
        (("--to", "buttondown", "--issue", "9"), "", "has no issue 9"),
    ],
)
def test_G03_what_is_missing_is_named(
    rooms: Rooms,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    unset: str,
    words: str,
) -> None:
    with rooms("listmonk") as room:
        monkeypatch.delenv(unset, raising=False)
        status, out, talk = room.feeds("handover", "weekly", *arguments)
        assert (status, out, len(talk.splitlines())) == (1, "", 1)
        assert words in talk
        assert room.fake.asked == []


def test_without_a_draft_it_says_how_to_make_one(rooms: Rooms) -> None:
    with rooms("buttondown") as room:
        assert "run `feeds issue draft weekly`" in room.hand_over()[2]
