"""A kept connection: one request after another to one configured host, and how far each of them got.

A provider's interface is named by whoever runs the program, so any address may be connected to; its
certificate is checked, and nobody is followed elsewhere: a redirect is an answer like any other. What
counts here is whether all of a request had gone out when its answer was lost, for then it may have
been acted on.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from feeds.errors import Fault, FetchError, Place, one_line
from feeds.network._httpcore import _Stream
from feeds.network.base import Answer, Deadline, Machine

if TYPE_CHECKING:
    from httpcore import HTTP11Connection, NetworkStream, Response

Reached = Literal["nobody", "no trust", "request", "answer"]
"""How far it got: nobody answered the door; nobody we trust; all of the request was not yet sent; it was."""


@dataclass(frozen=True)
class Patience:
    """Seconds, and bytes of an answer."""

    connect: float = 30.0
    answer: float = 120.0
    """For a request and its answer together, however slowly their bytes go."""
    idle: float = 10.0
    """How long a connection is kept without a request. Servers hang up after 15 and more: a request
    that crosses their goodbye would be in doubt."""
    size: int = 1_000_000


class UnansweredError(FetchError):
    """There is no answer, and `reached` says how far it got."""

    def __init__(self, host: str, reached: Reached, reason: str) -> None:
        self.reached: Reached = reached
        self.reason = one_line(reason)
        super().__init__(Fault(Place(host), self.reason))


@dataclass
class Line:
    """A connection to one host. One thread uses it at a time."""

    origin: str
    """Such as https://api.example.org, without a path."""
    authorities: str = ""
    """A file of certificates to trust instead of the system's."""
    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], float] = time.monotonic
    _kept: HTTP11Connection | None = None
    _since: float = 0.0
    _deadline: Deadline = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._deadline = Deadline(Machine(self.clock), self.clock())

    def open(self) -> None:
        """Connect and encrypt, unless there is a connection that still stands. Raises `UnansweredError`."""
        import httpcore

        if self._stands():
            return
        self.close()
        self._until(self.patience.connect)
        stream = self._dialled()
        self._kept = httpcore.HTTP11Connection(httpcore.URL(self.origin).origin, stream, self.patience.idle)
        self._since = self.clock()

    def request(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """What is answered, whatever its status; over a new connection where the last one ended.

        Headers are in small letters. Raises `UnansweredError`.
        """
        self.open()
        assert self._kept
        self._until(self.patience.answer)
        sent: list[str] = []
        host = urlsplit(self.origin).netloc
        given = {"host": host, "accept-encoding": "identity", **headers, "content-length": str(len(content))}
        try:
            with self._kept.stream(
                method,
                self.origin + path,
                headers=[(name.encode(), value.encode("utf-8")) for name, value in given.items()],
                content=content,
                extensions={"trace": lambda event, details: sent.append(event)},
            ) as response:
                return _answer(response, self.patience.size)
        except _failures() as failure:
            self.close()
            whole = "http11.send_request_body.complete" in sent
            raise UnansweredError(self._host, "answer" if whole else "request", _reason(failure)) from None

    def close(self) -> None:
        """Hang up. Never raises, and may be called again."""
        kept, self._kept = self._kept, None
        if kept:
            kept.close()

    @property
    def _host(self) -> str:
        return urlsplit(self.origin).hostname or ""

    def _stands(self) -> bool:
        if self._kept is None or self._kept.is_closed() or self._kept.has_expired():
            return False
        return self._kept.is_idle() or self.clock() - self._since < self.patience.idle

    def _until(self, seconds: float) -> None:
        self._deadline.end = self.clock() + seconds

    def _dialled(self) -> NetworkStream:
        import httpcore

        parts = urlsplit(self.origin)
        trust = self._trust() if parts.scheme == "https" else None
        try:
            port = parts.port or (443 if trust else 80)
            raw = httpcore.SyncBackend().connect_tcp(self._host, port, self.patience.connect)
            stream = _Stream(raw, self._deadline)
            return stream.start_tls(trust, self._host) if trust else stream
        except _failures() as failure:
            cause = failure.args[0] if failure.args else failure
            reached: Reached = "no trust" if isinstance(cause, ssl.SSLCertVerificationError) else "nobody"
            raise UnansweredError(self._host, reached, _reason(failure)) from None

    def _trust(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.authorities or None)
        except OSError as refusal:
            problem = f"{self.authorities}: {refusal.strerror or 'holds no certificate'}"
            raise UnansweredError(self._host, "no trust", problem) from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _answer(response: Response, size: int) -> Answer:
    """The answer with its content; one that is too long, or breaks off, is kept as far as it came."""
    headers = {key.lower().decode("latin-1"): value.decode("latin-1") for key, value in response.headers}
    content = b""
    try:
        for chunk in response.iter_stream():
            content += chunk
            if len(content) > size:
                break
    except _failures():  # its first line has said what counts
        pass
    return Answer(response.status, headers, content[:size])


def _failures() -> tuple[type[Exception], ...]:
    import httpcore

    return (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError, ValueError)


def _reason(failure: Exception) -> str:
    import httpcore

    cause = failure.args[0] if failure.args else failure
    if isinstance(failure, TimeoutError | httpcore.TimeoutException):
        return "timed out"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate is not to be trusted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"no encrypted connection: {cause.reason}"
    return str(getattr(cause, "strerror", None) or cause or type(failure).__name__)
