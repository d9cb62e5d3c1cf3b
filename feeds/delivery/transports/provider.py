"""A provider's HTTP interface as a transport: what all of them have in common.

The same rules of doubt as by SMTP. Before all of a request was sent nothing was taken. Once it was,
an answer settles it, whatever its words; where none comes nobody knows, unless the provider promises
that the same request twice is one message.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

from feeds.delivery.faultpoints import fault
from feeds.delivery.transports.base import Connection, ConnectionLost, Envelope, Refused, Reply, Stage
from feeds.errors import one_line
from feeds.network.base import Answer
from feeds.network.fetching import agent, wait_asked
from feeds.network.kept import Line, Patience, UnansweredError

Meaning = Literal["nobody", "malformed", "settings", "large", "slow", "later", "refused", "doubt"]
"""What a refusal is about: the address is dead, or none; our account or its limits; the message's size;
our pace; their trouble; this message, for reasons of theirs; or, all the same, nobody knows."""

_AS_SMTP: Mapping[Meaning, tuple[int, str, Stage]] = {
    "nobody": (550, "5.1.1", "rcpt"),
    "malformed": (553, "5.1.3", "rcpt"),
    "settings": (530, "5.7.0", "auth"),
    "large": (552, "5.3.4", "mail"),
    "slow": (450, "4.7.1", "dot"),
    "later": (451, "4.3.0", "dot"),
    "refused": (554, "5.7.1", "dot"),
}
"""What a mail server would say in its place, so that there is one table of what follows (`verdicts`)."""

LONGEST_WAIT = 60.0
"""Seconds that a connection waits where a provider asks it to; for longer, everything rests."""
USUALLY = Patience()
_TEXT = 500


@dataclass(frozen=True)
class Posted:
    """One message as the body of a request. Headers are in small letters."""

    path: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Said:
    """An answer that is no success."""

    status: int
    words: str
    """What it says, in one line."""
    kind: str = ""
    """What the provider calls it: a name or a number of its own."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider's interface: how a message is written for it, and what its answers mean."""

    name: str
    origin: str
    """Where it stands, such as https://api.example.org."""
    write: Callable[[Envelope], Posted] = field(repr=False)
    number: Callable[[Mapping[str, Any]], str] = field(repr=False)
    """The provider's own id for a message, in what it answers when it takes one; empty for no such answer."""
    told: Callable[[Answer, Mapping[str, Any]], Said] = field(repr=False)
    means: Callable[[Said], Meaning] = field(repr=False)
    largest: int
    """Bytes of a request's content that it takes at most."""
    repeatable: bool = False
    """Whether it takes the same request twice for one message."""
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass
class Courtesy:
    """Until when a provider wants to be left alone; all connections of a transport share it."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    until: float = 0.0
    lock: Lock = field(default_factory=Lock, repr=False)

    def ask(self, seconds: float) -> None:
        """Note how long it asks for."""
        with self.lock:
            self.until = max(self.until, self.clock() + seconds)

    def wait(self) -> None:
        """Wait as long as was asked. Raises `ConnectionLost` where that is too long to wait here."""
        left = self.until - self.clock()
        if left > LONGEST_WAIT:
            raise ConnectionLost("connect", f"asks to be left alone for {left:,.0f} seconds")
        if left > 0:
            self.sleep(left)


@dataclass(frozen=True)
class Http:
    """The transport to one provider."""

    provider: Provider
    authorities: str = ""
    patience: Patience = USUALLY
    courtesy: Courtesy = field(default_factory=Courtesy, repr=False, compare=False)

    def open(self) -> Connection:
        """Connect and encrypt. Raises `ConnectionLost`, or `Refused` where its certificate is not trusted."""
        self.courtesy.wait()
        line = Line(self.provider.origin, self.authorities, self.patience)
        try:
            line.open()
        except UnansweredError as failure:
            if failure.reached == "no trust":
                raise Refused(_untrusted(failure)) from None
            raise _lost(failure, self.provider.repeatable) from None
        return Desk(self.provider, line, self.courtesy)


@dataclass
class Desk:
    """An open way to a provider: one request for each message."""

    provider: Provider
    line: Line
    courtesy: Courtesy
    alive: bool = True

    def send(self, envelope: Envelope) -> Reply:
        """Send one message. Raises `ConnectionLost`."""
        if not self.alive:
            raise ConnectionLost("connect", "closed already")
        if not (envelope.recipient + envelope.sender).isascii():
            return Reply(553, "5.6.7", f"{self.provider.name} takes no address beyond ASCII", "rcpt")
        posted = self.provider.write(envelope)
        if len(posted.content) > self.provider.largest:
            words = f"{self.provider.name} takes no request of over {self.provider.largest:,} bytes"
            return _reply("large", words)
        self.alive = False  # until it is known to be all right again
        reply = self._sent(posted, envelope)
        self.alive = True
        return reply

    def close(self) -> None:
        """Hang up."""
        self.alive = False
        self.line.close()

    def _sent(self, posted: Posted, envelope: Envelope) -> Reply:
        self.courtesy.wait()
        try:
            answer = self.line.request(
                "POST", posted.path, {"user-agent": agent(), **posted.headers}, posted.content
            )
        except UnansweredError as failure:
            if failure.reached == "no trust":
                return _untrusted(failure)
            raise _lost(failure, self.provider.repeatable) from None
        fault("http after-answer")
        return self._judged(answer, envelope)

    def _judged(self, answer: Answer, envelope: Envelope) -> Reply:
        table = _table(answer.content)
        if 200 <= answer.status < 300 and (number := self.provider.number(table)):
            shown = one_line(number)[:_TEXT]
            return Reply(250, "2.0.0", shown, "dot", number=shown)
        said = self.provider.told(answer, table)
        meaning = _by_status(said) or self.provider.means(said)
        words = self._without_secrets(
            f"{self.provider.name} answers {said.status} {said.kind}", said, envelope
        )
        if meaning == "doubt":
            raise ConnectionLost("dot" if self.provider.repeatable else "after-dot", words)
        if meaning == "slow":
            self.courtesy.ask(wait_asked(answer))
        return _reply(meaning, words)

    def _without_secrets(self, opening: str, said: Said, envelope: Envelope) -> str:
        """What was said, in one line, without our secrets and whose address it is."""
        text = f"{opening.rstrip()}: {said.words}" if said.words else opening.rstrip()
        for secret in (*self.provider.secrets, envelope.recipient, envelope.sender):
            text = text.replace(secret, "…") if secret else text
        return one_line(text)[:_TEXT]


def _by_status(said: Said) -> Meaning | None:
    """What a status means whoever says it."""
    if 200 <= said.status < 300 or said.status == 504:  # an answer that means nothing, or a gateway's guess
        return "doubt"
    if said.status >= 500:
        return "later"
    if said.status == 413:
        return "large"
    # A redirect is not followed: the interface has moved, or somebody stands in between.
    return "settings" if said.status < 400 or said.status in (401, 404, 405) else None


def _table(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def words(table: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that says anything, as text."""
    return next((str(table[name]) for name in names if isinstance(table.get(name), str | int)), "")


def _reply(meaning: Meaning, text: str) -> Reply:
    code, enhanced, stage = _AS_SMTP[meaning]
    return Reply(code, enhanced, text, stage)


def _untrusted(failure: UnansweredError) -> Reply:
    return Reply(0, "", f"{failure.faults[0].where}: {failure.reason}", "starttls")


def _lost(failure: UnansweredError, repeatable: bool) -> ConnectionLost:
    stages: Mapping[str, Stage] = {"nobody": "connect", "request": "dot"}
    stage = stages.get(failure.reached, "dot" if repeatable else "after-dot")
    return ConnectionLost(stage, f"{failure.faults[0].where}: {failure.reason}")
