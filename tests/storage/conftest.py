"""A server that speaks S3 (s3rver, of npm), and a folder of what was built."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from feeds.config import Settings
from feeds.hosting.headers import Headers
from feeds.publishing import Document, publish
from tests.ports import free_port

HERE = Path(__file__).parent
BUILT = {
    "news/atom.xml": b"<feed>one</feed>",
    "news/atom.xml.gz": b"\x1f\x8b packed",
    "news/feed.json": b"{}",
    "news/archive/0001-atom.xml": b"<feed>sealed</feed>",
    "feeds.opml": b"<opml/>",
    "feeds/index.html": b"<html>",
    "feeds/style.css": b"p {}",
    "images/été à l'eau.png": b"\x89PNG",
    "files/talk.mp3": b"ID3" * 1000,
    "newsletters/weekly/next.html": b"<html>",
}
SETTINGS = Settings.model_validate(
    {"publication": {"title": "News", "url": "https://example.org/a/"}, "feed": {"news": {"archive": 10}}}
)
HEADERS = Headers(SETTINGS, frozenset({"gzip"}))


@dataclass(frozen=True)
class Server:
    """Where it listens, and who may come in."""

    address: str
    folder: Path
    bucket: str = "news"

    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "S3RVER",
            "AWS_SECRET_ACCESS_KEY": "S3RVER",
        }

    def get(self, name: str) -> tuple[int, dict[str, str], bytes]:
        """What a browser gets, by an eye of its own; the server lets everybody read."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=10)
        try:
            connection.request("GET", f"/{self.bucket}/{quote(name)}")
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def put(self, name: str, content: bytes) -> None:
        """Somebody else's object."""
        asked = urllib.request.Request(f"{self.address}/{self.bucket}/{quote(name)}", content, method="PUT")
        urllib.request.urlopen(asked, timeout=10).close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server, once for all tests of a process; each takes a prefix of its own."""
    program = HERE / "node_modules/s3rver/bin/s3rver.js"
    assert program.is_file(), "s3rver is missing; run `make test`, or `npm ci` in tests/storage"
    folder = tmp_path_factory.mktemp("s3")
    port = free_port()
    command = ["node", str(program), "-d", str(folder), "-a", "127.0.0.1", "-p", str(port), "--silent"]
    command += ["--configure-bucket", "news"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield Server(f"http://127.0.0.1:{port}", folder)
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "s3rver has ended"
        time.sleep(0.05)
    raise AssertionError("s3rver does not listen")


@pytest.fixture
def signed_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, with its address and keys in the environment."""
    for name in ("AWS_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """What was built, and a file beside it that is not ours."""
    folder = tmp_path / "public"
    build(folder, BUILT)
    (folder / "theirs.txt").write_text("not ours")
    return folder


def build(folder: Path, files: dict[str, bytes]) -> None:
    """Write these files as a build does."""
    publish([Document(path, content, "") for path, content in files.items()], folder)
