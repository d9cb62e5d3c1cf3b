"""The list of all feeds: what readers import, for any text, the same on any day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from feeds.config import PublicationSettings
from feeds.formats.opml import opml
from feeds.library import Feed
from tests.conftest import make_article
from tests.formats.samples import HOSTILE, found, make_feed


def publication(**fields: Any) -> PublicationSettings:
    return PublicationSettings.model_validate(
        {"title": "Example news", "url": "https://example.org/", **fields}
    )


def read(*feeds: Feed, **fields: Any) -> Element:
    return ElementTree.fromstring(opml(publication(**fields), feeds).content)


def outlines(*feeds: Feed) -> list[dict[str, str]]:
    return [dict(outline.attrib) for outline in read(*feeds).iterfind("body/outline")]


def test_where_it_stands() -> None:
    document = opml(publication(), [make_feed()])
    assert (document.path, document.media_type) == ("feeds.opml", "text/x-opml")
    assert document.content.startswith(b"<?xml")
    assert ElementTree.fromstring(document.content).attrib == {"version": "2.0"}


def test_an_outline_for_each_feed() -> None:
    french = make_feed(name="fr", title="Nouvelles", language="fr", files={"rss": "fr/rss.xml"})
    assert outlines(make_feed(), french) == [
        {
            "type": "rss",
            "text": "Example news",
            "title": "Example news",
            "xmlUrl": "https://example.org/news/atom.xml",
            "htmlUrl": "https://example.org/",
            "language": "en",
            "description": "What is new",
        },
        {
            "type": "rss",
            "text": "Nouvelles",
            "title": "Nouvelles",
            "xmlUrl": "https://example.org/fr/rss.xml",
            "htmlUrl": "https://example.org/",
            "language": "fr",
            "description": "What is new",
            "version": "RSS",
        },
    ]


@pytest.mark.parametrize(
    ("forms", "told"),
    [(["json", "rss", "atom"], "atom"), (["json", "rss"], "rss"), (["json"], "json"), (["a:b"], "a:b")],
)
def test_the_format_that_suits_most_readers_is_told(forms: list[str], told: str) -> None:
    (outline,) = outlines(make_feed(files={form: f"news/{form}" for form in forms}))
    assert outline["xmlUrl"] == f"https://example.org/news/{told}"


def test_pages_of_archives_and_feeds_without_a_file_are_no_feeds_to_subscribe_to() -> None:
    assert outlines(make_feed(archive=True), make_feed(files={})) == []


def test_addresses_are_percent_encoded() -> None:
    (outline,) = outlines(make_feed(files={"atom": "thème/a b.xml"}))
    assert outline["xmlUrl"] == "https://example.org/th%C3%A8me/a%20b.xml"


def test_the_owner() -> None:
    author = {"name": "The newsroom", "email": "news@example.org", "url": "https://example.org/desk/"}
    head = found(read(make_feed(), authors=[author]), "head")
    assert {e.tag: e.text for e in head if e.tag.startswith("owner")} == {
        "ownerName": "The newsroom",
        "ownerEmail": "news@example.org",
        "ownerId": "https://example.org/desk/",
    }
    nobody = found(read(make_feed()), "head")
    assert {e.tag: e.text for e in nobody if e.tag.startswith("owner")} == {
        "ownerName": "Example news",
        "ownerId": "https://example.org/",
    }


def test_dates_come_from_the_entries() -> None:
    older = make_feed(make_article())
    newer = make_feed(replace(make_article(), updated=make_article().updated.replace(day=19)))
    assert found(read(older, newer), "head/dateModified").text == "Thu, 19 Nov 2026 09:00:00 GMT"
    assert read(make_feed()).find("head/dateModified") is None
    assert opml(publication(), [older]) == opml(publication(), [older])


@pytest.mark.parametrize("text", [*HOSTILE, "a\nb\tc", "\x00\x0b\ufffe\ud800x"])
def test_any_text_is_valid_and_kept(text: str) -> None:
    feed = make_feed(title=text, description=text)
    (outline,) = outlines(feed)
    kept = "x" if "\x00" in text else text
    assert (outline["text"], outline["description"]) == (kept, kept)


def test_no_feeds() -> None:
    assert outlines() == []
