"""`feeds send` by a provider: the whole job, a doubt, a wrong key; and its secret in nothing that is kept."""

from __future__ import annotations

import json
import logging
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feeds.cli import main
from tests.conftest import Project
from tests.providers.conftest import ADDRESSES, SECRETS, Stand, standing
from tests.providers.contracts import SECRET
from tests.providers.fake import Says
from tests.test_cli import process as command

Feeds = Callable[..., tuple[int, str, str]]
READERS = [f"r{number}@example.net" for number in range(4)]


@pytest.fixture
def feeds(
    project: Project,
    quick_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Feeds]:
    """Commands in a project with a newsletter and its readers; the secret shows up nowhere."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("FEEDS_LEDGER", str(quick_folder / "ledger.db"))
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    told: list[str] = []

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main([*arguments, "-C", str(project.root)])
        out, talk = capsys.readouterr()
        told.extend((out, talk))
        return status, out, talk

    project.article("first.md", "title: The first story", "It has a text of its own.\n")
    rows = project.write("../list.csv", "address\n" + "".join(f"{one}\n" for one in READERS))
    assert run("subscribers", "import", str(rows), "--how", "asked")[0] == 0
    yield run
    kept = [file for file in (*project.root.rglob("*"), *quick_folder.rglob("*")) if file.is_file()]
    assert not [file for file in kept if SECRET.encode() in file.read_bytes()]
    logged = [f"{record.getMessage()} {record.args}" for record in caplog.records]
    assert not [text for text in (*told, *logged) if SECRET in text]
    assert not [text for text in logged if any(reader in text for reader in READERS)]


def by(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDS_TRANSPORT", ADDRESSES[stand.name])
    monkeypatch.setenv("FEEDS_PROVIDER_URL", stand.fake.url)


def test_the_whole_job(stand: Stand, feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    by(stand, monkeypatch)
    status, out, _ = feeds("send", "--yes", "--json")
    assert (status, json.loads(out)["sent"]) == (0, len(READERS))
    assert len(stand.taken.content) == len(READERS)
    assert feeds("send", "--yes")[0] == 0
    assert len(stand.fake.asked) == len(READERS)


@pytest.mark.parametrize("stand", ["postmark", "resend"], indirect=True)
def test_E14_a_lost_answer_is_held_and_named(
    stand: Stand, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    by(stand, monkeypatch)
    stand.fake.will.append("drop")
    _, out, _ = feeds("send", "--yes", "--json", "--wait", "0")
    told = json.loads(out)
    if stand.name == "resend":
        assert (told["in_doubt"], told["deferred"], told["left"]) == (0, 1, 1)
    else:
        assert (told["sent"], told["in_doubt"]) == (len(READERS) - 1, 1)
        assert "in doubt" in "".join(feeds("status")[1:])
    assert len(stand.fake.asked) == len(READERS)


def test_S01_killed_before_the_answer_is_written_down(
    project: Project, feeds: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing("mailgun") as stand:
        by(stand, monkeypatch)
        died = command("send", "--yes", "-C", project.root, cwd=None, FEEDS_FAULT="http after-answer:2")
        assert died.returncode == -signal.SIGKILL
        feeds("send", "--yes", "--wait", "0")
        assert sorted(to for one in stand.taken.content.values() for to in one["to"]) == READERS
        # Nobody knows of what was under way until its lease ends; it is not given to Mailgun again.
        assert "sending" in "".join(feeds("status")[1:])


def test_a_wrong_key_pauses_at_the_first_message(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    with standing("ses") as stand:
        by(stand, monkeypatch)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret")
        status, out, _ = feeds("send", "--yes", "--json", "--wait", "0")
        told = json.loads(out)
        assert (status, told["state"], told["left"]) == (1, "paused", len(READERS))
        assert stand.taken.content == {}
        assert "another-secret" not in "".join(feeds("status")[1:])


def test_a_dead_address_is_suppressed(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    with standing("postmark") as stand:
        by(stand, monkeypatch)
        words = f"marked as inactive: {READERS[0]}"
        stand.fake.will.append(Says(422, {"ErrorCode": 406, "Message": words}))
        _, out, _ = feeds("send", "--yes", "--json")
        assert json.loads(out)["refused"] == 1
        assert feeds("subscribers", "stats")[1].count("suppressed") == 1


def test_one_message_as_a_test(feeds: Feeds, monkeypatch: pytest.MonkeyPatch) -> None:
    with standing("resend") as stand:
        by(stand, monkeypatch)
        status, out, _ = feeds("send", "--test", "you@example.org")
        assert status == 0
        assert "provider" in out  # its number, by which the provider finds it again
        assert len(stand.taken.content) == 1
