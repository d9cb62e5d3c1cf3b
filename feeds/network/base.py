"""What is asked of an address, what it may cost, and what comes back; how that is done is for others."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from feeds.errors import Fault, FetchError, Place


@dataclass(frozen=True)
class Limits:
    """What one call may cost."""

    connect: float = 5.0
    """Seconds until there is a connection."""
    read: float = 10.0
    """Seconds without a byte."""
    total: float = 30.0
    """Seconds for all of it, redirects and repetitions included; the pauses between come on top."""
    redirects: int = 5
    size: int = 10_000_000
    """Bytes after decompression."""
    repetitions: int = 3
    pause: float = 60.0
    """Seconds to wait at most where a server says how long (RFC 9110 section 10.2.3)."""


def _resolved(host: str, port: int) -> list[str]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


@dataclass(frozen=True)
class Machine:
    """What is asked of the machine, so that a test can give its own."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    resolve: Callable[[str, int], Sequence[str]] = _resolved
    """A host's IP addresses. Raises `OSError`. The system's resolver keeps time-outs of its own."""


@dataclass(frozen=True)
class Request:
    """What is sent. Headers are in small letters."""

    method: str
    address: str
    headers: Mapping[str, str]
    content: bytes = b""

    def fault(self, problem: str) -> Fault:
        """What is wrong at this address."""
        return Fault(Place(self.address), problem)

    def error(self, problem: str) -> FetchError:
        """The same as the end of it."""
        return FetchError(self.fault(problem))


@dataclass(frozen=True)
class Answer:
    """What came back; content only with a status of success."""

    status: int
    headers: Mapping[str, str]
    """In small letters; the first of each name."""
    content: bytes


class PassingError(FetchError):
    """What may be over in a moment; `wait` is how many seconds the server asks for."""

    def __init__(self, fault: Fault, wait: float = 0.0) -> None:
        super().__init__(fault)
        self.wait = wait


@dataclass
class Deadline:
    """The end of all steps together; pauses move it."""

    machine: Machine
    end: float

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return self.end <= self.machine.clock()

    def left(self, most: float | None) -> float:
        """The seconds that a step may take. Raises `TimeoutError` where none are left."""
        if self.passed:
            raise TimeoutError
        left = self.end - self.machine.clock()
        return left if most is None else min(left, most)

    def pause(self, seconds: float) -> None:
        """Wait, and count it as nobody's time."""
        self.machine.sleep(seconds)
        self.end += seconds
