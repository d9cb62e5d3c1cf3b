"""What was built, as it is served: types, conditions, ranges, copies; and no way out of the folder."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

import pytest

from feeds.web.public.files import LARGE
from tests.conftest import NOW, Project
from tests.web.public.conftest import SETTINGS, House, Visitor


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was built of a project, with compressed copies: once, to be copied from."""
    project = Project(tmp_path_factory.mktemp("finished"))
    project.write(
        "feeds.toml", SETTINGS.replace("[publication]", '[publication]\ncompress = ["gzip", "brotli"]')
    )
    project.article("a.md", body="A text. " * 400)
    project.load().build(NOW)
    return project.load().output


@pytest.fixture
def built(house: House, finished: Path) -> Path:
    """The output folder of a project that has been built."""
    return Path(shutil.copytree(finished, house.site.output))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/news/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/news/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/news/feed.json", "application/feed+json"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/feeds/", "text/html; charset=utf-8"),
        ("/feeds/style.css", "text/css; charset=utf-8"),
        ("/newsletters/weekly/next.html", "text/html; charset=utf-8"),
        ("/newsletters/weekly/next.txt", "text/plain; charset=utf-8"),
    ],
)
def test_media_types(built: Path, visitor: Visitor, path: str, kind: str) -> None:
    seen = visitor.get(path)
    assert (seen.status, seen.headers["Content-Type"]) == (200, kind)
    file = built / (path[1:] + "index.html" if path.endswith("/") else path[1:])
    assert seen.body == file.read_bytes()


def test_a_feed_may_be_kept_for_as_long_as_other_servers_are_told(built: Path, visitor: Visitor) -> None:
    seen = visitor.get("/news/atom.xml")
    assert seen.headers["Cache-Control"] == "public, max-age=300"
    assert seen.headers["Access-Control-Allow-Origin"] == "*"
    assert visitor.get("/feeds/style.css").headers["Cache-Control"] == "public, max-age=3600"


def test_F10_who_has_it_already_is_told_so(built: Path, visitor: Visitor) -> None:
    first = visitor.get("/news/atom.xml")
    tag, moment = first.headers["ETag"], first.headers["Last-Modified"]
    assert not tag.startswith("W/")
    for headers in (
        {"If_None_Match": tag},
        {"If_None_Match": f'"other", W/{tag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": moment},
    ):
        seen = visitor.get("/news/atom.xml", **headers)
        assert (seen.status, seen.body) == (304, b"")
        assert seen.headers["ETag"] == tag
    for headers in (
        {"If_None_Match": '"other"'},
        {"If_None_Match": '"other"', "If_Modified_Since": moment},
        {"If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"If_Modified_Since": "gibberish"},
    ):
        assert visitor.get("/news/atom.xml", **headers).status == 200


def test_a_tag_changes_with_the_bytes_and_with_nothing_else(built: Path, visitor: Visitor) -> None:
    file = built / "news/atom.xml"
    first = visitor.get("/news/atom.xml").headers["ETag"]
    os.utime(file, (1, 1))
    assert visitor.get("/news/atom.xml").headers["ETag"] == first
    file.write_bytes(file.read_bytes() + b"\n")
    assert visitor.get("/news/atom.xml").headers["ETag"] != first


@pytest.mark.parametrize(
    ("asked", "status", "told", "part"),
    [
        ("bytes=0-9", 206, "bytes 0-9/{size}", slice(0, 10)),
        ("bytes=10-", 206, "bytes 10-{last}/{size}", slice(10, None)),
        ("bytes=-5", 206, "bytes {tail}-{last}/{size}", slice(-5, None)),
        ("bytes=0-99999999", 206, "bytes 0-{last}/{size}", slice(0, None)),
        ("bytes=99999999-", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=-0", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=5-2", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=0-1,3-4", 200, None, slice(0, None)),
        ("lines=0-1", 200, None, slice(0, None)),
        ("bytes=" + "0-1," * 5_000, 200, None, slice(0, None)),
        ("bytes=x", 200, None, slice(0, None)),
        ("bytes=٣-", 200, None, slice(0, None)),
    ],
)
def test_F11_a_part_of_a_file(
    built: Path, visitor: Visitor, asked: str, status: int, told: str | None, part: slice
) -> None:
    whole = (built / "news/atom.xml").read_bytes()
    seen = visitor.get("/news/atom.xml", Range=asked.encode().decode("latin-1"))
    assert seen.status == status
    size = len(whole)
    said = told and told.format(size=size, last=size - 1, tail=size - 5)
    assert seen.headers["Content-Range"] == said
    assert seen.body == whole[part]


def test_a_part_of_what_has_changed_is_all_of_it(built: Path, visitor: Visitor) -> None:
    tag = visitor.get("/news/atom.xml").headers["ETag"]
    assert visitor.get("/news/atom.xml", Range="bytes=0-9", If_Range=tag).status == 206
    assert visitor.get("/news/atom.xml", Range="bytes=0-9", If_Range='"other"').status == 200


def test_a_large_file_goes_piece_by_piece(built: Path, visitor: Visitor) -> None:
    content = os.urandom(LARGE + 70_000)
    (built / "talk.mp3").write_bytes(content)
    seen = visitor.get("/talk.mp3")
    assert (seen.headers["Content-Type"], seen.body) == ("audio/mpeg", content)
    assert seen.headers["Content-Length"] == str(len(content))
    part = visitor.get("/talk.mp3", Range="bytes=7-1050006")
    assert part.body == content[7:1_050_007]
    assert visitor.ask("HEAD", "/talk.mp3").headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br, gzip", "br"),
        ("gzip", "gzip"),
        ("gzip;q=0.5, br;q=0", "gzip"),
        ("GZIP", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("bro", None),
        ("", None),
    ],
)
def test_compressed_copies(built: Path, visitor: Visitor, accepted: str, coding: str | None) -> None:
    plain = visitor.get("/news/atom.xml")
    seen = visitor.get("/news/atom.xml", Accept_Encoding=accepted)
    assert seen.headers["Content-Encoding"] == coding
    assert seen.headers["Vary"] == "Accept-Encoding"
    assert seen.headers["Content-Type"] == plain.headers["Content-Type"]
    if coding:
        assert seen.headers["ETag"] not in (None, plain.headers["ETag"])
    if coding == "gzip":
        assert gzip.decompress(seen.body) == plain.body
    again = visitor.get("/news/atom.xml", Accept_Encoding=accepted, If_None_Match=seen.headers["ETag"])
    assert again.status == 304


def test_head_is_get_without_its_body(built: Path, visitor: Visitor) -> None:
    got, asked = visitor.get("/news/atom.xml"), visitor.ask("HEAD", "/news/atom.xml")
    assert asked.body == b""
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified"):
        assert asked.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    "path",
    [
        "/.feeds/manifest.json",
        "/%2efeeds/manifest.json",
        "/.feeds%2fmanifest.json",
        "/news/../.feeds/manifest.json",
        "/news/%2e%2e/.feeds/manifest.json",
        "/../feeds.toml",
        "/%2e%2e/feeds.toml",
        "/..%2ffeeds.toml",
        "/..%5cfeeds.toml",
        "/%252e%252e/feeds.toml",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/etc/passwd",
        "/news//atom.xml",
        "/news/atom.xml%00",
        "/news/atom.xml%00.html",
        "/news/atom.xml/",
        "/news%5catom.xml",
        "/news/./atom.xml",
        "/news",
        "/link.html",
        "/folder/secret.html",
        "/.hidden.html",
        "/%c0%ae%c0%ae/feeds.toml",
        "/" + "a" * 5_000,
        "/pipe",
        "/%0d%0aX-Evil:1",
    ],
)
def test_no_path_leads_out_or_to_what_is_hidden(
    built: Path, visitor: Visitor, tmp_path: Path, path: str
) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("secret")
    (built / "link.html").symlink_to(secret)
    (built / "folder").symlink_to(tmp_path)
    (built / ".hidden.html").write_text("secret")
    os.mkfifo(built / "pipe")
    seen = visitor.get(path)
    assert seen.status == 404
    assert seen.body == visitor.get("/nothing").body
    assert "X-Evil" not in seen.headers


def test_nothing_but_looking(built: Path, visitor: Visitor) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert visitor.ask(method, "/news/atom.xml").status == 405
    assert visitor.ask("POST", "/news/atom.xml").status == 404


def test_the_root_tells_what_there_is_until_a_page_stands_there(built: Path, visitor: Visitor) -> None:
    assert "/newsletters/weekly/subscribe" in visitor.get("/").text
    (built / "index.html").write_text("Ours")
    assert visitor.get("/").text == "Ours"


def test_what_was_built_runs_nothing(built: Path, visitor: Visitor) -> None:
    policy = visitor.get("/newsletters/weekly/next.html").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_a_file_that_is_replaced_meanwhile_is_one_or_the_other(built: Path, visitor: Visitor) -> None:
    for number in range(20):
        fresh = built / "fresh"
        fresh.write_text(f"{number} " * 2000)
        fresh.replace(built / "turning.txt")
        seen = visitor.get("/turning.txt")
        assert seen.text == f"{number} " * 2000
