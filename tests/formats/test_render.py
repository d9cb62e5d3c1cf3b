"""The way in: formats by name, formats of other people, and what a document is."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from feeds import formats
from feeds.errors import ContentError, Fault, Place, PluginError, SettingsError
from feeds.formats import Format
from feeds.library import Feed
from tests.conftest import make_article
from tests.formats.samples import make_feed


@pytest.fixture
def theirs() -> Iterator[types.ModuleType]:
    """A module of somebody else's."""
    module = types.ModuleType("their_formats")
    sys.modules["their_formats"] = module
    yield module
    del sys.modules["their_formats"]


@pytest.mark.parametrize(
    ("form", "path", "media_type"),
    [
        ("atom", "news/atom.xml", "application/atom+xml"),
        ("rss", "news/rss.xml", "application/rss+xml"),
        ("json", "news/feed.json", "application/feed+json"),
    ],
)
def test_a_document_has_its_path_and_media_type(form: str, path: str, media_type: str) -> None:
    document = formats.render(make_feed(make_article()), form)
    assert (document.path, document.media_type) == (path, media_type)
    assert formats.find(form).name == form


def test_known_imports_nothing() -> None:
    assert all(formats.known(name) for name in ("atom", "rss", "json", "no.such.module:thing"))
    assert not any(formats.known(name) for name in ("", "opml2", "a.b", "a:", ":b", "a b:c", "a..b:c"))


def test_a_format_that_the_feed_does_not_name_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^feeds.toml: feed.news.formats: does not name “atom”; add it$"):
        formats.render(make_feed(files={"rss": "rss.xml"}), "atom")


def test_an_address_is_percent_encoded_and_the_path_is_not() -> None:
    document = formats.render(make_feed(files={"json": "été/feed.json"}), "json")
    assert document.path == "été/feed.json"
    assert b'"feed_url": "https://example.org/%C3%A9t%C3%A9/feed.json"' in document.content


def write_theirs(theirs: types.ModuleType, write: Any) -> Feed:
    theirs.OURS = Format("titles", "text/plain", write)  # type: ignore[attr-defined]
    return make_feed(make_article(), files={"their_formats:OURS": "titles.txt"})


def test_anybodys_format_is_as_good_as_ours(theirs: types.ModuleType) -> None:
    feed = write_theirs(theirs, lambda feed, address: f"{address} {feed.entries[0].title}".encode())
    document = formats.render(feed, "their_formats:OURS")
    assert document.content == b"https://example.org/titles.txt A title"
    assert (document.path, document.media_type) == ("titles.txt", "text/plain")


def test_L10_a_format_that_breaks_is_named(theirs: types.ModuleType) -> None:
    feed = write_theirs(theirs, lambda feed, address: 1 / 0)
    with pytest.raises(PluginError, match=r"^their_formats:OURS: broke at the feed news: ZeroDivision"):
        formats.render(feed, "their_formats:OURS")


def test_L10_a_format_that_writes_no_bytes_is_named(theirs: types.ModuleType) -> None:
    feed = write_theirs(theirs, lambda feed, address: "text")
    with pytest.raises(PluginError, match=r"^their_formats:OURS: wrote str; a format writes bytes$"):
        formats.render(feed, "their_formats:OURS")


def test_a_fault_that_a_format_finds_itself_is_passed_on(theirs: types.ModuleType) -> None:
    def write(feed: Feed, address: str) -> bytes:
        raise ContentError(Fault(Place("content/a.md"), "is too long"))

    with pytest.raises(ContentError, match=r"^content/a.md: is too long$"):
        formats.render(write_theirs(theirs, write), "their_formats:OURS")


def test_L10_what_is_no_format_is_named(theirs: types.ModuleType) -> None:
    with pytest.raises(PluginError, match=r"^json:dumps: is a function; it must be a feeds.formats.Format$"):
        formats.find("json:dumps")
