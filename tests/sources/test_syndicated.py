"""Feeds as others write them: every format, the oddities of the wild, and bytes that mean harm."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.article import Attachment, Person
from feeds.errors import ContentError, FeedsError
from feeds.formats import render
from feeds.sources.syndicated import Syndicated, SyndicatedEntry, read
from tests.conftest import make_article
from tests.formats.samples import make_feed

HOME = "https://old.example.net/feed.xml"

ATOM = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-gb">
  <title>Old news</title><link href="/"/><id>urn:feed</id><updated>2026-11-02T10:00:00Z</updated>
  <entry>
    <id>tag:old.example.net,2005:Post/1?a=1&amp;b=%c3%bc</id>
    <title type="html">Fish &amp;amp; &lt;em&gt;chips&lt;/em&gt;</title>
    <link rel="alternate" href="/2026/fish/"/>
    <link rel="enclosure" href="fish.mp3" type="audio/mpeg" length="1234"/>
    <published>2026-11-01T09:00:00+01:00</published><updated>2026-11-02T10:00:00Z</updated>
    <author><name>Ana</name><email>ana@example.net</email><uri>https://example.net/ana</uri></author>
    <category term="Food"/><category term="Sea"/>
    <summary>In brief.</summary>
    <content type="html">&lt;p>&lt;a href="more">More&lt;/a> &lt;a href="#top">up&lt;/a>&lt;/p></content>
  </entry>
</feed>"""

RSS = """\
<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Old news</title><link>https://old.example.net/</link><language>en-us</language>
<item><title>Fish</title><link>https://old.example.net/fish/</link>
  <guid isPermaLink="false">https://old.example.net/?p=12&amp;preview=1</guid>
  <pubDate>Sun, 01 Nov 2026 09:00:00 +0100</pubDate><dc:creator>Ana</dc:creator>
  <category>Food</category><description>In brief.</description>
  <content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded>
  <enclosure url="https://old.example.net/a.mp3" length="x" type="audio/mpeg; codecs=1"/></item>
</channel></rss>"""


def one(content: str | bytes, address: str = HOME) -> SyndicatedEntry:
    """The only entry of a feed."""
    [entry] = read(content.encode() if isinstance(content, str) else content, address=address).entries
    return entry


def rss(item: str, channel: str = "", head: str = "") -> str:
    """An RSS feed of one item."""
    return f'{head}<rss version="2.0"><channel><title>T</title>{channel}<item>{item}</item></channel></rss>'


def atom(entry: str, attributes: str = "") -> str:
    """An Atom feed of one entry."""
    namespace = 'xmlns="http://www.w3.org/2005/Atom"'
    return f"<feed {namespace} {attributes}><title>T</title><entry>{entry}</entry></feed>"


def refused(content: bytes, address: str = HOME) -> str:
    """The one line that says why a feed cannot be read."""
    with pytest.raises(ContentError) as refusal:
        read(content, address=address)
    [line] = str(refusal.value).splitlines()
    return line


def test_atom() -> None:
    found = read(ATOM.encode(), address=HOME)
    assert (found.title, found.home, found.language) == ("Old news", "https://old.example.net/", "en-GB")
    [entry] = found.entries
    assert entry == SyndicatedEntry(
        id="tag:old.example.net,2005:Post/1?a=1&b=%c3%bc",
        url="https://old.example.net/2026/fish/",
        title="Fish & chips",
        published=datetime(2026, 11, 1, 8, tzinfo=UTC),
        updated=datetime(2026, 11, 2, 10, tzinfo=UTC),
        summary="In brief.",
        html='<p><a href="https://old.example.net/more">More</a> '
        '<a href="https://old.example.net/2026/fish/#top">up</a></p>',
        authors=(Person(name="Ana", email="ana@example.net", url="https://example.net/ana"),),
        tags=("Food", "Sea"),
        attachments=(Attachment(url="https://old.example.net/fish.mp3", type="audio/mpeg", length=1234),),
    )


def test_rss() -> None:
    found = read(RSS.encode())
    assert (found.title, found.home, found.language) == ("Old news", "https://old.example.net/", "en-US")
    assert found.entries == (
        SyndicatedEntry(
            id="https://old.example.net/?p=12&preview=1",
            url="https://old.example.net/fish/",
            title="Fish",
            published=datetime(2026, 11, 1, 8, tzinfo=UTC),
            updated=None,
            summary="In brief.",
            html="<p>All of it.</p>",
            authors=(Person(name="Ana"),),
            tags=("Food",),
            attachments=(Attachment(url="https://old.example.net/a.mp3", type="audio/mpeg"),),
        ),
    )


def test_json_feed() -> None:
    item = {
        "id": 12,
        "url": "/fish",
        "title": "Fish",
        "content_html": "<p onclick=x>All <img src=fish.jpg></p>",
        "summary": "In brief.",
        "date_published": "2026-11-01T09:00:00.25+01:00",
        "date_modified": "2026-11-02T10:00:00Z",
        "author": {"name": "Ana", "url": "javascript:1"},
        "tags": ["Food", 7, None, "Food"],
        "attachments": [{"url": "a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9}, {"url": ""}, 3],
    }
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "title": "Old",
        "language": "fr",
        "items": [item, 5, {}],
    }
    entry = one(json.dumps(feed))
    assert entry == SyndicatedEntry(
        id="12",
        url="https://old.example.net/fish",
        title="Fish",
        published=datetime(2026, 11, 1, 8, tzinfo=UTC),
        updated=datetime(2026, 11, 2, 10, tzinfo=UTC),
        summary="In brief.",
        html='<p>All <img src="https://old.example.net/fish.jpg"></p>',
        authors=(Person(name="Ana"),),
        tags=("Food", "7"),
        attachments=(Attachment(url="https://old.example.net/a.mp3", type="audio/mpeg", length=9),),
    )


def test_json_feed_of_plain_text_with_half_a_pair() -> None:
    item = '{"items": [{"id": "a", "content_text": "1 < 2\\ud800\\n\\nTwo.", "authors": [{"name": "B"}]}]}'
    assert one(item).html == "<p>1 &lt; 2</p>\n<p>Two.</p>"
    assert one(item).authors == (Person(name="B"),)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"\n'
            ' "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>'
            "<item><title>Fish</title><link>https://e.org/fish</link></item></channel></rss>",
            id="RSS 0.91",
        ),
        pytest.param(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title></channel>'
            "<item><title>Fish</title><link>https://e.org/fish</link></item></rdf:RDF>",
            id="RSS 0.90",
        ),
        pytest.param(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://purl.org/rss/1.0/"><channel rdf:about="x"><title>T</title></channel>'
            '<item rdf:about="https://e.org/fish"><title>Fish</title><link>https://e.org/fish</link></item></rdf:RDF>',
            id="RSS 1.0",
        ),
        pytest.param(
            '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Fish</title>'
            '<link rel="alternate" href="https://e.org/fish"/><id>https://e.org/fish</id></entry></feed>',
            id="Atom 0.3",
        ),
        pytest.param(
            rss("<title>Fish</title><link>https://e.org/fish</link>"), id="no guid: the link is the id"
        ),
        pytest.param(rss("<title>Fish</title><guid>https://e.org/fish</guid>"), id="the guid is the link"),
        pytest.param(
            rss("<title>Fish</title><link>https://e.org/fish</link>")[:-20], id="cut off before the end"
        ),
        pytest.param(
            rss(
                "<title>Fish</title><link>https://e.org/fish</link><description>A & B&nbsp;<br></description>"
            ),
            id="not well-formed",
        ),
        pytest.param(
            "\n\n  \ufeff" + rss("<title>Fish</title><link>https://e.org/fish</link>"), id="space before"
        ),
        pytest.param(
            rss("<title>Fi\x0bsh\x00</title><link>https://e.org/fish</link>"), id="control characters"
        ),
        pytest.param(
            rss("<title> Fish\n </title><link>\nhttps://e.org/fish\n</link>", head="<!-- <a> --><?x y?>"),
            id="line breaks",
        ),
        pytest.param(rss("<title>Fish</title><link>/fish</link>"), id="relative link"),
    ],
)
def test_every_format_and_what_is_done_to_it(content: str) -> None:
    entry = one(content, "https://e.org/feed")
    assert (entry.id, entry.url, entry.title) == ("https://e.org/fish", "https://e.org/fish", "Fish")


@pytest.mark.parametrize(
    "id",
    [
        "12345",
        "post-1 at https://e.org",
        "https://e.org/a/../b/./?p=1&q=%c3%bc#x",
        "HTTPS://E.ORG",
        "urn:uuid:1225C695",
        "tag:e.org,2026:a;b",
        "https://e.org/ü",
        "../7",
    ],
)
@pytest.mark.parametrize("permalink", ["", ' isPermaLink="true"', ' isPermaLink="false"'])
def test_ids_are_kept_to_the_letter(id: str, permalink: str) -> None:
    escaped = id.replace("&", "&amp;")
    assert one(rss(f"<guid{permalink}>{escaped}</guid><link>https://e.org/x</link>")).id == id
    assert one(atom(f"<id>{escaped}</id>")).id == id
    assert one(json.dumps({"items": [{"id": id}]})).id == id


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", ""),
        ("utf-16", "utf-16"),
        ("utf-16-le", ""),
        ("utf-16-be", "utf-16"),
        ("utf-32", "utf-32"),
        ("iso-8859-1", "iso-8859-1"),
        ("cp1252", "utf-8"),
        ("cp1252", ""),
        ("utf-8", "us-ascii"),
        ("utf-8", "utf-16"),
        ("utf-8", "no-such"),
        ("utf-8", "unicode_escape"),
        ("utf-8", "punycode"),
        ("utf-8", "zlib"),
    ],
)
def test_encodings_and_what_lies_about_them(encoding: str, declared: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    content = rss("<title>Café é “x”</title><guid>a</guid>".replace("“x”", "x"), head=head)
    assert one(content.encode(encoding)).title == "Café é x"


def test_other_alphabets() -> None:
    head = '<?xml version="1.0" encoding="windows-1251"?>'
    assert one(rss("<title>Привет</title><guid>a</guid>", head=head).encode("cp1251")).title == "Привет"
    head = '<?xml version="1.0" encoding="Shift_JIS"?>'
    assert one(rss("<title>日本</title><guid>a</guid>", head=head).encode("shift_jis")).title == "日本"
    broken = rss("<title>Café</title><guid>a</guid>").encode() + b"\xff"
    assert one(broken).title == "Café"


def test_a_base_counts(address: str = HOME) -> None:
    entry = one(
        atom(
            '<id>a</id><link href="x"/><content type="html">&lt;img src="y.png"></content>',
            'xml:base="https://cdn.example.net/b/"',
        )
    )
    assert entry.url == "https://cdn.example.net/b/x"
    assert "https://cdn.example.net/b/y.png" in entry.html


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("AT&amp;T", "AT&T"),
        ("1 &lt; 2", "1 < 2"),
        ("&lt;b&gt;Bold&lt;/b&gt; fish", "Bold fish"),
        ("<![CDATA[Fish &#8217;n chips]]>", "Fish ’n chips"),
        ("<b>Wrong</b>", "Wrong"),
    ],
)
def test_titles_of_rss_are_text(given: str, expected: str) -> None:
    assert one(rss(f"<title>{given}</title><guid>a</guid>")).title == expected


@pytest.mark.parametrize(
    "attack",
    [
        "<img src=x onerror=alert(1)>",
        "<img src=x onerror=alert(1)>Title</img>",
        "<script>alert(1)</script>x",
        "<svg/onload=alert(1)>",
        "&lt;img src=x onerror=alert(1)&gt;",
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=//evil.example></iframe>",
        "<style>*{display:none}</style>",
        '<p style="position:fixed" onclick="x">x</p>',
        '<form action="https://evil.example"><input></form>',
    ],
)
def test_F14_nothing_that_runs_comes_through(attack: str) -> None:
    escaped = attack.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    fields = f"<title>{escaped}</title><guid>a</guid><description>{escaped}</description>"
    entries = [
        one(rss(fields)),
        one(
            atom(
                f'<id>a</id><title type="html">{escaped}</title>'
                f'<summary type="html">{escaped}</summary><content type="html">{escaped}</content>'
            )
        ),
        one(json.dumps({"items": [{"id": "a", "content_html": attack}]})),
    ]
    for entry in entries:
        # What was escaped twice is text that speaks of HTML; it has no < of its own.
        markup = entry.html.replace("&lt;", "").lower()
        assert not any(f"<{tag}" in markup for tag in ("script", "svg", "iframe", "style", "form", "input"))
        assert not any(bad in markup for bad in ("javascript:", "<img src=x onerror", "onclick", "style="))
        assert "<img" not in entry.title or "&lt;" in attack
        assert "onerror=" not in entry.html or "&lt;img" in entry.html


def test_F14_links_lead_to_the_web() -> None:
    entry = one(rss("<guid isPermaLink='false'>a</guid><link>javascript:alert(1)</link>"))
    assert (entry.id, entry.url) == ("a", "")
    enclosed = one(rss("<guid>a</guid><enclosure url='file:///etc/passwd' length='1' type='a/b'/>"))
    assert enclosed.attachments == ()


def test_F13_a_path_is_no_feed(tmp_path: Path) -> None:
    file = tmp_path / "secret.xml"
    file.write_text(rss("<title>Secret</title><guid>a</guid>"))
    for name in (str(file), file.as_uri(), os.path.relpath(file)):
        assert refused(name.encode()) == f"{HOME}: is no feed"


LAUGHS = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>""" + rss("<title>&c;</title><guid>a</guid>")
XXE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("<title>&x;</title><guid>a</guid>")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("head", ["", "<!-- <rss> -->", "<?pi <rss> ?>\n"])
@pytest.mark.parametrize("bomb", [LAUGHS, XXE, XXE.replace("<!ENTITY x", "<!ENTITY % x")])
def test_F12_entities_of_its_own_are_refused(bomb: str, head: str, encoding: str) -> None:
    content = head + bomb.removeprefix('<?xml version="1.0"?>') if head else bomb
    assert "declares entities of its own" in refused(content.encode(encoding))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(XXE.replace("<!DOCTYPE", "x<!DOCTYPE"), id="behind a text"),
        pytest.param(XXE.replace("<!DOCTYPE", "<x/><!DOCTYPE"), id="behind a root"),
        pytest.param('<rss version="2.0">' + XXE, id="inside"),
        pytest.param(
            '<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE rss [+ADwAIQ-ENTITY x SYSTEM "file:///etc/passwd"+AD4AXQA+-'
            + rss("<title>&x;</title><guid>a</guid>"),
            id="in UTF-7",
        ),
    ],
)
def test_F12_entities_in_odd_places_mean_nothing(content: str) -> None:
    try:
        found = read(content.encode())
    except ContentError:
        return
    assert "root:" not in repr(found)


def test_F12_time_and_memory_are_bounded() -> None:
    n = 20_000
    floods = {
        "nested": b"<rss version='2.0'><channel>" + b"<item>" * n * 3,
        "categories": rss("<guid>a</guid>" + "<category>%d</category>" * n % tuple(range(n))).encode(),
        "open": b"<rss version='2.0'><channel>" + b"<" * n * 8,
        "doctypes": b"<!DOCTYPE rss>" * n,
        "spaces": b" " * n + b"<",
        "comments": b"<!--" * n,
        "large and broken": b"<rss version='2.0'><channel><item><title>" + b"x" * 2_000_000,
        "json": b"[" * n,
        "json object": b'{"a":' * n,
        "number": b'{"items":[{"id":' + b"9" * n + b"}]}",
    }
    started = monotonic()
    for content in floods.values():
        try:
            read(content)
        except ContentError as refusal:
            assert "\n" not in str(refusal)
    assert monotonic() - started < 6
    assert refused(b"<rss>" + b" " * 10_000_000) == f"{HOME}: is larger than 10,000,000 bytes"


def test_markup_that_is_nested_too_deeply_is_left_out() -> None:
    deep = "&lt;div&gt;" * 200 + "x" + "&lt;/div&gt;" * 200
    entry = one(rss(f"<title>Fish</title><guid>a</guid><description>{deep}</description>"))
    assert (entry.title, entry.html) == ("Fish", "")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is no feed"),
        (b"hello", "is no feed"),
        (
            b"<!DOCTYPE html><html><head><title>T</title></head><body></body></html>",
            "is no feed; it is a web page",
        ),
        (b"{", "cannot be read: JSONDecodeError: Expecting property name"),
        (b'{"title": "x"}', "is JSON, but no JSON Feed: it has no list of items"),
        (b"\xff\xd8\xff\xe0", "is no feed"),
    ],
)
def test_what_is_no_feed_is_one_line(content: bytes, problem: str) -> None:
    assert refused(content).startswith(f"{HOME}: {problem}")
    assert refused(content, "").startswith(f"feed: {problem}")


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "0000-00-00",
        "Mon, 99 Foo 2026",
        "9999-12-31T23:59:59-12:00",
        "1" * 400,
        "2026-06-30T23:59:60Z",
    ],
)
def test_dates_that_are_none(date: str) -> None:
    for content in (
        rss(f"<guid>a</guid><pubDate>{date}</pubDate>"),
        atom(f"<id>a</id><updated>{date}</updated>"),
    ):
        entry = one(content)
        moments = [moment for moment in (entry.published, entry.updated) if moment]
        assert all(1900 <= moment.year <= 9998 for moment in moments)
    assert one(json.dumps({"items": [{"id": "a", "date_published": date}]})).updated is None


PICTURE = (
    '<media:content xmlns:media="http://search.yahoo.com/mrss/" url="https://old.example.net/a.png">'
    "<media:title>A title of its own</media:title><media:description>A drawing.</media:description>"
    "</media:content>"
)


@pytest.mark.parametrize(
    "content",
    [
        rss(f"<title>A</title><description>In brief.</description>{PICTURE}"),
        rss(f"{PICTURE}<title>A</title><description>In brief.</description>"),
        atom(f"<id>urn:x:1</id><title>A</title><summary>In brief.</summary>{PICTURE}"),
        atom(f"<id>urn:x:1</id><title>A</title><content>All.</content><summary>In brief.</summary>{PICTURE}"),
    ],
)
def test_what_is_said_of_a_picture_is_not_said_of_the_article(content: str) -> None:
    [entry] = read(content.encode(), address=HOME).entries
    assert (entry.title, entry.summary) == ("A", "In brief.")
    assert "drawing" not in entry.html


def test_of_a_video_its_description_is_the_text() -> None:
    group = PICTURE.replace("media:content", "media:group")
    [entry] = read(atom(f"<id>urn:x:1</id><title>A</title>{group}").encode(), address=HOME).entries
    assert (entry.title, entry.summary, entry.html) == ("A", "A drawing.", "<p>A drawing.</p>")


def test_our_own_feeds_come_back() -> None:
    article = make_article(tags=("Sea",), body="Some *text* and [a link](b.md).", title="Fish & “chips” < 3")
    feed = make_feed(article)
    for form in ("atom", "rss", "json"):
        [entry] = read(render(feed, form).content).entries
        assert (entry.id, entry.url, entry.title) == (article.id, article.url, article.title)
        assert entry.published == article.published
        assert entry.html == article.html
        assert entry.tags == article.tags
        assert [person.name for person in entry.authors] == ["The newsroom"]


SEEDS = st.sampled_from(
    [ATOM.encode(), RSS.encode(), rss("<guid>a</guid>").encode("utf-16"), b'{"items":[{"id":1}]}']
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, st.integers(0, 2000), st.integers(0, 60), st.binary(max_size=40))
def test_F12_any_bytes_are_a_feed_or_one_line(seed: bytes, start: int, length: int, noise: bytes) -> None:
    for content in (seed[:start] + noise + seed[start + length :], noise, seed[:start]):
        try:
            found = read(content, address=HOME)
        except FeedsError as refusal:
            assert len(str(refusal).splitlines()) == 1
        else:
            assert isinstance(found, Syndicated)
            repr(found).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
FIELDS = "url title content_html content_text summary date_published author authors tags attachments"
ITEM = st.fixed_dictionaries({"id": st.just("a")}, optional=dict.fromkeys(FIELDS.split(), JSON))


@settings(max_examples=100, deadline=None)
@given(st.lists(ITEM | JSON, max_size=3), JSON)
def test_any_json_is_a_feed_or_one_line(items: list[object], title: object) -> None:
    content = json.dumps({"title": title, "language": title, "items": items}).encode()
    found = read(content, address=HOME)
    assert len(found.entries) <= len(items)
    repr(found).encode()


def test_feedparser_is_imported_late() -> None:
    import subprocess
    import sys

    code = "import sys, feeds.sources.syndicated; print('feedparser' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
