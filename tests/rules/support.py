# ruff: noqa: E501 - a document is easier to read on one line
"""Small documents to break, and what the rules say of them."""

from __future__ import annotations

from datetime import UTC, datetime

from feeds.rules import Finding, inspect

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "thr": "http://purl.org/syndication/thread/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
    "app": "http://www.w3.org/2007/app",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "georss": "http://www.georss.org/georss",
    "gml": "http://www.opengis.net/gml",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "admin": "http://webns.net/mvcb/",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "blogChannel": "http://backend.userland.com/blogChannelModule",
    "trackback": "http://madskills.com/public/xml/rss/module/trackback/",
    "annotate": "http://purl.org/rss/1.0/modules/annotate/",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "wiki": "http://purl.org/rss/1.0/modules/wiki/",
    "ev": "http://purl.org/rss/1.0/modules/event/",
    "ag": "http://purl.org/rss/1.0/modules/aggregation/",
    "g": "http://base.google.com/ns/1.0",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "strange": "http://strange.example/ns",
    "icbm": "http://postneo.com/icbm",
}


def declared(text: str) -> str:
    """The xmlns attributes for every prefix a text uses."""
    return "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items() if f"{prefix}:" in text)


ATOM_HEAD = """<title>A feed</title><id>tag:example.org,2024:feed</id><updated>2024-05-31T08:30:00Z</updated>
<author><name>Ada</name></author><link rel="self" href="https://example.org/feed.atom"/>"""
ENTRY = """<title>An entry</title><id>tag:example.org,2024:1</id><updated>2024-05-31T08:30:00Z</updated>
<link href="https://example.org/1"/><summary>Short</summary>"""
CHANNEL = """<title>A channel</title><link>https://example.org/</link><description>All about it</description>
<atom:link rel="self" href="https://example.org/feed.rss"/>"""
ITEM = """<title>An item</title><guid isPermaLink="false">tag:example.org,2024:1</guid>"""


def feed(body: str = "", head: str = ATOM_HEAD, attributes: str = "") -> bytes:
    inside = head + body
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"{declared(inside)}'
        f"{attributes}>\n{inside}\n</feed>"
    ).encode()


def entry(body: str = "", basis: str = ENTRY, head: str = ATOM_HEAD) -> bytes:
    return feed(f"<entry>{basis}{body}</entry>", head)


def rss(body: str = "", channel: str = CHANNEL, version: str = "2.0") -> bytes:
    inside = channel + body
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="{version}"{declared(inside)}><channel>\n{inside}\n'
        f"</channel></rss>"
    ).encode()


def item(body: str = "", basis: str = ITEM) -> bytes:
    return rss(f"<item>{basis}{body}</item>")


def without(text: str, name: str) -> str:
    """A text without its first element of that name."""
    start = text.index(f"<{name}")
    end = text.find(f"</{name}>", start)
    return text[:start] + (text[end + len(name) + 3 :] if end >= 0 else text[text.index("/>", start) + 2 :])


def findings(document: bytes) -> list[Finding]:
    """What counts: errors and warnings."""
    return [finding for finding in inspect(document, now=NOW) if finding.severity != "advice"]


def rules(document: bytes) -> list[str]:
    return [finding.rule for finding in findings(document)]
