"""What JSON Feed 1.1 asks for, and where each thing that an article has goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from tests.conftest import make_article
from tests.formats.samples import document, json_feed, rich_article

# The specification's keys, each with its type.
FEED = {
    **dict.fromkeys(
        ("version", "title", "home_page_url", "feed_url", "description", "icon", "language"), str
    ),
    **dict.fromkeys(("authors", "items"), list),
}
ITEM = {
    **dict.fromkeys(("id", "url", "external_url", "title", "content_html", "content_text", "summary"), str),
    **dict.fromkeys(("image", "date_published", "date_modified", "language"), str),
    **dict.fromkeys(("authors", "tags", "attachments"), list),
}
ATTACHMENT = {
    **dict.fromkeys(("url", "mime_type", "title"), str),
    **dict.fromkeys(("size_in_bytes", "duration_in_seconds"), int),
}
AUTHOR = {"name": str, "url": str}


def check(thing: dict[str, Any], keys: Mapping[str, type], *needed: str) -> None:
    assert set(needed) <= set(thing) <= set(keys)
    for key, value in thing.items():
        assert type(value) is keys[key], key
        assert value not in ("", [], {}), key


def check_feed(feed: dict[str, Any]) -> None:
    check({**feed, "items": feed["items"] or [1]}, FEED, "version", "title", "items")
    for item in feed["items"]:
        check(item, ITEM, "id")
        assert ("content_html" in item) != ("content_text" in item)
        for date in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[date]).tzinfo
        for attachment in item.get("attachments", ()):
            check(attachment, ATTACHMENT, "url", "mime_type")
    for signed in (feed, *feed["items"]):
        for author in signed.get("authors", ()):
            check(author, AUTHOR)


@pytest.mark.parametrize("full", [True, False])
def test_every_document_has_the_structure_of_the_specification(full: bool) -> None:
    check_feed(json_feed(full=full))
    check_feed(json_feed(rich_article(), make_article(id="tag:b", body="", authors=()), full=full))


def test_a_feed_has_all_that_it_can_have() -> None:
    assert json_feed(icon="https://example.org/icon.png", rights="nowhere to go") == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Example news",
        "home_page_url": "https://example.org/",
        "feed_url": "https://example.org/news/feed.json",
        "description": "What is new",
        "icon": "https://example.org/icon.png",
        "authors": [{"name": "The newsroom"}],
        "language": "en",
        "items": [],
    }


def test_an_item_has_all_that_it_can_have() -> None:
    assert json_feed(rich_article())["items"] == [
        {
            "id": "tag:example.org,2026-11-01:/a/",
            "url": "https://example.org/a/",
            "external_url": "https://example.com/whole",
            "title": "A title",
            "content_html": "<p>Un &amp; <em>deux</em> &lt; trois.</p>",
            "summary": "Un & deux < trois.",
            "image": "https://example.org/i.jpg",
            "date_published": "2026-11-01T09:00:00+00:00",
            "date_modified": "2026-11-01T09:00:00+00:00",
            "authors": [{"name": "Zoë", "url": "https://example.org/zoe"}, {"name": "Bo Li"}],
            "tags": ["espace", "droit & loi"],
            "language": "fr",
            "attachments": [
                {
                    "url": "https://example.org/a.mp3",
                    "mime_type": "audio/mpeg",
                    "title": "Écouter",
                    "size_in_bytes": 12345,
                    "duration_in_seconds": 60,
                },
                {"url": "https://example.org/b.pdf", "mime_type": "application/pdf", "size_in_bytes": 678},
            ],
        }
    ]


def test_the_logo_stands_in_for_an_icon() -> None:
    assert json_feed(logo="https://example.org/logo.png")["icon"] == "https://example.org/logo.png"


def test_a_feed_of_summaries_has_them_as_its_text() -> None:
    (item,) = json_feed(rich_article(), full=False)["items"]
    assert item["content_text"] == item["summary"] == "Un & deux < trois."
    assert "content_html" not in item


def test_an_author_without_a_page_is_reached_by_mail() -> None:
    author = rich_article().authors[0].model_copy(update={"url": None})
    (item,) = json_feed(make_article(authors=(author,)))["items"]
    assert item["authors"] == [{"name": "Zoë", "url": "mailto:zoe@example.org"}]


def test_characters_are_written_as_they_are() -> None:
    made = document("json", make_article(title="Été 🍁"))
    assert '"title": "Été 🍁"'.encode() in made
    assert made.endswith(b"}\n")
