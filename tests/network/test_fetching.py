"""Fetching from the worst of servers, which is ours and on the loopback: nothing outlasts its limits."""

from __future__ import annotations

import gzip
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from feeds.errors import FeedsError, FetchError
from feeds.network import _httpcore, fetching
from feeds.network._httpcore import is_public
from feeds.network.fetching import Fetched, Limits, Machine, agent, fetch, post

# Nobody's: made for these tests, for news.example.org until 2120.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgObMFfDmf6JYuqzV+
EdnHcQALwAbbcfJGlPIDmvoNrkKhRANCAARP1kfKdOdmtOYDv+vLP3VxD6DauFXC
Z9Joyok4S440r7SwAbc6q16bw+MC/A4BR/OAppVoqLlas3VDscXWv0a5
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBdTCCARygAwIBAgIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBuZXdzLmV4
YW1wbGUub3JnMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAbMRkw
FwYDVQQDDBBuZXdzLmV4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAET9ZHynTnZrTmA7/ryz91cQ+g2rhVwmfSaMqJOEuONK+0sAG3Oqtem8PjAvwO
AUfzgKaVaKi5WrN1Q7HF1r9GuaNPME0wGwYDVR0RBBQwEoIQbmV3cy5leGFtcGxl
Lm9yZzAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBSRmg3Tx3n3joT8wkfrm6qy
c1Z/HzAKBggqhkjOPQQDAgNHADBEAiBR0PmTf9CUjq54Fih6c0+JXuk7mQrs+fzg
7BsYk0FyXwIgARspaj91DSfSQspnlb20mazxoXtEDGr/JeljbaiBtdE=
-----END CERTIFICATE-----
"""

Behaviour = Callable[[socket.socket], None]
QUICK = Limits(connect=0.3, read=0.3, total=0.8, size=100_000)


@dataclass
class Server:
    """A server that says to each path whatever a test wants, byte by byte."""

    port: int
    paths: dict[str, Behaviour] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    """What each request said, from its first line on."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def say(self, path: str, *answers: bytes) -> str:
        """Answer with the first of these, then the next; the last is for ever."""
        waiting = list(answers)
        self.paths[path] = lambda to: to.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])
        return self.url + path

    def drip(self, path: str, start: bytes, each: bytes) -> str:
        """Begin, and go on a little at a time until whoever listens has had enough."""

        def slowly(to: socket.socket) -> None:
            to.sendall(start)
            for _ in range(200):
                to.sendall(each)
                time.sleep(0.02)

        self.paths[path] = slowly
        return self.url + path

    def serve(self, listening: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection, tls), daemon=True).start()

    def _one(self, connection: socket.socket, tls: ssl.SSLContext | None) -> None:
        try:
            connection.settimeout(5)
            with tls.wrap_socket(connection, server_side=True) if tls else connection as to:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += to.recv(65536) or b"\r\n\r\n"
                    if request.startswith(b"\x16"):  # TLS, where none is spoken
                        to.sendall(http("400 Bad Request"))
                        return
                head, _, body = request.decode().partition("\r\n\r\n")
                if "content-length: " in head.lower():
                    length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
                    while len(body) < length:
                        body += to.recv(65536).decode()
                self.heard.append(f"{head}\r\n\r\n{body}")
                self.paths[head.split()[1]](to)
        except OSError:
            connection.close()


def http(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """A proper answer."""
    fields = {"Content-Length": str(len(body)), "Connection": "close", **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def moved(to: str, status: str = "302 Found") -> bytes:
    """An answer that sends elsewhere."""
    return http(status, Location=to)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on the loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Server(listening.getsockname()[1])
        threading.Thread(target=made.serve, args=(listening,), daemon=True).start()
        yield made
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """For this test the public internet is 127.0.0.1, and nothing else is."""
    monkeypatch.setattr(_httpcore, "is_public", lambda address: address == "127.0.0.1")


@dataclass
class Pauses:
    """A sleep that takes no time, and remembers."""

    asked: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)


def names(*answers: Sequence[str]) -> Machine:
    """A machine whose names have these addresses, one answer after the other."""
    coming = itertools.chain(answers, itertools.repeat(answers[-1]))
    return Machine(sleep=Pauses(), resolve=lambda host, port: next(coming))


def refused(address: str, machine: Machine = fetching.MACHINE, *, private: bool = False) -> str:
    """The one line that says why not."""
    with pytest.raises(FetchError) as refusal:
        fetch(address, limits=QUICK, machine=machine, private=private)
    [line] = str(refusal.value).splitlines()
    return line


def typed(address: str, limits: Limits = QUICK, machine: Machine | None = None) -> Fetched:
    """What an address gives that a person typed."""
    return fetch(address, limits=limits, machine=machine or Machine(sleep=Pauses()), private=True)


def test_what_is_there_is_given_with_what_is_said_of_it(server: Server) -> None:
    body = http(body=b"<rss/>", Content_Type="Text/XML; charset=x", ETag='W/"1"', Last_Modified="then")
    found = typed(server.say("/feed", body) + "#part")
    assert found == Fetched(server.url + "/feed", b"<rss/>", "text/xml", 'W/"1"', "then")
    [request] = server.heard
    assert request.startswith(f"GET /feed HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\n")
    assert f"user-agent: {agent()}\r\n" in request


def test_who_we_are_names_a_page() -> None:
    from importlib.metadata import version

    assert agent("https://example.org/") == f"feeds/{version('feeds')} (+https://example.org/)"


def test_what_has_not_changed_is_not_sent_again(server: Server) -> None:
    address = server.say("/feed", http("304 Not Modified"))
    found = fetch(address, private=True, headers={"If-None-Match": '"1"'})
    assert found.unchanged
    assert found.content == b""
    assert 'if-none-match: "1"' in server.heard[0]
    assert refused(address, private=True).endswith("/feed: answers 304 Not Modified")


def test_gzip_is_unpacked(server: Server) -> None:
    packed = gzip.compress(b"x" * 1000)
    assert typed(server.say("/", http(body=packed, Content_Encoding="gzip"))).content == b"x" * 1000


def test_F12_nothing_is_kept_of_what_comes_after_the_gzip(server: Server) -> None:
    packed = gzip.compress(b"x" * 1000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    started = time.monotonic()
    assert typed(server.drip("/", head + packed, b"y" * 20_000)).content == b"x" * 1000
    assert time.monotonic() - started < 0.7


def test_F12_a_gzip_bomb_ends_at_the_limit(server: Server) -> None:
    bomb = gzip.compress(bytes(30_000_000), 9)
    server.say("/", http(body=bomb, Content_Encoding="gzip"))
    assert refused(server.url, private=True).endswith("/: is larger than 100,000 bytes")


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd", "deflate"])
def test_F12_a_packing_that_nobody_asked_for_is_not_unpacked(server: Server, encoding: str) -> None:
    server.say("/", http(body=b"x", Content_Encoding=encoding))
    assert f"is packed as “{encoding}”" in refused(server.url, private=True)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(http(body=b"x", Content_Encoding="gzip"), id="no gzip"),
        pytest.param(http(body=gzip.compress(b"x" * 99)[:-9], Content_Encoding="gzip"), id="half a gzip"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx", id="cut off"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", id="cut off in a chunk"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", id="broken chunks"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 50_000 + b"\r\n", id="endless headers"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", id="no http"),
        pytest.param(b"\0" * 999, id="noise"),
        pytest.param(b"", id="nothing"),
        pytest.param(http("999 Odd"), id="odd status"),
        pytest.param(http("404 Not Found"), id="not found"),
        pytest.param(http("302 Found"), id="redirect to nowhere"),
    ],
)
def test_F12_a_broken_answer_is_one_line(server: Server, answer: bytes) -> None:
    server.say("/", answer)
    assert refused(server.url, Machine(sleep=Pauses()), private=True).startswith(server.url + "/: ")


def test_F12_endless_content_ends_at_the_limit(server: Server) -> None:
    address = server.drip("/", b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 20_000)
    assert refused(address, private=True).endswith("is larger than 100,000 bytes")


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nA: ", b"HTTP/1.1 200 OK\r\n\r\n"],
    ids=["status", "headers", "content"],
)
def test_F12_a_byte_at_a_time_ends_in_total(server: Server, start: bytes) -> None:
    started = time.monotonic()
    address = server.drip("/", start, b"x")
    assert refused(address, private=True).endswith("takes longer than 0.8 seconds")
    assert time.monotonic() - started < 1.5


def test_F12_silence_ends(server: Server) -> None:
    server.paths["/"] = lambda to: time.sleep(1)
    assert refused(server.url, private=True).endswith("says nothing for 0.3 seconds")


def test_F12_time_is_counted_over_redirects_and_repetitions(server: Server) -> None:
    ticks = itertools.count(step=0.2)
    server.say("/", moved("/"))
    machine = Machine(clock=lambda: next(ticks), sleep=Pauses())
    assert refused(server.url, machine, private=True).endswith("takes longer than 0.8 seconds")


def test_redirects_are_followed_to_the_end(server: Server) -> None:
    server.say("/a", moved("b?x=1", "301 Moved Permanently"))
    server.say("/b?x=1", moved(f"{server.url}/c#part", "308 Permanent Redirect"))
    found = typed(server.say("/c", http(body=b"here")) and server.url + "/a")
    assert (found.address, found.content) == (server.url + "/c", b"here")


def test_F12_endless_redirects_end(server: Server) -> None:
    server.say("/", moved("/"))
    assert refused(server.url, private=True).endswith("is where 5 redirects led, and there is one more")
    assert len(server.heard) == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/", "javascript:1", "data:,x", "//[::1"]
)
def test_F12_redirects_lead_to_the_web_only(server: Server, target: str) -> None:
    server.say("/", moved(target))
    assert "which is no web address" in refused(server.url, private=True)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.2", "[::1]", "[::ffff:127.0.0.2]", "169.254.169.254", "0x7f.2", "0x7f000002", "10.0.0.1"],
)
def test_F12_redirects_inside_are_refused(server: Server, host: str, internet: None) -> None:
    server.say("/", moved(f"http://{host}:{server.port}/secret"))
    assert "which is no public address" in refused(server.url)
    assert "which is no public address" in refused(server.url, private=True)
    assert len(server.heard) == 2


@pytest.mark.parametrize(
    "host",
    "127.0.0.1 localhost 0x7f.1 2130706433 127.1 0 [::1] [::] 169.254.169.254 [::ffff:127.0.0.1]"
    " [::ffff:7f00:1] [2002:7f00:1::] [64:ff9b::7f00:1] [::127.0.0.1]".split(),
)
def test_F12_an_address_inside_is_refused_however_it_is_written(server: Server, host: str) -> None:
    server.say("/", http())
    assert "which is no public address" in refused(f"http://{host}:{server.port}/")
    assert server.heard == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        *((inside, False) for inside in ("10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "0.0.0.0")),
        *((inside, False) for inside in ("192.0.0.8", "192.88.99.1", "198.18.0.1", "224.0.0.1", "240.0.0.1")),
        *((inside, False) for inside in ("fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::")),
        *((inside, False) for inside in ("2001:db8::1", "2001::1", "3fff::1", "64:ff9b:1::1", "5f00::1", "")),
    ],
)
def test_F12_what_is_public(address: str, expected: bool) -> None:
    assert is_public(address) is expected


def test_F12_a_name_that_changes_its_answer_wins_nothing(server: Server, internet: None) -> None:
    server.say("/", moved("/again"))
    server.say("/again", http(body=b"secret"))
    address = f"http://rebinding.test:{server.port}/"
    rebinding = names(["127.0.0.1"], ["127.0.0.2"])
    assert "stands at 127.0.0.2, which is no public address" in refused(address, rebinding)
    typed_in = names(["127.0.0.1"], ["127.0.0.1"], ["127.0.0.2"])
    assert "stands at 127.0.0.2" in refused(address, typed_in, private=True)


def test_F12_one_bad_address_among_good_ones_spoils_them(server: Server, internet: None) -> None:
    address = f"http://both.test:{server.port}/"
    server.say("/", http())
    assert "stands at 10.0.0.1" in refused(address, names(["127.0.0.1", "10.0.0.1"]))
    assert server.heard == []


def test_the_next_address_is_tried_where_one_is_dead(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_httpcore, "is_public", lambda address: True)
    server.say("/", http(body=b"here"))
    machine = names(["127.0.0.9", "127.0.0.1"])
    assert fetch(f"http://two.test:{server.port}/", machine=machine).content == b"here"
    assert f"host: two.test:{server.port}" in server.heard[0]


def test_a_host_that_is_none(server: Server) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    machine = Machine(resolve=unknown, sleep=Pauses())
    expected = "http://nowhere.test/: has no address for nowhere.test: Name or service not known"
    assert refused("http://nowhere.test", machine) == expected
    assert "has no address for" in refused("http://nowhere.test", names([]))
    assert "it is no name" in refused(f"http://{'a' * 64}.test/")


@pytest.mark.parametrize(
    "address",
    ["", "feed.xml", "/etc/passwd", "file:///etc/passwd", "ftp://example.org/", "http://", "http://[x"],
)
def test_F12_only_web_addresses_are_fetched(address: str) -> None:
    assert "is no web address; it must begin with http:// or https:// and a host" in refused(address)


@pytest.mark.parametrize(
    "address",
    ["http://me:pass%40word@127.0.0.1/", "http://me:pa@ss/word@[x", "ftp://me:password@example.org/"],
)
def test_a_password_is_never_shown(address: str, server: Server) -> None:
    assert "pa" not in refused(address).replace("user name or password", "")
    server.say("/", moved(address))
    assert "pa" not in refused(server.url, private=True).replace("user name or password", "")


def test_secrets_stay_with_the_host_that_they_were_for(server: Server, internet: None) -> None:
    server.say("/a", moved(f"http://other.test:{server.port}/b"))
    server.say("/b", http())
    secret = {"Authorization": "Bearer x", "User-Agent": "me"}
    fetch(f"http://one.test:{server.port}/a", headers=secret, machine=names(["127.0.0.1"]))
    assert ["Bearer x" in request for request in server.heard] == [True, False]
    assert all("user-agent: me" in request for request in server.heard)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "502 Bad Gateway", "503 Busy", "504 Late"])
def test_a_busy_server_is_tried_again(server: Server, status: str) -> None:
    pauses = Pauses()
    address = server.say("/", http(status), http(status), http(body=b"here"))
    assert typed(address, machine=Machine(sleep=pauses)).content == b"here"
    assert pauses.asked == [0.5, 1.0]


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        ({"Retry_After": "7"}, 7.0),
        ({"Retry_After": "Sun, 22 Nov 2026 12:00:09 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 9.0),
        ({"Retry_After": "Sun, 22 Nov 2026 11:00:00 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 0.5),
        ({"Retry_After": "soon"}, 0.5),
        ({"Retry_After": "-1"}, 0.5),
    ],
)
def test_retry_after_is_respected(server: Server, said: dict[str, str], pause: float) -> None:
    pauses = Pauses()
    address = server.say("/", http("503 Busy", b"", **said), http(body=b"here"))
    assert typed(address, machine=Machine(sleep=pauses)).content == b"here"
    assert pauses.asked == [pause]


def test_retry_after_beyond_our_patience_is_an_error(server: Server) -> None:
    pauses = Pauses()
    server.say("/", http("429 Too Many Requests", Retry_After="3600"))
    line = refused(server.url, Machine(sleep=pauses), private=True)
    assert line.endswith("answers 429 Too Many Requests, and asks to be left alone for 3,600 seconds")
    assert pauses.asked == []


def test_repetition_ends_and_other_errors_are_not_repeated(server: Server) -> None:
    server.say("/", http("503 Busy"))
    pauses = Pauses()
    assert "503" in refused(server.url, Machine(sleep=pauses), private=True)
    assert pauses.asked == [0.5, 1.0, 2.0]
    server.say("/", http("500 Broken"))
    assert "500" in refused(server.url, private=True)
    assert len(server.heard) == 5


def test_a_refused_connection_is_tried_again_and_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    pauses = Pauses()
    line = refused(f"http://127.0.0.1:{port}/", Machine(sleep=pauses), private=True)
    assert line == f"http://127.0.0.1:{port}/: cannot be reached: Connection refused"
    assert len(pauses.asked) == 3


def test_a_form_is_sent_once_or_as_often_as_it_may_be(server: Server, internet: None) -> None:
    address = server.say("/hub", http("503 Busy"), http("503 Busy"), http("204 No Content"))
    machine = Machine(sleep=Pauses())
    with pytest.raises(FetchError, match="503"):
        post(address, {"hub.mode": "publish"}, machine=machine)
    assert len(server.heard) == 1
    post(
        address, {"hub.mode": "publish", "hub.url": "https://example.org/ü"}, repeatable=True, machine=machine
    )
    head, _, body = server.heard[-1].partition("\r\n\r\n")
    assert head.startswith("POST /hub ")
    assert "content-type: application/x-www-form-urlencoded" in head
    assert parse_qs(body) == {"hub.mode": ["publish"], "hub.url": ["https://example.org/ü"]}


def test_a_form_goes_along_only_where_it_is_kept(server: Server, internet: None) -> None:
    server.say("/old", moved("/new", "308 Permanent Redirect"))
    server.say("/new", http("202 Accepted"))
    assert post(server.url + "/old", {"a": "b"}).address == server.url + "/new"
    assert server.heard[-1].endswith("a=b")
    server.say("/old", moved("/new", "301 Moved Permanently"))
    with pytest.raises(FetchError, match="has moved: 301 Moved Permanently; the new address is /new"):
        post(server.url + "/old", {"a": "b"})


def test_F15_a_form_goes_to_public_addresses_only(server: Server) -> None:
    with pytest.raises(FetchError, match="which is no public address"):
        post(server.url, {"hub.mode": "publish"})
    assert server.heard == []


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """A server with a certificate for news.example.org, and the file of that."""
    file = tmp_path / "certificate.pem"
    file.write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Server(listening.getsockname()[1])
        made.say("/", http(body=b"here"))
        threading.Thread(target=made.serve, args=(listening, context), daemon=True).start()
        yield made, file
        listening.shutdown(socket.SHUT_RDWR)


def test_F12_a_certificate_of_nobody_we_know_is_refused(secure: tuple[Server, Path]) -> None:
    address = f"https://news.example.org:{secure[0].port}/"
    pauses = Pauses()
    machine = Machine(sleep=pauses, resolve=lambda host, port: ["127.0.0.1"])
    assert "shows a certificate that is not valid: self" in refused(address, machine, private=True)
    assert pauses.asked == []
    assert secure[0].heard == []


def test_the_name_is_what_the_certificate_is_checked_against(
    secure: tuple[Server, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, file = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    machine = names(["127.0.0.1"])
    assert typed(f"https://news.example.org:{server.port}/", machine=machine).content == b"here"
    line = refused(f"https://other.example.org:{server.port}/", machine, private=True)
    assert "certificate is not valid for 'other.example.org'" in line


def test_no_tls_where_it_should_be(server: Server) -> None:
    server.say("/", http())
    line = refused(server.url.replace("http:", "https:"), Machine(sleep=Pauses()), private=True)
    assert "cannot be reached: " in line


def test_every_refusal_is_one_that_a_person_can_read() -> None:
    assert issubclass(FetchError, FeedsError)


def test_httpcore_is_imported_late() -> None:
    import subprocess
    import sys

    code = "import sys, feeds.network.fetching; print('httpcore' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
