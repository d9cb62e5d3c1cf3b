"""The inbox: what was accepted is not lost, whoever dies; and nothing of it stays when it is done."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feeds.errors import DeliveryError
from feeds.web.public import inbox
from feeds.web.public.inbox import LEASE, Inbox, Request
from feeds.web.public.limits import DAY, HOUR, Limit, Limits

NOW = 1_800_000_000
ASKED = Request(
    kind="subscribe",
    newsletter="weekly",
    address="ann@example.org",
    topics=("space", "trade"),
    language="de",
    network="n",
    at=NOW,
)


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    kept = Inbox(tmp_path / "inbox.db")
    assert kept.put(ASKED)
    found = kept.claim(NOW)
    assert found
    assert (found.address, found.topics, found.language, found.attempts) == (
        ASKED.address,
        ASKED.topics,
        ASKED.language,
        1,
    )
    assert kept.claim(NOW) is None
    kept.close()


def test_what_was_accepted_outlives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "inbox.db"
    code = (
        "import sys; from pathlib import Path\n"
        "from feeds.web.public.inbox import Inbox, Request\n"
        "kept = Inbox(Path(sys.argv[1]))\n"
        "for n in range(100000):\n"
        "    kept.put(Request(kind='link', newsletter='weekly', address=f'a{n}@example.org', at=1))\n"
        "    print(n, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    told = [int(process.stdout.readline()) for _ in range(50)]
    process.send_signal(signal.SIGKILL)
    told += [int(line) for line in process.stdout.read().splitlines() if line]
    process.wait()
    process.stdout.close()
    kept = Inbox(file)
    found = []
    while request := kept.claim(NOW):
        found.append(request.address)
    assert set(found) >= {f"a{number}@example.org" for number in told}
    kept.close()


def test_what_somebody_was_at_when_they_died_is_taken_up_again(tmp_path: Path) -> None:
    kept = Inbox(tmp_path / "inbox.db")
    kept.put(ASKED)
    assert kept.claim(NOW)
    assert kept.claim(NOW + LEASE - 1) is None
    again = kept.claim(NOW + LEASE)
    assert again
    assert again.attempts == 2
    kept.close()


def test_two_clerks_never_take_the_same(tmp_path: Path) -> None:
    file = tmp_path / "inbox.db"
    one, two = Inbox(file), Inbox(file)
    for _ in range(60):
        one.put(ASKED)

    def take(kept: Inbox) -> list[int]:
        found = []
        while request := kept.claim(NOW):
            found.append(request.id)
        return found

    with ThreadPoolExecutor() as pool:
        taken = [number for numbers in pool.map(take, (one, two)) for number in numbers]
    assert sorted(taken) == list(range(1, 61))
    one.close()
    two.close()


def test_what_was_counted_is_counted_once(tmp_path: Path) -> None:
    kept = Inbox(tmp_path / "inbox.db")
    limits = Limits(mailbox=Limit(1, DAY, "drop"))
    kept.put(ASKED)
    kept.put(ASKED)
    first, second = kept.claim(NOW), kept.claim(NOW)
    assert first
    assert second
    assert kept.grant(first, ["mailbox:x", "all:"], limits, NOW) == "yes"
    assert kept.grant(second, ["mailbox:x", "all:"], limits, NOW) == "drop"
    again = kept.claim(NOW + LEASE)
    assert again
    assert again.granted
    assert kept.grant(again, ["mailbox:x", "all:"], limits, NOW) == "yes"
    kept.close()


def test_a_limit_ends_and_outlives_a_restart(tmp_path: Path) -> None:
    limits = Limits(network=Limit(1, HOUR, "drop"))

    def granted(now: int) -> str:
        kept = Inbox(tmp_path / "inbox.db")
        kept.put(ASKED)
        request = kept.claim(now)
        assert request
        told = kept.grant(request, ["network:x"], limits, now)
        kept.done(request)
        kept.close()
        return told

    assert [granted(NOW), granted(NOW + HOUR - 1), granted(NOW + HOUR)] == ["yes", "drop", "yes"]


def test_too_many_are_not_let_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "BACKLOG", 3)
    kept = Inbox(tmp_path / "inbox.db")
    assert [kept.put(ASKED) for _ in range(5)] == [True, True, True, False, False]
    request = kept.claim(NOW)
    assert request
    kept.done(request)
    assert kept.put(ASKED)
    kept.close()


def test_no_address_stays_in_the_file(tmp_path: Path) -> None:
    kept = Inbox(tmp_path / "inbox.db")
    kept.put(ASKED)
    request = kept.claim(NOW)
    assert request
    kept.grant(request, ["mailbox:" + "0" * 32], Limits(), NOW)
    kept.done(request)
    kept.put(ASKED)
    kept.forget("ANN@example.org")
    assert kept.waiting() == 0
    kept.close()
    assert all(b"ann@" not in file.read_bytes() for file in tmp_path.iterdir())


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    kept = Inbox(tmp_path / "inbox.db")
    kept.put(ASKED)
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept.close()


def test_a_file_that_is_no_inbox_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "inbox.db"
    file.write_bytes(b"not a database" * 100)
    with pytest.raises(DeliveryError, match=r"inbox\.db: cannot be used"):
        Inbox(file)


def test_an_inbox_that_fails_says_so_in_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Inbox(tmp_path / "inbox.db")
    kept.close()
    with pytest.raises(DeliveryError, match="cannot be used: ProgrammingError"):
        kept.put(ASKED)
