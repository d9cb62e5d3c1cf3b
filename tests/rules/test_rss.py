# ruff: noqa: E501 - a document is easier to read on one line
from __future__ import annotations

import pytest

from tests.rules.support import CHANNEL, ITEM, findings, item, rss, rules, without

IMAGE = "<url>https://example.org/i.png</url><title>A channel</title><link>https://example.org/</link>"
INPUT = "<title>Go</title><description>Search</description><name>q</name><link>https://example.org/s</link>"
CLOUD = '<cloud domain="rpc.example.org" port="80" path="/RPC2" registerProcedure="ping" protocol="soap"/>'
ENCLOSURE = '<enclosure url="https://example.org/a.mp3" length="12" type="audio/mpeg"/>'

BAD = [
    ("missing-element", b'<rss version="2.0"/>'),
    ("missing-attribute", rss().replace(b' version="2.0"', b"")),
    ("value", rss(version="3.0")),
    ("value", rss(version="")),
    ("duplicate-element", rss().replace(b"</rss>", b"<channel><title>x</title><link>http://x.org/</link><description>x</description></channel></rss>")),
    ("unknown-element", rss().replace(b"</rss>", b"<item/></rss>")),
    ("missing-element", rss(channel=without(CHANNEL, "title"))),
    ("missing-element", rss(channel=without(CHANNEL, "link"))),
    ("missing-element", rss(channel=without(CHANNEL, "description"))),
    ("blank", rss(channel=CHANNEL.replace("A channel", ""))),
    ("blank", rss(channel=CHANNEL.replace("<link>https://example.org/</link>", "<link/>"))),
    ("blank", rss(channel=CHANNEL.replace("All about it", " "))),
    ("html-in-text", rss(channel=CHANNEL.replace("A channel", "&lt;b>A&lt;/b>"))),
    ("html-in-text", rss(channel=CHANNEL.replace("A channel", "A &amp;amp; B"))),
    ("unknown-element", rss("<pubdate>Fri, 31 May 2024 08:30:00 GMT</pubdate>")),
    ("unknown-element", rss("<webmaster>a@example.org</webmaster>")),
    ("unknown-element", rss("<updated>2024</updated>")),
    ("unexpected-text", rss("stray")),
    ("unknown-attribute", item(basis=ITEM.replace("<title>", '<title type="html">'))),
    ("unknown-attribute", rss('<item id="1"><title>x</title></item>')),
    ("unknown-element", item(basis="<title>not <b>escaped</b></title>")),
    ("unknown-element", item("<description><p>not escaped</p></description>")),
    *[("duplicate-element", rss(f"<{name}>{value}</{name}>" * 2)) for name, value in (
        ("language", "en"), ("copyright", "x"), ("managingEditor", "a@example.org"), ("webMaster", "a@example.org"),
        ("pubDate", "Fri, 31 May 2024 08:30:00 GMT"), ("lastBuildDate", "Fri, 31 May 2024 08:30:00 GMT"),
        ("generator", "x"), ("docs", "http://example.org/"), ("ttl", "1"), ("image", IMAGE), ("textInput", INPUT),
        ("skipHours", "<hour>1</hour>"), ("skipDays", "<day>Monday</day>"),
    )],
    *[("duplicate-element", item(f"<{name}>{value}</{name}>" * 2)) for name, value in (
        ("link", "http://example.org/"), ("description", "x"), ("author", "a@example.org"), ("comments", "http://a.org/"),
        ("pubDate", "Fri, 31 May 2024 08:30:00 GMT"), ("source", ""),
    ) if name != "source"],
    ("language", rss("<language>english</language>")),
    ("language", rss("<language>en_us</language>")),
    ("language", rss("<language/>")),
    ("mail", rss("<managingEditor>Ada</managingEditor>")),
    ("mail", rss("<webMaster>Ada &lt;ada@example.org&gt;</webMaster>")),
    ("mail", item("<author>Ada (ada@example.org)</author>")),
    ("mail", item("<author/>")),
    *[("date", rss(f"<pubDate>{date}</pubDate>")) for date in (
        "2024-05-31T08:30:00Z", "Fri, 31 May 2024", "31/05/2024", "Fri, 31 May 2024 08:30:00", "",
        "Fri, 31 Mai 2024 08:30:00 GMT", "Fri, 31 May 2024 25:30:00 GMT", "Fri, 31 May 2024 08:30:00 UTC",
        "Fri, 32 May 2024 08:30:00 GMT", "Friday, 31 May 2024 08:30:00 GMT", "Fri, 31 May 2024 08:30:00 +02:00",
        "Fri, 31 May 2024 8:30:00 GMT", "Fri 31 May 2024 08:30:00 GMT", "Fri, May 31 2024 08:30:00 GMT",
        "Fri, 31 May 2024 08:30:00 CEST", "Fri, 31 May 20024 08:30:00 GMT", "Fri, 31 may 2024 08:30:00 GMT",
        "Thu, 30 Feb 2024 08:30:00 GMT", "Fri, 31 May 2024 08:60:00 GMT", "Fri, 31 May 2024 08.30.00 GMT",
    )],
    ("date-doubtful", rss("<pubDate>Mon, 31 May 2024 08:30:00 GMT</pubDate>")),
    ("date-doubtful", rss("<pubDate>Fri, 31 May 24 08:30:00 GMT</pubDate>")),
    ("date-doubtful", rss("<pubDate>Fri, 31 May 2024 08:30:00 A</pubDate>")),
    ("date-implausible", item("<pubDate>Sat, 31 May 2064 08:30:00 GMT</pubDate>")),
    ("date-implausible", item("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>")),
    ("address", rss("<docs>x</docs>")),
    ("address", rss("<docs>www.example.org</docs>")),
    ("number", rss("<ttl>soon</ttl>")),
    ("number", rss("<ttl>-5</ttl>")),
    ("number", rss("<ttl>1.5</ttl>")),
    ("blank", rss("<category/>")),
    # the cloud
    *[("missing-attribute", rss(CLOUD.replace(part, ""))) for part in (
        'domain="rpc.example.org"', 'port="80"', 'path="/RPC2"', 'registerProcedure="ping"', 'protocol="soap"')],
    ("value", rss(CLOUD.replace("soap", "rest"))),
    ("number", rss(CLOUD.replace("80", "http"))),
    ("number", rss(CLOUD.replace("80", "-1"))),
    ("blank", rss(CLOUD.replace("rpc.example.org", ""))),
    ("blank", rss(CLOUD.replace("ping", ""))),
    ("duplicate-element", rss(CLOUD * 2)),
    # the image
    ("missing-element", rss(f"<image>{without(IMAGE, 'url')}</image>")),
    ("missing-element", rss(f"<image>{without(IMAGE, 'title')}</image>")),
    ("missing-element", rss(f"<image>{without(IMAGE, 'link')}</image>")),
    ("image-size", rss(f"<image>{IMAGE}<width>145</width></image>")),
    ("image-size", rss(f"<image>{IMAGE}<height>401</height></image>")),
    ("image-size", rss(f"<image>{IMAGE}<width>wide</width></image>")),
    ("image-size", rss(f"<image>{IMAGE}<width>0</width></image>")),
    ("unknown-element", rss(f"<image>{IMAGE}<size>1</size></image>")),
    ("address", rss(f"<image>{IMAGE.replace('https://example.org/i.png', '/i.png')}</image>")),
    # the text input
    *[("missing-element", rss(f"<textInput>{without(INPUT, name)}</textInput>")) for name in ("title", "description", "name", "link")],
    ("duplicate-element", rss(f"<textInput>{INPUT}<name>q</name></textInput>")),
    ("unknown-element", rss(f"<textinput>{INPUT}</textinput>")),
    # hours and days
    ("missing-element", rss("<skipHours/>")),
    ("missing-element", rss("<skipDays/>")),
    ("value", rss("<skipHours><hour>24</hour></skipHours>")),
    ("value", rss("<skipHours><hour>-1</hour></skipHours>")),
    ("value", rss("<skipHours><hour>noon</hour></skipHours>")),
    ("value", rss("<skipDays><day>Mon</day></skipDays>")),
    ("value", rss("<skipDays><day>monday</day></skipDays>")),
    ("duplicate-value", rss("<skipDays><day>Monday</day><day>Monday</day></skipDays>")),
    ("duplicate-value", rss("<skipHours><hour>1</hour><hour>01</hour></skipHours>")),
    ("unknown-element", rss("<skipDays><hour>1</hour><day>Monday</day></skipDays>")),
    # items
    ("item-empty", item(basis="<link>http://example.org/</link>")),
    ("item-empty", item(basis="<description/>")),
    ("address", item("<link>/relative</link>")),
    ("address", item("<link>http://a b/</link>")),
    ("address", item("<link>mailto:ada</link>")),
    ("address", item("<link>http://example.org/a[1]</link>")),
    ("self-type", rss('<atom:link href="http://x.org/" rel="self" type="text/html"/>', without(CHANNEL, "atom:link"))),
    ("blank", item("<link/>")),
    ("scheme", item("<link>nosuch://example.org/</link>")),
    ("address-ascii", item("<link>http://example.org/é</link>")),
    ("address", item("<comments>x</comments>")),
    ("guid-address", item("<guid>12</guid>", "<title>x</title>")),
    ("guid-address", item('<guid isPermaLink="true">urn:isbn:1</guid>', "<title>x</title>")),
    ("value", item('<guid isPermaLink="no">http://example.org/</guid>', "<title>x</title>")),
    ("unknown-attribute", item('<guid ispermalink="false">http://example.org/</guid>', "<title>x</title>")),
    ("blank", item("<guid/>", "<title>x</title>")),
    ("duplicate-guid", rss(f"<item>{ITEM}</item><item>{ITEM}</item>")),
    *[("missing-attribute", item(ENCLOSURE.replace(part, ""))) for part in (
        'url="https://example.org/a.mp3"', 'length="12"', 'type="audio/mpeg"')],
    ("number", item(ENCLOSURE.replace('"12"', '"1.2"'))),
    ("number", item(ENCLOSURE.replace('"12"', '""'))),
    ("number", item(ENCLOSURE.replace('"12"', '"-1"'))),
    ("media-type", item(ENCLOSURE.replace("audio/mpeg", "mp3"))),
    ("address", item(ENCLOSURE.replace("https", "ftp"))),
    ("address", item(ENCLOSURE.replace("https://example.org", ""))),
    ("unexpected-text", item(ENCLOSURE.replace("/>", ">x</enclosure>"))),
    ("several-enclosures", item(ENCLOSURE * 2)),
    ("missing-attribute", item("<source>x</source>")),
    ("address", item('<source url="x">x</source>')),
    # HTML
    ("html-in-text", item(basis="<title>&lt;b>x&lt;/b></title>")),
    ("html-in-text", item(basis="<title>x&lt;br/>y</title>")),
    ("html-in-text", item(basis="<title>x &amp;#8217; y</title>")),
    ("html-dangerous-element", item("<description>&lt;script>x()&lt;/script></description>")),
    ("html-dangerous-element", item("<content:encoded><![CDATA[<object data='x:y'></object>]]></content:encoded>")),
    ("html-event-attribute", item("<description>&lt;img src='http://x.org/' onerror='x'></description>")),
    ("html-relative-address", item("<description>&lt;a href='/x'>x&lt;/a></description>")),
    ("html-relative-address", item("<content:encoded>&lt;img src='x.png'></content:encoded>")),
    ("html-invalid", item("<description>x &lt;!-- y</description>")),
    ("html-event-attribute", item("<description>&lt;img src='http://x.org/'onerror='x'></description>")),
    ("html-invalid", item("<description>&lt;o:p>x&lt;/o:p></description>")),
    # meanings said twice
    ("duplicate-meaning", item("<author>a@example.org</author><dc:creator>Ada</dc:creator>")),
    ("duplicate-meaning", item("<pubDate>Fri, 31 May 2024 08:30:00 GMT</pubDate><dc:date>2024-05-31</dc:date>")),
    ("duplicate-meaning", rss("<language>en</language><dc:language>en</dc:language>")),
    ("duplicate-meaning", rss("<copyright>x</copyright><dc:rights>x</dc:rights>")),
    # links of Atom
    ("address", rss(channel=CHANNEL.replace("https://example.org/feed.rss", "/feed.rss"))),
    ("missing-attribute", rss('<atom:link rel="hub"/>')),
    ("unknown-element", rss("<atom:nosuch/>")),
    # namespaces
    ("namespace-misspelt", rss('<x:creator xmlns:x="http://purl.org/dc/elements/1.1">Ada</x:creator>')),
    ("namespace-unexpected", rss('<itunes:author xmlns:itunes="http://example.org/itunes">Ada</itunes:author>').replace(
        b' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"', b"")),
    ("not-well-formed", b'<rss version="2.0"><channel><dc:creator/></channel></rss>'),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "document"), BAD)
def test_each_breach_is_named_and_nothing_else(rule: str, document: bytes) -> None:
    assert rules(document) == [rule], [str(finding) for finding in findings(document)]


@pytest.mark.parametrize(
    "document",
    [
        rss(),
        *[rss(version=version) for version in ("0.91", "0.92", "0.93", "0.94")],
        rss(f"<image>{IMAGE}<width>144</width><height>400</height><description>x</description></image>"),
        rss(f"<textInput>{INPUT}</textInput>{CLOUD}<ttl>60</ttl><docs>http://example.org/</docs><rating>x</rating>"),
        rss(CLOUD.replace("ping", "").replace("soap", "http-post")),
        rss("<skipHours><hour>0</hour><hour>23</hour></skipHours><skipDays><day>Monday</day><day>Sunday</day></skipDays>"),
        rss('<language>pt-br</language><copyright>© 2024 &amp; on</copyright><category domain="x">a/b</category><category>c</category>'),
        rss("<managingEditor>ada@example.org (Ada Lovelace)</managingEditor><webMaster>ada@example.org</webMaster>"),
        rss("<copyright/><generator/>"),
        *[rss(f"<lastBuildDate>{date}</lastBuildDate>") for date in (
            "Fri, 31 May 2024 08:30:00 GMT", "31 May 2024 08:30 +0200", "Sat, 07 Sep 2002 00:00:01 EST", "Sat,  7 Sep 2002 00:00:01 UT",
            "Thu, 31 Dec 1998 23:59:60 GMT", "Fri, 31 May 2024 08:30:00 Z", "Fri, 31 May 2024 08:30:00 GMT (comment)", "\n Fri, 31 May 2024 08:30:00 -0700\n",
        )],
        item("<description/>"),
        item("<description>x</description>", ""),
        item(basis="<title>x</title>"),
        item(basis="<title>AT&amp;T &amp; R&amp;D: 3 &lt; 4; List&lt;String></title>"),
        item("<link>mailto:a@example.org</link><comments>http://example.org/#c</comments>"),
        item(f"{ENCLOSURE}<source url='http://example.org/x.xml'>X</source><category domain='http://x.org/'>x</category>"),
        item(ENCLOSURE.replace('"12"', '"0"')),
        item("<guid>https://example.org/?a=1&amp;b=2</guid>", "<title>x</title>"),
        item("<description><![CDATA[<p style='color: red'>x < y && z <a href='#n'>é</a> <a href='https://x.org/?a=1&b=2'>x</a></p>]]></description>"),
        item("""<description>&lt;!-- c -->&lt;img src="http://x.org/" alt="see onclick=x, style='x' and href='/x'"></description>"""),
        item("<content:encoded><![CDATA[<figure><video src='https://x.org/v'></video><figcaption>x</figcaption></figure>]]></content:encoded>"),
        item("<description>&lt;a href='/x'>x&lt;/a></description>").replace(b"<rss ", b"<rss xml:base='http://example.org/' "),
        item("<strange:thing a='b'><strange:x>y</strange:x></strange:thing><dc:creator>A</dc:creator><dc:creator>B</dc:creator>"),
        rss("<strange:thing/><image xmlns:strange='urn:x'>" + IMAGE + "<strange:x/></image>"),
        b"<?xml version='1.0' encoding='ISO-8859-1'?><!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' "
        b"'http://my.netscape.com/publish/formats/rss-0.91.dtd'><rss version='0.91'><channel><title>caf&eacute; \xe9</title>"
        b"<link>http://example.org/</link><description>x</description><language>en</language></channel></rss>",
    ],
)  # fmt: skip
def test_clean_channels(document: bytes) -> None:
    assert [str(finding) for finding in findings(document)] == []


def test_a_finding_names_the_guid_of_its_item() -> None:
    (found,) = findings(item("<comments>x</comments>"))
    assert (found.element, found.entry) == ("rss/channel/item[1]/comments", "tag:example.org,2024:1")
