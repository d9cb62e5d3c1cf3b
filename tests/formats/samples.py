"""Feeds to be written, and what is found in the documents."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from feeds import formats
from feeds.article import Article, Attachment, FullArticle, Image, Person, Translation
from feeds.library import Feed
from tests.conftest import make_article

FORMATS = ("atom", "rss", "json")
SPACES = {
    "": "http://www.w3.org/2005/Atom",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# What breaks documents that were put together by hand.
HOSTILE = (
    "]]>",
    "<b>",
    "</title>",
    "&amp;lt;",
    "&",
    "<!--",
    "<script>alert(1)</script>",
    "🍁",
    "שלום",
    '"',
    "%s",
)


def make_feed(*entries: Article, **fields: Any) -> Feed:
    """A feed with a default for whatever is not given."""
    given: dict[str, Any] = {
        "name": "news",
        "title": "Example news",
        "description": "What is new",
        "language": "en",
        "home": "https://example.org/",
        "authors": (Person(name="The newsroom"),),
        "entries": entries,
        "full": True,
        "files": {"atom": "news/atom.xml", "rss": "news/rss.xml", "json": "news/feed.json"},
        "base": "https://example.org/",
        **fields,
    }
    return Feed(**given)


def rich_article(**fields: Any) -> Article:
    """An article that has everything an article can have."""
    return make_article(
        **{
            "language": "fr",
            "teaser": "Un & deux < trois.",
            "body": "Un & *deux* < trois.",
            "authors": (
                Person(name="Zoë", email="zoe@example.org", url="https://example.org/zoe"),
                Person(name="Bo Li"),
            ),
            "tags": ("espace", "droit & loi"),
            "image": Image(
                src="https://example.org/i.jpg", alt="Un <phare>", credit="A. Photo", width=1200, height=675
            ),
            "attachments": (
                Attachment(
                    url="https://example.org/a.mp3",
                    type="audio/mpeg",
                    length=12345,
                    duration=60,
                    title="Écouter",
                ),
                Attachment(url="https://example.org/b.pdf", type="application/pdf", length=678),
            ),
            "full_article": FullArticle(url="https://example.com/whole", language="de"),
            "translations": (
                Translation(language="de", url="https://example.org/de/a/"),
                Translation(language="en", url="https://example.org/en/a/"),
            ),
            **fields,
        }
    )


def document(form: str, *entries: Article, **fields: Any) -> bytes:
    """The bytes of a feed with these entries."""
    return formats.render(make_feed(*entries, **fields), form).content


def atom(*entries: Article, **fields: Any) -> Element:
    """The root of a feed's Atom document."""
    return ElementTree.fromstring(document("atom", *entries, **fields))


def rss(*entries: Article, **fields: Any) -> Element:
    """The channel of a feed's RSS document."""
    return found(ElementTree.fromstring(document("rss", *entries, **fields)), "channel")


def entry(article: Article, **fields: Any) -> Element:
    """An article's entry in Atom."""
    return found(atom(article, **fields), "entry")


def item(article: Article, **fields: Any) -> Element:
    """An article's item in RSS."""
    return found(rss(article, **fields), "item")


def json_feed(*entries: Article, **fields: Any) -> dict[str, Any]:
    """A feed's JSON Feed document."""
    read: dict[str, Any] = json.loads(document("json", *entries, **fields))
    return read


def found(element: Element, path: str) -> Element:
    """The first element at a path; in Atom documents names need no prefix."""
    match = element.find(path, _spaces(element))
    assert match is not None, path
    return match


def texts(element: Element, path: str) -> list[str | None]:
    """The texts of all elements at a path."""
    return [match.text for match in element.findall(path, _spaces(element))]


def links(element: Element, rel: str, path: str = "link") -> list[dict[str, str]]:
    """The attributes, without rel, of each link of a kind."""
    every = [dict(match.attrib) for match in element.findall(path, _spaces(element))]
    return [link for link in every if link.pop("rel") == rel]


def _spaces(element: Element) -> dict[str, str]:
    in_rss = not element.tag.startswith("{")
    return {prefix: space for prefix, space in SPACES.items() if prefix or not in_rss}
