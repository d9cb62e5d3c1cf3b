"""A newsletter's pages, running over a ledger in memory or in a file, with a mailbox to look into."""

from __future__ import annotations

import email
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage, Message
from email.policy import default
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from feeds.config import read
from feeds.delivery.addresses import mailbox
from feeds.delivery.ledger import Ledger
from feeds.delivery.ledger.sql import SqlLedger
from feeds.delivery.memory import MemoryLedger
from feeds.delivery.subscribers import Entry, State, Subscriber
from feeds.delivery.tokens import KEY, Purpose, Tokens
from feeds.delivery.transports.memory import Memory
from feeds.web.public import Served, serving, site
from feeds.web.public.clerk import Clerk
from feeds.web.public.desk import Desk
from feeds.web.public.inbox import Inbox
from feeds.web.public.site import Site
from tests.conftest import Project
from tests.ports import free_port

SETTINGS = """\
[publication]
title = "Example news"
url = "https://example.org/"
description = "Space, trade and research, reported by the newsroom of example.org."
accent = "#b4472f"

[feed.news]

[newsletter.weekly]
title = "The weekly"
sender = { name = "Example news", email = "news@example.org" }
languages = ["en", "de", "fr", "ar"]
topics = ["space", "trade", "research"]
imprint = "1 Example Street"

[newsletter.daily]
title = "The daily"
sender = { name = "Example news", email = "daily@example.org" }
"""
BEGAN = 1_800_000_000


@dataclass
class Clock:
    """A clock that a test sets."""

    now: int = BEGAN

    def __call__(self) -> int:
        return self.now

    def micros(self) -> int:
        return self.now * 1_000_000


class Running(Clock):
    """A clock that runs."""

    def __call__(self) -> int:
        return int(time.time())

    def micros(self) -> int:
        return time.time_ns() // 1000


@dataclass
class House:
    """Everything that the pages are made of, to be looked at from behind."""

    site: Site
    ledger: Ledger
    transport: Memory
    file: Path
    clock: Clock = field(default_factory=Clock)
    port: int = 0

    def __post_init__(self) -> None:
        self.inbox = Inbox(self.file)
        self.desk = Desk(self.site, self.ledger, self.inbox, self.clock)
        self.clerk = Clerk(self.site, self.ledger, self.inbox, self.transport, self.clock)

    def subscribe(self, address: str, state: State = "active", newsletter: str = "weekly") -> Subscriber:
        """Put somebody on the list."""
        return self.ledger.add(newsletter, entry(address, state))

    def token(self, purpose: Purpose, one: Subscriber) -> str:
        """A link's token."""
        made = Tokens(one.newsletter, (self.ledger.key(KEY),))
        return made.make(purpose, one.id, one.epoch, self.clock())

    def letters(self) -> list[EmailMessage]:
        """Every letter that went out."""
        return [letter(envelope.content) for envelope in self.transport.sent]

    def serving(self, *, beat: float = 0.05) -> AbstractContextManager[str]:
        """Serve it by uvicorn, on a port of its own; gives the address."""
        served = Served(
            site=self.site,
            ledger=self.ledger,
            inbox=self.file,
            transport=self.transport,
            clock=self.clock,
            beat=beat,
        )
        return serving(served, port=self.port)


@dataclass(frozen=True)
class Seen:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def field(self, name: str) -> str:
        """What a field of the page's form holds."""
        [found] = re.findall(rf'name="{name}"[^>]*? value="([^"]*)"', self.text)
        return str(found)


@dataclass(frozen=True)
class Visitor:
    """Asks a server on the loopback, under the name that it has in the world."""

    address: str
    host: str = "example.org"

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Seen:
        """One request, sent to the letter; `content_type=` is Content-Type."""
        parts = urlsplit(self.address)
        link = HTTPConnection(str(parts.hostname), parts.port, timeout=20)
        try:
            link.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in ({"Host": self.host} | named).items():
                link.putheader(name, value)
            if method not in ("GET", "HEAD") and "Content-Length" not in named:
                link.putheader("Content-Length", str(len(body)))
            link.endheaders(body or None)
            answer = link.getresponse()
            return Seen(answer.status, answer.msg, answer.read())
        finally:
            link.close()

    def get(self, path: str, **headers: str) -> Seen:
        return self.ask("GET", path, b"", **headers)

    def post(self, path: str, fields: Mapping[str, str | Sequence[str]], **headers: str) -> Seen:
        """A form."""
        headers.setdefault("Content_Type", "application/x-www-form-urlencoded")
        return self.ask("POST", path, urlencode(fields, doseq=True).encode(), **headers)


def until(true: Callable[[], object]) -> None:
    """Wait until something is so, and fail if it never is."""
    ends = time.monotonic() + 20
    while not true() and time.monotonic() < ends:
        time.sleep(0.02)
    assert true()


def entry(address: str, state: State = "active") -> Entry:
    """Somebody to be put on a list."""
    found = mailbox(address)
    return Entry(address=found.address, domain=found.domain, state=state, language="en")


def letter(content: bytes) -> EmailMessage:
    """A message from its bytes."""
    found = email.message_from_bytes(content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(message: EmailMessage) -> str:
    """What its text part says."""
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content())


def link_of(message: EmailMessage) -> str:
    """The one link of ours in a letter."""
    [found] = re.findall(r"https?://\S+/newsletters/\S+", text_of(message))
    return str(found)


@pytest.fixture
def project(project: Project) -> Project:
    """A project with two newsletters."""
    project.write("feeds.toml", SETTINGS)
    return project


LEDGERS = pytest.mark.parametrize("house", ["memory", "sqlite"], indirect=True)
"""For what is true of each ledger."""


@pytest.fixture
def house(request: pytest.FixtureRequest, project: Project) -> Iterator[House]:
    """The pages over a ledger: in memory, where a test names no other."""
    with built(project, getattr(request, "param", "memory")) as made:
        yield made


@pytest.fixture
def local(project: Project) -> Iterator[House]:
    """The pages under the name that a browser on this machine reaches them by."""
    port = free_port()
    with built(project, "sqlite", f"http://127.0.0.1:{port}/") as made:
        made.port = port
        yield made


@contextmanager
def built(project: Project, kind: str, base: str | None = None) -> Iterator[House]:
    """A house over a ledger of one kind; its clock runs where a browser looks at it."""
    clock = Running() if base else Clock()
    if kind == "memory":
        ledger: Ledger = MemoryLedger(clock.micros)
    else:
        file = str(project.root / "ledger.db")
        ledger = SqlLedger.open(file, clock=clock.micros, key="k" * 32)
    there = site(read(project.root / "feeds.toml"), project.root, base)
    made = House(there, ledger, Memory(), project.root / "inbox.db", clock)
    try:
        yield made
    finally:
        made.inbox.close()
        ledger.close()


@pytest.fixture
def visitor(house: House) -> Iterator[Visitor]:
    """Somebody at the pages. The clerk rests, until a test calls it."""
    with house.serving(beat=3600) as address:
        yield Visitor(address)
