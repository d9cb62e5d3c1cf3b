"""The wire of an SMTP conversation: bytes out, replies in, and an end to everybody's patience.

Each reply has one deadline, however slowly its bytes arrive, and one size, however many its lines.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Mapping
from types import MappingProxyType

from feeds.delivery.faultpoints import fault
from feeds.delivery.transports.base import ConnectionLost, Reply, Stage
from feeds.errors import one_line

PATIENCE: Mapping[Stage, float] = MappingProxyType(
    {
        "connect": 30.0,
        "banner": 300.0,
        "ehlo": 300.0,
        "starttls": 120.0,
        "auth": 120.0,
        "mail": 300.0,
        "rcpt": 300.0,
        "data": 120.0,
        "dot": 180.0,
        "after-dot": 600.0,
    }
)
"""Seconds to wait at each stage (RFC 5321 section 4.5.3.2): ten minutes where impatience makes doubt."""

LONGEST_LINE = 4096
"""Bytes of one line of a reply. RFC 5321 section 4.5.3.1.5 allows 512; many servers say more."""
MOST_LINES = 100

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_WHOLE = re.compile(rb"([2-5][0-9][0-9]) ([^\r\n]{0,500})\r\n")
_ENHANCED = re.compile(r"([245])\.\d{1,3}\.\d{1,3}(?= |$)")
_TEXT = 500


class Wire:
    """A socket on which replies are read line by line."""

    def __init__(self, link: socket.socket, patience: Mapping[Stage, float] = PATIENCE) -> None:
        self._link = link
        self._patience = patience
        self._buffer = b""
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def silent(self) -> bool:
        """Whether nothing has come that nobody asked for."""
        return not self._buffer

    @property
    def host(self) -> str:
        """Our own address on this connection."""
        return str(self._link.getsockname()[0])

    def encrypt(self, context: ssl.SSLContext, name: str) -> None:
        """Go on over TLS. Raises `OSError`, of which `ssl.SSLError` is one."""
        self._link.settimeout(self._patience["starttls"])
        self._link = context.wrap_socket(self._link, server_hostname=name)

    def write(self, data: bytes, stage: Stage) -> None:
        """Send it all. Raises `ConnectionLost`; then some of it has not been sent."""
        fault(f"smtp {stage}")
        try:
            self._link.settimeout(self._patience[stage])
            self._link.sendall(data)
        except (OSError, ValueError) as refusal:  # ValueError: a TLS connection that is gone
            raise ConnectionLost(stage, reason(refusal)) from None

    def reply(self, stage: Stage, lost: Stage | None = None) -> Reply:
        """The next reply, which answers at `stage`. Raises `ConnectionLost` at `lost`, else at `stage`.

        A reply that breaks the grammar of RFC 5321 section 4.2 loses the connection too: what
        follows it could answer anything.
        """
        return as_reply(*self.answer(lost or stage), stage)

    def answer(self, stage: Stage, patience: float | None = None) -> tuple[int, list[str]]:
        """The next reply as its code and its lines, without the code."""
        deadline = time.monotonic() + (self._patience[stage] if patience is None else patience)
        if not self._buffer:
            self._buffer = self._more(stage, deadline)
        if whole := _WHOLE.match(self._buffer):  # as nearly all are; what follows would read it too
            self._buffer = self._buffer[whole.end() :]
            return int(whole[1]), [whole[2].decode("utf-8", "replace")]
        code, texts = b"", []
        for _ in range(MOST_LINES):
            line = _LINE.fullmatch(self._line(stage, deadline))
            if not line:
                raise ConnectionLost(stage, "the reply has no code")
            if code and code != line[1]:
                raise ConnectionLost(stage, "the lines of the reply have different codes")
            code = line[1]
            texts.append((line[3] or b"").decode("utf-8", "replace"))
            if line[2] != b"-":
                return int(code), texts
        raise ConnectionLost(stage, f"the reply has over {MOST_LINES} lines")

    def last_words(self) -> Reply | None:
        """What a server has said that hung up in the middle of a message, if it was a refusal."""
        try:
            reply = as_reply(*self.answer("dot", 1.0), "dot")
        except ConnectionLost:
            return None
        return reply if reply.code >= 400 else None

    def goodbye(self) -> None:
        """Take leave as RFC 5321 section 4.1.1.10 wishes, but wait for the answer two seconds only."""
        try:
            self._link.settimeout(2.0)
            self._link.sendall(b"QUIT\r\n")
            self._link.recv(512)
        except (OSError, ValueError):  # it is gone already, which is all we wanted
            pass
        self.close()

    def close(self) -> None:
        """Close the socket, whatever state it is in."""
        self._link.close()

    def _line(self, end: Stage, deadline: float) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > LONGEST_LINE:
                raise ConnectionLost(end, f"a line of the reply is over {LONGEST_LINE} bytes long")
            self._buffer += self._more(end, deadline)
        line, _, self._buffer = self._buffer.partition(b"\n")
        if len(line) > LONGEST_LINE:
            raise ConnectionLost(end, f"a line of the reply is over {LONGEST_LINE} bytes long")
        return line.removesuffix(b"\r")

    def _more(self, end: Stage, deadline: float) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:
            raise ConnectionLost(end, "timed out")
        try:
            self._link.settimeout(left)
            data = self._link.recv(8192)
        except (OSError, ValueError) as refusal:
            raise ConnectionLost(end, reason(refusal)) from None
        if not data:
            raise ConnectionLost(end, "closed by the other side")
        return data


def as_reply(code: int, lines: list[str], stage: Stage) -> Reply:
    """A reply from its code and lines: the enhanced code is that of the last line (RFC 2034)."""
    found = _ENHANCED.match(lines[-1])
    enhanced = found[0] if found and found[1] == str(code)[0] else ""
    if enhanced:
        lines = [line.removeprefix(enhanced).strip() for line in lines]
    text = " ".join(filter(None, lines))[:_TEXT]
    return Reply(code, enhanced, text if text.isprintable() else one_line(text), stage)


def reason(refusal: Exception) -> str:
    """What went wrong with a socket, in one line."""
    if isinstance(refusal, TimeoutError):
        return "timed out"
    return one_line(getattr(refusal, "strerror", None) or str(refusal) or type(refusal).__name__)
