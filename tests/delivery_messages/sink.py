"""An SMTP server that fails as it is told to, and logs what it was told before it answers.

A test says what happens in place of the usual answer, verb by verb: `Sink({"rcpt": say("550 no")})`.
A list is for one occurrence after the other; after its end everything is as usual.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

USUAL = {
    "banner": "220 sink ready",
    "starttls": "220 2.0.0 go ahead",
    "auth": "235 2.7.0 welcome",
    "mail": "250 2.1.0 sender is well",
    "rcpt": "250 2.1.5 recipient is well",
    "data": "354 go on",
    "dot": "250 2.0.0 taken",
    "rset": "250 2.0.0 forgotten",
    "quit": "221 2.0.0 goodbye",
}
OFFERS = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 10000000")
LONGEST = 10.0
"""Seconds after which the sink gives up on a client."""


class Hangup(Exception):  # noqa: N818 - named for what happened
    """The sink wants the connection to end."""


@dataclass
class Line:
    """The sink's end of a connection."""

    link: socket.socket
    stopped: threading.Event
    buffer: bytes = b""

    def read(self, end: bytes) -> bytes:
        while end not in self.buffer:
            data = self.link.recv(65536)
            if not data:
                raise Hangup
            self.buffer += data
        found, _, self.buffer = self.buffer.partition(end)
        return found

    def reset(self) -> None:
        """End it at once and without a word: the other side sees a reset."""
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        raise Hangup


Step = Callable[[Line], None]


def say(*lines: str) -> Step:
    """Answer in so many lines."""
    return raw("".join(f"{line}\r\n" for line in lines).encode())


def raw(data: bytes) -> Step:
    """Send these bytes."""
    return lambda line: line.link.sendall(data)


def drop(line: Line) -> None:
    """Close the connection."""
    raise Hangup


def reset(line: Line) -> None:
    """Reset the connection."""
    line.reset()


def silence(line: Line) -> None:
    """Never answer."""
    line.stopped.wait(LONGEST)
    raise Hangup


def late(seconds: float, step: Step) -> Step:
    """Answer after a while."""

    def wait(line: Line) -> None:
        line.stopped.wait(seconds)
        step(line)

    return wait


def dribble(data: bytes, pause: float) -> Step:
    """Answer one byte at a time."""

    def send(line: Line) -> None:
        for byte in data:
            if line.stopped.wait(pause):
                raise Hangup
            line.link.sendall(bytes([byte]))

    return send


def then_drop(step: Step) -> Step:
    """Answer, and close the connection."""

    def both(line: Line) -> None:
        step(line)
        raise Hangup

    return both


@dataclass
class Sink:
    """A server on a free port of this machine; use it as `with Sink(…).running() as sink`."""

    script: Mapping[str, Step | Sequence[Step]] = field(default_factory=dict)
    offers: Sequence[str] = OFFERS
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    """TLS from the first byte, where there is TLS."""
    host: str = "127.0.0.1"
    port: int = 0
    log: list[str] = field(default_factory=list)
    """Each command as it came."""
    taken: list[bytes] = field(default_factory=list)
    """Each message whose final dot was seen, dots still doubled."""
    links: list[socket.socket] = field(default_factory=list)
    """The sockets of all connections there were."""
    seen: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[Sink]:
        """The sink at work, and its threads gone afterwards."""
        stopped = threading.Event()
        listener = socket.create_server((self.host, 0))
        self.port = listener.getsockname()[1]
        threads = [threading.Thread(target=self._serve, args=(listener, stopped), daemon=True)]
        threads[0].start()
        try:
            yield self
        finally:
            stopped.set()
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            for link in self.links:
                with suppress(OSError):
                    link.shutdown(socket.SHUT_RDWR)
            threads[0].join(LONGEST)

    def _serve(self, listener: socket.socket, stopped: threading.Event) -> None:
        talks = []
        with suppress(OSError):
            while not stopped.is_set():
                link, _ = listener.accept()
                self.links.append(link)
                talk = threading.Thread(target=self._talk, args=(link, stopped), daemon=True)
                talk.start()
                talks.append(talk)
        for talk in talks:
            talk.join(LONGEST)

    def _talk(self, link: socket.socket, stopped: threading.Event) -> None:
        link.settimeout(LONGEST)
        line = Line(link, stopped)
        with suppress(Hangup, OSError):
            if self.tls and self.implicit:
                line.link = self.tls.wrap_socket(link, server_side=True)
            self._answer("banner", line)
            while True:
                self._command(line)
        with suppress(OSError):
            line.link.close()
        link.close()

    def _command(self, line: Line) -> None:
        command = line.read(b"\r\n").decode("utf-8", "replace")
        self.log.append(command)  # before it is answered
        verb = command.split(" ")[0].split(":")[0].lower()
        if verb == "ehlo":
            encrypted = isinstance(line.link, ssl.SSLSocket)
            more = ["STARTTLS"] if self.tls and not encrypted else []
            lines = ["sink greets you", *self.offers, *more]
            usual = say(*[f"250-{each}" for each in lines[:-1]], f"250 {lines[-1]}")
            self._answer("ehlo", line, usual)
        elif verb in USUAL:
            self._answer(verb, line)
        else:
            say("500 5.5.2 what?")(line)
        if verb == "starttls" and self.tls:
            line.link, line.buffer = self.tls.wrap_socket(line.link, server_side=True), b""
        if verb == "quit":
            raise Hangup

    def _answer(self, verb: str, line: Line, usual: Step | None = None) -> None:
        number = self.seen[verb] = self.seen.get(verb, 0) + 1
        told = self._step(verb, number)
        (told or usual or say(USUAL[verb]))(line)
        if verb == "data" and not told:
            line.buffer = b"\r\n" + line.buffer  # so that the dot of an empty message is found too
            content = line.read(b"\r\n.\r\n")[2:] + b"\r\n"
            self.log.append(".")
            self.taken.append(content)
            self._answer("dot", line)

    def _step(self, verb: str, number: int) -> Step | None:
        told = self.script.get(verb)
        if told is None or callable(told):
            return told
        return told[number - 1] if number <= len(told) else None


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)
