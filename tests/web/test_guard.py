"""H15 of the bad inputs: whoever reaches the preview by another name, or without the token, gets nothing."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from feeds.errors import OutputError
from feeds.web.preview import serving
from feeds.web.preview.serving import preview
from tests.conftest import NOW, Project


def asked(address: str, path: str = "", host: str | None = None, method: str = "GET") -> HTTPResponse:
    """One request as anybody could make it: nothing normalises the path or the Host."""
    parts = urlsplit(address)
    connection = HTTPConnection("127.0.0.1", parts.port or 80, timeout=10)
    connection.putrequest(method, parts.path + path, skip_host=True)
    connection.putheader("Host", host or parts.netloc)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_H15_names_of_this_machine(address: str, name: str) -> None:
    assert asked(address, host=f"{name}:{urlsplit(address).port}").status == 200


@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:{port}", "[::1]", "x"]
)
def test_H15_another_name_is_misdirected(address: str, host: str) -> None:
    assert asked(address, host=host.format(port=urlsplit(address).port)).status == 421


def test_H15_two_hosts(address: str) -> None:
    parts = urlsplit(address)
    connection = HTTPConnection("127.0.0.1", parts.port or 80, timeout=10)
    connection.putrequest("GET", parts.path, skip_host=True)
    for host in (parts.netloc, "evil.example"):
        connection.putheader("Host", host)
    connection.endheaders()
    assert connection.getresponse().status in (400, 421)
    connection.close()


@pytest.mark.parametrize("path", ["/", "/x/", "//", "/events", "/preview.css", "/newsletter/weekly"])
def test_H15_nothing_without_the_token(address: str, path: str) -> None:
    root = address.replace(urlsplit(address).path, "")
    assert asked(root, path).status == 404
    assert asked(address.rstrip("/") + "x", path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_H15_looking_only(address: str, method: str) -> None:
    assert asked(address, method=method).status == 405


def test_H15_only_loopback_listens(newsroom: Project) -> None:
    with serving(newsroom.root, NOW) as address:
        port = urlsplit(address).port
        assert port and _addresses(port) == {"127.0.0.1"}
        with pytest.raises(OutputError, match="leave --port out"):
            preview(newsroom.root, NOW, port)


def _addresses(port: int) -> set[str]:
    """Where a port of this machine is listened at (proc(5): addresses in hexadecimal, 0A is LISTEN)."""
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()
    ]
    here = [
        line[1] for line in lines if len(line) > 3 and line[3] == "0A" and line[1].endswith(f":{port:04X}")
    ]
    return {socket.inet_ntoa(bytes.fromhex(one.partition(":")[0])[::-1]) for one in here}


def test_H15_every_run_has_a_token_of_its_own(newsroom: Project) -> None:
    with serving(newsroom.root, NOW) as one, serving(newsroom.root, NOW) as other:
        tokens = {urlsplit(address).path for address in (one, other)}
    assert len(tokens) == 2
    assert all(len(token) >= 22 for token in tokens)


def test_H15_policies(address: str) -> None:
    page, mail = asked(address), asked(address, "mail/weekly")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    framed = mail.headers["Content-Security-Policy"]
    assert "sandbox" in framed
    assert "allow-scripts" not in framed
    assert "script-src" not in framed.replace("default-src 'none'", "")
    for answer in (page, mail, asked(address, host="evil.example")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Set-Cookie"] is None


@pytest.mark.parametrize(
    "path",
    [
        "../feeds.toml",
        "..%2ffeeds.toml",
        "images/../../feeds.toml",
        "%2e%2e/feeds.toml",
        "/etc/passwd",
        "a.md",
        ".hidden.png",
        "link.png",
        "linked/secret.png",
        "images/none.png",
        "images/dot.png%00",
    ],
)
def test_H15_only_pictures_of_the_content_folder(
    newsroom: Project, address: str, path: str, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.png").write_bytes(b"secret")
    newsroom.write("content/.hidden.png", b"hidden")
    (newsroom.root / "content/link.png").symlink_to(outside / "secret.png")
    (newsroom.root / "content/linked").symlink_to(outside)
    assert asked(address).status == 200
    assert asked(address, "files/images/dot.png").status == 200
    assert asked(address, f"files/{path}").status == 404


@pytest.mark.parametrize(
    "path", ["newsletter/none", "feed/none", "mail/none", "message/none", "entries/none", "x"]
)
def test_what_is_not_there(address: str, path: str) -> None:
    assert asked(address).status == 200
    assert asked(address, path).status == 404
