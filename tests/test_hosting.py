"""Pieces of configuration: what they say, and that nginx, Caddy and Apache serve by them as we mean it."""

from __future__ import annotations

import gzip
import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest

from feeds.compression import compressed
from feeds.config import Settings
from feeds.errors import PluginError
from feeds.hosting import SERVERS, snippet, snippets
from feeds.publishing import Document, publish
from tests.ports import free_port

PATH = "/usr/sbin:/usr/bin:" + os.environ.get("PATH", "")
NGINX_BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
TEXT = b"<feed>" + b"words and words, " * 200 + b"</feed>"
COMPRESS = ("gzip", "brotli")


def settings(url: str = "https://example.org/") -> Settings:
    """A feed with an archive, one at a place of its own, and one for each tag and language."""
    return Settings.model_validate(
        {
            "publication": {"title": "News", "url": url},
            "feed": {
                "news": {"archive": 10},
                "space": {"formats": {"atom": "space/all (new).xml"}},
                "topics": {"each": ["tag", "language"], "formats": ["rss"]},
            },
        }
    )


FILES = (
    Document("news/atom.xml", TEXT, "application/atom+xml"),
    Document("news/rss.xml", TEXT, "application/rss+xml"),
    Document("news/feed.json", TEXT, "application/feed+json"),
    Document("space/all (new).xml", TEXT, "application/atom+xml"),
    Document("news/archive/0012-feed.json", TEXT, "application/feed+json"),
    Document("topics/espace-été/fr/rss.xml", TEXT, "application/rss+xml"),
    Document("feeds.opml", TEXT, "text/x-opml"),
    Document("feeds/index.html", TEXT, "text/html"),
    Document("other.xml", TEXT, "text/xml"),
)
TYPES = {
    "/news/atom.xml": "application/atom+xml; charset=utf-8",
    "/news/rss.xml": "application/rss+xml; charset=utf-8",
    "/news/feed.json": "application/feed+json",
    "/space/all%20(new).xml": "application/atom+xml; charset=utf-8",
    "/news/archive/0012-feed.json": "application/feed+json",
    "/topics/espace-%C3%A9t%C3%A9/fr/rss.xml": "application/rss+xml; charset=utf-8",
    "/feeds.opml": "text/x-opml; charset=utf-8",
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Server:
    port: int

    def get(self, path: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            found = {name.casefold(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()


def nginx(folder: Path, public: Path, port: int) -> list[str]:
    brotli = f"load_module {NGINX_BROTLI};" if NGINX_BROTLI.exists() else ""
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"{brotli} {user} daemon off; pid {folder}/pid; error_log {folder}/errors; events {{ }}\n"
        f"http {{ access_log off; {temporary} types {{ text/html html; text/xml xml; }}\n"
        f"server {{ listen 127.0.0.1:{port}; root {public}; include {folder}/feeds.conf; }} }}\n"
    )
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", f"{folder}/errors"]
    subprocess.run([*command, "-t"], env={"PATH": PATH}, check=True, capture_output=True)
    return command


def caddy(folder: Path, public: Path, port: int) -> list[str]:
    (folder / "Caddyfile").write_text(
        f"{{\n  admin off\n  auto_https off\n}}\n"
        f"http://127.0.0.1:{port} {{\n  root * {public}\n  import {folder}/feeds.caddy\n}}\n"
    )
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def apache(folder: Path, public: Path, port: int) -> list[str]:
    shutil.move(folder / ".htaccess", public / ".htaccess")
    names = "mpm_event authz_core alias dir filter headers mime rewrite setenvif"
    modules = "".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in names.split()
    )
    (folder / "types").write_text("text/html html\ntext/xml xml\n")
    (folder / "apache.conf").write_text(
        f"{modules}ServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\n"
        f"DefaultRuntimeDir {folder}\nErrorLog {folder}/errors\nTypesConfig {folder}/types\n"
        f"DocumentRoot {public}\n<Directory {public}>\n"
        "AllowOverride FileInfo\nRequire all granted\n</Directory>\n"
    )
    return ["apache2", "-X", "-f", str(folder / "apache.conf")]


RUN: Mapping[str, Callable[[Path, Path, int], list[str]]] = {"nginx": nginx, "caddy": caddy, "apache": apache}
PROGRAMS = {"nginx": "nginx", "caddy": "caddy", "apache": "apache2"}


@pytest.fixture(scope="module", params=RUN)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    name = request.param
    assert shutil.which(PROGRAMS[name], path=PATH), f"{PROGRAMS[name]} is missing; run `make system`"
    folder = tmp_path_factory.mktemp(name)
    if os.geteuid() == 0:  # Apache gives root up
        for parent in (folder, *folder.parents[:3]):
            parent.chmod(0o755)
    public = folder / "public"
    publish([*FILES, *(copy for file in FILES for copy in compressed(file, COMPRESS))], public)
    piece = snippet(name, settings(), COMPRESS)
    (folder / piece.path).write_bytes(piece.content)
    port = free_port()
    with running(RUN[name](folder, public, port), folder, port):
        yield Server(port)


@contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    environment = {"PATH": PATH, "HOME": str(folder)}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=said, stderr=said)
    try:
        for _ in range(200):
            if process.poll() is not None or answers(port):
                break
            time.sleep(0.05)
        assert process.poll() is None, (folder / "said").read_text()
        yield
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(("path", "media_type"), TYPES.items())
def test_media_types(server: Server, path: str, media_type: str) -> None:
    for accepted in ("identity", "gzip", "br"):
        answer = server.get(path, Accept_Encoding=accepted)
        assert answer.status == 200
        assert answer.headers["content-type"] == media_type


@pytest.mark.parametrize("path", TYPES)
def test_feeds_are_kept_for_five_minutes_and_may_be_read_by_scripts(server: Server, path: str) -> None:
    answer = server.get(path)
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", TYPES)
@pytest.mark.parametrize("accepted", ["identity", "gzip"])
def test_what_has_not_changed_is_not_sent_again(server: Server, path: str, accepted: str) -> None:
    first = server.get(path, Accept_Encoding=accepted).headers
    by_tag = server.get(path, If_None_Match=first["etag"], Accept_Encoding=accepted)
    by_date = server.get(path, If_Modified_Since=first["last-modified"], Accept_Encoding=accepted)
    assert (by_tag.status, by_tag.content) == (by_date.status, by_date.content) == (304, b"")


@pytest.mark.parametrize("path", TYPES)
def test_copies_are_sent_to_those_who_can_read_them(server: Server, path: str) -> None:
    plain = server.get(path, Accept_Encoding="identity")
    assert plain.content == TEXT
    assert "content-encoding" not in plain.headers
    packed = server.get(path, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-length"] == str(len(packed.content))
    assert gzip.decompress(packed.content) == TEXT
    assert "accept-encoding" in packed.headers["vary"].casefold()


def test_brotli_is_preferred(server: Server) -> None:
    packed = server.get("/news/atom.xml", Accept_Encoding="gzip, br")
    assert packed.headers["content-encoding"] == "br"
    assert brotli.decompress(packed.content) == TEXT


def test_our_folder_is_nobodys_business(server: Server) -> None:
    assert server.get("/.feeds/manifest.json").status == 404


def test_other_files_are_served_as_before(server: Server) -> None:
    assert server.get("/other.xml").headers["content-type"].startswith("text/xml")
    assert "cache-control" not in server.get("/other.xml").headers
    page = server.get("/feeds/index.html").headers
    assert page["content-type"].startswith("text/html")
    assert page["cache-control"] == "public, max-age=3600"


def test_static_hosts() -> None:
    text = snippet("headers", settings()).content.decode()
    rules = [block.split("\n  ") for block in text.partition("\n\n")[2].strip().split("\n/")]
    told = {"/" + rule[0].removeprefix("/"): rule[1:] for rule in rules}
    assert told["/news/rss.xml"] == [
        "Content-Type: application/rss+xml; charset=utf-8",
        "Cache-Control: public, max-age=300",
        "Access-Control-Allow-Origin: *",
    ]
    assert list(told) == [
        "/news/atom.xml",
        "/space/all%20%28new%29.xml",
        "/news/rss.xml",
        "/topics/:folder1/:folder2/rss.xml",
        "/news/feed.json",
        "/feeds.opml",
        "/news/archive/*",
        "/feeds/*",
    ]


def test_paths_begin_where_the_publication_does() -> None:
    for piece in snippets(settings("https://example.org/news-room/")):
        text = piece.content.decode()
        assert "/news-room/news/" in text
        assert "/news-room/.feeds" in text.replace("\\", "") or piece.path == "_headers"


@pytest.mark.parametrize("name", SERVERS)
def test_each_says_what_browsers_want(name: str) -> None:
    text = snippet(name, settings()).content.decode()
    assert "only if it comes as application/xml" in text
    assert all(line.startswith("#") for line in text.split("\n\n")[0].splitlines())


def test_no_copies_are_spoken_of_that_are_not_there() -> None:
    for piece in snippets(settings()):
        text = piece.content.decode()
        assert "_static" not in text
        assert "precompressed" not in text
        assert "RewriteRule" not in text


def test_a_server_we_do_not_know() -> None:
    with pytest.raises(PluginError, match=r"iis: is not known; there are nginx, caddy, apache, headers"):
        snippet("iis", settings())
