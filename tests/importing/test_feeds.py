"""Feeds imported once, and lists of feeds."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from feeds.errors import Fault, FetchError, Place
from feeds.network import fetching
from feeds.network.fetching import Fetched
from tests.importing.conftest import Import
from tests.importing.samples import ATOM

OPML = """\
<?xml version="1.0"?>
<opml version="2.0"><head><title>Mine</title></head><body><outline text="Space">
<outline type="rss" text="A" xmlUrl="https://a.example.org/atom.xml"/>
<outline type="rss" text="B" xmlUrl="https://b.example.org/atom.xml"/>
<outline type="rss" text="Again" xmlUrl="https://a.example.org/atom.xml"/>
<outline type="rss" text="C" xmlUrl="javascript:alert(1)"/>
</outline></body></opml>
"""


def test_an_entry_keeps_the_id_that_readers_know(bring: Import) -> None:
    bring(ATOM, "atom.xml")
    assert bring.status == 0
    assert bring.fields() == {
        "title": "The dish",
        "published": "2024-05-03T10:00:00+00:00",
        "authors": ["Ada Byron"],
        "tags": ["space"],
        "language": "de",
        "url": "https://old.example.org/dish.html",
        "id": "tag:example.org,2020:dish",
        "body": "<p>Text.</p>\n",
    }
    bring.builds()
    assert "<id>tag:example.org,2020:dish</id>" in bring.feed()


def test_rss_with_a_guid_that_is_no_iri(bring: Import) -> None:
    item = "<title>A</title><guid isPermaLink='false'>post 17</guid><link>https://x.example.org/a</link>"
    date = "<pubDate>Fri, 03 May 2024 10:00:00 GMT</pubDate><description>Text.</description>"
    bring(f"<rss version='2.0'><channel><title>X</title><item>{item}{date}</item></channel></rss>")
    bring.builds()
    assert '<guid isPermaLink="false">post 17</guid>' in bring.feed("rss")
    bring.builds()


def test_json_feed_with_an_attachment_of_unknown_size(bring: Import) -> None:
    entry = {
        "id": "https://x.example.org/a",
        "url": "https://x.example.org/a",
        "content_text": "No title here, only a text.",
        "date_published": "2024-05-03T10:00:00Z",
        "attachments": [{"url": "https://x.example.org/a.unknown"}],
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "X", "items": [entry]}
    bring(json.dumps(feed), "feed.json")
    assert bring.fields()["title"] == "No title here, only a text."
    assert "posts without a title" in bring.said
    bring.builds()


def test_into_a_folder_and_without_writing(bring: Import) -> None:
    bring(ATOM, "atom.xml", "--into", "blog", "--dry-run")
    assert bring.files == []
    assert bring.out.endswith("content/blog/2024/2024-05-03-dish.md\n")
    assert "would be written" in bring.said
    bring(ATOM, "atom.xml", "--into", "blog")
    assert bring.files == ["blog/2024/2024-05-03-dish.md"]


@pytest.mark.parametrize("folder", ["..", "/tmp/x", "a/../../b", ".hidden", "_drafts", "a\\b"])
def test_C22_never_out_of_the_content_folder(bring: Import, folder: str) -> None:
    bring(ATOM, "atom.xml", "--into", folder)
    assert bring.status == 1
    assert bring.files == []


def test_C26_a_link_in_the_content_folder_is_not_followed_out(bring: Import) -> None:
    outside = bring.project.root.parent / "outside"
    outside.mkdir()
    (bring.project.root / "content/2024").symlink_to(outside)
    bring(ATOM, "atom.xml")
    assert bring.status == 1
    assert "leads out of the content folder" in bring.said
    assert list(outside.iterdir()) == []


def test_a_list_is_shown_and_nothing_imported(bring: Import) -> None:
    bring(OPML, "mine.opml")
    assert bring.out.splitlines() == ["https://a.example.org/atom.xml", "https://b.example.org/atom.xml"]
    assert "--all" in bring.said
    assert "mine.opml:6: names a feed that is at no web address" in bring.said
    assert bring.files == []


def test_all_of_a_list(bring: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(address: str) -> Fetched:
        if "//a." in address:
            return Fetched(address, ATOM.encode(), "application/atom+xml")
        raise FetchError(Fault(Place(address), "does not answer"))

    monkeypatch.setattr(fetching, "fetch", fetch)
    bring(OPML, "mine.opml", "--all")
    assert bring.status == 1
    assert bring.files == ["2024/2024-05-03-dish.md"]
    assert "https://b.example.org/atom.xml: does not answer" in bring.said


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://169.254.169.254/", "http://[::1]:1/"])
def test_F12_a_list_leads_to_public_addresses_only(bring: Import, address: str) -> None:
    bring(f'<opml version="2.0"><body><outline xmlUrl="{address}"/></body></opml>', "a.opml", "--all")
    assert bring.status == 1
    assert "public" in bring.said


@pytest.fixture
def served() -> Iterator[str]:
    """An address that gives the Atom feed."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/atom+xml")
            self.end_headers()
            self.wfile.write(ATOM.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/atom.xml"
    server.shutdown()
    thread.join()
    server.server_close()


def test_from_an_address(bring: Import, served: str) -> None:
    bring.run(served)
    assert bring.status == 0
    assert bring.fields()["id"] == "tag:example.org,2020:dish"


def test_F13_what_looks_like_a_path_in_a_feed_is_never_opened(bring: Import) -> None:
    bring("/etc/passwd", "feed.xml")
    assert bring.status == 1
    assert bring.files == []
    assert "is no feed" in bring.said
    assert "root:" not in bring.said


def test_F14_markup_hidden_in_a_title_is_text(bring: Import) -> None:
    bring(ATOM.replace("<title>The dish</title>", "<title>A &lt;img src=x onerror=alert(1)&gt; B</title>"))
    assert bring.status == 0
    assert bring.fields()["title"] == "A ‹img src=x onerror=alert(1)› B"
    bring.builds()


def test_of_bloggers_export_the_posts_are_brought_in(bring: Import) -> None:
    kind = "<category scheme='http://schemas.google.com/g/2005#kind' term='{}{}'/>"
    entries = "".join(
        f"<entry><id>tag:example.org,2010:{name}</id><title>{name}</title>"
        f"<published>2010-03-04T10:00:00Z</published><content>Text of {name}.</content>"
        f"{kind.format('http://schemas.google.com/blogger/2008/kind#', name)}"
        "<category scheme='http://www.blogger.com/atom/ns#' term='harbour'/></entry>"
        for name in ("settings", "template", "comment", "post")
    )
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Old</title><id>urn:x</id>{entries}</feed>"
    bring(feed, "old.xml", "--json")
    assert (bring.fields()["id"], bring.fields()["tags"]) == ("tag:example.org,2010:post", ["harbour"])
    assert bring.json()["left_out"] == {
        f"Blogger's entries of the kind {name}": 1 for name in ("settings", "template", "comment")
    }
