"""Shows that each reader sees what small documents say, less what it is known for."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from . import FIELDS, READERS, Format, Reader, ReaderError, Seen
from .support import HERE, library, program, web_address

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">
  <id>tag:example.org,2024:feed</id>
  <title>Carnet d’été</title>
  <updated>2024-03-11T08:30:00+01:00</updated>
  <link rel="self" href="https://example.org/feed.atom"/>
  <link rel="alternate" href="https://example.org/"/>
  <entry>
    <id>tag:example.org,2024:one</id>
    <title>Été à Kyōto: 京都 🍁</title>
    <link rel="alternate" href="https://example.org/one?a=1&amp;b=2"/>
    <link rel="enclosure" href="https://example.org/one.mp3" type="audio/mpeg" length="12345"/>
    <published>2024-03-10T23:15:30-05:00</published>
    <updated>2024-03-11T08:30:00+01:00</updated>
    <author><name>Zoë Ångström</name><email>zoe@example.org</email></author>
    <content type="html">&lt;p&gt;Un &amp;amp; deux&lt;/p&gt;</content>
  </entry>
  <entry>
    <id>tag:example.org,2024:two</id>
    <title>End ]]&gt; of &lt;b&gt;bold&lt;/b&gt; &amp;amp; more</title>
    <link rel="alternate" href="https://example.org/two"/>
    <published>2024-02-29T12:00:00+05:30</published>
    <updated>2024-02-29T12:00:00+05:30</updated>
    <author><name>Jan Novák</name></author>
    <author><name>Bo Li</name></author>
    <content
      type="html">&lt;p&gt;a ]]&gt; b &lt;code&gt;&amp;lt;x&amp;gt;&lt;/code&gt;&lt;/p&gt;</content>
  </entry>
</feed>
"""

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel>
    <title>Carnet d’été</title>
    <link>https://example.org/</link>
    <description>Notes</description>
    <language>fr</language>
    <atom:link rel="self" href="https://example.org/feed.rss" type="application/rss+xml"/>
    <item>
      <title>Été à Kyōto: 京都 🍁</title>
      <link>https://example.org/one?a=1&amp;b=2</link>
      <guid isPermaLink="false">tag:example.org,2024:one</guid>
      <pubDate>Sun, 10 Mar 2024 23:15:30 -0500</pubDate>
      <atom:updated>2024-03-11T08:30:00+01:00</atom:updated>
      <author>zoe@example.org (Zoë Ångström)</author>
      <enclosure url="https://example.org/one.mp3" type="audio/mpeg" length="12345"/>
      <content:encoded>&lt;p&gt;Un &amp;amp; deux&lt;/p&gt;</content:encoded>
    </item>
    <item>
      <title>End ]]&gt; of &lt;b&gt;bold&lt;/b&gt; &amp;amp; more</title>
      <link>https://example.org/two</link>
      <guid isPermaLink="false">tag:example.org,2024:two</guid>
      <pubDate>Thu, 29 Feb 2024 12:00:00 +0530</pubDate>
      <dc:creator>Jan Novák</dc:creator>
      <dc:creator>Bo Li</dc:creator>
      <content:encoded
        ><![CDATA[<p>a ]]]]><![CDATA[> b <code>&lt;x&gt;</code></p>]]></content:encoded>
    </item>
  </channel>
</rss>
"""

JSON = """{
  "version": "https://jsonfeed.org/version/1.1",
  "title": "Carnet d’été",
  "home_page_url": "https://example.org/",
  "feed_url": "https://example.org/feed.json",
  "language": "fr",
  "items": [
    {
      "id": "tag:example.org,2024:one",
      "url": "https://example.org/one?a=1&b=2",
      "title": "Été à Kyōto: 京都 🍁",
      "content_html": "<p>Un &amp; deux</p>",
      "date_published": "2024-03-10T23:15:30-05:00",
      "date_modified": "2024-03-11T08:30:00+01:00",
      "authors": [{"name": "Zoë Ångström", "url": "mailto:zoe@example.org"}],
      "attachments": [
        {"url": "https://example.org/one.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12345}
      ]
    },
    {
      "id": "tag:example.org,2024:two",
      "url": "https://example.org/two",
      "title": "End ]]> of <b>bold</b> &amp; more",
      "content_html": "<p>a ]]> b <code>&lt;x&gt;</code></p>",
      "date_published": "2024-02-29T12:00:00+05:30",
      "authors": [{"name": "Jan Novák"}, {"name": "Bo Li"}]
    }
  ]
}
"""

ONE = Seen(
    id="tag:example.org,2024:one",
    title="Été à Kyōto: 京都 🍁",
    link="https://example.org/one?a=1&b=2",
    published=datetime(2024, 3, 11, 4, 15, 30, tzinfo=UTC),
    updated=datetime(2024, 3, 11, 7, 30, tzinfo=UTC),
    authors=("Zoë Ångström",),
    enclosures=(("https://example.org/one.mp3", "audio/mpeg", 12345),),
    content="<p>Un &amp; deux</p>",
    language="fr",
)
TWO = Seen(
    id="tag:example.org,2024:two",
    title="End ]]> of <b>bold</b> &amp; more",
    link="https://example.org/two",
    published=datetime(2024, 2, 29, 6, 30, tzinfo=UTC),
    updated=None,
    authors=("Jan Novák", "Bo Li"),
    enclosures=(),
    content="<p>a ]]> b <code>&lt;x&gt;</code></p>",
    language="fr",
)
# Atom cannot leave "updated" out.
ATOM_TWO = dataclasses.replace(TWO, updated=TWO.published)

DOCUMENTS: dict[Format, str] = {"atom": ATOM, "rss": RSS, "json": JSON}
TOLD: dict[Format, list[Seen]] = {"atom": [ONE, ATOM_TWO], "rss": [ONE, TWO], "json": [ONE, TWO]}

# The fields of these documents that a reader shows otherwise, or not at all.
LOSSES: dict[tuple[str, Format], str] = {
    ("reader", "atom"): "authors",
    ("reader", "rss"): "authors language",
    ("fastfeedparser", "atom"): "authors enclosures language",
    ("fastfeedparser", "rss"): "authors language",
    ("fastfeedparser", "json"): "authors language",
    ("newsboat", "atom"): "updated authors enclosures language",
    ("newsboat", "rss"): "updated authors enclosures language",
    ("podcastparser", "atom"): "updated authors language",
    ("podcastparser", "rss"): "updated authors",
    ("atoma", "atom"): "language",
    ("atoma", "rss"): "updated authors language",
    ("atoma", "json"): "authors language",
    ("sfeed", "atom"): "updated authors enclosures language",
    ("sfeed", "rss"): "updated authors enclosures language",
    ("rss-parser", "atom"): "updated authors enclosures language",
    ("rss-parser", "rss"): "updated authors",
    ("feed-extractor", "atom"): "title published updated authors enclosures content language",
    ("feed-extractor", "rss"): "title updated authors enclosures content language",
    ("feed-extractor", "json"): "updated authors enclosures content language",
    ("rss2email", "atom"): "title updated authors enclosures language",
    ("rss2email", "rss"): "title updated authors enclosures language",
}

CASES = [(reader, form) for reader in READERS for form in sorted(reader.formats)]
every_case = pytest.mark.parametrize(("reader", "form"), CASES, ids=lambda x: getattr(x, "name", x))
every_reader = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


def _written(folder: Path, form: Format, name: str = "feed") -> Path:
    document = folder / f"{name}.{form}"
    document.write_text(DOCUMENTS[form], encoding="utf-8")
    return document


def _comparable(reader: Reader, entries: list[Seen]) -> list[Seen]:
    return entries if reader.ordered else sorted(entries, key=lambda seen: seen.id or "")


@every_case
def test_a_reader_sees_what_is_told(reader: Reader, form: Format, tmp_path: Path) -> None:
    [entries] = reader.read([_written(tmp_path, form)])
    shown = [reader.shows(form, told) for told in TOLD[form]]
    assert _comparable(reader, entries) == _comparable(reader, shown)


@every_case
def test_a_reader_loses_nothing_but_what_it_is_known_for(reader: Reader, form: Format) -> None:
    pairs = [(told, reader.shows(form, told)) for told in TOLD[form]]
    lost = {n for told, seen in pairs for n in FIELDS if getattr(told, n) != getattr(seen, n)}
    assert lost == set(LOSSES.get((reader.name, form), "").split())


@every_reader
def test_a_reader_reads_many_documents_at_once(reader: Reader, tmp_path: Path) -> None:
    # All with the same ids: none may be taken for a repetition of another document's.
    forms = [form for form in sorted(reader.formats) for _ in range(2)]
    documents = [_written(tmp_path, form, f"é {n}") for n, form in enumerate(forms)]
    found = reader.read(documents)
    assert [len(entries) for entries in found] == [2] * len(forms)
    assert found[0] == found[1]


@every_reader
def test_dates_are_aware_and_in_utc(reader: Reader, tmp_path: Path) -> None:
    [entries] = reader.read([_written(tmp_path, min(reader.formats))])
    dates = [date for seen in entries for date in (seen.published, seen.updated) if date]
    assert dates
    assert all(date.tzinfo is UTC for date in dates)


@every_reader
def test_what_is_not_a_feed_is_an_error(reader: Reader, tmp_path: Path) -> None:
    document = tmp_path / "page.html"
    document.write_text("<!DOCTYPE html><title>No feed</title><p>Here", encoding="utf-8")
    if reader.name == "sfeed":
        # It prints the entries that it finds in whatever it gets.
        assert reader.read([document]) == [[]]
        return
    with pytest.raises(ReaderError):
        reader.read([document])


def test_a_missing_reader_is_an_error_that_tells_how_to_install_it() -> None:
    with pytest.raises(ReaderError, match=r"^no nothing_such .*run `pip install such`$"):
        library("nothing_such", "such")
    with pytest.raises(ReaderError, match=r"^no nothing-such: run `apt-get install -y such`$"):
        program("nothing-such", "apt-get install -y such")


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("HTTPS://EXAMPLE.org", "https://example.org/"),
        (
            "https://bücher.example/é b?q=ü#ß",
            "https://xn--bcher-kva.example/%C3%A9%20b?q=%C3%BC#%C3%9F",
        ),
        ("https://example.org/%C3%A9?a=1&b=2", "https://example.org/%C3%A9?a=1&b=2"),
    ],
)
def test_addresses_are_written_as_browsers_do(written: str, read: str) -> None:
    assert web_address(written) == read
