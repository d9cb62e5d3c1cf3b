"""The verbs of subscribers and bounces over PostgreSQL: the same answers, and one line when it has gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds import config
from feeds.job.opening import opened, return_paths
from tests.cli.conftest import Feeds
from tests.conftest import Project
from tests.delivery import servers
from tests.delivery.examples import draft, send_all
from tests.delivery_messages.test_bounces import dsn

LIST = b"email,state\na@example.org,active\nb@example.org,unsubscribed\nc@example.org,active\n"


def test_a_list_lives_in_postgresql_and_its_end_is_one_line(
    feeds: Feeds, newsroom: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.postgresql() as server:
        monkeypatch.setenv("FEEDS_LEDGER", servers.fresh(server, "cli"))
        added = feeds("subscribers", "import", "-", stdin=LIST)
        assert added.talk == "weekly: 3 added, 0 known, 0 suppressed, 0 refused.\n"
        assert feeds("bounces", stdin=dsn(_sent_to_first(newsroom.root))).out == "no such mailbox: 1\n"
        assert "suppressed: failed: nobody\n" in feeds("subscribers", "show", "a@example.org").out
        assert feeds("subscribers", "remove", "c@example.org").status == 0
        assert feeds("subscribers", "erase", "B@example.org").talk.startswith("Erased from 1 list.")
        again = feeds("subscribers", "import", "-", stdin=LIST)
        assert again.talk == "weekly: 0 added, 1 known, 2 suppressed, 0 refused.\n"
        exported = feeds("subscribers", "export").out
        assert [line.split(",")[:2] for line in exported.splitlines()[1:]] == [
            ["a@example.org", "unsubscribed"],
            ["c@example.org", "unsubscribed"],
        ]
        assert not (newsroom.root / ".feeds").exists()
    for arguments in (("subscribers", "stats"), ("subscribers", "erase", "a@example.org")):
        ran = feeds(*arguments)
        assert (ran.status, ran.out, ran.talk.count("\n")) == (1, "", 1)
        assert ran.talk.startswith("FEEDS_LEDGER: does not answer")
    assert feeds("bounces", stdin=dsn()).status == 75


def _sent_to_first(root: Path) -> str:
    """Send an issue; the return path of the first reader's message."""
    settings = config.read(root / "feeds.toml").newsletter["weekly"]
    with opened(root) as ledger:
        made = ledger.freeze(draft())
        assert made
        ledger.begin(made.id)
        assert send_all(ledger, made.id) == ["a@example.org", "c@example.org"]
        first = next(iter(ledger.subscribers("weekly")))
        return return_paths(ledger, settings).return_path(made.id, first.id)
