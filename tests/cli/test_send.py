"""`feeds send` and what steers it, by SMTP, against a server that logs before it answers."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

from feeds.cli import main
from feeds.errors import FeedsError
from tests.conftest import Project
from tests.delivery_messages.sink import Sink, late, say, wait_until
from tests.test_cli import process

READERS = 60
CONNECTIONS = 4


@pytest.fixture
def news(project: Project, quick_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A weekly newsletter with an article, and two subscribers."""
    monkeypatch.setenv("FEEDS_LEDGER", str(quick_folder / "ledger.db"))
    project.article("first.md", "title: The first story", "It has a text of its own.\n")
    enrol(project, 2)
    return project


def enrol(project: Project, count: int) -> None:
    """Put so many on the list."""
    rows = project.write("../list.csv", "address\n" + "".join(f"r{n}@example.org\n" for n in range(count)))
    assert run(project, "subscribers", "import", str(rows), "--how", "asked")[0] == 0


def run(
    project: Project, *arguments: str, sink: Sink | None = None, **environment: str
) -> tuple[int, str, str]:
    """A command in the project, in this process: its status and its two streams."""
    out, talk = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, _way(sink) | environment),
        patch("sys.stdin", io.StringIO()),
        redirect_stdout(out),
        redirect_stderr(talk),
    ):
        try:
            status = main([*arguments, "-C", str(project.root)])
        except FeedsError as refusal:  # which `feeds` itself would have said
            pytest.fail(str(refusal))
    return status, out.getvalue(), talk.getvalue()


def killed(project: Project, point: str, sink: Sink) -> int:
    """The exit status of a `feeds send` that dies at a point."""
    return process("send", "--yes", "-C", project.root, cwd=None, FEEDS_FAULT=point, **_way(sink)).returncode


def _way(sink: Sink | None) -> dict[str, str]:
    return {"FEEDS_TRANSPORT": f"smtp+plain://127.0.0.1:{sink.port}"} if sink else {}


def readers(sink: Sink) -> Counter[str]:
    """How often each reader was sent a message that the server took."""
    found = (re.search(rb"(?m)^To: (\S+)\r$", message) for message in sink.taken)
    return Counter(match[1].decode() for match in found if match)


def test_the_whole_job(news: Project) -> None:
    with Sink().running() as sink:
        status, _, talk = run(news, "send", "--yes", sink=sink)
    assert status == 0
    assert "weekly 1: “The first story”" in talk
    assert "en: 2 subscribers" in talk
    assert "done, 2 sent" in talk
    assert readers(sink) == {"r0@example.org": 1, "r1@example.org": 1}
    status, told, _ = run(news, "status", "--json")
    [issue] = json.loads(told)
    assert (status, issue["name"], issue["states"]["sent"]) == (0, "weekly 0001", 2)
    assert run(news, "status")[1].startswith("weekly 0001: done, 2 recipients\n")
    _, story, _ = run(news, "why", "r0@example.org")
    assert re.match(r"weekly: active, consent “asked”.*\n  issue/0001: sent .*, variant en, 250", story)
    assert run(news, "send", "--yes")[2].endswith("an issue needs a new article. Nothing is sent.\n")


def test_no_address_of_a_subscriber_is_said(news: Project) -> None:
    with Sink({"rcpt": say("550 5.1.1 r0@example.org is unknown here")}).running() as sink:
        _, told, talk = run(news, "send", "--yes", sink=sink)
    assert "example.org is unknown" not in told + talk
    assert "@example.org" not in run(news, "status")[1]


def test_L05_without_a_yes_nothing_is_sent(news: Project) -> None:
    with Sink().running() as sink:
        status, _, talk = run(news, "send", sink=sink)
    assert (status, sink.taken) == (1, [])
    assert "--yes where there is none" in talk


def answer(project: Project, word: str) -> tuple[int, str]:
    """Run `feeds send` on a terminal, and answer its question; its status, and what it showed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "feeds", "send", "-C", str(project.root)])
    shown = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # how Linux says that the other end has gone
            break
        if b"[y/N]" in shown and word:
            os.write(terminal, word.encode() + b"\n")
            word = ""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_on_a_terminal_somebody_is_asked(news: Project) -> None:
    status, shown = answer(news, "no")
    assert (status, list(news.root.glob("outbox/*"))) == (1, [])
    assert "Send weekly 1 to 2 subscribers? [y/N]" in shown
    status, _ = answer(news, "y")
    assert (status, len(list(news.root.glob("outbox/*.eml")))) == (0, 2)


def test_a_test_goes_to_one_address_and_counts_for_nothing(news: Project) -> None:
    with Sink().running() as sink:
        status, told, _ = run(news, "send", "--test", "me@example.net", sink=sink)
        assert (status, told) == (0, "250 2.0.0 taken\n")
        assert readers(sink) == {"me@example.net": 1}
    assert run(news, "status")[2] == "Nothing has been sent yet.\n"


def test_a_test_to_what_is_no_address_is_one_line(news: Project) -> None:
    status, _, talk = run(news, "send", "--test", "nobody@@")
    assert (status, talk.count("\n")) == (1, 1)


def test_a_dry_run_writes_every_message(news: Project) -> None:
    status, told, talk = run(news, "send", "--dry-run", "look")
    assert (status, told) == (0, f"{news.root}/look\n")
    assert talk == "2 messages written, and none sent.\n"
    assert len(list((news.root / "look").glob("*.eml"))) == 2


def test_a_server_that_is_not_there_is_tried_again_later(news: Project) -> None:
    status, told, talk = run(
        news, "send", "--yes", "--wait", "0", "--json", FEEDS_TRANSPORT="smtp+plain://127.0.0.1:9"
    )
    assert (status, json.loads(told)["state"], json.loads(told)["left"]) == (0, "waiting", 2)
    assert "Go on with `feeds send`; what was sent is not sent again." in talk
    assert "2 ready" in run(news, "status")[1]


def test_E13_a_password_that_is_refused_stops_the_issue_and_says_so(news: Project) -> None:
    with Sink({"mail": say("535 5.7.8 no")}).running() as sink:
        status, _, talk = run(news, "send", "--yes", sink=sink)
    assert (status, readers(sink).total()) == (1, 0)
    assert "paused (see why with `feeds status`)" in talk
    assert "our settings were refused: 535" in run(news, "status")[1]


def test_L01_the_second_one_hears_that_it_is_being_sent(news: Project) -> None:
    with Sink({"dot": [late(4.0, say("250 2.0.0 taken"))]}).running() as sink:
        first = subprocess.Popen(
            [sys.executable, "-m", "feeds", "send", "--yes", "-C", str(news.root)],
            env={**os.environ, "FEEDS_TRANSPORT": f"smtp+plain://127.0.0.1:{sink.port}"},
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: bool(sink.taken), 60)
        status, _, talk = run(news, "send", "--yes", sink=sink)
        assert (status, "is being sent by another process" in talk) == (75, True)
        _, talk = first.communicate(timeout=60)
        assert (first.returncode, "done, 2 sent" in talk) == (0, True)
    assert readers(sink) == {"r0@example.org": 1, "r1@example.org": 1}


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_L02_a_signal_lets_the_message_in_hand_finish(news: Project, number: int, status: int) -> None:
    enrol(news, READERS)
    with Sink({"dot": [late(1.0, say("250 2.0.0 taken"))]}).running() as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "feeds", "send", "--yes", "-C", str(news.root)],
            env={**os.environ, "FEEDS_TRANSPORT": f"smtp+plain://127.0.0.1:{sink.port}"},
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: bool(sink.taken), 60)
        process.send_signal(number)
        _, talk = process.communicate(timeout=60)
        assert (process.returncode, "Traceback" in talk) == (status, False)
        assert "Go on with `feeds send`" in talk
        assert run(news, "status", "--json")[1].count("@example.org") == 0  # nothing is in doubt
        run(news, "send", "--yes", sink=sink)
    assert readers(sink) == {f"r{n}@example.org": 1 for n in range(READERS)}


def test_pause_and_go_on_and_cancel(news: Project) -> None:
    enrol(news, READERS)
    with Sink({"dot": [late(0.05, say("250 2.0.0 taken")) for _ in range(READERS)]}).running() as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "feeds", "send", "--yes", "-C", str(news.root)],
            env={**os.environ, "FEEDS_TRANSPORT": f"smtp+plain://127.0.0.1:{sink.port}"},
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(lambda: bool(sink.taken), 60)
        assert run(news, "pause")[2] == "weekly 0001 is paused.\n"
        process.communicate(timeout=60)
        assert process.returncode == 1
        assert 0 < len(sink.taken) < READERS
        assert "(by hand)" in run(news, "status")[1]
        assert run(news, "send", "--yes", sink=sink)[0] == 0
    assert readers(sink) == {f"r{n}@example.org": 1 for n in range(READERS)}
    news.article("second.md", "title: The second story")
    run(news, "send", "--yes", "--wait", "0", FEEDS_TRANSPORT="smtp+plain://127.0.0.1:9")
    assert run(news, "cancel")[2] == "weekly 0002 is cancelled.\n"
    assert run(news, "cancel")[2] == "Nothing of weekly is being sent.\n"


@pytest.mark.parametrize(
    "point", ["after-approval", "before-hand-over", "before-send:7", "after-send:7", "before-send:1"]
)
def test_S01_killed_and_run_again_every_subscriber_has_it_once(news: Project, point: str) -> None:
    enrol(news, READERS)
    with Sink().running() as sink:
        assert killed(news, point, sink) == -signal.SIGKILL
        assert run(news, "send", "--yes", "--wait", "0", sink=sink)[0] == 0
    got = readers(sink)
    [issue] = json.loads(run(news, "status", "--json")[1])
    begun = issue["states"].get("sending", 0)  # in doubt when their lease ends, and named then
    assert begun <= CONNECTIONS
    assert issue["states"]["sent"] == READERS - begun
    assert set(got.values()) == {1}
    assert READERS - begun <= len(got) <= READERS


def test_mail_by_the_schedule(news: Project) -> None:
    settings = (news.root / "feeds.toml").read_text()
    news.write("feeds.toml", settings + 'every = "Thursday 08:00"\n')
    status, _, talk = run(news, "send", "--if-due", "--now", "2026-11-26T08:05")
    assert (status, "done, 2 sent" in talk) == (0, True)
    status, _, talk = run(news, "send", "--if-due", "--now", "2026-11-26T08:10")
    assert (status, "the next issue is due on Thursday, 2026-12-03" in talk) == (0, True)
    news.article("second.md", "title: The second story\npublished: 2026-11-27")
    status, _, talk = run(news, "send", "--if-due", "--now", "2026-12-05T08:10")
    assert (status, "was missed 2 days ago, so nothing is sent" in talk) == (1, True)


def test_a_schedule_that_is_none_is_a_fault_with_its_line(news: Project) -> None:
    settings = (news.root / "feeds.toml").read_text()
    news.write("feeds.toml", settings + 'every = "Tursday 08:00"\n')
    status, _, talk = run(news, "check")
    assert status == 1
    assert re.fullmatch(r"feeds\.toml:\d+: newsletter\.weekly\.every: .*did you mean Thursday\?\n", talk)


def test_the_job_that_runs_for_ever_ends_when_it_is_told(news: Project) -> None:
    settings = (news.root / "feeds.toml").read_text()
    news.write("feeds.toml", settings + 'every = "daily 00:00"\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "feeds", "run", "-C", str(news.root)], stderr=subprocess.PIPE, text=True
    )
    outbox: Path = news.root / "outbox"
    end = time.monotonic() + 60
    while len(list(outbox.glob("*.eml"))) < 2 and time.monotonic() < end:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _, talk = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in talk) == (143, False)
    assert "to 2." in talk


def test_a_ledger_that_was_put_back_is_told_of(news: Project) -> None:
    run(news, "send", "--yes")
    Path(os.environ["FEEDS_LEDGER"]).unlink()
    enrol(news, 2)
    status, _, talk = run(news, "send", "--yes")
    assert (status, "was given to another ledger than this" in talk) == (1, True)
    assert run(news, "ledger", "restored")[2] == "1 issue closed. What is sent from now on is new.\n"
    assert "nothing to send" in run(news, "send", "--yes")[2]
