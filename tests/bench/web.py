"""The pages under load: 304s beside nginx, one-click POSTs, and whether the clock tells members apart.

Run by `python -m tests.bench.web [SECONDS [SAMPLES]]`; it needs nginx. Both servers have one process and are
asked over the same kept connections by the same client, one request at a time on each; so only the
ratio travels. The times of members and strangers are taken in turns, so that what else this machine
does falls on both.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from feeds.config import read
from feeds.delivery.ledger.sql import SqlLedger
from feeds.delivery.subscribers import Entry
from feeds.delivery.tokens import KEY, links
from feeds.delivery.transports.memory import Memory
from feeds.publication import load
from feeds.web.public import Served, serving, site

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONNECTIONS = 16
SECONDS = 10.0
SAMPLES = 10_000
WITHIN = 0.001
"""Seconds by which the mean times of members and strangers may differ."""
SUBSCRIBERS = 20_000
MEMBER = f"s{SUBSCRIBERS - 1}"
SETTINGS = """\
[publication]
title = "Example news"
url = "https://example.org/"
[feed.news]
[newsletter.weekly]
sender = { name = "Example news", email = "news@example.org" }
"""
NGINX = """\
worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log crit;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e; keepalive_requests 100000000;
  server {{ listen 127.0.0.1:{port}; root {output}; }}
}}
"""


def project(root: Path) -> None:
    """A small project, built."""
    (root / "content").mkdir(parents=True)
    (root / "feeds.toml").write_text(SETTINGS)
    for number in range(20):
        head = f"---\ntitle: Story {number}\npublished: 2026-11-{number + 1:02}\n---\n"
        (root / f"content/{number}.md").write_text(head + "What happened, and what comes next. " * 100)
    load(root).build(NOW)


def fill(root: Path) -> list[str]:
    """Subscribers, and the path of each to unsubscribe."""
    ledger = SqlLedger.open(str(root / "ledger.db"), key="k" * 32)
    entries = (Entry(address=f"s{n}@example.org", domain="example.org") for n in range(SUBSCRIBERS))
    ledger.enrol("weekly", entries)
    key = ledger.key(KEY)
    found = [
        urlsplit(links("https://example.org/", "weekly", one.id, one.epoch, key).unsubscribe).path
        for one in ledger.subscribers("weekly")
    ]
    ledger.close()
    return found


def _ours(root: Path, port: int, ended: multiprocessing.synchronize.Event) -> None:
    ledger = SqlLedger.open(str(root / "ledger.db"), key="k" * 32)
    there = site(read(root / "feeds.toml"), root)
    served = Served(site=there, ledger=ledger, inbox=root / "inbox.db", transport=Memory())
    with serving(served, port=port):
        ended.wait()
    ledger.close()


@contextmanager
def ours(root: Path) -> Iterator[int]:
    """Our pages, in a process of their own."""
    port, ended = _free(), multiprocessing.Event()
    process = multiprocessing.Process(target=_ours, args=(root, port, ended))
    process.start()
    try:
        _listening(port)
        yield port
    finally:
        ended.set()
        process.join(20)


@contextmanager
def nginx(root: Path, folder: Path) -> Iterator[int]:
    """nginx over the same files."""
    command = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert command, "needs nginx: apt-get install nginx-light"
    port, settings = _free(), folder / "nginx.conf"
    folder.chmod(0o755)
    settings.write_text(NGINX.format(folder=folder, port=port, output=root / "public"))
    process = subprocess.Popen([command, "-c", str(settings)], stderr=subprocess.DEVNULL)
    try:
        _listening(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def per_second(port: int, requests: Iterator[bytes], status: bytes, seconds: float) -> float:
    """Answers of a status per second, over connections that are kept."""
    with ExitStack() as stack, selectors.DefaultSelector() as ready:
        for _ in range(CONNECTIONS):
            link = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(link, selectors.EVENT_READ)
            link.sendall(next(requests))
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            for key, _ in ready.select(1):
                link = key.fileobj  # type: ignore[assignment]
                answer = _answer(link)
                assert answer.startswith(b"HTTP/1.1 " + status), answer[:200]
                count += 1
                link.sendall(next(requests))
        return count / (time.perf_counter() - began)


def _answer(link: socket.socket) -> bytes:
    """One whole answer."""
    data = link.recv(65536)
    while b"\r\n\r\n" not in data:
        data += link.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.partition(b":")[2]):
                body += link.recv(65536)
    return head + b"\r\n\r\n" + body


def _request(method: str, path: str, *headers: str, body: str = "") -> bytes:
    length = [f"Content-Length: {len(body)}"] if method == "POST" else []
    return "\r\n".join(
        [f"{method} {path} HTTP/1.1", "Host: example.org", *headers, *length, "", body]
    ).encode()


def _tag(port: int, path: str) -> str:
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(_request("GET", path))
        head = _answer(link).partition(b"\r\n\r\n")[0].decode("latin-1")
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.lower().startswith("etag:"))


def told_apart(port: int, samples: int) -> tuple[float, float]:
    """The mean seconds of an answer to a member and to a stranger, taken in a random order."""
    times: dict[str, list[float]] = {MEMBER: [], "nobody": []}
    form = "Content-Type: application/x-www-form-urlencoded"
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.sendall(_request("GET", "/newsletters/weekly/subscribe"))
        page = _answer(link).decode()
        stamp = page.partition('name="time" value="')[2].partition('"')[0]
        time.sleep(3)
        order = [name for name in times for _ in range(samples)]
        random.Random(1).shuffle(order)
        for name in order:
            body = f"email={name}%40example.org&time={stamp}"
            began = time.perf_counter()
            link.sendall(_request("POST", "/newsletters/weekly/subscribe", form, body=body))
            answer = _answer(link)
            times[name].append(time.perf_counter() - began)
            assert b" 202 " in answer[:20], answer[:200]
    return statistics.fmean(times[MEMBER]), statistics.fmean(times["nobody"])


def main(seconds: float, samples: int) -> int:
    """Run each once, and say what came of it."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made) / "project"
        Path(made).chmod(0o755)
        project(root)
        paths = fill(root)
        feed = "/news/atom.xml"
        with ours(root) as port, nginx(root, Path(made)) as beside:
            asked = {at: _request("GET", feed, f"If-None-Match: {_tag(at, feed)}") for at in (port, beside)}
            first = per_second(beside, cycle([asked[beside]]), b"304", seconds / 2)
            own = per_second(port, cycle([asked[port]]), b"304", seconds)
            second = per_second(beside, cycle([asked[beside]]), b"304", seconds / 2)
            print(f"304s a second: {own:,.0f} here, {(first + second) / 2:,.0f} by nginx")
            form = "Content-Type: application/x-www-form-urlencoded"
            posts = cycle([_request("POST", path, form, body="List-Unsubscribe=One-Click") for path in paths])
            print(f"one-click POSTs a second: {per_second(port, posts, b'200', seconds):,.0f}")
            member, stranger = told_apart(port, samples)
            apart = abs(member - stranger)
            print(
                f"a member is answered in {member * 1000:.3f} ms, a stranger in {stranger * 1000:.3f} ms, "
                f"over {samples:,} samples each: {apart * 1000:.3f} ms apart"
            )
    return 0 if apart < WITHIN else 1


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        port: int = made.getsockname()[1]
    return port


def _listening(port: int) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nobody listens on port {port}")


if __name__ == "__main__":
    given = dict(enumerate(sys.argv[1:]))
    sys.exit(main(float(given.get(0, SECONDS)), int(given.get(1, SAMPLES))))
