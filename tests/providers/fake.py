"""A provider of our own making: a real HTTP server on this machine that checks what it is sent."""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal


@dataclass(frozen=True)
class Asked:
    """One request as it came; header names in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes
    connection: int
    """Which connection it came on, from 1."""

    @property
    def json(self) -> Any:
        assert self.headers["content-type"].partition(";")[0] == "application/json"
        return json.loads(self.content)


@dataclass(frozen=True)
class Says:
    """An answer; its body is JSON unless it is bytes."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    """What Content-Length says, if not the truth."""

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Behaviour = Says | Literal["drop", "hang up early", "silence", "gibberish"]
"""`drop`: take all of the request and say nothing; `hang up early`: read no more than the headers."""
Answering = Callable[[Asked], Behaviour]


class BrokenContract(AssertionError):  # noqa: N818 - named for what happened
    """What was sent is not what the interface documents."""


@dataclass
class Fake:
    """The server: `will` come first, one for each request, and then `answer` is asked."""

    answer: Answering
    will: deque[Behaviour] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    broken: list[BaseException] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    secure: bool = False
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http{'s' * self.secure}://localhost:{self.port}"

    def judge(self, asked: Asked) -> Behaviour:
        """Keep a request, and say what becomes of it; the contract is checked whatever the answer."""
        self.asked.append(asked)
        try:
            usual = self.answer(asked)
        except BaseException as refusal:  # the test that sent it shall know, not this thread
            self.broken.append(refusal)
            return Says(418, {"message": str(refusal)})
        return self.will.popleft() if self.will else usual


@contextmanager
def serving(answer: Answering, context: ssl.SSLContext | None = None) -> Iterator[Fake]:
    """The server for as long as it is needed. Raises what broke its contract."""
    fake = Fake(answer, secure=context is not None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    server.block_on_close = False
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
    if fake.broken:
        raise fake.broken[0]


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            fake.connections += 1
            self.number = fake.connections
            super().setup()

        def handle(self) -> None:
            with suppress(OSError):  # a client that hangs up, or does not trust us
                super().handle()

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            if fake.will and fake.will[0] == "hang up early":
                fake.will.popleft()
                self._end()
                return
            content = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            behaviour = fake.judge(Asked(self.command, self.path, headers, content, self.number))
            if isinstance(behaviour, Says):
                self._say(behaviour)
                return
            if behaviour == "silence":
                fake.release.wait(20)
            if behaviour == "gibberish":
                self.wfile.write(b"250 OK\r\n\r\n")
            self._end()

        do_PUT = do_PATCH = do_GET = do_POST  # noqa: N815 - the standard library's names

        def _say(self, says: Says) -> None:
            content = says.content
            self.send_response(says.status)
            for name, value in {"Content-Type": "application/json", **says.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) if says.length is None else says.length))
            self.end_headers()
            self.wfile.write(content)
            if says.length is not None or says.headers.get("Connection") == "close":
                self._end()

        def _end(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(2)

    return Handler
