# ruff: noqa: E501 - a document is easier to read on one line
from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rules.support import findings, rules

RSS1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="http://example.org/feed"><title>x</title><link>http://example.org/</link><description>x</description>
<items><rdf:Seq><rdf:li rdf:resource="http://example.org/1"/></rdf:Seq></items></channel>
<item rdf:about="http://example.org/1"><title>x</title><link>http://example.org/1</link></item></rdf:RDF>"""
HEAD = "<head><title>x</title></head>"


def opml(head: str = HEAD, body: str = '<body><outline text="x"/></body>', version: str = "2.0") -> bytes:
    return f'<opml version="{version}">{head}{body}</opml>'.encode()


def outline(attributes: str) -> bytes:
    return opml(body=f"<body><outline {attributes}/></body>")


SERVICE = """<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom"><workspace>
<atom:title>x</atom:title><collection href="http://example.org/"><atom:title>x</atom:title><accept>image/*</accept>
<categories href="/c"/></collection></workspace></service>"""


SEARCH = """<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/"><ShortName>x</ShortName>
<Description>x</Description><Url type="text/html" template="http://example.org/?q={searchTerms}&amp;p={startPage?}"/>
</OpenSearchDescription>"""


def changed(text: str, old: str, new: str = "") -> bytes:
    assert old in text
    return text.replace(old, new, 1).encode()


BAD = [
    ("missing-element", changed(RSS1, "<title>x</title>")),
    ("missing-element", changed(RSS1, "<description>x</description>")),
    ("missing-attribute", changed(RSS1, ' rdf:about="http://example.org/feed"')),
    ("unknown-element", changed(RSS1, "<items>", "<nosuch/><items>")),
    ("missing-attribute", changed(RSS1, ' rdf:resource="http://example.org/1"')),
    ("missing-attribute", changed(RSS1, ' rdf:about="http://example.org/1"')),
    ("missing-element", changed(RSS1, RSS1[RSS1.index("<items>") : RSS1.index("</channel>")])),
    ("address", changed(RSS1, "<link>http://example.org/1</link>", "<link>x</link>")),
    # OPML
    ("missing-attribute", changed(opml().decode(), ' version="2.0"')),
    ("value", opml(version="3.0")),
    ("missing-element", opml(head="")),
    ("missing-element", opml(body="")),
    ("missing-element", opml(body="<body/>")),
    ("duplicate-element", opml(head=HEAD + HEAD)),
    ("duplicate-element", opml(head="<head><title/><title/></head>")),
    ("unknown-element", opml(head="<head><author>x</author></head>")),
    ("date", opml(head="<head><dateCreated>2024-05-31</dateCreated></head>")),
    ("date", opml(head="<head><dateModified>x</dateModified></head>")),
    ("mail", opml(head="<head><ownerEmail>x</ownerEmail></head>")),
    ("address", opml(head="<head><ownerId>x</ownerId></head>")),
    ("number", opml(head="<head><expansionState>1,x</expansionState></head>")),
    *[("blank", opml(head=f"<head><{name}/></head>")) for name in ("dateCreated", "dateModified", "ownerEmail", "ownerId", "docs")],
    ("number", opml(head="<head><expansionState>1,-2</expansionState></head>")),
    ("date-doubtful", opml(head="<head><dateCreated>Tue, 27 Feb 2006 12:09:48 GMT</dateCreated></head>")),
    ("date-doubtful", outline('text="x" created="Tue, 31 Oct 2005 19:23:00 GMT"')),
    *[("number", opml(head=f"<head><{name}>x</{name}></head>")) for name in (
        "vertScrollState", "windowTop", "windowLeft", "windowBottom", "windowRight")],
    ("missing-attribute", outline('title="x"')),
    ("missing-attribute", outline('text="x" type="rss"')),
    ("missing-attribute", outline('text="x" type="link"')),
    ("missing-attribute", outline('text="x" type="include"')),
    ("missing-type", outline('text="x" xmlUrl="http://example.org/"')),
    ("address", outline('text="x" type="rss" xmlUrl="x"')),
    ("address", outline('text="x" type="rss" xmlUrl="http://example.org/" htmlUrl="x"')),
    ("value", outline('text="x" isComment="yes"')),
    ("value", outline('text="x" isBreakpoint="1"')),
    ("date", outline('text="x" created="2024"')),
    ("language", outline('text="x" type="rss" xmlUrl="http://example.org/" language="english"')),
    ("value", outline('text="x" type="rss" xmlUrl="http://example.org/" version="9"')),
    ("unexpected-text", opml(body='<body>x<outline text="x"/></body>')),
    # the publishing protocol
    ("missing-element", b'<service xmlns="http://www.w3.org/2007/app"/>'),
    ("missing-element", changed(SERVICE, "<atom:title>x</atom:title>")),
    ("missing-attribute", changed(SERVICE, ' href="http://example.org/"')),
    ("media-type", changed(SERVICE, "image/*", "image")),
    ("categories-elsewhere", changed(SERVICE, 'href="/c"', 'href="/c" fixed="yes"')),
    ("value", b'<categories xmlns="http://www.w3.org/2007/app" fixed="true"/>'),
    # OpenSearch descriptions
    ("missing-element", changed(SEARCH, "<ShortName>x</ShortName>")),
    ("too-long", changed(SEARCH, "<ShortName>x<", f"<ShortName>{'x' * 17}<")),
    ("missing-attribute", changed(SEARCH, ' template="http://example.org/?q={searchTerms}&amp;p={startPage?}"')),
    ("media-type", changed(SEARCH, "text/html", "html")),
    ("mail", changed(SEARCH, "</Description>", "</Description><Contact>x</Contact>")),
    ("value", changed(SEARCH, "</Description>", "</Description><SyndicationRight>none</SyndicationRight>")),
    ("value", changed(SEARCH, "</Description>", "</Description><AdultContent>maybe</AdultContent>")),
    # no feeds
    ("not-a-feed", b"<html/>"),
    ("not-a-feed", b"<feed xmlns='urn:x'/>"),
    ("namespace-missing", b"<feed><title>x</title></feed>"),
    ("namespace-obsolete", b'<feed xmlns="http://purl.org/atom/ns#"/>'),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "document"), BAD)
def test_each_breach_is_named_and_nothing_else(rule: str, document: bytes) -> None:
    assert rules(document) == [rule], [str(finding) for finding in findings(document)]


@pytest.mark.parametrize(
    "document",
    [
        RSS1.encode(),
        SERVICE.encode(),
        SEARCH.encode(),
        changed(SERVICE, "image/*", ""),
        b'<categories xmlns="http://www.w3.org/2007/app" xmlns:a="http://www.w3.org/2005/Atom" fixed="yes" '
        b'scheme="http://example.org/"><a:category term="x"/></categories>',
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
        b"<channel><title>x</title><link>http://x.org/</link><description>x</description></channel>"
        b"<item><title>x</title><link>http://x.org/1</link></item></rdf:RDF>",
        opml(version="1.0"),
        opml(version="1.1"),
        opml(head="<head/>"),
        opml(head="<head><title/><dateCreated>Sat, 18 Jun 05 12:11:52 GMT</dateCreated><ownerName>x</ownerName>"
                  "<expansionState/><vertScrollState>1</vertScrollState><windowTop>-61</windowTop></head>"),
        outline('text="&lt;b>x&lt;/b>" type="song" f="anything" created="Mon, 31 Oct 2005 19:23:00 GMT" isComment="true"'),
        outline('text="x" type="rss" xmlUrl="http://a.org/f" htmlUrl="" description="" language="unknown" title="x" version="RSS2"'.replace('language="unknown" ', "")),
        opml(body='<body><outline text="x"><outline text=""><outline text="y" category="/a/b,/c"/></outline></outline></body>'),
    ],
)  # fmt: skip
def test_clean_documents(document: bytes) -> None:
    assert [str(finding) for finding in findings(document)] == []


FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "x",
    "feed_url": "https://example.org/feed.json",
    "items": [{"id": "1", "content_text": "x"}],
}


def feed(**changes: Any) -> bytes:
    return json.dumps(
        {key: value for key, value in (FEED | changes).items() if value is not None}, indent=1
    ).encode()


def item(**changes: Any) -> bytes:
    inside = {
        key: value for key, value in ({"id": "1", "content_text": "x"} | changes).items() if value is not None
    }
    return feed(items=[inside])


BAD_JSON = [
    ("missing-element", feed(version=None)),
    ("missing-element", feed(title=None)),
    ("missing-element", feed(items=None)),
    ("missing-element", item(id=None)),
    ("missing-content", item(content_text=None)),
    ("version", feed(version="1.1")),
    ("type", feed(title=1)),
    ("type", feed(items={})),
    ("type", feed(items=[1])),
    ("type", item(id=1)),
    ("type", item(tags="x")),
    ("type", item(tags=[1])),
    ("type", feed(expired="no")),
    ("type", feed(authors={"name": "x"})),
    ("author-empty", feed(authors=[{}])),
    ("address", feed(home_page_url="x")),
    ("address", item(url="/x")),
    ("address", item(image="x")),
    ("next-is-self", feed(next_url="https://example.org/feed.json")),
    ("language", feed(language="english")),
    ("date", item(date_published="2024-05-31")),
    ("date", item(date_modified="Fri, 31 May 2024 08:30:00 GMT")),
    ("missing-element", item(attachments=[{"url": "https://example.org/"}])),
    ("media-type", item(attachments=[{"url": "https://example.org/", "mime_type": "mp3"}])),
    ("number", item(attachments=[{"url": "https://example.org/", "mime_type": "a/b", "size_in_bytes": -1}])),
    ("missing-element", feed(hubs=[{"type": "x"}])),
    ("unknown-element", feed(nosuch=1)),
    ("duplicate-id", feed(items=[{"id": "1", "content_text": "x"}, {"id": "1", "content_text": "x"}])),
    ("html-dangerous-element", item(content_html="<script>x</script>")),
    ("html-relative-address", item(content_html="<a href='/x'>x</a>")),
    ("not-a-feed", b"{}"),
    ("not-a-feed", b"[]"),
    ("not-well-formed", b'{"version": '),
    ("not-well-formed", b'{"version": NaN}'),
    ("encoding-bytes", b'{"version": "\xff"}'),
    ("too-deep", b"[" * 100_000),
    ("byte-order-mark", b"\xef\xbb\xbf" + feed()),
    ("duplicate-key", feed().replace(b'"title": "x"', b'"title": "x", "title": "y"')),
]


@pytest.mark.parametrize(("rule", "document"), BAD_JSON)
def test_each_breach_of_json_feed_is_named(rule: str, document: bytes) -> None:
    assert rules(document) == [rule], [str(finding) for finding in findings(document)]


@pytest.mark.parametrize(
    "document",
    [
        feed(),
        feed(version="https://jsonfeed.org/version/1", author={"name": "x"}),
        feed(
            authors=[{"name": "é", "avatar": "https://example.org/é"}],
            _ours={"about": "x"},
            items=[],
            language="en-US",
        ),
        item(
            content_html="<p>é</p>",
            date_published="2024-05-31T08:30:00+02:00",
            tags=["x"],
            url="https://example.org/1",
        ),
        item(
            attachments=[
                {"url": "https://example.org/", "mime_type": "audio/mpeg", "duration_in_seconds": 6.5}
            ]
        ),
    ],
)
def test_clean_json_feeds(document: bytes) -> None:
    assert [str(finding) for finding in findings(document)] == []


def test_a_line_in_json_is_exact() -> None:
    document = feed(items=[{"id": "1", "content_text": "x"}, {"id": "2", "content_text": "x", "url": "x"}])
    (found,) = findings(document)
    line = document[: document.index(b'"url"')].count(b"\n") + 1
    assert (found.line, found.element, found.entry) == (line, "items[2]/url", "2")
