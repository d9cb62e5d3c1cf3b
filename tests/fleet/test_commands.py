"""The commands where a fleet is at work: `feeds send` hands the work over and looks on."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from threading import Thread

import pytest

from feeds.cli import main
from tests.delivery.examples import people
from tests.delivery_messages.sink import late, say
from tests.fleet.conftest import Office, wait_until
from tests.fleet.crew import Counting, Hand, crew

only_a_fleet = pytest.mark.parametrize("office", ["procrastinate"], indirect=True)
BEFORE = "2026-11-25T12:00+00:00"


@pytest.fixture
def feeds(office: Office, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """A command in the project: its exit status, what it printed, and what it said."""

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main([*arguments, "-C", str(office.project.root), "--now", BEFORE])
        return status, *capsys.readouterr()

    return run


Feeds = Callable[..., tuple[int, str, str]]


@only_a_fleet
def test_send_hands_over_and_looks_on_and_status_shows_who_works(
    office: Office, feeds: Feeds, fresh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = office.project.write("now", BEFORE)
    with Counting({"dot": late(0.2, say("250 2.0.0 taken"))}).running() as sink:
        way = {"FEEDS_LEDGER": fresh, "FEEDS_TRANSPORT": f"smtp+plain://127.0.0.1:{sink.port}"}
        with crew(Hand(office.project.root, way, now), 1) as workers:
            wait_until(lambda: bool(office.ledger.workers()))
            name = office.ledger.workers()[0].name
            Thread(target=_interrupted, args=(lambda: len(sink.taken) > 7,)).start()
            status, _, talk = feeds("send", "--yes")
            assert (status, "The workers go on with it" in talk) == (130, True)
            wait_until(lambda: bool(office.ledger.workers()[0].doing))
            _, out, _ = feeds("status")
            assert re.search(rf"^worker {name}, since 20.* UTC: weekly 0001, lanes? [1-4]", out, re.MULTILINE)
            assert feeds("pause")[2] == "weekly 0001 is paused.\n"
            taken = len(sink.taken)
            assert 0 < taken < 30
            status, out, talk = feeds("send", "--yes", "--json")
            assert (status, json.loads(out)["state"]) == (0, "done")
            assert "weekly issue/0001: done" in talk
            told = json.loads(feeds("status", "--json")[1])[0]
            assert [worker["name"] for worker in told["workers"]] == [name]
        assert sink.readers == dict.fromkeys((one.address for one in people(30)), 1)
    assert workers[0].exitcode == 128 + signal.SIGTERM
    assert "worker" not in feeds("status")[1]


def _interrupted(when: Callable[[], bool]) -> None:
    """Ctrl-C, at a moment."""
    wait_until(when)
    signal.raise_signal(signal.SIGINT)


@only_a_fleet
def test_without_workers_send_sends_by_itself(office: Office, feeds: Feeds) -> None:
    assert feeds("send", "--yes")[0] == 0
    assert len(office.sent) == 30


@pytest.mark.parametrize("office", ["embedded"], indirect=True)
def test_a_worker_needs_postgresql(feeds: Feeds, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FEEDS_LEDGER")
    status, out, talk = feeds("worker")
    assert (status, out, talk.count("\n")) == (1, "", 1)
    assert talk.startswith("FEEDS_LEDGER: is not set to postgresql://…")
