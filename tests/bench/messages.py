"""Throughput of personal messages beside Debian postfix's smtp-source, both against its smtp-sink.

Run by `python -m tests.bench.messages`; it needs smtp-source and smtp-sink (Debian: postfix, which need
not run). Only ratios travel: each of our runs stands between two runs of smtp-source, and is
divided by their mean. No ledger: what is measured is making, signing and sending.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from feeds.delivery import dkim
from feeds.delivery.dkim import Signer
from feeds.delivery.message import template
from feeds.delivery.splice import Mold, Personal
from feeds.delivery.transports import Transport, transport
from feeds.delivery.verp import Verp
from feeds.newsletter import Digest
from tests.newsletter.examples import make_issue

CONNECTIONS = 4
MESSAGES = 2_000
ROUNDS = 3
LONGEST = 60.0
"""Seconds that one run may take."""
TARGETS = {"unsigned": 0.8, "ed25519": 0.7, "rsa": 0.5}
VERP = Verp("example.org", (b"k" * 32,))
DATE = datetime(2026, 11, 22, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Tools:
    """Where Debian keeps postfix's two."""

    source: str
    sink: str


def digest() -> Digest:
    """60 KB of HTML and 6 KB of text, as a mail of twenty items has."""
    issue = make_issue()
    item = '<tr><td style="padding:0"><a href="https://example.org/{0}/?a=1&amp;b=2">{0}</a></td></tr>\n'
    words = "What happened in story {0}, and what comes next; l’État, à dix mille euros.\n"
    html = "".join(item.format(n) + f"<p>{words.format(n)}</p>\n" for n in range(345))
    text = "".join(words.format(n) for n in range(80))
    links = f'<a href="{issue.unsubscribe}">Unsubscribe</a> <a href="{issue.web}">On the web</a>'
    return Digest(
        issue=issue,
        subject="What happened, and what comes next",
        preheader="",
        html=f"<!doctype html><html><body>{html}{links}</body></html>\n",
        text=f"{text}\nUnsubscribe:\n{issue.unsubscribe}\n",
        language="en",
    )


def personal(number: int) -> Personal:
    """What one subscriber's message says."""
    return Personal(
        address=f"reader{number}@example.net",
        name=f"Reader {number}",
        unsubscribe=f"https://example.org/unsubscribe/{number:x}-{'0123456789abcdef' * 2}",
        message_id=VERP.message_id(47, number),
        return_path=VERP.return_path(47, number),
        date=DATE,
    )


def send_in_threads(mold: Mold, relay: Transport, messages: int, connections: int = CONNECTIONS) -> None:
    """Send so many messages over so many connections, each with a thread."""
    with ThreadPoolExecutor(connections) as pool:
        lanes = [range(lane, messages, connections) for lane in range(connections)]
        list(pool.map(partial(_lane, mold, relay), lanes))


def _lane(mold: Mold, relay: Transport, numbers: range) -> None:
    connection = relay.open()
    for number in numbers:
        reply = connection.send(mold.envelope(personal(number)))
        assert reply.accepted, reply
    connection.close()


def send_in_processes(mold: Mold, relay: Transport, messages: int) -> None:
    """The same from two processes: what signing costs then uses both cores."""
    fork = multiprocessing.get_context("fork")
    work = (mold, relay, messages // 2, CONNECTIONS // 2)
    children = [fork.Process(target=send_in_threads, args=work) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(LONGEST)
    assert all(child.exitcode == 0 for child in children)


def theirs(tools: Tools, port: int, message: Path, messages: int) -> None:
    """smtp-source with 20 connections that are kept, and a message of the same size."""
    command = [tools.source, "-s", "20", "-d", "-m", str(messages), "-F", str(message), f"127.0.0.1:{port}"]
    subprocess.run(command, check=True, timeout=LONGEST)


def rate(work: Callable[[], None], messages: int) -> float:
    """Messages in a second."""
    began = time.perf_counter()
    work()
    return messages / (time.perf_counter() - began)


@contextmanager
def sink(tools: Tools) -> Iterator[int]:
    """smtp-sink on a free port of this machine."""
    port = free_port()
    owner = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([tools.sink, *owner, f"127.0.0.1:{port}", "512"])
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("smtp-sink does not answer")


def signers() -> dict[str, Sequence[Signer]]:
    """No key, and one of each kind."""
    made = {kind: [dkim.signer(dkim.new_pair(kind)[0], "example.org", kind)] for kind in dkim.KINDS}
    return {"unsigned": [], "ed25519": made["ed25519"], "rsa": made["rsa"]}


def measure(tools: Tools, messages: int = MESSAGES, rounds: int = ROUNDS) -> Generator[str, None, None]:
    """A line of result for each kind of signature and each way to share the work."""
    with sink(tools) as port, sample() as file:
        relay = transport(f"smtp+plain://127.0.0.1:{port}")
        peer = partial(rate, partial(theirs, tools, port, file, messages), messages)
        for name, keys in signers().items():
            mold = template(digest(), keys)
            for how, send in (("threads", send_in_threads), ("processes", send_in_processes)):
                own = partial(rate, partial(send, mold, relay, messages), messages)
                yield f"{name:9} {how:10} {_compared(own, peer, rounds)}, target {TARGETS[name]}"


def _compared(own: Callable[[], float], peer: Callable[[], float], rounds: int) -> str:
    rates, peers = [], [peer()]
    for _ in range(rounds):
        rates.append(own())
        peers.append(peer())
    ratios = [rate / statistics.mean(around) for rate, *around in zip(rates, peers, peers[1:], strict=False)]
    return (
        f"{statistics.median(rates):6.0f}/s  smtp-source {statistics.median(peers):6.0f}/s  "
        f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    )


@contextmanager
def sample() -> Iterator[Path]:
    """One of our messages as a file, for smtp-source to send again and again."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "message")
        file.write_bytes(template(digest()).fill(personal(0)).replace(b"\r\n", b"\n"))
        yield file


def find_tools() -> Tools | None:
    """postfix's two, where they are installed."""
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    source, found = shutil.which("smtp-source", path=path), shutil.which("smtp-sink", path=path)
    return Tools(source, found) if source and found else None


if __name__ == "__main__":
    if not (tools := find_tools()):
        sys.exit("smtp-source and smtp-sink are not here: apt-get install postfix")
    for line in measure(tools):
        print(line, flush=True)
