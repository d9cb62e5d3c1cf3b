"""Each trap of feedgen 1.0.0, and that we do not walk into it."""

from __future__ import annotations

import locale
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest

from feeds.article import Attachment, Person
from feeds.errors import ContentError, OutputError
from feeds.formats import _feedgen
from tests.conftest import make_article
from tests.formats.samples import (
    FORMATS,
    SPACES,
    atom,
    document,
    entry,
    found,
    item,
    json_feed,
    links,
    rich_article,
    rss,
    texts,
)


def test_links_of_an_atom_entry_keep_rel_type_title_length_and_hreflang() -> None:
    made = entry(rich_article())
    assert links(made, "enclosure") == [
        {"href": "https://example.org/a.mp3", "type": "audio/mpeg", "title": "Écouter", "length": "12345"},
        {"href": "https://example.org/b.pdf", "type": "application/pdf", "length": "678"},
    ]
    assert links(made, "alternate")[1] == {
        "href": "https://example.org/de/a/",
        "type": "text/html",
        "hreflang": "de",
    }


def test_every_date_comes_from_content() -> None:
    article = make_article(updated=datetime(2026, 11, 3, tzinfo=UTC))
    found_in_atom = atom(article)
    assert texts(found_in_atom, ".//updated") == ["2026-11-03T00:00:00+00:00"] * 2
    channel = rss(article)
    assert texts(channel, "lastBuildDate") == ["Tue, 03 Nov 2026 00:00:00 GMT"]
    assert texts(channel, ".//pubDate") == ["Sun, 01 Nov 2026 09:00:00 GMT"] * 2


def test_an_empty_feed_does_not_ask_the_clock_either() -> None:
    assert texts(atom(), "updated") == ["1970-01-01T00:00:00+00:00"]
    assert texts(rss(), "lastBuildDate") == texts(rss(), "pubDate") == []  # RSS needs none


def test_entries_stay_in_the_feeds_order() -> None:
    articles = [make_article(id=f"tag:example.org,2026:{n}", title=str(n)) for n in range(3)]
    assert texts(atom(*articles), "entry/title") == ["0", "1", "2"]
    assert texts(rss(*articles), "item/title") == ["0", "1", "2"]


def test_link_of_an_rss_channel_is_the_home() -> None:
    assert texts(rss(make_article()), "link") == ["https://example.org/"]


def test_self_link_is_each_documents_own() -> None:
    assert links(atom(), "self")[0]["href"] == "https://example.org/news/atom.xml"
    assert links(rss(), "self", "atom:link") == [
        {"href": "https://example.org/news/rss.xml", "type": "application/rss+xml"}
    ]


def test_further_links_reach_rss() -> None:
    made = item(rich_article())
    assert [link["href"] for link in links(made, "related", "atom:link")] == ["https://example.com/whole"]
    assert "https://example.org/de/a/" in [link["href"] for link in links(made, "alternate", "atom:link")]


def test_content_of_atom_is_of_type_html() -> None:
    content = found(entry(make_article(body="a&nbsp;*b*")), "content")
    assert content.attrib == {"type": "html"}
    assert content.text == "<p>a&nbsp;<em>b</em></p>"


def test_content_of_rss_has_a_description_before_it() -> None:
    tags = [child.tag for child in item(make_article(teaser=None))]
    assert tags.index("description") < tags.index(f"{{{SPACES['content']}}}encoded")


def test_an_author_without_an_address_stays_in_rss() -> None:
    made = item(make_article(authors=(Person(name="Bo"), Person(name="Zoë", email="z@example.org"))))
    assert texts(made, "dc:creator") == ["Bo", "Zoë"]
    assert texts(made, "author") == []


def test_author_and_creator_never_stand_on_one_item() -> None:
    made = item(make_article(authors=(Person(name="Zoë", email="z@example.org"),)))
    assert texts(made, "author") == ["z@example.org (Zoë)"]
    assert texts(made, "dc:creator") == []


def test_an_unknown_length_is_0_in_rss_and_left_out_of_the_others() -> None:
    article = make_article(attachments=(Attachment(url="https://example.org/a", type=None, length=None),))
    enclosure = {"url": "https://example.org/a", "length": "0", "type": "application/octet-stream"}
    assert found(item(article), "enclosure").attrib == enclosure
    assert links(entry(article), "enclosure") == [{"href": "https://example.org/a"}]
    attachments = json_feed(article)["items"][0]["attachments"]
    assert attachments == [{"url": "https://example.org/a", "mime_type": "application/octet-stream"}]


def test_rss_has_the_first_attachment_as_its_only_enclosure() -> None:
    made = item(rich_article())
    assert [found.get("url") for found in made.findall("enclosure")] == ["https://example.org/a.mp3"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_one_character_that_no_feed_can_hold_is_named(form: str, character: str) -> None:
    with pytest.raises(ContentError) as refusal:
        document(form, make_article(), make_article(file="content/b.md", id="tag:b", title=f"a{character}b"))
    problem = f"has the character U+{ord(character):04X}, which no feed can hold; delete it"
    assert str(refusal.value) == f"content/b.md: title: {problem}"


def test_what_feedgen_or_lxml_refuse_stays_behind_the_fence() -> None:
    for fields in ({"title": "a\0b"}, {}, {"updated": "yesterday"}, {"author": {"surname": "b"}}):
        with pytest.raises(OutputError, match=r"^https://example.org/atom.xml: cannot be written: "):
            _feedgen.atom("https://example.org/atom.xml", _feedgen.Part(fields), [])


def test_the_locale_of_the_process_is_never_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("setlocale")

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert b"<pubDate>Sun, 01 Nov 2026 09:00:00 GMT</pubDate>" in document("rss", make_article())


def test_threads_write_the_same_rss() -> None:
    expected = document("rss", rich_article())
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: document("rss", rich_article()), range(32)))
    assert set(made) == {expected}


def test_elements_that_feedgen_writes_wrongly_are_left_out() -> None:
    names = {element.tag for element in rss(rich_article(), logo="https://example.org/l.png").iter()}
    assert not names & {"skipDays", "skipHours", "textInput", "ttl", "cloud", f"{{{SPACES['media']}}}group"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("moment", "problem"),
    [
        ("2026-11-01", "is missing"),
        (None, "is missing"),
        (datetime(2026, 11, 1), "has no time zone"),
        (datetime(26, 11, 1, tzinfo=UTC), "the year 26 cannot be right"),
    ],
)
def test_dates_are_moments_with_a_zone(form: str, moment: object, problem: str) -> None:
    with pytest.raises(ContentError) as refusal:
        document(form, make_article(updated=moment, published=datetime(2026, 11, 1, tzinfo=UTC)))
    assert str(refusal.value).startswith(f"content/a.md: updated: {problem}")


def test_zones_of_odd_seconds_are_written_in_utc() -> None:
    zone = timezone(timedelta(minutes=24, seconds=36))
    article = make_article(published=datetime(1901, 1, 1, tzinfo=zone))
    assert texts(entry(article), "published") == ["1900-12-31T23:35:24+00:00"]
    assert texts(item(article), "pubDate") == ["Mon, 31 Dec 1900 23:35:24 GMT"]


UNCHECKED: list[tuple[Callable[[], object], str]] = [
    (lambda: document("atom", make_article(authors=()), authors=()), "authors: is missing"),
    (lambda: document("atom", make_article(language="english!")), "language: “english!” is no language tag"),
    (
        lambda: document("atom", make_article(), make_article(file="content/b.md")),
        "id: is the id of content/a.md too",
    ),
]


@pytest.mark.parametrize(("make", "problem"), UNCHECKED, ids=["author", "language", "unique"])
def test_what_feedgen_does_not_check_is_checked(make: Callable[[], object], problem: str) -> None:
    with pytest.raises(ContentError) as refusal:
        make()
    assert problem in str(refusal.value)


def test_an_id_that_was_taken_over_and_is_no_iri_becomes_one_in_atom() -> None:
    entry = make_article(id="12 at https://example.org")
    assert b"<id>urn:uuid:" in document("atom", entry)
    assert b">12 at https://example.org</guid>" in document("rss", entry)


def test_json_feed_needs_neither_feedgen_nor_lxml() -> None:
    script = (
        "import sys\n"
        "from tests.formats.samples import document, rich_article\n"
        "document('json', rich_article())\n"
        "assert not {'feedgen', 'lxml', 'lxml.etree'} & set(sys.modules), 'imported'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_the_generator_is_feeds_without_a_version() -> None:
    generator = found(atom(), "generator")
    assert (generator.text, generator.attrib) == ("feeds", {})
    assert texts(rss(), "generator") == ["feeds"]


def test_documents_are_utf_8_and_say_so() -> None:
    for form in ("atom", "rss"):
        made = document(form, rich_article(title="Été 🍁"))
        assert made.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n")
        assert "Été 🍁".encode() in made
        ElementTree.fromstring(made)
