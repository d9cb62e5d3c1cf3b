# ruff: noqa: E501 - a document is easier to read on one line
from __future__ import annotations

import pytest

from tests.rules.support import ATOM_HEAD, ENTRY, entry, feed, findings, rules, without

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
NO_SUMMARY = without(ENTRY, "summary")

BAD = [
    # what a feed needs, and how often
    ("missing-element", feed(head=without(ATOM_HEAD, "title"))),
    ("missing-element", feed(head=without(ATOM_HEAD, "id"))),
    ("missing-element", feed(head=without(ATOM_HEAD, "updated"))),
    ("missing-element", entry(basis=without(ENTRY, "title"))),
    ("missing-element", entry(basis=without(ENTRY, "id"))),
    ("missing-element", entry(basis=without(ENTRY, "updated"))),
    ("missing-author", entry(head=without(ATOM_HEAD, "author"))),
    ("missing-author", feed(f"<entry>{ENTRY}<author><name>x</name></author></entry><entry><title>2</title>"
     "<id>urn:isbn:2</id><updated>2024-05-31T08:30:00Z</updated><content>x</content></entry>", without(ATOM_HEAD, "author"))),
    ("missing-author", f'<entry xmlns="http://www.w3.org/2005/Atom">{ENTRY}</entry>'.encode()),
    ("duplicate-element", feed("<title>Another</title>")),
    ("duplicate-element", feed("<subtitle>1</subtitle><subtitle>2</subtitle>")),
    ("duplicate-element", feed("<icon>/1</icon><icon>/2</icon>")),
    ("duplicate-element", feed("<logo>/1</logo><logo>/2</logo>")),
    ("duplicate-element", feed("<generator>1</generator><generator>2</generator>")),
    ("duplicate-element", feed("<rights>1</rights><rights>2</rights>")),
    ("duplicate-element", entry("<content>1</content><content>2</content>")),
    ("duplicate-element", entry("<published>2024-05-31T08:30:00Z</published><published>2024-05-31T08:30:00Z</published>")),
    ("duplicate-element", entry("<summary>2</summary>")),
    ("unknown-element", feed("<tagline>of Atom 0.3</tagline>")),
    ("unknown-element", entry("<pubDate>of RSS</pubDate>")),
    ("unknown-element", feed("<entries/>")),
    ("unknown-attribute", entry(basis=ENTRY.replace("<title>", '<title mode="escaped">'))),
    ("unexpected-text", feed("stray words")),
    ("unexpected-text", entry("stray words")),
    # people
    ("missing-element", feed("<contributor><uri>https://example.org/</uri></contributor>")),
    ("duplicate-element", feed("<contributor><name>1</name><name>2</name></contributor>")),
    ("blank", feed("<contributor><name> </name></contributor>")),
    ("mail", feed("<contributor><name>1</name><email>nobody</email></contributor>")),
    ("mail", feed("<contributor><name>1</name><email>a@b@c.org</email></contributor>")),
    ("address", feed("<contributor><name>1</name><uri>http://not an address</uri></contributor>")),
    ("unexpected-text", feed("<contributor><name>1</name>Ada</contributor>")),
    # ids
    ("address", entry(basis=ENTRY.replace("tag:example.org,2024:1", "/relative"))),
    ("address", entry(basis=ENTRY.replace("tag:example.org,2024:1", "http://a b/"))),
    ("address", entry(basis=ENTRY.replace("tag:example.org,2024:1", " tag:example.org,2024:1 "))),
    ("address", entry(basis=ENTRY.replace("tag:example.org,2024:1", "tag:example.org:1"))),
    ("address", entry(basis=ENTRY.replace("tag:example.org,2024:1", "tag:example.org,2024-13:1"))),
    ("address", entry(basis=ENTRY.replace("tag:example.org,2024:1", "urn:uuid:123"))),
    ("address", entry(basis=ENTRY.replace("tag:example.org,2024:1", "urn:x"))),
    ("address", entry(basis=ENTRY.replace("tag:example.org,2024:1", "http://example.org/%zz"))),
    ("blank", entry(basis=ENTRY.replace("tag:example.org,2024:1", ""))),
    ("scheme", entry(basis=ENTRY.replace("tag:example.org,2024:1", "nosuchscheme:1"))),
    ("id-form", entry(basis=ENTRY.replace("tag:example.org,2024:1", "http://EXAMPLE.org/1"))),
    ("id-form", entry(basis=ENTRY.replace("tag:example.org,2024:1", "HTTP://example.org/1"))),
    ("id-form", entry(basis=ENTRY.replace("tag:example.org,2024:1", "http://example.org:80/1"))),
    ("id-form", entry(basis=ENTRY.replace("tag:example.org,2024:1", "http://example.org/a/../b"))),
    ("id-form", entry(basis=ENTRY.replace("tag:example.org,2024:1", "http://example.org/%7eada"))),
    ("id-form", entry(basis=ENTRY.replace("tag:example.org,2024:1", "http://example.org/%c3%a9"))),
    ("id-form", entry(basis=ENTRY.replace("tag:example.org,2024:1", "http://example.org"))),
    ("id-form", entry(basis=ENTRY.replace("tag:example.org,2024:1", "http://example.org/?"))),
    ("duplicate-entry", feed(f"<entry>{ENTRY}</entry><entry>{ENTRY}</entry>")),
    # dates
    *[
        ("date", entry(basis=ENTRY.replace("2024-05-31T08:30:00Z", date)))
        for date in (
            "2024-05-31", "2024-05-31T08:30Z", "2024-05-31 08:30:00Z", "2024-05-31T08:30:00", "2024-02-30T08:30:00Z",
            "2024-05-31T25:30:00Z", "2024-05-31T08:61:00Z", "2024-05-31t08:30:00z", "Fri, 31 May 2024 08:30:00 GMT",
            "2024-13-01T00:00:00Z", "", " 2024-05-31T08:30:00Z", "2024-05-31T08:30:00+0200", "24-05-31T08:30:00Z",
            "2024-05-31T24:00:00Z", "2024-05-31T08:30:00.Z", "2024-05-31T08:30:00+24:00", "2024-05-31T08:30:61Z",
        )
    ],
    ("date-implausible", entry(basis=ENTRY.replace("2024", "2064", 2).replace("2064:1", "2024:1"))),
    ("date-implausible", entry("<published>1925-05-31T08:30:00Z</published>")),
    # links
    ("missing-attribute", entry('<link rel="related"/>')),
    ("address", entry('<link rel="related" href="http://a b/"/>')),
    ("address", entry('<link rel="related" href="http://example.org/{x}"/>')),
    ("address", entry('<link rel="related" href="http://"/>')),
    ("address", entry('<link rel="related" href="http://example.org:99999/"/>')),
    ("blank", entry('<link rel="" href="/x"/>')),
    ("relation", entry('<link rel="nosuch" href="/x"/>')),
    ("media-type", entry('<link rel="related" type="html" href="/x"/>')),
    ("media-type", entry('<link rel="related" type="text/*" href="/x"/>')),
    ("language", entry('<link rel="related" hreflang="english" href="/x"/>')),
    ("number", entry('<link rel="enclosure" length="12k" href="/x"/>')),
    ("number", entry('<link rel="enclosure" length="-1" href="/x"/>')),
    ("blank", entry('<link rel="related" title=" " href="/x"/>')),
    ("duplicate-alternate", entry('<link href="https://example.org/2"/>')),
    ("duplicate-alternate", feed('<link type="text/html" href="/1"/><link rel="alternate" type="text/html" href="/2"/>')),
    ("missing-alternate", entry(basis=without(ENTRY, "link"))),
    ("scheme", entry('<link rel="related" href="nosuch:x"/>')),
    ("html-script-address", entry('<content type="html">&lt;a href="&amp;#106;avascript:x()">x&lt;/a></content>')),
    ("html-entity", entry('<content type="html">&amp;#146;</content>')),
    ("link-text", entry('<link rel="related" href="/x">text</link>')),
    ("self-type", feed('<link rel="self" type="text/html" href="http://example.org/x"/>')),
    ("unknown-attribute", entry('<link rel="related" url="/x" href="/x"/>')),
    ("self-relative", feed('<link rel="self" type="application/atom+xml" href="/x"/>')),
    ("html-in-text", feed("<contributor><name>&lt;b>x&lt;/b></name></contributor>")),
    ("unknown-element", entry('<pubDate xmlns="">x</pubDate>')),
    # categories and the generator
    ("missing-attribute", entry("<category/>")),
    ("blank", entry('<category term=""/>')),
    ("address", entry('<category term="x" scheme="relative"/>')),
    ("blank", entry('<category term="x" label=""/>')),
    ("blank", feed("<generator/>")),
    ("address", feed('<generator uri="http://a b/">x</generator>')),
    ("blank", feed('<generator version="">x</generator>')),
    ("blank", feed("<icon/>")),
    ("address", feed("<logo> http://example.org/x </logo>")),
    # text
    ("text-type", feed('<subtitle type="text/html">x</subtitle>')),
    ("text-type", feed('<subtitle type="HTML">x</subtitle>')),
    ("blank", feed("<subtitle/>")),
    ("blank", feed('<subtitle type="html"> </subtitle>')),
    ("unexpected-element", feed("<subtitle>x <b>y</b></subtitle>")),
    ("unexpected-element", feed(f'<subtitle type="html"><div {XHTML}>x</div></subtitle>')),
    ("undeclared-html", feed("<subtitle>x &lt;b&gt;y&lt;/b&gt;</subtitle>")),
    ("undeclared-html", feed("<subtitle>x &amp;eacute;</subtitle>")),
    ("undeclared-html", feed("<subtitle>x&lt;br>y</subtitle>")),
    ("undeclared-html", feed("<subtitle>x &lt;br/> y</subtitle>")),
    ("undeclared-html", feed("<subtitle>&lt;IMG src=x></subtitle>")),
    ("undeclared-html", feed("<subtitle>&lt;a href='/x'>x &lt;br>&lt;/A></subtitle>")),
    ("html-dangerous-element", feed('<subtitle type="html">&lt;script>x&lt;/script></subtitle>')),
    ("html-dangerous-element", entry('<content type="html">&lt;iframe src="https://x.org">&lt;/iframe></content>')),
    ("html-event-attribute", entry('<content type="html">&lt;p onclick="x()">x&lt;/p></content>')),
    ("html-script-address", entry('<content type="html">&lt;a href="javascript:x()">x&lt;/a></content>')),
    ("html-script-address", entry('<content type="html">&lt;a href="java&#9;script:x()">x&lt;/a></content>')),
    ("html-dangerous-style", entry('<content type="html">&lt;a style="background:url(x)">x&lt;/a></content>')),
    ("html-invalid", entry('<content type="html">&lt;blinq>x&lt;/blinq></content>')),
    ("html-invalid", entry('<content type="html">&lt;a href="x</content>')),
    ("html-entity", entry('<content type="html">&amp;nosuch;</content>')),
    ("xhtml-div", feed('<subtitle type="xhtml">x</subtitle>')),
    ("xhtml-div", feed('<subtitle type="xhtml"><div>x</div></subtitle>')),
    ("xhtml-div", feed(f'<subtitle type="xhtml"><p {XHTML}>x</p></subtitle>')),
    ("xhtml-div", feed(f'<subtitle type="xhtml"><div {XHTML}>x</div><div {XHTML}>x</div></subtitle>')),
    ("unexpected-text", feed(f'<subtitle type="xhtml">x<div {XHTML}>x</div></subtitle>')),
    ("html-dangerous-element", feed(f'<subtitle type="xhtml"><div {XHTML}><script>x</script></div></subtitle>')),
    ("html-event-attribute", feed(f'<subtitle type="xhtml"><div {XHTML}><p onload="x">x</p></div></subtitle>')),
    ("html-invalid", feed(f'<subtitle type="xhtml"><div {XHTML}><blinq>x</blinq></div></subtitle>')),
    # content
    ("content-type", entry('<content type="nonsense">x</content>')),
    ("content-type", entry('<content type="multipart/mixed">x</content>')),
    ("content-type", entry('<content src="/x" type="html"/>')),
    ("missing-type", entry('<content src="/x"/>')),
    ("content-not-empty", entry('<content src="/x" type="text/html">x</content>')),
    ("address", entry('<content src="http://a b/" type="text/html"/>')),
    ("missing-summary", entry('<content src="/x" type="text/html"/>', NO_SUMMARY)),
    ("missing-summary", entry('<content type="image/png">AAAA</content>', NO_SUMMARY)),
    ("base64", entry('<content type="image/png">not base64!</content>')),
    ("unexpected-element", entry('<content type="image/png"><x/></content>')),
    ("unexpected-element", entry('<content type="text/plain"><x/></content>')),
    ("content-xml", entry('<content type="application/xml">x</content>')),
    ("blank", entry("<content/>")),
    # sources
    ("missing-element", entry("<source><id>urn:isbn:1</id><title>x</title></source>")),
    ("duplicate-element", entry("<source><id>urn:isbn:1</id><id>urn:isbn:1</id><title>x</title>"
     "<updated>2024-05-31T08:30:00Z</updated></source>")),
    ("unknown-element", entry("<source><id>urn:isbn:1</id><title>x</title><updated>2024-05-31T08:30:00Z</updated>"
     "<entry/></source>")),
    # what every element may have
    ("language", feed(attributes=' xml:lang="english"')),
    ("language", feed(attributes=' xml:lang="en_US"')),
    ("language", feed(attributes=' xml:lang="xq"')),
    ("language", feed(attributes=' xml:lang="eng"')),
    ("address", feed(attributes=' xml:base="http://a b/"')),
    ("unknown-attribute", feed(attributes=' version="1.0"')),
    ("value", feed(attributes=' xml:space="keep"')),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "document"), BAD)
def test_each_breach_is_named_and_nothing_else(rule: str, document: bytes) -> None:
    assert rules(document) == [rule], [str(finding) for finding in findings(document)]


@pytest.mark.parametrize(
    "body",
    [
        '<link rel="alternate" type="text/html" hreflang="de" href="/de"/>',
        '<link rel="http://www.iana.org/assignments/relation/related" href="urn:x-ours:y"/>',
        '<link rel="enclosure" type="audio/mpeg" length="0" href="a.mp3" title="&#252;"/>',
        '<link rel="related" href=""/><link rel="via" href="?q=%20#a"/><link rel="via" href="http:g"/>',
        '<link rel="related" href="http://www.詹姆斯.com/atomtests/iri/詹.html"/>',
        '<link rel="https://example.org/rels/ours" href="mailto:ada@example.org"/>',
        '<link rel="related" href="/x"><strange:thing/></link>',
        '<category term="x" scheme="https://example.org/tags#" label="Ü &amp; more">text is undefined, not forbidden</category>',
        f'<content type="xhtml" xml:lang="fr" xml:base="/x/"><div {XHTML}><p class="x">é<br/><svg xmlns="http://www.w3.org/2000/svg"><path d="M0"/></svg></p></div></content>',
        '<content type="xhtml"><xhtml:div>prefix <xhtml:em>and</xhtml:em> all</xhtml:div></content>',
        '<content type="html"><![CDATA[<p>a < b & c <a href="/x">é</a> &eacute; &#8217;<br></p><!-- c -->]]></content>',
        '<content type="text/plain">a &lt;b&gt; c</content>',
        '<content type="application/pdf">\n JVBE\n Rg==\n</content>',
        '<content type="image/svg+xml"><svg xmlns="http://www.w3.org/2000/svg"/></content>',
        '<content type="application/xml"><x xmlns=""/></content>',
        '<content type="text/html" src="http://example.org/x"/>',
        '<content type="text/html; charset=utf-8" src="http://example.org/x"></content>',
        "<content>2 &lt; 3 &amp; 4 &gt; 1; AT&amp;T, R&amp;D; x &lt;y&gt; z</content>",
        "<rights>The &lt;video&gt; element, &lt;/b&gt;, &lt;br&gt; and an &lt;img&gt;; List&lt;String&gt;</rights>",
        "<published>1996-12-19T16:39:57-08:00</published>",
        "<published>2003-12-13T18:30:02.25+01:00</published>",
        "<published>1998-12-31T23:59:60Z</published>",
        "<author><name>A</name><email>a.b+c@example.co.uk</email><uri>/me</uri></author><author><name>B</name></author>",
        "<contributor><name>李</name><strange:thing>x</strange:thing></contributor>",
        "<strange:thing xmlns:other='urn:other' other:a='1'><strange:inner>text</strange:inner> text <x xmlns=''/></strange:thing>",
        '<rights type="html">&lt;p&gt;&amp;copy; 2024&lt;/p&gt;</rights>',
        "<dc:subject>x</dc:subject><dc:subject>y</dc:subject><dc:date>2024-05</dc:date>",
        '<thr:in-reply-to ref="tag:example.org,2005:1" href="http://example.org/1" type="text/html"/><thr:total>3</thr:total>',
        '<link rel="replies" thr:count="2" thr:updated="2005-07-28T12:10:00Z" href="r.atom"/>',
        "<app:edited>2024-05-31T08:30:00Z</app:edited><app:control><app:draft>yes</app:draft></app:control>",
        "<georss:point>45.256 -71.92</georss:point>",
        "<summary xml:lang=''>x</summary>".replace("summary", "rights"),
    ],
)  # fmt: skip
def test_legal_exotica_in_an_entry(body: str) -> None:
    assert findings(entry(body, without(ENTRY, "summary") + ("<summary>s</summary>"))) == []


@pytest.mark.parametrize(
    "document",
    [
        feed(),
        feed("<!-- c --><?pi x?><subtitle/>".replace("<subtitle/>", "")),
        feed(head="<id>urn:isbn:1</id><title>x</title><updated>2024-05-31T08:30:00Z</updated>"),
        feed(attributes=' xml:base="http://example.org/a/" xml:lang="zh-Hant-TW" xmlns:x="urn:x" x:y="z"'),
        feed("<rights>&b; &copy;</rights>").replace(
            b"<feed", b'<!DOCTYPE feed [<!ENTITY a "x"><!ENTITY b "&a; y"><!ENTITY copy "&#169;">]><feed', 1),
        feed(attributes=' xml:lang="x-klingon" xml:id="a" xml:space="preserve"'),
        feed("<entry><title>1</title><id>urn:isbn:1</id><updated>2024-05-31T08:30:00Z</updated><content>x</content></entry>"
             "<entry><title>1</title><id>urn:isbn:1</id><updated>2024-05-31T08:31:00Z</updated><content>x</content></entry>"),
        feed("<entry><title>1</title><id>urn:isbn:1</id><updated>2024-05-31T08:30:00Z</updated><content>x</content><source>"
             "<id>urn:isbn:2</id><title>s</title><updated>2024-05-31T08:30:00Z</updated><author><name>B</name></author>"
             "</source></entry>", without(ATOM_HEAD, "author")),
        f'<atom:entry xmlns:atom="http://www.w3.org/2005/Atom">{ENTRY}<author><name>x</name></author></atom:entry>'
        .replace("<", "<atom:").replace("<atom:/", "</atom:").replace("<atom:atom:", "<atom:").replace("</atom:atom:", "</atom:")
        .encode(),
        feed("<icon>favicon.ico</icon><logo>../logo.png</logo><generator uri='/g' version='1.0'>G</generator>"
             "<subtitle type='html'>A &lt;em&gt;lot&lt;/em&gt;</subtitle><rights>©</rights>"
             '<opensearch:totalResults>12</opensearch:totalResults><at:deleted-entry ref="urn:isbn:1" when="2024-05-31T08:30:00Z"/>'),
        *[feed(f"<entry>{ENTRY.replace('tag:example.org,2024:1', identity)}</entry>") for identity in (
            "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a", "http://example.org/?id=1&amp;x=%C3%A9#a", "mailto:a@b.org",
            "news:12@example.org", "nntp://news.example.org/x/1", "tag:a@example.org,2024-05-01:x/y?z#f", "doi:10.1000/182",
            "http://example.org/é", "https://example.org:8080/", "info:lccn/2002022641", "urn:nbn:de:101:1-201102033592",
            "ftp://example.org/x", "http://[::1]/x", "http://user@example.org/~ada/",
        )],
    ],
)  # fmt: skip
def test_clean_feeds(document: bytes) -> None:
    assert [str(finding) for finding in findings(document)] == []


def test_a_finding_has_its_place_and_its_entry() -> None:
    document = feed(f"<entry>{ENTRY}</entry>\n<entry><title>2</title><link href='http://a b/'/><content>x</content>"
                    "<id>urn:isbn:2</id><updated>2024-05-31T08:30:00Z</updated></entry>")  # fmt: skip
    (found,) = findings(document)
    assert (found.element, found.line, found.entry) == ("feed/entry[2]/link", 6, "urn:isbn:2")
    assert found.source == "RFC 4287 section 4.2.7"
    assert found.severity == "error"
