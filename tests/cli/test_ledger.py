"""`feeds ledger copy`: what a person, a program and a script are told."""

from __future__ import annotations

import json

from tests.cli.conftest import Feeds
from tests.conftest import Project

LIST = b"email,state\na@example.org,active\nb@example.org,unsubscribed\n"


def test_a_ledger_is_copied_and_used(feeds: Feeds, newsroom: Project) -> None:
    feeds("subscribers", "import", "-", stdin=LIST)
    ran = feeds("ledger", "copy", ".feeds/ledger.db", "sqlite:copy.db")
    assert ran.status == 0
    assert "subscriber: 2 rows\n" in ran.out
    assert "secret: 1 row\n" in ran.out
    assert ran.talk.startswith("Both hold the same: every row of every table was read again")
    assert "FEEDS_LEDGER" in ran.talk
    (newsroom.root / ".feeds/ledger.db").unlink()
    (newsroom.root / "copy.db").rename(newsroom.root / ".feeds/ledger.db")
    assert feeds("subscribers", "show", "a@example.org").status == 0


def test_a_program_gets_the_hashes_and_never_one_of_the_secret(feeds: Feeds) -> None:
    feeds("subscribers", "import", "-", stdin=LIST)
    told = json.loads(feeds("ledger", "copy", ".feeds/ledger.db", "copy.db", "--json").out)
    by_name = {one["table"]: one for one in told}
    assert by_name["subscriber"]["rows"] == 2
    assert len(by_name["subscriber"]["sha256_sum"]) == 64
    assert by_name["secret"] == {"table": "secret", "rows": 1}


def test_a_target_that_is_not_empty_is_one_line(feeds: Feeds) -> None:
    feeds("subscribers", "import", "-", stdin=LIST)
    assert feeds("ledger", "copy", ".feeds/ledger.db", "copy.db").status == 0
    again = feeds("ledger", "copy", ".feeds/ledger.db", "copy.db")
    assert (again.status, again.out) == (1, "")
    assert again.talk == "TO: is not empty (subscriber); a ledger is copied only to where none is\n"
    assert feeds("ledger", "copy", "nothing.db", "other.db").talk.startswith("FROM: is not there")
    assert feeds("ledger", "copy").status == 2
