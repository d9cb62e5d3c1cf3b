"""What goes into a bucket: only what changed, in an order in which no feed lacks its files, and only ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from feeds.errors import OutputError
from feeds.hosting.headers import Headers
from feeds.publishing import Published, ours
from feeds.storage import in_order
from feeds.storage.buckets import MANIFEST, Cargo, synchronise
from tests.storage.conftest import BUILT, HEADERS, SETTINGS, build


class CutError(Exception):
    """The process was killed, or the network is gone."""


@dataclass
class Shelf:
    """A store in memory that notes what was done, and that can be cut off after so many writes."""

    objects: dict[str, tuple[bytes, Mapping[str, str]]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    left: int = 10_000

    def tags(self) -> Mapping[str, str]:
        return {name: _tag(content) for name, (content, _) in self.objects.items()}

    def read(self, name: str) -> bytes | None:
        return self.objects[name][0] if name in self.objects else None

    def put(self, name: str, content: bytes | Path, headers: Mapping[str, str]) -> str:
        self._count(f"put {name}")
        given = content if isinstance(content, bytes) else content.read_bytes()
        self.objects[name] = given, headers
        return _tag(given)

    def delete(self, name: str) -> None:
        self._count(f"delete {name}")
        self.objects.pop(name, None)

    def _count(self, what: str) -> None:
        if not self.left:
            raise CutError(what)
        self.left -= 1
        self.done.append(what)

    def shown(self) -> dict[str, bytes]:
        return {name: content for name, (content, _) in self.objects.items() if name != MANIFEST}


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def send(shelf: Shelf, output: Path, headers: Headers = HEADERS) -> Published:
    shelf.done.clear()
    return synchronise(shelf, Cargo(output, in_order(ours(output), headers), headers), "s3://news/site")


def test_all_of_ours_goes_and_nothing_else(output: Path) -> None:
    shelf = Shelf()
    made = send(shelf, output)
    assert shelf.shown() == BUILT
    assert sorted(made.written) == sorted(BUILT)


def test_what_did_not_change_is_not_sent_again_and_nothing_at_all_is_written(output: Path) -> None:
    shelf = Shelf()
    send(shelf, output)
    again = send(shelf, output)
    assert (again.written, again.removed, sorted(again.unchanged)) == ((), (), sorted(BUILT))
    assert shelf.done == []
    build(output, {**BUILT, "news/feed.json": b'{"a": 1}'})
    assert send(shelf, output).written == ("news/feed.json",)
    assert [what for what in shelf.done if MANIFEST not in what] == ["put news/feed.json"]


def test_other_headers_are_a_change(output: Path) -> None:
    shelf = Shelf()
    send(shelf, output, Headers(SETTINGS))
    assert send(shelf, output).written == ("news/atom.xml.gz",)


def test_a_feed_comes_after_its_files_and_goes_before_them(output: Path) -> None:
    shelf = Shelf()
    send(shelf, output)
    order = [what.removeprefix("put ") for what in shelf.done]
    assert order[0] == order[-1] == MANIFEST
    files = {"images/été à l'eau.png", "files/talk.mp3", "feeds/style.css"}
    feeds = {"news/atom.xml", "news/atom.xml.gz", "news/feed.json"}
    assert set(order[1:4]) == files
    assert order[4] == "news/archive/0001-atom.xml"
    assert set(order[5:8]) == feeds
    build(output, {"news/feed.json": b"{}"})
    made = send(shelf, output)
    assert len(made.removed) == len(BUILT) - 1
    removed = [what.removeprefix("delete ") for what in shelf.done if what.startswith("delete")]
    assert {*removed[-3:]} == files
    assert removed.index("news/atom.xml") > removed.index("feeds.opml")
    assert shelf.shown() == {"news/feed.json": b"{}"}


@pytest.mark.parametrize("cut", range(0, 24, 2))
def test_S05_ended_at_any_point_no_feed_lacks_its_files_and_the_next_run_completes(
    output: Path, cut: int
) -> None:
    shelf = Shelf()
    build(output, {"news/atom.xml": b"<feed>old</feed>", "images/old.png": b"old"})
    send(shelf, output)
    build(output, BUILT)
    shelf.left = cut
    try:
        send(shelf, output)
    except CutError:
        feed = shelf.shown()["news/atom.xml"]
        if feed == BUILT["news/atom.xml"]:
            assert shelf.shown()["files/talk.mp3"] == BUILT["files/talk.mp3"]
        else:
            assert shelf.shown()["images/old.png"] == b"old"
    shelf.left = 10_000
    send(shelf, output)
    assert shelf.shown() == BUILT
    assert send(shelf, output).written == ()


def test_S05_what_a_killed_run_put_there_is_known_as_ours(output: Path) -> None:
    shelf = Shelf()
    shelf.left = 4
    with pytest.raises(CutError):
        send(shelf, output)
    shelf.left = 10_000
    build(output, {"news/feed.json": b"{}"})
    send(shelf, output)
    assert shelf.shown() == {"news/feed.json": b"{}"}


def test_somebody_elses_objects_are_named_and_not_touched(output: Path) -> None:
    shelf = Shelf({"news/atom.xml": (b"theirs", {}), "feeds.opml": (b"theirs", {}), "else": (b"x", {})})
    with pytest.raises(OutputError) as refusal:
        send(shelf, output)
    assert [str(fault) for fault in refusal.value.faults] == [
        f"s3://news/site/{path}: is there already and not ours; move it away, or choose another prefix"
        for path in ("feeds.opml", "news/atom.xml")
    ]
    assert shelf.done == []


def test_the_same_bytes_put_there_by_hand_become_ours(output: Path) -> None:
    shelf = Shelf({"news/atom.xml": (BUILT["news/atom.xml"], {})})
    send(shelf, output)
    assert shelf.objects["news/atom.xml"][1]["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_what_somebody_changed_or_removed_there_is_put_right(output: Path) -> None:
    shelf = Shelf()
    send(shelf, output)
    shelf.objects["news/atom.xml"] = b"broken", {}
    del shelf.objects["feeds.opml"]
    assert sorted(send(shelf, output).written) == ["feeds.opml", "news/atom.xml"]
    assert shelf.shown() == BUILT


def test_what_somebody_changed_and_is_no_longer_wanted_stays(output: Path) -> None:
    shelf = Shelf()
    send(shelf, output)
    shelf.objects["feeds/index.html"] = b"a page of their own", {}
    build(output, {path: content for path, content in BUILT.items() if path != "feeds/index.html"})
    made = send(shelf, output)
    assert (made.kept, made.removed) == (("feeds/index.html",), ())
    assert shelf.shown()["feeds/index.html"] == b"a page of their own"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"news/atom.xml": 3}', b"null"])
def test_a_broken_memory_is_no_memory(output: Path, content: bytes) -> None:
    shelf = Shelf()
    send(shelf, output)
    shelf.objects[MANIFEST] = content, {}
    send(shelf, output)
    assert json.loads(shelf.objects[MANIFEST][0]).keys() == BUILT.keys()
    assert shelf.shown() == BUILT


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("news/atom.xml", ("application/atom+xml; charset=utf-8", 300, "", "feed")),
        ("news/atom.xml.gz", ("application/atom+xml; charset=utf-8", 300, "gzip", "feed")),
        ("news/feed.json", ("application/feed+json", 300, "", "feed")),
        ("news/archive/0001-atom.xml", ("application/atom+xml; charset=utf-8", 300, "", "archive")),
        ("feeds.opml", ("text/x-opml; charset=utf-8", 300, "", "page")),
        ("feeds/index.html", ("text/html; charset=utf-8", 3600, "", "page")),
        ("feeds/style.css.gz", ("text/css; charset=utf-8", 3600, "gzip", "file")),
        ("files/talk.mp3", ("audio/mpeg", 300, "", "file")),
        ("images/a.svg", ("image/svg+xml; charset=utf-8", 300, "", "file")),
        ("other.xml", ("application/xml; charset=utf-8", 300, "", "file")),
        ("files/odd.qqq", ("application/octet-stream", 300, "", "file")),
    ],
)
def test_headers(path: str, told: tuple[str, int, str, str]) -> None:
    found = HEADERS.of(path)
    assert (found.media_type, found.seconds, found.coding, found.rank) == told


def test_an_archive_of_ones_own_is_no_compressed_copy() -> None:
    assert Headers(SETTINGS).of("files/data.gz").headers == {
        "Content-Type": "application/octet-stream",
        "Cache-Control": "public, max-age=300",
    }
