"""httpcore, fenced in: one request and its answer, over connections to addresses that we have looked at.

It is the floor that httpx stands on, and of the two the one that lets us say, in public, which network
to use. Ours asks for a host's addresses once, refuses all of them where one is not public, connects to
one of just these, and lets no step of anything outlast the deadline. httpcore still sends the host's
name in Host and SNI and checks the certificate against it. Proxies are left out: through one, nobody
can tell where a connection ends.
"""

from __future__ import annotations

import ipaddress
import ssl
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feeds.errors import FetchError
from feeds.network.base import Answer, Deadline, Limits, Machine, PassingError, Request

if TYPE_CHECKING:
    from httpcore import NetworkBackend, NetworkStream, Response
else:  # they are asked for what they do, never for their class, and so httpcore can be imported late
    NetworkBackend = NetworkStream = object

_FOREIGN = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""Protocols' own, 6to4 relays and documentation: what older Pythons take for global (RFC 6890, 9637)."""
_UNICAST = ipaddress.IPv6Network("2000::/3")


class _AstrayError(Exception):
    """A host that must not be connected to, or that there is not."""


def is_public(address: str) -> bool:
    """Whether an IP address is one host's on the public internet.

    IPv6 must be global unicast (RFC 4291 section 2.5.4), which leaves out IPv4 in its other dresses:
    mapped, compatible and NAT64; 6to4 and Teredo, which carry an IPv4 address within, are refused.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (
        found not in _UNICAST or found.sixtofour or found.teredo
    ):
        return False
    return found.is_global and not found.is_multicast and not any(found in network for network in _FOREIGN)


def exchange(request: Request, limits: Limits, deadline: Deadline, trusted: frozenset[str]) -> Answer:
    """One request, one answer, one connection. Only public addresses and those `trusted` are connected to.

    Raises `PassingError` where the connection fails, else `FetchError`.
    """
    import httpcore

    headers = {"host": urlsplit(request.address).netloc, "accept-encoding": "gzip", **request.headers}
    seconds = {"connect": limits.connect, "read": limits.read, "write": limits.read, "pool": limits.connect}
    with (
        _fence(request, limits, deadline),
        httpcore.ConnectionPool(network_backend=_Network(deadline, trusted)) as pool,
        pool.stream(
            request.method,
            request.address,
            headers=[(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
            content=request.content or None,
            extensions={"timeout": seconds},
        ) as response,
    ):
        return _answer(request, response, limits)


def _answer(request: Request, response: Response, limits: Limits) -> Answer:
    given = {key.lower().decode("latin-1"): _text(value) for key, value in reversed(response.headers)}
    wanted = 200 <= response.status < 300
    encoding = given.get("content-encoding", "").strip().lower()
    content = _unpacked(request, response, encoding, limits.size) if wanted else ()
    return Answer(response.status, given, b"".join(content))


def addresses(request: Request, limits: Limits, deadline: Deadline) -> frozenset[str]:
    """The IP addresses that the host of a request has now."""
    parts = urlsplit(request.address)
    with _fence(request, limits, deadline):
        return frozenset(_asked(deadline.machine, parts.hostname or "", parts.port or 0))


def _asked(machine: Machine, host: str, port: int) -> Sequence[str]:
    try:
        return machine.resolve(host, port)
    except (OSError, UnicodeError) as failure:
        reason = failure.strerror if isinstance(failure, OSError) else "it is no name"
        raise _AstrayError(f"has no address for {host}: {reason}") from None


@dataclass
class _Network(NetworkBackend):
    deadline: Deadline
    trusted: frozenset[str]

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[object] | None = None,
    ) -> NetworkStream:
        import httpcore

        refusal: Exception = _AstrayError(f"has no address for {host}")
        for address in self._checked(host, port):
            try:
                seconds = self.deadline.left(timeout)
                stream = httpcore.SyncBackend().connect_tcp(address, port, seconds, local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                refusal = failure
            else:
                return _Stream(stream, self.deadline)
        raise refusal

    def _checked(self, host: str, port: int) -> Sequence[str]:
        """A host's addresses. A bad one spoils them all: it is how a name is made to change sides."""
        found = _asked(self.deadline.machine, host, port)
        for address in found:
            if not is_public(address) and address not in self.trusted:
                raise _AstrayError(f"stands at {address}, which is no public address")
        return found


@dataclass
class _Stream(NetworkStream):
    """A connection of which each step ends by the deadline, so that one byte at a time wins nothing."""

    inner: NetworkStream
    deadline: Deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self.deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self.deadline.left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        seconds = self.deadline.left(timeout)
        return _Stream(self.inner.start_tls(ssl_context, server_hostname, seconds), self.deadline)

    def get_extra_info(self, info: str) -> object:
        return self.inner.get_extra_info(info)


def _unpacked(request: Request, response: Response, encoding: str, room: int) -> Iterator[bytes]:
    """The content, unpacked as far as there is room and not a byte further."""
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise request.error(f"is packed as “{encoding}”, which nobody asked for")
    packed = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding.endswith("gzip") else None
    size, came = room, False
    for chunk in response.iter_stream():
        came = True
        found = packed.decompress(chunk, room + 1) if packed else chunk
        room -= len(found)
        if room < 0:
            raise request.error(f"is larger than {size:,} bytes")
        yield found
        if packed and packed.eof:
            break  # what comes after would be kept, however much it is
    if packed and came and not packed.eof:
        raise request.error("breaks off in the middle")


@contextmanager
def _fence(request: Request, limits: Limits, deadline: Deadline) -> Iterator[None]:
    """Whatever a network does wrong, in one line."""
    import httpcore

    try:
        yield
    except _AstrayError as refusal:
        raise request.error(str(refusal)) from None
    except (TimeoutError, httpcore.TimeoutException) as refusal:
        raise _late(request, refusal, limits, deadline) from None
    except httpcore.NetworkError as refusal:
        raise _unreached(request, refusal) from None
    except (httpcore.ProtocolError, zlib.error) as refusal:
        raise request.error(f"does not answer in proper HTTP: {refusal}") from None


def _late(request: Request, refusal: Exception, limits: Limits, deadline: Deadline) -> FetchError:
    import httpcore

    if deadline.passed:
        return request.error(f"takes longer than {limits.total:g} seconds")
    if isinstance(refusal, httpcore.ConnectTimeout):
        return PassingError(request.fault(f"cannot be reached within {limits.connect:g} seconds"))
    return request.error(f"says nothing for {limits.read:g} seconds")


def _unreached(request: Request, refusal: Exception) -> FetchError:
    cause = refusal.args[0] if refusal.args else refusal
    if isinstance(cause, ssl.SSLCertVerificationError):
        return request.error(f"shows a certificate that is not valid: {cause.verify_message}")
    reason = cause.reason if isinstance(cause, ssl.SSLError) else getattr(cause, "strerror", None)
    return PassingError(request.fault(f"cannot be reached: {reason or cause}"))


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
